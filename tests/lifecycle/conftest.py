"""The story's regions, opened."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from handrail.vault.region_vault import RegionVault, RegionVaults
from tests.lifecycle.story import REGIONS, Story


@pytest.fixture
def told(story: Story) -> Iterator[RegionVaults]:
    opened = RegionVaults(story.settings)
    yield opened
    opened.close()


@pytest.fixture(params=REGIONS)
def vault(told: RegionVaults, request: pytest.FixtureRequest) -> RegionVault:
    """Each region's vault."""
    return told.of(request.param)

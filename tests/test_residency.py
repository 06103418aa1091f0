"""R39: labels are inherited, and what may not mix doesn't."""

from __future__ import annotations

from itertools import permutations

import pytest

from handrail.errors import BadInput, Refused
from handrail.residency import Labels, Region, mixed, require_fit

EU = Region("eu", "EU", ("DE",), ("en",), no_mix_sectors=("health",))
OPEN = Region("apac", "APAC", ("AU",), ("en",))
BOTH = ("evaluation", "training")
RETAIL, BANKING, HEALTH = (Labels((sector,), BOTH) for sector in ("retail", "banking", "health"))
ASKED = Labels(("retail",), ("evaluation",))


@pytest.mark.parametrize(
    ("one", "other", "region", "allowed"),
    [
        (RETAIL, BANKING, EU, True),
        (RETAIL, RETAIL, EU, True),
        (HEALTH, HEALTH, EU, True),
        (HEALTH, RETAIL, EU, False),
        (HEALTH, RETAIL, OPEN, True),
        (RETAIL, ASKED, EU, True),
        (ASKED, Labels(("retail",), ("training",)), EU, False),
    ],
)
def test_what_may_be_mixed(one: Labels, other: Labels, region: Region, allowed: bool) -> None:
    for first, second in ((one, other), (other, one)):
        ruling = first.may_mix(second, region=region)
        assert ruling.allowed is allowed, ruling.reason
        assert ruling.reason


@pytest.mark.parametrize("parts", permutations([RETAIL, HEALTH, BANKING]))
def test_one_no_mix_sector_among_others_is_refused_in_any_order(parts: tuple[Labels, ...]) -> None:
    with pytest.raises(Refused, match="health may not be mixed"):
        mixed(parts, region=EU)


def test_what_is_made_of_several_has_all_their_sectors_and_only_common_purposes() -> None:
    assert mixed([RETAIL, BANKING], region=EU) == Labels(("banking", "retail"), BOTH)
    assert mixed([RETAIL, ASKED], region=EU) == ASKED
    assert mixed([], region=EU) == Labels((), ())


def test_a_set_of_a_no_mix_sector_alone_stands_and_serves_nobody_else() -> None:
    alone = mixed([HEALTH, HEALTH], region=EU)
    with pytest.raises(Refused, match="the model is refused: it comes from sector health"):
        require_fit(alone, "training", region=EU, what="the model")
    require_fit(alone, "training", region=OPEN, what="the model")


def test_what_was_only_to_be_asked_is_not_learned_from() -> None:
    with pytest.raises(Refused, match="for evaluation, not for training"):
        require_fit(ASKED, "training", region=EU, what="the model")
    with pytest.raises(Refused, match="for nothing, not for training"):
        require_fit(Labels((), ()), "training", region=EU, what="the model")


def test_a_no_mix_sector_is_written_as_it_is_compared() -> None:
    with pytest.raises(BadInput, match="lower case"):
        Region("eu", "EU", ("DE",), ("en",), no_mix_sectors=("Health",))

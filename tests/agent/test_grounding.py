"""What a reply can rest on, and which of a cell's templates it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from handrail.agent.grounding import NoGrounds, best_template, filling, grounds_of, licensing
from handrail.agent.retrieval import Ranked
from handrail.agent.types import Case, Ground
from handrail.playbook.model import Playbook

FIRST, SECOND = "password_reset.eu.en.1", "password_reset.eu.en.2"


def test_best_ranked_template_is_taken_among_those_that_fill_equally_well(
    playbook: Playbook, case: Case
) -> None:
    ranked = (Ranked(SECOND, 0.9, ()), Ranked(FIRST, 0.1, ()))
    for given, expected in (((), FIRST), (ranked, SECOND), (ranked[1:], FIRST)):
        assert best_template(playbook, case, "password_reset", ranked=given)[0].id == expected


def test_ranking_never_outweighs_a_hole(playbook: Playbook, case: Case) -> None:
    """R11: what can be said whole comes before what fits better and can't."""
    cell = playbook.templates_for("order_status", "eu", "en")
    day = case.at.date()
    holes = {t.id: len(filling(t, context={}, facts=playbook.facts, on=day).missing) for t in cell}
    assert len(set(holes.values())) > 1
    most = max(holes, key=lambda name: holes[name])
    chosen, filled = best_template(playbook, case, "order_status", ranked=[Ranked(most, 1.0, ())])
    assert chosen.id != most
    assert len(filled.missing) == min(holes.values())


def test_ranking_cant_bring_in_what_is_not_of_the_cell_or_not_valid(
    playbook: Playbook, case: Case
) -> None:
    """R11, R21: another region's, language's or topic's template, or an expired one."""
    strange = ["password_reset.us.en.1", "password_reset.eu.de.1", "order_status.eu.en.1", "x"]
    ranked = [Ranked(name, 1.0, ()) for name in strange]
    assert best_template(playbook, case, "password_reset", ranked=ranked)[0].id == FIRST
    ended = tuple(
        replace(t, valid_to=datetime(2026, 1, 1, tzinfo=UTC).date()) if t.id == SECOND else t
        for t in playbook.templates
    )
    book = replace(playbook, templates=ended)
    ranked = [Ranked(SECOND, 1.0, ())]
    assert best_template(book, case, "password_reset", ranked=ranked)[0].id == FIRST
    with pytest.raises(NoGrounds, match="only expired templates"):
        late = replace(case, at=datetime(2031, 1, 1, tzinfo=UTC))
        best_template(playbook, late, "password_reset", ranked=ranked)


def test_chat_is_never_among_what_licenses(playbook: Playbook, case: Case) -> None:
    """R11"""
    template, filled = best_template(playbook, case, "password_reset", ranked=())
    cited = grounds_of(template, filled.slots, playbook.facts)
    assert licensing((Ground("resolved", "c1", "1" * 64), *cited)) == cited
    assert {ground.kind for ground in cited} == {"template", "fact"}

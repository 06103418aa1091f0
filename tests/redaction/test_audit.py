"""R33: rounds in the vault, from the draw to what a release may rest on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from handrail.access import Access, Purpose
from handrail.clock import FixedClock
from handrail.conversations.model import Conversation
from handrail.errors import AccessDenied, BadInput, NotPassed, Tampered
from handrail.redaction.audit import (
    AUDIT,
    Occasion,
    audit_round,
    finding_of,
    plan_now,
)
from handrail.redaction.days import REDACTED, redacted_records
from handrail.redaction.figures import Figures, Truth
from handrail.redaction.placeholders import PLACEHOLDER
from handrail.redaction.release_bound import bound_for_release
from handrail.redaction.reviewing import opened_for_review, record_reviews
from handrail.redaction.rounds import SAMPLE, Item, Round, chats_of, current_round
from handrail.redaction.sampling import Review, ReviewerKind, leak_bound
from handrail.release.people import people_mark
from handrail.residency import DataClass
from handrail.settings import Settings, load_settings
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault, RegionVaults, pipeline
from handrail.verdicts import Finding, Verdict, holds
from tests.redaction.rounds import (
    BUDGET,
    REVIEWER,
    SAMPLING,
    a_day,
    ask,
    attentive,
    say,
    standing,
    store,
    with_budget,
)

Chat = Callable[..., Conversation]


@pytest.fixture
def here(settings: Settings) -> Settings:
    return with_budget(settings)


@pytest.fixture
def vault(vaults: RegionVaults, chat: Chat) -> RegionVault:
    """Four days of twenty chats each."""
    vault = vaults.of("eu")
    for number in range(4):
        store(vault, a_day(chat, number))
    return vault


def the_round(vault: RegionVault) -> Round:
    return standing(vault).round


def audit(vault: RegionVault, settings: Settings, truth: Truth | None = None) -> Finding:
    """Audit and commit, as the asset does."""
    found = audit_round(
        vault, settings.redaction, truth=truth or {}, at=vault.audit.clock(), access=SAMPLING
    )
    vault.lineage.commit(
        found.artifact, inputs=found.inputs, findings=[found.finding], config_hash="", run_id="t"
    )
    return found.finding


def days(vault: RegionVault) -> list[Artifact]:
    return vault.lineage.holdings.of(REDACTED)


def read_all(vault: RegionVault) -> None:
    say(vault, standing(vault).waiting, attentive)


def test_the_draw_is_on_record_before_anything_is_sealed(
    vault: RegionVault, here: Settings
) -> None:
    """R33: size, population, ruleset, seed and number of plants, then the round."""
    ask(vault, here)
    events = [r for r in vault.audit.records() if r.object.startswith(SAMPLE)]
    assert [r.event for r in events] == ["sample_drawn", "put"]
    said, found = orjson.loads(events[0].detail), the_round(vault)
    assert said == {
        "round": 1, "population": 80, "population_digest": found.population_digest,
        "ruleset": "rules-1", "seed": found.seed, "n": found.plan.n, "plants": 8,
        "error": found.plan.error, "max_leaking_share": 0.4,
    }  # fmt: skip
    assert (len(found.sampled), len(found.planted)) == (found.plan.n, 8) == (20, 8)


def test_plants_are_copies_of_chats_outside_the_sample(vault: RegionVault, here: Settings) -> None:
    """R33"""
    ask(vault, here)
    found = the_round(vault)
    names = [item.conversation_id for item in found.items]
    assert len(set(names)) == len(names) == 28
    order = [item.plant is not None for item in found.items]
    assert order not in (sorted(order), sorted(order, reverse=True)), "shuffled among the sample"


def test_where_the_plants_are_cannot_be_worked_out_from_the_log(
    vault: RegionVault, here: Settings, chat: Chat, clock: FixedClock, tmp_path: Path
) -> None:
    """R33: another home with the same chats and seed draws the same sample, and other plants."""
    ask(vault, here)
    elsewhere = load_settings(environ={"HANDRAIL_HOME": str(tmp_path / "elsewhere")})
    others = RegionVaults(elsewhere, clock=clock)
    other = others.of("eu")
    for number in range(4):
        store(other, a_day(chat, number))
    ask(other, with_budget(elsewhere))
    one, two = the_round(vault), the_round(other)
    others.close()
    assert one.seed == two.seed
    assert {i.conversation_id for i in one.sampled} == {i.conversation_id for i in two.sampled}
    assert [i.conversation_id for i in one.items] != [i.conversation_id for i in two.items]
    assert {i.conversation_id for i in one.planted} != {i.conversation_id for i in two.planted}


def test_a_plant_reaches_nothing_that_is_stored(vault: RegionVault, here: Settings) -> None:
    """R33: the chats are as they were, and nobody downstream can open the round."""
    before = [record.payload for record in redacted_records(vault, access=SAMPLING)]
    ask(vault, here)
    read_all(vault)
    assert [record.payload for record in redacted_records(vault, access=SAMPLING)] == before
    values = [item.plant.value for item in the_round(vault).planted if item.plant]
    assert not any(value.encode() in payload for value in values for payload in before)
    _, artifact = current_round(vault, access=SAMPLING) or (None, None)
    assert artifact is not None
    for purpose in (Purpose.TRAINING, Purpose.RELEASE, Purpose.INTAKE):
        with pytest.raises(AccessDenied):
            list(
                vault.scan(
                    artifact, data_class=DataClass.REDACTED, access=pipeline("test", purpose)
                )
            )


@pytest.mark.parametrize("occasion", list(Occasion))
def test_a_round_that_is_not_finished_is_not_drawn_again(
    vault: RegionVault, here: Settings, chat: Chat, occasion: Occasion
) -> None:
    """R33: whatever chats come meanwhile, by whomever it is asked for."""
    first = ask(vault, here)
    say(vault, standing(vault).waiting[:-1], attentive)
    for number in (4, 5, 6):
        store(vault, a_day(chat, number))
    assert ask(vault, here, occasion).artifact == first.artifact
    assert len(standing(vault).waiting) == 1


def test_without_other_chats_no_other_round_is_drawn(vault: RegionVault, here: Settings) -> None:
    """R33: a finished round isn't repeated until the answer suits."""
    first = ask(vault, here)
    say(vault, standing(vault).waiting, lambda item: True)
    for occasion in Occasion:
        assert ask(vault, here, occasion).artifact == first.artifact


def test_the_week_draws_for_any_new_chat_and_a_run_only_for_many(
    vault: RegionVault, here: Settings, chat: Chat
) -> None:
    """R33"""
    first = ask(vault, here)
    read_all(vault)
    store(vault, a_day(chat, 4))
    assert ask(vault, here, Occasion.RUN).artifact == first.artifact, "a fifth is new, no more"
    store(vault, a_day(chat, 5, chats=1))
    assert ask(vault, here, Occasion.RUN).artifact != first.artifact
    assert the_round(vault).number == 2
    read_all(vault)
    store(vault, a_day(chat, 6, chats=1))
    ask(vault, here, Occasion.AUDIT)
    assert the_round(vault).number == 3


def test_another_ruleset_ends_a_round_at_once(
    vault: RegionVault, here: Settings, chat: Chat
) -> None:
    """R33, R31: the old one says nothing of the new text, finished or not."""
    ask(vault, here)
    say(vault, standing(vault).waiting[:3], lambda item: True)
    redacted_by_other_rules(vault, chat, "rules-2")
    ask(vault, here, Occasion.RUN)
    found = the_round(vault)
    assert (found.number, found.ruleset, found.carried) == (2, "rules-2", ())


def test_a_failure_is_not_drawn_away(vault: RegionVault, here: Settings, chat: Chat) -> None:
    """R33: what leaked counts in the next round of the same ruleset, which is larger for it."""
    ask(vault, here)
    first = the_round(vault)
    leaking = first.sampled[0].conversation_id
    say(vault, first.items, lambda i: attentive(i) or i.conversation_id == leaking)
    assert finding_of(standing(vault), BUDGET).verdict is Verdict.FAIL
    store(vault, a_day(chat, 4))
    ask(vault, here)
    second = the_round(vault)
    assert second.carried == (leaking,)
    assert second.plan.n > first.plan.n
    read_all(vault)
    measures = finding_of(standing(vault), BUDGET).measures
    assert (measures["leaking"], measures["carried"]) == (0, 1)
    within = leak_bound(leaking=1, n=second.plan.n, found=8, plants=8, error=second.plan.error)
    assert measures["upper_bound"] == within


def test_a_round_that_passed_carries_nothing_on(
    vault: RegionVault, settings: Settings, chat: Chat
) -> None:
    """R33: one tolerated leak was part of the plan."""
    here = with_budget(settings, BUDGET.model_copy(update={"tolerated_leaks": 1}))
    ask(vault, here)
    leaking = the_round(vault).sampled[0]
    say(vault, the_round(vault).items, lambda i: attentive(i) or i == leaking)
    assert finding_of(standing(vault), here.redaction).verdict is Verdict.PASS
    store(vault, a_day(chat, 4))
    ask(vault, here)
    assert the_round(vault).carried == ()


def test_too_few_chats_for_the_budget_draw_nothing(
    vaults: RegionVaults, here: Settings, chat: Chat
) -> None:
    """R33: nobody reads what can't count, and the next chats draw at once."""
    vault = vaults.of("eu")
    store(vault, a_day(chat, 0))
    drawn = ask(vault, here, Occasion.RUN)
    assert "takes 20 chats and 8 to seed leaks in, and the region holds 20" in drawn.finding.reason
    assert the_round(vault).items == ()
    finding = audit(vault, here)
    assert (finding.verdict, "too few" in finding.reason) == (Verdict.NOT_MEASURED, True)
    assert "takes 20 chats and 8 to seed leaks in, and the region holds 20" in finding.reason
    assert dict(finding.measures) == {"n": 0, "needed": 28, "held": 20}
    store(vault, a_day(chat, 1))
    ask(vault, here, Occasion.RUN)
    assert len(the_round(vault).items) == 28


@pytest.mark.parametrize("occasion", list(Occasion))
def test_a_region_without_a_round_draws_by_a_new_budget_at_once(
    vault: RegionVault, settings: Settings, here: Settings, occasion: Occasion
) -> None:
    """R33: with the same chats; what was not drawn spends neither number nor seed."""
    strict = with_budget(settings, BUDGET.model_copy(update={"max_leaking_share": 0.05}))
    ask(vault, strict)
    empty = the_round(vault)
    assert (empty.items, empty.number) == ((), 1)
    plan, held = plan_now(vault, standing(vault), here)
    assert (plan.n, plan.plants, held) == (20, 8, 80)
    assert ask(vault, here, occasion).artifact.records == 20
    assert (the_round(vault).number, the_round(vault).seed) == (1, empty.seed)


def test_what_a_round_takes_is_known_before_any_is_drawn(
    vault: RegionVault, here: Settings, chat: Chat
) -> None:
    """R33: nothing is opened for it; chats that come after an empty round are counted."""
    before = len(vault.audit.records())
    assert plan_now(vault, None, here)[0].needs(80).endswith("the region holds 80")
    assert plan_now(vault, None, here)[1] == 80
    strict = with_budget(here, BUDGET.model_copy(update={"max_leaking_share": 0.05}))
    assert len(vault.audit.records()) == before
    ask(vault, strict)
    store(vault, a_day(chat, 4))
    assert plan_now(vault, standing(vault), strict)[1] == 100


def test_until_the_last_verdict_nothing_is_said_of_leaks_or_plants(
    vault: RegionVault, here: Settings
) -> None:
    """R33: stopping early would let the result choose the size, and a reviewer learn the plants."""
    ask(vault, here)
    say(vault, standing(vault).waiting[:-1], lambda item: True)
    now = standing(vault)
    finding = audit(vault, here)
    assert (now.tally, now.leaking) == (None, ())
    assert finding.verdict is Verdict.NOT_MEASURED
    assert dict(finding.measures) == {"n": 28, "reviewed": 27}
    assert "handrail sample review" in finding.reason
    say(vault, now.waiting, lambda item: True)
    assert standing(vault).tally is not None


def test_a_round_that_was_read_well_passes(vault: RegionVault, here: Settings) -> None:
    """R33"""
    ask(vault, here)
    read_all(vault)
    finding = audit(vault, here)
    assert finding.verdict is Verdict.PASS
    expected = {"leaking": 0, "n": 20, "plants": 8, "plants_found": 8, "population": 80, "round": 1}
    assert {name: finding.measures[name] for name in expected} == expected
    assert finding.measures["reviewer_kind"] == "person"


def test_a_reviewer_who_overlooks_plants_fails_and_a_second_one_may_read(
    vault: RegionVault, here: Settings
) -> None:
    """R33"""
    ask(vault, here)
    say(vault, standing(vault).waiting, lambda item: False)
    finding = audit(vault, here)
    assert (finding.verdict, finding.measures["upper_bound"]) == (Verdict.FAIL, 1.0)
    assert "second person" in finding.reason
    say(vault, standing(vault).stored, attentive, who="ines")
    assert audit(vault, here).verdict is Verdict.PASS
    counted = standing(vault).tally
    assert counted and counted.by_reviewer == {"ines": (8, 8), "rosa": (0, 8)}


def test_the_last_verdict_counts_and_all_are_kept(vault: RegionVault, here: Settings) -> None:
    """R33"""
    ask(vault, here)
    one = standing(vault).waiting[:1]
    say(vault, one, lambda item: True)
    say(vault, one, lambda item: False)
    [review] = standing(vault).reviews
    assert (review.leaked, review.reviewer, review.reviewer_kind) == (False, "rosa", "person")
    kept = [r for r in vault.audit.records() if r.event == "sample_review"]
    assert [orjson.loads(r.detail)["leaked"] for r in kept] == [True, False]
    assert {(r.actor, r.team, r.purpose) for r in kept} == {("rosa", "reviewers", "review")}


def test_a_simulated_verdict_counts_for_simulated_chats_alone(
    vault: RegionVault, here: Settings
) -> None:
    """R33"""
    ask(vault, here)
    say(vault, standing(vault).waiting, attentive, who="machine", kind=ReviewerKind.SIMULATED)
    assert standing(vault).reviews == ()
    assert len(standing(vault).waiting) == 28


def test_a_persons_verdict_is_noticed_and_a_machines_is_not(
    vault: RegionVault, here: Settings
) -> None:
    """R33: what waits for people is gated again when one has spoken."""
    ask(vault, here)
    home = here.region_home("eu")
    before = people_mark(home)
    say(vault, standing(vault).waiting, attentive, kind=ReviewerKind.SIMULATED)
    assert people_mark(home) == before
    say(vault, standing(vault).waiting[:1], attentive)
    assert people_mark(home) != before


def test_a_round_outlives_the_verdict_on_the_days_it_was_drawn_from(
    vault: RegionVault, here: Settings, chat: Chat
) -> None:
    """R33: a day found to be broken since is mended, and the next round is drawn from that."""
    ask(vault, here)
    read_all(vault)
    broken = days(vault)[0]
    failed = [holds("second_look_found_nothing", False, "too many were held back")]
    vault.lineage.commit(
        broken, inputs=vault.lineage.inputs(broken), findings=failed, config_hash="rules-1",
        run_id="t",
    )  # fmt: skip
    with pytest.raises(NotPassed, match="too many were held back"):
        ask(vault, here)
    store(vault, a_day(chat, 0, chats=19))
    ask(vault, here)
    assert the_round(vault).number == 2


@pytest.fixture
def simulated(vaults: RegionVaults, chat: Chat) -> RegionVault:
    """Four days of simulated chats."""
    vault = vaults.of("us")
    for number in range(4):
        store(vault, a_day(chat, number, simulated=True))
    return vault


def answers(chat: Chat, *leaks: str, value: str = "order") -> dict[str, list[tuple[str, str]]]:
    """An answer key in which `value`, which stays, was planted in some chats."""
    return {
        c.conversation_id: [("name", value if c.conversation_id in leaks else "Anna Berg")]
        for number in range(6)
        for c in a_day(chat, number)
    }


def test_a_simulated_reviewer_reads_a_simulated_round_from_the_answer_key(
    simulated: RegionVault, here: Settings, chat: Chat
) -> None:
    """R33: sample and plants, and every verdict says so."""
    ask(simulated, here)
    first = the_round(simulated).sampled[0].conversation_id
    finding = audit(simulated, here, answers(chat, first))
    reviews = standing(simulated).reviews
    assert {r.reviewer_kind for r in reviews} == {ReviewerKind.SIMULATED}
    assert standing(simulated).leaking == (first,)
    assert finding.measures["plants_found"] == 8
    assert "simulated reviewer" in finding.reason


@pytest.mark.parametrize(
    ("value", "leaks"),
    [
        ("Anna Berg", False),
        ("anna berg, write", True),  # the second half of it
        ("I am Anna Berg", True),  # the first
        ("m Anna Berg", False),  # no word of the message
        ("elsewhere", False),
        ("no", True),
        ("is it about", True),
    ],
)
def test_a_simulated_reviewer_finds_what_the_report_counts(
    simulated: RegionVault, here: Settings, chat: Chat, value: str, leaks: bool
) -> None:
    """R33, R31: one rule says what is left, be it a part of a value or the whole."""
    ask(simulated, here)
    found = the_round(simulated)
    one = found.sampled[0]
    key = answers(chat, one.conversation_id, value=value)
    stored = chats_of(simulated, [one], access=SAMPLING)[one.conversation_id]
    raw = next(c for n in range(4) for c in a_day(chat, n, simulated=True) if c.conversation_id
               == one.conversation_id)  # fmt: skip
    figures = Figures()
    figures.add(raw, stored, truth=key)
    assert bool(figures.of("leaked")) is leaks
    audit(simulated, here, key)
    assert standing(simulated).leaking == ((one.conversation_id,) if leaks else ())
    counted = standing(simulated).tally
    assert counted and counted.found == 8


def test_a_simulated_reviewer_opens_the_raw_chats_as_people_do(
    simulated: RegionVault, here: Settings, chat: Chat
) -> None:
    """R33, R35: for their team and purpose, on record; the pipeline opens none after redaction."""
    ask(simulated, here)
    before = len(simulated.audit.records())
    audit(simulated, here, answers(chat))
    opened = [
        r for r in simulated.audit.records()[before:]
        if r.event == "open" and r.object.startswith("raw_chats")
    ]  # fmt: skip
    said = {(r.actor, r.team, r.purpose) for r in opened}
    assert said == {("simulated-reviewer", "reviewers", "review")}


def test_simulated_chats_whose_raw_side_is_gone_wait_for_people(
    simulated: RegionVault, here: Settings, chat: Chat
) -> None:
    """R33, R52: what is left of a value can't be told there from other words."""
    ask(simulated, here)
    days_of_it = {item.day for item in the_round(simulated).items}
    gone = [a for a in simulated.lineage.partitions("raw_chats") if a.partition == min(days_of_it)]
    simulated.destroy_keys(
        gone, because="retention", access=Access("test", "custody", Purpose.CUSTODY)
    )
    finding = audit(simulated, here, answers(chat))
    assert finding.verdict is Verdict.NOT_MEASURED
    assert {item.day for item in standing(simulated).waiting} == {min(days_of_it)}


def test_an_answer_key_without_the_chats_is_refused(simulated: RegionVault, here: Settings) -> None:
    """R33"""
    ask(simulated, here)
    with pytest.raises(BadInput, match="answer key lacks 28"):
        audit(simulated, here)


def test_real_chats_end_a_round_of_simulated_ones_and_are_sampled_alone(
    simulated: RegionVault, here: Settings, chat: Chat
) -> None:
    """R33: what a machine said of simulated chats says nothing of people's."""
    ask(simulated, here)
    real = [
        replace(c, conversation_id=f"real-{c.conversation_id}", simulated=False)
        for c in a_day(chat, 4, chats=30)
    ]
    store(simulated, real)
    ask(simulated, here, Occasion.RUN)
    found = the_round(simulated)
    assert (found.number, found.simulated, found.population) == (2, False, 30)
    assert all(item.conversation_id.startswith("real-") for item in found.items)


def test_raw_stands_beside_redacted_and_each_opening_is_on_record(
    vault: RegionVault, here: Settings
) -> None:
    """R33, R35: who opened which chat, before its keys were used."""
    ask(vault, here)
    before = len(vault.audit.records())
    found = the_round(vault)
    before = len(vault.audit.records())
    item = found.sampled[0]
    first, *_ = opened_for_review(vault, found, item, access=REVIEWER)
    assert first.redacted == "I am [PERSON_1], write to [EMAIL_1]"
    assert first.raw is not None and first.raw.startswith("I am Anna Berg, write to anna")
    made = vault.audit.records()[before:]
    assert [r.event for r in made] == ["sample_opened", "open", "open"]
    assert {(r.actor, r.team, r.purpose) for r in made} == {("rosa", "reviewers", "review")}
    assert made[0].ids_digest == vault.id_digest(item.conversation_id)


def test_a_plant_opens_like_any_other_chat(vault: RegionVault, here: Settings) -> None:
    """R33: the same records, two sides that fit together, and its value on both."""
    ask(vault, here)
    found = the_round(vault)
    kinds = []
    for item in (found.sampled[0], found.planted[0]):
        before = len(vault.audit.records())
        shown = opened_for_review(vault, found, item, access=REVIEWER)
        made = vault.audit.records()[before:]
        kinds.append([(r.event, r.object.split("/")[0], r.count, r.detail) for r in made])
        if item.plant is not None:
            leaky = [line for line in shown if item.plant.value in line.redacted]
            assert leaky and all(item.plant.value in (line.raw or "") for line in leaky)
            assert sum(len(PLACEHOLDER.findall(line.redacted)) for line in shown) in {2, 3}
    assert kinds[0] == kinds[1]


def test_who_has_no_grant_for_raw_chats_opens_none(vault: RegionVault, here: Settings) -> None:
    """R35: not compliance either, which breaks the glass for it."""
    ask(vault, here)
    found = the_round(vault)
    for team in ("compliance", "interns"):
        with pytest.raises(AccessDenied):
            opened_for_review(
                vault, found, found.sampled[0], access=Access("eve", team, Purpose.REVIEW)
            )


def test_past_its_retention_the_raw_side_is_left_out(vault: RegionVault, here: Settings) -> None:
    """R33, R52"""
    ask(vault, here)
    found = the_round(vault)
    raw = [a for a in vault.lineage.partitions("raw_chats")]
    care = Access("test", "custody", Purpose.CUSTODY)
    vault.destroy_keys(raw, because="retention", access=care)
    for item in (found.sampled[0], found.planted[0]):
        shown = opened_for_review(vault, found, item, access=REVIEWER)
        assert {line.raw for line in shown} == {None}


@pytest.mark.parametrize("grew", [False, True], ids=["gone", "redacted anew"])
def test_a_chat_that_is_not_as_it_was_drawn_leaves_the_round_unread(
    vault: RegionVault, here: Settings, chat: Chat, grew: bool
) -> None:
    """R33, R40: erased, or with another message; nobody judges what wasn't drawn."""
    ask(vault, here)
    lost = the_round(vault).sampled[0]
    store_without(vault, chat, lost, grew=grew)
    now = standing(vault)
    assert len(now.waiting) == 27
    with pytest.raises(BadInput, match="start the review again"):
        opened_for_review(vault, now.round, lost, access=REVIEWER)
    read_all(vault)
    finding = audit(vault, here)
    assert (finding.verdict, finding.measures["n"]) == (Verdict.NOT_MEASURED, 19)
    assert "too small" in finding.reason


def store_without(vault: RegionVault, chat: Chat, lost: Item, *, grew: bool) -> None:
    """The day of a chat again, in which it is gone or holds one message more."""
    kept = []
    for one in a_day(chat, int(lost.conversation_id.split("-")[1])):
        if one.conversation_id != lost.conversation_id:
            kept.append(one)
        elif grew:
            more = replace(one.turns[0], index=len(one.turns), text="hello?")
            kept.append(replace(one, turns=(*one.turns, more)))
    store(vault, kept)


@pytest.mark.parametrize("grew", [False, True], ids=["gone", "redacted anew"])
def test_a_leak_counts_in_the_next_round_until_its_chat_is_gone(
    vault: RegionVault, here: Settings, chat: Chat, grew: bool
) -> None:
    """R33: another message in it is no way out."""
    ask(vault, here)
    leaking = the_round(vault).sampled[0]
    say(vault, the_round(vault).items, lambda i: attentive(i) or i == leaking)
    store_without(vault, chat, leaking, grew=grew)
    assert audit(vault, here).verdict is Verdict.FAIL
    ask(vault, here)
    assert the_round(vault).carried == ((leaking.conversation_id,) if grew else ())


def release_bound(vault: RegionVault, *, simulated: bool = False) -> Finding:
    return bound_for_release(
        vault.lineage, vault.region.name, made_of=days(vault), simulated=simulated
    )[0]


def test_a_release_rests_on_a_round_that_covers_what_it_is_made_of(
    vault: RegionVault, here: Settings, chat: Chat
) -> None:
    """R33: a fifth may be newer; beyond that the bound says nothing."""
    assert release_bound(vault).verdict is Verdict.NOT_MEASURED
    ask(vault, here)
    audit(vault, here)
    assert release_bound(vault).verdict is Verdict.NOT_MEASURED
    read_all(vault)
    audit(vault, here)
    found = release_bound(vault)
    assert (found.verdict, found.measures["unsampled_share"]) == (Verdict.PASS, 0.0)
    store(vault, a_day(chat, 4))
    found = release_bound(vault)
    assert (found.verdict, found.measures["unsampled_share"]) == (Verdict.PASS, 0.2)
    assert "covers 80% of what the release is made of" in found.reason
    store(vault, a_day(chat, 5))
    found = release_bound(vault)
    assert (found.verdict, "33% of the chats" in found.reason) == (Verdict.NOT_MEASURED, True)


def test_a_newer_round_that_waits_holds_a_release_back(
    vault: RegionVault, here: Settings, chat: Chat
) -> None:
    """R33: or one would stop reading where it gets uncomfortable."""
    ask(vault, here)
    read_all(vault)
    audit(vault, here)
    store(vault, a_day(chat, 4))
    ask(vault, here)
    found = release_bound(vault)
    assert (found.verdict, "newer round" in found.reason) == (Verdict.NOT_MEASURED, True)


def test_real_chats_are_not_released_on_a_machines_word(
    simulated: RegionVault, here: Settings, chat: Chat
) -> None:
    """R33: and the mark is on what the release rests on."""
    ask(simulated, here)
    audit(simulated, here, answers(chat))
    found = release_bound(simulated, simulated=True)
    assert (found.verdict, found.measures["reviewer_kind"]) == (Verdict.PASS, "simulated")
    assert release_bound(simulated).verdict is Verdict.NOT_MEASURED


def test_languages_and_channels_are_told_apart(vault: RegionVault, here: Settings) -> None:
    """R33: reported, not gated."""
    ask(vault, here)
    read_all(vault)
    found = audit_round(vault, here.redaction, truth={}, at=vault.audit.clock(), access=SAMPLING)
    assert {(cell.language, cell.channel) for cell in found.cells} == {
        ("de", "chat"), ("en", "chat"),
    }  # fmt: skip
    assert sum(cell.n for cell in found.cells) == 20
    assert found.artifact.asset == AUDIT


def test_rules_that_are_changed_and_changed_back_wash_nothing_away(
    vault: RegionVault, here: Settings, chat: Chat
) -> None:
    """R33: a round of other rules in between doesn't make the failed one forgotten."""
    ask(vault, here)
    leaking = the_round(vault).sampled[0].conversation_id
    say(vault, the_round(vault).items, lambda i: attentive(i) or i.conversation_id == leaking)
    redacted_by_other_rules(vault, chat, "rules-2")
    ask(vault, here)
    assert (the_round(vault).ruleset, the_round(vault).carried) == ("rules-2", ())
    read_all(vault)
    redacted_by_other_rules(vault, chat, "rules-1")
    ask(vault, here)
    assert (the_round(vault).ruleset, the_round(vault).carried) == ("rules-1", (leaking,))


@pytest.mark.parametrize("finished", [True, False], ids=["failed", "broken off"])
def test_other_rules_that_leave_a_leak_as_it_was_do_not_end_it(
    vault: RegionVault, here: Settings, chat: Chat, finished: bool
) -> None:
    """R33: nor does it help to stop reading where it gets uncomfortable."""
    ask(vault, here)
    first = the_round(vault)
    leaking = first.sampled[0].conversation_id
    read = first.items if finished else first.items[: first.items.index(first.sampled[0]) + 1]
    say(vault, read, lambda i: attentive(i) or i.conversation_id == leaking)
    for number in range(4):
        store(vault, a_day(chat, number, chats=20 + number), ruleset="rules-2")
    ask(vault, here)
    assert (the_round(vault).ruleset, the_round(vault).carried) == ("rules-2", (leaking,))


def redacted_by_other_rules(vault: RegionVault, chat: Chat, ruleset: str) -> None:
    """Every chat anew; by `rules-2` another text of each comes out."""
    for number in range(4):
        made = a_day(chat, number)
        if ruleset == "rules-2":
            made = [
                replace(c, turns=(replace(c.turns[0], text="I am [NAME]"), *c.turns[1:]))
                for c in made
            ]
        store(vault, made, ruleset=ruleset)


def test_when_the_result_can_be_known_no_leak_is_taken_back(
    vault: RegionVault, here: Settings
) -> None:
    """R33: by the same person neither; one that was overlooked may still be found."""
    ask(vault, here)
    first = the_round(vault)
    say(vault, first.items, lambda i: i == first.sampled[0])
    assert standing(vault).leaking == (first.sampled[0].conversation_id,)
    say(vault, first.items, attentive)
    now = standing(vault)
    assert now.leaking == (first.sampled[0].conversation_id,)
    assert now.tally and now.tally.found == 8


def test_a_verdict_that_was_changed_in_the_log_is_not_counted(
    vault: RegionVault, here: Settings
) -> None:
    """R33, R41: the verdicts are nowhere else."""
    ask(vault, here)
    say(vault, the_round(vault).items, lambda i: True)
    log = here.region_home("eu") / "audit" / "audit.jsonl"
    log.write_bytes(log.read_bytes().replace(b'\\"leaked\\":true', b'\\"leaked\\":false'))
    with pytest.raises(Tampered, match="audit"):
        audit(vault, here)


def test_a_verdict_counts_in_the_round_it_was_given_in(vault: RegionVault, here: Settings) -> None:
    """R33: not in another draw that has its number."""
    ask(vault, here)
    found = the_round(vault)
    one = Review(
        found.items[0].conversation_id, False, None, "rosa", ReviewerKind.PERSON,
        vault.audit.clock(),
    )  # fmt: skip
    record_reviews(vault, replace(found, seed=found.seed + 1), [one], access=REVIEWER)
    assert standing(vault).reviews == ()
    record_reviews(vault, found, [one], access=REVIEWER)
    assert standing(vault).reviews == (one,)


def test_a_chat_that_is_known_to_leak_takes_no_plant(
    vault: RegionVault, here: Settings, chat: Chat
) -> None:
    """R33: it would be found for its own leak."""
    ask(vault, here)
    first = the_round(vault)
    say(vault, first.items, lambda i: True)
    store(vault, a_day(chat, 4))
    many = with_budget(here, BUDGET.model_copy(update={"plants": 60, "max_leaking_share": 0.9}))
    ask(vault, many)
    second = the_round(vault)
    assert set(second.carried) == {i.conversation_id for i in first.sampled}
    planted = {i.conversation_id for i in second.planted}
    assert planted and not planted & set(second.carried)

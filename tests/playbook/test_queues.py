"""Queues, fields and questions: read strictly, linted with their line, versioned (R10, R13)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from handrail.agent.routing.proof import person_reachable
from handrail.errors import BadInput
from handrail.playbook.changes import changes, sentence
from handrail.playbook.checks import every_region_asks_in_each_language, everything_is_approved
from handrail.playbook.completeness import completeness
from handrail.playbook.lint import lint
from handrail.playbook.model import Playbook, digest_of
from handrail.playbook.never_asked import never_asked_in
from handrail.playbook.problems import Level
from handrail.playbook.queues import OF_NO_FIELD, FieldKind, Queues
from handrail.playbook.reader import read_playbook
from handrail.playbook.skeleton import LANGUAGES, skeleton
from handrail.playbook.versions import content_digest
from handrail.residency import Region
from handrail.settings import load_settings
from handrail.verdicts import Verdict
from tests.playbook.conftest import TODAY, Write

EU, US = Region("eu", "EU", ("DE",), ("en", "de")), Region("us", "US", ("US",), ("en",))
QUEUES = """
defaults: {owner: Head, approver: Lead, valid_from: 2025-01-01, valid_to: 2026-12-31}
fields:
  order_id: {kind: order_id}
  problem: {kind: choice, choices: {late: {en: [late], de: [spät]}}}
questions:
  - asks: what_about
    regions: [eu, us]
    texts: {en: "What is it about?", de: "Worum geht es?"}
  - asks: anything_else
    regions: [eu, us]
    texts: {en: "Anything to add?", de: "Noch etwas?"}
  - asks: order_id
    regions: [eu, us]
    texts: {en: "Which order?", de: "Welche Bestellung?"}
  - asks: problem
    regions: [eu, us]
    texts: {en: "What is wrong?", de: "Was stimmt nicht?"}
queues:
  orders:
    description: People who know orders.
    regions: [eu, us]
    takes: [order_status]
    needs: [{field: order_id, required: true}, {field: problem, required: false}]
    max_questions: 3
    answers_within_minutes: 60
  loans:
    description: Advisers.
    regions: [eu]
    takes: [loan_advice]
    answers_within_minutes: 90
  front:
    description: Whoever is there.
    regions: [eu, us]
    max_questions: 1
    answers_within_minutes: 30
    fallback: true
"""


@pytest.fixture
def changed(write: Write) -> Write:
    """The small playbook with these queues, some of their text replaced."""

    def _changed(*replacements: tuple[str, str]) -> object:
        text = QUEUES
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new, 1)
        return write(queues=text)

    return _changed  # type: ignore[return-value]


def found(write: Write, *replacements: tuple[str, str], on: date = TODAY) -> list[str]:
    problems = lint(write(*replacements), regions=[EU, US], on=on, proofs=(person_reachable,))
    return [f"{p.level}: {p}" for p in problems if p.where.startswith("queues") or not p.where]


def in_queues(write: Write, *replacements: tuple[str, str]) -> list[str]:
    return [p for p in found(write, *replacements) if "queues.yaml:" in p]


def test_queues_read_well_and_are_proven(changed: Write) -> None:
    """The other tests change one thing of them each."""
    told = found(changed)
    assert in_queues(changed) == []
    assert not any("every_region_asks" in t or "person_reachable" in t for t in told)
    book = read_playbook(changed())
    assert [q.id for q in book.queues.questions if q.asks == "problem"] == [
        "problem.eu.de.1", "problem.eu.en.1", "problem.us.en.1",
    ]  # fmt: skip
    assert book.queues.fields["problem"].kind is FieldKind.CHOICE
    assert set(book.queues.of("us")) == {"orders", "front"}
    assert list(book.queues.asked_in("us")) == [*OF_NO_FIELD, "order_id", "problem"]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("takes: [order_status]", "takes: [weather]", "queues.yaml:20: 'weather' is neither a"),
        ("takes: [loan_advice]", "takes: [order_status]", "'loans' takes 'order_status' in eu alr"),
        ("regions: [eu]\n", "regions: [mars]\n", "region 'mars' is not among the regions"),
        ("field: order_id", "field: order", "the field 'order' is not under `fields:`"),
        ("field: problem", "field: order_id", "the field 'order_id' is needed twice"),
        ("asks: order_id", "asks: name", "queues.yaml:13: 'name' is not under `fields:`"),
        ("kind: order_id}", "kind: password}", "queues.yaml:4: fields.order_id.kind: Input"),
        ("order_id: {kind", "pin_code: {kind", "queues.yaml:4: the field 'pin_code' is for 'pin"),
        ("order_id: {kind", "what_about: {kind", "is the name of a question that belongs to no"),
        ("order_id: {kind: order_id}", "order_id: {kind: choice}", "kind choice has choices"),
        (", de: [spät]", "", "queues.yaml:5: no phrases in 'de' for the choice 'late'"),
        ("[late]", "['!']", "the phrase '!' of the choice 'late' has no words"),
        ("Which order?", "Your password?", "queues.yaml:13: the question in 'en' asks for 'passw"),
        ("Which order?", "Your {order}?", "a question has no slots"),
        ("max_questions: 3", "max_questions: 30", "queues.orders.max_questions: Input should be"),
        ("    fallback: true", "    fallback: true\n    if_refused: loans", "has no if_refused"),
        ("minutes: 60", "minutes: 60\n    if_refused: gone", "there is no queue 'gone'"),
        ("minutes: 60", "minutes: 60\n    fallback: true", "takes 'whatever nobody takes' in eu"),
        ("    answers_within_minutes: 60\n", "", "answers_within_minutes: Field required"),
        ("    description: Advisers.\n", "    color: red\n", "queues.loans.color: there is no"),
        (
            'texts: {en: "Which order?", ',
            'texts: {fi: "Mikä?", ',
            "none of its regions speaks 'fi'",
        ),
    ],
)
def test_what_can_not_be_is_refused_with_its_line(
    changed: Write, old: str, new: str, problem: str
) -> None:
    told = in_queues(changed, (old, new))
    assert any(problem in p for p in told), told
    assert all(p.startswith("error: queues.yaml:") for p in told)
    with pytest.raises(BadInput, match="can't be used"):
        read_playbook(changed((old, new)))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("Which order?", "Which order of the last 3 days?", "error: queues.yaml:15: the text in"),
        ("Which order?", "I am human. Which order?", "error: queues.yaml:15: the text in 'en' say"),
        (', de: "Welche Bestellung?"', "", "warning: queues.yaml:15: no text in 'de'"),
        ("approver: Lead", "approver: Head", "warning: queues.yaml:7: owner and approver are both"),
        ("approver: Lead", "approver: TO DO", "to do: queues.yaml:2: defaults.approver: TO DO"),
        ("Which order?", "TO DO", "to do: queues.yaml:15: questions.texts.en: TO DO"),
        ("valid_to: 2026-12-31", "valid_to: 2026-03-20", "warning: queues.yaml:7: it ends on 2026"),
        ("  order_id: {", "  spare: {kind: date}\n  order_id: {", "queues.yaml:4: no queue needs"),
    ],
)
def test_what_reads_badly_has_its_line(changed: Write, old: str, new: str, problem: str) -> None:
    told = in_queues(changed, (old, new))
    assert any(problem in p for p in told), told


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (', de: "Welche Bestellung?"', "", "missing: a question for order_id in de for eu"),
        ("    fallback: true\n", "", "missing: a queue of eu with `fallback: true`"),
        ("valid_to: 2026-12-31", "valid_to: 2026-01-31", "missing: a question for what_about in"),
    ],
)
def test_a_question_that_is_not_there_blocks(
    changed: Write, old: str, new: str, problem: str
) -> None:
    """R15: in every region and language."""
    book = read_playbook(changed((old, new)))
    finding = every_region_asks_in_each_language(book, [EU, US], on=TODAY)
    assert (finding.verdict, finding.blocking) == (Verdict.FAIL, True)
    assert finding.reason.startswith(problem)
    assert any("every_region_asks_in_each_language: " in p for p in found(changed, (old, new)))


def test_no_region_and_no_queues_block(changed: Write, write: Write) -> None:
    book = read_playbook(changed())
    assert every_region_asks_in_each_language(book, [], on=TODAY).verdict is Verdict.FAIL
    (folder := write()).joinpath("queues.yaml").unlink()
    none = read_playbook(folder)
    assert every_region_asks_in_each_language(none, [EU], on=TODAY).verdict is Verdict.FAIL
    assert person_reachable(none, [EU], on=TODAY).verdict is Verdict.FAIL


def test_a_dead_end_of_the_companys_own_is_shown_with_its_path(changed: Write) -> None:
    """R13: a loop of queues that refuse, and a region without people."""
    loop = found(
        changed,
        ("minutes: 60", "minutes: 60\n    if_refused: loans"),
        ("minutes: 90", "minutes: 90\n    if_refused: orders"),
    )
    (told,) = [p for p in loop if "person_reachable" in p]
    assert "eu: loans is asked again although it refused: a loop" in told
    assert "\n    start [en, 0 asked]: a message in en about loan_advice -> request an" in told
    assert "requested loans [en, 0 asked]: loans says refused -> request an item of orders" in told
    (told,) = [p for p in found(changed, ("    fallback: true\n", "")) if "person_reachable" in p]
    assert "us: nobody can take over: us has no queue to go on with" in told


def test_an_approver_answers_for_each_question(changed: Write) -> None:
    """R10: an unsigned question is not asked, and the playbook waits for it."""
    book = read_playbook(changed())
    (first, *others) = book.queues.questions
    for unsigned in (replace(first, approver=""), replace(first, owner="")):
        queues = replace(book.queues, questions=(unsigned, *others))
        reason = everything_is_approved(replace(book, queues=queues), TODAY).reason
        assert f"question {first.id} is" in reason
    queues = replace(book.queues, questions=(replace(first, approver=""), *others))
    cell = {"region": first.region, "language": first.language, "on": TODAY}
    assert book.queues.question(first.asks, **cell) == first
    assert queues.question(first.asks, **cell) is None


def test_a_change_is_told_in_a_sentence(changed: Write) -> None:
    before = read_playbook(changed())
    for old, new, told in (
        (
            "Which order?",
            "Which one?",
            "question order_id.eu.en.1, order_id.us.en.1 changed (text):",
        ),
        ("minutes: 60", "minutes: 90", "queue orders changed (answers within): [-60-] [+90+] min"),
        ("max_questions: 3", "max_questions: 2", "queue orders changed (questions at most): [-3-]"),
        ("[late]", "[late, slow]", "field problem changed (choices): "),
        ("takes: [loan_advice]", "takes: []", "queue loans changed (takes): [-loan_advice-]"),
    ):
        after = read_playbook(changed((old, new)))
        assert before.digest != after.digest
        (change,) = [sentence(c) for c in changes(before, after)]
        assert change.startswith(told), change


def test_a_playbook_without_queues_is_called_what_it_was(write: Write, changed: Write) -> None:
    """R47: versions that were kept before there were queues still read as themselves."""
    book = read_playbook(write())
    parts = {f: getattr(book, f) for f in Playbook.__dataclass_fields__ if f != "digest"}
    assert parts.pop("queues") == Queues()
    assert book.digest == digest_of(parts) == content_digest(book)
    assert content_digest(read_playbook(changed())) == read_playbook(changed()).digest


def test_what_there_is_to_ask_is_told_by_region_and_language(changed: Write) -> None:
    rows = [row.row()[-2:] for row in completeness(read_playbook(changed()), [EU, US], on=TODAY)]
    assert rows == [("2/2", "4/4"), ("2/2", "4/4"), ("1/2", "4/4")]


def test_the_example_asks_in_each_region_and_language(example: Playbook) -> None:
    regions = load_settings(environ={}).all_regions()
    assert every_region_asks_in_each_language(example, regions, on=TODAY).verdict is Verdict.PASS
    for region in regions:
        taken = {t for queue in example.queues.of(region.name).values() for t in queue.takes}
        assert {t for t in example.topics if t != "loan_advice"} <= taken


def test_a_new_playbook_begins_with_queues_that_are_proven(tmp_path: object) -> None:
    files = skeleton({"eu": LANGUAGES, "us": ["en"]}, company="Acme", today=TODAY)
    assert "approver: TO DO" in files["queues.yaml"]
    folder = tmp_path
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")  # type: ignore[operator]
    regions = [replace(EU, languages=LANGUAGES), US]
    told = lint(folder, regions=regions, on=TODAY, proofs=(person_reachable,))  # type: ignore[arg-type]
    assert {p.level for p in told} <= {Level.TO_DO, Level.WARNING}
    assert any(p.where.startswith("queues.yaml:") for p in told)


@pytest.mark.parametrize(
    "text",
    [
        "What is your password?", "Your PIN, please", "the 3 digits on the back of your card",
        "What is the card number?", "Which code did we send: the one-time code?", "Your CVV?",
        "Wie lautet Ihr Passwort?", "Bitte die Geheimzahl", "Ihre Kartennummer?",
        "Welche Nummer steht auf der Karte?", "Quel est votre mot de passe ?",
        "Le numéro de votre carte ?", "Votre code secret ?", "¿Cuál es su contraseña?",
        "¿El número de su tarjeta?", "¿Su PIN?", "Don't send your password. Which order?",
        "PASSWORD?", "pin_code", "card_number",
    ],
)  # fmt: skip
def test_secrets_are_never_asked_for(text: str) -> None:
    assert never_asked_in(text) is not None


@pytest.mark.parametrize(
    "text",
    ["Which order is it about?", "What happened with your card?", "Wann kam die Karte an?",
     "Quel est le numéro de commande ?", "¿Cuál es el número de pedido?", "order_id", "amount"],
)  # fmt: skip
def test_other_things_may_be_asked_for(text: str) -> None:
    assert never_asked_in(text) is None


@given(st.dictionaries(st.sampled_from(["owner", "takes", "needs", "regions"]), st.text()))
@examples(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_shape_is_refused_in_words(write: Write, entry: dict[str, str]) -> None:
    import json

    folder = write(queues=f"queues: {{front: {json.dumps(entry)}}}")
    with pytest.raises(BadInput, match=r"queues\.yaml:1"):
        read_playbook(folder)

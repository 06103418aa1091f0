"""The linter names what is wrong, unfinished or risky, with its file and line (R10, R11, R15)."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from handrail.playbook.hidden import hidden_characters
from handrail.playbook.lint import lint
from handrail.playbook.problems import Level, Problem
from handrail.residency import Region
from handrail.settings import load_settings
from tests.playbook.conftest import EXAMPLE, SMALL, TODAY, Write

REGIONS = (Region("eu", "EU", ("DE",), ("en", "de")), Region("us", "US", ("US",), ("en",)))


def found(folder: Path, level: Level, *, on: date = TODAY) -> list[str]:
    """The problems of a level that have a place: the small playbook is far from complete."""
    problems = lint(folder, regions=REGIONS, on=on, proofs=())
    return [str(p) for p in problems if p.where and p.level is level]


def test_the_example_has_nothing_but_its_expired_template() -> None:
    problems = lint(EXAMPLE, regions=load_settings(environ={}).all_regions(), on=TODAY, proofs=())
    assert [(p.level, p.where) for p in problems] == [(Level.WARNING, "templates/orders.yaml:84")]


def test_the_small_playbook_reads_well(write: Write) -> None:
    """The other tests change one thing of it each."""
    folder = write()
    assert [found(folder, level) for level in Level] == [[], [], []]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("takes {days} days", "takes 3 days", "15: number '3 days' in 'en' is free text"),
        ("dauert {days} Tage", "dauert bis Montag", "16: date 'Montag' in 'de' is free text"),
        ("takes {days} days", "is at shop.example/o", "15: link 'shop.example/o' in 'en'"),
        ("Order {order_id}", "Free shipping for {order_id}", "15: amount 'Free shipping' in 'en'"),
        ("Order {order_id}", "I guess {order_id}", "15: the text in 'en' says 'i guess'"),
        (
            "A specialist.",
            "'I am human, a specialist.'",
            "says 'i am human', which is pretending_to",
        ),
        ("This is an AI.", "'This is an AI, $5 off.'", "the text in 'en' states a number"),
        ("Eine KI.", "Wir erstatten alles. KI.", "the text in 'de' states a promise"),
        ("I will ask.", "You have 9 days.", "the good reply in 'en' states a number that no fact"),
        ("I will ask.", "I guess not.", "the text in 'en' says 'i guess', which is guessing"),
    ],
)
def test_an_error_has_its_line(write: Write, old: str, new: str, problem: str) -> None:
    errors = found(write((old, new)), Level.ERROR)
    assert len(errors) == 1 and problem in errors[0], errors
    assert errors[0].startswith("playbook.yaml:")


def test_what_facts_license_may_be_written_out_in_a_good_reply(write: Write) -> None:
    """A good reply is shown in every region of its language, so each must license it."""
    said = "Order takes 3 days."
    assert (
        found(write(("I will ask.", said), ('us: {en: "5"}', 'us: {en: "3"}')), Level.ERROR) == []
    )
    assert len(found(write(("I will ask.", said)), Level.ERROR)) == 1  # us says 5


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("takes {days} days.", "takes {days} days, we guarantee.", "promises: 'we guarantee'"),
        ('{{ hand_off }}"', '{{ hand_off }} Three days."', "number 'Three days' in the prompt"),
        ("I guess soon.", "Maybe soon.", "no banned phrase of guessing in 'en'"),
        ("slots:\n", "slots:\n  fee: {source: fact, kind: amount}\n", "no template has slot 'fee'"),
        ('      de: "Bestellung {order_id} dauert {days} Tage."\n', "", "no text in 'de'"),
        ("dauert {days} Tage", "kommt", "no template of eu in 'de' uses fact 'days'"),
        ("approver: Lead", "approver: Head", "owner and approver are both 'Head'"),
        ("valid_to: 2026-12-31\n", "valid_to: 2026-03-20\n", "it ends on 2026-03-20: then nothing"),
    ],
)
def test_a_warning_has_its_line(write: Write, old: str, new: str, problem: str) -> None:
    folder = write((old, new))
    warnings = found(folder, Level.WARNING)
    assert any(problem in warning for warning in warnings), warnings
    assert all(warning.startswith("playbook.yaml:") for warning in warnings)
    assert found(folder, Level.ERROR) == []


def test_templates_that_end_within_thirty_days_are_warned_of(write: Write) -> None:
    """R11: an expired template means hand-off, so somebody should know before."""
    last, folder = date(2026, 12, 31), write()
    template = "playbook.yaml:12: it {} on 2026-12-31: then its topic is handed off"
    for on, said in (
        (last - timedelta(days=31), []),
        (last - timedelta(days=30), ["ends"]),
        (last, ["ends"]),
        (last + timedelta(days=1), ["ended"]),
    ):
        told = [w for w in found(folder, Level.WARNING, on=on) if w.startswith("playbook.yaml:12")]
        assert [w.startswith(template.format(s)) for w, s in zip(told, said, strict=True)] == [
            True for _ in said
        ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("approver: Lead", "approver: 'TO DO: who?'", "defaults.approver: TO DO: who?"),
        (
            "Order {order_id} takes",
            "TO DO {order_id} takes",
            "templates.texts.en: TO DO",
        ),
        ("    approved_by: Director\n", "", "route: approved_by, approved_on and valid_to are"),
        ("approved_by: Director", "approved_by: TO DO", "mandates.route.approved_by: TO DO"),
    ],
)
def test_what_waits_for_people_is_told_once(write: Write, old: str, new: str, problem: str) -> None:
    folder = write((old, new))
    waiting = found(folder, Level.TO_DO)
    assert len(waiting) == 1 and problem in waiting[0], waiting
    texts = [p.text for p in lint(folder, regions=REGIONS, on=TODAY, proofs=())]
    assert not any("everything_is_approved" in text for text in texts)


def test_failing_checks_are_errors_without_a_line(write: Write) -> None:
    """What lints clean passes the asset `playbook`."""
    problems = lint(write(), regions=REGIONS, on=TODAY, proofs=())
    assert {p.text.split(":")[0] for p in problems} == {
        "every_role_has_boundaries",
        "every_boundary_is_held_out_too",
        "every_region_has_disclosures",
        "every_region_asks_in_each_language",
    }
    over = lint(write(), regions=REGIONS, on=date(2027, 1, 1), proofs=())
    assert any("the approval of role route ended on 2026-12-31" in p.text for p in over)


def test_what_cannot_be_read_is_an_error(write: Write, tmp_path: Path) -> None:
    assert found(write(("topic: order_status", "topic: weather")), Level.ERROR) == [
        "playbook.yaml:12: topic 'weather' is not among the topics of the playbook"
    ]
    assert found(write(("tier: low", "tier: tiny")), Level.ERROR)[0].startswith("playbook.yaml:5: ")
    (problem,) = lint(write(("slots:", "slots: [")), regions=REGIONS, on=TODAY, proofs=())
    assert (problem.level, "not valid YAML" in problem.text) == (Level.ERROR, True)
    (problem,) = lint(tmp_path / "nowhere", regions=REGIONS, on=TODAY, proofs=())
    assert isinstance(problem, Problem) and "holds no playbook" in problem.text


PROMPT = """    prompt: |

      Mandate: {{ mandate }}
      {% for line in guardrails %}- {{ line }}{% endfor %}
      Say in {{ language }}: {{ hand_off }}
"""
ONE_LINE = """    prompt: "{{ mandate }} {{ region }} {{ language }} {{ hand_off }}"\n"""


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "{{ mandate }}",
            "{{ mandat }}",
            "43: the prompt of role 'route' can't be rendered: 'mandat'",
        ),
        (
            "{% endfor %}",
            "{% endfr %}",
            "44: the prompt of role 'route' can't be rendered: Encounter",
        ),
        (
            "{{ language }}",
            "{{ topics[99].name }}",
            "45: the prompt of role 'route' can't be rendered",
        ),
        (
            "{{ hand_off }}",
            "{% if region == 'eu' and language == 'de' %}{{ x }}{% endif %}",
            "45: the prompt of role 'route' can't be rendered for eu in de: 'x' is undefined",
        ),
    ],
)
def test_a_broken_prompt_has_its_line(write: Write, old: str, new: str, problem: str) -> None:
    """R14: each role is rendered for each region in each of its languages."""
    assert found(write((ONE_LINE, PROMPT)), Level.ERROR) == []
    errors = found(write((ONE_LINE, PROMPT), (old, new)), Level.ERROR)
    assert len(errors) == 1 and errors[0].startswith(f"playbook.yaml:{problem}"), errors


def test_a_broken_prompt_on_one_line_has_the_line_of_its_key(write: Write) -> None:
    (error,) = found(write(("{{ region }}", "{{ regoin }}")), Level.ERROR)
    assert error.startswith("playbook.yaml:41: ") and "'regoin' is undefined" in error


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("takes {days}", "takes\u200b {days}", "15: the text holds U+200B, which nobody sees"),
        ("takes {days}", "\u202etakes {days}", "15: the text holds U+202E"),
        ("takes {days}", "ta\u200dkes {days}", "15: the text holds U+200D"),
        ("takes {days}", "größ\u200de {days}", "15: the text holds U+200D"),
        ("takes {days}", "été\u200c\u200d\u200d {days}", "15: the text holds U+200C, U+200D"),
        ("takes {days}", "takes\ufe01\U000e0041 {days}", "15: the text holds U+E0041, U+FE01"),
        ("I will ask.", "I will\u2060 ask.", "56: the text holds U+2060"),
        ("Invent nothing.", "Invent\u00ad nothing.", "42: the text holds U+00AD"),
    ],
)
def test_what_a_reader_cannot_see_is_an_error(
    write: Write, old: str, new: str, problem: str
) -> None:
    """R11: whoever approves a text has seen all of it."""
    folder = write((old, new))
    problems = [str(p) for p in lint(folder, regions=REGIONS, on=TODAY, proofs=())]
    assert any(told.startswith(f"playbook.yaml:{problem}") for told in problems), problems


def test_what_joins_emoji_or_spells_a_script_is_no_hidden_character() -> None:
    for honest in (
        "\U0001f469\u200d\U0001f4bb",
        "\u2764\ufe0f",
        "\u0645\u06cc\u200c\u062e",
        "d'été\u00a0!",
    ):
        assert hidden_characters(honest) == ()


def test_a_file_that_is_not_read_is_told(write: Write) -> None:
    """R11: templates in a file with another ending are in no list that anybody approves."""
    folder = write()
    (folder / "extra.yml").write_text("templates: [{topic: x, texts: {en: 50 EUR for all.}}]")
    (folder / "Old.YAML").touch()
    (folder / "draft.yaml.bak").touch()
    for quiet in ("notes.md", ".swap"):
        (folder / quiet).touch()
    said = "it isn't read: a playbook's files end in .yaml"
    assert found(folder, Level.ERROR) == [f"Old.YAML: {said}", f"extra.yml: {said}"]
    assert found(folder, Level.WARNING) == [f"draft.yaml.bak: {said}"]


WORDS = st.text(st.sampled_from("abcdefghij ,."), max_size=30)


@given(WORDS, st.integers(2, 10**6), WORDS)
@examples(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_number_written_into_a_template_is_always_found(
    write: Write, before: str, number: int, after: str
) -> None:
    text = f"{before} {number} {after} {{order_id}} {{days}}"
    errors = found(write(("Order {order_id} takes {days} days.", text)), Level.ERROR)
    assert any(str(number) in error and "is free text" in error for error in errors)


def test_the_small_playbook_is_what_the_line_numbers_say() -> None:
    lines = SMALL.splitlines()
    assert lines[11].strip() == "- topic: order_status" and "takes" in lines[14]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("takes {days} days.", "takes {days} days. A specialist."),
        ("en: This is an AI.", "en: This is an AI. A specialist."),
        ("en: Not certain.", "en: Not certain. A SPECIALIST!"),
    ],
)
def test_hand_off_phrase_is_said_by_nothing_else(write: Write, old: str, new: str) -> None:
    """R28: said in a reply that is sent, it would promise a person who never comes."""
    errors = found(write((old, new)), Level.ERROR)
    assert len(errors) == 1 and "says the hand-off phrase" in errors[0], errors
    assert errors[0].startswith("playbook.yaml:")

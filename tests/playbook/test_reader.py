"""Reading a playbook: what authors write becomes cells, and mistakes are named with their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from handrail.errors import BadInput
from handrail.playbook.model import Playbook
from handrail.playbook.reader import read_playbook
from tests.playbook.conftest import EXAMPLE, SMALL, Write

MORE = """
defaults: {owner: Head, approver: Lead, valid_from: 2025-01-01, valid_to: 2026-12-31}
"""


def test_one_entry_becomes_a_template_per_region_and_language(write: Write) -> None:
    playbook = read_playbook(write())
    assert [t.id for t in playbook.templates] == [
        "order_status.eu.de.1",
        "order_status.eu.en.1",
        "order_status.us.en.1",
    ]
    assert {f.id: f.value for f in playbook.facts} == {
        "days.eu.de.1": "3",
        "days.eu.en.1": "3",
        "days.us.en.1": "5",
    }
    assert [d.id for d in playbook.disclosures][:2] == ["ai.eu.de", "ai.eu.en"]
    assert [s.name for s in playbook.templates[0].slots] == ["order_id", "days"]


def test_templates_of_a_cell_are_numbered_in_the_order_written(write: Write) -> None:
    entry = "  - {topic: order_status, regions: [us], texts: {en: 'Number %s.'}}\n"
    many = "".join(entry % number for number in range(2, 12))
    folder = write(("facts:\n", many + "facts:\n"))
    ids = [t.id for t in read_playbook(folder).templates_for("order_status", "us", "en")]
    assert ids == [f"order_status.us.en.{number}" for number in range(1, 12)]


def test_digest_does_not_depend_on_how_content_is_spread_over_files(
    tmp_path: Path, write: Write
) -> None:
    whole = read_playbook(write()).digest
    before, after = SMALL.split("templates:\n")
    other = tmp_path / "other" / "deeper"
    other.mkdir(parents=True)
    (other / "z.yaml").write_text("# a comment\n" + before, encoding="utf-8")
    defaults = next(line for line in before.splitlines() if line.startswith("defaults"))
    (other.parent / "a.yaml").write_text(f"{defaults}\ntemplates:\n{after}", encoding="utf-8")
    assert read_playbook(other.parent).digest == whole


def test_digest_changes_with_any_word(write: Write) -> None:
    plain = read_playbook(write()).digest
    assert read_playbook(write(("takes", "needs"))).digest != plain
    assert read_playbook(write(('us: {en: "5"}', 'us: {en: "6"}'))).digest != plain


def test_the_same_folder_gives_the_same_playbook(example: Playbook) -> None:
    assert read_playbook(EXAMPLE) == example


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("topic: order_status", "topic: weather", "playbook.yaml:12: topic 'weather' is not among"),
        ("Order {order_id}", "Order {order_no}", "slot {order_no} is not declared"),
        ("Order {order_id}", "Order {order_id", "a brace that belongs to no slot"),
        ("Order {order_id}", "Order {Order Id}", "a brace that belongs to no slot"),
        ("valid_to: 2026-12-31", "valid_to: 2024-12-31", "lies before valid_from 2025-01-01"),
        (
            "valid_to: 2026-12-31",
            "valid_to: 2026-02-30",
            "playbook.yaml:10: a date that does not exist",
        ),
        ("valid_to: 2026-12-31", "valid_to: !!int soon", "playbook.yaml:10: not a value"),
        ("valid_to: 2026-12-31", "valid_until: 2026-12-31", "defaults.valid_until: there is no"),
        ("owner: Head, ", "", "no owner"),
        ("approver: Lead, ", "", "approver, valid_from and valid_to are needed"),
        ("regions: [eu, us]", "regions: [eu, mars]", "region 'mars' is not among the regions"),
        ("regions: [eu, us]", "regions: [us]", "none of its regions speaks 'de'"),
        ('      us: {en: "5"}\n', "", "no fact 'days' for us in en"),
        ('us: {en: "5"}', "us: {en: soon}", "the value for us in en is not a number"),
        ('us: {en: "5"}', "us: {en: 5}", "facts.0.values.us.en: Input should be a valid string"),
        ("name: days", "name: order_id", "'order_id' is not a slot with source `fact`"),
        ("tier: low", "tier: tiny", "topics.order_status.tier: Input should be 'low'"),
        ("id: out", "id: ai", "id ai.eu.en is used twice"),
        (
            "is_an_ai: {en: an AI",
            "is_an_ai: {en: a bot",
            "the text in 'en' doesn't say its 'is_an_ai'",
        ),
        (", de: KI}", "}", "the text in 'de' doesn't say its 'is_an_ai'"),
        ("low: Little harm., ", "", "playbook.yaml:5: nothing under `tiers:` says what 'low'"),
        ("use: training", "use: both", "boundaries.en.examples.0.use: Input should be"),
        ("when: first_turn", "when: topic:weather", "topic 'weather' is not among the topics"),
        ("This is an AI.", "'I am {order_id}.'", "a disclosure has no slots"),
        ("  route:", "  wizard:", "a mandate for 'wizard'; the roles are resolve"),
        ("boundaries:\n  en:", "boundaries:\n  fr:", "'fr', which no region speaks"),
        (
            "banned: {guessing: [i guess]}",
            "banned: {guessing: ['--']}",
            "'--' in 'en' has no words",
        ),
        ("slots:", "topics: {}\nslots:", "key 'topics' is written twice"),
        ("slots:", "slots: [", "not valid YAML"),
    ],
)
def test_mistake_is_named(write: Write, old: str, new: str, expected: str) -> None:
    with pytest.raises(BadInput) as refusal:
        read_playbook(write((old, new)))
    assert expected in str(refusal.value)
    assert refusal.value.__cause__ is None


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "    approved_on: 2025-01-01",
            "    aproved_on: 2025-01-01",
            "playbook.yaml:44: mandates.route.aproved_on: there is no such key, "
            "`approved_on` is near; there are statement, prompt, guardrails, approved_by, "
            "approved_on, valid_to",
        ),
        (
            "owner: Head, ",
            "owner: Head, color: red, ",
            "defaults.color: there is no such key; there are owner, approver, valid_from, valid_to",
        ),
        (
            "        use: training",
            "        used: training",
            "examples.0.used: there is no such key, `use` is near; there are type, use, message",
        ),
        (
            "slots:\n",
            "slot: {}\nslots:\n",
            "slot: there is no such key, `slots` is near; there are",
        ),
    ],
)
def test_an_unknown_key_names_those_there_are(
    write: Write, old: str, new: str, expected: str
) -> None:
    """R11: an author who mistypes a key is told the right one, with file and line."""
    with pytest.raises(BadInput) as refusal:
        read_playbook(write((old, new)))
    assert expected in str(refusal.value)


def test_a_file_that_is_not_read_is_refused_where_it_was_meant_to_be(write: Write) -> None:
    """R11: a template in `extra.yml` is in no list that anybody approves."""
    folder = write()
    (folder / "README.md").write_text("Notes of its authors.")
    read_playbook(folder)
    (folder / "templates").mkdir()
    (folder / "templates" / "extra.yml").write_text("templates: []")
    with pytest.raises(BadInput, match=r"templates/extra\.yml: it isn't read"):
        read_playbook(folder)


def test_a_prompt_that_renders_nowhere_is_refused(write: Write) -> None:
    """R14: found when the playbook is read, and not when a reply needs the prompt."""
    with pytest.raises(BadInput, match=r"playbook\.yaml:\d+: the prompt of role 'route' can't"):
        read_playbook(write(("{{ region }}", "{{ regoin }}")))


def test_every_mistake_is_listed_at_once(write: Write) -> None:
    folder = write(("topic: order_status", "topic: weather"), ("owner: Head, ", ""))
    with pytest.raises(BadInput, match=r"(?s)'weather'.*no owner"):
        read_playbook(folder)


def test_entries_of_one_topic_stand_in_one_file(write: Write) -> None:
    more = MORE + "templates: [{topic: order_status, regions: [us], texts: {en: Soon.}}]"
    with pytest.raises(BadInput, match=r"playbook.yaml:\d+: templates of 'order_status' are in a"):
        read_playbook(write(a=more))


def test_a_name_defined_in_two_files_is_refused(write: Write) -> None:
    more = "slots: {days: {source: context, kind: text}}"
    with pytest.raises(BadInput, match="'days' is in another file too"):
        read_playbook(write(a=more))


def test_two_facts_may_not_hold_on_the_same_day(write: Write) -> None:
    second = (
        '  - {name: days, valid_from: 2026-12-31, valid_to: 2027-12-31, values: {us: {en: "6"}}}'
    )
    folder = write(("disclosures:", f"{second}\ndisclosures:"))
    with pytest.raises(
        BadInput, match=r"days\.us\.en\.1 and days\.us\.en\.2 hold on the same days"
    ):
        read_playbook(folder)
    folder = write(("disclosures:", f"{second.replace('2026-12-31', '2027-01-01')}\ndisclosures:"))
    assert len(read_playbook(folder).facts) == 4


def test_a_folder_without_a_playbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="holds no playbook"):
        read_playbook(tmp_path / "nowhere")
    (tmp_path / "empty.yaml").touch()
    with pytest.raises(BadInput, match="empty or not a mapping"):
        read_playbook(tmp_path)
    (tmp_path / "empty.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match="not a UTF-8 text file"):
        read_playbook(tmp_path)
    (tmp_path / "empty.yaml").write_text("slots: {}", encoding="utf-8")
    with pytest.raises(BadInput, match="no file has `regions:`"):
        read_playbook(tmp_path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("approved_by: Director", "approved_by: 'TO DO: who?'"),
        ("    approved_by: Director\n", ""),
        ("    approved_on: 2025-01-01\n", ""),
        (
            "    approved_on: 2025-01-01\n    valid_to: 2026-12-31\n",
            "    approved_on: 2025-01-01\n",
        ),
    ],
)
def test_a_mandate_needs_person_day_and_last_day_to_be_approved(
    write: Write, old: str, new: str
) -> None:
    """R10: it can be read, so that the rest can be looked over, and is approved by nobody."""
    assert read_playbook(write()).mandates["route"].approval is not None
    assert read_playbook(write((old, new))).mandates["route"].approval is None


def test_whoever_is_still_to_do_is_nobody(write: Write) -> None:
    book = read_playbook(write(("approver: Lead", "approver: TO DO")))
    assert {t.approver for t in book.templates} == {d.approver for d in book.disclosures} == {""}

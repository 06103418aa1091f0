"""Help desks' own exports: read as they document them, set aside with a reason, never lost (R2)."""

from __future__ import annotations

import copy
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from handrail.conversations.model import Role
from handrail.conversations.sources import VENDORS, load_mapping
from handrail.settings import Settings
from tests.conftest import PROJECT
from tests.conversations.exports import Read, mapping_of, read, write_jsonl
from tests.conversations.golden import EXPECTED, FIXTURES, exports, found, vendors

LISTS = {"chatwoot": ("data", "payload"), "freshdesk": (), "intercom": ("conversations",)}
OTHERS: tuple[Any, ...] = (
    None,
    "",
    "x",
    0,
    7,
    -1.5,
    True,
    [],
    [None],
    {},
    {"a": {"b": []}},
    "9" * 400,
)


def records(vendor: str) -> list[dict[str, Any]]:
    """The records of a fixture that is one list."""
    (file,) = exports(vendor)
    content = orjson.loads(file.read_bytes())
    for step in LISTS[vendor]:
        content = content[step]
    return list(content)


@pytest.mark.parametrize("vendor", vendors())
def test_a_fixture_is_read_as_expected(settings: Settings, vendor: str) -> None:
    """R2: if this fails on purpose, `python -m tests.conversations.golden` writes it anew."""
    assert found(settings, vendor) == (FIXTURES / vendor / EXPECTED).read_bytes()


@pytest.mark.parametrize("vendor", LISTS)
def test_lines_read_like_the_list_they_come_from(
    settings: Settings, tmp_path: Path, vendor: str
) -> None:
    rows = records(vendor)
    lines = read(settings, write_jsonl(tmp_path / "e.ndjson.gz", *rows), format=vendor)
    assert lines.conversations == read(settings, *exports(vendor), format=vendor).conversations
    assert lines.counts.rows == len(rows)


def variants(value: Any) -> Iterator[Any]:
    """`value` with each thing in it taken away or replaced by something of another kind."""
    yield from OTHERS
    if isinstance(value, dict):
        for key, inside in value.items():
            yield {k: v for k, v in value.items() if k != key}
            yield from ({**value, key: other} for other in variants(inside))
    elif isinstance(value, list):
        for index, inside in enumerate(value):
            yield [*value[:index], *value[index + 1 :]]
            yield [*value, inside]
            yield from ([*value[:index], other, *value[index + 1 :]] for other in variants(inside))


@pytest.mark.parametrize("vendor", LISTS)
def test_a_record_of_any_other_shape_is_read_or_set_aside_with_a_reason(
    settings: Settings, tmp_path: Path, vendor: str
) -> None:
    """R2: nothing ends the reading, every row is counted, and no reason quotes what it met."""
    first = records(vendor)[0]
    rows = [row for row in variants(first) if isinstance(row, dict)]
    for number, row in enumerate(rows):
        if row.get("id") == first["id"]:
            row["id"] = 10_000 + number
    result = read(settings, write_jsonl(tmp_path / "e.jsonl", *rows), format=vendor)
    assert result.counts.rows == len(rows) == len(result.accepted) + len(result.quarantined)
    assert len(result.accepted) > len(rows) / 3
    assert Counter(q.reason for q in result.quarantined).keys() >= {"malformed", "bad_id"}
    for quarantined in result.quarantined:
        assert quarantined.detail
        assert not any(said in quarantined.detail for said in ("Ada", "A-44", "Paket", "999999"))


@pytest.mark.parametrize("vendor", LISTS)
def test_a_broken_line_is_one_row_and_a_cut_file_loses_only_its_last(
    settings: Settings, tmp_path: Path, vendor: str
) -> None:
    rows = records(vendor)[:3]
    rows[2]["id"] = 3333
    file = write_jsonl(tmp_path / "e.jsonl", rows[0], b'{"id": 5, "x": [}', *rows[1:])
    file.write_bytes(file.read_bytes()[:-40])
    result = read(settings, file, format=vendor)
    assert [each.location for each in result.accepted] == ["e.jsonl:line 1", "e.jsonl:line 3"]
    assert [q.location for q in result.quarantined] == ["e.jsonl:line 2", "e.jsonl:line 4"]


@pytest.mark.parametrize("vendor", LISTS)
def test_a_newer_export_of_a_conversation_replaces_the_older(
    settings: Settings, tmp_path: Path, vendor: str
) -> None:
    """R2, R4: an export taken again adds and updates, never duplicates."""
    old, new = records(vendor)[0], copy.deepcopy(records(vendor)[0])
    new[{"chatwoot": "status", "freshdesk": "status", "intercom": "state"}[vendor]] = {
        "chatwoot": "open",
        "freshdesk": 2,
        "intercom": "open",
    }[vendor]
    files = [write_jsonl(tmp_path / f"{n}.jsonl", row) for n, row in enumerate((old, new))]
    result = read(settings, *files, format=vendor)
    assert [one.outcome.status for one in result.conversations] == ["open"]
    assert result.reasons == ["superseded"]


OWN_FIELDS = {
    "intercom": """
product_area: {path: tag_names, map: {delivery: orders}}
topic: {path: contact.custom_attributes.plan, map: {basic: order_status}}
""",
    "freshdesk": """
product_area: {path: custom_fields.cf_product_area, map: {Orders: orders}}
topic: {path: tags, map: {delivery: order_status}}
region: {path: custom_fields.cf_country, map: {Germany: DE}}
""",
    "chatwoot": """
product_area: {path: custom_attributes.area, map: {shop: orders}}
topic: {path: labels, map: {delivery: order_status}}
""",
}


@pytest.mark.parametrize("vendor", LISTS)
def test_a_companys_own_fields_become_tags_by_its_mapping(
    settings: Settings, tmp_path: Path, vendor: str
) -> None:
    """R5."""
    mapping = mapping_of(tmp_path, f"version: 1\nformat: {vendor}\n{OWN_FIELDS[vendor]}")
    result = read(settings, write_jsonl(tmp_path / "e.jsonl", records(vendor)[0]), mapping=mapping)
    (chat,) = result.conversations
    assert chat.product_area is not None and chat.product_area.value == "orders"
    assert chat.topic is not None and chat.topic.value == "order_status"
    assert chat.region == "eu"


@pytest.mark.parametrize("vendor", vendors())
def test_the_example_mapping_of_a_help_desk_reads_its_export(
    settings: Settings, vendor: str
) -> None:
    """R2, R5: what people copy works, on the fixture, from the mapping alone."""
    mapping = load_mapping(PROJECT / "deploy" / "mappings" / f"{vendor}.yaml")
    result = read(settings, *exports(vendor), mapping=mapping)
    assert {one.sector for one in result.conversations} == {"retail"}
    assert len(result.conversations) > 4


def one(settings: Settings, folder: Path, vendor: str, **changes: Any) -> Read:
    """The first record of a fixture, read with `changes`."""
    row = records(vendor)[0] | changes
    return read(settings, write_jsonl(folder / "e.jsonl", row), format=vendor)


def test_contacts_may_lie_beside_the_conversations(settings: Settings, tmp_path: Path) -> None:
    """R2: as the API gives them: references in the conversations, the contacts by themselves."""
    whole, contacts = records("intercom"), []
    apart = copy.deepcopy(whole)
    for row in apart:
        contacts += row["contacts"]["contacts"]
        row["contacts"]["contacts"] = [
            {"type": "contact", "id": each["id"]} for each in row["contacts"]["contacts"]
        ]
    folder = tmp_path / "export"
    write_jsonl(folder / "conversations-1.jsonl.gz", *apart[:3])
    write_jsonl(folder / "conversations-2.jsonl", *apart[3:6])
    known = {each["id"]: each for each in contacts[:6]}
    (folder / "contacts.json").write_bytes(orjson.dumps({"data": list(known.values())}))
    result = read(settings, folder, format="intercom")
    together = read(settings, write_jsonl(tmp_path / "e.jsonl", *whole[:6]), format="intercom")
    tags = [(one.conversation_id, one.region, one.customer) for one in result.conversations]
    assert tags == [(o.conversation_id, o.region, o.customer) for o in together.conversations]


def test_without_a_readable_contact_nobody_knows_what_to_scrub(
    settings: Settings, tmp_path: Path
) -> None:
    """R2, R32: fail closed, for the conversations of that contact only."""
    rows = copy.deepcopy(records("intercom")[:4])
    contacts = [row["contacts"]["contacts"][0] for row in (rows[3], rows[0])]
    for row in rows:
        row["contacts"]["contacts"] = [{"id": row["contacts"]["contacts"][0]["id"]}]
    broken = b'{"id": "ct-ada", "name": ]'
    write_jsonl(tmp_path / "conversations.jsonl", *rows)
    write_jsonl(tmp_path / "contacts.jsonl", contacts[0], broken)
    result = read(settings, tmp_path, format="intercom")
    assert result.ids == ["intercom-1004"]
    assert [q.location.split(".")[0] for q in result.quarantined] == ["contacts"] + [
        "conversations"
    ] * 3


@pytest.mark.parametrize(
    ("code", "region"), [("DEU", "eu"), ("IRL", "eu"), ("de", "eu"), ("USA", None), ("XYZ", None)]
)
def test_a_country_of_three_letters_is_the_same_country(
    settings: Settings, tmp_path: Path, code: str, region: str | None
) -> None:
    """R5, R38: a place that isn't known is no place in this region."""
    contacts = copy.deepcopy(records("intercom")[0]["contacts"])
    contacts["contacts"][0]["location"]["country_code"] = code
    result = one(settings, tmp_path, "intercom", contacts=contacts)
    assert [each.region for each in result.conversations] == ([region] if region else [])


def test_a_transcript_of_a_megabyte_of_open_notices_is_read_at_once(
    settings: Settings, tmp_path: Path
) -> None:
    """R2: a visitor can't hold the intake up."""
    body = "<p align=center>" * 65_000
    row = {"Id": "570x", "Body": body, "StartTime": "2026-01-05T10:00:00Z", "Status": "Completed"}
    started = time.process_time()
    file = write_jsonl(tmp_path / "e.jsonl", row)
    assert read(settings, file, format="salesforce", max_record_bytes=2_000_000).reasons
    assert time.process_time() - started < 20  # what is quadratic takes minutes


def test_being_handed_on_or_closed_is_no_step_towards_a_solution(settings: Settings) -> None:
    """R4: such events would make every conversation look solved by somebody."""
    for vendor in LISTS:
        chats = read(settings, *exports(vendor), format=vendor).conversations
        names = {action.name for chat in chats for action in chat.actions}
        assert names <= {"Find order", "Send label"}


def test_what_customers_never_saw_is_private(settings: Settings) -> None:
    """R2: notes, forwards to third parties, messages that weren't delivered."""
    private = {
        vendor: [
            turn.text
            for chat in read(settings, *exports(vendor), format=vendor).conversations
            for turn in chat.turns
            if turn.is_private and turn.role is Role.AGENT
        ]
        for vendor in LISTS
    }
    assert private == {
        "chatwoot": ["Kundin hat schon zweimal gefragt", "Nochmal gesendet"],
        "freshdesk": [
            "Kundin ist wütend, bitte schnell",
            "an Dritte: wissen Sie das?",
            "Zurückgerufen",
        ],
        "intercom": [
            "Für dich, Maria",
            "Kundin ruft auch an, Tel. +49 30 5550101",
            "something new, for teammates",
        ],
    }


def test_every_word_of_ours_is_one_we_know(settings: Settings) -> None:
    """R5: the tables beside the code say nothing outside the vocabularies."""
    from handrail.conversations.model import Channel, Severity, Status
    from handrail.conversations.sources.vendor import words_of

    known = {
        "role": Role,
        "sender": Role,
        "channel": Channel,
        "severity": Severity,
        "status": Status,
    }
    for vendor in VENDORS:
        for table, words in words_of(vendor).tables.items():
            if table in known:
                assert set(words.values()) - {""} <= set(known[table]), (vendor, table)

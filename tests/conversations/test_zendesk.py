"""Zendesk Support as a folder of tables and in one file, and Zendesk Chat (R2)."""

from __future__ import annotations

import copy
import gzip
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from handrail.conversations.intake import Export, fingerprint, load_mapping
from handrail.conversations.model import Conversation, Role
from handrail.conversations.sources import open_source
from handrail.redaction.known import customer_values
from handrail.redaction.labels import label_kept
from handrail.settings import PROJECT, IntakeSettings, Settings
from tests.conversations.exports import Read, read, write_jsonl
from tests.conversations.golden import FIXTURES
from tests.conversations.test_vendors import variants

FOLDER = FIXTURES / "zendesk" / "export"
CHATS = FIXTURES / "zendesk_chat" / "chats.json"
MAPPING = PROJECT / "deploy" / "mappings" / "zendesk.yaml"
LIMITS = IntakeSettings(
    max_record_bytes=100_000, max_unpacked_bytes=10**9, max_unpacked_ratio=200, reopening_days=7
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the fixture to change."""
    return Path(shutil.copytree(FOLDER, tmp_path / "export"))


@pytest.fixture
def chats(settings: Settings) -> dict[str, Conversation]:
    """The fixture's conversations by ticket."""
    found = read(settings, FOLDER, format="zendesk").conversations
    return {one.conversation_id.removeprefix("zendesk-"): one for one in found}


def rows(file: Path) -> list[dict[str, Any]]:
    """The rows of a table that are JSON."""
    found = []
    for line in file.read_bytes().splitlines():
        try:
            found.append(orjson.loads(line))
        except ValueError:
            continue
    return found


def change(file: Path, edit: Callable[[list[dict[str, Any]]], object]) -> None:
    """Write the table anew after `edit`."""
    table = rows(file)
    edit(table)
    write_jsonl(file, *table)


def whole_tickets() -> list[dict[str, Any]]:
    """The fixture's tickets, each with all that belongs to it in one row."""
    source = open_source("zendesk", None)
    found = source.records(FOLDER, limits=LIMITS)  # type: ignore[attr-defined]
    return [copy.deepcopy(dict(row.data)) for row in found if row.data is not None]


def said(chat: Conversation) -> list[tuple[str, str]]:
    return [(str(turn.role), turn.text) for turn in chat.turns]


def test_a_ticket_in_one_row_is_the_ticket_of_the_tables(
    settings: Settings, tmp_path: Path
) -> None:
    """R2: both forms, as lines, as a list and as an API's answer."""
    tables, tickets = read(settings, FOLDER, format="zendesk"), whole_tickets()
    lines = write_jsonl(tmp_path / "e.ndjson", *tickets)
    array, answer = tmp_path / "list.json", tmp_path / "answer.json"
    array.write_bytes(orjson.dumps(tickets, option=orjson.OPT_INDENT_2))
    answer.write_bytes(orjson.dumps({"count": 1, "tickets": tickets, "next_page": None}))
    for file in (lines, array, answer):
        assert read(settings, file, format="zendesk").conversations == tables.conversations


def test_the_tables_may_be_packed_numbered_and_lie_in_any_order(
    settings: Settings, folder: Path
) -> None:
    """R2: comments belong to their ticket wherever they stand."""
    expected = read(settings, FOLDER, format="zendesk").conversations
    table = rows(folder / "ticket_comments.ndjson")[::-1]
    (folder / "ticket_comments.ndjson").unlink()
    write_jsonl(folder / "ticket-comments-1.ndjson.gz", *table[:9])
    (folder / "ticket-comments-2.json").write_bytes(orjson.dumps({"comments": table[9:]}))
    (folder / "users.ndjson").rename(folder / "users.jsonl")
    assert read(settings, folder, format="zendesk").conversations == expected


def test_a_row_may_bring_its_comments_and_leave_the_users_to_a_table(
    settings: Settings, tmp_path: Path
) -> None:
    """R2: what a ticket brought along isn't lost for a table that the folder doesn't hold."""
    tickets = whole_tickets()
    for ticket in tickets:
        del ticket["users"]
    write_jsonl(tmp_path / "tickets.ndjson", *tickets)
    shutil.copy(FOLDER / "users.ndjson", tmp_path)
    found = read(settings, tmp_path, format="zendesk")
    assert found.conversations == read(settings, FOLDER, format="zendesk").conversations


def test_folders_of_exports_are_read_oldest_first(settings: Settings, tmp_path: Path) -> None:
    """R2, R4: taken again, a ticket is updated with its history kept, and none is doubled."""
    for week in ("2026-w01", "2026-w02"):
        shutil.copytree(FOLDER, tmp_path / week)
    change(
        tmp_path / "2026-w02" / "ticket_audits.ndjson",
        lambda table: table.append(
            {
                "id": 1015,
                "ticket_id": 101,
                "author_id": 70001,
                "created_at": "2026-01-05T08:00:00Z",
                "events": [
                    {
                        "type": "Change",
                        "field_name": "status",
                        "previous_value": "solved",
                        "value": "open",
                    }
                ],
            }
        ),
    )
    once = read(settings, FOLDER, format="zendesk")
    twice = read(settings, tmp_path, format="zendesk")
    assert twice.ids == once.ids
    assert twice.counts.rows == 2 * once.counts.rows
    assert len(twice.conversations[0].outcome.reopened_at) == 1
    superseded = [q for q in twice.quarantined if q.reason == "superseded"]
    assert len(superseded) == len(once.ids) + 2  # and the row of each folder that repeats a ticket
    assert any(b'"id":101,' in q.original.replace(b" ", b"") for q in superseded)


def test_any_file_of_a_folder_changes_what_the_export_is(folder: Path) -> None:
    export = Export(folder, "zendesk", None, simulated=False)
    before = fingerprint(export)
    change(folder / "users.ndjson", lambda table: table[0].update(phone="+49 30 5550199"))
    assert fingerprint(export) != before


def test_the_description_is_said_once(chats: dict[str, Conversation]) -> None:
    """R2: Zendesk repeats it as the first comment; where that is missing, it is the first turn."""
    assert [text for _, text in said(chats["101"])].count(chats["101"].turns[0].text) == 1
    assert said(chats["106"])[0] == ("customer", "Bonjour, ma commande est arrivée cassée.")
    assert len(chats["106"].turns) == 2


def test_private_notes_are_marked(chats: dict[str, Conversation]) -> None:
    private = [turn.text for chat in chats.values() for turn in chat.turns if turn.is_private]
    assert private == ["Kunde ist Stammkunde, bitte kulant."]


def test_a_comment_that_hides_whether_it_is_public_is_set_aside(
    settings: Settings, folder: Path
) -> None:
    """R2: nobody guesses what a customer may see."""
    change(folder / "ticket_comments.ndjson", lambda table: table[0].pop("public"))
    result = read(settings, folder, format="zendesk")
    assert "zendesk-101" not in result.ids
    assert any("whether it is public" in q.detail for q in result.quarantined)


def test_who_wrote_a_comment_is_told_by_requester_role_and_channel(
    chats: dict[str, Conversation],
) -> None:
    """R2: a colleague in copy is a customer too, an agent may write the description."""
    assert [role for role, _ in said(chats["109"])] == ["customer", "customer", "agent"]
    assert [role for role, _ in said(chats["107"])] == ["customer", "system", "bot", "agent"]
    assert [role for role, _ in said(chats["108"])] == ["agent", "agent"]
    assert {t.author for t in chats["107"].turns} == {None, "90002"}


def test_a_merge_repeats_nothing_and_solves_nothing(chats: dict[str, Conversation]) -> None:
    """R2, R4: the ticket that was merged away goes on in the other."""
    assert said(chats["104"]) == [("customer", "Noch einmal: wo ist mein Paket?")]
    assert chats["104"].outcome.status == "abandoned"
    assert "Noch einmal" not in " ".join(text for _, text in said(chats["105"]))


def test_reopening_comes_from_the_audits_and_a_closing_by_itself_is_none(
    chats: dict[str, Conversation],
) -> None:
    """R4: solved, open again, solved; the automatic closing weeks later changes nothing."""
    outcome = chats["102"].outcome
    assert [f"{at:%m-%d %H:%M}" for at in outcome.reopened_at] == ["01-06 09:30"]
    assert f"{outcome.closed_at:%m-%d %H:%M}" == "01-06 10:00"
    assert len(chats["111"].outcome.reopened_at) == 1  # only ticket_metrics counts it


def test_steps_are_changes_that_agents_made_for_the_customer(
    chats: dict[str, Conversation],
) -> None:
    """R4: status, queues and tags are bookkeeping, and a rule is nobody."""
    steps = {key: [(a.name, a.after_turn) for a in chat.actions] for key, chat in chats.items()}
    assert {key: found for key, found in steps.items() if found} == {
        "102": [("Refund_approved", 2), ("Gerat_lauft", 4)]
    }
    assert chats["107"].outcome.escalated  # moved to another group


def test_a_macro_is_the_template_of_the_comment_it_wrote(chats: dict[str, Conversation]) -> None:
    """R11: as a label, which outlives the redaction."""
    assert [t.template for t in chats["101"].turns] == [None, "Orders_Where_is_my_parcel", None]
    template = chats["102"].turns[2].template
    assert template == "Zahlung_Ruckzahlung_bestatigen"
    assert label_kept(template, customer_values(chats["102"].customer)) == template


def test_an_offered_rating_is_none_and_a_bad_one_is(chats: dict[str, Conversation]) -> None:
    scores = {key: chat.outcome.csat for key, chat in chats.items() if chat.outcome.csat}
    assert scores == {"101": 5, "109": 5, "112": 1}


def test_an_email_doesnt_repeat_the_one_it_answers(chats: dict[str, Conversation]) -> None:
    """R17: quoted history would stand on both sides of a split."""
    assert chats["101"].turns[2].text == "Thank you, it came today!"


def test_everybody_in_the_ticket_is_known_to_the_scrubber(chats: dict[str, Conversation]) -> None:
    """R31, R32: the agents too."""
    known = chats["109"].customer.known
    assert known["name"] == ("Claire Fontaine",)
    assert set(known["other_name"]) == {"Marlene Dietz", "Tom Fontaine"}
    assert "tom.fontaine@courriel.example" in known["other_email"]


def test_a_companys_fields_are_named_by_title(settings: Settings) -> None:
    """R5, R38: topic, area, country, ground and opt-out are its own custom fields."""
    result = read(settings, FOLDER, mapping=load_mapping(MAPPING))
    found = {one.conversation_id: one for one in result.conversations}
    refund = found["zendesk-102"]
    tags = (refund.product_area, refund.topic, refund.basis)
    assert [tag and (tag.value, str(tag.set_by)) for tag in tags] == [
        ("payments", "export"),
        ("refund_status", "export"),
        ("contract", "rule"),
    ]
    assert found["zendesk-112"].customer.opted_out_of_training
    assert not refund.customer.opted_out_of_training
    assert "zendesk-116" not in found
    assert "foreign_region" in result.reasons  # the shop's customer in Boston


@pytest.mark.parametrize("table", ["ticket_comments", "ticket_audits"])
def test_a_cut_table_leaves_no_ticket_whole(settings: Settings, folder: Path, table: str) -> None:
    """R2, R3: what follows the cut may belong to any of them."""
    file = folder / f"{table}.ndjson"
    packed = gzip.compress(file.read_bytes(), mtime=0)
    file.unlink()
    file.with_suffix(".ndjson.gz").write_bytes(packed[:-20])
    result = read(settings, folder, format="zendesk")
    assert result.ids == []
    name = table.removeprefix("ticket_")
    assert sum(f"its {name} may not all be here" in q.detail for q in result.quarantined) >= 10


def test_a_broken_comment_sets_aside_the_tickets_it_may_belong_to(
    settings: Settings, folder: Path
) -> None:
    """R2: the one that it names, else those beside it; all others are read."""
    whole = read(settings, FOLDER, format="zendesk")
    file = folder / "ticket_comments.ndjson"
    lines = file.read_bytes().splitlines()
    named = lines[14].replace(b'"public": true', b'"public": tru')
    file.write_bytes(b"\n".join([*lines[:3], b'{"id": "cut', *lines[3:14], named, *lines[15:]]))
    result = read(settings, folder, format="zendesk")
    assert set(whole.ids) - set(result.ids) == {"zendesk-101", "zendesk-102", "zendesk-105"}
    assert result.counts.rows == whole.counts.rows + 2


def test_a_requester_nobody_knows_is_set_aside(settings: Settings, folder: Path) -> None:
    """R32: without their row there is nothing to scrub by."""
    change(folder / "users.ndjson", lambda table: table.pop(2))
    result = read(settings, folder, format="zendesk")
    assert not {"zendesk-101", "zendesk-103"} & set(result.ids)
    assert any("nobody knows what to scrub" in q.detail for q in result.quarantined)


def test_tickets_without_their_comments_say_what_is_missing(
    settings: Settings, folder: Path
) -> None:
    (folder / "ticket_comments.ndjson").unlink()
    result = read(settings, folder, format="zendesk")
    assert result.ids == []
    assert any("put ticket_comments into the folder" in q.detail for q in result.quarantined)


def test_a_ticket_too_long_with_its_comments_is_one_row(settings: Settings, folder: Path) -> None:
    result = read(settings, folder, format="zendesk", max_record_bytes=4_000)
    assert "oversized" in result.reasons
    assert all(len(q.original) <= 4_000 for q in result.quarantined)


@pytest.mark.parametrize("vendor", ["zendesk", "zendesk_chat"])
def test_a_record_of_any_other_shape_is_read_or_set_aside(
    settings: Settings, tmp_path: Path, vendor: str
) -> None:
    """R2: nothing ends the reading, every row is counted, no reason quotes what it met."""
    first = whole_tickets()[1] if vendor == "zendesk" else _chats()[0]
    found: list[Any] = [row for row in variants(first) if isinstance(row, dict)]
    for number, row in enumerate(found):
        if row.get("id") == first["id"]:
            row["id"] = 10_000 + number
    result = read(settings, write_jsonl(tmp_path / "e.jsonl", *found), format=vendor)
    assert result.counts.rows == len(found) == len(result.accepted) + len(result.quarantined)
    assert len(result.accepted) > len(found) / 3
    assert {"malformed", "bad_id"} <= set(result.reasons)
    for quarantined in result.quarantined:
        words = ("Jonas", "Priya", "Rückzahlung", "parcel", "999999")
        assert quarantined.detail and not any(word in quarantined.detail for word in words)


def _chats() -> list[dict[str, Any]]:
    return list(orjson.loads(CHATS.read_bytes())["chats"])


def _read_chats(settings: Settings) -> Read:
    return read(settings, CHATS, format="zendesk_chat")


def test_a_chats_turns_are_its_messages_alone(settings: Settings) -> None:
    """R2: who came, left and rated stands between them; a trigger is a bot."""
    first = _read_chats(settings).conversations[0]
    assert [role for role, _ in said(first)] == ["bot", "customer", "agent"]
    assert first.turns[2].author == "4021"


def test_a_message_left_behind_is_the_chat(settings: Settings) -> None:
    offline = _read_chats(settings).conversations[2]
    assert said(offline)[0][0] == Role.CUSTOMER
    assert offline.channel is not None and offline.channel.value == "form"
    assert offline.outcome.status == "open"


def test_how_a_chat_ended_is_read_from_it(settings: Settings) -> None:
    """R4: missed is no solution, handed on is escalated, the last rating counts."""
    found = {one.conversation_id[-2:]: one.outcome for one in _read_chats(settings).conversations}
    assert found["04"].status == "abandoned"
    assert found["02"].escalated and not found["01"].escalated
    assert (found["01"].csat, found["05"].csat) == (5, 1)


def test_a_visitors_country_is_their_region(settings: Settings) -> None:
    """R38: nothing from abroad is read into this region."""
    assert "foreign_region" in _read_chats(settings).reasons

"""Mappings: any JSONL, CSV or Parquet becomes our record, or the mapping is refused (R2, R5)."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from handrail.conversations.intake import load_mapping
from handrail.conversations.model import Role, SetBy, Status, Tag
from handrail.errors import BadInput
from handrail.settings import PROJECT, Settings
from tests.conversations.exports import mapping_of, read, write_jsonl

MINIMAL = """
version: 1
source_system: desk
conversation_id: id
day: {const: 2026-01-05}
turns: {path: log, role: who, text: said}
"""
LOG = [{"who": "customer", "said": "hi"}]
GROUPED = """
version: 1
source_system: desk
file: {delimiter: ";", group_by: ticket}
conversation_id: ticket
topic: reason
turns: {role: who, text: said, at: at}
"""
T = "2026-01-05T10:00:00Z"


def test_paths_maps_defaults_and_constants(settings: Settings, tmp_path: Path) -> None:
    """R5: a value from the export is its word, a constant or default is a rule's."""
    mapping = mapping_of(
        tmp_path,
        """
version: 1
source_system: desk
conversation_id: ticket.number
region: {path: '"geo.country"', map: {Norway: NO, Germany: DE}}
channel: {const: chat}
language: {path: "meta[1].lang", default: en}
severity: {path: prio, map: {1: low, 2: high}}
topic: {path: reason, map: {pw: password_reset}}
product_area: {path: area, map: {shop: orders}, default: account}
turns:
  path: log
  role: {path: who, map: {true: customer, false: agent}}
  text: said
  at: {path: ts, unit: ms}
  is_private: {path: note, default: "false"}
outcome: {status: {path: state, map: {done: closed}}, csat: stars, reopened_at: again}
customer: {customer_id: who.id, known: {email: who.mails, name: who.name}}
actions: {path: steps, name: do, arguments: with}
""",
    )
    export = write_jsonl(
        tmp_path / "e.jsonl",
        {
            "ticket": {"number": 17},
            "geo.country": "Germany",
            "meta": [{}, {"lang": ""}],
            "prio": 2,
            "reason": "pw+more",
            "area": "shop",
            "log": [
                {"who": True, "said": "hi", "ts": 1767607200000},
                {"who": False, "said": 42, "ts": "1767607201500", "note": 1},
            ],
            "state": "done",
            "stars": "5",
            "again": [T],
            "who": {"id": 9, "mails": ["a@example.com", ""], "name": "Ada"},
            "steps": [{"do": "look", "with": ["x"]}, {"do": "send"}],
        },
    )
    (found,) = read(settings, export, mapping=mapping).conversations
    assert (found.conversation_id, found.source_system, found.region) == ("17", "desk", "eu")
    assert found.channel == Tag("chat", SetBy.RULE)
    assert found.language == Tag("en", SetBy.RULE)
    assert found.severity == Tag("high", SetBy.EXPORT)
    assert found.product_area == Tag("orders", SetBy.EXPORT)
    assert found.topic is None
    assert [(t.role, t.text, t.is_private) for t in found.turns] == [
        (Role.CUSTOMER, "hi", False),
        (Role.AGENT, "42", True),
    ]
    assert found.turns[1].at == datetime(2026, 1, 5, 10, 0, 1, 500000, tzinfo=UTC)
    assert (found.outcome.status, found.outcome.csat) == (Status.CLOSED, 5)
    assert found.outcome.reopened_at == (datetime(2026, 1, 5, 10, tzinfo=UTC),)
    assert found.customer.customer_id == "9"
    assert found.customer.known == {"email": ("a@example.com",), "name": ("Ada",)}
    assert [a.arguments for a in found.actions] == [{"value": ["x"]}, {}]


def test_a_country_code_that_yaml_reads_as_no_stays_a_country(tmp_path: Path) -> None:
    mapping = mapping_of(tmp_path, MINIMAL + "region: {path: c, map: {NO: NO, on: DE}}\n")
    assert mapping.fields["region"].table == {"NO": "NO", "on": "DE"}


def test_an_unlisted_value_is_quarantined_unless_it_is_a_tags(
    settings: Settings, tmp_path: Path
) -> None:
    mapping = mapping_of(
        tmp_path,
        MINIMAL.replace("role: who", "role: {path: who, map: {customer: customer}}")
        + "channel: {path: via, map: {web: chat}}\n",
    )
    export = write_jsonl(
        tmp_path / "e.jsonl",
        {"id": "a", "via": "pigeon", "log": LOG},
        {"id": "b", "via": "web", "log": [{"who": "boss", "said": "hi"}]},
    )
    result = read(settings, export, mapping=mapping)
    assert [(c.conversation_id, c.channel) for c in result.conversations] == [("a", None)]
    assert result.reasons == ["unknown_value"]


def test_a_mapped_region_that_is_empty_is_unknown_not_the_callers(
    settings: Settings, tmp_path: Path
) -> None:
    """R3, R38: deny by default."""
    mapping = mapping_of(tmp_path, MINIMAL + "region: land\n")
    export = write_jsonl(
        tmp_path / "e.jsonl",
        {"id": "a", "log": LOG},
        {"id": "b", "log": LOG, "land": "US"},
        {"id": "c", "log": LOG, "land": "DE"},
    )
    result = read(settings, export, mapping=mapping)
    assert result.reasons == ["unknown_region", "foreign_region"]
    assert result.ids == ["c"]


def test_times_without_an_offset_need_a_zone(settings: Settings, tmp_path: Path) -> None:
    timed = MINIMAL.replace("text: said", "text: said, at: %s").replace("day:", "#")
    export = write_jsonl(
        tmp_path / "e.jsonl",
        {"id": "a", "log": [{"who": "customer", "said": "x", "at": "2026-01-05 00:30"}]},
    )
    assert read(settings, export, mapping=mapping_of(tmp_path, timed % "at")).reasons == [
        "malformed"
    ]
    berlin = mapping_of(tmp_path, timed % "{path: at, zone: Europe/Berlin}")
    (found,) = read(settings, export, mapping=berlin).conversations
    assert found.day == date(2026, 1, 4)


def test_no_time_and_no_day_in_the_mapping_is_undated(settings: Settings, tmp_path: Path) -> None:
    mapping = mapping_of(tmp_path, MINIMAL.replace("day:", "#"))
    export = write_jsonl(tmp_path / "e.jsonl", {"id": "a", "log": LOG})
    assert read(settings, export, mapping=mapping).reasons == ["undated"]


@pytest.mark.parametrize("time", ["1e30", "NaN", "soon", "9" * 5000, True])
def test_an_impossible_epoch_is_quarantined(
    settings: Settings, tmp_path: Path, time: object
) -> None:
    timed = MINIMAL.replace("text: said", "text: said, at: {path: at, unit: s}")
    export = write_jsonl(
        tmp_path / "e.jsonl", {"id": "a", "log": [{"who": "customer", "said": "x", "at": time}]}
    )
    result = read(settings, export, mapping=mapping_of(tmp_path, timed))
    assert len(result.reasons) == 1
    assert result.reasons[0] in ("malformed", "before_first_day")


def test_a_table_of_messages_is_grouped_into_conversations(
    settings: Settings, tmp_path: Path
) -> None:
    """R2: consecutive rows of one ticket are one conversation; quoted fields may span lines."""
    file = tmp_path / "e.csv.gz"
    text = (
        "\ufeffticket;who;said;at;reason\n"
        f't1;customer;"two\nlines; ""quoted""";{T};\n'
        f"t1;agent;ok;{T};fee\r\n"
        "\n"
        f"t2;customer;hi;{T};\n"
        f"t1;customer;again;{T};\n"
    )
    file.write_bytes(gzip.compress(text.encode()))
    result = read(settings, file, mapping=mapping_of(tmp_path, GROUPED))
    assert result.ids == ["t1", "t2"]
    first = result.conversations[0]
    assert [t.text for t in first.turns] == ['two\nlines; "quoted"', "ok"]
    assert first.topic == Tag("fee", SetBy.EXPORT)
    assert result.reasons == ["duplicate"]
    assert result.quarantined[0].location == "e.csv.gz:line 7"


def test_of_a_table_of_messages_the_last_word_on_the_conversation_counts(
    settings: Settings, tmp_path: Path
) -> None:
    """R4, R50: its status and an opt-out may change while it runs."""
    file = tmp_path / "e.csv"
    file.write_text(
        "ticket;who;said;at;reason;state;out\n"
        f"t1;customer;hi;{T};fee;open;no\n"
        f"t1;agent;bye;{T};;resolved;yes\n"
        f"t1;customer;thanks;{T};;;\n"
    )
    mapping = mapping_of(
        tmp_path, GROUPED + "outcome: {status: state}\ncustomer: {opted_out_of_training: out}\n"
    )
    (found,) = read(settings, file, mapping=mapping).conversations
    assert found.topic == Tag("fee", SetBy.EXPORT)
    assert found.outcome.status is Status.RESOLVED
    assert found.customer.opted_out_of_training


def test_a_broken_row_spoils_the_conversations_it_may_belong_to(
    settings: Settings, tmp_path: Path
) -> None:
    """R2: a conversation that may miss a message is not taken for a whole one."""
    file = tmp_path / "e.csv"
    rows = [f"t{n};customer;hi;{T};" for n in (1, 2, 3, 4, 5)]
    rows.insert(2, "t2;customer;too few")
    file.write_text("ticket;who;said;at;reason\n" + "\n".join(rows) + '\nt6;"x"y;z;;\n')
    result = read(settings, file, mapping=mapping_of(tmp_path, GROUPED))
    assert result.ids == ["t1", "t4"]
    assert result.reasons == ["malformed"] * 3
    assert b"too few" in result.quarantined[0].original


def test_a_group_longer_than_the_limit_is_oversized(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "e.csv"
    rows = "".join(f"t1;customer;{'x' * 50};{T};\n" for _ in range(100))
    file.write_text(f"ticket;who;said;at;reason\n{rows}t2;customer;hi;{T};\n")
    result = read(settings, file, mapping=mapping_of(tmp_path, GROUPED), max_record_bytes=1000)
    assert result.ids == ["t2"]
    assert result.reasons == ["oversized"]
    assert len(result.quarantined[0].original) == 1000


@pytest.mark.parametrize("limit", [200, 100_000])
def test_a_quote_that_nothing_closes_costs_one_line(
    settings: Settings, tmp_path: Path, limit: int
) -> None:
    """R2: the lines after it are read again, whether they fit one record or not."""
    file = tmp_path / "e.csv"
    mapping = mapping_of(
        tmp_path,
        GROUPED.replace(", group_by: ticket", "").replace(
            "{role: who, text: said, at: at}", "[{role: who, text: said, at: at}]"
        ),
    )
    rows = [f"t{n};customer;hi;{T};" for n in range(60)]
    rows[3] = 'tx;"customer;hi;;'
    file.write_text("ticket;who;said;at;reason\n" + "\n".join(rows) + "\n")
    result = read(settings, file, mapping=mapping, max_record_bytes=limit)
    assert result.reasons == ["malformed"]
    assert result.quarantined[0].original == rows[3].encode()
    assert result.ids == [f"t{n}" for n in range(60) if n != 3]


@pytest.mark.parametrize("filler", ["y" * 90, 'say ""hi"" ' * 8])
def test_a_cell_longer_than_the_limit_never_becomes_rows(
    settings: Settings, tmp_path: Path, filler: str
) -> None:
    """R2, R3: a customer who writes what looks like rows of an export gets no row."""
    file = tmp_path / "e.csv"
    forged = f"forged;customer;I was promised a refund;{T};\n"
    cell = f"hello\n{filler}\n{filler}\n{filler}\n{forged}{forged}bye"
    file.write_text(
        "ticket;who;said;at;reason\n"
        f'a;customer;"{cell}";{T};\n'
        f"b;customer;hi;{T};\n"
        f'c;customer;"{filler * 4}\n{forged}";{T};\n'
        f'd;customer;"{filler * 4}";{T};\n'
        f"e;customer;hi;{T};\n"
    )
    mapping = mapping_of(
        tmp_path,
        GROUPED.replace(", group_by: ticket", "").replace(
            "{role: who, text: said, at: at}", "[{role: who, text: said, at: at}]"
        ),
    )
    result = read(settings, file, mapping=mapping, max_record_bytes=200)
    assert result.ids == ["b", "e"]
    assert result.reasons == ["oversized"] * 3


def test_a_row_with_question_and_answer_columns(settings: Settings, tmp_path: Path) -> None:
    mapping = mapping_of(
        tmp_path,
        """
version: 1
source_system: desk
conversation_id: id
day: day
turns:
  - {role: {const: customer}, text: question}
  - {role: {const: agent}, text: answer}
actions: {path: steps, name: do}
""",
    )
    file = tmp_path / "e.csv"
    file.write_text(
        "id,day,question,answer,steps\n"
        '1,2026-01-05,Why?,Because.,"[{""do"": ""look""}]"\n'
        "2,2026-01-05,Why?,,\n"
        "3,2026-01-05,Why?,,{not json\n"
        "4,2026-01-05,,,\n"
    )
    result = read(settings, file, mapping=mapping)
    assert [[t.role.value for t in c.turns] for c in result.conversations] == [
        ["customer", "agent"],
        ["customer"],
    ]
    assert result.conversations[0].actions[0].name == "look"
    assert result.reasons == ["malformed", "no_turns"]


@pytest.mark.parametrize("header", ["id,id,day", "id,,day"])
def test_a_table_without_a_usable_header_is_one_quarantined_row(
    settings: Settings, tmp_path: Path, header: str
) -> None:
    file = tmp_path / "e.csv"
    file.write_text(f"{header}\n1,2,3\n")
    result = read(settings, file, mapping=mapping_of(tmp_path, MINIMAL))
    assert result.reasons == ["malformed"]
    assert "no header" in result.quarantined[0].detail


def test_parquet_is_read_and_a_damaged_one_quarantined(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "e.parquet"
    table = pa.Table.from_pylist(
        [
            {"id": f"p-{n}", "log": LOG, "stars": 5.0, "again": datetime(2026, 1, 6, tzinfo=UTC)}
            for n in range(600)
        ]
        + [{"id": "p-nan", "log": LOG, "stars": float("nan")}]
    )
    pq.write_table(table, file)
    mapping = mapping_of(tmp_path, MINIMAL + "outcome: {csat: stars, reopened_at: again}\n")
    result = read(settings, file, mapping=mapping)
    assert len(result.accepted) == 601
    assert [c.outcome.csat for c in result.conversations[-2:]] == [5, None]
    assert result.accepted[-1].location == "e.parquet:row 601"
    file.write_bytes(file.read_bytes()[:-100])
    assert read(settings, file, mapping=mapping).reasons == ["malformed"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (MINIMAL + "colour: x\n", "unknown key 'colour'; allowed: version, source_system"),
        (MINIMAL.replace("text: said", "text: said, mood: m"), "turns: unknown key 'mood'"),
        (
            MINIMAL.replace("{const: 2026", "{konst: 2026"),
            "unknown key 'konst'; allowed: path, map",
        ),
        (MINIMAL + "topic: {path: a, const: b}\n", "either path or const"),
        (MINIMAL + "topic: {const: a, default: b}\n", "unknown key 'default'; allowed: const"),
        (MINIMAL + "topic: {path: a, unit: s}\n", "unknown key 'unit'"),
        (MINIMAL + "topic: a..b\n", "is no field path"),
        (MINIMAL + "topic: {path: a, map: b}\n", "a table of keys"),
        (MINIMAL + "channel: {const: pigeon}\n", "'pigeon' is none of chat, email"),
        (MINIMAL + "outcome: {status: {path: a, map: {x: fine}}}\n", "'fine' is none of open"),
        (MINIMAL + "source_system: again\n", "'source_system' is given twice"),
        (MINIMAL.replace("2026-01-05", "someday"), "is no date"),
        (MINIMAL.replace("version: 1", "version: 2"), "version: 1"),
        (MINIMAL.replace("conversation_id: id", ""), "conversation_id is missing"),
        (MINIMAL.replace("path: log, ", ""), "path is missing"),
        (MINIMAL.replace("role: who, ", ""), "role is missing"),
        (MINIMAL + "file: {format: xml}\n", "format is one of jsonl, csv, parquet"),
        (MINIMAL + "file: {group_by: id}\n", "each row is one turn"),
        (MINIMAL + "file: {encoding: klingon}\n", "encoding is one of"),
        (MINIMAL.replace("said}", "said, at: {path: t, unit: h}}"), "unit is s or ms"),
        (MINIMAL.replace("said}", "said, at: {path: t, zone: Mars/X}}"), "zone is UTC or"),
        ("- a list", "a table of keys"),
        ("version: 1\ntopic: {path: a[0]}", "is not YAML in line 2"),
    ],
)
def test_a_mapping_that_says_something_unknown_is_refused(
    tmp_path: Path, text: str, message: str
) -> None:
    """R2: the message names the key and what is allowed."""
    with pytest.raises(BadInput) as refused:
        mapping_of(tmp_path, text)
    assert message in str(refused.value)


def test_a_missing_mapping_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="can't be read"):
        load_mapping(tmp_path / "none.yaml")


def test_the_example_mapping_reads_what_it_describes(settings: Settings, tmp_path: Path) -> None:
    """R2, R5: every option of the example works on one small table."""
    file = tmp_path / "tickets.csv"
    columns = (
        "ticket;country;via;locale;department;priority;reason;author;message;sent;macro;internal;"
        "steps;state;closed;reopened;escalated;stars;customer;no_ai;no_training;customer_name;"
        "customer_email;customer_phone;flags"
    )
    steps = '"[{""step"": ""reset"", ""turn"": 0, ""ok"": true, ""parameters"": {""a"": 1}}]"'
    flags = '"[{""id"": ""f"", ""turn"": 1, ""verdict"": ""down"", ""at"": 1767607200000}]"'
    rest = f"{steps};solved;1767610800;;no;good;k-1;no;yes;Ada;ada@example.com;;{flags}"
    file.write_text(
        f"{columns}\n"
        f"T-1;Germany;web;de-DE;Konto;3;PW;user;Hilfe;2026-01-05 11:00;;no;{rest}\n"
        f"T-1;Germany;web;de-DE;Konto;3;PW;staff;Gern;2026-01-05 11:01;pw.1;yes;;;;;;;;;;;;;\n"
    )
    mapping = load_mapping(PROJECT / "deploy" / "mappings" / "example.yaml")
    result = read(settings, file, mapping=mapping)
    (found,) = result.conversations
    assert found.day == date(2026, 1, 5)
    assert found.turns[0].at == datetime(2026, 1, 5, 10, tzinfo=UTC)
    assert (found.turns[1].template, found.turns[1].is_private) == ("pw.1", True)
    tags = (found.channel, found.language, found.product_area, found.severity, found.topic)
    assert [t and t.value for t in tags] == ["chat", "de", "account", "high", "password_reset"]
    assert found.outcome.status is Status.RESOLVED
    assert (found.outcome.csat, found.customer.opted_out_of_training) == (5, True)
    assert found.actions[0].succeeded is True
    assert found.flags[0].label == "risky"


@pytest.mark.parametrize(
    ("region", "set_by"),
    [
        ("region: country", SetBy.EXPORT),
        ("region: {const: DE}", SetBy.RULE),
        ("region: {path: missing, default: DE}", SetBy.RULE),
        ("", SetBy.PERSON),
    ],
)
def test_a_mapped_region_says_who_set_it(
    settings: Settings, tmp_path: Path, region: str, set_by: SetBy
) -> None:
    """R5"""
    mapping = mapping_of(
        tmp_path,
        f"version: 1\nsource_system: desk\nconversation_id: id\nday: {{const: 2026-01-05}}\n"
        f"turns: {{path: messages, role: who, text: said}}\n{region}\n",
    )
    export = write_jsonl(
        tmp_path / "e.jsonl",
        {"id": "a", "country": "DE", "messages": [{"who": "customer", "said": "hello"}]},
    )
    (made,) = read(settings, export, mapping=mapping).conversations
    assert (made.region, made.region_set_by) == ("eu", set_by)

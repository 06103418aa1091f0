"""The dbt project on a tiny landing set: who may teach the agent, and what dbt leaves on disk."""

import base64
import csv
import gc
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
import yaml

from handrail.conversations.intake import Reason
from handrail.conversations.model import (
    Basis,
    Channel,
    FlagLabel,
    Role,
    SetBy,
    Severity,
    Status,
)
from handrail.dataset.admission import STAGES, SUBJECT_ERASED, admission_rules
from handrail.dataset.landing import NOT_RUN_YET, SECOND_LOOK
from handrail.dataset.weighting import Weights, weight_of
from handrail.playbook.model import Topic
from handrail.settings import PROJECT, load_settings
from handrail.vault.primitives import SecretKey
from handrail.warehouse.connection import open_encrypted
from handrail.warehouse.dbt_plugin import path_and_key
from handrail.warehouse.landing import landing_tables
from handrail.warehouse.records import Label, RowCount, Score
from tests.warehouse.conftest import AT, MakeChat, tag

pytestmark = pytest.mark.xdist_group("dbt")  # one build serves every test here

DBT = PROJECT / "dbt_project"
CANARY = "CANARY-4111-1111"
VOCABULARY = {
    "region": ("eu",),
    "language": ("en", "de"),
    "product_area": ("account",),
    "basis": ("contract",),
    "no_mix_sector": ("health",),
    "mandate": ("resolve", "summarize", "route"),
}
HELD = 3

# Each drop reason, and the one change that alone brings it about. A chat can't be made without
# region or stamp, so those are taken away after landing.
CHANGED_CHATS: Mapping[str, Mapping[str, Any]] = {
    "sector_kept_apart": {"sector": "Health"},
    "no_language": {"language": None},
    "language_not_served": {"language": tag("fr")},
    "no_channel": {"channel": None},
    "channel_unknown": {"channel": tag("pigeon")},
    "no_severity": {"severity": None},
    "severity_unknown": {"severity": tag("dire")},
    "no_product_area": {"product_area": None},
    "product_area_unknown": {"product_area": tag("astrology")},
    "no_topic": {"topic": None},
    "topic_unlabeled": {"topic": {"value": "x", "set_by": "model", "confidence": 0.9}},
    "contradicting_tags": {"topic": tag("refund_status")},
    "no_basis": {"basis": None},
    "basis_not_for_training": {"basis": tag("legal_obligation")},
    "opted_out_of_training": {"opted_out_of_training": True},
    "not_resolved": {"outcome": {"status": "pending"}},
    "reopened": {
        "outcome": {"status": "closed", "closed_at": AT, "reopened_at": [AT + timedelta(days=7)]}
    },
    "escalated": {"outcome": {"status": "closed", "closed_at": AT, "escalated": True}},
    "no_agent_steps": {"actions": [], "texts": ("help", "sorry, no")},
    "no_customer_text": {"texts": (" ", "hello?", "")},
    "no_agent_reply": {"texts": ("help",)},
}
# These name what is wrong by more than one rule: the first by its position counts.
CHANGED_ROWS: Mapping[str, Mapping[str, Any]] = {
    "not_redacted": {
        "is_redacted": False,
        "region": None,
        "language": None,
        "language_set_by": None,
    },
    "no_region": {"region": None},
    "foreign_region": {"region": "us"},
}
ADMITTED = ("plain", "helpful", "risky", "revised", "reopened_late")
DROPPED = (*CHANGED_ROWS, *CHANGED_CHATS)
WITHOUT_MANDATE = "no_mandate"


def landed(make_chat: MakeChat) -> dict[str, pa.Table]:
    late = {"status": "closed", "closed_at": AT, "reopened_at": [AT + timedelta(days=8)]}
    changes = {**CHANGED_CHATS, "reopened_late": {"outcome": late}}
    texts = (CANARY, f"{CANARY} reply", "thanks")
    chats = [make_chat(c, **{"texts": texts, **changes.get(c, {})}) for c in (*ADMITTED, *DROPPED)]
    labels = [
        Label("f1", 0, "helpful", 1, "helpful", "r1", AT),
        Label("f2", 0, "risky", 1, "risky", "r1", AT),
        Label("f3", 0, "revised", 1, "off_topic", "r1", AT),
        Label("f3", 1, "revised", 1, "helpful", "r1", AT),
    ]
    tables = landing_tables(
        [(chat, chat.conversation_id) for chat in chats],
        labels=labels,
        intake=[
            RowCount(AT.date(), "accepted", len(chats) + HELD),
            RowCount(None, "undated", 2),
            RowCount(AT.date(), "duplicate", 1),
        ],
        redaction_holds=[RowCount(AT.date(), "second_look", HELD)],
        topics=[Topic("refund_status", "payments", "low", False, "")],
        vocabulary=VOCABULARY,
        scores=[
            Score("r1", "m1", "s1", AT, "all", "tone", 0.5, 0.4, 0.6, 10, "PASS"),
            Score("r2", "m2", "s1", AT + timedelta(days=1), "all", "tone", None, None, None, 0,
                  "NOT MEASURED"),
        ],
    )  # fmt: skip
    rows = [
        {**row, **CHANGED_ROWS.get(row["conversation_id"], {})}
        for row in tables["conversations"].to_pylist()
    ]
    schema = tables["conversations"].schema
    return {**tables, "conversations": pa.Table.from_pylist(rows, schema=schema)}


def dbt(*arguments: str) -> Any:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    result = dbtRunner().invoke(
        [*arguments, "--quiet", "--project-dir", str(DBT), "--profiles-dir", str(DBT)]
    )
    DuckDBConnectionManager.close_all_connections()  # dbt would hold the file until exit
    gc.collect()
    return result


def land(tables: Mapping[str, pa.Table]) -> None:
    path, key = path_and_key("eu")
    with open_encrypted(path, key, alias="eu") as warehouse:
        warehouse.replace_tables("landing", tables)


def rows(sql: str) -> list[dict[str, Any]]:
    path, key = path_and_key("eu")
    with open_encrypted(path, key, alias="eu", read_only=True) as warehouse:
        return warehouse.query(sql).to_pylist()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, make_chat: MakeChat) -> Iterator[Path]:
    """A home whose `eu` warehouse was built once."""
    below = tmp_path_factory.mktemp("built")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HANDRAIL_HOME", str(below / "home"))
        patch.setenv("DBT_TARGET_PATH", str(below / "home" / "dbt" / "eu" / "target"))
        patch.setenv("DBT_LOG_PATH", str(below / "home" / "dbt" / "eu" / "logs"))
        tables = landed(make_chat)
        scores = tables.pop("scores")  # there are none before the first evaluation
        land(tables)
        result = dbt("build", "--target", "eu", "--select", "tag:core")
        assert result.success, result.exception
        land({"scores": scores})
        result = dbt("build", "--target", "eu", "--select", "tag:history")
        assert result.success, result.exception
        yield below / "home"


@pytest.fixture(scope="module")
def reasons(home: Path) -> dict[str, str | None]:
    """Why each chat was kept out, before any test changed the landing."""
    admission = rows("select * from intermediate.int_admission")
    return {row["conversation_id"]: row["drop_reason"] for row in admission}


@pytest.mark.parametrize("reason", DROPPED)
def test_each_drop_reason_keeps_a_chat_out(reasons: dict[str, str | None], reason: str) -> None:
    """R3: denied by default; one change from an admitted chat, and the reason is named."""
    assert reasons[reason] == reason


def test_only_admitted_chats_become_training_examples(home: Path) -> None:
    """R3"""
    found = rows("select example_id from marts.training_examples order by example_id")
    assert [row["example_id"] for row in found] == sorted(ADMITTED)


def test_every_row_is_accounted_for(home: Path) -> None:
    """R3: rows in = kept + each drop reason."""
    funnel = rows("select stage, rule, rows, is_kept from marts.admission_funnel")
    counted = {(row["stage"], row["rule"]): row["rows"] for row in funnel if row["rows"]}
    chats = len(ADMITTED) + len(DROPPED)
    assert counted == {
        ("intake", "accepted"): chats + HELD,
        ("intake", "undated"): 2,
        ("intake", "duplicate"): 1,
        ("redaction", "redacted"): chats,
        ("redaction", "second_look"): HELD,
        ("admission", "admitted"): len(ADMITTED),
        **{("admission", reason): 1 for reason in DROPPED},
    }
    dropped = sum(row["rows"] for row in funnel if not row["is_kept"])
    assert chats + HELD + 3 == len(ADMITTED) + dropped


def test_only_the_standing_word_of_a_flag_weighs(home: Path) -> None:
    """R24: what the policy says, negative feedback little for the topic, much for the outcome."""
    found = rows("select example_id, weight, outcome_weight, accepted from marts.training_examples")
    unflagged, helpful, risky = (weight_of(f) for f in ("unflagged", "helpful", "risky"))
    expected = {
        "plain": (unflagged, None),
        "helpful": (helpful, True),
        "risky": (risky, False),
        "revised": (helpful, True),
        "reopened_late": (unflagged, None),
    }
    assert {
        row["example_id"]: (Weights(row["weight"], row["outcome_weight"]), row["accepted"])
        for row in found
    } == expected
    assert 0 < risky.router < helpful.router
    assert helpful.outcome < risky.outcome


def test_a_score_that_was_not_measured_has_no_change(home: Path) -> None:
    found = rows("select release, score, verdict, change from marts.score_history")
    assert [(row["release"], row["verdict"], row["change"]) for row in found] == [
        ("r1", "PASS", None),
        ("r2", "NOT MEASURED", None),
    ]


def test_dbt_leaves_no_chat_text_and_no_key_on_disk(home: Path) -> None:
    """R36: target, logs, warehouse and everything else under the home."""
    _, key = path_and_key("eu")
    secrets = [CANARY.encode(), key.reveal(), base64.b64encode(key.reveal())]
    files = [f for f in home.rglob("*") if f.is_file()]
    assert {"manifest.json", "run_results.json", "dbt.log", "warehouse.duckdb"} <= {
        f.name for f in files
    }
    assert [f for f in files if any(secret in f.read_bytes() for secret in secrets)] == []


def test_every_use_of_the_key_is_logged(home: Path) -> None:
    """R35"""
    log = b"".join(f.read_bytes() for f in (home / "eu" / "audit").rglob("*") if f.is_file())
    assert b"warehouse_key" in log


def test_a_chat_reopened_later_leaves_by_itself(home: Path, make_chat: MakeChat) -> None:
    """R4"""
    tables = landed(make_chat)
    reopened = {"conversation_id": "plain", "reopened_at": AT + timedelta(days=1)}
    more = pa.Table.from_pylist([reopened], schema=tables["reopenings"].schema)
    land({**tables, "reopenings": pa.concat_tables([tables["reopenings"], more])})
    models = ("int_conversations_resolved", "int_admission", "training_examples")
    assert dbt("run", "--target", "eu", "--select", *models).success
    examples = {row["example_id"] for row in rows("select * from marts.training_examples")}
    assert examples == set(ADMITTED) - {"plain"}
    land(tables)


def test_nothing_is_learned_without_an_approved_mandate(home: Path, make_chat: MakeChat) -> None:
    """R10: topics outside the playbook are learned from only to route what people answer."""
    tables = landed(make_chat)
    kept = pc.field("value") != "route"
    land({**tables, "vocabulary": tables["vocabulary"].filter(kept)})
    assert dbt("run", "--target", "eu", "--select", "int_admission").success
    admission = rows("select * from intermediate.int_admission")
    found = {row["conversation_id"]: row["drop_reasons"] for row in admission}
    assert found["helpful"] == [WITHOUT_MANDATE]
    assert found["no_basis"] == ["no_basis", WITHOUT_MANDATE]
    land(tables)


def test_no_rule_without_code_and_no_code_without_rule() -> None:
    """R3: the policy lists what intake, redaction and admission say of a row, and nothing else."""
    listed = {
        stage: {r.name for r in admission_rules().values() if r.stage == stage} for stage in STAGES
    }
    assert listed["intake"] == {"accepted", NOT_RUN_YET, *Reason}
    assert listed["redaction"] == {"redacted", SECOND_LOOK, SUBJECT_ERASED}
    assert listed["admission"] == {"admitted", WITHOUT_MANDATE, *DROPPED}


def test_a_lost_row_fails_the_build(home: Path, make_chat: MakeChat) -> None:
    """R3: one record more accepted than redaction and admission account for."""
    tables = landed(make_chat)
    lost = [RowCount(AT.date(), "accepted", len(ADMITTED) + len(DROPPED) + HELD + 1)]
    intake = pa.Table.from_pylist([vars(r) for r in lost], schema=tables["intake"].schema)
    land({**tables, "intake": intake})
    result = dbt("build", "--target", "eu", "--select", "admission_funnel")
    assert not result.success
    failed = [r.node.name for r in result.result.results if r.status == "fail"]
    assert failed == ["assert_funnel_reconciles"]


def test_a_wrong_key_reaches_dbt_in_our_words(home: Path) -> None:
    path = home / "eu" / "warehouse.duckdb"
    ours = path.rename(path.with_suffix(".ours"))
    with open_encrypted(path, SecretKey(b"x" * 32), alias="eu"):
        pass
    result = dbt("run", "--target", "eu", "--select", "stg_landing__topics")
    ours.replace(path)
    assert not result.success
    assert "does not open with this region's warehouse key" in str(result.exception)


def test_vocabularies_and_limits_are_held_once() -> None:
    """The yml repeats what the records define: both must say the same."""
    listed: dict[str, set[str]] = {}
    for file in (DBT / "models").rglob("*.yml"):
        for model in yaml.safe_load(file.read_text()).get("models", ()):
            for column in model["columns"]:
                for test in column.get("data_tests", ()):
                    if isinstance(test, dict) and "accepted_values" in test:
                        values = test["accepted_values"]["arguments"]["values"]
                        listed[f"{model['name']}.{column['name']}"] = set(values)
    assert listed["training_examples.channel"] == set(Channel)
    assert listed["training_examples.severity"] == set(Severity)
    project = yaml.safe_load((DBT / "dbt_project.yml").read_text())
    assert project["vars"]["reopening_days"] == load_settings().intake.reopening_days


def test_the_vocabulary_lists_what_the_record_allows() -> None:
    """R5: dbt's words and the code's are the same, each with what it means."""
    with (DBT / "seeds" / "controlled_vocabulary.csv").open(encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file))
    words: dict[str, list[str]] = {}
    for row in listed:
        assert row["description"].endswith(".")
        words.setdefault(row["field"], []).append(row["value"])
    assert words == {
        "channel": list(Channel),
        "severity": list(Severity),
        "basis": list(Basis),
        "set_by": list(SetBy),
        "status": list(Status),
        "role": list(Role),
        "label": list(FlagLabel),
    }


def test_a_tag_that_does_not_say_who_set_it_fails_the_build(
    home: Path, make_chat: MakeChat
) -> None:
    """R5: no such tag can be made by our code; what else writes there is caught."""
    tables = landed(make_chat)
    chats = tables["conversations"].to_pylist()
    wrong = {
        "language_set_by": "nobody",
        "channel_set_by": None,
        "topic_confidence": 0.9,
        "region_set_by": "model",
        "status": "half_done",
    }
    for chat, (column, value) in zip(chats, wrong.items(), strict=False):
        chat[column] = value
    schema = tables["conversations"].schema
    land({"conversations": pa.Table.from_pylist(chats, schema=schema)})
    tested = dbt("test", "--target", "eu", "--select", "stg_landing__conversations")
    failed = {r.node.name: r.failures for r in tested.result.results if r.status == "fail"}
    assert failed == {
        "assert_tags_say_who_set_them": 3,
        "in_vocabulary_stg_landing__conversations_language_set_by__set_by": 1,
        "in_vocabulary_stg_landing__conversations_status__status": 1,
    }
    land({"conversations": tables["conversations"]})
    assert dbt("test", "--target", "eu", "--select", "stg_landing__conversations").success

"""R36: no planted value and no chat text anywhere below the home, in any file, table or log."""

from __future__ import annotations

import gzip
import random
import re
import sqlite3
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

import orjson
import pytest

from handrail.access import Purpose
from handrail.agent.model import MODEL
from handrail.redaction.days import read_redacted
from handrail.residency import DataClass
from handrail.settings import PROJECT
from handrail.simulate.answer_key import CANARY_LENGTH, AnswerKey, answer_keys, canaries
from handrail.vault.region_vault import pipeline
from tests.lifecycle.story import MARKER, REGIONS, Story
from tests.security.scan import Scanner

pytestmark = pytest.mark.xdist_group("lifecycle")

SENTENCES = 300
SHORTEST = 25


@pytest.fixture(scope="module")
def keys(story: Story) -> list[AnswerKey]:
    folder = story.settings.exports_folder / "answer_key"
    return [key for path in folder.rglob("*.jsonl.gz") for key in answer_keys(path)]


@pytest.fixture(scope="module")
def planted(keys: list[AnswerKey]) -> frozenset[str]:
    return canaries(keys)


@pytest.fixture(scope="module")
def said(story: Story) -> list[str]:
    """Sentences of customers as exported, and as redacted: half and half, each said once."""
    raw: list[str] = []
    for region in REGIONS:
        for file in (story.settings.exports_folder / region).glob("*.jsonl.gz"):
            for line in gzip.decompress(file.read_bytes()).splitlines():
                turns = orjson.loads(line)["turns"]
                raw += [turn["text"] for turn in turns if turn["role"] == "customer"]
    redacted: list[str] = []
    access = pipeline("test:canaries", Purpose.WAREHOUSE)
    with story.opened() as vaults:
        for region in REGIONS:
            for chat, _ in read_redacted(vaults.of(region), access=access):
                redacted += [turn.text for turn in chat.turns if turn.role == "customer"]
    changed = set(redacted) - set(raw)
    assert len(changed) > SENTENCES, "redaction changes what is said"
    half = SENTENCES // 2
    return [*distinctive(raw, half), *distinctive(changed, half)]


def distinctive(texts: Iterable[str], wanted: int) -> list[str]:
    """A seeded sample of long sentences that were said once."""
    counts = Counter(
        sentence.strip() for text in texts for sentence in re.split(r"(?<=[.!?])\s|\n", text)
    )
    once = sorted(s for s, n in counts.items() if n == 1 and len(s) >= SHORTEST)
    return random.Random(20260105).sample(once, wanted)


def test_no_planted_value_and_no_chat_text_is_below_the_home(
    story: Story, planted: frozenset[str], said: list[str]
) -> None:
    """R36: vault, warehouse, write-ahead logs, dbt, Dagster's storage and logs, MLflow."""
    assert len(planted) > 500
    assert len(said) == SENTENCES
    scanner = Scanner([*planted, *said, MARKER])
    for place in (story.settings.home, PROJECT / "dbt_project" / "target"):
        found, looked = scanner.below(place)
        assert found == []
        assert looked > 1_000_000
    for place in (story.settings.audit_copy, story.settings.keys_folder):
        found, looked = scanner.below(place)
        assert found == [] and looked > 0
    assert scanner.below(story.temporary)[0] == [], "what was left of temporary files"
    assert scanner.within(story.printed.encode()) == set()
    names = {f.relative_to(story.settings.home).parts[-1] for f in story.settings.home.rglob("*")}
    assert {"warehouse.duckdb", "mlflow.db", "audit.jsonl", "lineage.db", "compute_logs"} <= names


def test_no_planted_value_and_no_chat_text_is_in_the_bucket(
    story: Story, planted: frozenset[str], said: list[str]
) -> None:
    """R36: every byte that the region's store was given, and every name of it."""
    scanner = Scanner([*planted, *said, MARKER])
    objects = story.cloud.lies_there(story.bucket)
    assert len(objects) > 60 and sum(map(len, objects.values())) > 500_000
    for key, data in objects.items():
        assert scanner.within(data) == set(), key
        assert scanner.within(key.encode()) == set()


def test_no_planted_value_and_no_chat_text_is_in_a_trained_model(
    story: Story, planted: frozenset[str], said: list[str]
) -> None:
    """R31, R36: the opened model, member by member: there it is neither sealed nor compressed."""
    scanner = Scanner([*planted, *said, MARKER])
    access = pipeline("test:canaries", Purpose.EVALUATION)
    with story.opened() as vaults:
        for region in REGIONS:
            vault = vaults.of(region)
            model = vault.lineage.current(MODEL, region)
            assert model
            records = list(vault.scan(model, data_class=DataClass.MODEL, access=access))
            assert sum(len(record.payload) for record in records) > 100_000
            for record in records:
                assert scanner.within(record.payload) == set(), record.record_id


def test_the_canaries_are_of_every_kind_in_every_language(
    story: Story, keys: list[AnswerKey]
) -> None:
    """R36: two hundred and more in each, of names, contact data, payment data and secrets."""
    values: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for key in keys:
        values[key.language] |= {
            (p.kind, p.value) for p in key.planted if len(p.value) >= CANARY_LENGTH
        }
    spoken = {
        language for name in REGIONS for language in story.settings.region(name).languages
    }  # fmt: skip
    assert values.keys() == spoken
    for language, planted in values.items():
        assert len(planted) >= 200, language
        assert {
            "name", "email", "card", "phone", "iban", "address", "birth_date", "password",
            "api_key",
        } <= {kind for kind, _ in planted}, language  # fmt: skip


def test_the_texts_are_really_in_the_exports(
    story: Story, planted: frozenset[str], said: list[str]
) -> None:
    """What is looked for is there to be found: in the exports, which lie beside the home."""
    found, _ = Scanner([*planted, *said, MARKER]).below(story.settings.exports_folder)
    texts = {find.text for find in found}
    assert MARKER in texts
    assert len(texts & planted) > 0.99 * len(planted)
    assert len(texts & set(said)) >= SENTENCES // 2


def as_text(path: Path, marker: str) -> None:
    path.write_text(f"error in row 7: {marker.replace('Hof', 'HOF')}")


def as_utf_16(path: Path, marker: str) -> None:
    path.write_bytes(b"x" + marker.encode("utf-16"))


def as_json(path: Path, marker: str) -> None:
    path.write_text(orjson.dumps({"text": marker}).decode().replace("ü", "\\u00fc"))


def as_gzip(path: Path, marker: str) -> None:
    path.write_bytes(gzip.compress(marker.encode()))


def as_name(path: Path, marker: str) -> None:
    path.with_name(marker).touch()


def across_the_pages_of_sqlite(path: Path, marker: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute("create table events (body text)")
    for lead in range(4000, 4100):
        connection.execute("insert into events values (?)", ("." * lead + marker,))
    connection.commit()
    connection.close()


def in_the_write_ahead_log(path: Path, marker: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute("pragma journal_mode=wal")
    connection.execute("pragma wal_autocheckpoint=0")
    connection.execute("create table events (body text)")
    connection.execute("insert into events values (?)", (marker,))
    connection.commit()
    for beside in path.parent.glob(f"{path.name}*"):
        beside.with_name(f"copy-{beside.name}").write_bytes(beside.read_bytes())
    connection.close()
    path.unlink()


def in_a_packed_row_of_sqlite(path: Path, marker: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute("create table snapshots (body blob)")
    connection.execute("insert into snapshots values (?)", (zlib.compress(marker.encode()),))
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    "plant",
    [
        as_text, as_utf_16, as_json, as_gzip, as_name, across_the_pages_of_sqlite,
        in_the_write_ahead_log, in_a_packed_row_of_sqlite,
    ],
)  # fmt: skip
def test_one_planted_marker_is_found_wherever_it_lies(
    tmp_path: Path, plant: Callable[[Path, str], None]
) -> None:
    marker = "Die Tür zum Hof klemmt bei Frau Amsel-Brückner"
    scanner = Scanner([marker, "quite another sentence"])
    (tmp_path / "innocent.txt").write_text("nothing to see here, and no door either")
    assert scanner.below(tmp_path)[0] == []
    plant(tmp_path / "file", marker)
    found, _ = scanner.below(tmp_path)
    assert {find.text for find in found} == {marker}


def test_one_marker_in_a_copy_of_the_home_is_found(story: Story, tmp_path: Path) -> None:
    copy = story.copied(tmp_path)
    logs = sorted(copy.settings.home.rglob("compute_logs/*.err"))
    logs[0].write_bytes(logs[0].read_bytes() + MARKER.encode())
    found, _ = Scanner([MARKER]).below(copy.settings.home)
    where = logs[0].relative_to(copy.settings.home).as_posix()
    assert [(find.where, find.text) for find in found] == [(where, MARKER)]

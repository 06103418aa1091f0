from __future__ import annotations

from dataclasses import replace

import pytest

from handrail.dataset.checks import (
    findings,
    no_split_leakage,
    one_region_group,
    only_redacted,
    sectors_kept_apart,
    synthetic_share_within_limit,
)
from handrail.dataset.clusters import clusters
from handrail.dataset.manifest import DatasetManifest, Frozen, Provenance, freeze, thaw
from handrail.dataset.model import Flagged, LeftOut, Split, Synthesis, TrainingExample
from handrail.digests import canonical
from handrail.errors import BadInput, Refused, ResidencyViolation, Withheld
from handrail.residency import Labels, Region, mixed
from handrail.settings import DatasetSettings
from handrail.verdicts import Verdict, worst
from tests.dataset.test_splits import _word, row, split

STAMP = "a" * 64
MARK = Synthesis("grammar/1", 1, "cell", (), False)
REGION = Region("eu", "EU", ("DE",), ("en",), no_mix_sectors=("health",))


@pytest.fixture
def examples() -> list[TrainingExample]:
    return split([row(f"c{n}", f"s{n}", f"words {_word(n)}") for n in range(120)], seed=1)


def froze(examples: list[TrainingExample], **changes: object) -> Frozen:
    made = {
        "inputs": {"redacted_chats/2026-01-05": "d" * 64},
        "policies": {"mix": "f" * 64}, "scrubbers": (STAMP,), "seed": 1, "held_out_from": None,
    }  # fmt: skip
    given = {k: v for k, v in changes.items() if k not in made}
    names = clusters([e.message for e in examples])
    defaults = {
        "region": REGION, "left_out": (LeftOut("x1", "burst"), LeftOut("x2", "other_split")),
        "rows_offered": sum(not e.synthetic for e in examples) + 2, "synthetic_left_out": 0,
        "withheld": (),
        "clusters": {e.example_id: name for e, name in zip(examples, names, strict=True)},
        "provenance": Provenance(**(made | {k: v for k, v in changes.items() if k in made})),
    }  # fmt: skip
    return freeze(examples, **(defaults | given))  # type: ignore[arg-type]


def frozen(examples: list[TrainingExample], **changes: object) -> DatasetManifest:
    return froze(examples, **changes).manifest


def test_same_rows_give_the_same_digest_whatever_their_order(
    examples: list[TrainingExample],
) -> None:
    assert frozen(list(reversed(examples))) == frozen(examples)


def test_any_edited_row_changes_the_digest(examples: list[TrainingExample]) -> None:
    edited = [replace(examples[0], weight=0.25), *examples[1:]]
    assert frozen(edited).digest != frozen(examples).digest


def test_stored_rows_come_back_and_counts_reconcile(examples: list[TrainingExample]) -> None:
    """R3: rows offered = rows kept + rows left out."""
    stored = froze(examples, rows_offered=122)
    manifest = stored.manifest
    assert [thaw(canonical(example)) for example in stored.examples] == list(stored.examples)
    assert manifest.rows + sum(manifest.left_out.values()) == manifest.rows_offered == 122
    assert all(sum(counts.values()) == manifest.rows for counts in manifest.counts.values())
    assert manifest.simulated_share == 1.0


def test_foreign_row_is_not_frozen(examples: list[TrainingExample]) -> None:
    """R6: a training set of two regions can't be made."""
    with pytest.raises(ResidencyViolation):
        frozen([*examples, replace(examples[0], example_id="x", region="us")])


def test_doubled_or_missing_rows_are_not_frozen(examples: list[TrainingExample]) -> None:
    with pytest.raises(BadInput):
        frozen([*examples, examples[0]])
    with pytest.raises(BadInput):
        frozen([])


def test_damaged_record_quotes_nobody() -> None:
    with pytest.raises(Withheld) as refused:
        thaw(b'{"message": "my secret"}')
    assert "secret" not in str(refused.value)


def test_sound_set_passes_every_check(examples: list[TrainingExample]) -> None:
    assert worst(findings(examples, frozen(examples), rules=DatasetSettings())) is Verdict.PASS


@pytest.mark.parametrize(
    "text", ["write to anna@example.org", "card 4111 1111 1111 1111", "iban 12345678901234567890"]
)
def test_visible_value_fails_only_redacted(text: str, examples: list[TrainingExample]) -> None:
    for other in ({"reply": text}, {"flagged": Flagged("words", text)}):
        spoiled = [replace(examples[0], **other), *examples[1:]]
        assert only_redacted(spoiled, frozen(spoiled)).verdict is Verdict.FAIL


def test_without_scrubber_stamp_redaction_is_not_measured(
    examples: list[TrainingExample],
) -> None:
    """R3: no stamp, no training."""
    unstamped = frozen(examples, scrubbers=())
    assert only_redacted(examples, unstamped).verdict is Verdict.NOT_MEASURED
    assert only_redacted(examples, frozen(examples, scrubbers=("v1",))).verdict is Verdict.FAIL


def test_row_of_another_region_or_without_language_fails(examples: list[TrainingExample]) -> None:
    manifest = frozen(examples)
    for wrong in ({"region": "us"}, {"language": ""}):
        mixed = [replace(examples[0], **wrong), *examples[1:]]
        assert one_region_group(mixed, manifest).verdict is Verdict.FAIL


def test_person_or_message_in_two_splits_fails(examples: list[TrainingExample]) -> None:
    other = next(e for e in examples if e.split is not examples[0].split)
    person = replace(other, example_id="x1", group=examples[0].group)
    message = replace(other, example_id="x2", group="x2", message=examples[0].message.upper())
    manifest = frozen(examples)
    for leak in (person, message):
        assert no_split_leakage([*examples, leak], manifest).verdict is Verdict.FAIL


def test_empty_split_fails(examples: list[TrainingExample]) -> None:
    train = [e for e in examples if e.split is Split.TRAIN]
    assert no_split_leakage(train, frozen(train)).verdict is Verdict.FAIL


def test_too_many_synthetic_rows_fail(examples: list[TrainingExample]) -> None:
    """R8: how many are too many is the config's."""
    rules = DatasetSettings(synthetic_share=0.3)
    trained_on = [e for e in examples if e.split is Split.TRAIN]
    marked = {e.example_id for e in trained_on[: len(trained_on) * 2 // 5]}
    assert len(marked) < 0.3 * len(examples), "of all rows these are few enough"
    many = [replace(e, synthesis=MARK) if e.example_id in marked else e for e in examples]
    assert synthetic_share_within_limit(frozen(many), rules=rules).verdict is Verdict.FAIL
    assert synthetic_share_within_limit(frozen(examples), rules=rules).verdict is Verdict.PASS
    taught = next(e for e in examples if e.split is Split.TRAIN)
    one = [replace(e, synthesis=MARK) if e is taught else e for e in examples]
    assert synthetic_share_within_limit(frozen(one), rules=rules).verdict is Verdict.PASS
    none = DatasetSettings(synthetic_share=0)
    assert synthetic_share_within_limit(frozen(one), rules=none).verdict is Verdict.FAIL


def test_a_row_of_a_sector_that_is_kept_apart_is_not_frozen_among_others(
    examples: list[TrainingExample],
) -> None:
    """R39: at run time, whatever let the row through before."""
    with pytest.raises(Refused, match="sector health may not be mixed with retail in region eu"):
        frozen([*examples[:-1], replace(examples[-1], sector="health")])


def test_a_set_inherits_the_labels_of_its_rows(examples: list[TrainingExample]) -> None:
    """R39."""
    both = frozen([*examples[:-1], replace(examples[-1], sector="banking")])
    assert both.labels == Labels(("banking", "retail"), ("evaluation", "training"))
    asked = frozen([*examples[:-1], replace(examples[-1], topic="")])
    assert asked.labels.purposes == ("evaluation",)


def test_rows_kept_apart_or_not_for_training_fail_the_check(
    examples: list[TrainingExample],
) -> None:
    """R39."""
    manifest = frozen(examples)
    assert sectors_kept_apart(examples, manifest).verdict is Verdict.PASS
    for wrong in ({"sector": "health"}, {"topic": ""}):
        spoiled = [replace(examples[0], **wrong), *examples[1:]]
        assert sectors_kept_apart(spoiled, manifest).verdict is Verdict.FAIL


def test_a_synthetic_row_adds_no_sector_to_the_set(examples: list[TrainingExample]) -> None:
    """R39: labels say whose data something is made of, and a generated row is nobody's."""
    rows = [replace(examples[0], sector="retail"), replace(examples[1], synthesis=MARK,
            sector="unlabeled", split=Split.TRAIN)]  # fmt: skip
    assert [row.labels.sectors for row in rows] == [("retail",), ()]
    assert mixed((row.labels for row in rows), region=REGION).sectors == ("retail",)

"""The rules by which rows come and go are data, and the code says nothing that isn't in them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

import pytest

from handrail.dataset.admission import STAGES, SUBJECT_ERASED, admission_rules
from handrail.dataset.eviction import NO_LONGER_HELD
from handrail.dataset.funnel import dataset_steps, funnel_of
from handrail.settings import PROJECT
from handrail.vault.names import Artifact


def manifest(**measures: int) -> Artifact:
    named = {name.replace("__", "|"): rows for name, rows in measures.items()}
    return Artifact("any", "eu", "0" * 64, None, 0, named)


CORE = manifest(
    intake__accepted=900, intake__malformed=3, redaction__redacted=890, redaction__second_look=10,
    admission__admitted=600, admission__no_topic=290,
)  # fmt: skip


def left_out_by_code() -> Iterator[str]:
    """The rules that `LeftOut` is made with anywhere below `handrail/dataset`."""
    trees = [ast.parse(f.read_text()) for f in (PROJECT / "handrail" / "dataset").glob("*.py")]
    constants = {"SUBJECT_ERASED": SUBJECT_ERASED}
    for tree in trees:
        for node in tree.body:
            if isinstance(node, ast.Assign):
                [target] = node.targets
                names = target.elts if isinstance(target, ast.Tuple) else [target]
                values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
                for name, value in zip(names, values, strict=False):
                    if isinstance(name, ast.Name) and isinstance(value, ast.Constant):
                        constants[name.id] = value.value
    for tree in trees:
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Name("LeftOut"), args=[_, ast.Name(rule)]):
                    yield constants[rule]


def test_what_the_data_set_leaves_out_is_a_rule_and_every_rule_leaves_out() -> None:
    """R3: no rule without code, no code without rule; dbt's own are held by its build."""
    listed = {
        r.name
        for r in admission_rules().values()
        if r.stage == "dataset" and r.outcome == "dropped"
    }
    assert listed == {*left_out_by_code(), NO_LONGER_HELD}


def test_every_stage_has_its_rule_to_keep_and_numbers_the_others_in_order() -> None:
    for stage in STAGES:
        rules = [r for r in admission_rules().values() if r.stage == stage]
        assert [r.position for r in rules] == list(range(len(rules)))
        kept = [r.name for r in rules if r.outcome == "kept"]
        assert len(kept) == 1 or kept == ["frozen", "never_a_target"]
        assert all(r.reason.endswith(".") for r in rules)


def test_the_funnel_goes_on_from_the_warehouse_to_the_data_set() -> None:
    """R3: what one stage keeps is what the next counts; synthetic rows come on top."""
    steps = dataset_steps({"burst": 20}, real=580, never_targets=7, synthetic=40)
    whole = funnel_of(CORE, Artifact("set", "eu", "1" * 64, None, 0, steps))
    assert whole.breaks() == []
    assert [(s.rule.id, s.rows) for s in whole.steps][-4:] == [
        ("dataset|frozen", 573), ("dataset|burst", 20), ("dataset|synthetic", 40),
        ("dataset|never_a_target", 7),
    ]  # fmt: skip
    assert whole.dropped("admission") == {"no_topic": 290}
    assert whole.kept("dataset") == 580


@pytest.mark.parametrize(
    ("lost", "said"),
    [
        ({"redaction__redacted": 889}, "redaction counts 899 of the 900 rows that intake kept"),
        ({"admission__admitted": 601}, "admission counts 891 of the 890 rows that redaction kept"),
    ],
)
def test_a_row_that_no_rule_accounts_for_is_named(lost: dict[str, int], said: str) -> None:
    changed = {**CORE.measures, **manifest(**lost).measures}
    assert said in funnel_of(Artifact("core", "eu", "0" * 64, None, 0, changed)).breaks()


def test_a_count_under_no_rule_is_refused() -> None:
    with pytest.raises(KeyError):
        funnel_of(manifest(admission__because=1))


def test_small_counts_are_hidden_in_the_picture() -> None:
    """Neither in figures nor by the length of a bar."""

    def hidden(count: int) -> str:
        return str(count) if count >= 5 else "<5"

    def picture(rows: int, shown: Callable[[int], str]) -> str:
        return funnel_of(manifest(admission__no_topic=rows)).picture(shown=shown)

    assert picture(2, hidden) == picture(3, hidden)
    assert picture(2, str) != picture(3, str)
    assert picture(5, hidden) != picture(6, hidden)
    assert funnel_of(CORE).picture(shown=hidden).startswith("![funnel](data:image/png;base64,")
    assert funnel_of().picture(shown=hidden).startswith("![funnel]")

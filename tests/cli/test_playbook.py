"""`handrail playbook` says what is wrong, what changed and what may be said, with exit codes."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from handrail.cli.app import app
from handrail.playbook.reader import read_playbook
from tests.playbook.conftest import EXAMPLE

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("HANDRAIL_HOME", str(tmp_path / "home"))
    return lambda *args, columns=200: CliRunner().invoke(
        app, ["playbook", *map(str, args)], env={"COLUMNS": str(columns)}
    )


@pytest.fixture
def edited(tmp_path: Path) -> Callable[[str, str, str], Path]:
    """The example with some of its text replaced."""

    def _edited(file: str, old: str, new: str) -> Path:
        folder = shutil.copytree(EXAMPLE, tmp_path / "book", dirs_exist_ok=True)
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return _edited


def test_lint_exits_by_what_it_finds(run: Run, edited: Callable[..., Path]) -> None:
    clean = run("lint")
    assert clean.exit_code == 0 and "warning: templates/orders.yaml:84" in clean.output
    waiting = run("lint", edited("mandates.yaml", "    approved_on: 2025-01-01\n", ""))
    assert waiting.exit_code == 3 and "to do: mandates.yaml:5: resolve" in waiting.output
    wrong = run("lint", edited("templates/account.yaml", "{reset_hours}\n        hours", "9 hours"))
    assert wrong.exit_code == 1
    assert "error: templates/account.yaml:12: number '9 hours' in 'en' is free text" in wrong.output


def test_lint_as_json_has_place_level_and_text(run: Run) -> None:
    (problem,) = json.loads(run("lint", "--json").output)
    assert problem["where"] == "templates/orders.yaml:84"
    assert problem["level"] == "warning" and "2025-06-30" in problem["text"]


def test_diff_tells_what_changed_once(run: Run, edited: Callable[..., Path]) -> None:
    folder = edited("facts.yaml", 'us: {en: "30"}', 'us: {en: "45"}')
    told = run("diff", EXAMPLE, folder)
    assert told.exit_code == 0 and "1 changes" not in told.output
    assert "fact changed (value)" in told.output and "return_window_days.us.en.1" in told.output
    (change,) = json.loads(run("diff", EXAMPLE, folder, "--json").output)
    assert (change["before"], change["after"]) == ("30", "45")
    assert "no change" in run("diff", EXAMPLE).output
    unknown = run("diff", "abcdef")
    assert unknown.exit_code == 2 and "no folder and no version" in unknown.output


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ((), ["what each region can say", "Director of Customer Support", "risk tiers"]),
        (("fee_question",), ["fee_question.eu.de.1", "monthly_fee", "A$8.00", "fees.us.en"]),
        (("promo_code.us.en.3",), ["not today", "owner: Head of"]),
        (("summarize",), ["Stay neutral in tone", "Write in this order"]),
        (("order_status",), ["what our systems verified of the customer"]),
    ],
)
def test_show_shows_an_entry_as_it_is_written(
    run: Run, entry: tuple[str, ...], said: list[str]
) -> None:
    shown = run("show", *entry)
    assert shown.exit_code == 0
    assert [words for words in said if words not in shown.output] == []


def test_show_of_something_unknown_says_so(run: Run) -> None:
    unknown = run("show", "weather")
    assert (
        unknown.exit_code == 2 and "no topic, role, template or queue 'weather'" in unknown.output
    )


def test_names_of_queues_and_topics_stay_whole_on_80_columns(run: Run) -> None:
    shown = run("queues", "--region", "eu", columns=80)
    book = read_playbook(EXAMPLE)
    for queue in book.queues.of("eu").values():
        for name in (queue.name, *queue.takes, *(need.field for need in queue.needs)):
            assert re.search(rf"\b{name}\b", shown.output), name
    assert max(map(len, shown.output.partition("questions ")[0].splitlines())) <= 80


def test_queues_shows_who_takes_over_and_the_proof(run: Run, edited: Callable[..., Path]) -> None:
    """R13: the states of a conversation, and that a person is always near."""
    shown = run("queues", "--region", "eu")
    assert shown.exit_code == 0, shown.output
    assert "parcel_desk" in shown.output and "Welche" not in shown.output.splitlines()[0]
    assert "start --> understand: no topic fits" in shown.output
    assert "person_reachable PASS: eu: " in shown.output and " states, " in shown.output
    drawn = run("queues", "--mermaid").output
    assert "stateDiagram-v2" in drawn and "parcel_desk -- refused or full --> order_desk" in drawn


def test_a_dead_end_fails_with_the_conversation_that_shows_it(
    run: Run, edited: Callable[..., Path]
) -> None:
    """R13: in the company's own queues, by `lint` as by `queues`."""
    folder = edited("queues.yaml", "    fallback: true\n", "")
    linted = run("lint", folder)
    assert linted.exit_code == 1 and "error: person_reachable: eu: nobody can take" in linted.output
    shown = run("queues", "--version", folder, "--region", "us")
    assert shown.exit_code == 1
    assert "us: nobody can take over: us has no queue to go on with" in shown.output
    assert "start [en, 0 asked]: " in shown.output


def test_lint_refuses_a_question_for_a_secret(run: Run, edited: Callable[..., Path]) -> None:
    folder = edited("queues.yaml", "Which amount is it about?", "What is your PIN?")
    told = run("lint", folder)
    assert (
        told.exit_code == 1 and "queues.yaml:73: the question in 'en' asks for 'pin'" in told.output
    )


def test_show_tells_of_a_queue_and_who_takes_over_a_topic(run: Run) -> None:
    shown = run("show", "parcel_desk").output
    assert "240 minutes" in shown and "order_id.eu.fr.1" in shown and "Compliance Lead" in shown
    assert "taken over by parcel_desk" in run("show", "delivery_problem").output

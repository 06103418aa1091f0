"""Driving the graph from a terminal: what there is to do for a region, and doing it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

import dagster as dg
import orjson

from assets.partitions import RANGE_END, RANGE_START
from handrail.apart import answer_apart
from handrail.conversations.reading import exports_digest, present_exports
from handrail.conversations.sealing import RAW
from handrail.conversations.surveying import SURVEY, days_to_seal, sealed_days
from handrail.dataset.corrections import EVENT
from handrail.digests import canonical, digest
from handrail.playbook.reader import read_playbook
from handrail.redaction.days import REDACTED
from handrail.redaction.reviewing import REVIEW_EVENT
from handrail.residency import DataClass
from handrail.settings import Settings, code_digest, export_places
from handrail.vault.files import replace_atomically
from handrail.vault.lineage import Lineage
from handrail.vault.region_vault import RegionVaults

# Held by `handrail run` from beginning to end.
RUN_LOCK = ".run.lock"
REGION, BECAUSE = "handrail/region", "handrail/because"
_POLL_SECONDS = 0.5
# A region of so many chats is worked on in processes of their own, at 5 CPU seconds each to start:
# what one has left in memory does not weigh on the next, nor on another region. Training takes much
# of it from a few thousand chats on, intake only from many, and has a process for each stretch of
# days.
_MANY_CHATS = 5_000
_MANY_CHATS_TO_TAKE_IN = 20_000
# What the job that trains does beyond the one that builds the warehouse, in two parts.
DATA_SET = ("synthetic_chats", "training_dataset", "evaluation_suite")
MODEL = ("trained_model", "eval_scores", "stg_landing__scores", "score_history")


@dataclass(frozen=True)
class Task:
    """One run of a job, or of some of its assets, on one partition or range of days.

    `parts` is how many entries of the manifests it makes, where there are enough to show progress
    by; 0 where steps say as much. `apart`: in a process of its own.
    """

    title: str
    job: str
    partition: str | None
    tags: Mapping[str, str] = field(default_factory=dict)
    assets: tuple[str, ...] | None = None
    parts: int = 0
    apart: bool = False
    run_id: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass(frozen=True)
class Outcome:
    """How a run ended: the sentences of what failed, empty when it succeeded."""

    succeeded: bool
    problems: tuple[str, ...]


def open_instance(settings: Settings) -> dg.DagsterInstance:
    """The Dagster instance below the home, made on first use with telemetry off."""
    folder = settings.home / "dagster"
    (folder / ".nux").mkdir(parents=True, exist_ok=True)
    template = Path(__file__).parent.parent / "deploy" / "dagster.yaml"
    replace_atomically(folder / "dagster.yaml", template.read_bytes())
    (folder / ".nux" / "nux.yaml").write_text("seen: 1\n")
    export_places(settings)
    return dg.DagsterInstance.get()


def survey_task(region: str) -> Task:
    """Read the region's exports and say which days hold something new."""
    return Task("look at the exports", "look_at_exports", region, {REGION: region})


def intake_tasks(lineage: Lineage, region: str, *, days: int | None, scrubber: str) -> list[Task]:
    """What to seal and what to redact anew, of the latest `days` surveyed days only if given.

    A day is sealed when its chats differ from what is held, and redacted when it was sealed, did
    not pass, or was redacted by another version of the
    rules than `scrubber` (R31). A day whose raw chats did not pass waits
    until they change, and holds back no other; one that retention destroyed stays as it is. One
    run per unbroken stretch of days: a day that never had chats is never marked as made. Those of a
    region with many chats have a process of their own.
    """
    to_seal = days_to_seal(lineage, region, latest=days)
    since = max(map(lineage.destructions.kept_since, (DataClass.RAW, DataClass.REDACTED)))
    to_redact = [
        day
        for day in sealed_days(lineage, region, latest=days)
        if day >= since
        and day not in to_seal
        and not _redacted_as_now(lineage, day, scrubber)
        and lineage.verdict(RAW, day).passed
    ]
    survey = lineage.current(SURVEY, region)
    apart = survey is not None and survey.records >= _MANY_CHATS_TO_TAKE_IN
    return [
        *_on_days(region, to_seal, "seal and redact", None, apart=apart),
        *_on_days(region, to_redact, "redact", ("redacted_chats",), apart=apart),
    ]


def _redacted_as_now(lineage: Lineage, day: str, scrubber: str) -> bool:
    made = lineage.current(REDACTED, day)
    return (
        made is not None
        and lineage.verdict(REDACTED, day).passed
        and lineage.config_hash(made) == scrubber
        and lineage.current(RAW, day) in lineage.inputs(made)
    )


def _on_days(
    region: str, days: Sequence[str], what: str, assets: tuple[str, ...] | None, *, apart: bool
) -> list[Task]:
    return [
        Task(
            title=f"{what} {first} to {last}",
            job="take_in_chats",
            partition=None,
            tags={
                RANGE_START: f"{first}|{region}",
                RANGE_END: f"{last}|{region}",
                REGION: region,
            },
            assets=assets,
            # a redacted day is three entries: what was held back, what is known of customers; a raw
            # one comes on top
            parts=(3 if assets else 4) * sum(first <= day <= last for day in days),
            apart=apart,
        )
        for first, last in _stretches(days)
    ]


def lifecycle_tasks(lineage: Lineage, region: str, *, train: bool) -> list[Task]:
    """From redacted chats to an evaluated model, or without training to a warehouse.

    Of many chats, each part has a process of its own: warehouse, data set, model.
    """
    apart = sum(day.records for day in lineage.partitions(RAW)) >= _MANY_CHATS
    tags = {REGION: region}
    warehouse = Task("build the warehouse", "build_warehouse", region, tags, apart=apart)
    whole = Task("train and evaluate", "train_and_evaluate", region, tags, apart=apart)
    if not train:
        return [warehouse]
    if not apart:
        return [whole]
    frozen = replace(whole, title="freeze the data set", assets=DATA_SET, run_id=str(uuid.uuid4()))
    return [warehouse, frozen, replace(whole, assets=MODEL)]


def release_task(region: str) -> Task:
    """Gate the candidate, and promote it if everything has passed."""
    return Task("gate the release", "release", region, {REGION: region})


def checkpoint_task(region: str) -> Task:
    """Verify the region's audit log and sign what it holds."""
    return Task("sign the audit log", "sign_audit_log", region, {REGION: region})


def execute(
    task: Task,
    *,
    instance: dg.DagsterInstance,
    definitions: dg.Definitions,
    on_step: Callable[[str, int, int], None],
) -> Outcome:
    """Run a task to its end; `on_step` gets (last step done, how many, of how many), often."""
    total = len(task.assets or definitions.resolve_job_def(task.job).nodes)
    ended: list[Outcome] = []
    broken: list[BaseException] = []

    def work() -> None:
        try:
            if task.apart:
                ended.append(answer_apart("orchestration.task_apart", task, kind=Outcome))
            else:
                ended.append(run_here(task, instance=instance, definitions=definitions))
        except BaseException as error:  # noqa: BLE001 - carried to the caller's thread
            broken.append(error)

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    while worker.is_alive():
        worker.join(_POLL_SECONDS)
        done = _finished_steps(instance, task.run_id)
        on_step(done[-1] if done else "", len(done), total)
    if broken:
        raise broken[0]
    return ended[0]


def run_here(task: Task, *, instance: dg.DagsterInstance, definitions: dg.Definitions) -> Outcome:
    """Run a task in this process."""
    ended = definitions.resolve_job_def(task.job).execute_in_process(
        instance=instance,
        partition_key=task.partition,
        tags={BECAUSE: f"handrail run: {task.title}", **task.tags},
        run_id=task.run_id,
        asset_selection=None if task.assets is None else [dg.AssetKey(a) for a in task.assets],
        raise_on_error=False,
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
    )
    return Outcome(ended.success, tuple(problems(ended.all_events)))


def fingerprint(vaults: RegionVaults, region: str, *, days: int | None, train: bool) -> str:
    """Everything a region's run depends on, as one hash: the same hash means nothing to do."""
    settings = vaults.settings
    rows = present_exports(settings, region)
    home = settings.region_home(region)
    return digest(
        {
            "exports": exports_digest(settings, region, rows),
            "answer_keys": [
                digest(Path(r.answer_key).read_bytes()) for r in rows if r.answer_key is not None
            ],
            "days": days,
            "train": train,
            "playbook": read_playbook(settings.playbook).digest,
            "config": digest(settings.config_file.read_bytes()),
            "access": digest(settings.access_policy.read_bytes()),
            "code": code_digest(),
            "approvals": _content(home / "release" / "approvals.jsonl"),
            "destroyed": len(vaults.of(region).lineage.destructions.all()),
            "corrections": sum(1 for _ in vaults.of(region).audit.stream(event=EVENT)),
            "reviews": sum(1 for _ in vaults.of(region).audit.stream(event=REVIEW_EVENT)),
        }
    )


def last_run(settings: Settings, region: str) -> tuple[str, int] | None:
    """Fingerprint and exit code of the region's last whole run, or None.

    None too where its warehouse is gone: that is deleted to have it rebuilt.
    """
    home = settings.region_home(region)
    path = home / "last_run.json"
    if not (path.exists() and (home / "warehouse.duckdb").exists()):
        return None
    said = orjson.loads(path.read_bytes())
    return said["fingerprint"], said["exit_code"]


def remember_run(settings: Settings, region: str, *, mark: str, exit_code: int) -> None:
    """Note that a run over this content came to its end."""
    path = settings.region_home(region) / "last_run.json"
    replace_atomically(path, canonical({"fingerprint": mark, "exit_code": exit_code}))


def _finished_steps(instance: dg.DagsterInstance, run_id: str) -> list[str]:
    kinds = {dg.DagsterEventType.STEP_SUCCESS, dg.DagsterEventType.STEP_FAILURE}
    records = instance.get_records_for_run(run_id, of_type=kinds).records
    return [r.event_log_entry.step_key for r in records if r.event_log_entry.step_key]


def problems(events: Iterable[dg.DagsterEvent]) -> Iterator[str]:
    """The sentences that say what failed in a run; they quote no chat."""
    for event in events:
        if event.event_type is dg.DagsterEventType.STEP_FAILURE:
            data = event.step_failure_data
            if data.user_failure_data:
                yield f"{event.step_key}: {data.user_failure_data.description}"
            elif data.error and "AssetCheckFailed" not in str(data.error.cls_name):
                yield f"{event.step_key}: {data.error.message.strip()}"
        elif event.event_type is dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            check = event.asset_check_evaluation_data
            if not check.passed and check.severity is dg.AssetCheckSeverity.ERROR:
                said = check.description or "does not hold"
                yield f"{check.asset_key.to_user_string()}: {check.check_name} {said}"


def _stretches(days: Sequence[str]) -> list[tuple[str, str]]:
    ordered = sorted(date.fromisoformat(day) for day in days)
    runs = [
        [day for _, day in group]
        for _, group in groupby(enumerate(ordered), key=lambda p: p[1] - timedelta(days=p[0]))
    ]
    return [(run[0].isoformat(), run[-1].isoformat()) for run in runs]


def _content(path: Path) -> str:
    return digest(path.read_bytes()) if path.exists() else ""

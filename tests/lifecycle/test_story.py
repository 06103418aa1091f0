"""The main job, told once: exports of two regions in, a gated release of each out."""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import asdict, replace
from datetime import datetime, timedelta

import orjson
import pytest
from typer.testing import CliRunner

from handrail.access import Access, Purpose
from handrail.agent.model import MODEL, read_model
from handrail.cli.app import app
from handrail.conversations.sealing import QUARANTINE, RAW
from handrail.conversations.surveying import SURVEY
from handrail.custody.audit_report import CHECKPOINT
from handrail.custody.key_report import KEYS
from handrail.custody.residency_report import report_residency
from handrail.dataset.corrections import CORRECTIONS
from handrail.dataset.landing import CORE, open_warehouse
from handrail.dataset.stored import DATASET, read_dataset
from handrail.dataset.synthesis import SYNTHETIC
from handrail.digests import digest
from handrail.evaluation.gate import RULES as GATE_RULES
from handrail.evaluation.gate import GateRules
from handrail.evaluation.questions import Stratum
from handrail.evaluation.slices import slices
from handrail.evaluation.stored import SCORES, SUITE, read_evaluation, read_suite
from handrail.evaluation.suite import RULES as SUITE_RULES
from handrail.evaluation.suite import SuiteRules
from handrail.playbook.prompts import render_prompt
from handrail.redaction.audit import AUDIT, standing_of
from handrail.redaction.days import HOLDS, REDACTED, read_redacted
from handrail.redaction.known_wordings import KNOWN
from handrail.redaction.sampling import LEAK_BOUND, ReviewerKind
from handrail.registry import open_registry
from handrail.release.candidate import CANDIDATE, releases_of
from handrail.release.promotion import Releases
from handrail.residency import Labels
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault, pipeline
from handrail.vault.sidecar import SUFFIX, sidecar_key
from handrail.verdicts import worst
from tests.lifecycle.story import REGIONS, REMOTE, UNUSABLE, Story

pytestmark = pytest.mark.xdist_group("lifecycle")

READ = pipeline("test:story", Purpose.EVALUATION)


def releases(story: Story, region: str) -> Releases:
    return releases_of(story.settings, region, open_registry(story.settings))


def test_one_command_ends_with_every_region_released(story: Story) -> None:
    """R1."""
    assert story.code == 0
    assert story.printed.count("RELEASED") == len(REGIONS)


def test_rows_in_are_rows_kept_plus_each_drop_reason(story: Story, vault: RegionVault) -> None:
    """R3, R2: from the export's lines to the training set, nothing is lost on the way."""
    lineage = vault.lineage
    quarantine = lineage.current(QUARANTINE, vault.region.name)
    dataset = lineage.current(DATASET, vault.region.name)
    core = lineage.current(CORE, vault.region.name)
    assert quarantine and dataset and core
    counts = {reason: int(n) for reason, n in quarantine.measures.items()}
    read, accepted = counts.pop("rows"), counts.pop("accepted")
    sealed, redacted, held = (
        sum(a.records for a in lineage.partitions(asset)) for asset in (RAW, REDACTED, HOLDS)
    )
    access = pipeline("test:story", Purpose.WAREHOUSE)
    with open_warehouse(vault, story.settings, access=access) as warehouse:
        funnel = warehouse.query("select stage, rule, rows from marts.admission_funnel")
    dropped = Counter[str]()
    for row in funnel.to_pylist():
        dropped[row["stage"]] += row["rows"] if row["rule"] != "admitted" else 0
    superseded = counts["superseded"]  # chats that a later export holds anew
    mislabeled = counts.get("language_mismatch", 0)
    assert (mislabeled > 0) == (len(vault.region.languages) > 1)
    assert sum(counts.values()) == quarantine.records == UNUSABLE + superseded + mislabeled
    assert read == accepted + UNUSABLE + superseded + mislabeled
    assert accepted == sealed == redacted + held
    assert redacted == core.records + dropped["admission"]
    examples, _ = read_dataset(vault, access=pipeline("test:story", Purpose.TRAINING))
    assert len(examples) == dataset.records
    assert core.records >= sum(not example.synthetic for example in examples) > 0


def test_every_verdict_of_the_region_is_a_pass(vault: RegionVault) -> None:
    """R19: nothing went live on something that failed or was not measured."""
    current = [
        a for a in vault.lineage.everything() if a == vault.lineage.current(a.asset, a.partition)
    ]
    verdicts = {f"{a.asset} {a.partition}": worst(vault.lineage.findings(a)) for a in current}
    assert {name: verdict for name, verdict in verdicts.items() if not verdict.passed} == {}
    assert {a.asset for a in current} == {
        SURVEY, RAW, QUARANTINE, REDACTED, HOLDS, KNOWN, "playbook", "labeled_feedback",
        CORRECTIONS,
        "redaction_sample", "redaction_report", AUDIT, CORE, SYNTHETIC, DATASET, MODEL, SUITE,
        SCORES, CANDIDATE, "residency_report", CHECKPOINT, KEYS,
    }  # fmt: skip


def test_every_check_of_the_graph_was_made_and_every_blocking_one_passed(story: Story) -> None:
    """R19: what the UI shows; a check that only warns may fail (a template past its last day)."""
    import dagster as dg

    from orchestration.definitions import defs

    graph = defs.resolve_asset_graph()
    by_the_clock = {dg.AssetKey("retention")}  # what destroys is in no run of the lifecycle
    keys = {key for key in graph.asset_check_keys if key.asset_key not in by_the_clock}
    with story.as_environment(), dg.DagsterInstance.get() as instance:
        latest = instance.event_log_storage.get_latest_asset_check_execution_by_key(list(keys))
        status = {key: record.status.value for key, record in latest.items()}
    assert len(keys) > 50
    assert keys - set(status) == set()
    assert {status[key] for key in keys if graph.get(key).blocking} == {"SUCCEEDED"}


def test_four_scores_by_slice_with_intervals(vault: RegionVault) -> None:
    """R18."""
    artifact = vault.lineage.current(SCORES, vault.region.name)
    assert artifact
    rules = GateRules.read(GATE_RULES)
    cells = slices(read_evaluation(vault, artifact, access=READ), delta=rules.delta)
    measures = {"correctness", "tone", "disclosure", "escalation"}
    assert set(rules.floors) == measures
    for dimension in ("region", "topic", "language", "role"):
        assert {c.measure for c in cells if c.dimension == dimension} >= measures
    languages = {c.value for c in cells if c.dimension == "language"}
    assert languages == set(vault.region.languages)
    for cell in cells:
        if cell.n < 5:
            assert (cell.share, cell.low, cell.high) == (None, None, None)
        else:
            assert cell.low is not None and cell.share is not None and cell.high is not None
            assert 0 <= cell.low <= cell.share <= cell.high <= 1
            assert cell.low < cell.high


def test_the_suite_has_three_strata_of_their_minimum_size(vault: RegionVault) -> None:
    """R17."""
    suite, artifact = read_suite(vault, access=READ)
    sizes = Counter(case.stratum for case in suite.cases)
    minimums = SuiteRules.read(SUITE_RULES).minimums
    assert set(minimums) == set(Stratum)
    assert all(sizes[stratum] >= least for stratum, least in minimums.items())
    assert {f.check for f in suite.findings} == {"strata_complete", "not_in_training"}
    assert artifact.digest == suite.digest
    examples, _ = read_dataset(vault, access=pipeline("test:story", Purpose.TRAINING))
    asked = {c.case_id.removeprefix("real.") for c in suite.cases if c.stratum is Stratum.REAL}
    assert asked.isdisjoint(e.example_id for e in examples if e.split != "test")
    assert asked & {e.example_id for e in examples if e.split == "test"}


def test_a_release_names_everything_it_is_made_of_by_content(
    story: Story, vault: RegionVault
) -> None:
    """R47."""
    region = vault.region.name
    kept = releases(story, region)
    live = kept.live()
    assert live and live.aliases.champion
    bundle = kept.bundles.read(live.aliases.champion)
    file = story.settings.region_home(region) / "release" / "bundles" / f"{bundle.id}.json"
    assert bundle.id == f"rel-{digest(file.read_bytes())[:12]}"
    for asset, content in (
        (MODEL, bundle.model),
        (DATASET, bundle.dataset),
        (SUITE, bundle.suite),
        (SCORES, bundle.evaluation),
        ("playbook", bundle.playbook),
    ):
        made = vault.lineage.made(asset, content)
        assert made is not None, f"{asset} {content}"
    for part in asdict(bundle):
        if part in {"model", "dataset", "playbook", "policy", "routing", "suite", "scrubber"}:
            assert replace(bundle, **{part: "0" * 64}).id != bundle.id


def test_the_registry_shows_what_the_pointer_says(story: Story, vault: RegionVault) -> None:
    """R47."""
    region = vault.region.name
    live = releases(story, region).live()
    assert live and live.aliases.champion
    shown = open_registry(story.settings)
    named = {alias: r for alias, r in asdict(live.aliases).items() if r is not None}
    assert shown.aliases(region) == {a: shown.version_of(region, r) for a, r in named.items()}
    assert set(named) == {"champion"}


def test_the_ledger_says_what_was_live_when_and_on_whose_word(
    story: Story, vault: RegionVault
) -> None:
    """R47."""
    kept = releases(story, vault.region.name)
    live = kept.live()
    assert live and live.aliases.champion
    nominated, promoted = kept.ledger.entries()
    assert (nominated.event, promoted.event) == ("nominate", "promote")
    at = datetime.fromisoformat(promoted.at)
    assert kept.ledger.live_at(at - timedelta(microseconds=1)) is None
    assert kept.ledger.live_at(at) == live.aliases.champion
    given = kept.approvals.of(kept.bundles.read(live.aliases.champion))
    assert promoted.approvals == tuple(a.hash for a in given) != ()
    assert kept.verify() == 2


def _candidate(vault: RegionVault) -> Artifact:
    found = vault.lineage.current(CANDIDATE, vault.region.name)
    assert found
    return found


def test_the_scoreboard_says_what_is_left_in_each_region(story: Story, vault: RegionVault) -> None:
    """R33: leak and bound, of chats read by whom."""
    audit = vault.lineage.current(AUDIT, vault.region.name)
    assert audit
    said = audit.measures
    assert float(said["leaking"]) <= float(said["n"]) * float(said["upper_bound"])
    assert f"{said['n']} of {said['population']:,}" in story.printed
    assert f"{said['upper_bound']:.2%}" in story.printed
    assert story.printed.count("what is left") == len(REGIONS)


def test_simulated_people_are_marked_wherever_they_count(story: Story, vault: RegionVault) -> None:
    """R33, R1: approvals, reviews and the release itself say that they are simulated."""
    kept = releases(story, vault.region.name)
    bundle = kept.bundles.read(kept.bundles.ids()[0])
    assert bundle.simulated
    assert [a.simulated for a in kept.approvals.of(bundle)] == [True]
    access = pipeline("test:story", Purpose.SAMPLING)
    now = standing_of(vault, access=access)
    assert now and now.tally and now.round.simulated
    assert (now.tally.n, now.tally.plants) == (now.round.plan.n, story.settings.redaction.plants)
    assert {r.reviewer_kind for r in now.reviews} == {ReviewerKind.SIMULATED}
    bound = next(f for f in vault.lineage.findings(_candidate(vault)) if f.check == LEAK_BOUND)
    assert bound.measures["reviewer_kind"] == "simulated"
    assert "(simulated)" in story.printed


def test_the_residency_report_covers_every_stored_object(story: Story, vault: RegionVault) -> None:
    """R38: and all that left is what the registry was told, by receipt; nothing was refused."""
    care = Access("test:story", "custody", Purpose.CUSTODY)
    records = vault.audit.verify()
    report = report_residency(vault, story.settings, access=care)
    assert [str(f.verdict) for f in report.findings] == ["PASS", "PASS"]
    stored = [key for key in vault._store.listing() if not key.endswith(SUFFIX)]
    assert sum(held.objects for held in report.held) == len(stored) > 30
    assert report.audit_records == records
    assert vault.audit.verify() == records + len(stored), "each proof is a record of its own"
    assert {d.receipt.export.what for d in report.departures} == {"model_registry"}
    assert report.denied == ()


def test_a_sector_that_is_kept_apart_taught_nobody_and_is_counted(
    story: Story, vault: RegionVault
) -> None:
    """R39: every chat of it left by that one reason; what was made says whose data it is of."""
    apart = Counter(
        chat.sector in vault.region.no_mix_sectors
        for chat, _ in read_redacted(vault, access=pipeline("test:story", Purpose.WAREHOUSE))
    )
    core = vault.lineage.current(CORE, vault.region.name)
    assert core and core.measures["admission|sector_kept_apart"] == apart[True] > 0
    examples, dataset = read_dataset(vault, access=pipeline("test:story", Purpose.TRAINING))
    assert {e.sector for e in examples if not e.synthetic} == {"banking", "retail"}
    live = releases(story, vault.region.name).live()
    assert live and live.aliases.champion
    bundle = releases(story, vault.region.name).bundles.read(live.aliases.champion)
    assert bundle.labels == Labels(("banking", "retail"), ("evaluation", "training"))
    model = vault.lineage.current(MODEL, vault.region.name)
    assert model
    for made in (dataset, model):
        assert made.measures["sectors"] == "banking, retail"
        assert made.measures["purposes"] == "evaluation, training"


def test_every_object_lies_where_the_config_file_says(story: Story, vault: RegionVault) -> None:
    """R38: one region's in its bucket and none of them below the home, the other's in its folder.

    Every process of the run opened the store that is configured: the command, each step, and dbt.
    """
    home = story.settings.region_home(vault.region.name)
    made = {
        f"{a.asset}/{a.partition}/{a.object_id}"
        for a in vault.lineage.everything() if a.object_id is not None
    }  # fmt: skip
    expected = made | {sidecar_key(key) for key in made}
    below = {file.name for file in story.settings.home.rglob("*")}
    in_bucket = {key.partition("/")[2].partition("/")[2] for key in story.cloud.keys(story.bucket)}
    assert len(made) > 30
    if vault.region.name == REMOTE:
        assert in_bucket - {".handrail/conditional-writes"} >= expected
        assert not {key.rpartition("/")[2] for key in expected} & below
        assert not (home / "vault").exists()
    else:
        assert {key for key in expected if (home / "vault" / key).is_file()} == expected
        assert not expected & in_bucket
    for name in ("keys.db", "lineage.db", "audit"):
        assert (home / name).exists()


@pytest.mark.parametrize(
    ("region", "language", "text"),
    [("us", "en", "I forgot my password"), ("eu", "de", "Ich habe mein Passwort vergessen")],
)
def test_why_tells_everything_that_was_in_play_for_a_reply(
    story: Story, tmp_path_factory: pytest.TempPathFactory, region: str, language: str, text: str
) -> None:
    """R49, R14: the record of a `try` reply, found by its id, names the prompt it was made with."""
    copy = story.copied(tmp_path_factory.mktemp("why"))
    with copy.as_environment():
        run = CliRunner()
        tried = run.invoke(app, ["try", text, "--region", region, "--language", language])
        assert tried.exit_code == 0, tried.output
        reply = re.search(r"reply-[0-9a-f]+", tried.output)
        assert reply
        asked = run.invoke(app, ["why", reply.group(), "--json"])
    assert asked.exit_code == 0, asked.output
    told = orjson.loads(asked.output)
    record, in_play = told["record"], dict(told["in_play"])
    kept = releases(copy, region)
    live = kept.live()
    assert live and record["release"] == live.aliases.champion
    bundle = kept.bundles.read(record["release"])
    with copy.opened() as vaults:
        vault = vaults.of(region)
        model = vault.lineage.made(MODEL, bundle.model)
        assert model
        book = read_model(vault, model, access=READ).playbook
    prompt = render_prompt(
        book, "resolve", region=region, language=language, policy_digest=bundle.policy
    )
    hashes = record["hashes"]
    assert hashes["prompt"] == prompt.digest
    assert hashes["policy"] == bundle.policy
    assert hashes["model_artifact"] == bundle.model
    assert hashes["release"] == bundle.digest
    assert in_play["live at that time"] == bundle.id
    assert "(simulated)" in in_play["approved by"]
    assert {asset for asset, _, _ in told["lineage"]} >= {MODEL, DATASET, CORE, REDACTED, RAW}
    assert record["case"]["message"] == text


def test_why_of_an_unknown_reply_says_so(story: Story) -> None:
    """R49."""
    with story.as_environment():
        asked = CliRunner().invoke(app, ["why", "reply-000000000000"])
    assert asked.exit_code == 2
    assert os.environ.get("HANDRAIL_HOME") != str(story.settings.home)

"""The graph as a person sees it: `handrail ui` over a nearly empty home, in a real browser."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from assets.quality import funnel_page
from handrail.dataset.coverage import Cell, Coverage
from handrail.dataset.diffing import difference
from handrail.dataset.funnel import funnel_of
from handrail.dataset.heat_map import heat_map
from handrail.dataset.stored import lists_of
from handrail.settings import load_settings
from handrail.vault.names import Artifact
from orchestration.drive import open_instance
from tests.dataset.test_manifest import froze
from tests.dataset.test_splits import row, split

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
# One asset of each group whose name is short enough to stand in the graph unabridged.
GROUPS = {
    "intake": "raw_chats",
    "redaction": "redacted_chats",
    "warehouse": "admission_funnel",
    "playbook": "playbook",
    "feedback": "agent_flags",
    "dataset": "training_dataset",
    "training": "trained_model",
    "evaluation": "eval_scores",
    "release": "approvals",
    "custody": "residency_report",
}

# The picture on the page of an asset, by the name of its line there.
PICTURES = {
    "admission_funnel": "funnel",
    "synthetic_chats": "coverage",
    "training_dataset": "difference to the data set before",
}

pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser: {CHROMIUM} is missing"),
]


@pytest.fixture
def ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


@pytest.fixture
def drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The three pictures of chats that teach, small, on record as if their assets were made."""
    settings = load_settings(environ={"HANDRAIL_HOME": str(tmp_path / "home")})
    counts = {"intake|accepted": 60, "redaction|redacted": 60, "admission|admitted": 60}
    funnel = funnel_of(Artifact("admission_funnel", "eu", "d" * 64, None, 60, counts))
    cell = Cell("order_status", "eu", "en", "chat", "low", 20, 50, 30, 1.0, 1.0, None)
    examples = split([row(f"c{n}", f"s{n}", f"the words of {n}") for n in range(60)], seed=1)
    before, after = (lists_of(froze(rows), {}) for rows in (examples[:40], examples))
    pages = {
        "admission_funnel": funnel_page(funnel),
        "synthetic_chats": {"coverage": heat_map(Coverage((cell,)), title="eu coverage")},
        "training_dataset": {
            PICTURES["training_dataset"]: difference(before, after, gone={}).picture()
        },
    }
    monkeypatch.setattr(os, "environ", dict(os.environ))  # opening it names its places there
    with open_instance(settings) as instance:
        for asset, page in pages.items():
            shown = {
                key: dg.MetadataValue.md(said) if isinstance(said, str) else said
                for key, said in page.items()
            }
            made = dg.AssetMaterialization(asset, partition="eu", metadata=shown)
            instance.report_runless_asset_event(made)


@pytest.fixture
def ui(tmp_path: Path, ports: tuple[int, int], drawn: None) -> Iterator[subprocess.Popen[str]]:
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith(("HANDRAIL_", "DAGSTER"))
    }
    process = subprocess.Popen(
        [Path(sys.executable).with_name("handrail"), "ui",
         "--port", str(ports[0]), "--mlflow-port", str(ports[1])],
        env=environment | {"HANDRAIL_HOME": str(tmp_path / "home"), "COLUMNS": "200"},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    yield process
    process.kill()
    for pid in _running_over(tmp_path):
        os.kill(pid, signal.SIGKILL)


def test_the_graph_opens_in_a_browser_and_nothing_is_left_after_it_is_stopped(
    ui: subprocess.Popen[str], tmp_path: Path, ports: tuple[int, int]
) -> None:
    """R1: definitions load, lineage is drawn group by group, nothing leaves the machine.

    R3, R7: funnel, coverage and the difference of two data sets are drawn where people open them.
    """
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is missing")
    assert ui.stdout is not None
    said = []
    for line in ui.stdout:
        said.append(line)
        if line.startswith("Models"):
            break
    assert ui.poll() is None, "".join(said)
    opened = ",".join(f"global@global:{group}" for group in GROUPS)
    outside: list[str] = []
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        page = browser.new_page(viewport={"width": 2600, "height": 1500})
        page.on("request", lambda r: outside.append(r.url) if _is_outside(r.url) else None)
        page.add_init_script("localStorage.setItem('asset-graph-direction', '\"vertical\"')")
        page.goto(f"http://127.0.0.1:{ports[0]}/asset-groups?expanded={opened}")
        for name in (*GROUPS, *GROUPS.values()):
            page.get_by_text(name, exact=True).first.wait_for(timeout=20_000)
        assert page.get_by_role("dialog").count() == 0
        for asset, key in PICTURES.items():
            page.goto(f"http://127.0.0.1:{ports[0]}/assets/{asset}?view=partitions&partition=eu")
            line = page.get_by_role("row").filter(has=page.get_by_text(key, exact=True))
            line.get_by_text("[Show Markdown]").click(timeout=20_000)
            picture = page.get_by_role("dialog").locator("img").element_handle()
            assert picture is not None
            page.wait_for_function("img => img.complete && img.naturalWidth > 300", arg=picture)
        browser.close()
    assert outside == []

    ui.send_signal(signal.SIGINT)
    assert ui.wait(timeout=30) == 0
    assert _running_over(tmp_path) == []


def _is_outside(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1:", "data:", "blob:"))


def _running_over(folder: Path) -> list[int]:
    """The processes whose environment names a home below `folder`, whoever their parent is."""
    mark = f"HANDRAIL_HOME={folder}".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (entry / "environ").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return found

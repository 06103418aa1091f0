"""The graph as a person sees it: `handrail ui` over an empty home, in a real browser."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

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
def ui(tmp_path: Path, ports: tuple[int, int]) -> Iterator[subprocess.Popen[str]]:
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
    """R1: definitions load, lineage is drawn group by group, nothing leaves the machine."""
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

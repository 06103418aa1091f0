from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

STARTED = """
import signal, sys
from orchestration.cli import main
sys.argv = ["handrail", "--help"]
try:
    main()
except SystemExit:
    print("heard", signal.getsignal(signal.SIGINT) is signal.default_int_handler)
"""


def test_what_a_script_starts_in_the_background_hears_interrupts(tmp_path: Path) -> None:
    """Or the processes that Dagster starts for each step ignore that they are to end."""
    told = subprocess.run(
        [sys.executable, "-c", STARTED],
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
        env={"PATH": "/usr/bin:/bin", "HANDRAIL_HOME": str(tmp_path / "home")},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "heard True" in told.stdout

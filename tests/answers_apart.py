"""What `handrail.apart` starts in its tests: each line is another way to answer."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from handrail.apart import answer_apart, serve
from handrail.errors import BadInput


def _work(request: str) -> str:
    kind, _, rest = request.partition(" ")
    if kind == "refuse":
        raise BadInput(rest)
    if kind == "stumble":
        raise ValueError(rest)
    if kind == "die":
        os._exit(int(rest))
    if kind == "ask":  # another one, which waits
        return answer_apart("tests.answers_apart", f"wait {rest}", kind=str)
    if kind == "wait":
        Path(rest).write_text(str(os.getpid()))
        time.sleep(60)
    os.write(sys.stdout.fileno(), b"noise")
    return f"{kind} by {os.getpid()}"


if __name__ == "__main__":
    serve(_work, kind=str)

"""The role `summarize`: one redacted chat in, a short, neutral, checked summary for people out."""

from __future__ import annotations

from handrail.agent.summarizer.faithful import Problem, unfaithful
from handrail.agent.summarizer.summarizing import declared_window, summarize
from handrail.agent.summarizer.types import Form, Part, Source, Statement, Summary
from handrail.agent.summarizer.window import Window, WindowRead

__all__ = [
    "Form", "Part", "Problem", "Source", "Statement", "Summary", "Window", "WindowRead",
    "declared_window", "summarize", "unfaithful",
]  # fmt: skip

"""TRL's SFTTrainer, conversational prompt-completion: only the completion is learned."""

from __future__ import annotations

from collections.abc import Iterator

from handrail.dataset.exporters.base import (
    ExportedRow,
    Exporter,
    Source,
    of_example,
    said,
    teachable,
)


class TrlPromptCompletion(Exporter):
    """`{"prompt": [user], "completion": [assistant], "metadata": {...}}`."""

    name = "trl-prompt-completion"

    def lines(self, source: Source) -> Iterator[ExportedRow]:
        """One line a teachable row."""
        for example in teachable(source):
            value = {
                "prompt": said("user", example.message),
                "completion": said("assistant", example.reply),
                "metadata": of_example(source, example),
            }
            yield ExportedRow(example.example_id, example.example_id, value)

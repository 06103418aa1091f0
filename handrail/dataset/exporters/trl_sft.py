"""TRL's SFTTrainer, conversational language modeling: `messages` (TRL, "Dataset formats")."""

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


class TrlSft(Exporter):
    """`{"messages": [user, assistant], "metadata": {...}}`.

    The trainer learns every message unless it is told `assistant_only_loss=True`: tell it, or
    export `trl-prompt-completion`, of which only the completion is learned.
    """

    name = "trl-sft"

    def lines(self, source: Source) -> Iterator[ExportedRow]:
        """One line a teachable row."""
        for example in teachable(source):
            messages = said("user", example.message) + said("assistant", example.reply)
            value = {"messages": messages, "metadata": of_example(source, example)}
            yield ExportedRow(example.example_id, example.example_id, value)

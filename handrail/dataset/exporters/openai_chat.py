"""OpenAI's chat fine-tuning: `messages` with a `weight` of 0 or 1 on what the assistant says."""

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


class OpenAIChat(Exporter):
    """`{"messages": [user, assistant with weight 1], "metadata": {...}}`.

    Only what an assistant says is learned there. The fractional weights of the data set are in the
    metadata: the format knows none.
    """

    name = "openai-chat"

    def lines(self, source: Source) -> Iterator[ExportedRow]:
        """One line a teachable row."""
        for example in teachable(source):
            reply = {**said("assistant", example.reply)[0], "weight": 1}
            value = {
                "messages": [*said("user", example.message), reply],
                "metadata": of_example(source, example),
            }
            yield ExportedRow(example.example_id, example.example_id, value)

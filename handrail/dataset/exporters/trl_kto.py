"""TRL's KTOTrainer, unpaired preference: a reply and whether it is wanted."""

from __future__ import annotations

from collections.abc import Iterator

from handrail.dataset.exporters.base import (
    ExportedRow,
    Exporter,
    Source,
    flagged,
    of_boundary,
    of_example,
    said,
    teachable,
)


class TrlKto(Exporter):
    """`{"prompt": [user], "completion": [assistant], "label": bool, "metadata": {...}}`.

    Wanted are vetted and accepted replies and the playbook's good ones; unwanted the very messages
    that people flagged and the playbook's bad ones (Ethayarajh et al., ICML 2024).
    """

    name = "trl-kto"

    def lines(self, source: Source) -> Iterator[ExportedRow]:
        """One line a teachable reply, one a flagged message, two a boundary."""
        for example in teachable(source):
            value = {
                "prompt": said("user", example.message),
                "completion": said("assistant", example.reply),
                "label": True,
                "metadata": of_example(source, example),
            }
            yield ExportedRow(example.example_id, example.example_id, value)
        for example, warned_of in flagged(source):
            value = {
                "prompt": said("user", warned_of.message),
                "completion": said("assistant", warned_of.reply),
                "label": False,
                "metadata": of_example(source, example),
            }
            yield ExportedRow(f"{example.example_id}~flagged", example.example_id, value)
        for number, boundary in enumerate(source.boundaries):
            about = of_boundary(source, boundary, number)
            for label, reply in ((True, boundary.good_reply), (False, boundary.bad_reply)):
                value = {
                    "prompt": said("user", boundary.message),
                    "completion": said("assistant", reply),
                    "label": label,
                    "metadata": about,
                }
                which = "good" if label else "bad"
                yield ExportedRow(f"{about['row']}-{which}", None, value)

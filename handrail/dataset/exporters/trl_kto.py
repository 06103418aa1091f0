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

    Wanted are vetted and accepted replies and the playbook's good ones; unwanted what people
    flagged and the playbook's bad ones (Ethayarajh et al., ICML 2024).
    """

    name = "trl-kto"

    def lines(self, source: Source) -> Iterator[ExportedRow]:
        """One line a row that is teachable or flagged, two a boundary."""
        judged = [(e, True) for e in teachable(source)] + [(e, False) for e in flagged(source)]
        for example, label in sorted(judged, key=lambda pair: pair[0].example_id):
            value = {
                "prompt": said("user", example.message),
                "completion": said("assistant", example.reply),
                "label": label,
                "metadata": of_example(source, example),
            }
            yield ExportedRow(example.example_id, example.example_id, value)
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

"""An encoder that keeps the vectors of the texts it read last, in memory alone."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from handrail.digests import digest
from handrail.inference.encoders import Encoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Remembering:
    """The vectors of another encoder, worked out once for a text while it is among the last `most`.

    A message is read by the router and by what ranks templates: one vector serves both. Texts are
    kept as digests.
    """

    def __init__(self, encoder: Encoder, *, most: int) -> None:
        self.name = encoder.name
        self.languages = encoder.languages
        self.dimensions = encoder.dimensions
        self._encoder = encoder
        self._most = most
        self._kept: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    @property
    def digest(self) -> str:
        """That of the encoder itself."""
        return self._encoder.digest

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The same array as the encoder's own."""
        import numpy as np

        names = [digest(text.encode("utf-8", "surrogatepass")) for text in texts]
        held = {name: self._kept[name] for name in names if name in self._kept}
        new = {n: text for n, text in zip(names, texts, strict=True) if n not in held}
        if new:
            held |= zip(new, self._encoder.encode([*new.values()]), strict=True)
        vectors = np.zeros((len(names), self.dimensions), dtype=np.float32)
        for row, name in enumerate(names):
            vectors[row] = held[name]
            # A copy, since a row of an array keeps all of it.
            self._kept[name] = self._kept.pop(name, vectors[row].copy())
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return vectors


def remembering(
    encoders: Mapping[str, Callable[[], Encoder | None]], *, most: int
) -> dict[str, Callable[[], Encoder | None]]:
    """The same encoders by name, each remembering its last texts."""
    return {name: _remembered(make, most) for name, make in encoders.items()}


def _remembered(make: Callable[[], Encoder | None], most: int) -> Callable[[], Encoder | None]:
    def made() -> Encoder | None:
        encoder = make()
        return None if encoder is None else Remembering(encoder, most=most)

    return made

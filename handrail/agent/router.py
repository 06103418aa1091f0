"""The router: which topic a message is about, how sure that is, and whether any topic fits at all.

An intent model (`intents`), one a region. It is data: its bytes are plain arrays with a JSON
header, never code, and reading them needs no training library.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property

from handrail.agent.intents.model import IntentModel, IntentScores
from handrail.agent.intents.stored import Encoders, arrays_of, header_of, model_of
from handrail.agent.own_fits import OwnFits
from handrail.agent.spelling import Speller
from handrail.agent.triggers import RegulatedTriggers
from handrail.agent.types import Route
from handrail.conversations.wording import unquoted
from handrail.digests import digest
from handrail.errors import Tampered
from handrail.inference.arrays import from_bytes, to_bytes

FORMAT = "handrail-router-4"
_ALTERNATIVES = 3
_DIRECTION = "own_fits_direction"


@dataclass(frozen=True)
class Floors:
    """Below any of these, or above `out_of_scope`, no topic fits: the message is out of scope.

    `probability` of the likeliest topic, `similarity` (cosine) of its words to the nearest topic's
    centroid, `coverage`, the share of the message's character n-grams seen in training. The last is
    the ceiling of the score that learned what fits no topic; the floors hold where it errs.
    """

    probability: float
    similarity: float
    coverage: float
    out_of_scope: float

    def let_pass(self, scores: IntentScores) -> bool:
        """Whether a message with these scores fits a topic."""
        return (
            float(scores.probabilities.max()) >= self.probability
            and scores.similarity >= self.similarity
            and scores.coverage >= self.coverage
            and scores.out_of_scope <= self.out_of_scope
        )


@dataclass(frozen=True, eq=False)
class Router:
    """A trained router of one region.

    `own_fits` is what its accepted replies say of the messages that answers fit; None: nothing.
    """

    region: str
    languages: tuple[str, ...]
    intents: IntentModel
    floors: Floors
    own_fits: OwnFits | None
    training: Mapping[str, int | float | str]

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics it knows, in the order of the probabilities."""
        return self.intents.labels

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The n-grams it knows."""
        return self.intents.vocabulary

    @property
    def card(self) -> Mapping[str, int | float | str]:
        """Figures of its training by name, those of the accepted replies included."""
        own = {} if self.own_fits is None else self.own_fits.measures
        return {**self.training, **{f"own_fits_{name}": value for name, value in own.items()}}

    @cached_property
    def by_words(self) -> Router:
        """The router that goes by words alone: ten times as fast, and blind to paraphrase."""
        return replace(self, intents=replace(self.intents, meaning=None))

    @cached_property
    def speller(self) -> Speller:
        """What mends slips with the words it knows."""
        return Speller.of(self.vocabulary)

    def scores(self, message: str) -> IntentScores:
        """Calibrated probabilities and familiarity of one message."""
        return self.intents.scores(unquoted(message))

    def route(self, message: str, language: str, *, triggers: RegulatedTriggers) -> Route:
        """The topic of a redacted message.

        Out of scope (topic None, probability 0) when the language is none the model was trained
        on, or the message falls below a floor; the likeliest topics stay visible as alternatives.
        """
        return self.route_many([(message, language)], triggers=triggers)[0]

    def route_many(
        self, messages: Iterable[tuple[str, str]], *, triggers: RegulatedTriggers
    ) -> list[Route]:
        """The routes of (message, language) pairs, in order: each as `route` gives it.

        The topic is that of the customer's own lines; what regulates a message may be quoted.
        """
        asked = list(messages)
        scored = self.intents.scores_many([unquoted(message) for message, _ in asked])
        return [
            self._route(scores, triggers, message=message, language=language)
            for (message, language), scores in zip(asked, scored, strict=True)
        ]

    def _route(
        self, scores: IntentScores, triggers: RegulatedTriggers, *, message: str, language: str
    ) -> Route:
        ranked = sorted(
            ((topic, float(p)) for topic, p in zip(self.topics, scores.probabilities, strict=True)),
            key=lambda pair: (-pair[1], pair[0]),
        )
        topic, probability = ranked[0]
        fits = language in self.languages and self.floors.let_pass(scores)
        return Route(
            topic=topic if fits else None,
            probability=probability if fits else 0.0,
            out_of_scope=not fits,
            out_of_scope_score=scores.out_of_scope,
            regulated=triggers.fired(message, ranked),
            alternatives=tuple(ranked[1 : _ALTERNATIVES + 1] if fits else ranked[:_ALTERNATIVES]),
        )

    def to_bytes(self) -> bytes:
        """The router as bytes: the same training gives the same bytes."""
        own = self.own_fits
        header = {
            "format": FORMAT,
            "region": self.region,
            "languages": self.languages,
            "intents": header_of(self.intents),
            "floors": asdict(self.floors),
            "own_fits": None if own is None else {"shift": own.shift, **own.measures},
            "training": dict(self.training),
        }
        direction = {} if own is None else {_DIRECTION: own.direction}
        return to_bytes(header, arrays_of(self.intents) | direction)

    @classmethod
    def from_bytes(cls, data: bytes, *, encoders: Encoders) -> Router:
        """The router `to_bytes` wrote; anything else is `Tampered`. Never runs code from `data`.

        `encoders` are those at hand: `NoWeights` if the one it was trained with isn't among them.
        """
        header, arrays = from_bytes(data, what="the router")
        try:
            if header.pop("format") != FORMAT:
                msg = "this router has another format: train it again"
                raise Tampered(msg)
            own = header["own_fits"]
            return cls(
                region=header["region"],
                languages=tuple(header["languages"]),
                intents=model_of(header["intents"], arrays, encoders=encoders),
                floors=Floors(**header["floors"]),
                own_fits=None if own is None else OwnFits(direction=arrays[_DIRECTION], **own),
                training=header["training"],
            )
        except (KeyError, TypeError):
            msg = "these bytes are no router: restore the model or train it again"
            raise Tampered(msg) from None

    @cached_property
    def digest(self) -> str:
        """Content hash of the bytes."""
        return digest(self.to_bytes())

"""An intent model as data: a header of plain values and named arrays, never code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, TypeVar

from handrail.agent.intents.heads import HiddenHead, JointHead, MeaningHead, WordsHead
from handrail.agent.intents.model import Alone, IntentModel, Meaning
from handrail.agent.intents.scope import ALL_FEATURES, WORDS_FEATURES, ScopeHead, Usual
from handrail.errors import HandrailError, Tampered
from handrail.inference.encoders import Encoder
from handrail.inference.weights import NoWeights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Encoders = Mapping[str, Callable[[], Encoder | None]]
Head = TypeVar("Head", WordsHead, MeaningHead, JointHead, HiddenHead)


def header_of(model: IntentModel) -> dict[str, Any]:
    """Everything of the model but its arrays."""
    meaning = model.meaning
    return {
        "labels": model.labels,
        "vocabulary": model.vocabulary,
        "weight": model.weight,
        "scope_bias": model.scope.bias,
        "meaning": None
        if meaning is None
        else {
            "encoder": meaning.encoder.name,
            "encoder_digest": meaning.encoder.digest,
            "dimensions": meaning.encoder.dimensions,
            "scope_bias": meaning.scope.bias,
            "alone": meaning.alone,
            "together": meaning.together,
            "words_suffice": asdict(meaning.words_suffice),
            "units": None if meaning.hidden is None else len(meaning.hidden.inner_bias),
            "votes": meaning.votes,
        },
    }


def arrays_of(model: IntentModel) -> dict[str, NDArray[np.float32]]:
    """The arrays of the model by name."""
    arrays = _of_head("words", model.words) | _of_scope("words_scope", model.scope)
    if model.meaning is not None:
        arrays |= _of_head("meaning", model.meaning.head) | _of_head("joint", model.meaning.joint)
        arrays |= _of_scope("scope", model.meaning.scope)
        if model.meaning.hidden is not None:
            arrays |= _of_head("hidden", model.meaning.hidden)
    return arrays


def model_of(
    header: Mapping[str, Any], arrays: Mapping[str, NDArray[np.float32]], *, encoders: Encoders
) -> IntentModel:
    """The model of a header and arrays; `Tampered` where they don't fit each other.

    `NoWeights` where the encoder it was trained with isn't here or can't be read: another one's
    vectors mean other things.
    """
    meaning = header["meaning"]
    model = IntentModel(
        labels=tuple(header["labels"]),
        vocabulary=tuple(header["vocabulary"]),
        words=_head(WordsHead, "words", arrays),
        weight=header["weight"],
        scope=_scope("words_scope", arrays, header["scope_bias"]),
        meaning=None
        if meaning is None
        else Meaning(
            head=_head(MeaningHead, "meaning", arrays),
            joint=_head(JointHead, "joint", arrays),
            scope=_scope("scope", arrays, meaning["scope_bias"]),
            alone=tuple(meaning["alone"]),
            together=tuple(meaning["together"]),
            words_suffice=Alone(**meaning["words_suffice"]),
            encoder=_same_encoder(meaning, encoders),
            hidden=None if meaning["units"] is None else _head(HiddenHead, "hidden", arrays),
            votes=tuple(meaning["votes"]),
        ),
    )
    sizes = (0, 0) if meaning is None else (meaning["dimensions"], meaning["units"] or 0)
    _require_shapes(arrays_of(model), model, *sizes)
    return model


def _same_encoder(meaning: Mapping[str, Any], encoders: Encoders) -> Encoder:
    name = str(meaning["encoder"])
    encoder = encoders[name]() if name in encoders else None
    if encoder is None:
        msg = f"the model needs the encoder {name!r}, which isn't here: type `make .venv/.ready`"
        raise NoWeights(msg)
    if encoder.digest != meaning["encoder_digest"]:
        msg = (
            f"the model was trained with another version of the encoder {name!r}: install that "
            "one, or train again"
        )
        raise NoWeights(msg)
    _require_readable(encoder)
    return encoder


def _require_readable(encoder: Encoder) -> None:
    """Its files are read and checked now, by a first text, not when a message needs them."""
    try:
        shape = encoder.encode(["hello"]).shape
    except HandrailError:
        raise
    except Exception as error:
        msg = (
            f"the encoder {encoder.name!r} can't be read ({type(error).__name__}): delete `.venv`, "
            "then type `make .venv/.ready`"
        )
        raise NoWeights(msg) from error
    if shape != (1, encoder.dimensions):
        msg = f"the encoder {encoder.name!r} makes vectors of another size: install it again"
        raise NoWeights(msg)


def _of_head(prefix: str, head: Head) -> dict[str, NDArray[np.float32]]:
    return {f"{prefix}_{field.name}": getattr(head, field.name) for field in fields(head)}


def _head(kind: type[Head], prefix: str, arrays: Mapping[str, NDArray[np.float32]]) -> Head:
    return kind(**{field.name: arrays[f"{prefix}_{field.name}"] for field in fields(kind)})


def _of_scope(name: str, head: ScopeHead) -> dict[str, NDArray[np.float32]]:
    return {
        f"{name}_middle": head.usual.middle,
        f"{name}_scale": head.usual.scale,
        f"{name}_weights": head.weights,
    }


def _scope(name: str, arrays: Mapping[str, NDArray[np.float32]], bias: float) -> ScopeHead:
    usual = Usual(arrays[f"{name}_middle"], arrays[f"{name}_scale"])
    return ScopeHead(usual, arrays[f"{name}_weights"], bias)


def _require_shapes(
    arrays: Mapping[str, NDArray[np.float32]], model: IntentModel, dimensions: int, units: int
) -> None:
    import numpy as np

    grams, labels = len(model.vocabulary), len(model.labels)
    expected: dict[str, tuple[int, ...]] = {
        "words_idf": (grams,),
        "words_weights": (grams, labels),
        "words_bias": (labels,),
        "words_none_weights": (grams,),
        "words_none_bias": (1,),
        "words_centroids": (grams, labels),
        "meaning_weights": (dimensions, labels),
        "meaning_bias": (labels,),
        "meaning_none_weights": (dimensions,),
        "meaning_none_bias": (1,),
        "meaning_typical_weights": (dimensions, labels),
        "meaning_typical_bias": (labels,),
        "meaning_means": (labels, dimensions),
        "meaning_center": (dimensions,),
        "meaning_whitening": (dimensions, dimensions),
        "joint_gram_weights": (grams, labels),
        "joint_weights": (dimensions, labels),
        "joint_bias": (labels,),
        "joint_none_gram_weights": (grams,),
        "joint_none_weights": (dimensions,),
        "joint_none_bias": (1,),
        "hidden_inner": (dimensions, units),
        "hidden_inner_bias": (units,),
        "hidden_weights": (units, labels),
        "hidden_bias": (labels,),
    }
    for name, features in (("words_scope", WORDS_FEATURES), ("scope", ALL_FEATURES)):
        expected |= {
            f"{name}_middle": (labels, features),
            f"{name}_scale": (labels, features),
            f"{name}_weights": (features,),
        }
    odd = [
        name
        for name, array in arrays.items()
        if array.shape != expected[name]
        or array.dtype != np.float32
        or not np.isfinite(array).all()
    ]
    if labels < 2 or odd:
        msg = "the router's arrays don't fit its header: restore the model or train it again"
        raise Tampered(msg)

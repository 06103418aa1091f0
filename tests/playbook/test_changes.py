"""What two versions differ in is told completely, once, and in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.errors import BadInput, Tampered
from handrail.playbook.changes import changes, sentence, wording
from handrail.playbook.completeness import completeness
from handrail.playbook.model import Playbook, Use
from handrail.playbook.reader import read_playbook
from handrail.playbook.versions import Versions, changed_since, content_digest
from handrail.residency import Region
from handrail.vault.names import Artifact
from tests.playbook.conftest import TODAY, Write


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("takes", "needs", "template order_status.eu.en.1, order_status.us.en.1 changed (text): "
         "Order {order_id} [-takes-] [+needs+] {days} days."),
        ('us: {en: "5"}', 'us: {en: "6"}', "fact days.us.en.1 changed (value): [-5-] [+6+]"),
        ("Where it is.", "Where it went.", "topic order_status changed (description): "
         "Where it [-is.-] [+went.+]"),
        ("regulated: true", "regulated: false", "topic loan_advice opened: "
         "[-people only-] [+the agent may+]"),
        ("tier: low, regulated: false", "tier: low, regulated: true", "topic order_status closed: "
         "[-the agent may-] [+people only+]"),
        ("Little harm.", "No harm.", "risk tier low changed: [-Little-] [+No+] harm."),
        ("Director", "Chief", "mandate route changed (approval): [-Director,-] [+Chief,+] "
         "2025-01-01 to 2026-12-31"),
        ("[Invent nothing.]", "[Invent nothing. Ask.]", "mandate route changed (guardrails): "
         "Invent nothing. [+Ask.+]"),
        ("A specialist.", "One specialist.", "disclosure out.eu.en, out.us.en changed (text): "
         "[-A-] [+One+] specialist."),
        ("[i guess]", "[i guess, maybe]", "banned phrase en guessing: maybe added: [+maybe+]"),
        ("[loan]", "[credit]", "regulated phrase en loan_advice: loan removed: [-loan-]"),
        ("use: training", "use: held_out", "boundary example en guessing: When changed (use): "
         "[-training-] [+held_out+]"),
    ],
)  # fmt: skip
def test_a_change_is_one_sentence(write: Write, old: str, new: str, told: str) -> None:
    before = read_playbook(write())
    after = read_playbook(write((old, new)))
    assert told in [sentence(change) for change in changes(before, after)]
    assert changes(after, after) == ()


def test_a_template_that_comes_or_goes_is_told(write: Write) -> None:
    entry = "  - {topic: order_status, regions: [us], texts: {en: A second one.}}\n"
    one, two = read_playbook(write()), read_playbook(write(("facts:\n", entry + "facts:\n")))
    (came,), (went,) = changes(one, two), changes(two, one)
    assert (came.what, came.entries) == ("added", ("order_status.us.en.2",))
    assert (went.what, went.before.startswith("A second one.")) == ("retired", True)


def test_every_part_of_a_playbook_is_compared(example: Playbook) -> None:
    """A version with another digest differs in something that is told."""
    bounds = example.boundaries
    for other in (
        replace(example, tiers={**example.tiers, "low": "x"}),
        replace(example, templates=example.templates[1:]),
        replace(example, facts=example.facts[1:]),
        replace(example, disclosures=example.disclosures[1:]),
        replace(example, topics={k: v for k, v in example.topics.items() if k != "promo_code"}),
        replace(example, mandates={"route": example.mandates["route"]}),
        replace(example, boundaries=replace(bounds, banned={})),
        replace(example, boundaries=replace(bounds, human_claims={})),
        replace(example, boundaries=replace(bounds, regulated_keywords={})),
        replace(example, boundaries=replace(bounds, examples=bounds.used_for(Use.TRAINING))),
    ):
        assert changes(example, other)


WORDS = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=12).map(" ".join)


@given(WORDS, WORDS)
def test_the_words_of_both_texts_are_all_told(before: str, after: str) -> None:
    told = list(wording(before, after))
    assert " ".join(w for kind, w in told if kind != "added") == before
    assert " ".join(w for kind, w in told if kind != "removed") == after


def test_a_version_is_kept_by_its_hash_and_read_back(example: Playbook, tmp_path: Path) -> None:
    """R47, R49: what a release was made with can be read when the files say something else."""
    versions = Versions(tmp_path)
    assert versions.names() == ()
    versions.keep(example)
    versions.keep(example)
    assert versions.names() == (example.digest,)
    assert versions.read(example.digest) == versions.read(example.digest[:12]) == example
    assert content_digest(example) == example.digest


def test_an_edited_version_is_refused(example: Playbook, tmp_path: Path) -> None:
    versions = Versions(tmp_path)
    versions.keep(example)
    (path,) = (tmp_path / "playbooks").glob("*.json")
    whole = path.read_bytes()
    for edited in (whole.replace(b"spam folder", b"hall closet"), whole[:-1], b"{}"):
        path.write_bytes(edited)
        with pytest.raises(Tampered, match="was edited: restore it"):
            versions.read(example.digest)
        with pytest.raises(Tampered):
            versions.keep(example)


def test_an_unknown_or_ambiguous_version_is_no_version(write: Write, tmp_path: Path) -> None:
    versions = Versions(tmp_path)
    for old, new in (("takes", "takes"), ("takes", "needs")):
        versions.keep(read_playbook(write((old, new))))
    with pytest.raises(BadInput, match="is no version of the playbook; there are: "):
        versions.read("xyz")
    with pytest.raises(BadInput, match="is the start of several"):
        versions.read("")


def test_what_changed_since_the_last_version_is_a_list(write: Write, tmp_path: Path) -> None:
    versions = Versions(tmp_path / "home")
    old = read_playbook(write())
    new = read_playbook(write(('us: {en: "5"}', 'us: {en: "6"}')))
    last = Artifact("playbook", "all", old.digest, None, 1, {})
    assert changed_since(None, versions, new) == "this is the first version"
    assert "were not kept" in changed_since(last, versions, new)
    versions.keep(old)
    assert changed_since(last, versions, new) == "- fact days.us.en.1 changed (value): [-5-] [+6+]"
    assert changed_since(last, versions, old) == "nothing"


def test_completeness_is_a_row_per_region_and_language(write: Write) -> None:
    """R15"""
    regions = [Region("eu", "EU", ("DE",), ("en", "de")), Region("us", "US", ("US",), ("en",))]
    book = read_playbook(write())
    rows = [row.row() for row in completeness(book, regions, on=TODAY)]
    assert rows == [
        ("eu", "en", "1/1", "3/3", "2/2", "1/7", "1", "0", "0/2", "0/0"),
        ("eu", "de", "1/1", "3/3", "2/2", "0/7", "0", "0", "0/2", "0/0"),
        ("us", "en", "1/1", "3/3", "2/2", "1/7", "1", "0", "0/2", "0/0"),
    ]
    later = [row.row()[2:5] for row in completeness(book, regions[1:], on=date(2027, 1, 1))]
    assert later == [("0/1", "0/3", "0/2")]
    unsigned = read_playbook(write(("approver: Lead", "approver: TO DO")))
    (row,) = completeness(unsigned, regions[1:], on=TODAY)
    assert row.row()[2:5] == ("0/1", "0/3", "0/2")

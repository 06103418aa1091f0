"""A data set is proven whole when it is read, and tells of each row what became of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, replace

import pytest

from handrail.bounds import suppress_small
from handrail.dataset.card import data_card, told
from handrail.dataset.diffing import difference
from handrail.dataset.eviction import gone_between
from handrail.dataset.explaining import Story, explain
from handrail.dataset.manifest import Frozen, encode, thaw
from handrail.dataset.model import LeftOut, Split, Synthesis, TrainingExample
from handrail.dataset.stored import (
    last_version,
    lists_of,
    read_dataset,
    read_lists,
    read_row,
    read_version,
    version,
    versions,
)
from handrail.digests import canonical
from handrail.errors import BadInput, Tampered
from handrail.settings import Settings
from handrail.vault.region_vault import RegionVault, RegionVaults
from handrail.vault.root_key import key_database
from tests.dataset.held import (
    EXPLAINS,
    MAKES,
    examples_of,
    frozen_of,
    store_chats,
    store_dataset,
)

IDS = [f"c{n}" for n in range(12)]
LEFT_OUT, DROPPED = "c10", "c11"


class Home:
    """A region with twelve chats: ten rows of its data set, one left out, one not admitted."""

    def __init__(self, vault: RegionVault, settings: Settings) -> None:
        self.vault, self.settings = vault, settings
        self.owners = store_chats(vault, IDS)
        self.frozen = frozen_of(vault, examples_of(IDS[:10]), [LeftOut(LEFT_OUT, "burst")])
        self.dropped = {DROPPED: ["reopened", "escalated"]}
        self.artifact = store_dataset(vault, self.frozen, self.owners, self.dropped, instead={})

    def again(self, frozen: Frozen) -> None:
        """Another data set in place of this one."""
        store_dataset(self.vault, frozen, self.owners, self.dropped, instead={})

    def erase(self, row: str) -> None:
        """Destroy the key of the person whose row it is."""
        with sqlite3.connect(key_database(self.settings, self.vault.region)) as keys:
            name = f"subject/{self.owners[row]}"
            assert keys.execute("delete from data_keys where name = ?", (name,)).rowcount == 1

    def story(self, row: str) -> Story:
        return explain(self.vault, row, version(self.vault, None), access=EXPLAINS)

    def says(self, row: str, about: str) -> str:
        return "; ".join(line.says for line in self.story(row).lines if line.about == about)


@pytest.fixture
def home(vaults: RegionVaults, settings: Settings) -> Iterator[Home]:
    yield Home(vaults.of("eu"), settings)


def test_what_was_frozen_is_read(home: Home) -> None:
    examples, artifact = read_dataset(home.vault, access=MAKES)
    assert (examples, artifact) == (home.frozen.examples, home.artifact)
    assert artifact.digest == home.frozen.manifest.digest
    lists = read_lists(home.vault, artifact, access=EXPLAINS)
    assert lists == lists_of(home.frozen, home.dropped)


def edited_row(frozen: Frozen) -> dict[str, bytes]:
    example = frozen.examples[0]
    return {example.example_id: canonical(replace(example, topic="order_status"))}


def edited_manifest(frozen: Frozen) -> dict[str, bytes]:
    return {"~manifest": canonical({**asdict(frozen.manifest), "simulated_share": 0.0})}


def edited_list(frozen: Frozen) -> dict[str, bytes]:
    """The list agrees with a row that was edited; the manifest's root does not."""
    forged = frozen_of_edited(frozen)
    return {"~rows": encode(forged, {})["rows"], **edited_row(frozen)}


def frozen_of_edited(frozen: Frozen) -> Frozen:
    first = replace(frozen.entries[0], digest="0" * 64)
    return replace(frozen, entries=(first, *frozen.entries[1:]))


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (edited_row, "1 rows are not those that its manifest covers"),
        (edited_manifest, "its manifest was edited"),
        (edited_list, "its list of rows is not the one"),
        (lambda frozen: {"~manifest": b"{}"}, "is not readable"),
    ],
)
def test_an_edited_row_list_or_manifest_is_refused(home: Home, edit: object, said: str) -> None:
    """Issue 6: whoever holds every key still can't change a row without changing the set's id."""
    edits = edit(home.frozen)  # type: ignore[operator]
    store_dataset(home.vault, home.frozen, home.owners, home.dropped, instead=edits)
    with pytest.raises(Tampered, match=said):
        read_dataset(home.vault, access=MAKES)


def test_a_set_without_an_erased_row_is_whole_still(home: Home) -> None:
    """R40: its id is told from the list, which has the row's hash and nothing else of it."""
    home.erase("c3")
    examples, manifest = read_version(home.vault, home.artifact, access=EXPLAINS)
    assert len(examples) == manifest.rows - 1
    assert read_row(home.vault, home.artifact, "c3", access=EXPLAINS) is None
    assert "destroyed" in home.says("c3", "erased")
    assert home.says("c3", "data set").startswith("it is in data set")


def test_versions_are_listed_and_found_by_how_their_id_begins(home: Home) -> None:
    home.again(frozen_of(home.vault, examples_of(IDS[:9])))
    newest, first = versions(home.vault)
    assert (newest.is_current, first.is_current) == (True, False)
    assert version(home.vault, None) == newest
    assert version(home.vault, first.artifact.digest[:10]) == first
    with pytest.raises(BadInput, match=newest.artifact.digest[:12]):
        version(home.vault, "beef")


def test_a_set_that_lists_no_ids_is_not_compared_with(home: Home) -> None:
    """A home of an older version goes on with its next run."""
    assert last_version(home.vault) is None  # this one was stored without the measures of a build


def test_a_difference_says_what_came_went_and_changed(home: Home) -> None:
    before = read_lists(home.vault, home.artifact, access=EXPLAINS)
    kept = [e for e in examples_of(IDS) if e.example_id not in {"c0", "c1", "c2", DROPPED}]
    others = [replace(e, weight=0.25) if e.example_id == "c5" else e for e in kept]
    after = lists_of(
        frozen_of(home.vault, others, [LeftOut("c0", "over_mix")]), {"c1": ["reopened"]}
    )
    gone = gone_between(home.vault, home.artifact, after, access=EXPLAINS)
    assert gone == {"admission|reopened": 1, "dataset|no_longer_held": 1, "dataset|over_mix": 1}
    found = difference(before, after, gone=gone)
    assert (found.added, found.changed, found.moved) == (1, 1, 0)
    said = " ".join(found.sentences())
    assert "10 rows became 8: <5 came new" in said
    assert replace(found, added=244).added_shown == "about 240"
    assert replace(found, added=244, gone={"dataset|burst": 6}).added_shown == "244"
    assert "<5 are gone: The chat was reopened" in said
    assert found.picture().startswith("![difference")
    policies = {**after.manifest.provenance.policies, "mix": "0" * 64}
    with_policy = replace(after.manifest.provenance, policies=policies)
    other = replace(after, manifest=replace(after.manifest, provenance=with_policy))
    assert difference(before, other, gone={}).policies == (("mix", "f" * 64, "0" * 64),)


def test_the_same_set_has_no_difference(home: Home) -> None:
    lists = read_lists(home.vault, home.artifact, access=EXPLAINS)
    same = difference(lists, lists, gone={})
    assert (same.added, same.changed, same.moved, same.shifts, same.policies) == (0, 0, 0, (), ())


def test_a_row_s_story_is_told_without_its_text(home: Home) -> None:
    story = home.story("c2")
    told = {line.about: line.says for line in story.lines}
    assert story.is_in
    assert told["data set"].startswith(f"it is in data set {home.artifact.digest[:12]}")
    assert told["source"] == "exported from desk"
    assert told["redaction"].endswith("replaced 1 EMAIL")
    assert told["topic"] == "password_reset, set by export"
    assert told["language"] == "en, set by model, 97% sure"
    assert "status closed" in told["evidence"]
    assert "nobody flagged" in told["weight"]
    assert "hash of its person's group" in told["split"]
    assert not any("asks" in line.says or "done" in line.says for line in story.lines)


def test_a_row_that_was_left_out_has_its_rule(home: Home) -> None:
    """R3."""
    assert "again and again" in home.says(LEFT_OUT, "data set")
    reopened, escalated = home.says(DROPPED, "data set").split("; it is not")
    assert "admission|reopened" in reopened
    assert "admission|escalated" in escalated
    assert not home.story(DROPPED).is_in


def test_a_row_that_nobody_knows_is_refused_with_where_to_look(home: Home) -> None:
    with pytest.raises(BadInput, match="waits in quarantine"):
        home.story("nobody")
    with pytest.raises(BadInput):
        home.story("~manifest")


def test_a_card_hides_small_counts_and_says_what_may_not_be_done(home: Home) -> None:
    card = data_card(home.frozen.manifest, gone={"admission|reopened": 3})
    for heading in ("Motivation", "Composition", "Collection", "Preprocessing", "Uses",
                    "Distribution", "Maintenance"):  # fmt: skip
        assert f"\n## {heading}\n" in card
    assert "| The chat was reopened before closing or within the days allowed after it. | <5 |" in (
        card
    )
    assert f"| train | {suppress_small(home.frozen.manifest.counts['split']['train'])} |" in card
    assert "any target text that a customer wrote" in card


def test_a_card_tells_of_no_cell_how_many_rows_were_written_for_it(home: Home) -> None:
    """What was written is the floor less the real rows, so it would tell a small cell's count."""
    made = home.frozen.manifest
    part = replace(made.synthetic, rows=27, by_generator={"g, seed 1": 27}, by_cell={"rare": 27})
    card = data_card(replace(made, synthetic=part), gone={})
    assert "written for 1 cells" in card
    assert "rare" not in card


def test_the_manifest_as_data_tells_no_more_than_the_card(home: Home) -> None:
    """R7, R50: neither a small count nor what was written for each cell."""
    made = home.frozen.manifest
    part = replace(made.synthetic, rows=27, by_generator={"g, seed 1": 27}, by_cell={"rare": 27})
    counts = {"topic": {"fraud_report": 1, "order_status": 9}}
    said = told(replace(made, synthetic=part, counts=counts, left_out={"burst": 2}))
    assert said["counts"] == {"topic": {"fraud_report": "<5", "order_status": 9}}
    assert said["left_out"] == {"burst": "<5"}
    assert said["rows_root"] == made.rows_root
    assert said["synthetic"]["cells"] == 1 and "rare" not in str(said)


def test_a_row_that_speaks_to_the_machine_says_so_and_is_counted(home: Home) -> None:
    """R3: in the row, the manifest, the card and its story; the funnel is the manifest's."""
    orders = ("order_in_message", "hidden_in_message")
    rows = [replace(e, signals=orders if n < 6 else ()) for n, e in enumerate(examples_of(IDS[:9]))]
    home.again(frozen_of(home.vault, rows, [LeftOut(LEFT_OUT, "burst")]))
    examples, manifest = read_version(
        home.vault, version(home.vault, None).artifact, access=EXPLAINS
    )
    assert manifest.signals == {"order_in_message, hidden_in_message": 6}
    assert "| order in message, hidden in message | 6 |" in data_card(manifest, gone={})
    seen = next(e.example_id for e in examples if e.signals)
    assert home.says(seen, "signals").startswith("order in message, hidden in message: ")
    other = next(e.example_id for e in examples if not e.signals)
    assert home.says(other, "signals") == "nothing in it speaks to the machine"


def test_a_data_set_made_before_rows_had_signals_is_read(home: Home) -> None:
    """R49: what was made stays readable, and the next set can be compared with it."""
    counts = {n: c for n, c in home.frozen.manifest.counts.items() if n != "signals"}
    made = replace(home.frozen.manifest, counts=counts)
    assert (made.signals, "speaks to the machine." in data_card(made, gone={})) == ({}, True)
    new = ("reply_accepted", "flagged", "signals")
    row = asdict(home.frozen.examples[0])
    old = canonical({name: value for name, value in row.items() if name not in new})
    assert thaw(old) == home.frozen.examples[0]
    warned = canonical({n: v for n, v in (row | {"accepted": False}).items() if n not in new})
    assert thaw(warned).reply_accepted is False, "what people warned of is no target"


def test_the_story_of_a_generated_row_tells_of_no_chat_that_was_lost(home: Home) -> None:
    """R8: it never had a chat, and nobody could flag it."""
    (written,) = examples_of(["synthetic-1"])
    mark = Synthesis("grammar/1", 7, "rare / en / chat", ("reset_link",), False)
    written = replace(written, split=Split.TRAIN, synthesis=mark)
    home.again(
        frozen_of(home.vault, [*examples_of(IDS[:9]), written], [LeftOut(LEFT_OUT, "burst")])
    )
    story = " ".join(line.says for line in home.story("synthetic-1").lines)
    assert "written by grammar/1, seed 7" in story
    assert "held any more" not in story and "flagged" not in story


def test_a_held_out_day_explains_the_split(home: Home) -> None:
    def later(example: TrainingExample) -> TrainingExample:
        return replace(example, split=Split.TEST)

    moved = [later(e) if e.split is Split.TRAIN else e for e in examples_of(IDS[:10])]
    frozen = frozen_of(home.vault, moved)
    made = replace(
        frozen.manifest,
        provenance=replace(frozen.manifest.provenance, held_out_from=moved[0].day),
    )
    home.again(replace(frozen, manifest=made))
    row = next(e.example_id for e in examples_of(IDS[:10]) if e.split is Split.TRAIN)
    assert "its day is held out" in home.says(row, "split")

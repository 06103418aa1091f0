"""What is no file, can't be read, or changes while it is read (R2, R3)."""

from __future__ import annotations

import json
import os
import resource
from pathlib import Path

import pytest

from handrail.conversations.intake import Export, fingerprint
from handrail.conversations.sources.mapping import load_mapping
from handrail.errors import BadInput
from handrail.settings import Settings
from tests.conversations.children import output_of
from tests.conversations.exports import read, row, write_jsonl

GOOD = json.dumps(row("good")).encode() + b"\n"


def test_what_is_no_file_is_refused_and_never_waited_for(
    settings: Settings, tmp_path: Path
) -> None:
    """R2: a pipe without a writer would hang the reading for ever."""
    os.mkfifo(tmp_path / "pipe.jsonl")
    (tmp_path / "loop.jsonl").symlink_to("loop.jsonl")
    (tmp_path / "dangling.jsonl").symlink_to("nowhere.jsonl")
    (tmp_path / "device.jsonl").symlink_to("/dev/zero")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.jsonl").mkdir()
    for name, said in (
        ("pipe.jsonl", "is no regular file"),
        ("device.jsonl", "is no regular file"),
        ("loop.jsonl", "Too many levels of symbolic links"),
        ("dangling.jsonl", "does not exist"),
        ("x" * 5000 + ".jsonl", "File name too long"),
        ("folder", "a folder named like an export"),
        ("a\ud800.jsonl", "is not UTF-8: rename it"),
    ):
        with pytest.raises(BadInput, match=said):
            read(settings, tmp_path / name)
        if name not in ("folder", "dangling.jsonl"):
            with pytest.raises(BadInput, match=said):
                load_mapping(tmp_path / name)


@pytest.mark.parametrize("name", ["pipe.jsonl", "dangling.jsonl", "a\udcff.jsonl"])
def test_a_folder_with_an_export_that_is_none_is_refused(
    settings: Settings, tmp_path: Path, name: str
) -> None:
    """R2, R3: leaving it out silently would lose chats."""
    folder = tmp_path / "exports"
    write_jsonl(folder / "a.jsonl", row("a"))
    if name == "pipe.jsonl":
        os.mkfifo(folder / name)
    elif name == "dangling.jsonl":
        (folder / name).symlink_to("nowhere")
    else:
        (folder / name).write_bytes(GOOD)
    with pytest.raises(BadInput):
        read(settings, folder)
    with pytest.raises(BadInput):
        fingerprint(Export(folder, None, None, False))


def test_a_pipe_put_in_the_place_of_a_file_is_refused(settings: Settings, tmp_path: Path) -> None:
    """R2: what was looked at is not always what is opened."""
    folder = tmp_path / "exports"
    write_jsonl(folder / "2.jsonl", row("a"))
    old = write_jsonl(folder / "1.jsonl", row("b"))

    def swap() -> None:
        old.unlink()
        os.mkfifo(old)

    with pytest.raises(BadInput, match="is no regular file"):
        _read_and(settings, folder, swap)


def _read_and(settings: Settings, path: Path, meanwhile: object) -> list[str]:
    """The ids in `path`; `meanwhile` happens after the first row."""
    from handrail.conversations.intake import Accepted, read_exports
    from tests.conftest import NOW

    reading = read_exports(
        [Export(path, None, None, False)],
        region=settings.region("eu"),
        regions=settings.all_regions(),
        product_areas=settings.product_areas,
        limits=settings.intake,
        first_day=settings.first_day,
        kept_since="",
        now=NOW,
    )
    ids = []
    for each in reading:
        if not ids:
            meanwhile()  # type: ignore[operator]
        if isinstance(each, Accepted):
            ids.append(each.conversation.conversation_id)
    reading.counts.reconcile()
    return ids


def test_a_file_that_changes_while_it_is_read_is_refused(
    settings: Settings, tmp_path: Path
) -> None:
    """R3: what was read of it is no whole; a writer that never ends can't hold the reading."""
    rows = [row(f"c-{n}") for n in range(500)]
    file = write_jsonl(tmp_path / "e.jsonl", *rows)

    def grow() -> None:
        with file.open("ab") as stream:
            stream.write(GOOD)

    with pytest.raises(BadInput, match="changed while it was read"):
        _read_and(settings, file, grow)
    with pytest.raises(BadInput, match="changed while it was read"):
        _read_and(settings, file, lambda: os.truncate(file, 1000))


def test_a_file_that_vanishes_while_it_is_read_is_still_read_whole(
    settings: Settings, tmp_path: Path
) -> None:
    rows = [row(f"c-{n}") for n in range(500)]
    file = write_jsonl(tmp_path / "e.jsonl", *rows)
    assert len(_read_and(settings, file, file.unlink)) == 500


def test_a_file_that_vanishes_before_its_turn_is_named(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    write_jsonl(folder / "2.jsonl", row("a"))
    old = write_jsonl(folder / "1.jsonl", row("b"))
    with pytest.raises(BadInput, match=r"1\.jsonl can't be read \(No such file"):
        _read_and(settings, folder, old.unlink)


@pytest.mark.skipif(os.getuid() != 0, reason="gives up the rights of root, so it must have them")
def test_what_may_not_be_read_is_refused_with_a_sentence(tmp_path: Path) -> None:
    """R2: a file, a folder, a file in a closed folder; looked at without the rights of root."""
    file = write_jsonl(tmp_path / "closed.jsonl", row("a"))
    inside = write_jsonl(tmp_path / "closed" / "a.jsonl", row("a"))
    file.chmod(0o000)
    inside.parent.chmod(0o000)
    child = (
        "import os, sys; from pathlib import Path\n"
        "from handrail.conversations.intake import Export\n"
        "from handrail.errors import BadInput\n"
        "os.setgroups([]); os.setuid(65534)\n"
        "for path in sys.argv[1:]:\n"
        "    try: Export(Path(path), None, None, False).open()\n"
        "    except BadInput as error: print(error)\n"
    )
    for folder in (*tmp_path.parents, tmp_path):
        if folder.stat().st_uid == os.getuid() and folder.is_relative_to("/tmp"):
            folder.chmod(folder.stat().st_mode | 0o055)
    said = output_of(child, file, inside, inside.parent).splitlines()
    assert len(said) == 3
    assert all("(Permission denied): check" in line for line in said)


def test_thousands_of_files_are_read_one_after_the_other(
    settings: Settings, tmp_path: Path
) -> None:
    """R2: with at most a few of them open."""
    folder = tmp_path / "exports"
    for n in range(1000):
        write_jsonl(folder / f"{n:05}.jsonl", row(f"c-{n}"))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(128, soft), hard))
    try:
        assert len(read(settings, folder).accepted) == 1000
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_of_ten_thousand_rows_with_one_id_one_is_accepted(
    settings: Settings, tmp_path: Path
) -> None:
    """R2, R3: and the others are counted as what they are."""
    file = write_jsonl(tmp_path / "e.jsonl", *[GOOD.strip()] * 10_000)
    result = read(settings, file)
    assert result.counts.reconcile() == {"rows": 10_000, "accepted": 1, "duplicate": 9_999}

"""R2: what can't be used is refused with what to do, an exit code of 2, and nothing changed."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from handrail.settings import PROJECT
from orchestration.cli import app

STAR = PROJECT / "deploy" / "mappings" / "star.yaml"
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command over a home of its own."""
    monkeypatch.setenv("HANDRAIL_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("HANDRAIL_CONFIG", raising=False)

    def invoke(*arguments: object) -> Result:
        return CliRunner().invoke(app, [str(a) for a in arguments], env={"COLUMNS": "400"})

    return invoke


def refused(result: Result, *sentences: str) -> None:
    assert result.exit_code == 2, result.output
    for sentence in sentences:
        assert sentence in result.output
    assert "Traceback" not in result.output


def test_missing_file(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "nothing.jsonl"
    refused(run("run", "--source", source, "--region", "eu"), "nothing.jsonl")
    assert not (tmp_path / "home" / "eu" / "exports.json").exists()


def _wrong_sources(folder: Path) -> dict[str, tuple[Path, str]]:
    """Things that are no export, by name, and what is said of each."""
    os.mkfifo(folder / "pipe.jsonl")
    (folder / "loop.jsonl").symlink_to("loop.jsonl")
    (folder / "dangling.jsonl").symlink_to("nowhere")
    (folder / "device.jsonl").symlink_to("/dev/zero")
    (folder / "notes.txt").write_text("hello")
    (folder / "table.csv").write_text("id,said\n1,hi\n")
    (folder / "chats.jsonl").mkdir()
    for name in ("with-pipe", "with-folder"):
        (folder / name).mkdir()
        (folder / name / "a.jsonl").write_text("{}\n")
    os.mkfifo(folder / "with-pipe" / "b.jsonl")
    (folder / "with-folder" / "b.jsonl").mkdir()
    return {
        "pipe": (folder / "pipe.jsonl", "no regular file"),
        "loop": (folder / "loop.jsonl", "Too many levels of symbolic links"),
        "dangling": (folder / "dangling.jsonl", "does not exist"),
        "device": (folder / "device.jsonl", "no regular file"),
        "text": (folder / "notes.txt", "files ending in .jsonl"),
        "table": (folder / "table.csv", "needs a mapping file"),
        "empty folder named like a file": (folder / "chats.jsonl", "no exports in it"),
        "folder with a pipe": (folder / "with-pipe", "no regular file"),
        "folder with a folder": (folder / "with-folder", "a folder named like an export"),
        "below a file": (folder / "notes.txt" / "e.jsonl", "Not a directory"),
        "long name": (folder / f"{'x' * 5000}.jsonl", "File name too long"),
        "no text": (folder / "a\udcff.jsonl", "is not UTF-8: rename it"),
        "nothing": (Path(), "no exports in it"),
    }


def test_what_is_no_export_is_refused_with_a_sentence(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R2: whatever --source names, and nothing is registered."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    (tmp_path / "sources").mkdir()
    for source, said in _wrong_sources(tmp_path / "sources").values():
        refused(run("run", "--source", source, "--region", "eu"), said)
    assert not (tmp_path / "home" / "eu" / "exports.json").exists()


def test_what_is_no_mapping_is_refused_with_a_sentence(run: Run, tmp_path: Path) -> None:
    """R2: whatever --mapping and --format say, and nothing is registered."""
    export = tmp_path / "chats.jsonl"
    export.write_text("{}\n")
    os.mkfifo(tmp_path / "pipe.yaml")
    contents = {
        "bomb.yaml": (b"a: &a [x]\nb: &b [*a, *a]\n", "an alias (*name) is not read"),
        "tag.yaml": (b"!!python/object/apply:os.system [id]\n", "a table of keys is expected"),
        "deep.yaml": (b"[" * 100_000, "nested more than 16 deep"),
        "export.yaml": (b"x" * 300_000, "longer than 256000 bytes"),
        "utf16.yaml": ("version: 1".encode("utf-16"), "is not UTF-8"),
        "empty.yaml": (b"", "a table of keys is expected"),
        "surrogate.yaml": (b'"\\ud800": 1\n', "is no character"),
    }
    for name, (data, _) in contents.items():
        (tmp_path / name).write_bytes(data)
    wrong = {name: said for name, (_, said) in contents.items()}
    wrong |= {"pipe.yaml": "no regular file", ".": "no regular file", "no/a.yaml": "No such file"}
    for name, said in wrong.items():
        mapping = tmp_path / name
        refused(run("run", "--source", export, "--mapping", mapping, "--region", "eu"), said)
    for format_, said in (("xml", "unknown format 'xml'"), ("csv", "needs a mapping file")):
        refused(run("run", "--source", export, "--format", format_, "--region", "eu"), said)
    assert not (tmp_path / "home" / "eu" / "exports.json").exists()


@pytest.mark.parametrize(
    ("register", "said"),
    [
        (b"[{", "is damaged: delete it"),
        (b"5", "is damaged: delete it"),
        (b'[{"path": 5, "format": null, "mapping": null, "answer_key": null}]', "is damaged"),
        (b'[{"path": "/no.jsonl", "format": null, "mapping": null, "answer_key": null}]',
         "/no.jsonl, which region eu reads, is gone"),
        (b'[{"path": "/no.csv", "format": null, "mapping": "/no.yaml", "answer_key": null}]',
         "/no.csv, which region eu reads, is gone"),
    ],
)  # fmt: skip
def test_a_register_that_names_nothing_any_more(
    run: Run, tmp_path: Path, register: bytes, said: str
) -> None:
    """R2: an export that was given before and is gone, or a damaged list of them."""
    (tmp_path / "home" / "eu").mkdir(parents=True)
    (tmp_path / "home" / "eu" / "exports.json").write_bytes(register)
    refused(run("run", "--region", "eu"), said)


def test_folder_without_exports_says_what_is_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    refused(run("run", "--source", tmp_path / "empty", "--region", "eu"), ".jsonl")


def test_missing_region_lists_the_regions(run: Run, tmp_path: Path) -> None:
    export = tmp_path / "chats.jsonl"
    export.write_text("{}\n")
    refused(run("run", "--source", export), "--region eu or us")


def test_region_that_is_not_served(run: Run, tmp_path: Path) -> None:
    export = tmp_path / "chats.jsonl"
    export.write_text("{}\n")
    refused(run("run", "--source", export, "--region", "mars"), "'mars' is not served", "eu, us")


def test_mapping_with_an_unknown_field_names_it(run: Run, tmp_path: Path) -> None:
    export = tmp_path / "chats.jsonl"
    export.write_text("{}\n")
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(STAR.read_text() + "\ncustomer_mood: {path: mood}\n")
    result = run("run", "--source", export, "--mapping", mapping, "--region", "eu")
    refused(result, "customer_mood")


def test_mapping_that_does_not_exist(run: Run, tmp_path: Path) -> None:
    export = tmp_path / "chats.jsonl"
    export.write_text("{}\n")
    mapping = tmp_path / "nowhere.yaml"
    refused(run("run", "--source", export, "--mapping", mapping, "--region", "eu"), "nowhere.yaml")


def test_export_without_one_usable_row_says_why(run: Run, tmp_path: Path) -> None:
    """Nothing could be done, so the exit code says so; every row's reason is counted."""
    export = tmp_path / "chats.jsonl.gz"
    export.write_bytes(gzip.compress(b"not json\n" * 3)[:-4])
    result = run("run", "--source", export, "--region", "eu")
    assert result.exit_code == 1, result.output
    assert "none of" in result.output and "malformed" in result.output


def test_unknown_release_and_unknown_reply(run: Run) -> None:
    refused(
        run("release", "approve", "rel-0", "--region", "eu", "--actor", "me"), "no release rel-0"
    )
    refused(run("why", "reply-0"), "no reply 'reply-0'")


def test_trying_before_anything_is_live_says_what_to_do(run: Run) -> None:
    refused(run("try", "hello", "--region", "eu"), "no release is live", "handrail run")
    refused(run("route", "--region", "eu", "--turn", "hi"), "no release is live", "handrail run")


def test_a_language_the_region_does_not_speak(run: Run) -> None:
    result = run("try", "hello", "--region", "eu", "--language", "fi")
    refused(result, "speaks en, de, ")


def test_config_with_a_wrong_key_names_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('sevres = ["eu"]\n')
    monkeypatch.setenv("HANDRAIL_CONFIG", str(config))
    refused(run("release", "list"), "sevres", "config.toml")


def test_plain_endpoint_is_refused_R37(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config.toml"
    default = (PROJECT / "deploy" / "local.toml").read_text()
    config.write_text('mlflow_uri = "http://mlflow.example.com:5000"\n' + default)
    monkeypatch.setenv("HANDRAIL_CONFIG", str(config))
    refused(run("release", "list"), "not TLS", "use https")


@pytest.mark.parametrize("option", ["--days", "--chats"])
@pytest.mark.parametrize("count", ["0", "-3"])
def test_a_count_below_one(run: Run, option: str, count: str) -> None:
    refused(run("run", option, count), option)


def test_mapping_without_an_export(run: Run) -> None:
    refused(run("run", "--mapping", STAR), "--source")


def test_unknown_channel_lists_the_channels(run: Run) -> None:
    refused(run("try", "hi", "--region", "eu", "--channel", "pigeon"), "'pigeon'", "chat, email")
    told = run("route", "--region", "eu", "--turn", "hi", "--channel", "pigeon")
    refused(told, "'pigeon'", "chat, email")

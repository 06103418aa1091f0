"""Where the deployment keeps things on this machine, and who could get at them there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from handrail.custody.doctor.lines import Line, Standing
from handrail.custody.doctor.machine import Machine
from handrail.endpoints import require_tls
from handrail.errors import BadInput
from handrail.settings import Settings
from handrail.vault.policy import open_policy

_LEAST_FREE = 1 << 30  # bytes; a day of chats and what is made of it
_OTHERS = 0o077


def look_at_places(settings: Settings, machine: Machine) -> Iterator[Line]:
    """Home, exports, key folder, passphrase, second audit sink, disk, endpoints, policy."""
    yield _private_folder("home", settings.home, machine)
    yield _exports(settings)
    yield from _keys(settings, machine)
    yield _second_sink(settings)
    yield _disk_encryption(settings, machine)
    yield _free_space(settings)
    yield _endpoints(settings)
    yield _policy(settings)


def _private_folder(what: str, folder: Path, machine: Machine) -> Line:
    try:
        held = folder.stat()
    except FileNotFoundError:
        return Line(what, Standing.NOT_MEASURED, f"{folder} is not there yet: it will be private")
    except OSError as error:
        return Line(what, Standing.PROBLEM, f"{folder}: {error.strerror}; make it readable to you")
    if held.st_mode & _OTHERS:
        return Line(what, Standing.PROBLEM, f"others can look into {folder}: chmod 700 it")
    if held.st_uid != machine.uid:
        return Line(
            what,
            Standing.PROBLEM,
            f"{folder} belongs to another user: run as its owner, or chown it",
        )
    return Line(what, Standing.ENFORCED, f"{folder} is shut to other users of this machine")


def _exports(settings: Settings) -> Line:
    """Who drops exports there may be another user, so an open folder is no fault by itself."""
    what, folder = "exports", settings.exports_folder
    if not folder.exists():
        return Line(what, Standing.NOT_MEASURED, f"{folder} is not there yet: it will be private")
    if folder.stat().st_mode & _OTHERS:
        return Line(
            what,
            Standing.ADVISORY,
            f"others can look into {folder}, where chats lie in clear as they were exported: chmod "
            "700 it",
        )
    return Line(
        what,
        Standing.ENFORCED,
        f"{folder} is shut to other users; the chats in it are in clear",
    )


def _keys(settings: Settings, machine: Machine) -> Iterator[Line]:
    local = [name for name in settings.serves if settings.regions[name].key_service is None]
    if not local:
        return
    file = settings.passphrase_file
    if file is None:
        folder = settings.keys_folder
        yield _apart("key folder", folder, settings)
        yield _private_folder("key folder, modes", folder, machine)
        return
    yield _apart("passphrase file", file, settings)
    if not file.exists():
        sentence = f"{file} is not there: set HANDRAIL_PASSPHRASE_FILE to the file that holds it"
        yield Line("passphrase file, mode", Standing.PROBLEM, sentence)
    elif file.stat().st_mode & _OTHERS:
        sentence = f"others can read {file}: chmod 600 it"
        yield Line("passphrase file, mode", Standing.PROBLEM, sentence)
    else:
        sentence = f"{file} is shut to other users of this machine"
        yield Line("passphrase file, mode", Standing.ENFORCED, sentence)


def _apart(what: str, place: Path, settings: Settings) -> Line:
    if place.resolve().is_relative_to(settings.home.resolve()):
        return Line(
            what,
            Standing.PROBLEM,
            f"{place} lies in the home, so a copy of the home opens everything: move it out and "
            "name its new place",
        )
    return Line(
        what, Standing.ENFORCED, f"{place} is not in the home: a copy of that opens nothing"
    )


def _second_sink(settings: Settings) -> Line:
    what = "second audit sink"
    copy, home = _device(settings.audit_copy), _device(settings.home)
    if settings.audit_copy.resolve().is_relative_to(settings.home.resolve()):
        return Line(
            what,
            Standing.PROBLEM,
            f"{settings.audit_copy} lies in the home, where whoever edits the log edits the copy "
            "too: set HANDRAIL_AUDIT_COPY to a place outside it",
        )
    if copy == home:
        return Line(
            what,
            Standing.ADVISORY,
            f"{settings.audit_copy} is on the disk of the home: set HANDRAIL_AUDIT_COPY to another "
            "machine's, so that one break-in can't rewrite both",
        )
    return Line(what, Standing.HOLDS, f"{settings.audit_copy} is on another disk than the home")


def _disk_encryption(settings: Settings, machine: Machine) -> Line:
    what = "disk encryption"
    number = _device(settings.home)
    mapped = machine.devices / f"{os.major(number)}:{os.minor(number)}" / "dm/uuid"
    try:
        is_encrypted = mapped.read_text(encoding="utf-8").startswith("CRYPT-")
    except (OSError, UnicodeDecodeError):
        is_encrypted = False
    if is_encrypted:
        return Line(what, Standing.ENFORCED, "the home's disk is encrypted by the operating system")
    return Line(
        what,
        Standing.NOT_MEASURED,
        "whether the home's disk is encrypted can't be told from here; objects and databases with "
        "chat text are sealed either way, a key file beside them is not",
    )


def _free_space(settings: Settings) -> Line:
    free = shutil.disk_usage(_nearest(settings.home)).free
    sentence = f"{free / (1 << 30):.1f} GiB are free for {settings.home}"
    if free < _LEAST_FREE:
        return Line("disk space", Standing.PROBLEM, f"{sentence}: make room")
    return Line("disk space", Standing.HOLDS, sentence)


def _endpoints(settings: Settings) -> Line:
    what = "endpoints"
    urls = [("registry", settings.mlflow_uri)]
    for name in settings.serves:
        table = settings.regions[name]
        for kind, place in (("store", table.store), ("key service", table.key_service)):
            if place is not None and place.endpoint is not None:
                urls.append((f"{kind} of {name}", place.endpoint))
    for named, url in urls:
        try:
            require_tls(url)
        except BadInput as error:
            return Line(what, Standing.PROBLEM, f"{named}: {error}")
    # The scheme and host alone: a URL may hold a password.
    shown = ", ".join(
        f"{named} {urlsplit(url).scheme}://{urlsplit(url).hostname or ''}" for named, url in urls
    )
    return Line(what, Standing.ENFORCED, f"TLS, this machine or a file, each of them: {shown}")


def _policy(settings: Settings) -> Line:
    try:
        policy = open_policy(settings)
    except BadInput as error:
        return Line("access policy", Standing.PROBLEM, str(error))
    return Line(
        "access policy",
        Standing.HOLDS,
        f"{settings.access_policy} is sound, {policy.digest[:12]}, for {', '.join(policy.teams)}",
    )


def _nearest(path: Path) -> Path:
    """The path, or the nearest folder above it that exists."""
    return next(each for each in (path, *path.parents) if each.exists())


def _device(path: Path) -> int:
    return _nearest(path).stat().st_dev

"""How the command speaks: one console, one way to fail, exit codes that mean something."""

from __future__ import annotations

import functools
import os
import pwd
import unicodedata
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import typer
from rich.console import Console

from handrail.access import Access, Purpose
from handrail.errors import BadInput, HandrailError
from handrail.settings import Settings, load_settings
from handrail.vault.region_vault import RegionVaults

P = ParamSpec("P")
R = TypeVar("R")

DONE, FAILED, USAGE, WAITING, INTERRUPTED = 0, 1, 2, 3, 130

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def speaks_plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Turn our own errors into their sentence and an exit code: 2 for wrong input, else 1."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except KeyboardInterrupt:
            err.print("stopped: what was finished is kept; the same command goes on from there")
            code = INTERRUPTED
        except HandrailError as error:
            err.print(
                f"[bold red]{type(error).__name__}[/]: {_escaped(str(error))}", soft_wrap=True
            )
            code = USAGE if isinstance(error, BadInput) else FAILED
        except OSError as error:
            err.print(f"{error.filename or 'a file'}: {error.strerror or error}", markup=False)
            code = FAILED
        raise typer.Exit(code)

    return run


def open_home() -> tuple[Settings, RegionVaults]:
    """The deployment's settings and vaults."""
    settings = load_settings()
    return settings, RegionVaults(settings)


def person() -> str:
    """Who sits at the terminal, as the operating system knows it; no variable can change it."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container may run as a number that has no name
        return f"uid-{os.getuid()}"


def one_of_the_regions(settings: Settings, region: str | None) -> list[str]:
    """The region asked for, or all that are served."""
    return [settings.region(region).name] if region else list(settings.serves)


def visible(text: str) -> str:
    """What a customer typed, with what a terminal would obey, or hide, made visible.

    Control characters have pictures, such as that of escape; what has none is named by its number.
    """
    return "".join(map(_pictured, text))


def _pictured(character: str) -> str:
    if character.isprintable() or character in "\n\t":
        return character
    number = ord(character)
    if number < 0x20:
        return chr(0x2400 + number)
    return " " if unicodedata.category(character) == "Zs" else f"<U+{number:04X}>"


def _escaped(text: str) -> str:
    return text.replace("[", "\\[")


def custodian() -> Access:
    """The access of who sits at the terminal to keys, manifests and logs, never to content."""
    return Access(actor=person(), team="custody", purpose=Purpose.CUSTODY)

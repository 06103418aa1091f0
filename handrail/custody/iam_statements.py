"""The statements that policies in AWS's words are made of."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]


def allow(sid: str, action: str | list[str], resource: str | list[str]) -> Document:
    """What a role may do."""
    return {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": resource}


def deny(
    sid: str, action: str | list[str], resource: str | list[str], condition: Document
) -> Document:
    """What nobody may do where the condition holds; an empty one always does."""
    denied = {
        "Sid": sid,
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": resource,
        "Condition": condition,
    }
    return {key: value for key, value in denied.items() if value != {}}


def sid_of(team: str) -> str:
    """A team's name as a statement's id may hold it: letters and digits."""
    return "".join(part.capitalize() for part in team.replace("_", "-").split("-"))

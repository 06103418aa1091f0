"""Who may do what with which class of data, for which purpose, in which region: default deny.

The rules are Cedar policies: the company's (`access.cedar` is the default), and those that hold
whatever it says (`access_always.cedar`); `access.cedarschema` has the words they may use. Within
one operating-system user they are advisory; in the cloud the key service enforces them. R35.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from handrail.digests import digest
from handrail.errors import BadInput
from handrail.residency import DataClass

if TYPE_CHECKING:
    from cedarpy import Entities, PolicySet


class Verb(StrEnum):
    """What is done with an object."""

    READ = "read"
    WRITE = "write"
    EXPORT = "export"
    VERIFY = "verify"  # its key is used to authenticate it; nothing is shown
    REWRAP = "rewrap"
    DESTROY = "destroy"
    BREAK_GLASS = "break_glass"  # open what is otherwise shut, for minutes, on the record


class Purpose(StrEnum):
    """Why it is done; written to the audit log with every use of a key."""

    INTAKE = "intake"
    REDACTION = "redaction"
    WAREHOUSE = "warehouse"
    SAMPLING = "sampling"
    DATASET = "dataset"
    TRAINING = "training"
    EVALUATION = "evaluation"
    RELEASE = "release"
    SERVING = "serving"
    REVIEW = "review"
    EXPLANATION = "explanation"
    ERASURE = "erasure"
    CUSTODY = "custody"  # care of keys and stored objects: rotation, retention, verification
    TAGGING = "tagging"  # a person says what a chat is about, whatever the export said
    INCIDENT = "incident"  # something went wrong: look, with the glass broken where it must be


@dataclass(frozen=True)
class Access:
    """Who asks, for which team, and why. Required by every call that touches stored data."""

    actor: str
    team: str
    purpose: Purpose


@dataclass(frozen=True)
class Team:
    """What the config says of a team: whose rules it shares, and which regions it acts in.

    A team that the config doesn't name has its own rules alone and acts in every region.
    """

    name: str
    like: str | None
    regions: tuple[str, ...]


@dataclass(frozen=True)
class Permission:
    """The policy's answer, the sentence that explains it, and the ids of the rules that decided."""

    allowed: bool
    reason: str
    rules: tuple[str, ...] = ()


class AccessPolicy:
    """A parsed and validated policy; `digest` identifies it in manifests and releases."""

    def __init__(
        self, text: str, *, teams: Iterable[Team], regions: Iterable[str], glass_minutes: int
    ) -> None:
        """`text` is the company's Cedar policy; `regions` are all that the config names.

        Glass is broken for at most `glass_minutes`.
        """
        from cedarpy import PolicySet, Schema

        beside = Path(__file__).parent
        whole = text + "\n" + (beside / "access_always.cedar").read_text(encoding="utf-8")
        vocabulary = (beside / "access.cedarschema").read_text(encoding="utf-8")
        try:
            self._policies = PolicySet.from_str(whole)
        except ValueError as error:
            msg = f"the access policy is not valid Cedar: {error}"
            raise BadInput(msg) from None
        _require_known_words(whole, vocabulary)
        self._schema = Schema.from_str(vocabulary)
        self._rules = _rules(self._policies)
        self._regions = tuple(regions)
        self._bound = {team.name: team for team in teams}
        named = _teams_named(self._policies)
        self.teams = tuple(sorted({*named, *self._bound}))
        self._require_sound_teams(named)
        self._everyone = self._entities(self.teams)
        self.glass_minutes = glass_minutes
        self._decided: dict[tuple[str, Verb, DataClass, Purpose, str], Permission] = {}
        config = [sorted(self._bound.items()), self._regions, glass_minutes]
        self.digest = digest([whole, vocabulary, config])

    @classmethod
    def read(
        cls, path: Path, *, teams: Iterable[Team], regions: Iterable[str], glass_minutes: int
    ) -> AccessPolicy:
        """The policy in the file `path`."""
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
            msg = f"access policy {path}: {why}; set `access_policy` in the config to a Cedar file"
            raise BadInput(msg) from None
        return cls(text, teams=teams, regions=regions, glass_minutes=glass_minutes)

    def decide(
        self, access: Access, verb: Verb, data_class: DataClass, *, region: str
    ) -> Permission:
        """Whether `access` may `verb` an object of `data_class`; no matching rule means no.

        A team, verb, class, purpose or region that nobody has heard of is refused like any other.
        """
        cell = (access.team, verb, data_class, access.purpose, region)
        if cell in self._decided:
            return self._decided[cell]
        permission = self._decide(*cell)
        if access.team in self.teams and region in self._regions:
            self._decided[cell] = permission  # as many as there are cells, so it can't grow
        return permission

    def _decide(
        self, team: str, verb: Verb, data_class: DataClass, purpose: Purpose, region: str
    ) -> Permission:
        from cedarpy import is_authorized

        asked = f"team {team} {verb} {data_class} for {purpose} in {region}"
        none = f"{asked}: no rule of the access policy"
        if team not in self.teams:
            return Permission(False, f"{none} names the team, so none permits it")
        request = {
            "principal": _entity("Team", team),
            "action": _entity("Action", verb),
            "resource": _entity("DataClass", data_class),
            "context": {"purpose": {"__entity": _entity("Purpose", purpose)}, "region": region},
        }
        result = is_authorized(request, self._policies, self._everyone, self._schema)
        answer = result.diagnostics
        if answer.errors:
            # Cedar skips a rule it can't evaluate, and a skipped `forbid` would permit.
            return Permission(False, f"{none} knows these words, so none permits it")
        rules = tuple(sorted(self._rules[each][0] for each in answer.reasons))
        reasons = "; ".join(sorted(self._rules[each][1] for each in answer.reasons))
        if result.allowed:
            return Permission(True, f"{asked}: permitted, {reasons}", rules)
        if rules:
            return Permission(False, f"{asked}: forbidden, {reasons}", rules)
        return Permission(False, f"{none} permits it")

    def purposes(
        self, team: str, verb: Verb, data_class: DataClass, *, region: str
    ) -> list[Purpose]:
        """What `team` may `verb` this class for, in one region."""
        return [
            purpose
            for purpose in Purpose
            if self.decide(Access("", team, purpose), verb, data_class, region=region).allowed
        ]

    def _entities(self, names: Iterable[str]) -> Entities:
        from cedarpy import Entities

        graph = []
        for name in names:
            team = self._bound.get(name, Team(name, None, self._regions))
            parents = [_entity("Team", team.like)] if team.like is not None else []
            graph.append(
                {
                    "uid": _entity("Team", name),
                    "attrs": {"regions": list(team.regions)},
                    "parents": parents,
                }
            )
        try:
            return Entities.from_json_str(orjson.dumps(graph).decode(), self._schema)
        except ValueError as error:
            msg = f"[teams] of the config is not sound: {error}"
            raise BadInput(msg) from None

    def _require_sound_teams(self, named: frozenset[str]) -> None:
        for team in self._bound.values():
            if team.like is not None and team.like not in self.teams:
                msg = (
                    f"team {team.name} is like {team.like!r}, which no rule of the access policy "
                    f"names: choose one of {', '.join(sorted(named))}"
                )
                raise BadInput(msg)
            strange = sorted(set(team.regions) - set(self._regions))
            if strange:
                msg = (
                    f"team {team.name} is bound to {', '.join(strange)}, which the config doesn't "
                    f"know: its regions are {', '.join(self._regions)}"
                )
                raise BadInput(msg)


def _entity(kind: str, name: str) -> dict[str, str]:
    return {"type": kind, "id": str(name)}


def _require_known_words(policy: str, vocabulary: str) -> None:
    from cedarpy import validate_policies

    checked = validate_policies(policy, vocabulary)
    if not checked:
        problems = "; ".join(sorted({error.error for error in checked.errors}))
        msg = f"the access policy speaks of what access.cedarschema doesn't know: {problems}"
        raise BadInput(msg)


def _rules(policies: PolicySet) -> Mapping[str, tuple[str, str]]:
    """The id and the reason of each rule, by Cedar's own name for it; every rule must have both."""
    found: dict[str, tuple[str, str]] = {}
    for name, rule in policies.to_pst().static_policies.items():
        known = rule.annotations.get("id"), rule.annotations.get("reason")
        if not all(known) or known[0] in {rule_id for rule_id, _ in found.values()}:
            msg = (
                f"rule {known[0] or name} of the access policy needs an id of its own and a "
                'reason: write @id("...") and @reason("...") before it'
            )
            raise BadInput(msg)
        found[name] = (str(known[0]), str(known[1]))
    return found


def _teams_named(policies: PolicySet) -> frozenset[str]:
    from cedarpy.pst import entity_uids

    uids = entity_uids(policies.to_pst().static_policies)
    return frozenset(uid.id for uid in uids if str(uid.type) == "Team")

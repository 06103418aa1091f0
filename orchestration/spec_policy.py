"""Every asset says who owns it, what it holds and where it may lie, or fails to load.

What it holds includes whose data and what for. A graph in which labels that may not mix could meet
doesn't load either, whatever its assets would do when they run (R39).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import dagster as dg

from handrail.errors import BadInput

_TAGS = ("classification", "residency")
# Counts and the company's own texts are nobody's data.
_NOBODYS = frozenset({"aggregate", "company"})
# For each label: what an asset of the first value may not be made from without sorting it.
_TOO_WIDE: Mapping[str, Mapping[str, frozenset[str]]] = {
    "sectors": {"unsorted": frozenset(), "mixable": frozenset({"unsorted"})},
    "purposes": {
        "unsorted": frozenset(),
        "evaluation": frozenset({"unsorted"}),
        "training": frozenset({"unsorted", "evaluation"}),
    },
}


def require_described(defs: dg.Definitions) -> dg.Definitions:
    """Return `defs` if every asset has group, owners, kinds, tags and a description (R39)."""
    for spec in defs.resolve_all_asset_specs():
        lacking = [
            name
            for name, there in {
                "group": spec.group_name not in {None, "default"},
                "owners": spec.owners,
                "kinds": spec.kinds,
                "description": spec.description,
                **{f"tag {tag}": tag in spec.tags for tag in _TAGS},
                **{f"tag {label}": _is_labeled(spec, label) for label in _TOO_WIDE},
            }.items()
            if not there
        ]
        if lacking:
            msg = f"asset {spec.key.to_user_string()} lacks: {', '.join(lacking)}"
            raise BadInput(msg)
    return defs


def require_kept_apart(defs: dg.Definitions) -> dg.Definitions:
    """Return `defs` if no asset is made from what its labels exclude; else name the two assets."""
    specs = {spec.key: spec for spec in defs.resolve_all_asset_specs()}
    for spec in specs.values():
        for dep in spec.deps:
            for problem in _mixes(spec, specs[dep.asset_key]) if dep.asset_key in specs else ():
                raise BadInput(problem)
    return defs


def _is_labeled(spec: dg.AssetSpec, label: str) -> bool:
    nobodys = spec.tags.get("classification") in _NOBODYS
    return nobodys or spec.tags.get(label) in _TOO_WIDE[label]


def _mixes(spec: dg.AssetSpec, source: dg.AssetSpec) -> Iterator[str]:
    sorted_by = spec.tags.get("sorts", "").split("-")
    for label, too_wide in _TOO_WIDE.items():
        own, given = spec.tags.get(label), source.tags.get(label)
        if own is not None and given in too_wide[own] and label not in sorted_by:
            yield (
                f"asset {spec.key.to_user_string()} holds {label}: {own} and is made from "
                f"{source.key.to_user_string()}, which holds {label}: {given}: make it from an "
                "asset that sorts them"
            )

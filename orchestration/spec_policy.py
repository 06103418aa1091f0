"""Every asset says who owns it, what it holds and where it may lie, or fails to load."""

from __future__ import annotations

import dagster as dg

from handrail.errors import BadInput

_TAGS = ("classification", "residency")


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
            }.items()
            if not there
        ]
        if lacking:
            msg = f"asset {spec.key.to_user_string()} lacks: {', '.join(lacking)}"
            raise BadInput(msg)
    return defs

"""Sealed, region-pinned storage: keys, objects, audit log, lineage."""

"""The `handrail` command: one file a group of verbs."""

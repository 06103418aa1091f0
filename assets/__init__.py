"""Dagster assets: one lifecycle stage a file, an asset is a recipe."""

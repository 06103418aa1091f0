"""Composes the lifecycle: definitions, resources, jobs and the command that drives them."""

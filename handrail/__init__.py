"""Handrail's domain: plain Python that knows nothing of the orchestrator."""

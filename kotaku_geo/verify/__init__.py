"""Verification of the SK Kumuh against the agreed baseline: one overlay, relations, verdicts."""

"""Analyses: use-cases with no user interface, returning findings with their evidence."""

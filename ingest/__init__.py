"""Readers that turn sources into batches of the graph."""

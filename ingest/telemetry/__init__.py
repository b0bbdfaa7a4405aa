"""Telemetry of drives: readers by format, and the pipeline that brings what they read into readings and graph."""

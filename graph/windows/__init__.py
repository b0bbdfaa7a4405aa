"""Telemetry windows: pure Ibis expressions from daily readings; nobody else computes a window."""

from __future__ import annotations

from graph.windows.latest import latest_windows
from graph.windows.rolling import rolling_windows
from graph.windows.shape import DEFINITION_VERSION, MEASURES, attributes, window_columns

__all__ = ["DEFINITION_VERSION", "MEASURES", "attributes", "latest_windows", "rolling_windows", "window_columns"]

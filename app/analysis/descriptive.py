"""Descriptive analysis: what the telemetry says of a drive or a fleet, each statement with its evidence.

The use-cases in one place; they take a store and a lake, return plain values, and know nothing of pages or commands.
"""

from __future__ import annotations

from app.analysis.assess import assess_fleet, ensure_assessed
from app.analysis.drive_description import describe_drive, resolve_drive
from app.analysis.fleet_description import describe_fleet
from app.analysis.fleet_table import fleet_table
from app.analysis.overview import overview

__all__ = [
    "assess_fleet",
    "describe_drive",
    "describe_fleet",
    "ensure_assessed",
    "fleet_table",
    "overview",
    "resolve_drive",
]

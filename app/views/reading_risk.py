"""What the pages read of forecasts and trained models, cached by store version."""

from __future__ import annotations

import streamlit as st

from app.analysis import risk_reading
from app.analysis.risk_results import DriveRisk, FleetRisk
from app.views import reading
from gnn.health.card import ModelCard


@st.cache_data(max_entries=64, show_spinner=False)
def drive_risk(drive: str, version: int) -> DriveRisk | None:
    """Latest forecast of a drive, by its key; None where there is none."""
    return risk_reading.drive_risk(reading.workspace().store, drive)


@st.cache_resource(max_entries=8, show_spinner=False)
def fleet_risk(fleet: str, version: int, filters: reading.FilterValues = ()) -> FleetRisk | None:
    """Latest forecast of a fleet under filters; None where there is none. Shared by all sessions, never changed."""
    return risk_reading.fleet_risk(reading.workspace().store, fleet, dict(filters))


@st.cache_data(max_entries=2, show_spinner=False)
def model_cards(version: int) -> list[ModelCard]:
    """Cards of the workspace's trained risk models, newest first."""
    return risk_reading.model_cards(reading.workspace().path)

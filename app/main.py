"""The app's entry: `atoll app` hands this file to Streamlit, which reads `.streamlit/config.toml` beside it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from app.views import data, drive, fleet, frame, literature, models, overview, query

STATIC = Path(__file__).parent / "static"

st.set_page_config(
    page_title="Atoll",
    page_icon=str(STATIC / "favicon.png"),
    layout="wide",
    initial_sidebar_state=200,
)
st.logo(STATIC / "logo.svg", size="large", icon_image=STATIC / "mark.svg")

page = st.navigation(
    {
        "Monitor": [
            st.Page(overview.show, title="Overview", icon=":material/dashboard:", url_path="overview", default=True),
            st.Page(fleet.show, title="Fleet", icon=":material/dns:", url_path="fleet"),
            st.Page(drive.show, title="Drive", icon=":material/hard_drive:", url_path="drive"),
        ],
        "Explore": [
            st.Page(query.show, title="Query", icon=":material/terminal:", url_path="query"),
            st.Page(literature.show, title="Literature", icon=":material/menu_book:", url_path="literature"),
        ],
        "System": [
            st.Page(data.show, title="Data", icon=":material/database:", url_path="data"),
            st.Page(models.show, title="Models", icon=":material/model_training:", url_path="models"),
        ],
    },
    expanded=True,
)
frame.guard(page.run)

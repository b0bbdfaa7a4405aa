"""The frame of every page: heading, fleet selector, footer, cards, and the guard that turns errors into states."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.views import formats, reading, states
from graph.errors import AtollError, StoreError

SYNTHETIC_BADGE = ":gray-badge[:material/science: Synthetic]"


@dataclass(slots=True)
class Head:
    """The places of a page's heading.

    Args:
        title_place: Where title and sentence go.
        right: Where the fleet selector or a search goes.
        title: The page's title.
    """

    title_place: DeltaGenerator
    right: DeltaGenerator
    title: str

    def say(self, sentence: str, *, synthetic: bool = False, title: str | None = None) -> None:
        """Write the title with its badge, and one sentence of fact (Markdown) under it."""
        badge = f" :small[:small[{SYNTHETIC_BADGE}]]" if synthetic else ""
        with self.title_place.container(gap=None):
            st.markdown(f"# {title or self.title}{badge}", anchors=False)
            st.markdown(formats.small(sentence))


def open_page(title: str) -> Head:
    """Draw the heading's columns, with the title until ``Head.say`` completes it."""
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    head = Head(left.empty(), right, title)
    head.say("&nbsp;")
    return head


def select_fleet(head: Head) -> reading.Fleet:
    """Show the fleet selector, held in the address, and return the fleet that is chosen.

    Ends the page's run with an empty state where there is no workspace or no fleet.
    """
    chosen = select_fleet_if_any(head)
    if chosen is None:
        head.say("Nothing is loaded yet.")
        states.no_fleet(reading.settings())
        st.stop()
    return chosen


def select_fleet_if_any(head: Head) -> reading.Fleet | None:
    """Show the fleet selector and return the fleet that is chosen; None where only literature was read."""
    fleets = reading.fleets()
    if not fleets:
        return None
    names = {fleet.name: fleet for fleet in fleets}
    asked = st.query_params.get("fleet")
    chosen = head.right.selectbox(
        "Fleet",
        list(names),
        format_func=lambda name: f"{name} (synthetic)" if names[name].synthetic else name,
        key="fleet",
        bind="query-params",
    )
    if asked and asked not in names:
        st.info(
            f"This workspace has no fleet '{formats.escape(asked)}'; it has {formats.escape(', '.join(names))}.",
            icon=":material/info:",
        )
    return names[str(chosen)]


def footer(
    *,
    fleet: reading.Fleet | None,
    data_time: date | None,
    read_at: datetime,
    store_version: int,
    rule_base_version: str | None = None,
    num_rules: int | None = None,
    forecast: str | None = None,
) -> None:
    """One grey line: data time, read time, rule base, store version, origin; ``forecast`` is Markdown."""
    parts = [
        f"Data to {formats.day(data_time)}, read {formats.moment(read_at)}"
        if data_time
        else f"Read {formats.moment(read_at)}"
    ]
    if rule_base_version:
        parts.append(f"Rule base {formats.escape(rule_base_version)}, {num_rules} rules")
    if forecast:
        parts.append(forecast)
    parts.append(f"Store version {store_version}")
    if fleet:
        parts.append(
            f"{formats.escape(fleet.name.capitalize())} fleet: synthetic data" if fleet.synthetic
            else f"Fleet {formats.escape(fleet.name)}"
        )  # fmt: skip
    st.markdown(formats.small(":material/schedule: " + " · ".join(parts)))


@contextmanager
def card(height: Literal["stretch", "content"] | int = "stretch") -> Iterator[None]:
    """A bordered part of a page, as high as its neighbours."""
    with st.container(border=True, gap="xsmall", height=height):
        yield


def card_title(title: str, note: str = "") -> None:
    """A card's title at its left and a grey note (Markdown) at its right."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom", gap="xsmall"):
        st.markdown(f"### {title}", width="content", anchors=False)
        if note:
            st.markdown(formats.small(note), width="content")


def guard(run: Callable[[], None]) -> None:
    """Run a page; an error becomes its state on the page, never a trace."""
    settings = reading.settings()
    try:
        if not (settings.workspace / "workspace.json").is_file():
            open_page("Atoll").say("Knowledge-graph analytics for SSD fleets.")
            states.no_workspace(settings)
            return
        run()
    except StoreError as error:
        reading.forget_store()
        states.store_unreachable(error, settings)
    except reading.BeingWrittenError:
        states.being_written()
    except AtollError as error:
        states.problem(error)
    except Exception as error:  # the last guard before the screen; the trace goes to the log
        states.unexpected(error)

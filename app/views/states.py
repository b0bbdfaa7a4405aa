"""Empty, error and loading states, each in the place of the part it stands for."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from app.settings import Settings
from app.views import formats
from graph.errors import AtollError, RefusedError, StoreError, TimeLimitError

log = logging.getLogger("atoll.app")


def empty(icon: str, title: str, sentence: str, command: str | None = None) -> None:
    """A bordered place that says what is missing and why; a button may follow inside the ``with`` of the caller.

    Args:
        icon: Material icon, ``:material/inbox:``.
        title: What is missing.
        sentence: Why, and what is there.
        command: What to type, where a command is the way on.
    """
    with st.container(border=True, horizontal_alignment="center", gap="xsmall"):
        st.space("small")
        st.markdown(f"### {icon} {title}", text_alignment="center", anchors=False)
        st.markdown(formats.small(sentence), text_alignment="center")
        if command:
            st.code(command, language=None, wrap_lines=True, width="content")
        st.space("small")


def no_workspace(settings: Settings) -> None:
    """There is no workspace at the place that the app was told."""
    empty(
        ":material/folder_off:",
        "No workspace here",
        f"{formats.escape(settings.workspace)} holds no workspace. Build the demo fleet there, or load your own data.",
        f"atoll demo --workspace {settings.workspace}\n"
        f"atoll ingest telemetry PATH --format backblaze-daily --fleet NAME --workspace {settings.workspace}",
    )


def no_fleet(settings: Settings) -> None:
    """The workspace is open but nothing was loaded yet."""
    empty(
        ":material/inbox:",
        "No telemetry in this workspace yet",
        "Load a folder of daily CSV files, or build the demo fleet.",
        f"atoll ingest telemetry PATH --format backblaze-daily --fleet NAME --workspace {settings.workspace}",
    )


def store_unreachable(error: StoreError, settings: Settings) -> None:
    """The store does not answer: what, where, what is safe, which commands, and a way to try again."""
    with st.container(border=True):
        safe = "" if "lost" in str(error) else " Nothing stored is lost."
        st.error(f"{formats.escape(error)}{safe}", title="Store not reachable", icon=":material/cloud_off:")
        place = f" --workspace {settings.workspace}" if settings.is_embedded else f" --store {settings.store_url}"
        commands = ["status", "start"] if settings.is_embedded else ["status"]
        st.code("\n".join(f"atoll store {command}{place}" for command in commands), language=None, wrap_lines=True)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button("Try again", icon=":material/refresh:", key="try_again")
            log_path = f" · log: {formats.escape(settings.workspace / 'store' / 'log')}" if settings.is_embedded else ""
            st.markdown(formats.small(f"Exit status 4{log_path}"))


def being_written() -> None:
    """Another command is writing, so findings cannot be brought up to date just now."""
    st.warning(
        "Another Atoll command is writing to this workspace. This fleet's findings are brought up to date "
        "when it is done; nothing is wrong, and what is stored is safe.",
        title="New data are coming in",
        icon=":material/hourglass_top:",
    )
    st.button("Try again", icon=":material/refresh:", key="try_again")


def problem(error: AtollError) -> None:
    """Any other error that was raised on purpose; its text is made for the reader."""
    if isinstance(error, TimeLimitError):
        title, icon = "Time limit reached", ":material/timer_off:"
    elif isinstance(error, RefusedError):
        title, icon = "Refused", ":material/block:"
    else:
        title, icon = "This cannot be used", ":material/error:"
    st.error(formats.escape(error), title=title, icon=icon)


def unexpected(error: Exception) -> None:
    """A mistake of ours: said as such, with its trace in the log and not on the screen."""
    log.exception("page failed", exc_info=error)
    st.error(
        f"{formats.escape(f'{type(error).__name__}: {error}')} Nothing stored was changed; "
        "the details are in the log of the app.",
        title="Atoll made a mistake",
        icon=":material/bug_report:",
    )
    st.button("Try again", icon=":material/refresh:", key="try_again")


@contextmanager
def loading(height: int) -> Iterator[None]:
    """Hold the place of what is being read by a skeleton of its final height."""
    with st.skeleton(height=height):
        yield

"""What the Literature page shows stands in its address, so that it can be copied, shared and linked to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

_PREFIX = "literature."


def given(name: str) -> str | None:
    """Value of a name in the address, or None."""
    return st.query_params.get(name)


def go(**places: object) -> None:
    """Show another work, page or concept: a callback of buttons; None takes a name out of the address."""
    if "work" in places:
        places.setdefault("page", None)
        places.setdefault("document", None)
        st.session_state["view"] = "Page"
    for name, value in places.items():
        if value is None:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = str(value)


def choose(
    label: str,
    name: str,
    options: Sequence[str],
    default: str,
    format_func: Callable[[str], str],
    icon: str,
    *,
    clears: Sequence[str] = (),
) -> str:
    """A selection that follows the address and writes itself into it.

    Args:
        label: Of the widget.
        name: In the address.
        options: Keys.
        default: Shown where the address names none.
        format_func: Text of an option; it never gets into the address.
        icon: Material icon.
        clears: Names that a new choice takes out of the address.
    """
    key = _PREFIX + name
    if st.session_state.get(key) != default:
        st.session_state[key] = default

    def changed() -> None:
        go(**{name: st.session_state[key], **dict.fromkeys(clears)})

    return str(st.selectbox(label, options, key=key, format_func=format_func, icon=icon, on_change=changed))


def paginate(num_pages: int, first: int) -> int:
    """Page buttons that follow the address (``page``) and write it; ``first`` is shown where it names none."""
    asked = given("page")
    page = int(asked) if asked and asked.isdecimal() and len(asked) < 7 else first
    page = min(max(page, 1), num_pages)
    key = f"{_PREFIX}page.{page}"  # a page of its own, since the default of a known key cannot move with the address

    def changed() -> None:
        go(page=st.session_state[key])

    return int(st.pagination(num_pages, default=page, key=key, max_visible_pages=5, on_change=changed))

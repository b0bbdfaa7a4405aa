"""Forms of the query catalogue: one widget a declared parameter."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import streamlit as st

from app.views import reading
from queries import Parameter, Query

PREFIX = "p."
NARROW_TYPES = ("int", "float", "bool", "date")


def parameter_form(query: Query, fleet: reading.Fleet | None) -> dict[str, Any]:
    """Draw the parameters of a query, numbers two by two, and return the values given, empty ones left out.

    A value in the address (``p.NAME``) comes first, then the header's default, then its example.
    """
    values: dict[str, Any] = {}
    narrow: Any = None
    for parameter in query.parameters:
        if parameter.type not in NARROW_TYPES:
            place, narrow = st.container(), None
        elif narrow is None:
            place, narrow = st.columns(2)
        else:
            place, narrow = narrow, None
        with place:
            value = _widget(query, parameter, fleet)
        if value not in (None, ""):
            values[parameter.name] = value
    return values


def _widget(query: Query, parameter: Parameter, fleet: reading.Fleet | None) -> Any:
    key = f"form.{query.name}.{parameter.name}"
    start = st.query_params.get(PREFIX + parameter.name, _start(query, parameter, fleet))
    label, explained = parameter.name.replace("_", " ").capitalize(), f"{parameter.description} ({parameter.type})"
    match parameter.type:
        case "int":
            return st.number_input(
                label, value=_number(start, int), step=1, key=key, help=explained,
                min_value=None if parameter.low is None else int(parameter.low),
                max_value=None if parameter.high is None else int(parameter.high),
            )  # fmt: skip
        case "float":
            return st.number_input(
                label, value=_number(start, float), format="%g", key=key, help=explained,
                min_value=parameter.low, max_value=parameter.high,
            )  # fmt: skip
        case "bool":
            return st.toggle(label, value=str(start).lower() == "true", key=key, help=explained)
        case "date":
            return st.date_input(label, value=_day(start), key=key, help=explained)
        case "rows" | "map":
            return st.text_area(label, value=_text(start), key=key, help=f"{explained}, as JSON")
    if parameter.name == "attribute":
        return _choice(label, reading.attribute_names(), start, key, explained)
    return st.text_input(
        label, value=_text(start), key=key, help=explained, placeholder="All" if parameter.has_default else None
    )


def _start(query: Query, parameter: Parameter, fleet: reading.Fleet | None) -> Any:
    """What a field holds at first; a fleet is the one chosen on the page, given as the example gives it."""
    example = query.example.get(parameter.name)
    if parameter.name == "fleet" and fleet:
        return fleet.key if str(example or parameter.default).startswith("fleet:") else fleet.name
    return parameter.default if parameter.has_default else example


def _choice(label: str, names: dict[str, str], start: Any, key: str, explained: str) -> str | None:
    options = [*names, *([start] if start and start not in names else [])]
    return st.selectbox(
        label, options, index=options.index(start) if start in options else None, key=key, help=explained,
        format_func=lambda option: f"{option}  {names.get(option, '')}".rstrip(), placeholder="All",
    )  # fmt: skip


def _number(value: Any, kind: type[int] | type[float]) -> Any:
    try:
        return None if value is None else kind(value)
    except ValueError:
        return None


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _text(value: Any) -> str:
    if value is None:
        return ""
    return ", ".join(value) if isinstance(value, list) and all(isinstance(v, str) for v in value) else (
        value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    )  # fmt: skip

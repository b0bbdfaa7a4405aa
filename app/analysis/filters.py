"""The one filter grammar of commands and pages: ``model=MB2 rack="row 3" verdict=red``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from graph.errors import InputError, nearest
from graph.ontology.model import Severity

FILTER_KEYS = ("fleet", "model", "vendor", "rack", "room", "host", "application", "firmware", "serial", "verdict")
Filters = Mapping[str, str | Sequence[str]]

_TERM = re.compile(r'\s*(?P<key>[^\s="]+)=(?:"(?P<quoted>[^"]*)"|(?P<plain>[^\s"]*))(?=\s|$)')


def parse_filters(text: str) -> dict[str, tuple[str, ...]]:
    """Read a filter such as ``model=MB2 rack="row 3"``.

    Terms of different keys must all hold; of terms of the same key one must. A value with blanks stands in double
    quotes.

    Args:
        text: Terms between blanks; empty for no filter.

    Returns:
        Values by key, in the order written.

    Raises:
        InputError: A term is not ``key=value``, the key is unknown, or a verdict is none.
    """
    found: dict[str, tuple[str, ...]] = {}
    position = 0
    while text[position:].strip():
        term = _TERM.match(text, position)
        value = term and (term["quoted"] if term["quoted"] is not None else term["plain"])
        if not term or not value:
            rest = text[position:].strip()
            raise InputError(f"Filter '{rest}': expected key=value, with values that hold blanks in double quotes.")
        key = checked_key(term["key"])
        found[key] = (*found.get(key, ()), checked_verdict(value) if key == "verdict" else value)
        position = term.end()
    return found


def checked_key(key: str) -> str:
    """Return a known filter key.

    Raises:
        InputError: It is unknown.
    """
    if key not in FILTER_KEYS:
        raise InputError(f"Filter '{key}': unknown key.{nearest(key, FILTER_KEYS)} Known: {', '.join(FILTER_KEYS)}.")
    return key


def checked_verdict(value: str) -> str:
    """Return a verdict in lower case.

    Raises:
        InputError: It is none.
    """
    choices = [severity.value for severity in Severity]
    if value.lower() not in choices:
        raise InputError(
            f"Filter verdict='{value}': unknown verdict.{nearest(value.lower(), choices)} Known: {', '.join(choices)}."
        )
    return value.lower()


def values_of(filters: Filters, key: str) -> tuple[str, ...]:
    """Values asked for under a key; a single text counts as one value."""
    value = filters.get(key, ())
    return (value,) if isinstance(value, str) else tuple(value)


def apply_filters(drives: pd.DataFrame, filters: Filters, *, with_verdict: bool) -> pd.DataFrame:
    """Keep the drives that a filter names.

    Args:
        drives: One row a drive, with the filter keys as columns of names.
        filters: Values by key; ``serial`` means "starts with", all others the whole name.
        with_verdict: False leaves a verdict filter out: rates and survival must not select on the outcome.

    Returns:
        The rows kept, in order.

    Raises:
        InputError: A key is unknown, or no drive of the fleet has the value (a serial may match nothing).
    """
    kept = drives
    for key in filters:
        checked_key(key)
        wanted = [value for value in values_of(filters, key) if value]
        if not wanted or (key == "verdict" and not with_verdict):
            continue
        if key == "serial":
            kept = kept[kept["serial"].str.startswith(tuple(wanted))]
            continue
        if key == "verdict":
            wanted = [checked_verdict(value) for value in wanted]
        else:
            known = set(drives[key].dropna().astype(str))
            for value in wanted:
                if value not in known:
                    raise InputError(f"Filter {key}='{value}': no drive has it.{nearest(value, sorted(known))}")
        kept = kept[kept[key].isin(wanted)]
    return kept

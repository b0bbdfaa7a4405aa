"""The formats of telemetry by name; a format's module is imported when it is first used."""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType

from graph.errors import InputError, nearest
from ingest.telemetry.formats import Format

FORMATS = MappingProxyType(
    {
        "alibaba-tickets": "ingest.telemetry.alibaba_tickets:FORMAT",
        "alibaba-windows": "ingest.telemetry.alibaba_windows:FORMAT",
        "atoll-daily": "ingest.telemetry.atoll_daily:FORMAT",
        "backblaze-daily": "ingest.telemetry.backblaze_daily:FORMAT",
        "backblaze-history": "ingest.telemetry.backblaze_history:FORMAT",
    }
)


def format_named(name: str) -> Format:
    """Return a format by its name.

    Raises:
        InputError: There is none of that name.
    """
    if name not in FORMATS:
        raise InputError(f"Format '{name}' is not known.{nearest(name, FORMATS)} Known: {', '.join(sorted(FORMATS))}.")
    module, attribute = FORMATS[name].split(":")
    found: Format = getattr(import_module(module), attribute)
    return found


def required_columns() -> dict[str, tuple[str, ...]]:
    """Columns that each format needs, by its name; the most specific first."""
    needed = {name: format_named(name).required for name in FORMATS}
    return dict(sorted(needed.items(), key=lambda item: -len(item[1])))

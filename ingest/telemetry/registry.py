"""The formats of telemetry by name; a format's module is imported when it is first used."""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType

from graph.errors import InputError, nearest
from ingest.telemetry.formats import Format
from ingest.telemetry.options import SourceOptions

MAPPED = "mapped"
"""The format that a mapping file makes of a table."""

FORMATS = MappingProxyType(
    {
        "alibaba-tickets": "ingest.telemetry.alibaba_tickets:FORMAT",
        "alibaba-windows": "ingest.telemetry.alibaba_windows:FORMAT",
        "atoll-daily": "ingest.telemetry.atoll_daily:FORMAT",
        "backblaze-daily": "ingest.telemetry.backblaze_daily:FORMAT",
        "backblaze-history": "ingest.telemetry.backblaze_history:FORMAT",
        "environment": "ingest.telemetry.environment:FORMAT",
        MAPPED: "ingest.telemetry.mapped:format_for",
        "nvme-cli": "ingest.telemetry.nvme_cli:format_for",
        "prometheus": "ingest.telemetry.prometheus:format_for",
        "smartctl": "ingest.telemetry.smartctl:format_for",
        "workload": "ingest.telemetry.workload:FORMAT",
    }
)


def format_named(name: str, options: SourceOptions | None = None) -> Format:
    """Return a format by its name.

    Args:
        name: As in ``--format``.
        options: What the user says of the files; a format that takes options is made from them.

    Raises:
        InputError: There is none of that name, or an option means nothing to it or cannot be used.
    """
    if name not in FORMATS:
        raise InputError(f"Format '{name}' is not known.{nearest(name, FORMATS)} Known: {', '.join(sorted(FORMATS))}.")
    given = options or SourceOptions()
    module, attribute = FORMATS[name].split(":")
    found = getattr(import_module(module), attribute)
    made: Format = found if isinstance(found, Format) else found(given)
    for option in given.given():
        if option not in made.takes:
            takes = ", ".join(f"--{item.replace('_', '-')}" for item in made.takes) or "no such options"
            raise InputError(f"--{option.replace('_', '-')} means nothing to format '{name}', which takes {takes}.")
    return made


def required_columns() -> dict[str, tuple[str, ...]]:
    """Columns that each format of tables needs, by its name; the most specific first."""
    needed = {name: format_named(name).required for name in FORMATS if name != MAPPED}
    return dict(
        sorted(((name, columns) for name, columns in needed.items() if columns), key=lambda item: -len(item[1]))
    )

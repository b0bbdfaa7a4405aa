"""The page of all decodings, written from the catalogue: part of ``python -m graph.ontology.generate``."""

from __future__ import annotations

import math
from typing import Any

HEAD = """# Decoding

This page is generated from [`graph/ontology/smart.ttl`](../graph/ontology/smart.ttl) (`python -m
graph.ontology.generate`) and tested to be current. `graph.ontology.meaning.decoded(key, raw, model=…, vendor=…)` gives
the value, its unit and the decoder's name; rules, pages and exports all call it, and the lake keeps the raw value.

What cannot be decoded stays raw, has the decoder `none`, and no rule reads it:

- an attribute called **needs a vendor** below, on a model whose vendor is not known or has not said what it means;
- a value above the attribute's **largest**: it is packed, or counts in another unit.

A vendor is the one that the source names, where the catalogue knows it, else the one whose model names begin like this
one. ATA itself leaves meaning and unit of every attribute to the vendor (ACS-4, SMART READ DATA: vendor specific).
Names of vendors' attributes come from smartmontools' drive database; where a row says so, its meaning was confirmed on
real output. Decoded power-on hours and temperatures agree with smartctl's own on all real files of the tests.
"""

DECODERS = {
    "identity": "the raw value as it is",
    "errors_over_operations": "bits 32 to 55: errors; operations below",
    "timeouts_in_low16": "bits 0 to 15: all timeouts; those above 5 s and above 7.5 s lie above",
    "low16": "bits 0 to 15",
    "later_in_bits_24": "bits 24 to 39; the lowest 16 are another count",
    "hours_in_low32": "bits 0 to 31: hours; milliseconds above",
    "temperature_in_low8": "bits 0 to 7, signed: present temperature; minimum and maximum above",
    "minutes_to_hours": "divided by 60",
    "half_minutes_to_hours": "divided by 120",
    "seconds_to_hours": "divided by 3,600",
}


def page(nodes: dict[str, list[dict[str, Any]]]) -> str:
    """The page as Markdown.

    Args:
        nodes: Rows of the catalogue by label, as ``catalogue_of`` gives them.
    """
    decoders = "\n".join(f"| `{name}` | {text} |" for name, text in DECODERS.items())
    attributes, overrides = nodes["SmartAttribute"], nodes["SmartOverride"]
    plain = "\n".join(_plain(row) for row in attributes)
    own = "\n".join(_own(row) for row in overrides)
    return (
        f"{HEAD}\n## Decoders\n\n| decoder | what it takes of the raw value |\n|---|---|\n{decoders}\n\n"
        f"## Vendors' own meanings\n\n{len(overrides)} entries:\n\n"
        f"| attribute | vendor | models | name | decoder | unit | kind | source |\n{'|---' * 8}|\n{own}\n\n"
        f"## Attributes\n\n{len(attributes)} entries, read like this where no vendor's own meaning stands above:\n\n"
        f"| attribute | name | raw value | unit | kind | source |\n{'|---' * 6}|\n{plain}\n"
    )


def _plain(row: dict[str, Any]) -> str:
    largest = row.get("largest", math.inf)
    if row.get("vendor_specific"):
        how = "needs a vendor"
    elif row["kind"] == "normalized":
        how = "not read; the normalised value counts"
    else:
        how = "as it is" + (f", largest {largest:,.0f}" if math.isfinite(largest) else "")
    return _line(f"`{row['key']}`", row["name"], how, _unit(row), row["kind"], row["reference"])


def _own(row: dict[str, Any]) -> str:
    models = f"`{row['model_pattern']}`" if row.get("model_pattern") else "all"
    cells = (row["vendor"], models, row["name"], f"`{row['decoder']}`", _unit(row), row["kind"], row["reference"])
    return _line(f"`{row['attribute']}`", *cells)


def _unit(row: dict[str, Any]) -> str:
    factor = float(row.get("factor", 1))
    return row["unit_label"] if factor == 1 else f"{factor:,.10g} {row['unit_label']}"


def _line(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

"""Mapping files and tables as tests write them."""

from __future__ import annotations

from pathlib import Path

from ingest.telemetry.formats import Format
from ingest.telemetry.normalised import Normalised, RawRows
from ingest.telemetry.options import SourceOptions
from ingest.telemetry.registry import format_named

ROOT = Path(__file__).parents[1]
BASE = """\
atoll_mapping: 1
name: lab
version: 3
columns:
  Tag: {means: day, format: iso}
  Nr: serial
  Typ: model
"""


def mapped(folder: Path, text: str) -> Format:
    path = folder / "mapping.yaml"
    path.write_text(text)
    return format_named("mapped", SourceOptions(mapping=path))


def read(folder: Path, mapping: str, content: str, name: str = "table.csv") -> Normalised:
    chosen = mapped(folder, mapping)
    (folder / name).write_text(content)
    pieces = list(chosen.reader.chunks(chosen.reader.look_over(folder / name)))
    (found,) = [chosen.transform(piece, "lab") for piece in pieces if isinstance(piece, RawRows)]
    return found

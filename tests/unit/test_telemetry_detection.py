"""Files tell their format, or the user is asked for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.errors import InputError
from ingest.telemetry.detection import format_of

BACKBLAZE = "date,serial_number,model,capacity_bytes,failure,smart_5_raw\n2024-05-01,S1,M1,1000,0,0\n"
DAILY = "day,serial,model,ata_5\n2024-05-01,S1,M1,0\n"


def file(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_a_table_is_known_by_its_columns(tmp_path: Path) -> None:
    assert format_of([file(tmp_path, "a.csv", BACKBLAZE)]) == "backblaze-daily"
    assert format_of([file(tmp_path, "b.csv", DAILY)]) == "atoll-daily"


def test_a_file_that_looks_like_nothing_does_not_hide_what_the_others_are(tmp_path: Path) -> None:
    file(tmp_path, "a.csv", "colour,taste\nred,sweet\n")
    file(tmp_path, "b.csv", b"\xff\xfe\x00")
    file(tmp_path, "c.parquet", b"PAR1 damaged")
    file(tmp_path, "d.csv", DAILY)
    assert format_of([tmp_path]) == "atoll-daily"


def test_files_of_several_formats_are_not_guessed(tmp_path: Path) -> None:
    file(tmp_path, "a.csv", BACKBLAZE)
    file(tmp_path, "b.csv", DAILY)
    with pytest.raises(InputError, match=r"a\.csv is backblaze-daily.*choose one with --format"):
        format_of([tmp_path])


def test_an_unknown_table_is_led_to_a_mapping(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--suggest-mapping"):
        format_of([file(tmp_path, "a.csv", "colour,taste\nred,sweet\n")])

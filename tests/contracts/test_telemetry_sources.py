"""What every reader of telemetry promises, whichever its format; each sample is a small file of that format."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from graph.errors import InputError
from graph.ontology import smart
from graph.ports import GraphStore
from graph.readings import ReadingsLake
from ingest.telemetry.files import chunks, look_over
from ingest.telemetry.formats import Format, check_columns
from ingest.telemetry.normalised import (
    DRIVES,
    FAILURES,
    INTERVALS,
    PLACEMENTS,
    READING_KEYS,
    REJECTS,
    Normalised,
    RawRows,
)
from ingest.telemetry.pipeline import IngestReport, ingest_telemetry
from ingest.telemetry.registry import format_named, required_columns


def _list(*values: float) -> str:
    return json.dumps(values)


SAMPLES: dict[str, list[list[object]]] = {
    "alibaba-tickets": [
        ["model", "failure_time", "failure", "app", "r_5", "disk_id", "node_id", "rack_id", "machine_room_id"],
        ["A2", "2018-01-02 19:15:32", 1, "RM", "", 33722, 66688, 11488, 455],
        ["B3", "2018-01-02 22:45:16", 1, "none", 4, 58337, 114833, 9859, 455],
        ["B3", "2018-01-03 03:29:27", 1, "WSM", 0, 33722, 114833, 9859, 92],
    ],
    "alibaba-windows": [
        ["disk_id", "ds", "model", "app", "failure_time", "failure", "r_5", "r_9"],
        [30020, "2019-11-27", "MB1", "WSM", "2019-11-28", 1, _list(0, 0, 2), _list(100, 148, 172)],
        [30020, "2019-11-27", "MB2", "", "", 0, _list(0, 0, 0), _list(100, 124, 148)],
        [77, "2019-10-01", "MA1", "DB", "", 0, _list(1, 1, 1), _list(10, 34, 58)],
    ],
    "atoll-daily": [
        [
            *("day", "serial", "model", "vendor", "capacity_bytes", "firmware"),
            *("host", "rack", "failure", "ata_5", "ata_194"),
        ],
        ["2024-05-01", "S1", "MX-1", "Micron", 960197124096, "1.0", "h1", "r1", 0, 0, 30],
        ["2024-05-02", "S1", "MX-1", "Micron", 960197124096, "1.1", "h1", "r1", 1, 4, 31],
        ["2024-05-01", "S2", "MX-1", "", "", "", "h2", "r1", 0, "", -5],
    ],
    "backblaze-daily": [
        [
            *("date", "serial_number", "model", "capacity_bytes", "failure"),
            *("smart_5_normalized", "smart_5_raw", "smart_9_raw"),
        ],
        ["2013-04-10", "MJ0351", "Hitachi HDS5C3030ALA630", 3000592982016, 0, 100, 0, 4031],
        ["11-04-2013", "MJ0351", "Hitachi HDS5C3030ALA630", 3000592982016, 1, 100, 0, 4055],
        ["2013-04-10", "6XW01P8M", "ST31500541AS", -1, 0, "", "", ""],
    ],
    "backblaze-history": [
        [
            *("serial_number", "model", "size_tb", "min_date", "max_date", "min_hours"),
            *("max_hours", "tstart", "tstop", "fails", "smart_5"),
        ],
        ["2EG1225J", "HGST HUH728080ALE600", 8, "2015-02-05", "2015-02-25", 9, 489, 9, 345, 0, 0],
        ["2EG1225J", "HGST HUH728080ALE600", 8, "2015-02-05", "2015-02-25", 9, 489, 345, 489, 1, 3],
        ["Z1", "ST4000DM000", 4, "2015-02-05", "2015-02-06", 0, 24, 0, 24, 0, ""],
    ],
}  # fmt: skip
NUM_DRIVES = {
    "alibaba-tickets": 3, "alibaba-windows": 3, "atoll-daily": 2, "backblaze-daily": 2, "backblaze-history": 2,
}  # fmt: skip
DAY_COLUMN = {
    "alibaba-tickets": "failure_time",
    "alibaba-windows": "ds",
    "atoll-daily": "day",
    "backblaze-daily": "date",
    "backblaze-history": "min_date",
}
NAME_COLUMN = {
    "alibaba-tickets": "disk_id",
    "alibaba-windows": "disk_id",
    "atoll-daily": "serial",
    "backblaze-daily": "serial_number",
    "backblaze-history": "serial_number",
}

Sample = Callable[..., Path]


@pytest.fixture(params=sorted(SAMPLES))
def chosen(request: pytest.FixtureRequest) -> Format:
    return format_named(request.param)


@pytest.fixture
def sample(chosen: Format, tmp_path: Path) -> Sample:
    """Writes the format's sample as CSV, after a change to its rows."""

    def write(change: Callable[[list[list[object]]], None] = lambda rows: None, name: str = "sample.csv") -> Path:
        rows = [list(row) for row in SAMPLES[chosen.name]]
        change(rows)
        path = tmp_path / name
        path.write_text("\n".join(",".join(_cell(value) for value in row) for row in rows) + "\n")
        return path

    return write


def _cell(value: object) -> str:
    text = str(value)
    return '"' + text.replace('"', '""') + '"' if "," in text else text


def set_cell(row: int, column: str, value: object) -> Callable[[list[list[object]]], None]:
    def change(rows: list[list[object]]) -> None:
        rows[row][rows[0].index(column)] = value

    return change


def normalise(chosen: Format, path: Path) -> list[Normalised]:
    file = look_over(path)
    check_columns(chosen, required_columns(), file)
    return [chosen.transform(piece, "lab") for piece in chunks(file) if isinstance(piece, RawRows)]


def rows_of(chosen: Format, path: Path) -> Normalised:
    (found,) = normalise(chosen, path)
    return found


def test_tables_have_the_schemas_that_the_pipeline_reads(chosen: Format, sample: Sample) -> None:
    found = rows_of(chosen, sample())
    for content, schema in (
        (found.drives, DRIVES),
        (found.placements, PLACEMENTS),
        (found.failures, FAILURES),
        (found.intervals, INTERVALS),
        (found.rejects, REJECTS),
    ):
        assert content.schema == schema
    assert found.readings.column_names[: len(READING_KEYS)] == READING_KEYS.names
    for name in found.readings.column_names[len(READING_KEYS) :]:
        assert smart.key_of(name) or smart.normalized_key_of(name)
        assert found.readings[name].type == pa.float64()


def test_every_drive_is_found_and_nothing_is_refused(chosen: Format, sample: Sample) -> None:
    found = rows_of(chosen, sample())
    assert found.rejects.num_rows == 0
    keys = set(found.drives["drive_key"].to_pylist())
    assert len(keys) == NUM_DRIVES[chosen.name]
    assert all(key.startswith("drive:lab:") for key in keys)


def test_parquet_gives_the_same_as_csv(chosen: Format, sample: Sample, tmp_path: Path) -> None:
    path = sample()
    pq.write_table(pa_csv.read_csv(path), tmp_path / "sample.parquet")
    ours, theirs = rows_of(chosen, path), rows_of(chosen, tmp_path / "sample.parquet")
    for name, content in ours.tables().items():
        other = theirs.tables()[name]
        assert content.drop(["row"]).to_pylist() == other.drop(["row"]).to_pylist()


def test_the_order_of_rows_does_not_matter(chosen: Format, sample: Sample) -> None:
    def turn(rows: list[list[object]]) -> None:
        rows[1:] = rows[:0:-1]

    ours, theirs = rows_of(chosen, sample()), rows_of(chosen, sample(turn, "turned.csv"))
    for name, content in ours.tables().items():
        other = theirs.tables()[name]
        assert _sorted(content) == _sorted(other)


def _sorted(content: pa.Table) -> list[str]:
    return sorted(str(row) for row in content.drop(["row"]).to_pylist())


def test_rows_read_in_pieces_give_what_they_give_together(chosen: Format, sample: Sample) -> None:
    (piece,) = [piece for piece in chunks(look_over(sample())) if isinstance(piece, RawRows)]
    together = chosen.transform(piece, "lab")
    apart = [
        chosen.transform(replace(piece, rows=piece.rows.slice(at, 1), numbers=piece.numbers[at : at + 1]), "lab")
        for at in range(piece.rows.num_rows)
    ]
    for name, content in together.tables().items():
        parts = pa.concat_tables([each.tables()[name] for each in apart])
        assert sorted(map(str, content.to_pylist())) == sorted(map(str, parts.to_pylist()))


@pytest.mark.parametrize(
    ("value", "reason"),
    [("2999-01-01", "in the future"), ("31-31-2013", "is not a day"), ("", "is empty"), ("1812-06-24", "before")],
)
def test_a_row_with_an_impossible_day_is_refused_with_its_line_and_the_rest_is_kept(
    chosen: Format, sample: Sample, value: str, reason: str
) -> None:
    column = DAY_COLUMN[chosen.name]
    found = rows_of(chosen, sample(set_cell(2, column, value)))
    (reject,) = found.rejects.to_pylist()
    assert (reject["row"], reject["column"], reject["value"]) == (3, column, value)
    assert reason in reject["reason"]
    assert reject["raw"].count(",") >= len(chosen.required) - 1
    assert len(set(found.drives["row"].to_pylist())) == 2
    assert 3 not in found.readings["row"].to_pylist()
    assert 3 not in found.failures["row"].to_pylist()


def test_a_row_that_names_no_drive_is_refused(chosen: Format, sample: Sample) -> None:
    found = rows_of(chosen, sample(set_cell(1, NAME_COLUMN[chosen.name], "  ")))
    (reject,) = found.rejects.to_pylist()
    assert (reject["row"], reject["column"]) == (2, NAME_COLUMN[chosen.name])


def test_a_missing_column_is_named_with_the_nearest_one(chosen: Format, sample: Sample) -> None:
    column = NAME_COLUMN[chosen.name]

    def rename(rows: list[list[object]]) -> None:
        rows[0][rows[0].index(column)] = column + "s"

    with pytest.raises(InputError, match=rf"sample.csv:1: column '{column}' is missing.*'{column}s'"):
        normalise(chosen, sample(rename))


@pytest.mark.parametrize(("separator", "called"), [(";", "';'"), ("\t", "a tab")])
def test_another_separator_than_commas_is_told(chosen: Format, tmp_path: Path, separator: str, called: str) -> None:
    path = tmp_path / "excel.csv"
    path.write_text(separator.join(chosen.required) + "\n" + separator.join("1" for _ in chosen.required) + "\n")
    with pytest.raises(InputError, match=f"separated by {called}; commas are expected"):
        normalise(chosen, path)


def test_a_file_of_another_format_is_recognised(chosen: Format, sample: Sample) -> None:
    path = sample()
    for name in SAMPLES:
        if name != chosen.name:
            with pytest.raises(InputError, match=f"--format {chosen.name}"):
                check_columns(format_named(name), required_columns(), look_over(path))


def test_a_column_without_meaning_is_kept_out_and_reported(chosen: Format, sample: Sample) -> None:
    def add(rows: list[list[object]]) -> None:
        for number, row in enumerate(rows):
            row.extend(["smart_999_raw", "mood"] if not number else [7, "fine"])

    path = sample(add)
    assert set(chosen.unknown(look_over(path))) == {"smart_999_raw", "mood"}
    found = rows_of(chosen, path)
    assert found.rejects.num_rows == 0
    assert "mood" not in found.readings.column_names


def test_a_line_with_too_few_fields_is_refused_and_later_lines_keep_their_numbers(
    chosen: Format, sample: Sample
) -> None:
    path = sample()
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:2], "half,a line", "", *lines[2:]]) + "\n")
    pieces = list(chunks(look_over(path)))
    (refused,) = [piece for piece in pieces if isinstance(piece, pa.Table)]
    assert refused["row"].to_pylist() == [3]
    assert refused["raw"].to_pylist() == ["half,a line"]
    assert "fields" in refused["reason"][0].as_py()
    (rows,) = [piece for piece in pieces if isinstance(piece, RawRows)]
    assert rows.numbers.tolist() == [2, 5, 6]


def test_a_file_without_a_usable_line_gives_empty_tables(chosen: Format, sample: Sample) -> None:
    path = sample()
    path.write_text(path.read_text().splitlines()[0] + "\nnot,this\n")
    found = rows_of(chosen, path)
    assert all(content.num_rows == 0 for content in found.tables().values())


def test_a_doubled_column_is_an_error(chosen: Format, sample: Sample) -> None:
    def double(rows: list[list[object]]) -> None:
        for row in rows:
            row.append(row[0])

    with pytest.raises(InputError, match="more than once"):
        look_over(sample(double))


def test_a_number_written_as_words_is_refused(chosen: Format, sample: Sample) -> None:
    column = {"alibaba-tickets": "failure", "backblaze-history": "tstart"}.get(chosen.name)
    attribute = next((name for name in SAMPLES[chosen.name][0] if name in ("smart_5_raw", "ata_5", "r_5")), None)
    found = rows_of(chosen, sample(set_cell(1, str(column or attribute), "twelve")))
    (reject,) = found.rejects.to_pylist()
    assert (reject["row"], reject["value"]) == (2, "twelve")


def test_a_negative_counter_is_refused(chosen: Format, sample: Sample) -> None:
    column, value = {
        "alibaba-windows": ("r_5", _list(0, -1, 0)),
        "atoll-daily": ("ata_5", "-1"),
        "backblaze-daily": ("smart_5_raw", "-1"),
        "backblaze-history": ("smart_5", "-1"),
    }.get(chosen.name, ("failure", "-1"))
    found = rows_of(chosen, sample(set_cell(1, column, value)))
    (reject,) = found.rejects.to_pylist()
    assert (reject["row"], reject["column"]) == (2, column)


def test_a_name_written_as_a_whole_float_is_the_same_name(chosen: Format, sample: Sample) -> None:
    column = NAME_COLUMN[chosen.name]
    ours = rows_of(chosen, sample(set_cell(1, column, 77)))
    theirs = rows_of(chosen, sample(set_cell(1, column, "77.0"), "float.csv"))
    assert ours.drives["drive_key"].to_pylist() == theirs.drives["drive_key"].to_pylist()


# What holds once a store is behind the reader.


def test_a_dry_run_foretells_and_a_repeat_changes_nothing(
    chosen: Format, sample: Sample, store: GraphStore, tmp_path: Path
) -> None:
    path, lake = sample(set_cell(1, NAME_COLUMN[chosen.name], "")), ReadingsLake(tmp_path / "readings")

    def ingest(*, dry_run: bool = False) -> IngestReport:
        return ingest_telemetry([path], chosen.name, "lab", store=store, lake=lake, workspace=tmp_path, dry_run=dry_run)

    before = store.version()
    dry = ingest(dry_run=True)
    assert store.version() == before
    assert store.incomplete_runs() == store.query("ingest_runs").rows == []
    assert {each.name for each in tmp_path.iterdir()} == {"sample.csv"}
    first, second = ingest(), ingest()
    for name in ("rows_read", "drives", "windows", "failures", "new_drives", "new_failures", "new_readings"):
        assert getattr(dry, name) == getattr(first, name)
    assert dry.rows_rejected == first.rows_rejected == second.rows_rejected == 1
    assert dry.quarantine is None
    assert first.quarantine is not None
    assert len(Path(first.quarantine).read_text().splitlines()) == 2
    assert first.new_drives == first.drives == second.drives > 0
    assert first.nodes_written > 0
    assert (second.nodes_written, second.relationships_written, second.new_readings) == (0, 0, 0)
    assert second.store_version == first.store_version == store.version()
    assert store.check() == []


def test_a_header_without_rows_is_an_error(chosen: Format, tmp_path: Path) -> None:
    path = tmp_path / "bare.csv"
    path.write_text(",".join(chosen.required) + "\n")
    with pytest.raises(InputError, match="has a header but no rows"):
        list(chunks(look_over(path)))

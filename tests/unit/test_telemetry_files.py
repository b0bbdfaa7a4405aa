"""What is wrong with a file before its format comes into play: one error, with the place, at little cost."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import numpy as np
import pytest

from graph.errors import InputError
from ingest.telemetry.files import MAX_LINE_BYTES, chunks, expand, look_over
from ingest.telemetry.normalised import RawRows
from ingest.telemetry.registry import format_named


def test_an_empty_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "none.csv").touch()
    with pytest.raises(InputError, match=r"none.csv: is empty"):
        look_over(tmp_path / "none.csv")


def test_a_header_that_is_one_endless_name_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "long.csv").write_text("a" * 140_000 + ",b\n1,2\n")
    with pytest.raises(InputError, match=r"long.csv:1: is no header of a table"):
        look_over(tmp_path / "long.csv")


@pytest.mark.parametrize("rows", ["", "\n\r\n", ',\n"",\n'])
def test_a_file_without_rows_is_an_error(tmp_path: Path, rows: str) -> None:
    (tmp_path / "bare.csv").write_text("date,model\n" + rows)
    with pytest.raises(InputError, match=r"bare.csv: has a header but no rows"):
        look_over(tmp_path / "bare.csv")


def test_a_compressed_file_is_to_be_unpacked_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "day.csv").write_bytes(gzip.compress(b"date,model\n2013-04-10,M\n"))
    with pytest.raises(InputError, match=r"day.csv: is gzip-compressed: unpack it first"):
        look_over(tmp_path / "day.csv")
    with zipfile.ZipFile(tmp_path / "quarter.csv", "w") as archive:
        archive.writestr("day.csv", "date,model\n")
    with pytest.raises(InputError, match=r"quarter.csv: is a zip archive: unpack it first"):
        look_over(tmp_path / "quarter.csv")


def test_a_folder_of_compressed_files_is_to_be_unpacked(tmp_path: Path) -> None:
    (tmp_path / "2024-01-01.csv.gz").write_bytes(gzip.compress(b"date,model\n"))
    with pytest.raises(InputError, match=r"holds no .csv or .parquet file. 2024-01-01.csv.gz is compressed: unpack"):
        expand([tmp_path])


def test_a_missing_path_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        expand([tmp_path / "nowhere.csv"])


def test_a_folder_without_files_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no"):
        expand([tmp_path])


def test_binary_content_is_an_error_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_bytes(b"date,model\n2013,\0\n")
    with pytest.raises(InputError, match=r"b.csv:2: holds NUL bytes"):
        look_over(tmp_path / "b.csv")


def test_text_that_is_not_utf8_is_an_error_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_bytes("date,model\n2013,Zürich\n".encode("latin-1"))
    with pytest.raises(InputError, match=r"l.csv:2: is not UTF-8"):
        look_over(tmp_path / "l.csv")


def test_a_damaged_parquet_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "p.parquet").write_bytes(b"PAR1 and then nothing of the kind")
    with pytest.raises(InputError, match="damaged"):
        look_over(tmp_path / "p.parquet")


def test_a_line_of_two_gigabytes_is_refused_after_its_first_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    with path.open("wb") as stream:
        stream.write(b"date,model\n")
        stream.write(b"x" * (3 * MAX_LINE_BYTES))
        stream.truncate(2 << 30)  # sparse: what follows takes no room on the disk
    with pytest.raises(InputError, match=r"long.csv:2: this line is longer than"):
        look_over(path)


def test_a_line_may_be_long_but_not_too_long_wherever_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "edge.csv"
    path.write_text("a\n" + "1\n" * 100 + "y" * (MAX_LINE_BYTES - 1) + "\n2\n")
    look_over(path)
    path.write_text("a\n" + "1\n" * 100 + "y" * (MAX_LINE_BYTES + 1) + "\n2\n")
    with pytest.raises(InputError, match=r"edge.csv:102:"):
        look_over(path)


def test_line_numbers_hold_over_many_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.telemetry.files.BLOCK_BYTES", 4096)
    rng = np.random.default_rng(3)
    lines = ["a,b"] + [f"{number},x" if rng.random() > 0.1 else f"{number}" for number in range(2, 5000)]
    path = tmp_path / "many.csv"
    path.write_text("\n".join(lines) + "\n")
    pieces = list(chunks(look_over(path)))
    assert sum(isinstance(piece, RawRows) for piece in pieces) > 3
    for piece in pieces:
        if isinstance(piece, RawRows):
            assert piece.numbers.tolist() == [int(value) for value in piece.rows["a"].to_pylist()]
        else:
            assert [str(row) for row in piece["row"].to_pylist()] == piece["raw"].to_pylist()


def test_an_unknown_format_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"'backblaze-dayly' is not known. Did you mean 'backblaze-daily'"):
        format_named("backblaze-dayly")

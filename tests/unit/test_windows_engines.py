"""DuckDB and Spark compute the same windows of the same files, and say clearly what they lack."""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import InputError
from graph.readings import ReadingsLake
from graph.windows import MEASURES
from graph.windows.engines import DuckDBEngine, WindowEngine, open_engine, write_latest_windows
from graph.windows.spark import SparkEngine

START = date(2025, 12, 20)
ATTRIBUTES = ("ata_5", "ata_9", "nvme_media_errors")


@pytest.fixture(scope="module")
def duckdb() -> DuckDBEngine:
    return DuckDBEngine(ibis.duckdb.connect())


def files(folder: Path, *tables: pa.Table) -> list[str]:
    paths = [folder / f"{number}.parquet" for number in range(len(tables))]
    for path, table in zip(paths, tables, strict=True):
        pq.write_table(table, path)
    return [str(path) for path in paths]


def readings(*rows: tuple[str, int, dict[str, float | None]], names: tuple[str, ...] = ATTRIBUTES) -> pa.Table:
    return pa.table(
        {
            "drive_key": pa.array([drive for drive, _, _ in rows], pa.string()),
            "day": pa.array([START + timedelta(day) for _, day, _ in rows], pa.date32()),
            **{name: pa.array([values.get(name) for _, _, values in rows], pa.float64()) for name in names},
        }
    )


def computed(engine: WindowEngine, paths: list[str], days: int = 30, drives: pa.Table | None = None) -> pa.Table:
    with tempfile.TemporaryDirectory() as folder:
        written = write_latest_windows(engine, paths, Path(folder) / "windows", days=days, drives=drives)
        table = ibis.duckdb.connect().read_parquet(written).to_pyarrow()
    return table.sort_by("drive_key")


def assert_same(one: pa.Table, other: pa.Table) -> None:
    """Equal hashes, days and counts; floats equal but for the order in which an engine adds up."""
    assert one.schema.equals(other.schema, check_metadata=False)
    for name in one.column_names:
        left, right = one.column(name).to_pylist(), other.column(name).to_pylist()
        if not pa.types.is_floating(one.schema.field(name).type):
            assert left == right, name
            continue
        attribute = re.sub(f"_({'|'.join(MEASURES)})$", "", name)
        sizes = [one.column(f"{attribute}_{end}").to_pylist() for end in ("min", "max")]
        for row, (a, b) in enumerate(zip(left, right, strict=True)):
            assert (a is None) == (b is None), name
            scale = max(abs(size[row] or 0.0) for size in sizes)
            assert a is None or math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9 * scale), (name, a, b)


values = st.one_of(
    st.none(),
    st.integers(0, 3).map(float),
    st.integers(0, 2**53).map(float),
    st.sampled_from([-0.0, 0.1, 1e-7, 5e-7, 0.9999995, 9e18, 2.0**63, 2.0**64, 1e30, 3.4e38, float("nan")]),
    st.floats(-1e15, 1e15),
)
reading = st.tuples(st.integers(1, 40), st.tuples(*(values for _ in ATTRIBUTES)))
fleets = st.lists(st.lists(reading, min_size=1, max_size=20), min_size=1, max_size=12)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fleets, st.sampled_from([1, 7, 30, 400]))
def test_both_engines_give_the_same_windows_of_any_readings(
    spark: SparkEngine, duckdb: DuckDBEngine, fleet: list[list[tuple[int, tuple[float | None, ...]]]], days: int
) -> None:
    rows = []
    for number, history in enumerate(fleet):
        day = 0
        for gap, row in history:
            day += gap
            rows.append((f"drive:f:m:{number}", day, dict(zip(ATTRIBUTES, row, strict=True))))
    with tempfile.TemporaryDirectory() as folder:
        paths = files(Path(folder), readings(*rows))
        assert_same(computed(duckdb, paths, days), computed(spark, paths, days))


def test_a_counter_with_gaps_and_resets_is_the_same_on_both(
    spark: SparkEngine, duckdb: DuckDBEngine, tmp_path: Path
) -> None:
    history = [(0, 5.0), (1, None), (4, 9.0), (5, 2.0), (9, 2.0), (70, 1e17), (71, 3.0)]
    paths = files(tmp_path, readings(*(("drive:f:m:1", day, {"ata_5": value}) for day, value in history)))

    windows = computed(spark, paths, days=100)

    assert_same(computed(duckdb, paths, days=100), windows)
    (window,) = windows.to_pylist()
    assert (window["ata_5_num_resets"], window["ata_5_rise"], window["ata_9_max"]) == (2, 4.0 + 1e17, None)


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[ReadingsLake]:
    # What Spark could take for a pattern, and a name that it could take for one encoded.
    opened = ReadingsLake(tmp_path / "a [1] {b}" / "readings")
    yield opened
    opened.close()


def test_months_with_different_columns_are_united_by_name(spark: SparkEngine, lake: ReadingsLake) -> None:
    december = readings(("a", 0, {"ata_5": 1.0}), ("b", 1, {"ata_5": 7.0}), names=("ata_5",))
    january = readings(("a", 20, {"ata_9": 24.5}), names=("ata_9",))
    manifest = lake.stage("run:2", "two/ö %41", january, lake.stage("run:1", "two/ö %41", december))

    windows = computed(spark, lake.files([manifest]))

    assert_same(computed(DuckDBEngine(lake.connection), lake.files([manifest])), windows)
    first, second = windows.to_pylist()
    assert (first["ata_5_last"], first["ata_9_last"], second["ata_9_last"]) == (1.0, 24.5, None)
    assert "month" not in windows.column_names


def test_only_the_drives_asked_for_are_computed(spark: SparkEngine, duckdb: DuckDBEngine, tmp_path: Path) -> None:
    paths = files(tmp_path, readings(*((f"drive:f:m:{number}", 0, {"ata_5": 1.0}) for number in range(5))))
    asked = pa.table({"drive_key": ["drive:f:m:3", "drive:f:m:1", "drive:f:m:none"]})

    windows = computed(spark, paths, drives=asked)

    assert windows.column("drive_key").to_pylist() == ["drive:f:m:1", "drive:f:m:3"]
    assert_same(computed(duckdb, paths, drives=asked), windows)


@pytest.mark.data
def test_real_drives_have_the_same_windows_on_both(spark: SparkEngine, lake: ReadingsLake, shared_data: Path) -> None:
    table = lake.connection.read_parquet(str(shared_data / "backblaze-daily.parquet"))
    some = table.filter(table.serial_number.hash() % 40 == 0)
    columns = {f"ata_{name.split('_')[1]}": name for name in table.columns if name.startswith("smart_")}
    key = ibis.literal("drive:backblaze:") + some.model + ":" + some.serial_number
    manifest = lake.stage("run:1", "backblaze", some.select(drive_key=key, day="date", **columns))

    windows = computed(spark, lake.files([manifest]))

    assert windows.num_rows > 400
    assert_same(computed(DuckDBEngine(lake.connection), lake.files([manifest])), windows)


@pytest.mark.parametrize(
    ("engine", "master", "message"),
    [
        ("sparc", "local[*]", "Engine 'sparc' is not known. Did you mean 'spark'"),
        ("spark", "sc://host", "ATOLL_SPARK_MASTER is 'sc://host'; expected local"),
    ],
)
def test_an_engine_that_cannot_be_had_is_refused(engine: str, master: str, message: str) -> None:
    with pytest.raises(InputError, match=message.replace("[", r"\[").replace("*", r"\*")):
        open_engine(engine, ibis.duckdb.connect(), spark_master=master)


def told_by(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """What a process of its own prints that opens Spark."""
    text = f"{code}\nfrom graph.windows.spark import open_spark\ntry:\n    open_spark('local[1]')\n"
    text += "except Exception as error:\n    print(type(error).__name__, error)\n"
    return subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )


def test_without_java_the_message_names_it_and_java_says_nothing_itself(tmp_path: Path) -> None:
    pytest.importorskip("pyspark")

    told = told_by("", JAVA_HOME=str(tmp_path))

    assert told.stdout.startswith("InputError Spark at 'local[1]' does not start: ")
    assert "Java 17 or 21" in told.stdout
    assert told.stderr == ""


def test_without_pyspark_the_message_says_what_to_install() -> None:
    told = told_by("import sys; sys.modules['pyspark'] = None; sys.modules['pyspark.sql'] = None")

    assert "pip install 'atoll-kg[pyspark]'" in told.stdout

"""An ingest gives the same graph whichever engine computes its windows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ibis
import pytest

from graph.errors import InputError
from graph.ports import GraphStore
from graph.readings import ReadingsLake
from graph.windows.spark import SparkEngine
from ingest.telemetry.pipeline import ingest_telemetry

WINDOWS = (
    "MATCH (d:Drive)-->(w:TelemetryWindow) RETURN d.key AS drive, w.key AS key, w.content_sha256 AS content, "
    "properties(w) AS properties ORDER BY key"
)


def without(name: str, value: Any) -> Any:
    """A property without the fleet's name, which is all that the two graphs may differ in."""
    if isinstance(value, list):
        return [without(name, each) for each in value]
    return value.replace(name, "") if isinstance(value, str) else value


@pytest.mark.data
@pytest.mark.parametrize("store_kind", ["embedded"])
def test_spark_gives_the_graph_that_duckdb_gives(
    spark: SparkEngine, store: GraphStore, raw: Any, shared_data: Path, tmp_path: Path
) -> None:
    path = tmp_path / "some.parquet"
    table = ibis.duckdb.connect().read_parquet(str(shared_data / "backblaze-daily.parquet"))
    table.filter(table.serial_number.hash() % 60 == 0).to_parquet(str(path))
    found: dict[str, list[dict[str, Any]]] = {}
    for engine in ("duckdb", "spark"):
        lake = ReadingsLake(tmp_path / engine)
        report = ingest_telemetry(
            [path], "backblaze-daily", engine, store=store, lake=lake, workspace=tmp_path, engine=engine
        )
        lake.close()
        assert report.windows > 300
        rows = [row for row in raw(WINDOWS) if f":{engine}:" in row["drive"]]
        for row in rows:
            row["properties"] = {
                name: without(engine, value)
                for name, value in row["properties"].items()
                if name not in {"run", "created_run", "last_run"}
            }
        found[engine] = [row["properties"] for row in rows]

    assert len(found["spark"]) > 300
    for one, other in zip(found["duckdb"], found["spark"], strict=True):
        assert one.keys() == other.keys()
        for name, value in one.items():
            if isinstance(value, list) and any(isinstance(each, float) for each in value):
                assert value == pytest.approx(other[name], rel=1e-9, abs=1e-3), name
            else:
                assert value == other[name], name


@pytest.mark.parametrize("store_kind", ["embedded"])
def test_an_unknown_engine_is_refused_before_anything_is_written(store: GraphStore, tmp_path: Path, raw: Any) -> None:
    path = tmp_path / "day.csv"
    path.write_text("date,serial_number,model,capacity_bytes,failure,smart_5_raw\n2026-01-01,S1,M1,1000,0,3\n")
    lake = ReadingsLake(tmp_path / "readings")

    with pytest.raises(InputError, match=r"Engine 'sparkk' is not known. Did you mean 'spark'"):
        ingest_telemetry([path], "backblaze-daily", "f", store=store, lake=lake, workspace=tmp_path, engine="sparkk")

    assert raw("MATCH (d:Drive) RETURN count(d) AS number") == [{"number": 0}]
    assert not (tmp_path / "readings").exists()

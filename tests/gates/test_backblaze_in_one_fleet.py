"""The Backblaze files: counts as pandas finds them, both in one fleet, and no repeat that changes anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from graph.ports import GraphStore
from graph.readings import ReadingsLake
from graph.stores import open_store
from graph.stores.embedded import supervisor
from ingest.telemetry.pipeline import IngestReport, ingest_telemetry
from ingest.telemetry.stored import current_manifest, ingest_runs

KEYS = ["model", "serial_number"]
Workspace = tuple[Path, GraphStore, ReadingsLake]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    store = open_store(f"embedded:{tmp_path}", workspace_id="backblaze-gate")
    lake = ReadingsLake(tmp_path / "readings")
    yield tmp_path, store, lake
    lake.close()
    store.close()
    supervisor.stop(tmp_path)


def ingest(workspace: Workspace, path: Path, format_name: str) -> IngestReport:
    folder, store, lake = workspace
    return ingest_telemetry([path], format_name, "backblaze", store=store, lake=lake, workspace=folder)


def drives_in_store(store: GraphStore) -> tuple[int, int, int]:
    """Drives, failed drives' events, and days under observation."""
    text = "MATCH (d:Drive {fleet: 'backblaze'}) RETURN count(d) AS drives, sum(d.drive_days) AS days"
    ((drives, days),) = store.query_free(text, timeout_seconds=120).rows
    text = "MATCH (f:FailureEvent {status: 'failed'}) RETURN count(f) AS failures"
    return drives, store.query_free(text, timeout_seconds=120).rows[0][0], days


@pytest.mark.data
@pytest.mark.gate
def test_the_daily_file_alone(workspace: Workspace, shared_data: Path) -> None:
    path = shared_data / "backblaze-daily.parquet"
    theirs = pd.read_parquet(path, columns=["date", *KEYS, "failure"])
    report = ingest(workspace, path, "backblaze-daily")
    num_drives = len(theirs.drop_duplicates(KEYS))
    assert (report.rows_read, report.rows_rejected) == (len(theirs), 0) == (868_524, 0)
    assert (report.drives, report.windows) == (num_drives, num_drives)
    assert report.failures == theirs["failure"].sum() == 120
    assert drives_in_store(workspace[1]) == (num_drives, 120, len(theirs.drop_duplicates(["date", *KEYS])))


@pytest.mark.data
@pytest.mark.gate
def test_both_files_in_one_fleet_are_one_set_of_drives_and_failures(workspace: Workspace, shared_data: Path) -> None:
    daily, history = shared_data / "backblaze-daily.parquet", shared_data / "backblaze-history.parquet"
    days, spans = pd.read_parquet(daily), pd.read_parquet(history)
    drives = pd.concat([days[KEYS], spans[KEYS]]).drop_duplicates()
    failed = pd.concat(
        [
            days.loc[days["failure"] == 1, [*KEYS, "date"]],
            spans.loc[spans["fails"] == 1, [*KEYS, "max_date"]].rename(columns={"max_date": "date"}),
        ]
    ).drop_duplicates()
    assert (len(drives), len(failed)) == (74_246, 4_278)
    reports = [ingest(workspace, history, "backblaze-history"), ingest(workspace, daily, "backblaze-daily")]
    assert [report.rows_rejected for report in reports] == [0, 0]
    assert [report.drives for report in reports] == [len(spans.drop_duplicates(KEYS)), len(days.drop_duplicates(KEYS))]
    assert [report.failures for report in reports] == [spans["fails"].sum(), days["failure"].sum()]
    observed = spans.drop_duplicates(KEYS)[[*KEYS, "min_date", "max_date"]]
    outside = days[[*KEYS, "date"]].drop_duplicates().merge(observed, on=KEYS, how="left")
    inside = (outside["date"] >= outside["min_date"]) & (outside["date"] <= outside["max_date"])
    span_days = (pd.to_datetime(observed["max_date"]) - pd.to_datetime(observed["min_date"])).dt.days + 1
    assert drives_in_store(workspace[1]) == (len(drives), len(failed), span_days.sum() + (~inside).sum())
    version = workspace[1].version()
    for path, format_name in ((history, "backblaze-history"), (daily, "backblaze-daily")):
        repeat = ingest(workspace, path, format_name)
        assert (repeat.new_readings, repeat.nodes_written, repeat.relationships_written) == (0, 0, 0)
    assert workspace[1].version() == version


@pytest.mark.data
def test_every_day_of_the_daily_file_is_in_the_readings_as_it_was(workspace: Workspace, shared_data: Path) -> None:
    """One published day, end to end: what pandas reads from the file stands in the readings."""
    path = shared_data / "backblaze-daily-csv" / "2013-04-10.csv"
    theirs = pd.read_csv(path)
    report = ingest(workspace, path, "backblaze-daily")
    assert report.rows_read == report.drives == len(theirs)
    manifest = current_manifest(ingest_runs(workspace[1]), "backblaze")
    assert manifest is not None
    ours = workspace[2].readings([manifest]).to_pandas().set_index("drive_key")
    theirs.index = pd.Index("drive:backblaze:" + theirs["model"] + ":" + theirs["serial_number"])
    for number in (1, 5, 9, 194, 197):
        pd.testing.assert_series_equal(
            ours[f"ata_{number}"].sort_index(),
            theirs[f"smart_{number}_raw"].astype(float).sort_index(),
            check_names=False,
        )

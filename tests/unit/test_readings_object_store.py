"""Readings in an object store: a real S3 server on this machine, and what is told when it cannot be used."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest
import s3fs
from moto.server import ThreadedMotoServer

from graph.errors import InputError, RefusedError, StoreError
from graph.readings import Manifest, ReadingsLake, copy_readings
from graph.readings.objects import ObjectPlace
from graph.windows.engines import open_engine, write_latest_windows
from graph.windows.spark import SparkEngine

START = date(2026, 1, 20)
SECRET = "not-for-any-log"
Address = tuple[str, ThreadedMotoServer]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadedMotoServer]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    opened = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    opened.start()
    host, port = opened.get_host_and_port()
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL_S3", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "tester")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    yield opened
    opened.stop()


@pytest.fixture
def bucket(server: ThreadedMotoServer, request: pytest.FixtureRequest) -> str:
    """A bucket that no other test sees: the server keeps buckets for as long as the process lives."""
    name = f"bucket-{abs(hash(request.node.nodeid)):x}"
    s3fs.S3FileSystem(skip_instance_cache=True).mkdir(name)
    return name


@pytest.fixture
def lake(bucket: str) -> Iterator[ReadingsLake]:
    opened = ReadingsLake(f"s3://{bucket}/some/prefix", owner="workspace-1")
    yield opened
    opened.close()


def rows(*given: tuple[str, int, float | None], name: str = "ata_5") -> pa.Table:
    return pa.table(
        {
            "drive_key": pa.array([drive for drive, _, _ in given], pa.string()),
            "day": pa.array([START + timedelta(day) for _, day, _ in given], pa.date32()),
            name: pa.array([value for _, _, value in given], pa.float64()),
        }
    )


def objects(bucket: str) -> set[str]:
    """Names of all objects of a bucket, as somebody else's client sees them."""
    found = s3fs.S3FileSystem(skip_instance_cache=True, use_listings_cache=False).find(bucket)
    return {name.removeprefix(f"{bucket}/some/prefix/") for name in found}


def values(lake: ReadingsLake, *manifests: str) -> list[dict[str, Any]]:
    return sorted(lake.readings(manifests).to_pyarrow().to_pylist(), key=lambda row: (row["drive_key"], row["day"]))


def test_readings_are_merged_and_versioned_in_a_bucket_as_in_a_folder(
    lake: ReadingsLake, bucket: str, tmp_path: Path
) -> None:
    here = ReadingsLake(tmp_path / "readings")
    found = []
    for place in (lake, here):
        first = place.stage("run:1", "two/ö", rows(("a", 0, 1.0), ("b", 0, 2.0), ("a", 20, 3.0)))
        second = place.stage("run:2", "two/ö", rows(("a", 0, None), ("b", 0, 5.0), ("c", 1, 7.0)), first)
        assert place.stage("run:3", "two/ö", rows(("b", 0, 5.0)), second) == second
        third = place.stage("run:4", "two/ö", rows(("b", 0, 24.0), name="ata_9"), second)
        found.append([values(place, manifest) for manifest in (first, second, third)])
    here.close()

    assert found[0] == found[1]
    assert found[0][2][1] == {"drive_key": "a", "day": START + timedelta(20), "ata_5": 3.0, "ata_9": None}
    folder = "fleet=two%2F%C3%B6"
    assert objects(bucket) == {
        "workspace.json",
        *(f"{folder}/manifest-{run}.json" for run in (1, 2, 4)),
        *(f"{folder}/month=2026-01/{run}.parquet" for run in (1, 2, 4)),
        f"{folder}/month=2026-02/1.parquet",
    }


def test_intervals_and_exposure_are_read_from_a_bucket(lake: ReadingsLake) -> None:
    spans = pa.table({"drive_key": ["a", "b"], "first_day": [START] * 2, "last_day": [START + timedelta(9)] * 2})

    manifest = lake.stage("run:1", "f", rows(("a", 0, 1.0), ("a", 30, 1.0)), intervals=spans)

    assert dict(lake.exposure([manifest]).to_pyarrow().to_pandas().itertuples(index=False)) == {"a": 11, "b": 10}


def test_garbage_is_removed_from_a_bucket_and_the_owner_stays(lake: ReadingsLake, bucket: str) -> None:
    first = lake.stage("run:1", "f", rows(("a", 0, 1.0), ("a", 20, 1.0)))
    second = lake.stage("run:2", "f", rows(("a", 0, 2.0)), first)

    assert lake.collect_garbage([second]) == 2

    assert objects(bucket) == {
        "workspace.json",
        second,
        "fleet=f/month=2026-01/2.parquet",
        "fleet=f/month=2026-02/1.parquet",
    }
    assert [row["ata_5"] for row in values(lake, second)] == [2.0, 1.0]


@pytest.mark.parametrize("place", ["bucket", "folder"])
def test_another_workspace_is_kept_from_these_files(place: str, lake: ReadingsLake, tmp_path: Path) -> None:
    root = lake.root if place == "bucket" else tmp_path / "shared"
    ours, other = ReadingsLake(root, owner="workspace-1"), ReadingsLake(root, owner="workspace-2")
    manifest = ours.stage("run:1", "f", rows(("a", 0, 1.0)))

    with pytest.raises(RefusedError, match="workspace with the id workspace-1, ours is workspace-2"):
        other.stage("run:2", "g", rows(("a", 0, 1.0)))
    with pytest.raises(RefusedError, match="ATOLL_READINGS"):
        other.collect_garbage([])

    assert len(values(ours, manifest)) == 1
    ours.close()
    other.close()


def test_an_upload_cut_in_the_middle_leaves_the_old_version_whole(
    lake: ReadingsLake, bucket: str, server: ThreadedMotoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = lake.stage("run:1", "f", rows(("a", 0, 1.0), ("a", 20, 1.0)))
    before = values(lake, first)
    take, uploads = ObjectPlace.take, []

    def cut_at_the_second(self: ObjectPlace, source: Path, path: str) -> None:
        uploads.append(path)
        if len(uploads) == 2:
            server.stop()
        take(self, source, path)

    monkeypatch.setattr(ObjectPlace, "take", cut_at_the_second)
    with pytest.raises(StoreError, match=rf"s3://{bucket}/some/prefix: the readings cannot be reached.*AWS_ENDPOINT"):
        lake.stage("run:2", "f", rows(("a", 0, 2.0), ("a", 20, 2.0), ("a", 40, 2.0)), first)
    server._port = server.get_host_and_port()[1]
    server.start()

    assert "fleet=f/month=2026-01/2.parquet" in objects(bucket)
    assert values(lake, first) == before
    assert lake.collect_garbage([first]) == 1


def test_a_store_that_goes_away_between_two_reads_is_told(lake: ReadingsLake, server: ThreadedMotoServer) -> None:
    first = lake.stage("run:1", "f", rows(("a", 0, 1.0)))
    base = Manifest.read(lake._place, first)
    server.stop()

    with pytest.raises(StoreError, match=r"s3://.*cannot be read or written \(\w*Error: Could not connect"):
        lake._changes(f"read_parquet('{lake._place.address(base.files[0].path)}')", base.files[0])


def test_a_lost_object_is_told_by_name(lake: ReadingsLake, bucket: str) -> None:
    manifest = lake.stage("run:1", "f", rows(("a", 0, 1.0)))
    s3fs.S3FileSystem(skip_instance_cache=True).rm(f"{bucket}/some/prefix/fleet=f/month=2026-01/1.parquet")

    with pytest.raises(StoreError, match=r"month=2026-01/1\.parquet: this file of the readings is missing"):
        lake.readings([manifest])
    with pytest.raises(StoreError, match=r"manifest-9\.json: the manifest of the readings is missing"):
        lake.readings(["fleet=f/manifest-9.json"])


def test_a_bucket_that_is_not_there_is_told_with_what_to_set(server: ThreadedMotoServer) -> None:
    lake = ReadingsLake("s3://no-such-bucket/readings")

    with pytest.raises(StoreError, match=r"s3://no-such-bucket/readings: .*bucket does not exist.*AWS_ENDPOINT_URL"):
        lake.stage("run:1", "f", rows(("a", 0, 1.0)))
    with pytest.raises(StoreError, match="bucket"):
        lake.readings(["fleet=f/manifest-1.json"])


def test_a_backup_of_a_bucket_that_is_not_there_is_told_so(server: ThreadedMotoServer, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"s3://no-such-bucket/readings: .*bucket does not exist"):
        copy_readings("s3://no-such-bucket/readings", tmp_path / "copy")


def test_nothing_secret_is_shown_or_stored(lake: ReadingsLake, bucket: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    manifest = lake.stage("run:1", "f", rows(("a", 0, 1.0)))
    stored = s3fs.S3FileSystem(skip_instance_cache=True).cat_file(f"{bucket}/some/prefix/{manifest}").decode()

    shown = [repr(lake), str(vars(lake)), repr(vars(lake._place)), stored, caplog.text]
    shown += [str(row) for row in lake.connection.raw_sql("SELECT sql FROM duckdb_views()").fetchall()]

    assert json.loads(stored)["files"][0]["path"] == "fleet=f/month=2026-01/1.parquet"
    assert not [text for text in shown if SECRET in text]


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("s3://key:geheim@bucket/x", "credentials belong into"),
        ("s3://bucket/x?secret=geheim", "credentials belong into"),
        ("s3:///x", "expected s3://bucket/folder"),
        ("s3://bucket/a*", "expected s3://bucket/folder"),
        ("s4://bucket/x", r"'s4' is no known kind of store. Did you mean 's3://'"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_without_being_shown_secrets(url: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as told:
        ReadingsLake(url)

    assert "geheim" not in str(told.value)


def test_a_backup_of_a_bucket_is_a_folder_and_goes_back(lake: ReadingsLake, bucket: str, tmp_path: Path) -> None:
    first = lake.stage("run:1", "f", rows(("a", 0, 1.0), ("a", 20, 3.0)))
    second = lake.stage("run:2", "f", rows(("a", 0, 2.0)), first)

    assert copy_readings(lake.root, tmp_path / "backup") == 5
    assert copy_readings(lake.root, tmp_path / "backup") == 0
    other = ReadingsLake(f"s3://{bucket}/restored")
    assert copy_readings(tmp_path / "backup", other.root) == 5

    assert [values(other, manifest) for manifest in (first, second)] == [values(lake, first), values(lake, second)]
    other.close()


def test_any_store_that_fsspec_knows_holds_readings() -> None:
    lake = ReadingsLake("memory://lake/readings")
    first = lake.stage("run:1", "f", rows(("a", 0, 1.0)))
    second = lake.stage("run:2", "f", rows(("a", 1, 2.0)), first)

    assert [row["ata_5"] for row in values(lake, second)] == [1.0, 2.0]
    assert lake.collect_garbage([second]) == 2
    assert [row["ata_5"] for row in values(lake, second)] == [1.0, 2.0]


def test_a_file_url_is_a_folder(tmp_path: Path) -> None:
    lake = ReadingsLake((tmp_path / "a b").as_uri())

    assert lake.root == tmp_path / "a b"


def test_windows_of_readings_in_a_bucket_are_the_same_by_either_engine(
    spark: SparkEngine, lake: ReadingsLake, tmp_path: Path
) -> None:
    first = lake.stage("run:1", "f", rows(("a", 0, 1.0), ("a", 20, 3.0), ("b", 0, 0.25)))
    manifest = lake.stage("run:2", "f", rows(("a", 1, 2.0), name="ata_9"), first)
    (tmp_path / "copies").mkdir()
    hashes = {}
    with open_engine("duckdb", lake.connection) as duckdb:
        for engine in (duckdb, spark):
            files = lake.files([manifest], copies_in=None if engine.reads_urls else tmp_path / "copies")
            written = write_latest_windows(engine, files, tmp_path / engine.name)
            table = ibis.duckdb.connect().read_parquet(written)
            hashes[engine.name] = dict(table.select("drive_key", "content_sha256").to_pandas().itertuples(index=False))

    assert hashes["spark"] == hashes["duckdb"]
    assert len(hashes["duckdb"]) == 2

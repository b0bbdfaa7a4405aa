"""When the samples of exporters were taken, and what is no page or answer."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from exporter_pages import AT, ATA, COLLECTED, NODE, NVME, SECONDS, answer, read, readings
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from graph.errors import InputError
from graph.ports import GraphStore
from graph.readings import ReadingsLake
from ingest.telemetry.normalised import RawRows
from ingest.telemetry.options import SourceOptions
from ingest.telemetry.pipeline import ingest_telemetry
from ingest.telemetry.prometheus import format_for, recognises
from ingest.telemetry.registry import format_named


def test_times_on_a_page_are_milliseconds_and_in_openmetrics_seconds(tmp_path: Path) -> None:
    stamped = "\n".join(f"{line} {SECONDS}000" for line in ATA.splitlines() if not line.startswith("#")) + "\n"
    for page in (stamped, stamped.replace(f"{SECONDS}000", str(SECONDS)) + "# EOF\n"):
        file, found, _ = read(tmp_path, page, SourceOptions())
        assert readings(found)["Z1"]["sequence"] == SECONDS
        assert not any("no time" in note for note in file.notes)


def test_the_numbers_of_an_exemplar_are_not_those_of_the_sample(tmp_path: Path) -> None:
    labels = 'device="sda",name="a # {b} 5"'
    page = ATA + f'node_disk_read_bytes_total{{{labels}}} 1e9 # {{trace_id="x"}} 1 {SECONDS - 864000}\n'
    page += f'node_disk_written_bytes_total{{{labels}}} 2e9 {SECONDS} # {{trace_id="x"}} 1\n# EOF\n'
    _, found, refused = read(tmp_path, page)
    assert refused == []
    (reading,) = found.readings.to_pylist()
    assert (reading["host_read_bytes"], reading["host_written_bytes"], reading["sequence"]) == (1e9, 2e9, SECONDS)


@pytest.mark.parametrize("time", ["NaN", "1e309"])
def test_a_sample_whose_time_is_none_is_refused(tmp_path: Path, time: str) -> None:
    page = f'{ATA}node_disk_read_bytes_total{{device="sda"}} 1e9 {time}\n'
    _, found, refused = read(tmp_path, page)
    assert found.readings.num_rows == 1
    assert [row["reason"] for row in refused] == ["is no sample of a metric (its time is none)"]


def test_a_page_without_times_counts_for_when_it_was_written_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "page.prom"
    path.write_text(ATA)
    os.utime(path, (SECONDS, SECONDS))
    chosen = format_for(SourceOptions())
    file = chosen.reader.look_over(path)
    assert any("2026-10-31 06:00 UTC" in note and "--collected-at" in note for note in file.notes)
    (rows,) = chosen.reader.chunks(file)
    assert isinstance(rows, RawRows)
    assert chosen.transform(rows, "lab").readings["sequence"].to_pylist() == [SECONDS]


DEVICE = {"__name__": "smartctl_device", "device": "sda", "instance": "h1:9633", "protocol": "ATA"}
HOURS = {"__name__": "smartctl_device_power_on_seconds", "device": "sda", "instance": "h1:9633"}
NOON = SECONDS + 6 * 3600
DAY = 86_400


def test_of_a_range_the_last_sample_of_each_day_counts(tmp_path: Path) -> None:
    info = {**DEVICE, "model_name": "M", "serial_number": "S"}
    times = (NOON, NOON + 3600, NOON + DAY)
    content = answer(
        (info, [(at, "1") for at in times]), (HOURS, [(times[0], "3600"), (times[1], "7200"), (times[2], "NaN")])
    )
    _, found, refused = read(tmp_path, content, SourceOptions(), "range.json")
    assert refused == []
    rows = found.readings.to_pylist()
    assert [(row["day"], row["device_power_on_hours"], row["sequence"]) for row in rows] == [
        (date(2026, 10, 31), 2, NOON + 3600),
        (date(2026, 11, 1), None, NOON + DAY),
    ]
    assert found.placements["host"].to_pylist() == ["h1", "h1"]


def test_a_drive_that_was_replaced_within_the_range_gives_its_readings_to_its_successor(tmp_path: Path) -> None:
    content = answer(
        ({**DEVICE, "model_name": "M", "serial_number": "OLD"}, [(NOON, "1")]),
        ({**DEVICE, "model_name": "M", "serial_number": "NEW"}, [(NOON + DAY, "1")]),
        (HOURS, [(NOON, "36000"), (NOON + DAY, "3600")]),
    )
    _, found, _ = read(tmp_path, content, SourceOptions(), "range.json")
    assert {serial: own["device_power_on_hours"] for serial, own in readings(found).items()} == {"OLD": 10, "NEW": 1}


def test_an_answer_at_one_time_is_read_too(tmp_path: Path) -> None:
    info = {**DEVICE, "model_name": "M", "serial_number": "S"}
    content = answer((info, [(NOON, "1")]), (HOURS, [(NOON, "3600")]), ({}, [(NOON, "1")]), kind="vector")
    _, found, refused = read(tmp_path, content, SourceOptions(), "vector.json")
    assert readings(found)["S"]["device_power_on_hours"] == 1
    assert [(each["row"], "names no metric" in each["reason"]) for each in refused] == [(3, True)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"status":"error","error":"bad_data"}', 'a query that failed: "bad_data"'),
        ('{"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}', "matrix or vector"),
        ('{"status":', "is no JSON"),
        ("{}", "matrix or vector"),
    ],
)
def test_other_json_is_refused_with_what_was_expected(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(InputError, match=r"x\.json:1") as raised:
        read(tmp_path, content, AT, "x.json")
    assert message in str(raised.value)


def test_files_are_recognised_by_how_they_begin() -> None:
    assert recognises(ATA.encode())
    assert recognises(answer(({**DEVICE}, [(1, "1")])).encode())
    assert not recognises(b'{"smartctl": {"version": [7, 4]}}')
    assert not recognises(b"day,serial,model\n")


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text()
    | st.lists(st.sampled_from([*ATA.splitlines(), *NODE.splitlines(), "{", '"', "}", " ", "\n"])).map("".join)
)
@example("\ufeffsmartctl_device 1")
def test_any_text_is_read_or_an_error_of_the_user(tmp_path: Path, text: str) -> None:
    _ends_well(tmp_path, text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["1", "matrix"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["metric", "values", "value", "__name__", "device", "serial"]), inner, max_size=4
        )
    ),
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(json_values, max_size=4), st.sampled_from(["matrix", "vector"]))
def test_any_answer_is_read_or_an_error_of_the_user(tmp_path: Path, result: list[Any], kind: str) -> None:
    info = json.loads(answer(({**DEVICE, "model_name": "M", "serial_number": "S"}, [(NOON, "1")])))["data"]["result"]
    _ends_well(tmp_path, json.dumps({"data": {"resultType": kind, "result": [*result, *info]}}))


def _ends_well(folder: Path, content: str) -> None:
    try:
        _, found, _ = read(folder, content)
    except InputError as error:
        assert str(folder) in str(error)  # noqa: PT017
    else:
        assert None not in found.drives["drive_key"].to_pylist()


def test_a_dry_run_foretells_and_a_repeat_changes_nothing(store: GraphStore, tmp_path: Path) -> None:
    path = tmp_path / "page.prom"
    path.write_text(ATA + NVME + "broken\n")
    lake = ReadingsLake(tmp_path / "readings")

    def ingest(*, dry_run: bool = False) -> Any:
        return ingest_telemetry(
            [path], "prometheus", "lab", store=store, lake=lake, workspace=tmp_path, dry_run=dry_run, options=AT
        )

    dry, first, second = ingest(dry_run=True), ingest(), ingest()
    assert (
        (dry.drives, dry.windows, dry.rows_rejected) == (first.drives, first.windows, first.rows_rejected) == (2, 2, 1)
    )
    assert (second.nodes_written, second.relationships_written, second.new_readings) == (0, 0, 0)


@pytest.mark.data
def test_the_real_scrape_of_smartctl_exporter(tmp_path: Path, shared_data: Path) -> None:
    page = (shared_data / "prometheus" / "smartctl_exporter.prom").read_text()
    file, found, refused = read(tmp_path, page)
    assert refused == []
    own = readings(found)
    assert set(own) == {"P02050305257", "8H0920011311", "X010A0GTF96G", "X010A069F96G", "X010A0QRF96G"}
    plextor = own["P02050305257"]
    assert (plextor["device_overall_failed"], plextor["nvme_critical_warning"], plextor["device_exit_status"]) == (
        1,
        4,
        8,
    )
    assert (plextor["nvme_percentage_used"], plextor["nvme_available_spare"]) == (161, 100)
    assert (plextor["nvme_power_on_hours"], plextor["nvme_power_cycles"], plextor["nvme_temperature"]) == (
        14259,
        11,
        37,
    )
    # The exporter of this scrape counted 1,024 blocks a data unit: with its factor, and with no other, these are whole.
    assert plextor["nvme_data_units_read"] == 98_228_299 == 5.1499918426112e13 / (512 * 1024)
    assert plextor["nvme_data_units_written"] == 37_446_607 == 1.9632806690816e13 / (512 * 1024)
    assert any("1,024 blocks" in note for note in file.notes)
    adata = own["8H0920011311"]
    assert not [name for name in adata if name.startswith("nvme_")]  # though the page says available_spare 0 of it
    assert (adata["ata_9"], adata["device_power_on_hours"], adata["ata_233"]) == (37412, 37412, 13907933)
    assert (adata["ata_194"], adata["device_temperature"]) == (3342375, 39)
    assert (adata["ata_5_threshold"], adata["ata_231_normalized"]) == (3, 97)
    assert [own[serial]["ata_9"] for serial in ("X010A0GTF96G", "X010A069F96G", "X010A0QRF96G")] == [
        13359,
        13407,
        13432,
    ]
    assert {row["serial"]: row["capacity_bytes"] for row in found.drives.to_pylist()} == {
        "P02050305257": 256060514304,
        "8H0920011311": 128035675648,
        "X010A0GTF96G": 12000138625024,
        "X010A069F96G": 12000138625024,
        "X010A0QRF96G": 12000138625024,
    }
    assert set(file.unread) == {
        "smartctl_device_capacity_blocks",
        "smartctl_device_interface_speed",
        "smartctl_version",
    }


@pytest.mark.data
def test_the_real_page_of_node_exporter(tmp_path: Path, shared_data: Path) -> None:
    page = (shared_data / "prometheus" / "node_exporter.txt").read_text()
    file, found, refused = read(tmp_path, page, SourceOptions(collected_at=COLLECTED, host="h7"))
    counters = {
        serial: tuple(
            row[f"host_{name}"] for name in ("read_bytes", "written_bytes", "read_operations", "write_operations")
        )
        for serial, row in readings(found).items()
    }
    assert counters == {
        "2160A0D5FVGG": (513713216512, 258916880384, 25354637, 28444756),
        "SMC0E1B87ABBB16BD84E": (4944782848, 1010127360, 326552, 41822),
        "3EWB5Y25CWQWA7EH1U": (848782848, 88527360, 126552, 11822),
        "S252B6CU1HG3M1": (2377714176, 20199236096, 47114, 1078320),
    }
    assert {row["serial"]: row["medium"] for row in found.drives.to_pylist()}["2160A0D5FVGG"] == "disk"
    assert sorted((each["row"], each["column"], each["reason"].split(":")[0]) for each in refused) == [
        (1120, "model_name", "is missing"),  # a memory card with a serial number and no model
        (1128, "serial_number", "is missing"),  # a virtual disk with neither
        (
            3522,
            "serial",
            "is another serial number of nvme0 than node_disk_info has in line 1123 (S252B6CU1HG3M1), which counts",
        ),
    ]
    assert any(note.startswith("9 devices are no drives") and "sr0" in note for note in file.notes)
    assert found.placements["host"].to_pylist() == ["h7"] * 4


def test_the_format_is_known_by_its_name() -> None:
    assert format_named("prometheus", AT).name == "prometheus"
    with pytest.raises(InputError, match="--mapping means nothing"):
        format_named("prometheus", SourceOptions(mapping=Path("x")))

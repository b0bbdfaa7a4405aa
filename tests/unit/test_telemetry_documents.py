"""Files of JSON in every shape that tools and shells leave them in: what can be read is read, and nothing crashes."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import AtollError, InputError
from ingest.telemetry import documents
from ingest.telemetry.documents import records
from ingest.telemetry.documents_samples import COLDEST_CELSIUS, HOTTEST_CELSIUS
from ingest.telemetry.documents_values import UnusableError, Value
from ingest.telemetry.normalised import Normalised, RawRows
from ingest.telemetry.options import SourceOptions
from ingest.telemetry.registry import format_named

ONE, TWO, THREE = {"a": 1, "b": {"c": [1, 2]}}, {"a": 2}, {"a": 3}
PRETTY = [json.dumps(each, indent=2) for each in (ONE, TWO, THREE)]
LINES = [json.dumps(each) for each in (ONE, TWO, THREE)]


def contents(path: Path) -> list[Any]:
    return [record.content for record in records(path)]


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "some.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    "content",
    [
        "\n".join(LINES),
        "\n".join(PRETTY),
        "".join(LINES),
        "\r\n\r\n".join(LINES) + "\r\n",
        json.dumps([ONE, TWO, THREE]),
        json.dumps([ONE, TWO, THREE], indent=4),
        json.dumps([ONE, TWO]) + "\n" + LINES[2],
        "\ufeff" + "\n".join(LINES),
    ],
)
def test_objects_may_stand_in_a_file_in_any_way(tmp_path: Path, content: str) -> None:
    assert contents(written(tmp_path, content)) == [ONE, TWO, THREE]


def test_values_are_numbered_from_one(tmp_path: Path) -> None:
    assert [record.number for record in records(written(tmp_path, "\n".join(PRETTY)))] == [1, 2, 3]


@pytest.mark.parametrize("shape", [LINES, PRETTY])
@pytest.mark.parametrize("at", [0, 1, 2])
def test_of_objects_one_after_another_a_broken_one_costs_only_itself(tmp_path: Path, shape: list[str], at: int) -> None:
    texts = list(shape)
    texts[at] = texts[at][:-4]
    found = list(records(written(tmp_path, "\n".join(texts))))
    whole = [ONE, TWO, THREE]
    del whole[at]
    assert [record.content for record in found if not record.broken] == whole
    (broken,) = [record for record in found if record.broken]
    assert broken.raw == texts[at].strip()
    assert broken.number == at + 1
    assert "is no JSON" in broken.broken


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ('{"a": 1,\n "b": }', "2:7: is no JSON"),
        ('{"a": 1', "1:8: is no JSON"),
        ("[1, 2", "1:6: is no JSON"),
        ("date,model\n", "1:1: is no JSON"),
        ('{"a": "\0"}', "1:8: is no JSON"),
        (b"\xff\xfe\x00\x01", "is UTF-16"),
        (b"\x89PNG\r\n", "1:1: is no JSON"),
        ("", "is empty"),
        (" \n\t\n", "is empty"),
        (gzip.compress(b"{}"), "is gzip-compressed: unpack it first"),
        ('{"a": ' * 100_000, "nested too deeply"),
        ("[" * 100_000 + "]" * 100_000, "nested too deeply"),
    ],
)
def test_a_file_that_cannot_be_parsed_is_an_error_with_its_place(
    tmp_path: Path, content: str | bytes, place: str
) -> None:
    with pytest.raises(InputError, match=f"some.json.*{place}"):
        contents(written(tmp_path, content))


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        contents(tmp_path / "none.json")
    with pytest.raises(InputError, match="cannot be read"):
        contents(tmp_path)


def test_a_large_file_is_read_line_by_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_BYTES", 10)
    assert contents(written(tmp_path, "\ufeff" + "\n".join(LINES))) == [ONE, TWO, THREE]
    cut = [LINES[0], LINES[1][:-1], LINES[2]]
    assert [record.broken[:2] for record in records(written(tmp_path, "\n".join(cut)))] == ["", "2:", ""]
    monkeypatch.setattr(documents, "MAX_LINE_BYTES", 12)
    with pytest.raises(InputError, match=r"some.json:1: is too long a line.*split it"):
        contents(written(tmp_path, "\n".join(LINES)))


def test_a_file_of_rubbish_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_BROKEN", 5)
    with pytest.raises(InputError, match="more than 5 objects are broken; the first: 1:2"):
        contents(written(tmp_path, "\n".join(["{x"] * 10)))


def test_what_no_counter_can_be_is_no_error_of_the_parser(tmp_path: Path) -> None:
    (content,) = contents(written(tmp_path, '{"huge": ' + "9" * 10_000 + ', "nan": NaN, "far": -Infinity}'))
    for name in content:
        with pytest.raises(UnusableError, match="is not a finite number"):
            Value(content)[name].number()


def test_bytes_that_are_no_text_cost_only_the_value_that_holds_them(tmp_path: Path) -> None:
    (content,) = contents(written(tmp_path, b'{"name": "S\xff1", "other": 1}'))
    assert Value(content)["other"].number() == 1
    with pytest.raises(UnusableError, match="is not UTF-8 text"):
        Value(content)["name"].text()


@pytest.mark.parametrize(
    ("content", "is_usable"),
    [
        ('{"a": 1, "a": 1}', True),
        ('{"a": 1, "a": 2}', False),
        ('{"a": 1, "a": true}', False),
        ('{"a": {"b": 1}, "a": {"b": 1}}', True),
    ],
)
def test_a_key_that_stands_there_twice_with_two_values_has_none(tmp_path: Path, content: str, is_usable: bool) -> None:
    value = Value(contents(written(tmp_path, content))[0])["a"]
    if is_usable:
        assert value.content in (1, {"b": 1})
        return
    for read in (value.number, value.text, value.flag, value.names, lambda: value["b"]):
        with pytest.raises(UnusableError, match="more than once, with different values"):
            read()


# Any JSON anywhere.

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(2**70), 2**140)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["40 C", "310 K", "0x1f", "1e5", "NaN", "", "REDACTED", "\ud800", "\x00"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
BASES: dict[str, dict[str, Any]] = {
    "ata": {
        "smartctl": {"exit_status": 4, "messages": [{"string": "Warning", "severity": "warning"}]},
        "local_time": {"time_t": 1714543200},
        "device": {"name": "/dev/sda", "type": "sat", "protocol": "ATA"},
        "model_name": "ST3500418AS",
        "serial_number": "5VM0",
        "wwn": {"naa": 5, "oui": 3152, "id": 1},
        "firmware_version": "CC38",
        "user_capacity": {"bytes": 500107862016},
        "rotation_rate": 7200,
        "smart_status": {"passed": True},
        "ata_smart_attributes": {
            "table": [
                {"id": 5, "value": 93, "worst": 93, "thresh": 36, "when_failed": "", "raw": {"value": 304}},
                {"id": 194, "value": 33, "worst": 43, "thresh": 0, "when_failed": "", "raw": {"value": 81604378657}},
            ]
        },
        "power_on_time": {"hours": 44668},
        "temperature": {"current": 33},
        "ata_smart_error_log": {
            "summary": {
                "count": 1,
                "table": [{"error_number": 1, "lifetime_hours": 3, "completion_registers": {"error": 64, "lba": 5}}],
            }
        },
        "ata_smart_self_test_log": {
            "standard": {
                "count": 1,
                "table": [
                    {"type": {"value": 1}, "status": {"value": 0, "passed": True}, "lifetime_hours": 9},
                ],
            }
        },
    },
    "nvme": {
        "smartctl": {"exit_status": 0},
        "local_time": {"time_t": 1714543200},
        "device": {"protocol": "NVMe"},
        "model_name": "KXG60ZNV512G TOSHIBA",
        "serial_number": "REDACTED",
        "nvme_total_capacity": 512110190592,
        "nvme_namespaces": [{"id": 1, "eui64": {"oui": 9233294, "ext_id": 21483710645}}],
        "nvme_smart_health_information_log": {
            "critical_warning": 0,
            "temperature": 37,
            "temperature_sensors": [37, 40],
            "available_spare": 100,
            "percentage_used": 1,
            "data_units_read": 15794760,
        },
        "nvme_self_test_log": {
            "table": [{"self_test_code": {"value": 1}, "self_test_result": {"value": 0}, "power_on_hours": 5}]
        },
        "nvme_error_information_log": {
            "table": [{"error_count": 4, "status_field": {"string": "Invalid Field"}, "lba": {"value": 1}}]
        },
        "endurance_used": {"current_percent": 1},
    },
    "scsi": {
        "smartctl": {"exit_status": 0},
        "local_time": {"time_t": 1714543200},
        "device": {"protocol": "SCSI"},
        "scsi_vendor": "SEAGATE",
        "scsi_product": "ST373453LC",
        "scsi_revision": "DX10",
        "serial_number": "3HW0",
        "logical_unit_id": "0x5000cb0847",
        "rotation_rate": 15015,
        "temperature": {"current": 33, "drive_trip": 68},
        "scsi_grown_defect_list": 260,
        "scsi_error_counter_log": {"write": {"total_uncorrected_errors": 535, "gigabytes_processed": "11151.772"}},
        "scsi_start_stop_cycle_counter": {"accumulated_start_stop_cycles": 70},
        "scsi_self_test_0": {"code": {"value": 2}, "result": {"value": 0}, "power_on_time": {"hours": 90}},
    },
    "nvme-cli": {
        "critical_warning": {"value": 0},
        "temperature": 310,
        "temperature_sensor_1": 300,
        "avail_spare": 100,
        "spare_thresh": 5,
        "percent_used": 2,
        "data_units_written": "136157684",
    },
}  # fmt: skip
OPTIONS = SourceOptions(drive="M:S", collected_at=datetime(2024, 5, 1, tzinfo=UTC))
Place = tuple[str | int, ...]


def places(content: Any, above: Place = ()) -> Iterator[Place]:
    """Every place in a document."""
    pairs = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for name, inner in pairs:
        yield (*above, name)
        yield from places(inner, (*above, name))


def put(content: Any, place: Place, value: Any) -> Any:
    """A copy of a document with another value at a place."""
    if not place:
        return value
    copy = dict(content) if isinstance(content, dict) else list(content)
    copy[place[0]] = put(content[place[0]], place[1:], value)
    return copy


def read(path: Path, format: str) -> tuple[list[Normalised], int]:
    """What the reader makes of a file, and how many records it refused."""
    chosen = format_named(format, OPTIONS if format == "nvme-cli" else None)
    pieces = list(chosen.reader.chunks(chosen.reader.look_over(path)))
    made = [chosen.transform(piece, "lab") for piece in pieces if isinstance(piece, RawRows)]
    num_refused = sum(each.rejects.num_rows for each in made)
    return made, num_refused + sum(piece.num_rows for piece in pieces if not isinstance(piece, RawRows))


def check_readings(found: list[Normalised]) -> None:
    for each in found:
        for name in each.readings.column_names:
            values = [value for value in each.readings[name].to_pylist() if value is not None]
            if name.startswith(("device_temperature", "nvme_temperature", "scsi_temperature")):
                assert all(COLDEST_CELSIUS <= value <= HOTTEST_CELSIUS for value in values), name
            elif name not in ("drive_key", "day"):
                assert all(value >= 0 and math.isfinite(value) for value in values), name


@pytest.mark.parametrize("base", sorted(BASES))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=150)
@given(data=st.data())
def test_any_value_anywhere_is_read_or_refused(base: str, data: st.DataObject, tmp_path: Path) -> None:
    document = BASES[base]
    changed = document
    for place in data.draw(st.lists(st.sampled_from(list(places(document))), min_size=1, max_size=3, unique=True)):
        try:
            changed = put(changed, place, data.draw(ANYTHING))
        except (TypeError, KeyError, IndexError):
            continue  # an earlier change has taken the place away
    format = "nvme-cli" if base == "nvme-cli" else "smartctl"
    path = tmp_path / "any.json"
    path.write_text(json.dumps(changed))
    try:
        found, num_refused = read(path, format)
    except AtollError:
        return
    assert sum(each.drives.num_rows for each in found) + num_refused == 1
    check_readings(found)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300) | st.text(max_size=100).map(str.encode) | ANYTHING.map(lambda v: json.dumps(v).encode()))
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.json"
    path.write_bytes(content)
    for format in ("smartctl", "nvme-cli"):
        try:
            found, _ = read(path, format)
        except AtollError:
            continue
        check_readings(found)


@pytest.mark.parametrize("base", sorted(BASES))
def test_the_documents_of_these_tests_are_whole(base: str, tmp_path: Path) -> None:
    path = tmp_path / "any.json"
    path.write_text(json.dumps(BASES[base]))
    found, num_refused = read(path, "nvme-cli" if base == "nvme-cli" else "smartctl")
    assert num_refused == 0
    assert found[0].drives.num_rows == 1
    assert found[0].log_entries.num_rows == {"ata": 2, "nvme": 2, "scsi": 1, "nvme-cli": 0}[base]

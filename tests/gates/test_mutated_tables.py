"""Real tables and pages of metrics, damaged at random: never another error than ours, and what is kept can be.

Some hundred a reader here, ten thousand by the gate. A failing seed is told and makes the same file again.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from mutations import mutated

from graph.errors import AtollError
from graph.ontology import smart
from ingest.telemetry.formats import Format, check_columns
from ingest.telemetry.normalised import READING_KEYS, Normalised, RawRows
from ingest.telemetry.options import SourceOptions
from ingest.telemetry.prometheus_points import of_page
from ingest.telemetry.registry import format_named, required_columns
from ingest.telemetry.suggest import suggest
from ingest.telemetry.suggest_yaml import to_yaml

pytestmark = pytest.mark.data
SHARDS = 10
A_SHARD, A_SHARD_BY_THE_GATE = 25, 1000
AT = SourceOptions(collected_at=datetime(2026, 10, 1, tzinfo=UTC))
NUMBERS = re.compile(rb"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
ROWS = 40  # of a table, so that a mutation often hits a row that is read
EXPORTED = 1_790_000_000  # seconds since 1970
WORK = (
    b"day,serial,model,read_bytes,written_bytes,read_operations,write_operations,queue_depth,application,host\n"
    + b"".join(b"2026-10-0%d,S%d,M1,1000,2000,10,20,1.5,db,h1\n" % (at % 7 + 1, at) for at in range(ROWS))
)
PLACES = b"time,rack,temperature_celsius,humidity_percent,vibration_rms_g,power_kilowatts\n" + b"".join(
    b"2026-10-01T%02d:00:00Z,r%d,22.5,40,0.01,4\n" % (at % 24, at % 3) for at in range(ROWS)
)


def _head(path: Path) -> bytes:
    return b"\n".join(path.read_bytes().split(b"\n")[: ROWS + 1])


def _disks(data: Path) -> bytes:
    """What of node_exporter's page is about disks; most of it is about something else."""
    lines = (data / "prometheus" / "node_exporter.txt").read_bytes().split(b"\n")
    return b"\n".join(line for line in lines if b"node_disk" in line or b"node_nvme" in line)


def _answer(data: Path) -> bytes:
    """The real scrape as the answer to a query over two days."""
    points = of_page((data / "prometheus" / "smartctl_exporter.prom").read_text()).points
    picked = [point for point in points if point.labels.get("device") in ("/dev/nvme0", "/dev/sdd")]
    result = [
        {
            "metric": {"__name__": point.name, "instance": "h1:9633", **point.labels},
            "values": [[EXPORTED + 86_400 * day, repr(point.value)] for day in range(2)],
        }
        for point in picked
    ]
    return json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}}).encode()


def _mapping(data: Path, folder: Path) -> SourceOptions:
    table = folder / "table.csv"
    table.write_bytes(_head(data / "backblaze-daily-csv" / "failures-2023Q4.csv"))
    (folder / "mapping.yaml").write_text(to_yaml(suggest(table)))
    return SourceOptions(mapping=folder / "mapping.yaml")


@dataclass(frozen=True)
class Reader:
    """A format to damage files of.

    Args:
        format: Its name.
        content: A real file, or where there is none one that was made.
        options: What the user says of it.
        suffix: Of the file's name.
        is_traceable: Its readings are the numbers that stand in the file.
    """

    format: str
    content: Callable[[Path], bytes]
    options: Callable[[Path, Path], SourceOptions] = lambda data, folder: SourceOptions()
    suffix: str = ".csv"
    is_traceable: bool = True


READERS = {
    "prometheus, a page of drives": Reader(
        "prometheus",
        lambda data: (data / "prometheus" / "smartctl_exporter.prom").read_bytes(),
        lambda data, folder: AT,
        ".prom",
        is_traceable=False,
    ),
    "prometheus, a page of a node": Reader("prometheus", _disks, lambda data, folder: AT, ".prom"),
    "prometheus, an answer": Reader("prometheus", _answer, suffix=".json", is_traceable=False),
    "mapped": Reader("mapped", lambda data: _head(data / "backblaze-daily-csv" / "failures-2023Q4.csv"), _mapping),
    "backblaze-daily": Reader(
        "backblaze-daily", lambda data: _head(data / "backblaze-daily-csv" / "failures-2024Q4-day-first-dates.csv")
    ),
    "workload": Reader("workload", lambda data: WORK),
    "environment": Reader("environment", lambda data: PLACES, is_traceable=False),
}


def normalised(chosen: Format, path: Path) -> tuple[list[Normalised], int]:
    """What a reader makes of a file, and how many rows it refuses."""
    file = chosen.reader.look_over(path)
    if chosen.required:
        check_columns(chosen, required_columns(), file)
    found, num_refused = [], 0
    for piece in chosen.reader.chunks(file):
        if isinstance(piece, RawRows):
            found.append(chosen.transform(piece, "lab"))
        rejects = found[-1].rejects.to_pylist() if isinstance(piece, RawRows) else piece.to_pylist()
        for reject in rejects:
            assert reject["reason"], reject
            "".join(map(str, reject.values())).encode()  # goes into a file of UTF-8
        num_refused += len(rejects)
    return found, num_refused


def check_values(found: Normalised) -> None:
    """What is kept can be: counters that count, temperatures that a drive or a room can have, drives with a name."""
    for name in set(found.readings.column_names) - set(READING_KEYS.names):
        values = [value for value in found.readings[name].to_pylist() if value is not None]
        assert all(math.isfinite(value) for value in values), name
        if name.endswith(("_normalized", "_worst", "_threshold")) and name.startswith("ata_"):
            assert all(0 <= value <= 255 for value in values), name
        elif name in ("device_temperature", "nvme_temperature"):
            assert all(-60 <= value <= 150 for value in values), name
        elif (key := smart.key_of(name)) and smart.attribute(key).kind != "gauge":
            assert all(value >= 0 for value in values), name
    for name, low, high in (("temperature_celsius", -40, 60), ("humidity_percent", 1, 100)):
        assert all(value is None or low <= value <= high for value in found.place_readings[name].to_pylist()), name
    assert all(key.startswith("drive:lab:") for key in found.drives["drive_key"].to_pylist())
    assert None not in found.place_readings["place"].to_pylist()


def check_origin(found: Normalised, content: bytes) -> None:
    """Every reading stands in the file as a number: nothing was scaled, cut or made up."""
    numbers = {float(number) for number in NUMBERS.findall(content)} | {0.0}
    for name in set(found.readings.column_names) - {*READING_KEYS.names, "collected_at_seconds"}:
        values = {value for value in found.readings[name].to_pylist() if value is not None}
        assert values <= numbers, (name, values - numbers)


@pytest.fixture
def num_seeds(request: pytest.FixtureRequest) -> int:
    return A_SHARD_BY_THE_GATE if request.config.getoption("--gates") else A_SHARD


def outcome(chosen: Format, reader: Reader, path: Path, content: bytes) -> str:
    """Read a damaged file and hold what is kept against what can be."""
    path.write_bytes(content)
    try:
        found, num_refused = normalised(chosen, path)
    except AtollError as error:
        refusal = str(error)
    else:
        for each in found:
            check_values(each)
            if reader.is_traceable:
                check_origin(each, content)
        is_any = any(each.drives.num_rows or each.place_readings.num_rows for each in found)
        return f"{'kept' if is_any else 'nothing'}{', rows refused' if num_refused else ''}"
    assert str(path) in refusal, refusal
    return "refused"


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_a_damaged_file_is_read_or_refused(
    reader: Reader, shard: int, num_seeds: int, shared_data: Path, tmp_path: Path
) -> None:
    whole = reader.content(shared_data)
    chosen = format_named(reader.format, reader.options(shared_data, tmp_path))
    path = tmp_path / f"damaged{reader.suffix}"
    outcomes: Counter[str] = Counter()
    for seed in range(shard * num_seeds, (shard + 1) * num_seeds):
        try:
            outcomes[outcome(chosen, reader, path, mutated(whole, seed))] += 1
        except Exception as error:
            raise AssertionError(f"{reader.format}, seed {seed}: {type(error).__name__}: {error}") from error
    # A single damaged row or line costs itself and not the file.
    assert outcomes["kept"] + outcomes["kept, rows refused"] >= num_seeds // 2, outcomes
    assert outcomes["kept, rows refused"] + outcomes["refused"] > 0, outcomes

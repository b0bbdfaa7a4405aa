"""Real files, damaged at random: never another error than ours, never a value that cannot be, and the rest is kept.

Some hundred a reader here, ten thousand by the gate. A failing seed is told and makes the same file again.
"""

from __future__ import annotations

import json
import math
import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from mutations import mutated

from graph.errors import AtollError
from ingest.telemetry.documents_samples import COLDEST_CELSIUS, HOTTEST_CELSIUS, KELVIN_AT_0_CELSIUS
from ingest.telemetry.formats import Format, check_columns
from ingest.telemetry.normalised import READING_KEYS, Normalised, RawRows
from ingest.telemetry.options import SourceOptions
from ingest.telemetry.registry import format_named, required_columns

pytestmark = pytest.mark.data
SHARDS = 10
A_SHARD, A_SHARD_BY_THE_GATE = 30, 1000
TEMPERATURES = ("device_temperature", "nvme_temperature", "scsi_temperature")
ATA_BYTES = ("_normalized", "_worst", "_threshold")
PERCENT = ("nvme_available_spare", "nvme_available_spare_threshold")
KEPT = "drive:lab:"
NUMBERS = re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
COUNTED_HERE = ("device_failed_self_tests", "collected_at_seconds")


@dataclass(frozen=True)
class Reader:
    """A format to damage files of.

    Args:
        format: Its name.
        sources: Its real files.
        options: What the user says of them.
        suffix: Of a file's name.
        is_traceable: Its readings are the numbers that stand in the file.
        surround: Puts a damaged file's content beside undamaged ones in one file, and says which drives must be found
            whatever the damage is; None where a file holds one sample.
    """

    format: str
    sources: Callable[[Path], list[Path]]
    options: SourceOptions | None = None
    suffix: str = ".json"
    is_traceable: bool = True
    surround: Callable[[bytes, Path], tuple[bytes, set[str]]] | None = None


def beside_two_others(content: bytes, shared_data: Path) -> tuple[bytes, set[str]]:
    """JSON lines whose middle one is damaged."""
    before, after = (
        json.dumps(json.loads((shared_data / "smartctl" / name).read_bytes())).encode()
        for name in ("telegraf-megaraid.json", "telegraf-usb.json")
    )
    return b"\n".join([before, content, after]), {
        f"{KEPT}ST6000NM0115-1YZ110:ZAD2C11G",
        f"{KEPT}SanDisk pSSD:06c9f4c44",
    }


READERS = {
    "smartctl": Reader("smartctl", lambda data: sorted((data / "smartctl").glob("*.json"))),
    "smartctl, one of several": Reader(
        "smartctl", lambda data: sorted((data / "smartctl").glob("*.json")), surround=beside_two_others
    ),
    "nvme-cli": Reader(
        "nvme-cli",
        lambda data: [data / "nvme" / "nvme-cli-2.3-smart-log.json"],
        SourceOptions(drive="M1:S1", collected_at=datetime(2024, 5, 1, tzinfo=UTC)),
    ),
}


def normalised(chosen: Format, path: Path) -> list[Normalised]:
    """What a reader makes of a file."""
    file = chosen.reader.look_over(path)
    if chosen.required:
        check_columns(chosen, required_columns(), file)
    pieces = list(chosen.reader.chunks(file))
    for piece in pieces:
        if not isinstance(piece, RawRows):
            _check_reasons(piece.to_pylist())
    return [chosen.transform(piece, "lab") for piece in pieces if isinstance(piece, RawRows)]


def _check_reasons(rejects: list[dict[str, object]]) -> None:
    for reject in rejects:
        assert reject["reason"], reject
        assert "Traceback" not in str(reject)
        json.dumps(reject).encode("ascii")
        "".join(map(str, reject.values())).encode()  # goes into a file of UTF-8


def check_values(found: Normalised) -> None:
    """What is kept can be: temperatures that a drive can have, counts that are counts."""
    _check_reasons(found.rejects.to_pylist())
    for name in found.readings.column_names:
        if name in READING_KEYS.names:
            continue
        values = [value for value in found.readings[name].to_pylist() if value is not None]
        assert all(math.isfinite(value) for value in values), name
        if name.startswith(TEMPERATURES):
            assert all(COLDEST_CELSIUS <= value <= HOTTEST_CELSIUS for value in values), name
            continue
        assert all(value >= 0 for value in values), name
        if name.startswith("ata_") and name.endswith(ATA_BYTES):
            assert all(value <= 255 for value in values), name
        if name in PERCENT:
            assert all(value <= 100 for value in values), name
    for content in found.tables().values():
        if "drive_key" in content.column_names:
            keys = content["drive_key"].to_pylist()
            assert all(key and key.startswith(KEPT) and key.isprintable() for key in keys), keys


def check_origin(found: Normalised, content: bytes) -> None:
    """Every reading stands in the file as a number, as it is or in kelvin; nothing was scaled, cut or made up."""
    numbers = {float(number) for number in NUMBERS.findall(content)}
    numbers |= {number - KELVIN_AT_0_CELSIUS for number in numbers} | {0.0, 1.0}
    for name in set(found.readings.column_names) - {*READING_KEYS.names, *COUNTED_HERE}:
        values = {value for value in found.readings[name].to_pylist() if value is not None}
        assert values <= numbers, (name, values - numbers)


@pytest.fixture
def num_seeds(request: pytest.FixtureRequest) -> int:
    return A_SHARD_BY_THE_GATE if request.config.getoption("--gates") else A_SHARD


def outcome(reader: Reader, path: Path, content: bytes, surviving: set[str]) -> str:
    """Read a damaged file, hold what is kept against what can be, and say whether it was kept, in part or refused."""
    path.write_bytes(content)
    try:
        found = normalised(format_named(reader.format, reader.options), path)
    except AtollError as error:
        refusal = str(error)
    else:
        drives = {key for each in found for key in each.drives["drive_key"].to_pylist()}
        assert surviving <= drives, drives
        for each in found:
            check_values(each)
            if reader.is_traceable:
                check_origin(each, content)
        return "kept" if drives else "refused rows"
    assert str(path) in refusal, refusal
    assert not surviving, refusal
    return "refused"


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_a_damaged_file_is_read_or_refused(
    reader: Reader, shard: int, num_seeds: int, shared_data: Path, tmp_path: Path
) -> None:
    contents = [path.read_bytes() for path in reader.sources(shared_data)]
    path = tmp_path / f"damaged{reader.suffix}"
    outcomes: Counter[str] = Counter()
    for seed in range(shard * num_seeds, (shard + 1) * num_seeds):
        content = mutated(contents[seed % len(contents)], seed)
        surviving: set[str] = set()
        if reader.surround:
            content, surviving = reader.surround(content, shared_data)
        try:
            outcomes[outcome(reader, path, content, surviving)] += 1
        except Exception as error:
            raise AssertionError(f"{reader.format}, seed {seed}: {type(error).__name__}: {error}") from error
    # Mutations are worth something only where some are survived and some are not.
    assert outcomes["kept"] >= num_seeds // 10, outcomes
    assert reader.surround or outcomes["refused"] + outcomes["refused rows"] >= num_seeds // 10, outcomes


def test_a_mutation_is_decided_by_its_seed(shared_data: Path) -> None:
    content = (shared_data / "smartctl" / "telegraf-usb.json").read_bytes()
    seeds = random.Random(0).sample(range(100_000), 200)
    assert [mutated(content, seed) for seed in seeds] == [mutated(content, seed) for seed in seeds]
    assert sum(mutated(content, seed) != content for seed in seeds) > 180

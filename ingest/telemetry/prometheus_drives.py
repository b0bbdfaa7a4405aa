"""Drives from samples of metrics: which device of which machine they are of, and which drive that was at the time."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from ingest.telemetry.documents_samples import LAST_SECOND, Sample, is_placeholder
from ingest.telemetry.prometheus_metrics import IDENTITY, UnusableError, readings_of
from ingest.telemetry.prometheus_points import MAX_LABEL, Point, Points, Refusal

SECONDS_A_DAY = 86_400
VIRTUAL = re.compile(r"(dm-|loop|md|ram|zram|sr|fd|nbd|rbd|drbd|zd)\d+\w*|md\w+|nvme\d+c\d+n\d+(p\d+)?")
PARTITION = re.compile(r"((sd|hd|vd|xvd)[a-z]+|nvme\d+n\d+p|mmcblk\d+p)\d+")
NAMESPACE = re.compile(r"(nvme\d+)n\d+")
HOST_LABELS = ("host", "hostname", "nodename", "node", "instance")
LOCAL = ("localhost", "127.0.0.1", "[::1]", "")
OF_THE_SERVER = frozenset((*HOST_LABELS, "job", "cluster", "env", "environment", "datacenter", "region", "monitor"))
MODELS = ("model_name", "device_model", "model")
SERIALS = ("serial_number", "serial")
FIRMWARES = ("firmware_version", "firmware_revision", "revision")


@dataclass(frozen=True, slots=True)
class Identity:
    """Which drive a series says a device is.

    Args:
        model: Model.
        serial: Serial number.
        firmware: Its revision.
        protocol: ``ata``, ``nvme`` or ``scsi``.
        medium: ``flash`` or ``disk``.
    """

    model: str
    serial: str
    firmware: str | None = None
    protocol: str | None = None
    medium: str | None = None


@dataclass(slots=True)
class Found:
    """Samples of drives.

    Args:
        samples: Each with the number of its first metric.
        refusals: What cannot be used.
        notes: What the report should say.
        unread: Metrics that mean nothing.
        num_named: Devices of which the drive is told, whether or not its values can be used.
    """

    samples: list[tuple[int, Sample]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    num_named: int = 0


def drives_of(points: Points, *, default_seconds: float, host: str | None) -> Found:
    """Sort samples by drive and day.

    Args:
        points: What the file holds.
        default_seconds: When samples without a time were taken.
        host: Name of the machine where no label tells it.

    Returns:
        One sample a drive and day, with the last value of each series.
    """
    found = Found(refusals=list(points.refusals))
    names = {point.labels.get("nodename", "") for point in points.points if point.name == "node_uname_info"}
    told = (names.pop() if len(names) == 1 else "") or host
    groups: dict[tuple[str, str], list[Point]] = {}
    no_drives: Counter[str] = Counter()
    for point in points.points:
        label = point.labels.get("device") or point.labels.get("disk") or ""
        device = label.removeprefix("/dev/")
        if VIRTUAL.fullmatch(device) or PARTITION.fullmatch(device):
            no_drives[device] += 1
        elif device:
            space = NAMESPACE.fullmatch(device)
            kind = point.labels.get("type", "")
            # Behind a RAID controller several drives share the device, and the type tells which.
            behind = f" ({kind})" if "," in kind and point.name.startswith("smartmon_") else ""
            groups.setdefault((_host(point), (space[1] if space else device) + behind), []).append(point)
        elif point.name != "node_uname_info":
            found.unread.add(point.name)
    if no_drives:
        shown = ", ".join(sorted(no_drives)[:12]) + (", …" if len(no_drives) > 12 else "")
        found.notes.append(f"{len(no_drives)} devices are no drives of their own and were left out: {shown}.")
    if any(point.name.startswith("smartmon_") for point in points.points):
        found.notes.append("smartmon.sh writes numbers with seven digits; larger ones are rounded.")
    for (machine, device), own in groups.items():
        _Device(machine or told, device, own, default_seconds).add_to(found)
    found.samples.sort(key=lambda item: item[0])
    return found


def _host(point: Point) -> str:
    """The machine that a sample is of: a label that names it, or the address it was scraped at without its port."""
    for name in HOST_LABELS:
        text = point.labels.get(name, "")
        if name == "instance":
            text = re.sub(r":\d+$", "", text)
        if text and text not in LOCAL and len(text) <= MAX_LABEL:
            return text
    return ""


class _Device:
    """All samples of one device of one machine."""

    def __init__(self, machine: str | None, device: str, points: list[Point], default_seconds: float) -> None:
        self._machine, self._device = machine, device
        runs = [p.value for p in points if p.name == "smartmon_smartctl_run" and 0 < p.value < LAST_SECOND]
        self._default = max(runs, default=default_seconds)
        self._points = points
        self._refusals: list[Refusal] = []
        self._has_attributes = any("attribute" in point.name for point in points)
        self._timeline = self._identities()

    def add_to(self, found: Found) -> None:
        """Add its samples, or why there are none."""
        found.refusals += self._refusals
        if not self._timeline:
            if not self._refusals:
                found.refusals.append(self._nameless())
            return
        found.num_named += 1
        for (identity, _), points in self._by_drive_and_day().items():
            number = min(point.number for point in points.values())
            try:
                found.samples.append((number, self._sample(identity, points.values(), found)))
            except UnusableError as error:
                point = error.point
                refusal = Refusal(point.number, point.name, f"{point.value:g}", error.reason, point.shown)
                found.refusals.append(refusal)

    def _nameless(self) -> Refusal:
        first = min(self._points, key=lambda point: point.number)
        named = [point for point in self._points if point.name in IDENTITY]
        told: Mapping[str, str] = named[0].labels if named else {}
        lacks = "serial_number" if not _first(told, SERIALS) else "model_name"
        what = "serial number" if lacks == "serial_number" else "model"
        number, raw = (named[0].number, named[0].shown) if named else (first.number, first.shown)
        return Refusal(number, lacks, "", f"is missing: no metric tells the {what} of device {self._device[:80]}", raw)

    def _seconds(self, point: Point) -> float:
        return self._default if point.seconds is None else point.seconds

    def _identities(self) -> list[tuple[float, Identity]]:
        """Which drive the device was from when on, by the best of the series that tell it."""
        ranked: dict[int, list[tuple[float, Identity, Point]]] = {}
        for point in self._points:
            identity = self._identity(point)
            if identity is not None and not math.isnan(point.value):
                rank = IDENTITY.index(point.name) if point.name in IDENTITY else len(IDENTITY)
                ranked.setdefault(rank, []).append((self._seconds(point), identity, point))
        if not ranked:
            return []
        best = sorted(ranked[min(ranked)], key=lambda item: item[0])
        self._refuse_contradictions(best, ranked)
        for (at, one, _), (also, other, point) in pairwise(best):
            if at == also and (one.model, one.serial) != (other.model, other.serial):
                reason = (
                    f"is not the only drive that is called {self._device[:80]}: {one.serial[:80]} is at the same time"
                )
                self._refusals.append(Refusal(point.number, "serial_number", other.serial, reason, point.shown))
                return []
        if any(is_placeholder(identity.serial) for _, identity, _ in best):
            point = best[0][2]
            reason = "is a placeholder, by which drives cannot be told apart"
            self._refusals.append(Refusal(point.number, "serial_number", best[0][1].serial, reason, point.shown))
            return []
        return [(seconds, identity) for seconds, identity, _ in best]

    def _refuse_contradictions(
        self, best: list[tuple[float, Identity, Point]], ranked: Mapping[int, list[tuple[float, Identity, Point]]]
    ) -> None:
        """One kernel has one drive at a controller; what names another there is told, not merged."""
        first = best[0]
        disk, controller = IDENTITY.index("node_disk_info"), IDENTITY.index("node_nvme_info")
        if min(ranked) != disk:
            return
        for _, identity, point in ranked.get(controller, ())[:1]:
            if identity.serial != first[1].serial:
                reason = (
                    f"is another serial number of {self._device[:80]} than node_disk_info has in line "
                    f"{first[2].number} ({first[1].serial[:80]}), which counts"
                )
                self._refusals.append(Refusal(point.number, "serial", identity.serial, reason, point.shown))

    def _identity(self, point: Point) -> Identity | None:
        labels = point.labels
        model, serial = _first(labels, MODELS), _first(labels, SERIALS)
        if model is None and labels.get("product"):
            model = _first({"model": f"{labels.get('vendor', '')} {labels['product']}"}, MODELS)
        if model is None or serial is None:
            return None
        rotational = labels.get("rotational")
        protocol = self._protocol(labels)
        medium = {"1": "disk", "0": "flash"}.get(rotational or "") or ("flash" if protocol == "nvme" else None)
        return Identity(model, serial, _first(labels, FIRMWARES), protocol, medium)

    def _protocol(self, labels: Mapping[str, str]) -> str | None:
        stated = labels.get("protocol", "").lower()
        if stated in ("ata", "nvme", "scsi"):
            return stated
        kind = labels.get("interface") or labels.get("type") or ""
        if self._device.startswith("nvme") or kind.startswith("nvme"):
            return "nvme"
        if self._has_attributes or kind.startswith(("sat", "ata")):
            return "ata"
        return "scsi" if kind.startswith("scsi") else None

    def _by_drive_and_day(self) -> dict[tuple[Identity, int], dict[object, Point]]:
        """Of each drive and day the last sample of each series."""
        since = [seconds for seconds, _ in self._timeline]
        latest: dict[tuple[Identity, int], dict[object, Point]] = {}
        for point in self._points:
            seconds = self._seconds(point)
            at = max(bisect_right(since, seconds) - 1, 0)
            key = (self._timeline[at][1], math.floor(seconds / SECONDS_A_DAY))
            own = latest.setdefault(key, {})
            labels = {name: text for name, text in point.labels.items() if name not in OF_THE_SERVER}
            series = (point.name, *sorted(labels.items())) if point.name not in IDENTITY else (point.name,)
            earlier = own.get(series)
            if not math.isnan(point.value) and (earlier is None or seconds >= self._seconds(earlier)):
                own[series] = point
        return {key: own for key, own in latest.items() if own}

    def _sample(self, identity: Identity, points: Iterable[Point], found: Found) -> Sample:
        own = list(points)
        last = max(own, key=self._seconds)
        seconds = self._seconds(last)
        if not 0 <= seconds <= LAST_SECOND:
            raise UnusableError(last, "has a time that cannot be; times are milliseconds on a page, seconds in JSON")
        sample = Sample(
            serial=identity.serial,
            model=identity.model,
            time_seconds=int(seconds),
            protocol=identity.protocol,
            medium=identity.medium,
            firmware=identity.firmware,
            host=self._machine or None,
        )
        readings_of(own, sample)
        found.unread |= sample.unread
        found.notes += [note for note in sample.notes if note not in found.notes]
        return sample


def _first(labels: Mapping[str, str], names: Iterable[str]) -> str | None:
    """The first of some labels that says anything, in the form in which names are kept."""
    texts: Iterator[str] = (" ".join(labels.get(name, "").split()) for name in names)
    return next((text for text in texts if text and len(text) <= MAX_LABEL and text.isprintable()), None)

"""A fleet as the analyses see it: its drives with their places and failures, its readings and its findings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis.expr.types as ir
import pandas as pd

import queries
from app.analysis.answers import with_answers
from app.analysis.filters import Filters, values_of
from app.analysis.results import SHOWN_ORDER, EvidenceRow, FindingRow, Window
from graph.errors import InputError, nearest
from graph.ontology.model import Severity
from graph.ports import GraphStore
from graph.readings import ReadingsLake
from ingest.telemetry.stored import current_manifest, ingest_runs

PLACES = {"RUNS_ON": "host", "IN_RACK": "rack", "RUNS_FIRMWARE": "firmware", "SERVES": "application"}


@dataclass(frozen=True, slots=True)
class FleetData:
    """One fleet at one version of the store.

    Args:
        name: Its name.
        synthetic: True where its data were generated.
        drives: One row a drive, index ``drive_key``, sorted: ``serial, model, model_key, vendor, medium,
            capacity_bytes, first_day, last_day, drive_days``; name and key of ``host, rack, room, application,
            firmware``; ``site``; ``failure_day`` and ``failure_status`` of its end of service, else None;
            ``is_failed``; ``failure_days`` (a tuple, ascending) of all its events of status ``failed``, and
            ``num_failures``, their number: a drive can fail, be put back and fail again.
        manifest: Current manifest of its readings, or None.
        data_time: Last day of data, or None.
        store_version: Version read.
    """

    name: str
    synthetic: bool
    drives: pd.DataFrame
    manifest: str | None
    data_time: date | None
    store_version: int

    def readings(self, lake: ReadingsLake) -> ir.Table | None:
        """Readings of the fleet, or None where it has none."""
        return lake.readings([self.manifest]) if self.manifest else None


def fleet_names(store: GraphStore) -> dict[str, bool]:
    """Fleets by name, and whether each is synthetic."""
    return {str(row["name"]): bool(row["synthetic"]) for row in store.query("fleets").records()}


def resolve_fleet(store: GraphStore, fleet: str | None, filters: Filters) -> tuple[str, bool]:
    """Name of the fleet meant, and whether it is synthetic; nothing mixes fleets.

    Args:
        store: The graph.
        fleet: Named outright, or None.
        filters: May name it by the key ``fleet``.

    Raises:
        InputError: No such fleet, there is none, two are named, or none is named where there are several.
    """
    names = fleet_names(store)
    if not names:
        raise InputError("There is no fleet in this workspace yet. Read one with 'atoll ingest telemetry'.")
    wanted = {name for name in (fleet, *values_of(filters, "fleet")) if name}
    known = ", ".join(names)
    if len(wanted) > 1:
        raise InputError(
            f"Fleets {', '.join(sorted(wanted))}: only one fleet can be looked at at a time. Known: {known}."
        )
    if not wanted:
        if len(names) > 1:
            raise InputError(f"There are {len(names)} fleets; name one. Known: {known}.")
        wanted = set(names)
    (name,) = wanted
    if name not in names:
        raise InputError(f"Fleet '{name}': there is none of that name.{nearest(name, names)} Known: {known}.")
    return name, names[name]


def load_fleet(store: GraphStore, fleet: str, synthetic: bool) -> FleetData:
    """Read a fleet's drives, places and failures."""
    key = {"fleet": f"fleet:{fleet}"}
    version = store.version()
    drives = _frame(store, "drive_records", key).set_index("drive").rename_axis("drive_key").sort_index()
    drives["model_key"] = "model:" + drives["model"]
    places = _frame(store, "places_of_drives", key)
    for relation, name in PLACES.items():
        latest = _latest(places[places["relation"] == relation])
        drives[name] = latest["name"].reindex(drives.index)
        drives[f"{name}_key"] = latest["place"].reindex(drives.index)
    # A rack that stands in several rooms tells no room.
    rooms = _frame(store, "rooms_of_racks", key).drop_duplicates(["rack", "room"])
    rooms = rooms[~rooms["rack"].duplicated(keep=False)].set_index("rack")
    for name, column in (("room", "room_name"), ("room_key", "room"), ("site", "site")):
        drives[name] = drives["rack_key"].map(rooms[column])
    events = _frame(store, "failures_of_fleet", key)
    # A drive with data after it was retired is in service again.
    last_days = pd.to_datetime(events["drive"].map(drives["last_day"]))
    events = events[~(events["status"].eq("retired") & (pd.to_datetime(events["day"]) < last_days))].copy()
    # A failure tells more than a loss of sight; of several events of one kind the first counts.
    failures = events[events["status"].eq("failed")].sort_values("day").groupby("drive")["day"].agg(tuple)
    events["order"] = events["status"].map({"failed": 0, "retired": 1}).fillna(2)
    events = events.sort_values(["order", "day", "failure"], kind="stable").drop_duplicates("drive").set_index("drive")
    drives["failure_day"] = events["day"].reindex(drives.index)
    drives["failure_status"] = events["status"].reindex(drives.index)
    drives["is_failed"] = drives["failure_status"].eq("failed")
    drives = drives.astype(object).where(drives.notna(), None)
    drives["drive_days"] = pd.to_numeric(drives["drive_days"]).fillna(0).astype("int64")
    drives["is_failed"] = drives["is_failed"].astype(bool)
    drives["failure_days"] = [failures.get(drive, ()) for drive in drives.index]
    drives["num_failures"] = drives["failure_days"].map(len).astype("int64")
    days = drives["last_day"].dropna()
    return FleetData(
        name=fleet,
        synthetic=synthetic,
        drives=drives,
        manifest=current_manifest(ingest_runs(store), fleet),
        data_time=max(days) if len(days) else None,
        store_version=version,
    )


def with_known_models(store: GraphStore, data: FleetData, filters: Filters) -> Filters:
    """Filters with models that a source names otherwise (``MB1``) under the name of the fleet's drives (``B3``)."""
    known = set(data.drives["model"])
    models: list[str] = []
    for name in values_of(filters, "model"):
        if name not in known:
            records = store.query("models_by_alias", {"fleet": f"fleet:{data.name}", "model": name}).records()
            models += [str(row["model"]) for row in records] or [name]
        else:
            models.append(name)
    return {**filters, "model": tuple(models)} if models else filters


def stored_findings(store: GraphStore, fleet: str, status: str = "open") -> list[FindingRow]:
    """Findings of a fleet as stored, with what was answered to each, worst first, then by key."""
    records = store.query("findings_of_fleet", {"fleet": f"fleet:{fleet}", "status": status}).records()
    return worst_first(with_answers(store, fleet, [finding_row(record) for record in records]))


def drives_out_of_service(store: GraphStore, fleet: str) -> set[str]:
    """Keys of the drives of a fleet that failed, were retired or were lost sight of: nobody needs to act on them."""
    records = store.query("failures_of_fleet", {"fleet": f"fleet:{fleet}"}).records()
    return {str(record["drive"]) for record in records}


def worst_first(findings: list[FindingRow]) -> list[FindingRow]:
    """Findings sorted by severity, then by key."""
    return sorted(findings, key=lambda row: (SHOWN_ORDER.index(row.severity), row.key))


def finding_row(record: Mapping[str, Any]) -> FindingRow:
    """A stored finding as shown."""
    evidence = [json.loads(item) for item in record["evidence"] or ()]
    subject = str(record["subject"])
    return FindingRow(
        key=record["finding"],
        rule=record["rule"],
        rule_version=int(record["rule_version"]),
        subject=subject,
        subject_label=record["subject_label"],
        subject_name=subject.split(":", 3 if record["subject_label"] == "Drive" else 2)[-1],
        attribute=record["attribute"],
        severity=Severity(record["severity"]),
        statement=record["statement"],
        short=record["short"] or record["statement"],
        value=record["value"],
        threshold=record["threshold"],
        unit=record["unit"] or "",
        threshold_source=record["threshold_source"],
        window=Window(record["first_day"], record["last_day"]),
        since_day=record["since_day"],
        status=record["status"],
        evidence=[EvidenceRow(item["kind"], item["ref"], item["detail"]) for item in evidence],
        begun_day=record["begun_day"] or record["since_day"] or record["last_day"],
    )


def _frame(store: GraphStore, name: str, parameters: Mapping[str, Any]) -> pd.DataFrame:
    # A result without rows may come without its columns too, so these are taken from the query's header.
    return pd.DataFrame(store.query(name, parameters).rows, columns=list(queries.get(name).returns), dtype=object)


def _latest(places: pd.DataFrame) -> pd.DataFrame:
    """The place that holds now of each drive, else the one that held last; index ``drive``."""
    ordered = places.assign(
        is_over=places["valid_to"].notna(),
        until=pd.to_datetime(places["valid_to"]),
        since=pd.to_datetime(places["valid_from"]),
    ).sort_values(["drive", "is_over", "until", "since", "place"], ascending=[True, True, False, False, True])
    return ordered.drop_duplicates("drive").set_index("drive")

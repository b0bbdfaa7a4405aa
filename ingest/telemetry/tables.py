"""Nodes and relationships of a source, made by DuckDB from its settled tables."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from graph.ontology import smart
from graph.ontology.model import Batch, NodeTable, RelationTable
from graph.windows import DEFINITION_VERSION, MEASURES
from ingest.telemetry.formats import Format
from ingest.telemetry.settled import DERIVED_DAY, Settled

# What of a placement is a node, and which relationship a drive has to it.
LABELS = {
    "host": "Host",
    "enclosure": "Enclosure",
    "rack": "Rack",
    "room": "Room",
    "site": "Site",
    "application": "Application",
    "firmware": "Firmware",
}
DRIVE_RELATIONS = {
    "host": "RUNS_ON",
    "enclosure": "IN_ENCLOSURE",
    "rack": "IN_RACK",
    "application": "SERVES",
    "firmware": "RUNS_FIRMWARE",
}
STRUCTURE = (
    ("host", "IN_ENCLOSURE", "enclosure"),
    ("host", "IN_RACK", "rack"),
    ("enclosure", "IN_RACK", "rack"),
    ("rack", "IN_ROOM", "room"),
    ("room", "AT_SITE", "site"),
)
NEW_DRIVES = "source_drive ANTI JOIN source_stored ON source_stored.drive = source_drive.drive_key"


class SourceTables:
    """Makes the batches of one source.

    Args:
        settled: The rows that count.
        chosen: Their format.
        fleet: Name of the fleet.
    """

    def __init__(self, settled: Settled, chosen: Format, fleet: str) -> None:
        self._settled = settled
        self._format = chosen
        self._fleet = fleet
        self._source = ""

    def settle_drives(self, stored: pa.Table) -> None:
        """Make ``source_drive``, one row a drive, agreeing with what is stored.

        Sources round capacities differently; the value with the most significant digits is the best known.

        Args:
            stored: Result of ``stored_drives``.
        """
        self._settled.sql.register("source_stored", stored)
        self._settled.fetch(
            """
            CREATE OR REPLACE TEMP TABLE source_drive AS
            WITH own AS (
              SELECT drive_key, arg_min(model, row) AS model, arg_min(serial, row) AS serial,
                arg_min(vendor, row) AS vendor, arg_min(protocol, row) AS protocol,
                arg_min(medium, row) AS medium FROM source_drives GROUP BY drive_key
            ), sizes AS (
              SELECT drive_key, capacity_bytes FROM source_drives WHERE capacity_bytes IS NOT NULL GROUP BY ALL
              UNION ALL SELECT drive, capacity_bytes FROM source_stored WHERE capacity_bytes IS NOT NULL
            ), best AS (
              SELECT drive_key, max({'digits': -length(regexp_extract(capacity_bytes::VARCHAR, '0*$')),
                'bytes': capacity_bytes}).bytes AS capacity_bytes FROM sizes GROUP BY drive_key
            )
            FROM own LEFT JOIN best USING (drive_key)
            """
        )

    def seen_placements(self) -> pd.DataFrame:
        """Stretches of days that drives were seen at one place: the input ``seen`` of ``timeline.merge``."""
        queries = [
            f"""
            SELECT drive_key AS drive, '{relation}' AS relation, {self._key(place)} AS place, min(day) AS "first",
              max(day) AS "last", {"arg_max(slot, row)::VARCHAR" if place == "host" else "NULL::VARCHAR"} AS slot
            FROM (
              SELECT *, sum(CASE WHEN before IS NOT DISTINCT FROM {place} THEN 0 ELSE 1 END) OVER days AS stretch
              FROM (
                SELECT *, lag({place}) OVER days AS before FROM ({self._placed(place)})
                WINDOW days AS (PARTITION BY drive_key ORDER BY day, row)
              ) WINDOW days AS (PARTITION BY drive_key ORDER BY day, row)
            ) GROUP BY drive_key, {place}, model, stretch
            """
            for place, relation in DRIVE_RELATIONS.items()
        ]
        placed = "placed AS (SELECT p.*, d.model FROM source_placements p JOIN source_drive d USING (drive_key))"
        return self._settled.arrow(f"WITH {placed} {' UNION ALL '.join(queries)}").to_pandas()

    def rooms_of_racks(self) -> pa.Table:
        """Keys of racks and of the rooms they were seen in, columns ``rack`` and ``room``."""
        return self._settled.arrow(
            f"SELECT DISTINCT {self._key('rack')} AS rack, {self._key('room')} AS room FROM source_placements "
            "WHERE rack IS NOT NULL AND room IS NOT NULL ORDER BY ALL"
        )

    def _placed(self, place: str) -> str:
        """SQL for the rows that tell a place; of several rows of a drive and day the last counts."""
        rows = f"SELECT * FROM placed WHERE {place} IS NOT NULL"
        if not self._settled.has_doubles:
            return rows
        return f"{rows} QUALIFY day IS NULL OR row_number() OVER (PARTITION BY drive_key, day ORDER BY row DESC) = 1"

    def fleet_batch(
        self,
        placements: pd.DataFrame,
        drive_days: pa.Table,
        stored_failures: pa.Table,
        fleet: dict[str, object],
        source: str,
    ) -> Batch:
        """Everything of a source but its windows; of drives only what is new or changes.

        Args:
            placements: Result of ``timeline.merge``.
            drive_days: ``drive_key, first_day, last_day, drive_days`` of the drives with new days.
            stored_failures: Result of ``stored_failures``.
            fleet: Further properties of the fleet's node.
            source: Name of the source, which every drive of it carries.
        """
        self._source = source
        sql = self._settled.sql
        sql.register("source_days", drive_days)
        sql.register("source_stored_failures", stored_failures)
        fleet_rows = pa.Table.from_pylist([{"key": f"fleet:{self._fleet}", "name": self._fleet, **fleet}])
        return Batch(
            nodes=(
                NodeTable("Fleet", fleet_rows),
                *self._made_by()[0],
                self._nodes("DriveModel", "SELECT DISTINCT 'model:' || model AS key, model AS name FROM source_drive"),
                self._drives(),
                self._aliases()[0],
                self._failures()[0],
                *self._places(),
            ),
            relations=(
                self._relations(
                    "IN_FLEET",
                    "Drive",
                    "Fleet",
                    f"SELECT drive_key AS head, 'fleet:{self._fleet}' AS tail FROM {NEW_DRIVES}",
                ),
                self._relations(
                    "OF_MODEL",
                    "Drive",
                    "DriveModel",
                    f"SELECT drive_key AS head, 'model:' || model AS tail FROM {NEW_DRIVES}",
                ),
                *self._made_by()[1],
                self._aliases()[1],
                self._failures()[1],
                *self._structure(),
                *self._drive_places(placements),
            ),
        )

    def _drives(self) -> NodeTable:
        source = self._source.replace("'", "''")
        differs = " OR ".join(
            f"(d.{name} IS NOT NULL AND d.{name} IS DISTINCT FROM s.{name})"
            for name in ("capacity_bytes", "protocol", "medium")
        )
        return self._nodes(
            "Drive",
            f"""
            SELECT drive_key AS key, serial AS name, '{self._fleet}' AS fleet, model, serial, d.capacity_bytes,
              d.protocol, d.medium, t.first_day, t.last_day,
              CASE WHEN s.drive IS NULL THEN coalesce(t.drive_days, 0) ELSE t.drive_days END::BIGINT AS drive_days
            FROM source_drive d LEFT JOIN source_days t USING (drive_key)
            LEFT JOIN source_stored s ON s.drive = d.drive_key
            WHERE s.drive IS NULL OR t.drive_key IS NOT NULL OR NOT list_contains(s.sources, '{source}') OR {differs}
            """,
        )

    def _made_by(self) -> tuple[list[NodeTable], list[RelationTable]]:
        """Makers; their names come from the catalogue, or else from their key, so that no two sources disagree."""
        pairs = self._settled.fetch(
            "SELECT DISTINCT model, vendor FROM source_drive WHERE vendor IS NOT NULL ORDER BY ALL"
        )
        if not pairs:
            return [], []
        known = {smart.vendor_key(name): name for name in smart.vendors()}
        keys = sorted({smart.vendor_key(vendor) for _, vendor in pairs})
        names = [known.get(key) or key.removeprefix("vendor:").replace("-", " ").title() for key in keys]
        made = {"head": [f"model:{model}" for model, _ in pairs], "tail": [smart.vendor_key(name) for _, name in pairs]}
        return (
            [NodeTable("Vendor", pa.table({"key": keys, "name": names}))],
            [RelationTable("MADE_BY", "DriveModel", "Vendor", pa.table(made))],
        )

    def _aliases(self) -> tuple[NodeTable, RelationTable]:
        key = f"'alias:{self._fleet}:' || alias || ':' || serial"
        source = "FROM source_drives WHERE alias IS NOT NULL"
        return (
            self._nodes(
                "DriveAlias",
                f"SELECT DISTINCT {key} AS key, alias || ' ' || serial AS name, alias || ':' || serial AS alias, "
                f"'{self._fleet}' AS fleet, drive_key AS drive {source}",
            ),
            self._relations(
                "HAS_ALIAS", "Drive", "DriveAlias", f"SELECT DISTINCT drive_key AS head, {key} AS tail {source}"
            ),
        )

    def _failures(self) -> tuple[NodeTable, RelationTable]:
        """Failure events; one that is known to the second stays so when a source tells only the day."""
        events = """
            SELECT 'failure:' || drive_key || ':' || day AS key, drive_key, day, min(observed_at) AS observed_at,
              max("precision") AS exact FROM source_failures GROUP BY drive_key, day
        """
        return (
            self._nodes(
                "FailureEvent",
                f"""
                SELECT e.key, 'Failed on ' || e.day AS name, '{self._fleet}' AS fleet, e.day, 'failed' AS status,
                  e.drive_key AS drive, e.observed_at,
                  CASE WHEN s."precision" = 'second' THEN NULL ELSE e.exact END AS "precision"
                FROM ({events}) e LEFT JOIN source_stored_failures s ON s.failure = e.key
                """,
            ),
            self._relations(
                "HAS_FAILURE", "Drive", "FailureEvent", f"SELECT drive_key AS head, key AS tail FROM ({events})"
            ),
        )

    def _places(self) -> list[NodeTable]:
        found = []
        for place, label in LABELS.items():
            if place == "firmware":
                query = (
                    "SELECT DISTINCT 'firmware:' || model || ':' || firmware AS key, firmware AS name, model, "
                    "firmware AS revision FROM source_placements JOIN source_drive USING (drive_key) "
                    "WHERE firmware IS NOT NULL"
                )
            else:
                kind = self._format.place_kinds.get(place)
                called = f"'{kind}' AS description, " if kind else ""
                query = (
                    f"SELECT DISTINCT {self._key(place)} AS key, {place} AS name, {called}'{self._fleet}' AS fleet "
                    f"FROM source_placements WHERE {place} IS NOT NULL"
                )
            found.append(self._nodes(label, query))
        return found

    def _structure(self) -> list[RelationTable]:
        found = [
            self._relations(
                relation,
                LABELS[head],
                LABELS[tail],
                f"SELECT DISTINCT {self._key(head)} AS head, {self._key(tail)} AS tail FROM source_placements "
                f"WHERE {head} IS NOT NULL AND {tail} IS NOT NULL",
            )
            for head, relation, tail in STRUCTURE
        ]
        firmware = (
            "SELECT DISTINCT 'firmware:' || model || ':' || firmware AS head, 'model:' || model AS tail "
            "FROM source_placements JOIN source_drive USING (drive_key) WHERE firmware IS NOT NULL"
        )
        return [*found, self._relations("FIRMWARE_OF", "Firmware", "DriveModel", firmware)]

    def _drive_places(self, placements: pd.DataFrame) -> list[RelationTable]:
        found = []
        for place, relation in DRIVE_RELATIONS.items():
            own = placements[placements["relation"] == relation]
            columns = {
                "head": pa.array(own["drive"], pa.string()),
                "tail": pa.array(own["place"], pa.string()),
                "valid_from": pa.Array.from_pandas(pd.to_datetime(own["valid_from"])).cast(pa.date32(), safe=False),
                "valid_to": pa.Array.from_pandas(pd.to_datetime(own["valid_to"])).cast(pa.date32(), safe=False),
            }
            if relation == "RUNS_ON":
                columns["slot"] = pa.array(own["slot"], pa.string(), from_pandas=True)
            found.append(RelationTable(relation, "Drive", LABELS[place], pa.table(columns)))
        return [table for table in found if table.rows.num_rows]

    def _key(self, place: str) -> str:
        """SQL for the key of a place in a row of placements (joined with the drive's model, for firmware)."""
        if place == "firmware":
            return "'firmware:' || model || ':' || firmware"
        return f"'{place}:{self._fleet}:' || {place}"

    def _nodes(self, label: str, query: str) -> NodeTable:
        return NodeTable(label, self._settled.arrow(query))

    def _relations(self, relation: str, head: str, tail: str, query: str) -> RelationTable:
        return RelationTable(relation, head, tail, self._settled.arrow(query))


def window_key(days: int, row: str = "") -> str:
    """SQL for the key of a window in a row of windows.

    Args:
        days: Length of the windows.
        row: Name of the row with its point, where several tables have such columns.
    """
    return f"'window:' || {row}drive_key || ':' || {row}last_day || ':{days}:{DEFINITION_VERSION}'"


def window_batch(settled: Settled, fleet: str, days: int, first: int, count: int, *, is_new: bool) -> Batch:
    """Some telemetry windows of the table ``source_windows`` with their readings' measures.

    Of a window that is stored already, with another content, only what can differ is given: an attribute's measures
    come from its own values alone, so those of attributes without a change are as they were.

    Args:
        settled: Holds the table, numbered by ``number``, and ``source_touched``.
        fleet: Name of the fleet.
        days: Length of the windows.
        first: Number of the first window.
        count: How many; of these only those that are new, or only those that are not.
        is_new: Which of them.
    """
    part = (
        f"(FROM source_windows WHERE number >= {first} AND number < {first + count} "
        f"AND {'is_new' if is_new else 'NOT is_new'})"
    )
    columns = {row[0] for row in settled.fetch("DESCRIBE source_windows")}
    touched = {row[0] for row in settled.fetch("DESCRIBE source_touched")}
    derived = f"coalesce({DERIVED_DAY}_max, 0) > 0" if f"{DERIVED_DAY}_max" in columns else "false"
    fixed = (
        f"'{fleet}' AS fleet, drive_key AS drive, last_day, {days}::BIGINT AS window_days, "
        f"{DEFINITION_VERSION}::BIGINT AS definition_version, "
    )
    nodes = settled.arrow(
        f"""
        SELECT {window_key(days)} AS key, '{days} days to ' || last_day AS name, {fixed if is_new else ""}
          first_day, num_readings::BIGINT AS num_readings, content_sha256, {derived} AS derived_from_hours
        FROM {part}
        """
    )
    names = sorted(name.removesuffix("_last") for name in columns if name.endswith("_last"))
    read = {name: key for name in names if (key := smart.key_of(name)) and (is_new or name in touched)}
    reads = _reads(settled, f"{part} w", window_key(days, "w."), read, is_new=is_new)
    relations = []
    if is_new:
        has = settled.arrow(f"SELECT drive_key AS head, {window_key(days)} AS tail FROM {part}")
        relations.append(RelationTable("HAS_WINDOW", "Drive", "TelemetryWindow", has))
    if reads:
        relations.append(RelationTable("READS", "TelemetryWindow", "SmartAttribute", pa.concat_tables(reads)))
    given = (NodeTable("TelemetryWindow", nodes),) if nodes.num_rows else ()
    return Batch(given, tuple(relations))


def _reads(settled: Settled, part: str, key: str, attributes: dict[str, str], *, is_new: bool) -> list[pa.Table]:
    """Rows of READS, a table for each attribute (key by column) of which some window has a value.

    All columns come in one query: one for each attribute would bind the table, of some hundred columns, as often.
    """
    if not attributes:
        return []
    picked = [f"w.{name}_{measure}" for name in attributes for measure in MEASURES]
    picked += [] if is_new else [f"t.{name} AS {name}_touched" for name in attributes]
    rows = settled.arrow(
        f"SELECT {key} AS head, {', '.join(picked)} FROM {part} LEFT JOIN source_touched t USING (drive_key)"
    )
    found = []
    for name, attribute in attributes.items():
        counts = pc.is_valid(rows[f"{name}_last"])
        own = rows.filter(counts if is_new else pc.and_(counts, rows[f"{name}_touched"]))
        if own.num_rows:
            measures = {measure: own[f"{name}_{measure}"] for measure in MEASURES}
            found.append(pa.table({"head": own["head"], "tail": pa.array([attribute] * own.num_rows), **measures}))
    return found

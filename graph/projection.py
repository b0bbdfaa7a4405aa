"""The training export: a fleet as columns, as far as a model may learn from it.

It names what it takes, so that whatever hangs on a ``ModelRun`` (forecasts, and what these are related to) never comes
with it: no model trains on its own output. Places that only a failure ticket tells of are left out too: such a source
names the places of failed drives alone, and "has a rack" would mean "failed". Where that leaves a drive without any
place of a kind, the whole kind is left out, since "has no application" would mean "failed" just as well.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from graph.errors import InputError
from graph.ports import GraphStore

# Formats whose rows exist because a drive failed; the source of a run is "FORMAT:FLEET".
OUTCOME_FORMATS = ("alibaba-tickets",)
INVENTORY = "inventory"
RELATIONS = {"RUNS_ON": "host", "IN_RACK": "rack", "RUNS_FIRMWARE": "firmware", "SERVES": "application"}
PLACEMENT = ("drive_key", "relation", "place", "valid_from", "valid_to", "told_by")


@dataclass(frozen=True)
class Projection:
    """A fleet as frames.

    Args:
        fleet: Its name.
        drives: Index ``drive_key`` (unique, sorted): ``model, vendor, medium`` (strings or None), ``capacity_bytes``
            (float64, NaN unknown), ``first_day, last_day`` (datetime64[ns]).
        placements: ``drive_key, relation`` (``host``, ``rack``, ``room``, ``application``, ``firmware``), ``place``
            (key of its node), ``valid_from, valid_to`` (datetime64[ns], days included; NaT unknown and open),
            ``told_by`` (``inventory``, since what tickets tell is left out). A rack comes from the drive or else from
            its host, a room from the rack; a rack that stands in several rooms gives none.
        failures: ``drive_key, day`` (datetime64[ns]), ``status`` (``failed``, ``retired``, ``lost_to_follow_up``),
            oldest first.
        places: Index ``place``: ``name`` as shown.
        num_left_out: Placements of drives that were left out because failure tickets told of them, or of others of
            their kind alone.
    """

    fleet: str
    drives: pd.DataFrame
    placements: pd.DataFrame
    failures: pd.DataFrame
    places: pd.DataFrame
    num_left_out: int

    @property
    def sha256(self) -> str:
        """Hash of all frames, for the model's card."""
        digest = hashlib.sha256(self.fleet.encode())
        for frame in (self.drives, self.placements, self.failures):
            digest.update(frame.to_csv(date_format="%Y-%m-%d").encode())
        return digest.hexdigest()


def training_projection(store: GraphStore, fleet: str) -> Projection:
    """Take a fleet out of the graph for training.

    Args:
        store: The graph.
        fleet: Name of the fleet.

    Raises:
        InputError: There is no drive in a fleet of that name.
    """
    key = {"fleet": f"fleet:{fleet}"}
    drives = _frame(store, "training_drives", key)
    if drives.empty:
        raise InputError(f"Fleet '{fleet}': there is no drive in it, expected at least one.")
    told = _frame(store, "training_placements", key)
    is_ticket = _is_outcome(told["source"])
    is_left = ~is_ticket & ~told["relation"].isin(_one_sided(told, is_ticket, drives))
    placed = told[is_left].assign(relation=lambda rows: rows["relation"].map(RELATIONS))
    placed = _days(placed.rename(columns={"drive": "drive_key"}), "valid_from", "valid_to")
    racks, rooms = (_structure(store, query, key) for query in ("training_racks", "training_rooms"))
    hosts = placed[(placed["relation"] == "host") & ~placed["drive_key"].isin(_with(placed, "rack"))]
    placed = pd.concat([placed, _within(hosts, racks, "rack")], ignore_index=True)
    placed = pd.concat([placed, _within(placed[placed["relation"] == "rack"], rooms, "room")], ignore_index=True)
    order = ["drive_key", "relation", "valid_from", "place"]
    placed = placed.assign(told_by=INVENTORY).sort_values(order, na_position="first", ignore_index=True)
    places = placed.drop_duplicates("place").set_index("place")[["name"]].sort_index()
    failures = _days(_frame(store, "training_failures", key).rename(columns={"drive": "drive_key"}), "day")
    drives = _days(drives.rename(columns={"drive": "drive_key"}).set_index("drive_key"), "first_day", "last_day")
    return Projection(
        fleet,
        drives.assign(capacity_bytes=drives["capacity_bytes"].astype(float)).sort_index(),
        placed[list(PLACEMENT)],
        failures[["drive_key", "day", "status"]],
        places,
        int((~is_left).sum()),
    )


def _frame(store: GraphStore, query: str, parameters: dict[str, str]) -> pd.DataFrame:
    rows = store.query(query, parameters)
    return pd.DataFrame(rows.rows, columns=list(rows.columns), dtype=object)


def _is_outcome(sources: pd.Series) -> pd.Series:
    """Whether a source is one that tells of failed drives only."""
    return sources.fillna("").astype(str).str.split(":").str[0].isin(OUTCOME_FORMATS)


def _one_sided(told: pd.DataFrame, is_ticket: pd.Series, drives: pd.DataFrame) -> list[str]:
    """Kinds of placement that an observed drive would lose with the tickets: then "has none" would mean "failed".

    A drive that only tickets know was never observed, is in no example and costs nobody else's place.
    """
    observed = told["drive"].isin(drives.loc[drives["first_day"].notna(), "drive"])
    kept = pd.MultiIndex.from_frame(told.loc[~is_ticket, ["drive", "relation"]])
    lost = told[is_ticket & observed & ~pd.MultiIndex.from_frame(told[["drive", "relation"]]).isin(kept)]
    return sorted(lost["relation"].unique())


def _days(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    return frame.assign(**{name: pd.to_datetime(frame[name]).astype("datetime64[ns]") for name in columns})


def _with(placed: pd.DataFrame, relation: str) -> Sequence[str]:
    return list(placed.loc[placed["relation"] == relation, "drive_key"].unique())


def _structure(store: GraphStore, query: str, parameters: dict[str, str]) -> pd.DataFrame:
    """What one place stands in, where that is one: index the place, columns ``place`` and ``name`` of the other."""
    rows = _frame(store, query, parameters)
    rows = rows[~_is_outcome(rows["source"])]
    inner, outer = rows.columns[:2]
    known = rows.drop_duplicates([inner, outer]).drop_duplicates(inner, keep=False)
    return known.set_index(inner).rename(columns={outer: "place"})[["place", "name"]]


def _within(inner: pd.DataFrame, structure: pd.DataFrame, relation: str) -> pd.DataFrame:
    """Placements in the place around another one, for the same days."""
    outer = inner.drop(columns=["name"]).rename(columns={"place": "inner"})
    outer = outer.merge(structure, left_on="inner", right_index=True)
    return outer.assign(relation=relation)[list(inner.columns)]

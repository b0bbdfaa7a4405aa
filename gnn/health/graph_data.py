"""The neighbourhood of each drive at its landmark, from what was known by then: places, and what befell their drives.

Everything comes from the fleet's history up to the landmark, never from the other examples that happen to be scored
with it: a drive's neighbourhood is the same whether it is scored alone or with its whole fleet, and no example sees
the label of another. What befell a drive is a peer: it failed within 90 days before the landmark, or its errors rose
within 30. A drive at risk has not failed, so a failed peer is always another drive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa

from gnn.health.examples import DAY, Examples
from gnn.health.feature_plan import ERRORS
from gnn.health.history import FleetHistory
from gnn.health.topology import Places

MODEL, TIME = "model", "time"
RECENT_DAYS, LONG_DAYS = 30, 90
# These move for other reasons than failing media (restarts, temperature, links), or pack several counts in one.
NEIGHBOUR_ERRORS = tuple(
    name for name in ERRORS if name not in ("nvme_num_err_log_entries", "nvme_critical_warning", "ata_188")
)
PLACE_FEATURES = ("drives", "failures_30_days", "failures_90_days", "failed_share_90_days", "error_share_30_days")
PEER_FEATURES = ("failed", "errors", "recency_10_days", "recency_30_days", "rise")


@dataclass(frozen=True)
class Peers:
    """What befell drives before the landmarks.

    Args:
        landmark: Position in ``Neighbourhoods.landmarks``, int64, shape ``(num_peers,)``.
        drive: Position in ``history.drives``.
        failed: True where the drive failed, False where its errors rose.
        days: Days from the failure to the landmark, 0 where errors rose.
        rise: By how much its errors rose in 30 days, 0 where it failed.
    """

    landmark: np.ndarray
    drive: np.ndarray
    failed: np.ndarray
    days: np.ndarray
    rise: np.ndarray

    def features(self) -> np.ndarray:
        """float32, shape ``(num_peers, len(PEER_FEATURES))``; failures of old fade."""
        fading = [self.failed * np.exp(-self.days / scale) for scale in (10.0, 30.0)]
        columns = [self.failed, ~self.failed, *fading, np.log1p(self.rise)]
        return np.stack(columns, axis=1).astype(np.float32)


@dataclass(frozen=True)
class Kind:
    """Places of one kind at the landmarks, with their peers and the examples that they hold.

    Args:
        key: Key of each place node, object, shape ``(num_places,)``.
        landmark: Position of its landmark.
        num_drives: Drives in service there at the landmark, float64.
        peer: Position in ``Peers`` of each edge from a peer, shape ``(num_edges,)``.
        place: Position of the place node of each edge.
        of_example: Place node of each example, -1 where none is known, shape ``(num_examples,)``.
    """

    key: np.ndarray
    landmark: np.ndarray
    num_drives: np.ndarray
    peer: np.ndarray
    place: np.ndarray
    of_example: np.ndarray

    def features(self, peers: Peers) -> np.ndarray:
        """float32, shape ``(num_places, len(PLACE_FEATURES))``, from the peers that are linked."""
        failed, days = peers.failed[self.peer], peers.days[self.peer]

        def count(chosen: np.ndarray) -> np.ndarray:
            return np.bincount(self.place[chosen], minlength=len(self.key)).astype(float)

        recent, long, errors = count(failed & (days <= RECENT_DAYS)), count(failed), count(~failed)
        ever = np.maximum(self.num_drives + long, 1)
        columns = [np.log1p(self.num_drives), np.log1p(recent), np.log1p(long), long / ever]
        return np.stack([*columns, errors / np.maximum(self.num_drives, 1)], axis=1).astype(np.float32)


@dataclass(frozen=True)
class Neighbourhoods:
    """The graph around examples.

    Args:
        landmarks: Distinct days, datetime64[D], ascending.
        peers: What befell drives before them.
        kinds: By name: ``host, rack, room, application`` as far as used, ``model`` and ``time``.
    """

    landmarks: np.ndarray
    peers: Peers
    kinds: dict[str, Kind]


def no_places(num_examples: int) -> Kind:
    """Places of a kind that nothing is known of."""
    none = np.empty(0, np.int64)
    return Kind(none.astype(object), none, none.astype(float), none, none, np.full(num_examples, -1))


def neighbourhoods(examples: Examples, relations: Sequence[str]) -> Neighbourhoods:
    """Build the graph around examples.

    Args:
        examples: Drives at landmarks; without a ``history`` no neighbour is known.
        relations: Kinds of place to use; ``model`` and ``time`` come with them.
    """
    landmarks, at = np.unique(examples.landmark.astype(DAY), return_inverse=True)
    history = examples.history
    if history is None:
        nothing = np.empty(0, np.int64)
        return Neighbourhoods(landmarks, Peers(nothing, nothing, nothing.astype(bool), nothing, nothing), {})
    drive = history.drives.index.get_indexer(pd.Index(examples.drive_keys))[examples.drive]
    service = _in_service(history, landmarks)
    peers = _peers(history, landmarks, service)
    kinds = {}
    for name in (*relations, MODEL):
        places = Places(history, name)
        kinds[name] = _kind(places, history, landmarks, service, peers, drive, at)
    everywhere = np.arange(len(landmarks))
    kinds[TIME] = Kind(
        key=landmarks.astype(str).astype(object),
        landmark=everywhere,
        num_drives=np.bincount(service[0], minlength=len(landmarks)).astype(float),
        peer=np.arange(len(peers.drive)),
        place=peers.landmark,
        of_example=at.astype(np.int64),
    )
    return Neighbourhoods(landmarks, peers, kinds)


def _in_service(history: FleetHistory, landmarks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Landmark and drive of each drive in service at each landmark."""
    first = history.drives["first_day"].to_numpy().astype(DAY)
    last = history.drives["last_day"].to_numpy().astype(DAY)
    failure = history.drives["failure_day"].to_numpy().astype(DAY)
    landmark, drive = np.nonzero(
        (first <= landmarks[:, None]) & (last >= landmarks[:, None]) & ~(failure <= landmarks[:, None])
    )
    return landmark, drive


def _peers(history: FleetHistory, landmarks: np.ndarray, service: tuple[np.ndarray, np.ndarray]) -> Peers:
    failure = history.drives["failure_day"].to_numpy().astype(DAY)
    days = (landmarks[:, None] - failure).astype("timedelta64[D]").astype(float)
    days[:, np.isnat(failure)] = np.nan
    landmark, drive = np.nonzero((days >= 0) & (days <= LONG_DAYS))
    rises = _error_rises(history, landmarks)
    # Whoever failed by the landmark is a failed peer already.
    alive = pd.MultiIndex.from_arrays(service).isin(pd.MultiIndex.from_frame(rises[["landmark", "drive"]]))
    rise = rises.set_index(["landmark", "drive"])["rise"].reindex(
        pd.MultiIndex.from_arrays([service[0][alive], service[1][alive]])
    )
    num_failed, num_rising = len(drive), len(rise)
    return Peers(
        landmark=np.concatenate([landmark, service[0][alive]]),
        drive=np.concatenate([drive, service[1][alive]]),
        failed=np.repeat([True, False], [num_failed, num_rising]),
        days=np.concatenate([days[landmark, drive], np.zeros(num_rising)]),
        rise=np.concatenate([np.zeros(num_failed), rise.to_numpy(float)]),
    )


def _error_rises(history: FleetHistory, landmarks: np.ndarray) -> pd.DataFrame:
    """``landmark, drive, rise``: drives whose error counters rose within 30 days before a landmark."""
    counters = [name for name in NEIGHBOUR_ERRORS if name in history.readings.columns]
    if not counters:
        return pd.DataFrame({"landmark": [], "drive": [], "rise": []}).astype({"landmark": int, "drive": int})
    span = pa.table(
        {
            "landmark": np.arange(len(landmarks)),
            "begin": pa.array(landmarks - np.timedelta64(RECENT_DAYS, "D")),
            "end": pa.array(landmarks),
        }
    )
    asked, readings = ibis.memtable(span), history.readings
    within = readings.join(asked, [readings.day > asked.begin, readings.day <= asked.end])
    rises = [
        (within[name].max() - within[name].min()).fill_null(0).name(name)  # 0 where it was never read
        for name in counters
    ]
    by_drive = within.group_by("drive_key", "landmark").aggregate(*rises)
    total = sum((by_drive[name] for name in counters[1:]), by_drive[counters[0]])
    found = history.connection.to_pandas(by_drive.select("drive_key", "landmark", rise=total))
    found = found.assign(drive=history.drives.index.get_indexer(pd.Index(found["drive_key"])))
    return found.loc[(found["rise"] > 0) & (found["drive"] >= 0), ["landmark", "drive", "rise"]]


def _kind(
    places: Places,
    history: FleetHistory,
    landmarks: np.ndarray,
    service: tuple[np.ndarray, np.ndarray],
    peers: Peers,
    drive: np.ndarray,
    at: np.ndarray,
) -> Kind:
    """Place nodes of one kind: those that hold an example."""
    num_places = max(len(places.keys), 1)

    def node(landmark: np.ndarray, place: np.ndarray) -> np.ndarray:
        return np.where(place >= 0, landmark * num_places + place, -1)

    own = node(at, places.on(drive, landmarks[at]))
    nodes = np.unique(own[own >= 0])
    # A failed drive counts where it stood when it failed.
    failure = history.drives["failure_day"].to_numpy().astype(DAY)[peers.drive]
    when = np.where(peers.failed, failure, landmarks[peers.landmark])
    beside = node(peers.landmark, places.on(peers.drive, when))
    linked = np.flatnonzero((beside >= 0) & np.isin(beside, nodes))
    serving = node(service[0], places.on(service[1], landmarks[service[0]]))
    serving = serving[np.isin(serving, nodes)]
    return Kind(
        key=places.keys[nodes % num_places] if len(nodes) else np.empty(0, object),
        landmark=nodes // num_places,
        num_drives=np.bincount(np.searchsorted(nodes, serving), minlength=len(nodes)).astype(float),
        peer=linked,
        place=np.searchsorted(nodes, beside[linked]),
        of_example=np.where(own >= 0, np.searchsorted(nodes, own), -1),
    )

"""Features of a fleet's drives on a day, kept as Parquet in the workspace for the next time they are asked for."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from gnn.health.examples import Examples, Feature, groups_of
from gnn.health.features import features_of
from gnn.health.history import FleetHistory
from graph.errors import StoreError
from graph.ontology import ONTOLOGY_VERSION
from graph.windows import DEFINITION_VERSION

FOLDER = "features"
# Counts up when a feature's meaning changes, so that no cached value is taken for another.
FEATURES_VERSION = 1
# So many drives times landmarks are computed at once: some hundred columns of each are held in memory.
PROBES_AT_ONCE = 200_000
_CATALOGUE = b"atoll:catalogue"
_MONTH = re.compile(r"month=(\d{4}-\d{2})")


def features_version() -> str:
    """Version of all that makes a feature: its definition, that of windows, and the catalogue of attributes."""
    return f"{FEATURES_VERSION}.{DEFINITION_VERSION}/{ONTOLOGY_VERSION}"


class FeatureCache:
    """Features by landmark.

    A file is named by all that its values depend on: the readings' files up to the landmark's month, the drives asked
    for with maker and size, and the version of the features. So a file is never wrong, only unused, and landmarks of
    past months stay valid when new days come in.

    Args:
        workspace: Folder of the workspace.
        fleet: Name of the fleet.
        readings: Files of its readings, as ``ReadingsLake.files`` gives them: they are never changed in place.
    """

    def __init__(self, workspace: Path, fleet: str, readings: list[str]) -> None:
        self._folder = workspace / FOLDER / quote(fleet, safe="")
        self._readings = readings
        self._used: set[Path] = set()

    def prepare(self, history: FleetHistory, wanted: Mapping[date, pd.Index]) -> None:
        """Make what is not there yet of several landmarks, so that the readings are gone through once for many.

        Args:
            history: The fleet.
            wanted: Keys of the drives, sorted, by landmark.
        """
        missing = [day for day, drives in wanted.items() if not self._path(history, drives, day).exists()]
        together: list[date] = []
        for day in [*missing, None]:
            asked = sum(len(wanted[other]) for other in together)
            if together and (day is None or asked + len(wanted[day]) > PROBES_AT_ONCE):
                self._make(history, {other: wanted[other] for other in together})
                together = []
            if day is not None:
                together.append(day)

    def examples(self, history: FleetHistory, drives: pd.Index, landmark: date, horizon_days: int) -> Examples:
        """Drives at a landmark, with what was known by then and no outcome.

        Args:
            history: The fleet.
            drives: Keys of the drives, sorted.
            landmark: Day on which the risk is asked; nothing after it is read.
            horizon_days: Horizon of the model.
        """
        path = self._path(history, drives, landmark)
        if not path.exists():
            self._make(history, {landmark: drives})
        table = pq.read_table(path)
        catalogue = tuple(Feature(**item) for item in json.loads(table.schema.metadata[_CATALOGUE]))
        self._used.add(path)
        number = len(drives)
        unknown = np.zeros(number, bool)
        return Examples(
            features=table.to_pandas(),
            catalogue=catalogue,
            drive=np.arange(number, dtype=np.int64),
            drive_keys=drives.to_numpy(object),
            landmark=np.full(number, np.datetime64(landmark, "D")),
            label=unknown,
            is_known=unknown,
            days_to_end=np.full(number, np.nan),
            has_failed=unknown,
            groups=groups_of(history, _probes(drives, landmark)),
            horizon_days=horizon_days,
            history=history,
        )

    def tidy(self) -> None:
        """Remove the fleet's files that this object did not use."""
        for path in self._folder.glob("*.parquet"):
            if path not in self._used:
                path.unlink(missing_ok=True)

    def _path(self, history: FleetHistory, drives: pd.Index, landmark: date) -> Path:
        month = f"{landmark:%Y-%m}"
        files = [path for path in self._readings if (found := _MONTH.search(path)) is None or found[1] <= month]
        # Makers of the whole fleet make the columns.
        makers = sorted(history.drives["vendor"].dropna().unique())
        digest = hashlib.sha256(json.dumps([features_version(), str(landmark), sorted(files), makers]).encode())
        known = history.drives.loc[drives, ["vendor", "capacity_bytes"]]
        digest.update(pd.util.hash_pandas_object(known.astype({"vendor": "string"})).to_numpy().tobytes())
        return self._folder / f"{landmark}-{digest.hexdigest()[:32]}.parquet"

    def _make(self, history: FleetHistory, wanted: Mapping[date, pd.Index]) -> None:
        probes = pd.concat([_probes(drives, day) for day, drives in wanted.items()], ignore_index=True)
        features, catalogue = features_of(history, probes)
        start = 0
        for day, drives in wanted.items():
            self._write(self._path(history, drives, day), features.iloc[start : start + len(drives)], catalogue)
            start += len(drives)

    def _write(self, path: Path, features: pd.DataFrame, catalogue: tuple[Feature, ...]) -> None:
        table = pa.Table.from_pandas(features, preserve_index=False)
        told = json.dumps([asdict(item) for item in catalogue])
        table = table.replace_schema_metadata({**(table.schema.metadata or {}), _CATALOGUE: told.encode()})
        temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(table, temporary, compression="zstd")
            temporary.replace(path)
        except OSError as error:
            raise StoreError(f"{path}: cannot be written ({error.strerror or error}).") from error
        finally:
            temporary.unlink(missing_ok=True)


def _probes(drives: pd.Index, landmark: date) -> pd.DataFrame:
    return pd.DataFrame({"drive_key": drives.to_numpy(object), "landmark": np.datetime64(landmark, "ns")})

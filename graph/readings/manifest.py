"""Manifests: which Parquet files of the lake belong together."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from graph.errors import StoreError
from graph.readings.place import Place

SCHEMA = "atoll-readings-manifest/1"


@dataclass(frozen=True, slots=True)
class LakeFile:
    """One Parquet file of the lake.

    Args:
        path: Relative to the lake's root.
        month: ``YYYY-MM`` of its readings; ``""`` for the file of observation intervals.
        num_rows: Rows in it.
    """

    path: str
    month: str
    num_rows: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """All files that make up the readings of one fleet after one run.

    Args:
        run: Key of the run that wrote it.
        fleet: Name of the fleet.
        base: Path of the manifest it was built on, or None.
        files: Readings, in the order of months.
        intervals: File of the observation intervals, or None.
    """

    run: str
    fleet: str
    base: str | None
    files: tuple[LakeFile, ...]
    intervals: LakeFile | None = None

    def paths(self) -> list[str]:
        """Paths of all its files, relative to the lake's root."""
        return [file.path for file in (*self.files, *((self.intervals,) if self.intervals else ()))]

    def dumps(self) -> str:
        """As JSON."""
        return json.dumps({"schema": SCHEMA, **asdict(self)}, indent=1)

    @classmethod
    def read(cls, place: Place, path: str) -> Manifest:
        """Read a manifest.

        Raises:
            StoreError: It is missing or damaged, or a file it lists is missing.
        """
        try:
            content = json.loads(place.text(path))
            if content.pop("schema") != SCHEMA:
                raise ValueError("unknown schema")
            files = tuple(LakeFile(**file) for file in content.pop("files"))
            intervals = content.pop("intervals")
            manifest = cls(**content, files=files, intervals=LakeFile(**intervals) if intervals else None)
        except FileNotFoundError as error:
            raise StoreError(
                f"{place.address(path)}: the manifest of the readings is missing; restore a backup."
            ) from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise StoreError(
                f"{place.address(path)}: the manifest of the readings is damaged; restore a backup."
            ) from error
        if missing := place.missing(manifest.paths()):
            raise StoreError(f"{place.address(missing)}: this file of the readings is missing; restore a backup.")
        return manifest

    def write(self, place: Place, path: str) -> None:
        """Put the manifest in place; either all of it is there afterwards or nothing."""
        with place.placed(path) as temporary:
            temporary.write_text(self.dumps(), encoding="utf-8")

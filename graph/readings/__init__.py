"""Daily readings: wide Parquet by fleet and month, one row a drive and day, versioned by manifests."""

from __future__ import annotations

from graph.readings.copies import copy_readings
from graph.readings.exposure import exposure
from graph.readings.lake import ReadingsLake
from graph.readings.manifest import LakeFile, Manifest

__all__ = ["LakeFile", "Manifest", "ReadingsLake", "copy_readings", "exposure"]

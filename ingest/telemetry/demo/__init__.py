"""The synthetic demo fleet: what it holds and how it was made is told in docs/demo-fleet.md."""

from __future__ import annotations

from ingest.telemetry.demo.fleet import healthy_shuffled, planted_mechanisms, write_demo_fleet

__all__ = ["healthy_shuffled", "planted_mechanisms", "write_demo_fleet"]

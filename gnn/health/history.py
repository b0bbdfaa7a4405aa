"""What a source tells of a fleet: the input of every example, whichever file or store it was read from."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir
import pandas as pd
from ibis.backends import BaseBackend

# A source that names places of failed drives only would tell a model the outcome ("has a rack" means "failed").
TICKETS = "tickets"


@dataclass(frozen=True)
class FleetHistory:
    """Drives, readings and ends of service of one fleet.

    Args:
        name: Name of the fleet or of the file.
        format: Format of the source (``backblaze-history``, ``atoll-daily``, …), or ``store``.
        drives: One row a drive, index ``drive_key`` (unique, sorted): ``model, vendor`` (strings or None),
            ``capacity_bytes`` (float64, NaN unknown), ``first_day, last_day`` (datetime64[ns], first and last day under
            observation) and ``failure_day`` (datetime64[ns]; NaT: did not fail while observed). ``last_day`` and
            ``failure_day`` look into the future of a landmark: they make labels and risk sets, never features.
        readings: ``drive_key``, ``day`` and one float64 column an attribute, one row a drive and day; an Ibis table on
            ``connection``. Attributes are named as in the lake (``ata_5``, ``nvme_media_errors``).
        connection: The Ibis backend on which ``readings`` lives.
        placements: ``drive_key, relation`` (``host``, ``rack``, ``room``, ``application``, ``firmware``), ``place``,
            ``valid_from, valid_to`` (datetime64[ns], NaT open), ``told_by`` (``TICKETS``, or ``INVENTORY`` of
            ``graph.projection``); may be empty.
        sha256: Hash of what was read, for the model card.
        synthetic: True where the data were generated.
    """

    name: str
    format: str
    drives: pd.DataFrame
    readings: ir.Table
    connection: BaseBackend
    placements: pd.DataFrame
    sha256: str = ""
    synthetic: bool = False

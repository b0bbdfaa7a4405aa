"""The SMART catalogue as generated from ``smart.ttl``: nodes by label and relationships by ends."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def catalogue() -> dict[str, Any]:
    """The whole catalogue.

    Returns:
        ``nodes``: rows of plain values by label; ``relations``: lists of type, head label, tail label and
        ``[head key, tail key]`` pairs.
    """
    loaded: dict[str, Any] = json.loads(Path(__file__).with_name("catalogue.json").read_text(encoding="utf-8"))
    return loaded

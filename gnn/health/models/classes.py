"""What every classifier of windows asks of its training examples, and how it takes its columns by name."""

from __future__ import annotations

import numpy as np

from gnn.health.examples import Examples
from graph.errors import RefusedError

MIN_DRIVES = 10


def checked(train: Examples, name: str) -> Examples:
    """The examples whose label is known, if a classifier can learn from them.

    Raises:
        RefusedError: They are of one class, of too few drives, or have no features.
    """
    known = train.take(train.is_known)
    num_drives, num_failed = len(np.unique(known.drive)), int(known.label.sum())
    if num_failed in (0, len(known)):
        which = "no failed" if num_failed == 0 else "no healthy"
        raise RefusedError(
            f"Model '{name}' cannot be trained: of {len(known):,} examples with a known outcome there is {which} one; "
            "both classes are needed."
        )
    if num_drives < MIN_DRIVES:
        raise RefusedError(f"Model '{name}' cannot be trained: {num_drives} drives, at least {MIN_DRIVES} are needed.")
    if not known.catalogue:
        raise RefusedError(f"Model '{name}' cannot be trained: the examples have no features.")
    return known


def columns(examples: Examples, names: list[str]) -> np.ndarray:
    """Features by name, float32, shape ``(num_examples, len(names))``; a column that is not there is unknown."""
    return examples.features.reindex(columns=names).to_numpy(np.float32)

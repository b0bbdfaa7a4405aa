"""Examples of correlated failure: racks in which a drive failed, and whether another fails there soon after.

Tickets name failed drives only, so a rack without a failure is not among them: what is judged is which of the racks
that failed will fail again, never whether a drive in a rack is at risk.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from gnn.health.examples import DAY, Examples, Feature
from graph.errors import InputError

MODEL_COUNT = "failures_of_model_"
COLUMNS = ("drive_key", "model", "vendor", "rack", "host", "room", "day")


def rack_examples(tickets: pd.DataFrame, start: date, end: date, label_end: date) -> Examples:
    """Make one example of each rack in which a drive failed in a period.

    Args:
        tickets: One row a failure: ``drive_key, model, vendor, rack, host, room`` (text or None) and ``day``
            (datetime64). A rack is one rack in whichever rooms it was seen.
        start: First day of the period.
        end: Its last day; the landmark. Nothing after it reaches the features.
        label_end: Last day on which a further failure in the rack counts.

    Returns:
        Examples whose ``drive_keys`` are keys of racks; every outcome is known.

    Raises:
        InputError: A column is missing, the days are out of order, or no rack failed in the period.
    """
    missing = [name for name in COLUMNS if name not in tickets.columns]
    if missing:
        raise InputError(f"Tickets: column '{missing[0]}' is missing; expected {', '.join(COLUMNS)}.")
    if not start <= end < label_end:
        raise InputError(
            f"Racks: period {start} to {end}, outcomes to {label_end}: expected days in this order, outcomes after it."
        )
    placed = tickets[tickets["rack"].notna()]
    landmark, last = pd.Timestamp(end), pd.Timestamp(label_end)
    seen = placed[(placed["day"] >= pd.Timestamp(start)) & (placed["day"] <= landmark)]
    if seen.empty:
        known = f"; the tickets run from {placed['day'].min():%Y-%m-%d} to {placed['day'].max():%Y-%m-%d}"
        raise InputError(
            f"Racks: none failed from {start} to {end}{known if len(placed) else '; no ticket names one'}."
        )
    if placed["day"].max() < last:
        raise InputError(
            f"Racks: the tickets end on {placed['day'].max():%Y-%m-%d}, before {label_end}, so that nobody knows which "
            "racks failed again; expected an earlier end of the outcomes."
        )
    features, catalogue = rack_features(seen, end)
    keys = features.index.to_numpy(object)
    after = placed[(placed["day"] > landmark) & (placed["day"] <= last)]
    again = after.groupby("rack")["day"].min().reindex(features.index)
    failed = again.notna().to_numpy()
    days = (again.fillna(last) - landmark).dt.days.to_numpy(np.float64)
    groups = seen.groupby("rack")[["model", "vendor", "room"]].agg(_most_frequent).reindex(features.index)
    return Examples(
        features=features.reset_index(drop=True),
        catalogue=catalogue,
        drive=np.arange(len(keys)),
        drive_keys=keys,
        landmark=np.full(len(keys), np.datetime64(end), DAY),
        label=failed,
        is_known=np.ones(len(keys), bool),
        days_to_end=days,
        has_failed=failed,
        groups=groups.reset_index(drop=True),
        horizon_days=(label_end - end).days,
    )


def rack_features(seen: pd.DataFrame, end: date) -> tuple[pd.DataFrame, tuple[Feature, ...]]:
    """Compute what the tickets of a period tell of each rack.

    Args:
        seen: Tickets of the period, all with a rack.
        end: Last day of the period.

    Returns:
        float32 features, index ``rack`` (sorted), and what each column means: how many drives failed, how long ago the
        last one did, on how many hosts, and how many of each drive model. Applications are left out, since they drift,
        and so are rooms, whose share of failing racks does not hold for the next half year.
    """
    racks = seen.groupby("rack", sort=True)
    found = pd.DataFrame(
        {
            "num_hosts": racks["host"].nunique(),
            "num_failures": racks.size(),
            "days_since_failure": (pd.Timestamp(end) - racks["day"].max()).dt.days,
        }
    )
    catalogue = [
        Feature("num_hosts", "hosts of the rack on which drives failed", None, None, "hosts"),
        Feature("num_failures", "drives of the rack that failed", None, None, "drives"),
        Feature("days_since_failure", "days since a drive of the rack last failed", None, None, "days"),
    ]
    counts = pd.crosstab(seen["rack"], seen["model"])
    for model in counts.columns:
        name = f"{MODEL_COUNT}{model}"
        found[name] = counts[model].reindex(found.index)
        catalogue.append(Feature(name, f"drives of model {model} of the rack that failed", None, None, "drives"))
    return found.fillna(0).astype(np.float32), tuple(catalogue)


def _most_frequent(values: pd.Series) -> str | None:
    counts = values.value_counts()  # ties go to the one that stands first
    return None if counts.empty else str(counts.index[0])

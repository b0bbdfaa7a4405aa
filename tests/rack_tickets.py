"""Made-up failure tickets: some racks fail again and again, others once."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from gnn.health.examples import Examples
from gnn.health.racks import rack_examples

START, END, LABEL_END = date(2018, 1, 1), date(2018, 6, 30), date(2018, 12, 31)


def rack_tickets(seed: int = 0, num_racks: int = 300) -> pd.DataFrame:
    """Tickets of one year in which every rack keeps its own rate of failures.

    Args:
        seed: Of all draws.
        num_racks: Racks with a rate; those without a failure have no ticket.
    """
    rng = np.random.default_rng(seed)
    counts = rng.poisson(rng.gamma(0.6, 3.0, num_racks))
    rack = np.repeat(np.arange(num_racks), counts)
    model = np.where(rng.random(len(rack)) < 0.5, "A1", np.where(rack % 2, "B1", "C1"))
    return pd.DataFrame(
        {
            "drive_key": [f"drive:test:{name}:{number}" for number, name in enumerate(model)],
            "model": model,
            "vendor": [f"Alibaba vendor {name[0]}" for name in model],
            "rack": [f"rack:test:{number:04d}" for number in rack],
            "host": [f"host:test:{number}-{rng.integers(4)}" for number in rack],
            "room": [f"room:test:{number % 7}" for number in rack],
            "day": pd.Timestamp(START) + pd.to_timedelta(rng.integers(0, 365, len(rack)), unit="D"),
        }
    )


def with_last_day(tickets: pd.DataFrame) -> pd.DataFrame:
    """Tickets that reach to the end of the year, by one more of a rack of its own."""
    last = tickets.iloc[:1].assign(day=pd.Timestamp(LABEL_END), rack="rack:test:last", drive_key="drive:test:last")
    return pd.concat([tickets, last], ignore_index=True)


def rack_histories(seed: int = 0) -> Examples:
    """Racks that failed in the first half of the year, and which of them failed in the second."""
    return rack_examples(with_last_day(rack_tickets(seed)), START, END, LABEL_END)

"""Groups of drives (a rack, a host, a model) that hold more affected drives than chance explains: an exact test."""

from __future__ import annotations

from functools import reduce

import numpy as np
import pandas as pd
from scipy import stats


def hot_spots(drives: pd.DataFrame, group: str, affected: str, stratum: str | None = None) -> pd.DataFrame:
    """Test each group for an excess of affected drives, given how many are affected in each stratum of the fleet.

    If affected drives were dealt out at random among the drives of the same stratum (the drive model), their number in
    a group would be hypergeometric by stratum, and their total the sum of these: its distribution is computed
    exactly, so a rack full of a bad model is not called a bad rack.

    Args:
        drives: One row a drive.
        group: Column that names the group; drives without one are left out.
        affected: Boolean column.
        stratum: Column to condition on; None for the whole fleet.

    Returns:
        By group: ``drives``, ``affected``, ``expected``, ``p_value`` (probability of at least as many).

    References:
        Fisher's exact test, one-sided, and its stratified form (Mehta, Patel and Gray, JASA 80, 1985).
    """
    placed = drives[drives[group].notna()]
    names = placed[stratum].fillna("") if stratum else pd.Series("", index=placed.index)
    frame = pd.DataFrame({"group": placed[group], "stratum": names, "affected": placed[affected].astype(int)})
    totals = frame.groupby("stratum")["affected"].agg(["size", "sum"])
    cells = frame.groupby(["group", "stratum"], sort=True)["affected"].agg(["size", "sum"]).reset_index("stratum")
    cells["all"] = cells["stratum"].map(totals["size"])
    cells["bad"] = cells["stratum"].map(totals["sum"])
    cells["expected"] = cells["size"] * cells["bad"] / cells["all"]
    result = cells.groupby(level=0, sort=True).agg(
        drives=("size", "sum"), affected=("sum", "sum"), expected=("expected", "sum")
    )
    result["p_value"] = 1.0
    for name in result.index[result["affected"] > result["expected"]]:
        part = cells.loc[[name]]
        mixed = [_pmf(int(a), int(b), int(n)) for a, b, n in part[["all", "bad", "size"]].to_numpy() if b]
        distribution = reduce(np.convolve, mixed)
        result.loc[name, "p_value"] = min(1.0, float(distribution[int(result.loc[name, "affected"]) :].sum()))
    return result


def _pmf(population: int, bad: int, drawn: int) -> np.ndarray:
    """Probabilities of 0, 1, … affected among the drives drawn."""
    pmf: np.ndarray = stats.hypergeom.pmf(np.arange(min(bad, drawn) + 1), population, bad, drawn)
    return pmf

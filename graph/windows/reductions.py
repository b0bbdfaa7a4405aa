"""Functions of SQL that Ibis has no portable form for."""

from __future__ import annotations

import ibis


# DuckDB and Spark both know these names and mean the same by them. Ibis' own argmin and argmax become an ordered FIRST
# on DuckDB, which a window refuses, and its first and last skip nulls on Spark but not in DuckDB's windows.
@ibis.udf.agg.builtin
def min_by(value: float, key: int) -> float:  # type: ignore[empty-body]
    """The value of the row with the lowest key; rows with a null key are left out."""


@ibis.udf.agg.builtin
def max_by(value: float, key: int) -> float:  # type: ignore[empty-body]
    """The value of the row with the highest key; rows with a null key are left out."""


@ibis.udf.agg.builtin
def regr_slope(value: float, axis: int) -> float:  # type: ignore[empty-body]
    """Least squares slope of the value along the axis; pairs with a null are left out, no number for fewer than two."""


# Ibis' own floor casts to int64, which a number beyond its range stops on DuckDB.
@ibis.udf.scalar.builtin
def floor(value: float) -> float:  # type: ignore[empty-body]
    """The next whole number at or below the value; Spark gives it as a bigint."""

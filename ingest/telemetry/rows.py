"""Which rows of a chunk can be used: the first reason against each of the others."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa

from ingest.telemetry import columns
from ingest.telemetry.normalised import REJECTS, RawRows, table


class RowCheck:
    """Collects what is wrong with the rows of a chunk; the first reason against a row is the one that is reported.

    Args:
        raw: The chunk.
        today: Days after it are impossible.
    """

    def __init__(self, raw: RawRows, today: date | None = None) -> None:
        self.raw = raw
        self.today = today or datetime.now(UTC).date()
        self._found: list[tuple[np.ndarray, str, list[str], str]] = []
        self.usable = np.ones(raw.rows.num_rows, bool)

    def refuse(self, mask: np.ndarray, column: str, reason: str) -> None:
        """Refuse the rows of a mask because of what stands in ``column``."""
        mask = mask & self.usable
        if mask.any():
            values = columns.texts_of(self.raw.rows[column], mask) if column in self.raw.rows.column_names else []
            self._found.append((np.flatnonzero(mask), column, values or [""] * int(mask.sum()), reason))
            self.usable &= ~mask

    def text(self, column: str) -> pa.Array:
        """Text that must be there."""
        values = columns.identifiers(self.raw.rows[column])
        self.refuse(~columns.present(values), column, "is empty, a value is needed")
        return values

    def number(self, column: str, *, minimum: float | None = None, maximum: float | None = None) -> np.ndarray:
        """Numbers (NaN: none) within limits."""
        values, unreadable = columns.numbers(self.raw.rows[column])
        self.refuse(unreadable, column, "is not a finite number")
        if minimum is not None:
            self.refuse(values < minimum, column, f"is impossible: below {minimum:g}")
        if maximum is not None:
            self.refuse(values > maximum, column, f"is impossible: above {maximum:g}")
        return values

    def day(self, column: str, *, needed: bool = True) -> pa.Array:
        """Days that can be."""
        values, unreadable = columns.days(self.raw.rows[column])
        return self._possible(values, unreadable, column, needed=needed)

    def _possible(self, values: pa.Array, unreadable: np.ndarray, column: str, *, needed: bool) -> pa.Array:
        self.refuse(unreadable, column, "is not a day; expected 2024-12-31, or day first 31-12-2024")
        if needed:
            self.refuse(~columns.present(values), column, "is empty, a day is needed")
        future, early = columns.impossible_days(values, self.today)
        self.refuse(future, column, f"is impossible: in the future (today is {self.today})")
        self.refuse(early, column, f"is impossible: before {columns.FIRST_DAY}, when drives had no SMART")
        return values

    def instant(self, column: str) -> tuple[pa.Array, pa.Array]:
        """Points in time, and their days."""
        values, unreadable = columns.instants(self.raw.rows[column])
        return values, self._possible(values.cast(pa.date32(), safe=False), unreadable, column, needed=True)

    def flag(self, column: str) -> np.ndarray:
        """Yes or no."""
        values, unreadable = columns.flags(self.raw.rows[column])
        self.refuse(unreadable, column, "is neither 0 nor 1")
        return values

    def rejects(self) -> pa.Table:
        """The refused rows, each with its reason and its raw text."""
        found = [
            (int(self.raw.numbers[at]), column, value, reason, raw_text(self.raw.rows, int(at)))
            for rows, column, values, reason in self._found
            for at, value in zip(rows, values, strict=True)
        ]
        found.sort()
        names = REJECTS.names
        return table(REJECTS, {name: [record[i] for record in found] for i, name in enumerate(names)}, len(found))


def raw_text(rows: pa.Table, at: int) -> str:
    """One row as a line of CSV."""
    out = io.StringIO()
    record = rows.slice(at, 1).to_pylist()[0]
    csv.writer(out, lineterminator="").writerow(["" if value is None else value for value in record.values()])
    return out.getvalue()

"""The leakage guard: what must hold of a split before a figure may be told.

A figure is worth something only where the test rows are new. Each check finds one way in which they are not, and
gives examples of it, so that whoever made the split can see it with their own eyes.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from gnn.health.duplicates import components
from gnn.health.examples import DAY, Examples
from gnn.health.guard import check_names
from gnn.health.splits import Part, Split
from graph.errors import InputError, RefusedError

SHOWN_PAIRS = 5
# So many drives must fail at a landmark before an order of their ends that is too good means anything.
FEWEST_ENDS = 20
TOO_WELL_ORDERED = 0.99


@dataclass(frozen=True, slots=True)
class LeakPair:
    """An example of a leak: two things that should not go together.

    Args:
        first: Window, drive or column, with its day where it has one.
        second: The other, or the event that it disagrees with.
        why: In words.
    """

    first: str
    second: str
    why: str


@dataclass(frozen=True)
class Leak:
    """One way in which a split or its labels cheat.

    Args:
        reason: ``overlapping_windows``, ``same_drive``, ``near_duplicate_windows``, ``label_disagrees``,
            ``forward_looking_column`` or ``overlapping_outcomes``.
        message: A sentence with the counts.
        pairs: Examples.
    """

    reason: str
    message: str
    pairs: list[LeakPair]

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)


class LeakageError(RefusedError):
    """A split that would flatter (exit status 3).

    Args:
        leak: What was found.
    """

    def __init__(self, leak: Leak) -> None:
        self.reason = leak.reason
        self.pairs = leak.pairs
        shown = "".join(f"\n  {pair.first} | {pair.second}: {pair.why}" for pair in leak.pairs)
        super().__init__(
            f"Refused, reason: {leak.reason}. {leak.message}{shown}\n"
            f"--allow-leak prints the figure all the same, under a warning."
        )

    @property
    def details(self) -> dict[str, Any]:
        """What ``--json`` prints beside the message."""
        return {"reason": self.reason, "pairs": [asdict(pair) for pair in self.pairs]}


@dataclass(frozen=True)
class Spans:
    """The days that each row knows of: from the first day that its features look at to the last of its outcome.

    Args:
        train_begin: datetime64[D], shape ``(num_train,)``.
        train_end: datetime64[D], the last day included.
        test_begin: datetime64[D], shape ``(num_test,)``.
        test_end: datetime64[D].
    """

    train_begin: np.ndarray
    train_end: np.ndarray
    test_begin: np.ndarray
    test_end: np.ndarray


def look_back_days(examples: Examples) -> int:
    """The longest documented look-back of its features, days; those over the whole past of a drive do not count."""
    return max((feature.look_back_days or 0 for feature in examples.catalogue), default=0)


def landmark_spans(train: Examples, test: Examples) -> Spans:
    """Spans of examples at landmarks: the longest look-back before, the horizon after."""
    before = np.timedelta64(max(look_back_days(train) - 1, 0), "D")
    after = np.timedelta64(train.horizon_days or 0, "D")
    return Spans(train.landmark - before, train.landmark + after, test.landmark - before, test.landmark + after)


def shared_drives(split: Split, spans: Spans) -> Leak | None:
    """Drives on both sides: refused where the split says that there are none, or where their windows overlap."""
    for part in split.parts:
        both = _both_sides(split, part)
        if both.empty:
            continue
        num_overlapping, overlapping = _overlaps(split, part, spans, both)
        if num_overlapping:
            pairs = [
                LeakPair(
                    f"{key} {split.train.landmark[train]} (training)",
                    f"{key} {split.test.landmark[test]} (test)",
                    f"windows of one drive, {spans.train_begin[train]} to {spans.train_end[train]} and "
                    f"{spans.test_begin[test]} to {spans.test_end[test]}",
                )
                for key, train, test in overlapping
            ]
            return Leak(
                "overlapping_windows",
                f"Windows of {len(both):,} drives stand on both sides of the split (seed {part.seed}, fold "
                f"{part.fold}) and those of {num_overlapping:,} of them overlap.",
                pairs,
            )
        if split.kind != "time":
            pairs = [LeakPair(key, key, "one drive in training and test") for key in both.index[:SHOWN_PAIRS]]
            return Leak(
                "same_drive",
                f"{len(both):,} drives stand on both sides of a split by {split.kind} (seed {part.seed}, fold "
                f"{part.fold}).",
                pairs,
            )
    return None


def overlapping_outcomes(split: Split) -> Leak | None:
    """Outcomes that training knows must end before the first test landmark, where time is cut."""
    if split.kind not in ("time", "drive+time") or split.train.horizon_days is None:
        return None
    known = split.train.landmark.max() + np.timedelta64(split.train.horizon_days, "D")
    first = split.test.landmark.min()
    if known <= first:
        return None
    return Leak(
        "overlapping_outcomes",
        f"Training knows outcomes up to {known}, after the first test landmark, {first}.",
        [LeakPair(f"{split.train.landmark.max()} (training)", f"{first} (test)", "the test's time is known")],
    )


def near_duplicates(
    split: Split, links: pd.DataFrame, names: np.ndarray, train: np.ndarray, test: np.ndarray
) -> Leak | None:
    """The same readings under different names on both sides.

    Args:
        split: The split.
        links: ``first, second, num_shared`` of ``gnn.health.duplicates``, as positions in ``names``.
        names: Names of windows or drives.
        train: Position in ``names`` of each row of ``split.train``.
        test: Position in ``names`` of each row of ``split.test``.
    """
    if links.empty:
        return None
    group = components(links, len(names))
    for part in split.parts:
        on_train, on_test = np.zeros(len(names), bool), np.zeros(len(names), bool)
        on_train[train[part.train]] = True
        on_test[test[part.test]] = True
        crossing = np.intersect1d(group[on_train & (group >= 0)], group[on_test & (group >= 0)])
        if not len(crossing):
            continue
        twice = np.isin(group, crossing) & on_test
        first, second = links["first"].to_numpy(int), links["second"].to_numpy(int)
        across = (on_train[first] & on_test[second]) | (on_test[first] & on_train[second])
        # Two members of a group may be linked only through a third.
        shown = links[across] if across.any() else links[np.isin(group[first], crossing)]
        shown = shown.sort_values("num_shared", ascending=False, kind="stable").head(SHOWN_PAIRS)
        pairs = [
            LeakPair(str(names[one]), str(names[two]), f"{num} consecutive samples are equal")
            for one, two, num in shown[["first", "second", "num_shared"]].to_numpy(int).tolist()
        ]
        return Leak("near_duplicate_windows", _duplicates_in_words(split, part, group, twice, test), pairs)
    return None


def forward_looking(examples: Examples, *, is_named: bool = True) -> Leak | None:
    """Columns that tell the future, by their names or because they order the failed drives by their day of failure.

    Args:
        examples: Examples to learn from.
        is_named: Look at names too; not for racks, whose past failures are counted by drive model and say so.
    """
    named = [str(name) for name in examples.features.columns if is_named and _is_forbidden(str(name))]
    if named:
        return Leak(
            "forward_looking_column",
            f"{len(named)} columns look into the future or name a drive, a date or a place.",
            [
                LeakPair(name, "what becomes of the drive, or which one it is", "never a feature")
                for name in named[:SHOWN_PAIRS]
            ],
        )
    # After the first in each landmark only: at later ones a drive's age and its end go together for simple reasons.
    days, counts = np.unique(examples.landmark[examples.has_failed], return_counts=True)
    if not len(days) or counts.max() < FEWEST_ENDS:
        return None
    here = examples.has_failed & (examples.landmark == days[np.argmax(counts)])
    if len(np.unique(examples.drive[here])) < FEWEST_ENDS or len(np.unique(examples.days_to_end[here])) < FEWEST_ENDS:
        return None
    varying = examples.features.loc[here].pipe(lambda frame: frame.loc[:, frame.nunique() > 1])
    ranks = varying.rank()
    ends = pd.Series(examples.days_to_end[here], index=ranks.index).rank()
    related = ranks.corrwith(ends).abs()
    telling = related[(related >= TOO_WELL_ORDERED) & (ranks.notna().sum() >= FEWEST_ENDS)]
    if telling.empty:
        return None
    return Leak(
        "forward_looking_column",
        f"{len(telling)} columns order the drives that fail by their day of failure.",
        [
            LeakPair(str(name), "days to failure", f"rank correlation {value:.3f} over {int(here.sum())} drives")
            for name, value in telling.head(SHOWN_PAIRS).items()
        ],
    )


def _is_forbidden(name: str) -> bool:
    try:
        check_names([name])
    except InputError:
        return True
    return False


def _both_sides(split: Split, part: Part) -> pd.DataFrame:
    """Drives on both sides, by key: their codes in either pool."""
    train, test = np.unique(split.train.drive[part.train]), np.unique(split.test.drive[part.test])
    frame = pd.DataFrame({"train": train}, index=split.train.drive_keys[train])
    return frame.join(pd.DataFrame({"test": test}, index=split.test.drive_keys[test]), how="inner")


def _overlaps(split: Split, part: Part, spans: Spans, both: pd.DataFrame) -> tuple[int, list[tuple[str, int, int]]]:
    """How many drives overlap; and of the first of them the key and a training and a test row that overlap."""
    train_rows = part.train[np.isin(split.train.drive[part.train], both["train"])]
    test_rows = part.test[np.isin(split.test.drive[part.test], both["test"])]
    code_of = pd.Series(np.arange(len(both)), index=both["train"])
    test_code_of = pd.Series(np.arange(len(both)), index=both["test"])
    rows = pd.DataFrame(
        {
            "drive": np.r_[code_of[split.train.drive[train_rows]], test_code_of[split.test.drive[test_rows]]],
            "row": np.r_[train_rows, test_rows],
            "is_test": np.r_[np.zeros(len(train_rows), bool), np.ones(len(test_rows), bool)],
            "begin": np.r_[spans.train_begin[train_rows], spans.test_begin[test_rows]].astype(DAY).astype(np.int64),
            "end": np.r_[spans.train_end[train_rows], spans.test_end[test_rows]].astype(DAY).astype(np.int64),
        }
    ).sort_values(["drive", "begin"], kind="stable", ignore_index=True)
    found: dict[int, tuple[bool, int]] = {}
    for of_test in (False, True):
        # The furthest that a span of the other side has reached so far within the drive.
        other = rows["end"].where(rows["is_test"] == of_test, np.iinfo(np.int64).min)
        furthest = other.groupby(rows["drive"]).cummax()
        hits = np.flatnonzero((rows["is_test"] != of_test) & (furthest >= rows["begin"]))
        drives = rows["drive"].to_numpy()[hits]
        for drive, at in zip(*(values.tolist() for values in _first_of_each(drives, hits)), strict=True):
            found.setdefault(drive, (of_test, at))
    return len(found), [
        (str(both.index[drive]), *_overlapping_rows(rows, of_test, at))
        for drive, (of_test, at) in sorted(found.items())[:SHOWN_PAIRS]
    ]


def _first_of_each(drives: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    names, first = np.unique(drives, return_index=True)
    return names, at[first]


def _overlapping_rows(rows: pd.DataFrame, of_test: bool, at: int) -> tuple[int, int]:
    """Training and test row of the overlap at a position of the sorted rows."""
    hit = rows.iloc[at]
    before = rows.iloc[:at]
    before = before[(before["drive"] == hit["drive"]) & (before["is_test"] == of_test)]
    other, own = int(before["row"].iloc[int(before["end"].to_numpy().argmax())]), int(hit["row"])
    return (own, other) if of_test else (other, own)


def _duplicates_in_words(split: Split, part: Part, group: np.ndarray, twice: np.ndarray, test: np.ndarray) -> str:
    def shares(rows: np.ndarray, label: np.ndarray) -> str:
        told = []
        for failed, what in ((True, "failed"), (False, "healthy")):
            of = label == failed
            told.append(f"{int((rows & of).sum()):,} of {int(of.sum()):,} {what}")
        return " and ".join(told)

    label, linked = split.test.label, group >= 0
    text = f"In the test of seed {part.seed}, fold {part.fold}, "
    text += f"{shares(twice[test][part.test], label[part.test])} rows have a near-duplicate in training"
    if split.is_one_pool:
        text += f"; of the whole set, {shares(linked[test], label)} rows share readings with another"
    return (
        text + ". Linked by equal power-on hours together with equal written or read counters in consecutive samples."
    )

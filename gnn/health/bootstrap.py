"""Bootstrap over drives: intervals of AUC and average precision, and of their difference between two models.

A drive has many examples that fail or live together, so drives are drawn, not examples: each replicate gives every
drive the number of times that it was drawn, and each of its examples counts so often. Where a result is a mean over
seeds or salts, a drive counts equally often in all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from gnn.health.metrics import auc, average_precision
from graph.errors import InputError, nearest

NUM_REPLICATES = 1_000
LEVEL = 0.95
# Weights of so many drives and replicates are held at once (four bytes each).
_WEIGHTS_AT_ONCE = 16_000_000


@dataclass(frozen=True)
class Part:
    """The test of one seed, salt or fold, as every model scored it.

    Args:
        label: bool, shape ``(num_examples,)``.
        drive: Key or number of the drive of each example, the same for a drive in every part.
        scores: Name of the model to its scores, each of shape ``(num_examples,)``.
    """

    label: np.ndarray
    drive: np.ndarray
    scores: Mapping[str, np.ndarray]


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its percentile interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """How much better one model is than another on the same drives.

    Args:
        delta_auc: AUC of the first less that of the second, with its interval.
        delta_ap: The same of average precision.
        p_auc: Two-sided p of no difference in AUC.
        p_ap: The same of average precision.
    """

    delta_auc: Interval
    delta_ap: Interval
    p_auc: float
    p_ap: float


@dataclass(frozen=True)
class Replicates:
    """AUC and average precision of every model, on the drives as they are and as drawn; means over the parts.

    Args:
        auc: Name to figure.
        ap: Name to figure.
        auc_drawn: Name to figures by replicate, shape ``(num_replicates,)``; NaN where a class came out empty.
        ap_drawn: The same of average precision.
    """

    auc: dict[str, float]
    ap: dict[str, float]
    auc_drawn: dict[str, np.ndarray]
    ap_drawn: dict[str, np.ndarray]

    def auc_interval(self, name: str, level: float = LEVEL) -> Interval:
        """AUC of a model with its percentile interval."""
        return _interval(self.auc[self._known(name)], self.auc_drawn[name], level)

    def ap_interval(self, name: str, level: float = LEVEL) -> Interval:
        """Average precision of a model with its percentile interval."""
        return _interval(self.ap[self._known(name)], self.ap_drawn[name], level)

    def paired(self, a: str, b: str, level: float = LEVEL) -> Difference:
        """Model ``a`` less model ``b``, on the same drawn drives.

        The p counts the replicates on the other side of zero, twice, and one more in each count, so that it is never 0
        (Davison and Hinkley, Bootstrap Methods, 1997).
        """
        auc_drawn = self.auc_drawn[self._known(a)] - self.auc_drawn[self._known(b)]
        ap_drawn = self.ap_drawn[a] - self.ap_drawn[b]
        return Difference(
            _interval(self.auc[a] - self.auc[b], auc_drawn, level),
            _interval(self.ap[a] - self.ap[b], ap_drawn, level),
            _two_sided(auc_drawn),
            _two_sided(ap_drawn),
        )

    def _known(self, name: str) -> str:
        if name not in self.auc:
            known = list(self.auc)
            raise InputError(
                f"Model '{name}' was not part of the bootstrap.{nearest(name, known)} Known: {', '.join(known)}."
            )
        return name


def bootstrap(parts: Sequence[Part], *, num_replicates: int = NUM_REPLICATES, seed: int = 0) -> Replicates:
    """Draw drives with replacement and judge every model on them.

    Between two neighbouring scores of failures only the number of healthy examples matters, so each model's examples
    are sorted once into as many bins as failures have scores, and a replicate is a product of a sparse matrix (bins by
    drives) with the counts of the drives. The figures equal those of ``metrics`` under the same weights.

    Args:
        parts: Tests to average over: one, or one a seed, salt or fold. All scored by the same models.
        num_replicates: Draws.
        seed: Of the draws.

    Raises:
        InputError: There is no part, or the parts were scored by different models.
    """
    if not parts:
        raise InputError("Bootstrap over drives: no test to draw from; expected at least one.")
    names = list(parts[0].scores)
    if any(set(part.scores) != set(names) for part in parts):
        raise InputError(f"Bootstrap over drives: every part needs scores of the same models ({', '.join(names)}).")
    drives, at = np.unique(np.concatenate([part.drive for part in parts]), return_inverse=True)
    of_part = np.split(at, np.cumsum([len(part.label) for part in parts])[:-1])
    binned = {
        name: [
            _Binned.of(part.label, part.scores[name], of, len(drives)) for part, of in zip(parts, of_part, strict=True)
        ]
        for name in names
    }
    auc_drawn = {name: np.zeros(num_replicates) for name in names}
    ap_drawn = {name: np.zeros(num_replicates) for name in names}
    rng = np.random.default_rng(seed)
    step = max(1, _WEIGHTS_AT_ONCE // max(1, len(drives)))
    for start in range(0, num_replicates, step):
        chosen = slice(start, min(start + step, num_replicates))
        counts = draw_drives(len(drives), chosen.stop - start, rng)
        for name in names:
            judged = [piece.judged(counts) for piece in binned[name]]
            auc_drawn[name][chosen] = np.mean([figures[0] for figures in judged], axis=0)
            ap_drawn[name][chosen] = np.mean([figures[1] for figures in judged], axis=0)
    return Replicates(
        {name: float(np.mean([auc(part.label, part.scores[name]) for part in parts])) for name in names},
        {name: float(np.mean([average_precision(part.label, part.scores[name]) for part in parts])) for name in names},
        auc_drawn,
        ap_drawn,
    )


def draw_drives(num_drives: int, num_replicates: int, rng: np.random.Generator) -> np.ndarray:
    """How often each drive is drawn in each replicate, float32, shape ``(num_drives, num_replicates)``.

    As many drives are drawn as there are (Efron, Annals of Statistics 1979).
    """
    counts = np.empty((num_drives, num_replicates), np.float32)
    for number in range(num_replicates):
        counts[:, number] = np.bincount(rng.integers(num_drives, size=num_drives), minlength=num_drives)
    return counts


@dataclass(frozen=True)
class _Binned:
    """One model's test: which drives stand at each distinct score of a failure, and between two of them.

    Args:
        failed: Failures by score and drive, highest score first, shape ``(num_scores, num_drives)``.
        tied: Healthy examples at exactly that score.
        above: Healthy examples above that score and below the one before, and last those below all.
    """

    failed: sparse.csr_matrix
    tied: sparse.csr_matrix
    above: sparse.csr_matrix

    @classmethod
    def of(cls, label: np.ndarray, score: np.ndarray, drive: np.ndarray, num_drives: int) -> _Binned:
        label, score = np.asarray(label, bool), -np.asarray(score, float)
        levels = np.unique(score[label])
        place = np.searchsorted(levels, score)
        at_level = np.zeros(len(score), bool)
        inside = place < len(levels)
        at_level[inside] = levels[place[inside]] == score[inside]

        def counted(chosen: np.ndarray, rows: int) -> sparse.csr_matrix:
            ones = np.ones(int(chosen.sum()), np.float32)
            return sparse.coo_matrix((ones, (place[chosen], drive[chosen])), shape=(rows, num_drives)).tocsr()

        return cls(
            counted(label, len(levels)),
            counted(~label & at_level, len(levels)),
            counted(~label & ~at_level, len(levels) + 1),
        )

    def judged(self, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """AUC and average precision under each column of counts."""
        # Whole numbers stay exact in float32 up to 2^24 and are summed up in float64.
        failed, tied, above = (np.asarray(matrix @ counts, float) for matrix in (self.failed, self.tied, self.above))
        num_failed, num_healthy = failed.sum(axis=0), tied.sum(axis=0) + above.sum(axis=0)
        found = np.cumsum(failed, axis=0)
        false = np.cumsum(tied + above[:-1], axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            below = num_healthy - false + tied / 2
            area = (failed * below).sum(axis=0) / (num_failed * num_healthy)
            precision = np.where(found > 0, found / (found + false), 0.0)
            ap = np.where(num_failed > 0, (failed * precision).sum(axis=0) / num_failed, np.nan)
        return area, ap


def _interval(value: float, drawn: np.ndarray, level: float) -> Interval:
    drawn = drawn[np.isfinite(drawn)]
    if not len(drawn):
        return Interval(value, float("nan"), float("nan"))
    low, high = np.quantile(drawn, ((1 - level) / 2, (1 + level) / 2))
    return Interval(value, float(low), float(high))


def _two_sided(drawn: np.ndarray) -> float:
    drawn = drawn[np.isfinite(drawn)]
    if not len(drawn):
        return float("nan")
    side = min((drawn <= 0).sum(), (drawn >= 0).sum())
    return float(min(1.0, 2 * (side + 1) / (len(drawn) + 1)))

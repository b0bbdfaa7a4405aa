"""Mean log-odds of three models that err differently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit

from gnn.health.examples import Examples
from gnn.health.models.boosting import output_of
from gnn.health.models.matrix import log_odds, shifted, teaching
from gnn.health.port import FittedModel, Output, model_named

MEMBERS = ("lightgbm", "hazard", "logistic")


@dataclass(frozen=True)
class FittedBlend:
    """Fitted members and what keeps their mean probability.

    Args:
        members: Fitted models whose contributions are log-odds.
        shift: Added to the mean log-odds: the mean of log-odds alone would lower the mean probability.
        output: A risk, or a score where the training set had no horizon.
    """

    members: tuple[FittedModel, ...]
    shift: float
    output: Output = "risk"
    name: str = "blend"

    def scores(self, examples: Examples) -> np.ndarray:
        """Probability of failure, shape ``(num_examples,)``."""
        return np.asarray(expit(_mean_log_odds([member.scores(examples) for member in self.members]) + self.shift))

    def contributions(self, examples: Examples) -> np.ndarray | None:
        """Mean of the members' log-odds, shape ``(num_examples, num_features)``."""
        found = [member.contributions(examples) for member in self.members]
        known = [parts for parts in found if parts is not None]
        return np.mean(known, axis=0) if len(known) == len(found) else None

    def state(self) -> dict[str, Any]:
        """The members' states."""
        return {
            "members": {member.name: member.state() for member in self.members},
            "shift": self.shift,
            "output": self.output,
        }


class Blend:
    """Mean log-odds of boosting, hazard and logistic regression.

    References:
        Genest and Zidek, "Combining probability distributions", Statistical Science 1986 (logarithmic opinion pool).
    """

    name = "blend"
    output: Output = "risk"

    def fit(self, train: Examples, seed: int) -> FittedBlend:
        """Fit each member on the same examples."""
        return self.of_members([model_named(name).fit(train, seed) for name in MEMBERS], train)

    def of_members(self, members: Sequence[FittedModel], train: Examples) -> FittedBlend:
        """Blend models of ``MEMBERS`` that were fitted on these examples already.

        Raises:
            RefusedError: The examples cannot teach it.
        """
        known = teaching(train, self.name)
        scores = [member.scores(known) for member in members]
        shift = shifted(_mean_log_odds(scores), np.ones(len(known)), float(np.mean(scores)))
        return FittedBlend(tuple(members), shift, output_of(train))

    def restore(self, state: Mapping[str, Any]) -> FittedBlend:
        """A fitted blend from its ``state``."""
        members = tuple(model_named(name).restore(of) for name, of in state["members"].items())
        return FittedBlend(members, float(state["shift"]), state["output"])


def _mean_log_odds(scores: list[np.ndarray]) -> np.ndarray:
    return np.asarray(np.mean([log_odds(p) for p in scores], axis=0))

"""Reasons of the risks of a fleet, from contributions of the model to words."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

import numpy as np

from app.analysis.risk_results import NeighbourReason, RiskReason
from app.analysis.risk_wording import statement
from gnn.health.examples import Examples
from gnn.health.explanation import causes
from gnn.health.neighbours import neighbour_effects
from gnn.health.predictor import RiskPredictor

MOST_REASONS = 4
MOST_NEIGHBOURS = 3
# Of larger fleets only the riskiest drives are explained: contributions cost more than all else, and of a drive that
# nothing is wrong with there is nothing to tell.
MOST_EXPLAINED = 20_000
EXPLAINED_AT_ONCE = 5_000


@dataclass(frozen=True)
class Reasons:
    """Why one drive is at risk.

    Args:
        attributes: From its readings, age, maker and size, strongest first.
        neighbours: From the graph, strongest first; empty where the model looks at none.
        note: Why there are no reasons, where there are none; empty else.
    """

    attributes: list[RiskReason] = field(default_factory=list)
    neighbours: list[NeighbourReason] = field(default_factory=list)
    note: str = ""


def reasons_of(predictor: RiskPredictor, examples: Examples, risk: np.ndarray) -> list[Reasons]:
    """Reasons of each example, in the same order.

    Args:
        predictor: The model.
        examples: What it scored.
        risk: Its risks, shape ``(num_examples,)``.
    """
    found = [Reasons(note=f"Only the {MOST_EXPLAINED:,} riskiest drives of a fleet are explained.")] * len(examples)
    order = np.argsort(-risk, kind="stable")[:MOST_EXPLAINED]
    for start in range(0, len(order), EXPLAINED_AT_ONCE):
        rows = np.sort(order[start : start + EXPLAINED_AT_ONCE])
        part = examples.take(rows)
        contributions = predictor.fitted.contributions(part)
        if contributions is None:
            note = f"The model '{predictor.name}' cannot say what raised a risk."
            for row in rows:
                found[row] = Reasons(note=note)
            continue
        effects = neighbour_effects(predictor.fitted, part, most=MOST_NEIGHBOURS)
        for row, own, beside in zip(rows, causes(part, contributions, MOST_REASONS), effects, strict=True):
            reasons = [
                RiskReason(
                    feature=cause.feature.name,
                    statement=statement(cause.feature, cause.value),
                    attribute=cause.feature.attribute,
                    value=cause.value,
                    unit=cause.feature.unit,
                    contribution=round(cause.contribution, 6),
                )
                for cause in own
            ]
            neighbours = [NeighbourReason(**asdict(effect)) for effect in beside]
            found[row] = Reasons(reasons, neighbours, "" if reasons or neighbours else "Nothing about it stands out.")
    return found

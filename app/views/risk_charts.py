"""Charts of one drive's risk: the curve by horizon, its last twelve weeks, and what raises or lowers it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from app.analysis.risk_results import DriveRisk, NeighbourReason, RiskReason
from app.views import formats
from app.views.charts import axis, dress, role

CURVE_HEIGHT = 216
WEEKS_HEIGHT = 168
BAR_HEIGHT = 34
TICK_DAYS = (1, 5, 10, 30, 60, 90, 180, 360, 720)
PERCENT_LABELS = "format(datum.value * 100, ',.3~r') + ' %'"
ROOM_AFTER_STOP = 1.12  # of the curve's length: for the word beside the average's end
ROOM_ABOVE = 1.18  # of its height: for the words at its stop


def curve_chart(risk: DriveRisk) -> tuple[Any, str]:
    """Probability of failure within each horizon with its 80 % band, ended where the data support it.

    The dashed line is the fleet's average at a constant rate: ``1 - (1 - base_rate) ** (days / horizon_days)``.

    Args:
        risk: A forecast; its horizons are ascending.
    """
    last = risk.horizons_days[-1]
    data = pd.DataFrame({"days": risk.horizons_days, "p": risk.p, "low": risk.low, "high": risk.high})
    # Within no days nothing fails: the curve begins at the landmark.
    data = pd.concat([pd.DataFrame({"days": [0], "p": [0.0], "low": [0.0], "high": [0.0]}), data], ignore_index=True)
    data["average"] = [1 - (1 - risk.base_rate) ** (days / risk.horizon_days) for days in data["days"]]
    data = data.assign(role="s1", grey="s7")
    told = data[data["days"] == told_horizon(risk)].assign(text=lambda rows: rows["p"].map(formats.probability))
    stop = pd.DataFrame({"days": [last], "text": ["end of support"], "role": ["s7"]})
    ends = pd.DataFrame(
        {"days": [last], "p": [data["average"].iloc[-1]], "text": ["average"], "role": ["muted"]},
    )
    across = alt.X(
        "days:Q",
        scale=alt.Scale(domain=[0, last * ROOM_AFTER_STOP], nice=False),
        axis=axis(
            False, title=f"Days after {formats.day(risk.landmark)}", values=_ticks(last), format=",.0f", titlePadding=8
        ),
    )
    top = max(*risk.high, float(data["average"].max()), 1e-6)
    up = alt.Y(
        "p:Q",
        scale=alt.Scale(domain=[0, ROOM_ABOVE * top], nice=False),
        axis=axis(True, title="Probability of failure", tickCount=5, labelExpr=PERCENT_LABELS, titlePadding=8),
    )
    tooltip = [
        alt.Tooltip("days:Q", title="Within days", format=",.0f"),
        alt.Tooltip("p:Q", title="Probability", format=".2%"),
        alt.Tooltip("low:Q", title="from (80 % band)", format=".2%"),
        alt.Tooltip("high:Q", title="to (80 % band)", format=".2%"),
        alt.Tooltip("average:Q", title="Fleet's average", format=".2%"),
    ]
    base = alt.Chart(data)
    chart = alt.layer(
        base.mark_area(opacity=0.16, line=False).encode(across, alt.Y("low:Q"), alt.Y2("high:Q"), color=role("role")),
        base.mark_line(strokeWidth=1.4, strokeDash=[4, 3]).encode(across, alt.Y("average:Q"), color=role("grey")),
        base.mark_line(strokeWidth=2.2).encode(across, up, color=role("role")),
        base.mark_point(size=60, filled=True, opacity=0).encode(across, up, color=role("role"), tooltip=tooltip),
        alt.Chart(told).mark_point(size=64, filled=True, opacity=1).encode(
            across, up, color=role("role"), tooltip=tooltip),
        alt.Chart(stop).mark_rule(strokeWidth=1.2, strokeDash=[2, 2]).encode(across, color=role("role")),
        alt.Chart(stop.assign(role="muted")).mark_text(align="right", dx=-5, fontSize=10.5).encode(
            across, y=alt.value(7), text="text:N", color=role("role")),
        alt.Chart(ends).mark_text(align="left", dx=5, fontSize=10.5).encode(
            across, up, text="text:N", color=role("role")),
    )  # fmt: skip
    days = told_horizon(risk)
    place = risk.horizons_days.index(days)
    alternative = (
        f"Probability of failure within each number of days after {formats.day(risk.landmark)}: "
        f"{formats.probability(risk.p[place])} within {days} days "
        f"(80 % band {formats.band(risk.low[place], risk.high[place])}), {formats.probability(risk.p[-1])} within "
        f"{last} days, where the curve ends because the data support no longer horizon. The fleet's average is "
        f"{formats.probability(risk.base_rate)} within {risk.horizon_days} days."
    )
    return dress(chart, CURVE_HEIGHT), alternative


def told_horizon(risk: DriveRisk) -> int:
    """The horizon told in words: the one trained for, or the longest supported below it."""
    able = [days for days in risk.horizons_days if days <= risk.horizon_days]
    return able[-1] if able else risk.horizons_days[0]


def _ticks(last: int) -> list[int]:
    """Ticks in round numbers of days, from 30 days on in months of 30 days; at most seven."""
    step = next((days for days in TICK_DAYS if last <= 6 * days), TICK_DAYS[-1])
    return list(range(0, last + 1, step))


def weeks_chart(risk: DriveRisk) -> tuple[Any, str]:
    """The drive's risk as it was forecast on each of its last weekly landmarks."""
    data = pd.DataFrame({"day": risk.trend_landmarks, "p": risk.trend_p}).assign(role="s1")
    data["day"] = pd.to_datetime(data["day"])
    across = alt.X("day:T", axis=axis(False, title="Day of the forecast", tickCount=3, format="%d %b", titlePadding=8))
    up = alt.Y(
        "p:Q",
        scale=alt.Scale(domain=[0, max(1.1 * max(risk.trend_p), 1e-6)], nice=False),
        axis=axis(True, title=f"Within {risk.horizon_days} days", tickCount=4, labelExpr=PERCENT_LABELS,
                  titlePadding=8),
    )  # fmt: skip
    tooltip = [
        alt.Tooltip("day:T", title="Forecast of", format="%Y-%m-%d"),
        alt.Tooltip("p:Q", title=f"Within {risk.horizon_days} days", format=".2%"),
    ]
    base = alt.Chart(data).encode(across, up, color=role("role"), tooltip=tooltip)
    chart = alt.layer(base.mark_line(strokeWidth=1.8), base.mark_point(size=26, filled=True, opacity=1))
    alternative = (
        f"Probability of failure within {risk.horizon_days} days on {formats.plural(len(data), 'weekly landmark')}: "
        f"{formats.probability(risk.trend_p[0])} on {formats.day(risk.trend_landmarks[0])}, "
        f"{formats.probability(risk.trend_p[-1])} on {formats.day(risk.trend_landmarks[-1])}."
    )
    return dress(chart, WEEKS_HEIGHT), alternative


def reasons_chart(reasons: Sequence[RiskReason | NeighbourReason], names: Sequence[str]) -> tuple[Any, str]:
    """What each reason adds to the log-odds of failure: blue raises the risk, violet lowers it.

    Args:
        reasons: In the order of their list.
        names: What each bar is called, as numbered in that list.
    """
    data = pd.DataFrame(
        {
            "row": [f"{place}" for place in range(1, len(reasons) + 1)],
            "name": list(names),
            "value": [reason.contribution for reason in reasons],
            "role": ["s1" if reason.contribution > 0 else "s5" for reason in reasons],
            "text": [formats.signed(round(reason.contribution, 2)) for reason in reasons],
            "muted": "muted",
        }
    )
    reach = max(data["value"].abs().max(), 1e-6)
    # Values stand beyond their bars, so both sides keep room for them.
    low = min(float(data["value"].min()), 0.0)
    high = max(float(data["value"].max()), 0.0)
    domain = [low - (0.3 * reach if low < 0 else 0), high + (0.3 * reach if high > 0 else 0)]
    across = alt.X(
        "value:Q",
        scale=alt.Scale(domain=domain, nice=False),
        axis=axis(True, title="Added to the log-odds of failure", tickCount=4, format=",.2~r", titlePadding=8),
    )
    base = alt.Chart(data).encode(
        y=alt.Y(
            "row:N", sort=None, axis=axis(False, title="Reason", titlePadding=8), scale=alt.Scale(paddingInner=0.5)
        ),
        tooltip=[alt.Tooltip("name:N", title="Reason"), alt.Tooltip("value:Q", title="Log-odds", format="+.3f")],
    )
    bars = base.mark_bar(cornerRadius=2).encode(across, color=role("role"))
    raises, lowers = (_values(data[chosen], across) for chosen in (data["value"] > 0, data["value"] <= 0))
    texts = [raises.mark_text(align="left", dx=5, fontSize=11), lowers.mark_text(align="right", dx=-5, fontSize=11)]
    alternative = "Contributions to the log-odds of failure: " + "; ".join(
        f"{place} {name}: {text}" for place, name, text in zip(data["row"], data["name"], data["text"], strict=True)
    )
    return dress(alt.layer(bars, *texts), BAR_HEIGHT * len(data) + 54), alternative


def _values(rows: pd.DataFrame, across: alt.X) -> alt.Chart:
    return alt.Chart(rows).encode(alt.Y("row:N", sort=None), across, text="text:N", color=role("muted"))

"""Models: the card of each trained risk model, with what it was compared with and where its limits lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from app.views import formats, frame, model_charts, reading, reading_risk, states, tables

if TYPE_CHECKING:
    from gnn.health.card import ModelCard, ModelRow

FEATURE_ROWS = 11
MODEL_ROWS = 10
LOADING_HEIGHT = 560


def show() -> None:
    """Draw the page of the model run in the address (``run``), the newest one where it names none."""
    head = frame.open_page("Models")
    version = reading.store_version()
    with states.loading(LOADING_HEIGHT):
        cards = reading_risk.model_cards(version)
    if not cards:
        head.say("No model of failure risk has been trained in this workspace.")
        nothing()
    else:
        card = _chosen(head, cards)
        head.say(
            f"{formats.plural(len(cards), 'risk model')} trained; this card is of "
            f"{formats.escape(card.model)} on fleet {formats.escape(card.fleet)}.",
            synthetic=card.synthetic,
        )
        draw(card)
    frame.footer(fleet=None, data_time=None, read_at=reading.now(), store_version=version)


def nothing() -> None:
    """The empty state: what a card would tell, and the commands that make one."""
    place = f" --workspace {reading.settings().workspace}"
    states.empty(
        ":material/model_training:",
        "No risk model yet",
        "Training compares the models on held-out drives, chooses one and writes its card: why it was chosen, how well "
        "it is calibrated, what it looks at and where its limits lie. The second command asks it about every drive.",
        f"atoll train risk{place}\natoll predict fleet{place}",
    )


def draw(card: ModelCard) -> None:
    """Draw one card."""
    with frame.card(height="content"):
        _summary(card)
    left, right = st.columns([17, 8])
    with left, frame.card():
        _comparison(card)
    with right, frame.card():
        _reliability(card)
    with frame.card(height="content"):
        _features(card)
    left, right = st.columns(2)
    with left, frame.card():
        frame.card_title("Limits")
        sentences = [*card.limits, *card.notes]
        st.markdown("\n".join(f"- {formats.escape(sentence)}" for sentence in sentences) or "None is known.")
    with right, frame.card():
        frame.card_title("Versions and data")
        lines = [f"{formats.escape(name)}: {formats.escape(value)}"
                 for name, value in [*card.versions.items(), *card.hashes.items()]]  # fmt: skip
        st.markdown(formats.small("  \n".join(lines)) if lines else formats.small("Nothing was recorded."))


def _chosen(head: frame.Head, cards: list[ModelCard]) -> ModelCard:
    """The card that the address names; a selector where there are several."""
    by_run = {card.run: card for card in cards}
    asked = st.query_params.get("run")
    if asked and asked not in by_run:
        st.info(
            f"This workspace has no model run '{formats.escape(asked)}'; the newest is shown.", icon=":material/info:"
        )
    if len(cards) == 1:
        return cards[0]
    run = head.right.selectbox("Model run", list(by_run), key="run", bind="query-params")
    return by_run[str(run)]


def _summary(card: ModelCard) -> None:
    frame.card_title(
        f"{formats.escape(card.model)} was chosen",
        f"Run {formats.escape(card.run)} · trained {formats.moment(card.trained_at)}",
    )
    st.markdown(formats.escape(f"{card.why} {card.validation}".strip()))
    days = formats.plural(card.horizon_days, "day")
    landmarks = (
        f"landmarks {formats.day(card.first_landmark)} to {formats.day(card.last_landmark)}, "
        f"outcomes to {formats.day(card.cut)}"
    )
    facts = [
        f"Failure within {days}",
        f"{formats.plural(card.num_drives, 'drive')}, {formats.plural(card.num_failures, 'failure')}, "
        f"{formats.plural(card.num_examples, 'example')}",
        landmarks,
        f"base rate {formats.probability(card.base_rate)}",
        f"calibration {formats.escape(card.calibration)}",
        f"curves stop at {formats.plural(card.follow_up_days, 'day')}",
    ]
    if card.time_error_days:
        mine, constant = (formats.number(days) for days in card.time_error_days)
        facts.append(f"time to failure off by {mine} days on average, a constant by {constant} days")
    st.markdown(formats.small(" · ".join(facts)))


def _comparison(card: ModelCard) -> None:
    frame.card_title("Against the baselines", "On validation, drives held out")
    if not card.models:
        st.markdown(formats.small("No other model was compared."))
        return
    if any(row.ap is not None for row in card.models):
        chart, alternative = model_charts.comparison_chart(card.models)
        st.altair_chart(chart, alt=alternative)
    names = [_name(row) for row in card.models]
    shown = pd.DataFrame(
        {
            "model": names,
            "ap": [_measure(row.ap, row.ap_ci) for row in card.models],
            "auc": [_measure(row.auc, row.auc_ci) for row in card.models],
            "ece": [row.ece for row in card.models],
            "top1": [row.obs_over_pred_top1pct for row in card.models],
            "top10": [row.obs_over_pred_top10pct for row in card.models],
        }
    ).dropna(axis="columns", how="all")
    column = st.column_config
    st.dataframe(
        shown,
        hide_index=True,
        row_height=tables.ROW_HEIGHT,
        height=tables.height(len(shown), MODEL_ROWS),
        column_config={
            "model": column.TextColumn("Model", width=tables.text_width(shown["model"], 96, 190)),
            "ap": column.TextColumn("AP (95 %)", width=158, help="Average precision with its 95 % interval"),
            "auc": column.TextColumn("AUC (95 %)", width=158, help="Area under the ROC curve, 95 % interval"),
            "ece": column.NumberColumn("ECE", format="%.4f", width=66, help="Expected calibration error"),
            "top1": column.NumberColumn("O/P 1 %", format="%.2f", width=66,
                                        help="Observed over predicted failures in the top 1 % of risk"),
            "top10": column.NumberColumn("O/P 10 %", format="%.2f", width=72,
                                         help="Observed over predicted failures in the top 10 % of risk"),
        },
        placeholder="",
        alt="Models compared on validation",
    )  # fmt: skip
    notes = [f"**{formats.escape(row.name)}**: {formats.escape(row.note)}" for row in card.models if row.note]
    if notes:
        st.markdown(formats.small("  \n".join(notes)))


def _name(row: ModelRow) -> str:
    part = "chosen" if row.is_chosen else "baseline" if row.is_reference else ""
    return f"{row.name} ({part})" if part else row.name


def _measure(value: float | None, interval: tuple[float, float] | list[float] | None) -> str | None:
    if value is None:
        return None
    return f"{value:.3f} ({interval[0]:.3f} to {interval[1]:.3f})" if interval else f"{value:.3f}"


def _reliability(card: ModelCard) -> None:
    frame.card_title("Reliability")
    if not card.reliability:
        st.markdown(formats.small("Too few failures for a reliability table."))
        return
    chart, alternative = model_charts.reliability_chart(card.reliability, card.interval_level)
    st.altair_chart(chart, alt=alternative)
    st.markdown(
        formats.small(
            f"A point is a bin of drives with like risk, with its {round(100 * card.interval_level)} % interval; on "
            "the dashed line predicted and observed agree. Both axes are logarithmic; hollow: nobody failed."
        )
    )


def _features(card: ModelCard) -> None:
    frame.card_title("Features", f"{formats.plural(len(card.features), 'feature')}, most important first")
    if not card.features:
        st.markdown(formats.small("No feature was recorded."))
        return
    rows = sorted(card.features, key=lambda row: -(row.importance or 0.0))
    shown = pd.DataFrame(
        {
            "meaning": [row.meaning for row in rows],
            "importance": [row.importance for row in rows],
            "look_back": ["all seen so far" if row.look_back_days is None else f"{row.look_back_days} d"
                          for row in rows],
            "attribute": [row.attribute for row in rows],
            "unit": [row.unit or None for row in rows],
            "name": [row.name for row in rows],
        }
    ).dropna(axis="columns", how="all")  # fmt: skip
    column = st.column_config
    top = max((row.importance or 0.0 for row in rows), default=0.0) or 1.0
    st.dataframe(
        shown,
        hide_index=True,
        row_height=tables.ROW_HEIGHT,
        height=tables.height(len(shown), FEATURE_ROWS),
        column_config={
            "meaning": column.TextColumn("Meaning", width=tables.text_width(shown["meaning"], 160, 380)),
            "importance": column.ProgressColumn("Importance", width=100, format="%.3f", min_value=0.0, max_value=top,
                                                color="blue", help="Mean absolute contribution in log-odds"),
            "look_back": column.TextColumn("Look-back", width=96, help="How far before the landmark it looks"),
            "attribute": column.TextColumn("SMART attribute", width=196),
            "unit": column.TextColumn("Unit", width=88),
            "name": column.TextColumn("Column", width=212),
        },
        placeholder="",
        alt="Features of the model with their look-backs",
    )  # fmt: skip

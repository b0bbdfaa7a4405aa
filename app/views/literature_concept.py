"""The right card of the Literature page: one concept with the claims for and against it, counted in Works."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from app.analysis.literature_claims import AGAINST, FOR, NO_EFFECT, SIDES, Claim
from app.analysis.literature_concept import ConceptDescription, Effect
from app.views import formats, frame
from app.views import literature_text as text
from app.views.charts import dress, role
from app.views.literature_work import ShownDocument, open_page
from graph.ontology import smart

ROLES = {FOR: "s1", AGAINST: "s5", NO_EFFECT: "s7"}
BAR_HEIGHT = 24
SHOWN_CLAIMS = 4
SHOWN_ATTRIBUTES = 4
SHOWN_EFFECTS = 12
LIST_HEIGHT = 440
NEVER_EVIDENCE = "never evidence"
UNITS = {"unit:PERCENT": "%", "unit:UNITLESS": "×", "unit:MilliSEC": "ms", "unit:DEG_C": "°C"}


def draw(described: ConceptDescription, shown: ShownDocument | None) -> None:
    """Draw the card.

    Args:
        described: The concept.
        shown: The document on the left, whose claims carry their number here too.
    """
    frame.card_title(text.plain(described.name))
    st.markdown(formats.small(_facts(described)))
    if described.description:
        st.markdown(formats.small(text.plain(described.description)))
    if described.attributes:
        more = len(described.attributes) - SHOWN_ATTRIBUTES
        links = ", ".join(_attribute(key) for key in described.attributes[:SHOWN_ATTRIBUTES])
        st.markdown(formats.small(f"Joined to {links}{f' and {more:,} more' if more > 0 else ''}"))
    if described.about:
        about = ", ".join(
            f"[{text.plain(name)}]({formats.link('literature', concept=key)})" for key, name in described.about.items()
        )
        st.markdown(formats.small(f"Claims about {about}, which this attribute measures or points to"))
    if any(described.works_by_side.values()):
        chart, alternative = side_chart(described)
        st.altair_chart(chart, alt=alternative)
    with st.container(border=False, height=LIST_HEIGHT, gap="xsmall"):
        if not described.claims:
            st.markdown("No assertion speaks of it yet.")
        for side in SIDES:
            _side(described, side, shown)
    if described.mitigations:
        _effects(described.mitigations)
    if described.unsourced:
        _unsourced(described)


def _facts(described: ConceptDescription) -> str:
    years = ""
    if described.first_year:
        same = described.first_year == described.last_year
        years = f", {described.first_year}" if same else f", {described.first_year} to {described.last_year}"
    label = "SMART attribute" if described.label == "SmartAttribute" else described.label
    parts = [text.plain(label), f"{formats.plural(described.works, 'Work')}{years}"]
    parts.append(f"evidence in {described.evidence_works:,}")
    if described.is_contested:
        parts.append("contested")
    return " · ".join(parts)


def _attribute(key: str) -> str:
    """A SMART attribute as a link to what literature says of it."""
    name = {attribute.key: attribute.name for attribute in smart.attributes()}.get(key, "")
    shown = formats.escape(f"{key} {name}".strip())
    return f"[{shown}]({formats.link('literature', concept=key)})"


def _on_fill() -> str:
    """Hex of text on a bar; as axis text, it goes stale until the next run when the theme is switched live."""
    return "#101419" if st.context.theme.type == "dark" else "#FFFFFF"


def side_chart(described: ConceptDescription) -> tuple[Any, str]:
    """Works by side as one bar, and its text alternative."""
    sides = [side for side in SIDES if described.works_by_side[side]]
    counts = [described.works_by_side[side] for side in sides]
    ends = pd.Series(counts).cumsum()
    data = pd.DataFrame(
        {
            "side": [text.WORDS[side] for side in sides],
            "works": counts,
            "low": ends - counts,
            "high": ends,
            "middle": ends - pd.Series(counts) / 2,
            "role": [ROLES[side] for side in sides],
        }
    )
    across = alt.Scale(domain=[0, int(sum(counts))], nice=False)
    tooltip = [alt.Tooltip("side:N", title="Side"), alt.Tooltip("works:Q", title="Works", format=",.0f")]
    base = alt.Chart(data).encode(tooltip=tooltip)
    chart = alt.layer(
        base.mark_bar(height=BAR_HEIGHT - 2, cornerRadius=2).encode(
            x=alt.X("low:Q", scale=across, axis=None), x2="high:Q", color=role("role")
        ),
        base.mark_text(fontSize=11, fontWeight=600, color=_on_fill()).encode(
            x=alt.X("middle:Q", scale=across, axis=None), text="works:Q"
        ),
    )
    told = ", ".join(f"{text.WORDS[side]} {described.works_by_side[side]:,}" for side in SIDES)
    return dress(chart, BAR_HEIGHT), f"Works by what they state of {described.name}: {told}."


def _side(described: ConceptDescription, side: str, shown: ShownDocument | None) -> None:
    claims = described.of_side(side)
    if not claims:
        return
    count = formats.plural(described.works_by_side[side], "Work")
    st.markdown(f"{text.badge(side)} **{count}**")
    first_of = {claim.source: claim.key for claim in reversed(claims)}
    repeated = {claim.key for claim in claims if first_of[claim.source] != claim.key}
    for claim in claims[:SHOWN_CLAIMS]:
        _claim(claim, shown, is_repeated=claim.key in repeated)
    rest = claims[SHOWN_CLAIMS:]
    if rest:
        held = f"more.{described.key}.{side}"
        if st.toggle(f"Show {len(rest):,} more", key=held):
            for claim in rest[:100]:
                _claim(claim, shown, is_repeated=claim.key in repeated)
            if len(rest) > 100:
                st.markdown(formats.small(f"Showing {SHOWN_CLAIMS + 100} of {len(claims):,}"))


def _claim(claim: Claim, shown: ShownDocument | None, *, is_repeated: bool) -> None:
    number = shown.numbers.get(claim.key) if shown and shown.key == claim.document else None
    line = text.source_line(claim, number=number, is_repeated=is_repeated)
    with st.container(horizontal=True, wrap=False, gap="small"):
        st.markdown(f"{text.plain(claim.statement)}  \n{line}", width="stretch")
        open_page(claim, f"open.claim.{claim.key}")


def _effects(effects: list[Effect]) -> None:
    with st.expander(f"What is said to help ({len(effects):,})", icon=":material/healing:"):
        lines = []
        for effect in effects[:SHOWN_EFFECTS]:
            parts = [formats.plural(effect.works, "Work"), f"evidence in {effect.evidence_works:,}"]
            if effect.conditions:
                parts.append(", ".join(effect.conditions[:3]))
            lines.append(
                f"{text.plain(effect.name)}{_range(effect)}  \n{formats.small(' · '.join(map(text.plain, parts)))}"
            )
        st.markdown("\n\n".join(lines))
        if len(effects) > SHOWN_EFFECTS:
            st.markdown(formats.small(f"Showing {SHOWN_EFFECTS} of {len(effects):,}"))


def _range(effect: Effect) -> str:
    if effect.low is None or effect.high is None:
        return ""
    unit = UNITS.get(effect.unit or "", (effect.unit or "").removeprefix("unit:"))
    low, high = formats.number(effect.low), formats.number(effect.high)
    return f" **{low if low == high else f'{low} to {high}'} {text.plain(unit)}**"


def _unsourced(described: ConceptDescription) -> None:
    count = formats.plural(len(described.unsourced), "unsourced claim")
    with st.expander(f"{count}, {NEVER_EVIDENCE}", icon=":material/link_off:"):
        st.markdown(
            formats.small(
                "Statements of an imported graph that name no document. They can be searched; they count for nothing: "
                "not in a number of Works, not in a confidence, not in an answer."
            )
        )
        st.markdown("\n".join(f"- {text.plain(row.statement)}" for row in described.unsourced))

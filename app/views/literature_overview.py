"""Below the two cards: the concept's neighbourhood, coverage, contradictions and what most Works state."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app.analysis.literature_claims import short_name
from app.views import formats, frame, tables
from app.views import literature_text as text
from app.views import reading_literature as reads
from app.views.graph_explorer import show_neighbourhood

VIEWS = ("Coverage", "Graph", "Contradictions", "Most supported")
MOST_ROWS = 10
SIDE_WORDS = {
    "improves": "improves",
    "degrades": "degrades",
    "no effect": "has no effect on",
    "stated": "is related to",
}


def draw(concept: str | None, version: int) -> None:
    """Draw the card with the view that the address names (``below``)."""
    with frame.card(height="content"):
        view = st.segmented_control(
            "Literature as a whole", VIEWS, default=VIEWS[0], required=True, key="below", bind="query-params",
            label_visibility="collapsed",
        )  # fmt: skip
        if view == "Graph" and concept:
            show_neighbourhood(concept, key_prefix="literature.graph")
        elif view == "Contradictions":
            _contradictions(version)
        elif view == "Most supported":
            _most_supported(version)
        else:
            _coverage(version)


def _coverage(version: int) -> None:
    """Which concepts and attributes have how many Works, and where there is nothing."""
    rows, gaps = reads.concepts(version), reads.gaps(version)
    without = [gap for gap in gaps if gap.gap == "no evidence"]
    alone = [gap for gap in gaps if gap.gap == "one work"]
    kinds = {label: sum(gap.label == label for gap in without) for label in ("SmartAttribute", "Mechanism")}
    st.markdown(
        f"{formats.plural(len(rows), 'concept')} with assertions · {kinds['SmartAttribute']:,} attributes and "
        f"{kinds['Mechanism']:,} mechanisms without evidence · {len(alone):,} concepts that one Work alone speaks of"
    )
    covered, missing = st.columns([3, 2])
    with covered:
        _table(
            pd.DataFrame(
                {
                    "concept": [row.name for row in rows],
                    "kind": [row.label for row in rows],
                    "works": [row.works for row in rows],
                    "evidence": [row.evidence_works for row in rows],
                    "open": [formats.link("literature", concept=row.key) for row in rows],
                }
            ),
            "Works by concept",
            {
                "concept": st.column_config.TextColumn("Concept", width=220),
                "kind": st.column_config.TextColumn("Kind", width=110),
                "works": st.column_config.NumberColumn("Works", width=64, format="localized"),
                "evidence": st.column_config.NumberColumn(
                    "Evidence", width=76, format="localized", help="Works whose statements count as evidence"
                ),
                "open": st.column_config.LinkColumn("", width=56, display_text="Open"),
            },
        )
    with missing:
        _table(
            pd.DataFrame(
                {
                    "concept": [gap.name for gap in [*without, *alone]],
                    "kind": [gap.label for gap in [*without, *alone]],
                    "gap": [gap.gap for gap in [*without, *alone]],
                }
            ),
            "Gaps",
            {
                "concept": st.column_config.TextColumn("Gap", width=180),
                "kind": st.column_config.TextColumn("Kind", width=110),
                "gap": st.column_config.TextColumn("What is missing", width=100),
            },
        )


def _table(data: pd.DataFrame, name: str, columns: dict[str, Any]) -> None:
    if data.empty:
        st.markdown(formats.small(f"{name}: none."))
        return
    st.dataframe(
        data, hide_index=True, row_height=tables.ROW_HEIGHT, height=tables.height(len(data), MOST_ROWS),
        column_config=columns,
    )  # fmt: skip


def _contradictions(version: int) -> None:
    """Both sides of each contradiction, the strongest first."""
    by_key: dict[str, list[dict[str, Any]]] = {}
    for row in reads.contradictions(version):
        by_key.setdefault(str(row["contradiction"]), []).append(row)
    if not by_key:
        st.markdown("No assertion contradicts another.")
        return
    total = reads.counts(version).contradictions
    st.markdown(formats.small(f"Showing {min(MOST_ROWS, len(by_key))} of {total:,}, the surest first"))
    for rows in list(by_key.values())[:MOST_ROWS]:
        st.markdown(f"**{text.plain(rows[0]['subject_name'])} and {text.plain(rows[0]['object_name'])}**")
        sides = list(dict.fromkeys(str(row["side"]) for row in rows))
        for place, side in zip(st.columns(len(sides)), sides, strict=True):
            own = [row for row in rows if row["side"] == side]
            works = len({row["work"] or row["document"] for row in own})
            with place:
                st.markdown(formats.small(f"{SIDE_WORDS.get(side, side)} · {formats.plural(works, 'Work')}"))
                first = own[0]
                source = short_name(first["title"], first["authors"] or [], first["year"])
                link = formats.link("literature", work=first["work"], page=first["page"])
                shown = f"[{text.plain(source)}]({link})" if first["work"] else text.plain(first["document"])
                st.markdown(f"{text.plain(first['statement'])}  \n{formats.small(shown)}")


def _most_supported(version: int) -> None:
    """What most independent Works state, as evidence."""
    rows = reads.most_supported(version)
    data = pd.DataFrame(
        {
            "claim": [row["example"] for row in rows],
            "works": [row["works"] for row in rows],
            "confidence": [row["confidence"] for row in rows],
            "open": [formats.link("literature", concept=row["object"]) for row in rows],
        }
    )
    _table(
        data,
        "Claims of the high tier",
        {
            "claim": st.column_config.TextColumn("Claim", width=620),
            "works": st.column_config.NumberColumn("Works", width=64, format="localized"),
            "confidence": st.column_config.NumberColumn("Best confidence", width=112, format="%.2f"),
            "open": st.column_config.LinkColumn("", width=56, display_text="Open"),
        },
    )

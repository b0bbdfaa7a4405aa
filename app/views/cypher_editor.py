"""The Cypher editor: CodeMirror 6 (``app/components/cypher_editor``) as a Streamlit component."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

BUNDLE = Path(__file__).parents[1] / "components" / "cypher_editor" / "bundle.js"
HTML = """
<div class="editor" data-testid="cypher-editor"></div>
<button type="button">Run query <kbd>Ctrl Enter</kbd></button>
"""
CSS = """
.editor { min-height: 180px; }
.cm-editor { min-height: 180px; max-height: 420px; }
button {
  width: 100%; margin-top: 10px; padding: 7px 12px; cursor: pointer; font: inherit; font-size: 0.875rem;
  color: var(--st-text-color); background: var(--st-background-color);
  border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius);
}
button:hover { color: var(--st-primary-color); border-color: var(--st-primary-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
kbd { margin-left: 8px; font-size: 11px; color: var(--st-gray-text-color); font-family: inherit; }
"""
KEYWORDS = (
    "MATCH", "OPTIONAL MATCH", "WHERE", "RETURN", "WITH", "UNWIND", "ORDER BY", "LIMIT", "SKIP", "DISTINCT", "AS",
    "AND", "OR", "NOT", "IN", "STARTS WITH", "ENDS WITH", "CONTAINS", "IS NULL", "IS NOT NULL", "count", "collect",
    "avg", "min", "max", "sum", "labels", "type", "size", "coalesce",
)  # fmt: skip


@cache
def _component() -> Any:
    return st.components.v2.component("cypher_editor", html=HTML, css=CSS, js=BUNDLE.read_text(encoding="utf-8"))


def cypher_editor(text: str, *, words: Sequence[str] = (), key: str) -> str | None:
    """Show the editor and return its text in the one run that the reader's Run causes, else None.

    Args:
        text: What stands in it at first; another text replaces what is being written.
        words: Labels, relationship types and properties offered while typing, beside Cypher's own words.
        key: Key of the widget.
    """
    state = _component()(
        key=key,
        data={"text": text, "words": [*KEYWORDS, *words], "placeholder": "MATCH (d:Drive) RETURN d.name LIMIT 25"},
        on_run_change=lambda: None,
    )
    ran = state.run
    return str(ran) if ran is not None else None

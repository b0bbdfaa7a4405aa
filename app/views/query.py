"""Query: the catalogue as forms, free Cypher in an editor, and what ran before."""

from __future__ import annotations

import json
import shlex
from typing import Any

import streamlit as st

import queries
from app.views import formats, frame, query_forms, query_result, reading, states
from app.views.cypher_editor import cypher_editor
from graph.errors import AtollError, StoreError
from graph.ports import Rows

ROW_LIMIT = 1000
TIME_LIMIT_SECONDS = 30.0
RECENT_SHOWN = 5
FIRST_TEXT = (
    "MATCH (d:Drive)-[:OF_MODEL]->(m:DriveModel)\nRETURN m.name AS model, count(d) AS drives\nORDER BY drives DESC"
)
FREE = "free Cypher"
FIRST_QUERY = "drives_with_rising_attribute"
FIRST_QUERY_OF_LITERATURE = "most_supported_claims"  # where no fleet was loaded


def show() -> None:
    """Draw the page."""
    head = frame.open_page("Query")
    fleet = frame.select_fleet_if_any(head)
    head.say(
        f"Read-only. The time limit is {TIME_LIMIT_SECONDS:g} s and the row limit {ROW_LIMIT:,}; "
        "what was cut is said with each result.",
        synthetic=fleet is not None and fleet.synthetic,
    )
    # The editor needs room for a line of Cypher.
    left, right = st.columns([5, 7] if st.session_state.get("by", st.query_params.get("by")) == "Cypher" else [3, 8])
    with left, frame.card():
        by = st.segmented_control(
            "By", ["Catalogue", "Cypher", "History"], default="Catalogue", required=True, key="by",
            bind="query-params", label_visibility="collapsed", width="stretch",
        )  # fmt: skip
        chosen: queries.Query | None = None
        if by == "Cypher":
            _editor()
        elif by == "History":
            _history(50)
        else:
            chosen = _catalogue(fleet)
    with right, frame.card():
        answer = st.session_state.get("answer")
        failed = st.session_state.get("answer_error")
        if failed is not None:
            _error_in_place(failed)
        elif answer is not None:
            query_result.show(answer)
        else:
            _before_the_first_run(chosen)
    version = reading.store_version()
    frame.footer(fleet=fleet, data_time=None, read_at=reading.now(), store_version=version)


def _error_in_place(error: AtollError) -> None:
    """Show a query's error where its result would stand; a store that does not answer is the page's matter."""
    if isinstance(error, StoreError):
        del st.session_state["answer_error"]
        raise error
    st.markdown("### Result", anchors=False)
    states.problem(error)


def _before_the_first_run(chosen: queries.Query | None) -> None:
    """What stands in the result's place until something has run."""
    if chosen is None:
        st.space("large")
        st.markdown("### :material/play_circle: Nothing has run yet", text_alignment="center", anchors=False)
        st.markdown(formats.small("Nothing that is run here can change the store."), text_alignment="center")
        return
    frame.card_title("Result", "Not run yet")
    st.code(chosen.statement, language=None, wrap_lines=True)
    st.markdown(formats.small(f"Returns {formats.escape(', '.join(chosen.returns))}."))


def _catalogue(fleet: reading.Fleet | None) -> queries.Query:
    reads = {query.name: query for query in queries.catalogue() if query.mode == "read"}
    names = list(reads)
    wanted = FIRST_QUERY if fleet else FIRST_QUERY_OF_LITERATURE
    first = names.index(wanted) if wanted in names else 0
    name = st.selectbox("Query", names, index=first, key="query", bind="query-params")
    query = reads[str(name)]
    st.markdown(formats.small(formats.escape(query.description)))
    given = query_forms.parameter_form(query, fleet)
    run = st.button("Run query", icon=":material/play_arrow:", width="stretch", key="run_catalogue")
    if run or (st.query_params.get("run") == "1" and "answer" not in st.session_state):
        for parameter in query.parameters:
            st.query_params.pop(query_forms.PREFIX + parameter.name, None)
        st.query_params.update({query_forms.PREFIX + key: str(value) for key, value in given.items()} | {"run": "1"})
        _run(query, given, fleet)
    if reading.history():
        st.markdown("#### Recent", anchors=False)
        _history(RECENT_SHOWN)
    with st.expander("Command line", icon=":material/terminal:"):
        st.code(_command(query.name, given), language=None, wrap_lines=True)
    return query


def _run(query: queries.Query, given: dict[str, Any], fleet: reading.Fleet | None) -> None:
    address = formats.link(
        "",
        fleet=fleet.name if fleet else None,
        query=query.name,
        run=1,
        **{query_forms.PREFIX + key: value for key, value in given.items()},
    ).removeprefix("./")

    def call() -> tuple[Rows, dict[str, Any], int]:
        parameters = queries.coerce(query, given)
        found = reading.workspace().store.query(
            query.name, parameters, limit=ROW_LIMIT, timeout_seconds=TIME_LIMIT_SECONDS
        )
        return found, parameters, 0

    _answer(query.name, query.statement, call, _command(query.name, given), address)


def _editor() -> None:
    text = st.session_state.get("cypher_text") or st.query_params.get("cypher") or FIRST_TEXT
    ran = cypher_editor(text, words=reading.vocabulary(), key="cypher_editor")
    st.markdown(
        formats.small("Labels and relationship types are offered while you type. Writing is refused by the store.")
    )
    if ran is None:
        return
    st.session_state["cypher_text"] = ran
    st.query_params["cypher"] = ran

    def call() -> tuple[Rows, dict[str, Any], int]:
        store = reading.workspace().store
        found = store.query_free(ran, {}, limit=ROW_LIMIT, timeout_seconds=TIME_LIMIT_SECONDS)
        return found, {}, len(store.incomplete_runs())

    address = formats.link("", by="Cypher", cypher=ran).removeprefix("./")
    _answer(FREE, ran, call, f"atoll query --cypher {shlex.quote(ran)}", address)


def _answer(name: str, statement: str, call: Any, command: str, address: str) -> None:
    """Run one statement, keep its answer or its error for the result's place, and remember it."""
    st.session_state.pop("answer", None)
    st.session_state.pop("answer_error", None)
    try:
        with st.spinner("Running", show_time=True):
            rows, parameters, unfinished = call()
    except (AtollError, queries.QueryError) as error:
        st.session_state["answer_error"] = error if isinstance(error, AtollError) else AtollError(str(error))
        reading.remember(reading.Ran(name, statement, "not run: " + type(error).__name__, address))
        return
    st.session_state["answer"] = query_result.Answer(
        name, statement, parameters, rows, reading.store_version(), unfinished, command, address
    )
    outcome = f"{formats.plural(len(rows.rows), 'row')}, {formats.number(rows.milliseconds)} ms"
    reading.remember(reading.Ran(name, statement, outcome, address))


def _history(most: int) -> None:
    """What ran in this process, newest first; a click runs it again by its address."""
    ran = reading.history()[:most]
    if not ran:
        st.markdown(formats.small("Nothing has run since the app was started."))
    lines = []
    for item in ran:
        what = formats.escape(item.name if item.name != FREE else " ".join(item.statement.split())[:60])
        lines.append(f"[{what}](query{item.address}), {item.outcome}")
    st.markdown("  \n".join(formats.small(line) for line in lines))


def _command(name: str, given: dict[str, Any]) -> str:
    def text(value: Any) -> str:
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)

    parameters = "".join(f" \\\n  --param {shlex.quote(f'{key}={text(value)}')}" for key, value in given.items())
    return f"atoll query {name}{parameters}"

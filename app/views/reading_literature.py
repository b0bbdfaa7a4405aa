"""What the Literature page reads, cached by store version."""

from __future__ import annotations

import streamlit as st

from app.analysis import literature
from app.analysis.literature import Gap, LiteratureCounts, SearchHit
from app.analysis.literature_concept import ConceptDescription, ConceptRow, describe_concept, resolve_concept
from app.analysis.literature_concept import concepts as read_concepts
from app.analysis.literature_work import PassageRow, WorkDescription, WorkRow, describe_work, resolve_work
from app.analysis.literature_work import passages as read_passages
from app.analysis.literature_work import works as read_works
from app.views import reading
from graph.errors import InputError


@st.cache_data(max_entries=2, show_spinner=False)
def counts(version: int) -> LiteratureCounts:
    """How much literature there is."""
    return literature.counts(reading.workspace().store)


@st.cache_data(max_entries=2, show_spinner=False)
def works(version: int) -> list[WorkRow]:
    """All works, those with assertions first."""
    return read_works(reading.workspace().store)


@st.cache_data(max_entries=2, show_spinner=False)
def concepts(version: int) -> list[ConceptRow]:
    """Concepts that assertions speak of, most works first."""
    return read_concepts(reading.workspace().store)


@st.cache_data(max_entries=2, show_spinner=False)
def gaps(version: int) -> list[Gap]:
    """Where literature is thin."""
    return literature.gaps(reading.workspace().store)


@st.cache_data(max_entries=32, show_spinner=False)
def work(key: str, version: int) -> WorkDescription:
    """One work with its assertions."""
    return describe_work(reading.workspace().store, key)


@st.cache_data(max_entries=32, show_spinner=False)
def concept(key: str, version: int) -> ConceptDescription:
    """One concept with its claims."""
    return describe_concept(reading.workspace().store, key)


@st.cache_data(max_entries=64, show_spinner=False)
def passages(document: str, page: int | None, part: int, version: int) -> list[PassageRow]:
    """Passages of a page, or of a part of a document without pages."""
    return read_passages(reading.workspace().store, document, page, part)


@st.cache_data(max_entries=64, show_spinner=False)
def search(text: str, version: int) -> list[SearchHit]:
    """Works, concepts and assertions that contain a text."""
    return literature.search(reading.workspace().store, text)


@st.cache_data(max_entries=4, show_spinner=False)
def contradictions(version: int) -> list[dict[str, object]]:
    """All contradictions, one row an assertion."""
    return reading.workspace().store.query("contradictions").records()


@st.cache_data(max_entries=4, show_spinner=False)
def most_supported(version: int) -> list[dict[str, object]]:
    """What most works state, as evidence."""
    return reading.workspace().store.query("most_supported_claims").records()


def key_of_work(asked: str) -> str | None:
    """Key of the work that an address names by key, DOI or title; None where there is none."""
    try:
        return resolve_work(reading.workspace().store, asked)
    except InputError:
        return None


def key_of_concept(asked: str) -> str | None:
    """Key of the concept that an address names by key, name or alias; None where there is none."""
    try:
        return resolve_concept(reading.workspace().store, asked)
    except InputError:
        return None

"""Literature: a Work with its quotes on their page, a concept with the claims for and against it, and coverage."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.analysis.literature import LiteratureCounts, SearchHit
from app.analysis.literature_claims import Claim, short_name
from app.views import formats, frame, literature_concept, literature_overview, literature_work, reading, states
from app.views import literature_address as address
from app.views import reading_literature as reads
from app.views.literature_text import plain

SHOWN_HITS = 8
HIT_LENGTH = 110


def show() -> None:
    """Draw the page of the work and concept in the address (``work``, ``page``, ``concept``)."""
    head = frame.open_page("Literature")
    version = reading.store_version()
    with states.loading(620):
        counts = reads.counts(version)
    if not counts.works and not counts.assertions:
        head.say("No paper, report or note has been read yet.")
        states.empty(
            ":material/menu_book:",
            "No literature in this workspace yet",
            "Read a folder of papers, or Atoll's own notes on published works; findings then show what is known.",
            f"atoll ingest literature papers/ --bundled-notes --workspace {reading.settings().workspace}",
        )
        return
    head.say(_sentence(counts))
    remarks = st.container(gap="xsmall")
    places = st.columns([3, 4, 3])
    with places[0]:
        typed = st.text_input(
            "Search", placeholder="Concept, author or title", icon=":material/search:", key="find", max_chars=200
        )
    with places[2]:
        concept = _choose_concept(version, remarks)
    strongest = _strongest(concept, version) if concept and not address.given("work") else None
    with places[1]:
        work = _choose_work(version, remarks, strongest)
    if typed.strip():
        _hits(typed.strip(), reads.search(typed.strip(), version))
    left, right = st.columns([6, 5])
    with left, frame.card():
        shown = literature_work.draw(reads.work(work, version), version, strongest) if work else None
        if shown is None:
            st.markdown(formats.small("No Work has been read yet."))
    with right, frame.card():
        if concept:
            literature_concept.draw(reads.concept(concept, version), shown)
        else:
            st.markdown(formats.small("No assertion speaks of a concept yet."))
    literature_overview.draw(concept, version)
    st.markdown(
        formats.small(
            f":material/schedule: Read {formats.moment(reading.now())} · Store version {version} · "
            f"{formats.plural(counts.evidence, 'assertion')} of the high tier, the rest are candidates"
        )
    )


def _sentence(counts: LiteratureCounts) -> str:
    return (
        f"{formats.plural(counts.works, 'Work')}, {formats.plural(counts.assertions, 'assertion')}, "
        f"{formats.plural(counts.unsourced_claims, 'unsourced claim')} kept apart. "
        "Support is counted in Works, never in sentences."
    )


def _strongest(concept: str, version: int) -> Claim | None:
    """The concept's strongest claim of a known work, shown where the address names no work."""
    return next((claim for claim in reads.concept(concept, version).claims if claim.work), None)


def _choose_work(version: int, remarks: DeltaGenerator, strongest: Claim | None) -> str | None:
    works = {work.key: work for work in reads.works(version)}
    asked = address.given("work")
    key = asked if asked in works else reads.key_of_work(asked) if asked else None
    _say_missing(remarks, "Work", asked, key)
    if not works:
        st.selectbox("Work", [], disabled=True, placeholder="None yet")
        return None
    if key is not None and key not in works:
        works[key] = reads.work(key, version).work
    if strongest and strongest.work in works:
        key = strongest.work
    most = max(works.values(), key=lambda work: work.assertions).key

    def name(option: str) -> str:
        work = works[option]
        return f"{short_name(None, work.authors, work.year)} · {work.title}" if work.authors else work.title

    return address.choose("Work", "work", list(works), key or most, name, ":material/description:", clears=("page",))


def _choose_concept(version: int, remarks: DeltaGenerator) -> str | None:
    concepts = {concept.key: concept for concept in reads.concepts(version)}
    names = {key: concept.name for key, concept in concepts.items()}
    asked = address.given("concept")
    key = asked if asked in names else reads.key_of_concept(asked) if asked else None
    _say_missing(remarks, "concept", asked, key)
    if key is not None and key not in names:
        names[key] = reads.concept(key, version).name
    if not names:
        st.selectbox("Concept", [], disabled=True, placeholder="None yet")
        return None
    ordered = sorted(names, key=lambda option: names[option].casefold())
    return address.choose(
        "Concept", "concept", ordered, key or next(iter(names)), names.__getitem__, ":material/category:"
    )


def _say_missing(remarks: DeltaGenerator, what: str, asked: str | None, found: str | None) -> None:
    if asked and found is None:
        remarks.info(f"This graph has no {what} '{plain(asked)}'.", icon=":material/info:")


def _hits(text: str, hits: list[SearchHit]) -> None:
    """What a search found; a click shows it below."""
    with st.container(border=True, gap="xsmall"):
        if not hits:
            st.markdown(f"Nothing contains “{plain(text)}”: no title, author, concept or quote.")
            return
        found = {kind: [hit for hit in hits if hit.kind == kind] for kind in ("work", "concept", "assertion")}
        for place, (kind, some) in zip(st.columns(3), found.items(), strict=True):
            with place:
                more = f"first {SHOWN_HITS}" if len(some) >= SHOWN_HITS else str(len(some))
                st.markdown(formats.small(f"{kind.capitalize()}s: {more}"))
                for number, hit in enumerate(some[:SHOWN_HITS]):
                    _hit(hit, f"hit.{kind}.{number}")


def _hit(hit: SearchHit, key: str) -> None:
    label = hit.name if len(hit.name) <= HIT_LENGTH else hit.name[: HIT_LENGTH - 1].rstrip() + "…"
    places: dict[str, dict[str, Any]] = {
        "work": {"work": hit.key},
        "concept": {"concept": hit.key},
        "assertion": {"work": hit.label or hit.document, "page": hit.page},
    }
    detail = f" ({hit.detail})" if hit.kind == "work" and hit.detail else ""
    st.button(plain(f"{label}{detail}"), key=key, type="tertiary", on_click=address.go, kwargs=places[hit.kind])

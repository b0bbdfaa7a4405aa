"""The left card of the Literature page: one Work, its text page by page with its quotes marked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import streamlit as st

from app.analysis.literature_claims import Claim
from app.analysis.literature_work import PASSAGES_AT_ONCE, DocumentRow, PassageRow, WorkDescription
from app.views import formats, frame
from app.views import literature_address as address
from app.views import literature_text as text
from app.views import reading_literature as reads

TEXT_HEIGHT = 560
VIEWS = ("Page", "Assertions", "Document")
KINDS = {
    "pdf": "PDF", "text": "text", "jats": "JATS XML", "html": "HTML", "bibliography": "bibliography entry",
    "summary": "Atoll's note", "graph": "imported graph",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownDocument:
    """The document on the left: its key, and the number of each of its claims."""

    key: str
    numbers: dict[str, int]


def draw(described: WorkDescription, version: int, claim: Claim | None = None) -> ShownDocument | None:
    """Draw the card.

    Args:
        described: The work.
        version: Of the store.
        claim: Its document and page are shown where the address names none.

    Returns:
        The document shown; None where nothing was read of the work.
    """
    work = described.work
    frame.card_title(text.plain(work.title))
    line = text.bibliography(work)
    if not described.documents:
        st.markdown(formats.small(f"{line} · known from a bibliography, its text was not read"))
        return None
    document = _choose_document(described.documents, claim)
    claims = [claim for claim in described.claims if claim.document == document.key]
    facts = [_kind(document), formats.plural(len(claims), "assertion")]
    st.markdown(formats.small(" · ".join(part for part in (line, *facts) if part)))
    numbered = text.numbers(claims)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="xsmall"):
        # A default beside a value that a button has set would be warned of.
        chosen: dict[str, Any] = {} if "view" in st.session_state else {"default": "Page"}
        view = st.segmented_control(
            "View", VIEWS, required=True, key="view", bind="query-params", label_visibility="collapsed", **chosen
        )
        parts = _num_parts(document, claims)
        page = 1
        if view == "Page" and parts > 1:
            of_claim = claim.page if claim and claim.document == document.key else None
            page = address.paginate(parts, of_claim or (_richest_page(claims) if document.num_pages else 1))
    with st.container(border=True, height=TEXT_HEIGHT):
        if view == "Assertions":
            _assertions(claims, numbered)
        elif view == "Document":
            _document(described, document)
        else:
            of_page = page if document.num_pages else None
            draw_page(reads.passages(document.key, of_page, page, version), claims, numbered)
    st.markdown(f":small[{text.LEGEND}]")
    return ShownDocument(document.key, numbered)


def _kind(document: DocumentRow) -> str:
    kind = KINDS.get(document.kind or "", document.kind or "text")
    if document.kind == "summary":
        return f"{kind}, {'checked: ' + text.plain(document.checked) if document.checked else 'not checked'}"
    return f"{formats.plural(document.num_pages, 'page')}, {kind}" if document.num_pages else kind


def _choose_document(documents: list[DocumentRow], claim: Claim | None) -> DocumentRow:
    by_key = {document.key: document for document in documents}
    asked = address.given("document") or (claim.document if claim else None)
    chosen = asked if asked in by_key else documents[0].key
    if len(documents) > 1:
        chosen = address.choose(
            "Document", "document", list(by_key), str(chosen), lambda key: _name(by_key[key]), ":material/article:",
            clears=("page",),
        )  # fmt: skip
    return by_key[str(chosen)]


def _name(document: DocumentRow) -> str:
    kind = KINDS.get(document.kind or "", document.kind or "text")
    return f"{kind} · {PurePath(document.path).name}" if document.path else kind


def _richest_page(claims: list[Claim]) -> int:
    """The page with the most assertions, the first of several."""
    on_page = Counter(claim.page for claim in claims if claim.page)
    return min(on_page, key=lambda page: (-on_page[page], page), default=1)


def _num_parts(document: DocumentRow, claims: list[Claim]) -> int:
    """Pages; of a document without pages the parts it is shown in."""
    if document.num_pages:
        return max(document.num_pages, *(claim.page or 1 for claim in claims), 1)
    return max(1, -(-document.num_passages // PASSAGES_AT_ONCE))


def draw_page(passages: list[PassageRow], claims: list[Claim], numbered: dict[str, int]) -> None:
    """Draw passages in the order of the text, quotes marked; code and tables as they stand, running heads left out."""
    if not passages:
        st.markdown(formats.small("No text was found on this page."))
        return
    by_key = {claim.key: claim for claim in claims}
    paragraphs: list[str] = []
    for passage in passages:
        if passage.kind == "running_head":
            continue
        if passage.kind in text.VERBATIM and not passage.assertions:
            _flush(paragraphs)
            st.code(passage.text, language=None, wrap_lines=True)
        else:
            paragraphs.append(text.passage_markdown(passage, by_key, numbered))
    _flush(paragraphs)


def _flush(paragraphs: list[str]) -> None:
    if paragraphs:
        st.markdown("\n\n".join(paragraphs), anchors=False)
        paragraphs.clear()


def _assertions(claims: list[Claim], numbered: dict[str, int]) -> None:
    if not claims:
        st.markdown(formats.small("No assertion was found in this document."))
    for claim in claims:
        with st.container(horizontal=True, wrap=False, gap="small"):
            number = numbered[claim.key]
            head = f"{text.badge(claim.side)} **\\[{number}\\]** {text.plain(claim.statement)}"
            st.markdown(f"{head}  \n{text.source_line(claim)}", width="stretch")
            open_page(claim, f"open.assertion.{claim.key}")


def open_page(claim: Claim, key: str) -> None:
    """A button that shows a claim's quote on its page; its help gives the quote and the parts of the confidence."""
    place = {"work": claim.work or claim.document, "page": claim.page, "document": claim.document}
    st.button(
        "", icon=":material/menu_book:", key=key, type="tertiary", width="content",
        help=f"{text.confidence_help(claim)}  \nA click shows it on its page.", on_click=address.go, kwargs=place,
    )  # fmt: skip


def _document(described: WorkDescription, document: DocumentRow) -> None:
    characters = None if document.num_characters is None else f"{document.num_characters:,} characters of stored text"
    facts = {
        "Read as": _kind(document),
        "File": document.path,
        "Text": characters,
        "Extractor": document.method,
        "Published at": described.url,
        "Cited by": f"{formats.plural(described.cited_by, 'Work')} of this graph",
        "Documents of this Work": f"{len(described.documents)}",
    }
    st.markdown("  \n".join(f"{formats.small(name)} {text.plain(value)}" for name, value in facts.items() if value))
    st.code(f"{described.work.key}\n{document.key}", language=None, wrap_lines=True)

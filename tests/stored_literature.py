"""Two works, their documents and what is read in them: one of everything that the literature queries look for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Rows = list[dict[str, Any]]
FIRST, SECOND = "work:doi:10.1/w1", "work:doi:10.1/w2"
PAPER, NOTE = "document:d1", "document:d2"
WEAR, COUNT, SCRUB = "mechanism:wear", "metric:reallocated", "mitigation:scrub"
PARTS = ["reading=0.9", "quote=1", "hedge=1", "study=1", "check=1", "support=1", "works=1", "opposed=1"]
TEXTS = {
    (PAPER, 1): "Wear raises the number of reallocated blocks.",
    (PAPER, 2): "Scrubbing reduces wear by 10 to 20 %. The count had no effect on wear.",
    (NOTE, None): "Wear lowers the number of reallocated blocks.",
}


def assertion(name: str, document: str, page: int | None, quote: str, **said: Any) -> dict[str, Any]:
    """Row of an assertion whose quote stands in the passage of that page."""
    start = (0 if page in (1, None) else 100) + TEXTS[document, page].index(quote)
    row = {
        "key": f"assertion:{name}", "name": quote, "statement": quote, "document": document, "quote": quote,
        "work": FIRST if document == PAPER else SECOND, "start": start, "end": start + len(quote), "page": page,
        "section": "Results", "relation": "degrades", "predicate": "raises", "direction": "increase",
        "polarity": "degrades", "negated": False, "hedged": False, "tier": "high", "status": "accepted",
        "confidence": 0.9, "confidence_parts": PARTS, "num_works": 1, "study_type": "field_study", "method": "test 1",
        "subject_text": "wear", "object_text": "reallocated blocks", **said,
    }  # fmt: skip
    return {key: value for key, value in row.items() if value is not None}


def literature(serials: Sequence[str]) -> tuple[dict[str, Rows], dict[tuple[str, str, str], Rows]]:
    """Nodes by label, and relationships by type and labels; one more candidate assertion for each serial."""
    first, third = TEXTS[PAPER, 1], TEXTS[NOTE, None]
    scrubbed, denied = TEXTS[PAPER, 2].split(". ")
    effect = {"value_low": 10.0, "value_high": 20.0, "value_unit": "unit:PERCENT", "condition": "at 40 °C"}
    helps = {"relation": "mitigates", "polarity": "improves", "direction": "decrease", **effect}
    null = {"relation": "no_effect", "polarity": "none", "direction": "none", "negated": True}
    extra = [
        assertion(f"d1:{serial}", PAPER, 1, first, tier="candidate", confidence=0.5, population=serial)
        for serial in serials
    ]
    assertions = [
        assertion("a1", PAPER, 1, first),
        assertion("a2", NOTE, None, third, relation="improves", polarity="improves", tier="candidate", confidence=0.4),
        assertion("a3", PAPER, 2, scrubbed + ".", **helps),
        assertion("a4", PAPER, 2, denied, **null),
        assertion("a5", PAPER, 1, first, status="rejected"),
        *extra,
    ]
    ends = {
        "a1": (WEAR, COUNT), "a2": (WEAR, COUNT), "a3": (SCRUB, WEAR), "a4": ("smart:ata:5", "concept:wear-out"),
        "a5": (WEAR, COUNT),
    }  # fmt: skip
    known = {"mechanism": "Mechanism", "metric": "Metric", "mitigation": "Mitigation", "smart": "SmartAttribute",
             "concept": "Concept", "instance": "Instance"}  # fmt: skip
    links: dict[tuple[str, str, str], Rows] = {}

    def link(relation: str, head: tuple[str, str], tail: tuple[str, str], **carried: Any) -> None:
        rows = links.setdefault((relation, head[0], tail[0]), [])
        rows.append({"head": head[1], "tail": tail[1], **carried})

    def of(key: str) -> tuple[str, str]:
        return known[key.partition(":")[0]], key

    for row in assertions:
        itself = "Assertion", row["key"]
        subject, object_ = ends.get(row["key"].removeprefix("assertion:"), ("instance:d1:our-drives", COUNT))
        link("HAS_SUBJECT", itself, of(subject))
        link("HAS_OBJECT", itself, of(object_))
        link("FROM_DOCUMENT", itself, ("Document", row["document"]))
        link("STATED_IN", itself, ("Passage", f"passage:{row['document'][9:]}:{0 if row.get('page') != 2 else 100}"))
    claims = [("claim:u1", WEAR, COUNT), ("claim:u2", "instance:d1:our-drives", COUNT)]
    for key, subject, object_ in claims:
        link("HAS_SUBJECT", ("UnsourcedClaim", key), of(subject))
        link("HAS_OBJECT", ("UnsourcedClaim", key), of(object_))
    for name in ("a1", "a2"):
        link("CONTRADICTS", ("Assertion", f"assertion:{name}"), ("Contradiction", "contradiction:c1"))
    passages = []
    for (document, page), text in TEXTS.items():
        start = 100 if page == 2 else 0
        row = {"key": f"passage:{document[9:]}:{start}", "document": document, "kind": "prose", "text": text,
               "start": start, "end": start + len(text), "section": "Results"}  # fmt: skip
        passages.append(row | ({"page": page, "last_page": page} if page else {}))
        link("PASSAGE_OF", ("Passage", str(row["key"])), ("Document", document))
    link("RENDERS", ("Document", PAPER), ("Work", FIRST))
    link("SUMMARISES", ("Document", NOTE), ("Work", SECOND))
    link("REFERS_TO", ("Work", SECOND), ("Work", FIRST))
    link("INSTANCE_IN", ("Instance", "instance:d1:our-drives"), ("Document", PAPER))
    link("INSTANCE_OF", ("Instance", "instance:d1:our-drives"), of(WEAR))
    link("MITIGATES", of(SCRUB), of(WEAR))
    link("AFFECTS", of(WEAR), of(COUNT), direction="up")
    link("MERGES", ("Merge", "merge:m1"), of(WEAR), canonical=True)
    link("MERGES", ("Merge", "merge:m1"), of("concept:wear-out"), canonical=False)
    nodes: dict[str, Rows] = {
        "Work": [
            {"key": FIRST, "title": "On wear", "authors": ["A. Lindqvist", "B. Oyelaran"], "year": 2021,
             "doi": "10.1/w1", "study_type": "field_study", "identifiers": ["doi:10.1/w1"]},
            {"key": SECOND, "title": "Against wear", "authors": ["C. Novák"], "year": 2010, "doi": "10.1/w2",
             "study_type": "experiment", "identifiers": ["doi:10.1/w2"]},
        ],
        "Document": [
            {"key": PAPER, "title": "On wear", "kind": "pdf", "path": "w1.pdf", "num_pages": 2, "work": FIRST,
             "method": "test 1"},
            {"key": NOTE, "title": "Against wear", "kind": "summary", "path": "w2.yaml", "work": SECOND,
             "method": "test 1"},
        ],
        "Passage": passages,
        "Assertion": assertions,
        "Instance": [{"key": "instance:d1:our-drives", "name": "our drives", "document": PAPER}],
        "UnsourcedClaim": [
            {"key": key, "statement": "wear raises reallocated blocks", "relation": "degrades", "negated": False,
             "subject_text": "wear", "object_text": "reallocated blocks"}
            for key, _, _ in claims
        ],
        "Contradiction": [
            {"key": "contradiction:c1", "statement": "they differ", "status": "proposed", "confidence": 0.4,
             "method": "test 1"}
        ],
        "Merge": [{"key": "merge:m1", "status": "accepted", "method": "test 1"}],
        "Mitigation": [{"key": SCRUB, "name": "Scrubbing", "aliases": ["media scan"]}],
        "Concept": [{"key": "concept:wear-out"}],
    }  # fmt: skip
    return {label: _whole(rows) for label, rows in nodes.items()}, links


def _whole(rows: Rows) -> Rows:
    """Rows that all have the same keys, since a table takes its columns from its first row."""
    names = dict.fromkeys(name for row in rows for name in row)
    return [{name: row.get(name) for name in names} for row in rows]

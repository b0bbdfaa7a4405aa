"""A document and what was found in it as one batch: Document, Passages, Instances and Assertions."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from graph.ontology.concepts import concepts
from graph.ontology.model import Batch
from graph.ontology.rows import node_table, relation_table
from ingest.literature.confidence import ConfidenceParts
from ingest.literature.document import ReadDocument
from ingest.literature.endpoints import endpoint_of
from ingest.literature.extraction.assertion import ExtractedAssertion
from ingest.literature.statements import assertion_row

Resolve = Callable[[Sequence[str]], Sequence[tuple[str | None, bool]]]
"""From phrases to keys of concepts or SMART attributes (None where there is none) and whether they mean just that."""


def document_key(sha256: str) -> str:
    """Key of the document with that content."""
    return f"document:{sha256[:16]}"


def endpoint_label(key: str) -> str:
    """Label of the node that an assertion speaks of, by its key."""
    if key.startswith("instance:"):
        return "Instance"
    if key.startswith("smart:"):
        return "SmartAttribute"
    return _LABELS[key]


_LABELS = {concept.key: concept.label for concept in concepts()}


_ALWAYS_SAID = ("name", "statement", "tier", "confidence", "confidence_parts", "num_works", "status", "method")
"""What every row says anew, so that nothing old of it can stay."""
_PLAIN = re.compile(r"[0-9a-z\s.,;:'’\"“”()/–-]*")
_LONGEST_SLUG = 80


def _key_of_content(row: dict[str, Any], leads: list[tuple[str, str, str]]) -> str:
    """Key of an assertion by all that is said of it and where it leads.

    A store changes what a row names and takes nothing away, so what is read otherwise another time must be another
    node: else the old size of an effect, or the old subject, would stay on it.
    """
    said = sorted((name, value) for name, value in row.items() if name not in _ALWAYS_SAID)
    digest = hashlib.sha256(repr((said, leads)).encode("utf-8", "replace")).hexdigest()[:12]
    return f"{row['key'].rpartition(':')[0]}:{digest}"


def _slug(phrase: str) -> str:
    """A phrase as the end of a key; where signs or other alphabets are lost, a digest tells it from its like."""
    folded = phrase.casefold()
    slug = re.sub(r"[^0-9a-z]+", "-", folded).strip("-")
    if slug and len(slug) <= _LONGEST_SLUG and _PLAIN.fullmatch(folded):
        return slug
    digest = hashlib.sha256(folded.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{slug[:_LONGEST_SLUG].strip('-') or 'unnamed'}-{digest}"


class DocumentRows:
    """Rows of one document; the batch is made once all its assertions are known."""

    def __init__(self, document: ReadDocument, work_key: str | None, resolve: Resolve, cites: Iterable[str]) -> None:
        """Rows of a document.

        Args:
            document: As read.
            work_key: Key of the work that it renders.
            resolve: Called once with all phrases that the lexicon did not name.
            cites: Keys of stored works that its references name.
        """
        self._document, self._work, self._resolve = document, work_key, resolve
        self._cites = [key for key in dict.fromkeys(cites) if key != work_key]
        self.key = document_key(document.sha256)
        self._starts = [block.start for block in document.blocks]
        self._found: dict[str, tuple[dict[str, Any], ExtractedAssertion]] = {}

    @property
    def num_passages(self) -> int:
        """Passages that the batch holds."""
        return len(self._document.blocks)

    @property
    def num_assertions(self) -> int:
        """Assertions that were added."""
        return len(self._found)

    @property
    def num_high(self) -> int:
        """Assertions of the high tier."""
        return sum(row["tier"] == "high" for row, _ in self._found.values())

    def add(self, found: ExtractedAssertion, shift: int) -> str | None:
        """Add an assertion with offsets into a stretch that begins at ``shift``; the reason where it cannot be kept."""
        document = self._document
        row = assertion_row(found, self.key, shift)
        if document.text[row["start"] : row["end"]] != found.quote:
            return "the quote is not the text at its offsets"
        at = bisect_right(self._starts, row["start"]) - 1
        block = document.blocks[at] if at >= 0 else None
        if block is None or row["end"] > block.end:
            return "the quote does not lie inside one passage"
        page = document.page_at(row["start"])
        if page is not None:
            row["page"] = page
        row["section"] = block.section or ("Body" if page is None else None)
        row["work"] = self._work
        row["study_type"] = document.work.study_type
        is_confirmed = any(low <= row["start"] and row["end"] <= high for low, high in document.confirmed)
        if document.checked and is_confirmed:
            row["checked"] = document.checked
        is_unchecked_note = document.kind == "summary" and not is_confirmed
        if is_unchecked_note:
            row["tier"] = "candidate"
        parts = ConfidenceParts(found.confidence, found.hedged, document.work.study_type, is_unchecked_note)
        row |= {"confidence": parts.confidence(), "confidence_parts": parts.as_text(), "num_works": 1}
        self._found.setdefault(row["key"], ({k: v for k, v in row.items() if v is not None}, found))
        return None

    def batch(self, method: str) -> Batch:
        """Everything as tables; what names no canonical concept as a whole becomes an instance of this document.

        Args:
            method: Name and version of the extractor, kept on the document.
        """
        ends = self._ends()
        instances: dict[str, dict[str, Any]] = {}
        relations: dict[tuple[str, str, str], list[tuple[str, str]]] = defaultdict(list)
        assertions: list[dict[str, Any]] = []
        for found_row, found in self._found.values():
            at = bisect_right(self._starts, found_row["start"]) - 1
            leads: list[tuple[str, str, str]] = [
                ("FROM_DOCUMENT", "Document", self.key),
                ("STATED_IN", "Passage", self._passage_key(at)),
            ]
            for relation, phrase, may_narrow in (
                ("HAS_SUBJECT", found.subject, False),
                ("HAS_OBJECT", found.object, True),
            ):
                target, is_whole = ends[phrase]
                if target is None or not (is_whole or may_narrow):
                    concept, target = target, self._instance(phrase, instances)
                    if concept and not concept.startswith("smart:"):
                        relations["INSTANCE_OF", "Instance", endpoint_label(concept)].append((target, concept))
                leads.append((relation, endpoint_label(target), target))
            row = found_row | {"key": _key_of_content(found_row, leads)}
            assertions.append(row)
            for relation, label, target in leads:
                relations[relation, "Assertion", label].append((row["key"], target))
        relations["INSTANCE_IN", "Instance", "Document"] = [(key, self.key) for key in instances]
        passages = self._passages()
        relations["PASSAGE_OF", "Passage", "Document"] = [(row["key"], self.key) for row in passages]
        if self._work:
            kind = "SUMMARISES" if self._document.kind == "summary" else "RENDERS"
            relations[kind, "Document", "Work"] = [(self.key, self._work)]
            relations["REFERS_TO", "Work", "Work"] = [(self._work, cited) for cited in self._cites]
        nodes = {
            "Document": [self._row() | {"method": method}],
            "Passage": passages,
            "Instance": list(instances.values()),
            "Assertion": assertions,
        }
        return Batch(
            nodes=tuple(node_table(label, rows) for label, rows in nodes.items() if rows),
            relations=tuple(
                relation_table(*ends_of, dict.fromkeys(pairs)) for ends_of, pairs in relations.items() if pairs
            ),
        )

    def _ends(self) -> dict[str, tuple[str | None, bool]]:
        """Of every phrase the concept that it names, and whether it says no more than that.

        A subject with more words than its concept ("placing many SSDs in one rack") stays what the document says; an
        object is its concept by its head ("tail latency of reads").
        """
        phrases = dict.fromkeys(phrase for _, found in self._found.values() for phrase in (found.subject, found.object))
        ends = {phrase: endpoint_of(phrase) for phrase in phrases}
        known = {phrase: (end.key, end.is_whole) for phrase, end in ends.items() if end.key is not None}
        unknown = [phrase for phrase in phrases if phrase not in known]
        plain = [ends[phrase].rest or phrase for phrase in unknown]  # "larger spare factor" is a spare factor
        return known | dict(zip(unknown, self._resolve(plain) if unknown else [], strict=True))

    def _instance(self, phrase: str, instances: dict[str, dict[str, Any]]) -> str:
        key = f"instance:{self.key.removeprefix('document:')}:{_slug(phrase)}"
        instances.setdefault(key, {"key": key, "name": phrase, "document": self.key})
        return key

    def _row(self) -> dict[str, Any]:
        document = self._document
        title = document.work.title or document.path
        row = {
            "key": self.key,
            "name": f"Atoll's note on {title}" if document.kind == "summary" else title,
            "title": title,
            "path": document.path,
            "kind": document.kind,
            "content_sha256": document.sha256,
            "num_pages": document.num_pages,
            "num_characters": len(document.text),
            "checked": document.checked,
            "work": self._work,
        }
        return {name: value for name, value in row.items() if value is not None}

    def _passage_key(self, at: int) -> str:
        return f"passage:{self.key.removeprefix('document:')}:{self._starts[at]}"

    def _passages(self) -> list[dict[str, Any]]:
        rows = []
        for at, block in enumerate(self._document.blocks):
            text = self._document.text[block.start : block.end]
            page, last = self._document.page_at(block.start), self._document.page_at(max(block.end - 1, block.start))
            row = {
                "key": self._passage_key(at),
                "name": text[:80],
                "document": self.key,
                "kind": block.kind,
                "text": text,
                "start": block.start,
                "end": block.end,
                "section": block.section or ("Body" if page is None else None),
                "page": page,
                "last_page": last,
            }
            rows.append({name: value for name, value in row.items() if value is not None})
        return rows

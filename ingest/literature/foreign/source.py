"""A foreign graph while it is imported: its triples with IRIs repaired, looked up by subject, and their account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ingest.literature.document_rows import document_key
from ingest.literature.foreign.ledger import Ledger
from ingest.literature.foreign.reading import ForeignGraph
from ingest.literature.foreign.repairs import DOUBLE_ENCODED, Repairs
from ingest.literature.foreign.terms import Kind, Term, Triple, decoded_once


class Source:
    """Triples of one file under repair.

    What stands there twice, textually or because two spellings of an IRI are one, is settled as a duplicate here and
    is never seen again: everything else works on triples that all differ.

    Attributes:
        graph: As read.
        document: Key of the document that the file becomes.
        ledger: Fates of all triples.
        repairs: What was repaired.
    """

    def __init__(self, graph: ForeignGraph) -> None:
        """Repair the IRIs of a graph.

        Args:
            graph: As read.
        """
        self.graph = graph
        self.document = document_key(graph.sha256)
        self.ledger = Ledger(graph.triples)
        self.repairs = Repairs()
        self._triples: dict[int, Triple] = {}
        self._by_subject: dict[Term, list[int]] = defaultdict(list)
        self._decode()

    def _decode(self) -> None:
        decoded: dict[Term, Term] = {}
        uses: dict[Term, int] = defaultdict(int)
        seen: set[Triple] = set()
        for at, triple in enumerate(self.graph.triples):
            repaired = triple
            for term in triple:
                if term.kind is Kind.IRI and "%25" in term.text:
                    if term not in decoded:
                        decoded[term] = Term(Kind.IRI, decoded_once(term.text))
                    if decoded[term] != term:
                        uses[term] += 1
                        repaired = Triple(*(decoded.get(part, part) for part in triple))
            if repaired in seen:
                self.ledger.duplicate(at)
                continue
            seen.add(repaired)
            self._triples[at] = repaired
            self._by_subject[repaired.subject].append(at)
        for term, count in uses.items():
            self.repairs.note(DOUBLE_ENCODED, decoded[term].text, term.text, decoded[term].text, count)

    def __getitem__(self, at: int) -> Triple:
        return self._triples[at]

    def __iter__(self) -> Iterator[int]:
        return iter(self._triples)

    def subjects(self) -> Iterator[Term]:
        """Subjects in the order in which they appear first."""
        return iter(self._by_subject)

    def about(self, subject: Term) -> list[int]:
        """Positions of the triples about a subject."""
        return self._by_subject.get(subject, [])

    def place(self, subject: Term) -> str:
        """Where something stands, for a reason: the file and the subject."""
        shown = f"<{subject.text}>" if subject.kind is Kind.IRI else subject.text
        return f"{self.graph.path.name}, {shown}"

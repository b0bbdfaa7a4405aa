"""A repaired foreign graph as a batch: one Document, its claims, instances and contradictions."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from graph.ontology.model import Batch
from graph.ontology.rows import node_table, relation_table
from ingest.literature.foreign.claims import Claim
from ingest.literature.foreign.conformity import label_of_key
from ingest.literature.foreign.descriptions import other_names
from ingest.literature.foreign.entities import Entity, context_of, kind_of
from ingest.literature.foreign.names import clean

if TYPE_CHECKING:
    from ingest.literature.foreign.importing import Repaired

METHOD = "foreign-rdf 1"
"""Method of the contradictions that an import finds."""

_LONGEST_NAME = 200


def to_tables(repaired: Repaired) -> tuple[dict[str, Any], Batch]:
    """Row of the document, and everything as tables in the order of the file."""
    return _Tables(repaired).batch()


class _Tables:
    def __init__(self, repaired: Repaired) -> None:
        self._repaired = repaired
        self._document = repaired.document
        self._short = repaired.document.removeprefix("document:")
        self._instances: dict[str, dict[str, Any]] = {}
        self._relations: dict[tuple[str, str, str], dict[tuple[str, str], None]] = defaultdict(dict)

    def batch(self) -> tuple[dict[str, Any], Batch]:
        claims = [self._claim(claim) for claim in self._repaired.claims]
        self._unused()
        contradictions = [
            {
                "key": one.key,
                "name": f"Claims differ on {one.subject} and {one.object}"[:_LONGEST_NAME],
                "description": f"{len(one.improving)} say that it improves, {len(one.degrading)} that it degrades.",
                "status": "proposed",
                "method": METHOD,
            }
            for one in self._repaired.contradictions
        ]
        for one in self._repaired.contradictions:
            for claim in one.claims:
                self._relate("CONTRADICTS", "UnsourcedClaim", "Contradiction", claim, one.key)
        document = self._document_row()
        nodes = {
            "Document": [document],
            "Instance": list(self._instances.values()),
            "UnsourcedClaim": claims,
            "Contradiction": contradictions,
        }
        return document, Batch(
            nodes=tuple(node_table(label, rows) for label, rows in nodes.items() if rows),
            relations=tuple(relation_table(*ends, list(pairs)) for ends, pairs in self._relations.items()),
        )

    def _document_row(self) -> dict[str, Any]:
        graph = self._repaired.graph
        title = self._repaired.descriptions.title or graph.path.name
        return {
            "key": self._document,
            "name": title[:_LONGEST_NAME],
            "title": title,
            "path": str(graph.path),
            "kind": "graph",
            "content_sha256": graph.sha256,
        }

    def _claim(self, claim: Claim) -> dict[str, Any]:
        statement = claim.statement
        self._relate("INSTANCE_IN", "UnsourcedClaim", "Document", claim.key, self._document)
        for relation, entity in (("HAS_SUBJECT", claim.subject), ("HAS_OBJECT", claim.object)):
            if entity is not None:
                key, label = self._end(entity, claim)
                self._relate(relation, "UnsourcedClaim", label, claim.key, key)
        row = {
            "key": claim.key,
            "name": claim.sentence[:_LONGEST_NAME],
            "statement": claim.sentence,
            "document": self._document,
            "text": claim.text or None,
            "relation": claim.relation,
            "predicate": claim.predicate,
            "direction": claim.direction,
            "polarity": claim.polarity,
            "negated": claim.negated,
            "subject_text": claim.subject_text,
            "object_text": claim.object_text,
            "origin_iri": statement.origin.text if statement.origin else None,
            "origin_confidence": statement.confidence,
            "external_id": statement.document,
            "repairs": list(claim.repairs) or None,
        }
        return {name: value for name, value in row.items() if value is not None}

    def _end(self, entity: Entity, claim: Claim) -> tuple[str, str]:
        """Key and label of what a claim speaks of; of a split instance the one of the claim's sentence."""
        if entity.concept is not None:
            return entity.concept, label_of_key()[entity.concept]
        return self._instance(entity, context_of(claim.statement) if entity.is_split else ""), "Instance"

    def _instance(self, entity: Entity, context: str) -> str:
        parts = [_digest(entity.term.text, 16), *([_digest(context, 12)] if context else [])]
        key = f"instance:{self._short}:{':'.join(parts)}"
        if key in self._instances:
            return key
        told = self._repaired.descriptions
        row = {
            "key": key,
            "name": entity.name[:_LONGEST_NAME],
            "document": self._document,
            "origin_iri": entity.term.text,
            "aliases": other_names(entity, told.aliases.get(entity.term, {})) or None,
            "description": " ".join(told.texts.get(entity.term, ())) or None,
            "repairs": entity.repairs or None,
        }
        self._instances[key] = {name: value for name, value in row.items() if value is not None}
        self._relate("INSTANCE_IN", "Instance", "Document", key, self._document)
        kinds = dict.fromkeys(told.kinds.get(entity.term, ()))
        head = kind_of(entity.name)
        for kind in (*kinds, *([head] if head else [])):
            self._relate("INSTANCE_OF", "Instance", label_of_key()[kind], key, kind)
        return key

    def _unused(self) -> None:
        """Instances for terms that the graph names or describes but states nothing of."""
        used = {row["origin_iri"] for row in self._instances.values()}
        told = self._repaired.descriptions
        for term in dict.fromkeys((*told.aliases, *told.kinds, *told.texts)):
            entity = self._repaired.entities.get(term)
            if entity is not None and entity.concept is None and term.text not in used:
                self._instance(entity, "")

    def _relate(self, relation: str, head_label: str, tail_label: str, head: str, tail: str) -> None:
        self._relations[relation, head_label, tail_label][head, tail] = None


def _digest(text: str, length: int) -> str:
    return hashlib.sha256(clean(text).encode()).hexdigest()[:length]

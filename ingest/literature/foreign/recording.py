"""A store for rdflib's parsers that writes down every statement, so that repeated ones can be counted."""

from __future__ import annotations

from typing import Any

from rdflib import URIRef
from rdflib.store import Store

from graph.errors import InputError


class _RecordingStore(Store):
    """Keeps the statements of all graphs of a file in the order in which the parser makes them."""

    context_aware = True
    graph_aware = True

    def __init__(self, recorded: list[tuple[Any, Any, Any]], most: int, too_many: str) -> None:
        super().__init__()
        self._recorded, self._most, self._too_many = recorded, most, too_many
        self._namespaces: dict[str, URIRef] = {}
        self._prefixes: dict[URIRef, str] = {}

    def add(self, triple: tuple[Any, Any, Any], context: Any, quoted: bool = False) -> None:
        """Write a statement down."""
        if len(self._recorded) >= self._most:
            raise InputError(self._too_many)
        self._recorded.append(triple)

    def bind(self, prefix: str, namespace: URIRef, override: bool = True) -> None:
        """Remember a prefix, which JSON-LD and RDF/XML need while they are parsed."""
        if override or prefix not in self._namespaces:
            self._namespaces[prefix], self._prefixes[namespace] = namespace, prefix

    def namespace(self, prefix: str) -> URIRef | None:
        """Namespace of a prefix."""
        return self._namespaces.get(prefix)

    def prefix(self, namespace: URIRef) -> str | None:
        """Prefix of a namespace."""
        return self._prefixes.get(namespace)

    def namespaces(self) -> Any:
        """All prefixes with their namespaces."""
        return iter(self._namespaces.items())

    def triples(self, triple_pattern: Any, context: Any = None) -> Any:
        """Nothing: the store is written to, never asked."""
        return iter(())

    def contexts(self, triple: Any = None) -> Any:
        """Nothing: graphs of a file are not told apart."""
        return iter(())

    def add_graph(self, graph: Any) -> None:
        """A graph of the file begins; its statements are written down like all others."""


def recording_store(recorded: list[tuple[Any, Any, Any]], most: int, too_many: str) -> Store:
    """A store that appends every statement to ``recorded``.

    Args:
        recorded: Receives subject, predicate and object as rdflib's terms.
        most: Most statements that are taken.
        too_many: What an ``InputError`` says beyond that.
    """
    return _RecordingStore(recorded, most, too_many)

"""Terms and triples of a foreign graph: plain values, independent of the library that parsed them."""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCTERMS = "http://purl.org/dc/terms/"
DC = "http://purl.org/dc/elements/1.1/"
PROV = "http://www.w3.org/ns/prov#"

TYPE = RDF + "type"

_DOUBLE = re.compile(r"%25(?=[0-9A-Fa-f]{2})")
_ESCAPE = re.compile(r"%(?:25)?[0-9A-Fa-f]{2}")


class Kind(Enum):
    """What a term is."""

    IRI = "iri"
    BLANK = "blank"
    LITERAL = "literal"


class Term(NamedTuple):
    """One term.

    Args:
        kind: IRI, blank node or literal.
        text: The IRI, the blank node's label (by order of appearance, ``_:b1``) or the literal's lexical form.
        datatype: IRI of a literal's datatype; empty where it has none.
        language: Language tag of a literal; empty where it has none.
    """

    kind: Kind
    text: str
    datatype: str = ""
    language: str = ""

    @property
    def is_literal(self) -> bool:
        """Whether it is a literal."""
        return self.kind is Kind.LITERAL


class Triple(NamedTuple):
    """Subject, predicate and object as read."""

    subject: Term
    predicate: Term
    object: Term


def decoded_once(iri: str) -> str:
    """An IRI whose percent signs were encoded a second time, in its single-encoded form; every other as it is.

    ``…/I/O%2520Scheduler`` becomes ``…/I/O%20Scheduler``. An IRI that holds a single-encoded character as well
    (``a%20b%2520c``) means its ``%25``, so it is left alone.
    """
    if "%25" not in iri:
        return iri
    escapes = _ESCAPE.findall(iri)
    if not all(escape.startswith("%25") and len(escape) == 5 for escape in escapes):
        return iri
    return _DOUBLE.sub("%", iri)


def local_name(iri: str) -> str:
    """What follows the last ``#`` or ``/`` of an IRI, or the last ``:`` of a URN."""
    tail = re.split(r"[#/]", iri.rstrip("#/"))[-1]
    return tail.rsplit(":", 1)[-1] if iri.startswith("urn:") else tail

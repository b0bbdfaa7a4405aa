"""What foreign predicates mean: a table of verbs, and rules for what the table does not name (docs/foreign-rdf.md)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.literature.extraction.assertion import (
    CAUSES,
    CORRELATES,
    DECREASE,
    DEGRADES,
    IMPROVES,
    INCREASE,
    MEASURED,
    MITIGATES,
    NO_EFFECT,
)

RELATED = "related"
"""Relation of a claim whose predicate names none of ours."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """How a predicate is read.

    Args:
        relation: A relation of claims.
        rule: Name of the rule that says so: ``table``, ``passive``, ``property``, ``use``, ``verb`` or ``as worded``.
        inverse: The object acts on the subject, so that the two change places.
        direction: Which way the predicate moves its object, where it says so by itself.
        negated: The predicate denies.
    """

    relation: str
    rule: str
    inverse: bool = False
    direction: str | None = None
    negated: bool = False


_VERBS: dict[str, tuple[str, str | None]] = {
    "improves": (IMPROVES, None),
    "enhances": (IMPROVES, None),
    "boosts": (IMPROVES, None),
    "degrades": (DEGRADES, None),
    "worsens": (DEGRADES, None),
    "harms": (DEGRADES, None),
    "exacerbates": (DEGRADES, None),
    "causes": (CAUSES, None),
    "induces": (CAUSES, None),
    "triggers": (CAUSES, None),
    "mitigates": (MITIGATES, None),
    "alleviates": (MITIGATES, None),
    "prevents": (MITIGATES, None),
    "reduces": (RELATED, DECREASE),
    "decreases": (RELATED, DECREASE),
    "lowers": (RELATED, DECREASE),
    "minimizes": (RELATED, DECREASE),
    "increases": (RELATED, INCREASE),
    "raises": (RELATED, INCREASE),
    "correlates": (CORRELATES, None),
    "correlatesWith": (CORRELATES, None),
    "measures": (MEASURED, None),
}
"""Verbs by name. What only moves its object (reduces) gets its relation from what is better for the object."""

_DENYING = {"isNotMeaningful": NO_EFFECT, "doesNotAffect": NO_EFFECT, "hasNoEffectOn": NO_EFFECT}
_PASSIVE = re.compile(r"^(?:is)?(?P<stem>[A-Za-z]+?)ed(?:By|by)$")
_PROPERTY = re.compile(r"^has(?=[A-Z]|$)|^(?:percentile|value|level|amount)$")
_USE = re.compile(r"^(uses|utilizes|supports|includes|implements|operatesUnder|operatesWith|runsOn)(?=[A-Z]|$)")
_VERB = re.compile(r"^(?:is(?=[A-Z])|part(?=Of)|compatible(?=With)|[a-z]{3,}(?:s|ed|es)(?=[A-Z]|$)|connected)")


def meaning_of(name: str, *, literal_number: bool = False) -> Meaning:
    """How the predicate with that local name is read.

    Args:
        name: Local name, as ``degradedBy``.
        literal_number: The object is a number: a property of that kind is a measurement.
    """
    if name in _DENYING:
        return Meaning(_DENYING[name], "table", negated=True)
    if name in _VERBS:
        relation, direction = _VERBS[name]
        return Meaning(relation, "table", direction=direction)
    if literal_number and _PASSIVE.match(name):
        return Meaning(MEASURED, "passive")  # "improved by 0.26" tells a size, not what improves it
    if passive := _PASSIVE.match(name):
        verb = _active(passive["stem"])
        relation, direction = _VERBS.get(verb, (RELATED, None))
        return Meaning(relation, "passive", inverse=True, direction=direction)
    if _PROPERTY.match(name):
        return Meaning(MEASURED if literal_number else RELATED, "property")
    if _USE.match(name):
        return Meaning(RELATED, "use")
    if _VERB.match(name):
        return Meaning(RELATED, "verb")
    return Meaning(RELATED, "as worded")


def _active(stem: str) -> str:
    """Third person of a participle's stem: ``degrad`` becomes ``degrades``, ``impact`` becomes ``impacts``."""
    stem = stem[0].lower() + stem[1:]
    return next((f"{stem}{ending}" for ending in ("es", "s") if f"{stem}{ending}" in _VERBS), f"{stem}s")


def words_of(name: str) -> str:
    """A predicate's or class's local name as words: ``hasQueueDepth`` is ``has queue depth``."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name).replace("_", " ")
    return " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in spaced.split())

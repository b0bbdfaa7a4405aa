"""A foreign statement as an unsourced claim: relation, direction and polarity in our words, its own words beside."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from ingest.literature.extraction.assertion import (
    DECREASE,
    DEGRADES,
    IMPROVES,
    INCREASE,
    MITIGATES,
    NO_EFFECT,
    NONE,
)
from ingest.literature.extraction.lexicon import concept_of
from ingest.literature.foreign.effects import Effect, measure_of, says_no_effect, stated_effect
from ingest.literature.foreign.entities import Entities, Entity
from ingest.literature.foreign.names import clean
from ingest.literature.foreign.predicates import RELATED, Meaning, meaning_of, words_of
from ingest.literature.foreign.repairs import (
    CONTROL_CHARACTERS,
    INVERSE_PREDICATE,
    INVERTED_POLARITY,
    NULL_EFFECT,
    SIDE_FROM_METRIC,
    TYPED_LITERAL,
    Repairs,
)
from ingest.literature.foreign.statements import Statement
from ingest.literature.foreign.terms import local_name
from ingest.literature.foreign.values import TypedValue, typed, unit_in, with_unit
from ingest.literature.statements import polarity

_BARE = {"improves": "improve", "degrades": "degrade", "causes": "cause", "mitigates": "mitigate"}


@dataclass(slots=True)
class Claim:
    """One unsourced claim.

    Args:
        key: Identity: the document and the statement's node in it.
        statement: The statement that it was made from.
        subject: What it speaks of, after an inverse predicate was turned round; None for a literal.
        object: What it says it of; None for a literal.
        subject_text: The subject in words.
        object_text: The object in words, a value with its unit.
        predicate: The source's own name of the relation.
        relation: A relation of claims.
        direction: increase, decrease or none; None where nothing says it.
        negated: Denied.
        text: The source's sentence.
        value: Number of a literal.
        repairs: What was repaired, a line each.
        is_turned: The predicate is a passive, so that subject and object have changed places.
    """

    key: str
    statement: Statement
    subject: Entity | None
    object: Entity | None
    subject_text: str
    object_text: str
    predicate: str
    relation: str
    direction: str | None
    negated: bool
    text: str
    value: TypedValue | None
    repairs: tuple[str, ...]
    is_turned: bool = False

    @property
    def polarity(self) -> str:
        """Good or bad for a drive, or none."""
        return polarity(self.relation, negated=self.negated)

    @property
    def sentence(self) -> str:
        """The claim in words."""
        ends = [self.subject_text, self.object_text]
        if self.relation in _BARE:
            verb = f"does not {_BARE[self.relation]}" if self.negated else self.relation
        elif self.relation == NO_EFFECT:
            verb = "has no effect on"
        else:
            verb = words_of(self.predicate)
            if self.is_turned:
                ends.reverse()
                verb = verb if verb.startswith("is ") else f"is {verb}"
        text = f"{ends[0]} {verb} {ends[1]}"
        return f"{text[0].upper()}{text[1:]}."


def claim_key(document: str, origin: str) -> str:
    """Key of the claim that stands under ``origin`` in a document: the same file gives the same keys."""
    return f"claim:{hashlib.sha256(f'{document} {origin}'.encode()).hexdigest()[:24]}"


def make_claim(statement: Statement, entities: Entities, document: str, repairs: Repairs) -> Claim:
    """The claim that a statement makes.

    Args:
        statement: As found.
        entities: What its subject and object are.
        document: Key of the document.
        repairs: Receives what was repaired.
    """
    name = local_name(statement.predicate.text)
    notes = list(statement.repairs)
    text = clean(statement.text)
    if any(ord(sign) < 32 and sign not in "\t\n\r" for sign in statement.text):
        notes.append(repairs.note(CONTROL_CHARACTERS, statement.predicate.text, "control characters", "removed"))
    value = _value(statement, name, text, notes, repairs) if statement.object.is_literal else None
    meaning = meaning_of(name, literal_number=value is not None)
    ends: list[Entity | None] = [entities[statement.subject], None]
    shown = [entities[statement.subject].name, value.shown if value else clean(statement.object.text)]
    if not statement.object.is_literal:
        ends[1], shown[1] = entities[statement.object], entities[statement.object].name
    if meaning.inverse:
        ends.reverse()
        shown.reverse()
        repairs.note(INVERSE_PREDICATE, statement.predicate.text, name, f"{meaning.relation}, ends exchanged")
        notes.append(f"{INVERSE_PREDICATE}: {name} -> {meaning.relation}, ends exchanged")
    origin = statement.origin.text if statement.origin else "\t".join(map(repr, statement.spo))
    relation, direction, negated = _sides(meaning, statement, text, ends, shown, notes, repairs, origin)
    return Claim(
        claim_key(document, origin),
        statement,
        ends[0],
        ends[1],
        shown[0] or "?",
        shown[1] or "?",
        name,
        relation,
        direction,
        negated,
        text,
        value,
        tuple(dict.fromkeys(notes)),
        meaning.inverse,
    )


def _sides(
    meaning: Meaning,
    statement: Statement,
    text: str,
    ends: list[Entity | None],
    shown: list[str],
    notes: list[str],
    repairs: Repairs,
    origin: str,
) -> tuple[str, str | None, bool]:
    """Relation, direction and negation, held against the sentence."""
    relation, direction = meaning.relation, meaning.direction
    negated = meaning.negated or statement.negated
    if direction and relation == RELATED and not negated:
        relation = _by_direction(direction, ends[1], shown[1])
        if relation != RELATED:
            notes.append(
                repairs.note(SIDE_FROM_METRIC, statement.predicate.text, f"{direction} of {shown[1]}", relation)
            )
    if relation in (IMPROVES, DEGRADES) and not negated and text:
        if says_no_effect(text):
            notes.append(repairs.note(NULL_EFFECT, origin, relation, NO_EFFECT))
            return NO_EFFECT, NONE, True
        effect = stated_effect(text, shown[1], shown[0])
        if effect is not None:
            if effect.polarity != relation:
                notes.append(repairs.note(INVERTED_POLARITY, origin, relation, f"{effect.polarity} ({effect.words})"))
            relation, direction = _agreed(effect)
    return relation, NONE if negated else direction, negated


def _agreed(effect: Effect) -> tuple[str, str]:
    return effect.polarity, effect.direction


def _by_direction(direction: str, end: Entity | None, name: str) -> str:
    """Relation of a predicate that only says which way its object moves (reduces), by what is better for the object."""
    concept = concept_of(end.concept) if end is not None and end.concept else None
    if concept is not None and concept.label == "Mechanism":
        return MITIGATES if direction == DECREASE else DEGRADES
    better = concept.better_direction if concept else None
    if better is None and (measure := measure_of(name)) is not None:
        better = measure.better
    if better not in ("up", "down"):
        return RELATED
    return IMPROVES if (direction == INCREASE) == (better == "up") else DEGRADES


def _value(statement: Statement, name: str, text: str, notes: list[str], repairs: Repairs) -> TypedValue | None:
    """Number of a literal object, with its unit from the value, the unit statement or the sentence."""
    value = typed(statement.object.text)
    if value is None:
        return None
    if value.unit is None and statement.unit:
        value = with_unit(value, statement.unit, "unit statement") or value
    if value.unit is None and (spelled := unit_in(text, value, name)):
        value = with_unit(value, spelled, "sentence") or value
    if value.unit is not None:
        after = f"{value.shown} [{value.unit}], unit from the {value.origin}"
    else:
        after = f"{value.shown}, no unit known"
    notes.append(repairs.note(TYPED_LITERAL, statement.predicate.text, statement.object.text, after))
    return value

"""What the model is asked for. It is lenient: what a field holds is judged by the verifier, one candidate at a time."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema, model_validator

from ingest.literature.extraction import assertion as kinds
from ingest.literature.extraction.verifier import Candidate

MAX_CANDIDATES = 40
"""Candidates of one passage that are looked at: a few sentences do not hold more."""
MAX_CHARACTERS = 2_000
"""Longest value of a field; a quote is a sentence."""


def _text(value: object) -> object:
    if value is None:
        return ""
    return str(value)[:MAX_CHARACTERS] if isinstance(value, str | int | float) else value


def _truth(value: object) -> object:
    return False if value is None or value == "" else value


_NULLABLE = {"type": ["string", "null"]}
Text = Annotated[str, BeforeValidator(_text)]
OptionalText = Annotated[str, BeforeValidator(_text), WithJsonSchema(_NULLABLE)]
Truth = Annotated[bool, BeforeValidator(_truth)]
Relation = Annotated[str, BeforeValidator(_text), WithJsonSchema({"type": "string", "enum": list(kinds.RELATIONS)})]
Direction = Annotated[
    str,
    BeforeValidator(_text),
    WithJsonSchema({"anyOf": [{"type": "string", "enum": list(kinds.DIRECTIONS)}, {"type": "null"}]}),
]


class Proposed(BaseModel):
    """One assertion as the model words it."""

    quote: Text = Field("", description="The whole sentence of the passage that states it, copied letter by letter.")
    subject: Text = Field("", description="What acts, in the sentence's words, with its word of change.")
    predicate: OptionalText = Field("", description="The sentence's verb or phrase between the two.")
    relation: Relation = ""
    object: Text = Field("", description="What is acted on, in the sentence's words, without the word of change.")
    direction: Direction = Field("", description="Of the object: increase, decrease, none, or null.")
    quantity: OptionalText = Field("", description="Size of the effect or the value, in the sentence's words.")
    condition: OptionalText = Field("", description="Circumstances, in the sentence's words.")
    population: OptionalText = Field("", description="Kinds of drives, in the sentence's words.")
    hedged: Truth = Field(False, description="The sentence says may, can, suggests or the like.")
    negated: Truth = Field(False, description="The sentence denies it.")

    def candidate(self, method: str) -> Candidate:
        """As the verifier takes it. What a field repeats of another is made equal; what contradicts it is left."""
        relation = self.relation.strip().lower().replace(" ", "_")
        direction: str | None = self.direction.strip().lower() or None
        negated = self.negated or (relation == kinds.NO_EFFECT and direction in {None, kinds.NONE})
        if negated and relation != kinds.NO_EFFECT:
            direction = kinds.NONE  # what is denied has no direction, also where the denied one is named
        elif negated and direction is None:
            direction = kinds.NONE
        if relation == kinds.MEASURED and direction == kinds.NONE and not negated:
            direction = None
        return Candidate(
            subject=self.subject,
            relation=relation,
            object=self.object,
            direction=direction,
            quote=self.quote,
            quantity=_said(self.quantity),
            condition=_said(self.condition),
            population=_said(self.population),
            hedged=self.hedged,
            negated=negated,
            predicate=self.predicate,
            method=method,
        )


class Proposal(BaseModel):
    """All that the model finds in one passage."""

    assertions: list[Proposed] = Field(description="One for each claim; empty where the passage claims nothing.")

    @model_validator(mode="before")
    @classmethod
    def _wrapped(cls, value: Any) -> Any:
        if isinstance(value, list):
            return {"assertions": value}
        if isinstance(value, dict) and "assertions" not in value:
            # An answer that is one assertion alone, or that gives its list another name, is plain enough.
            lists = [part for part in value.values() if isinstance(part, list)]
            if "quote" in value and "subject" in value:
                return {"assertions": [value]}
            if len(lists) == 1 and len(value) == 1:
                return {"assertions": lists[0]}
        return value


def _said(told: str) -> str | None:
    bare = told.strip()
    return None if bare.lower() in {"", "none", "null", "n/a", "unknown", "-"} else bare

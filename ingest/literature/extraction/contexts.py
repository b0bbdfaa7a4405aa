"""What holds for a verb in its sentence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Token


@dataclass(frozen=True)
class Context:
    """What holds for a verb in its sentence.

    Args:
        subjects: Heads of its subject, coordinated nouns among them; empty where nothing sure was found.
        passive: The subject is what is acted upon.
        stated: The sentence states it, as opposed to asking, aiming, assuming or requiring it.
        negated: It is denied.
        hedged: It is weakened by may, suggests or the like.
        distance: How far the subject was fetched: 0 from the verb itself, 1 by coordination, 2 through other clauses.
        relative: The subject is the antecedent of a relative clause or participle.
    """

    subjects: tuple[Token, ...] = ()
    passive: bool = False
    stated: bool = True
    negated: bool = False
    hedged: bool = False
    distance: int = 0
    relative: bool = False
    notes: tuple[str, ...] = field(default=())

"""An extracted assertion as a row of the graph: its sentence for people, its polarity, its numbers."""

from __future__ import annotations

import hashlib
import re
from typing import Any

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
    ExtractedAssertion,
)

_VERBS = {
    (IMPROVES, INCREASE): "raises",
    (IMPROVES, DECREASE): "lowers",
    (DEGRADES, INCREASE): "raises",
    (DEGRADES, DECREASE): "lowers",
    (MITIGATES, DECREASE): "lowers",
    (CORRELATES, INCREASE): "rises together with",
    (CORRELATES, DECREASE): "moves against",
}
_PLAIN = {
    IMPROVES: "improves",
    DEGRADES: "degrades",
    CAUSES: "causes",
    MITIGATES: "mitigates",
    CORRELATES: "is related to",
    NO_EFFECT: "has no effect on",
    MEASURED: "is measured as",
}
_BARE = {IMPROVES: "improve", DEGRADES: "degrade", CAUSES: "cause", MITIGATES: "mitigate", CORRELATES: "correlate with"}
_POLARITY = {IMPROVES: "improves", MITIGATES: "improves", DEGRADES: "degrades", CAUSES: "degrades"}


_PLURALS = {"does": "do", "has": "have", "is": "are", "moves": "move", "rises": "rise"}
_PREPOSITION = re.compile(r"\b(?:of|in|on|at|for|to|from|with|by|under|within|during|that|which|whose|without)\b")


def _is_plural(subject: str) -> bool:
    """Whether a subject asks for a plural verb, by the last word of its head; a gerund in front does not."""
    if subject.split(maxsplit=1)[0].casefold().endswith("ing"):
        return False
    head = _PREPOSITION.split(subject)[0].rstrip(" ,")
    return " and " in head or bool(re.search(r"[a-zA-Z](?<!s)(?<!u)(?<!i)s$", head))


def _agreeing(verb: str, subject: str) -> str:
    """The verb in the number of its subject."""
    if not _is_plural(subject):
        return verb
    first, _, rest = verb.partition(" ")
    return " ".join([_PLURALS.get(first, first.removesuffix("s")), *([rest] if rest else [])])


def sentence(found: ExtractedAssertion) -> str:
    """The assertion as one sentence: subject, relation, object, then size and circumstances."""
    if found.negated and found.relation in _BARE:
        verb = f"does not {_BARE[found.relation]}"
    else:
        verb = _VERBS.get((found.relation, found.direction or ""), _PLAIN[found.relation])
        if found.relation == CAUSES and (found.object_concept or "").startswith("metric:"):
            verb = "raises"  # a rate of errors is not caused, it rises
    extra = ", ".join(
        part
        for part in (
            found.quantity.text if found.quantity and found.quantity.text not in found.object else None,
            found.condition,
            found.population if found.population and found.population not in (found.condition or "") else None,
        )
        if part
    )
    hedge = " (hedged)" if found.hedged else ""
    text = f"{found.subject} {_agreeing(verb, found.subject)} {found.object}" + (f" ({extra})" if extra else "")
    return f"{text[0].upper()}{text[1:]}{hedge}."


def polarity(relation: str, *, negated: bool) -> str:
    """improves, degrades or none: whether what is said is good or bad for a drive."""
    return "none" if negated else _POLARITY.get(relation, "none")


def assertion_row(found: ExtractedAssertion, document_key: str, shift: int) -> dict[str, Any]:
    """Properties of the assertion's node but those that the document gives (page, section, work).

    Args:
        found: With offsets into a sentence.
        document_key: Key of its document.
        shift: Offset of that sentence in the document's text.
    """
    identity = "\t".join((found.subject, found.relation, found.object, str(found.direction)))
    digest = hashlib.sha256(identity.encode()).hexdigest()[:12]
    start, end = found.start + shift, found.end + shift
    statement = sentence(found)
    row: dict[str, Any] = {
        "key": f"assertion:{document_key.removeprefix('document:')}:{start}:{digest}",
        "name": statement,
        "statement": statement,
        "document": document_key,
        "quote": found.quote,
        "start": start,
        "end": end,
        "relation": found.relation,
        "predicate": found.predicate or found.relation,
        "subject_text": found.subject,
        "object_text": found.object,
        "direction": found.direction,
        "polarity": polarity(found.relation, negated=found.negated),
        "negated": found.negated,
        "hedged": found.hedged,
        "condition": found.condition,
        "population": found.population,
        "tier": found.tier,
        "method": found.method,
        "status": "accepted",
    }
    if found.quantity:
        row["quantity"] = found.quantity.text
        if found.quantity.low is not None and found.quantity.unit:
            row["value_low"], row["value_unit"] = found.quantity.low, found.quantity.unit
            row["value_high"] = found.quantity.high if found.quantity.high is not None else found.quantity.low
    return {name: value for name, value in row.items() if value is not None}

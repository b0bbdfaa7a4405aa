"""The verifier: no assertion of any extractor is kept unless its own sentence says so.

It decides by rules on the sentence's words, never by a model. What it cannot tell apart it refuses: a claim that is
lost can be read again, one that is wrong spreads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from graph.errors import nearest
from ingest.literature.extraction import assertion as kinds
from ingest.literature.extraction.assertion import ExtractedAssertion, Quantity
from ingest.literature.extraction.lexicon import concept_of, lookup
from ingest.literature.extraction.verification import figures, places, words
from ingest.literature.extraction.verification.places import Span
from ingest.literature.extraction.verification.wording import Wording

MIN_QUOTE_WORDS = 3
MIN_CONFIDENCE = 0.5
_FAMILY = {kinds.IMPROVES: 1, kinds.MITIGATES: 1, kinds.DEGRADES: -1, kinds.CAUSES: -1}
_DIRECTIONS = {
    kinds.IMPROVES: (kinds.INCREASE, kinds.DECREASE),
    kinds.DEGRADES: (kinds.INCREASE, kinds.DECREASE),
    kinds.CAUSES: (kinds.INCREASE,),
    kinds.MITIGATES: (kinds.DECREASE,),
    kinds.CORRELATES: (kinds.INCREASE, kinds.DECREASE, kinds.NONE),
    kinds.NO_EFFECT: (),
    kinds.MEASURED: (None, kinds.INCREASE, kinds.DECREASE),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """What an extractor says that a text says; nothing of it is trusted.

    Args:
        subject: As the extractor words it.
        relation: One of ``RELATIONS``, if it is right.
        object: As the extractor words it.
        direction: Of the object: increase, decrease, none, or None.
        quote: Words of the source that carry the claim.
        quantity: Words of the size or value.
        condition: Words of the circumstances; several are separated by commas.
        population: Words of the kinds of drives.
        hedged: The source says it with caution.
        negated: The source denies it.
        predicate: The author's verb or phrase.
        method: Name and version of the extractor.
    """

    subject: str
    relation: str
    object: str
    direction: str | None
    quote: str
    quantity: str | None = None
    condition: str | None = None
    population: str | None = None
    hedged: bool = False
    negated: bool = False
    predicate: str = ""
    method: str = ""


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a candidate is not kept.

    Args:
        check: Name of the check, for counts: quote, sentence, subject, object, relation, direction, claim, reversed,
            denial, caution, desirability, number, condition or population.
        reason: One sentence.
    """

    check: str
    reason: str


def verify(candidate: Candidate, text: str) -> ExtractedAssertion | Rejection:
    """Hold a candidate against its source.

    Args:
        candidate: What an extractor found.
        text: The source that it was given; spans are into it.

    Returns:
        The assertion, its quote widened to the whole sentence (a part may hide a "no evidence that") and all its words
        replaced by the source's own; or why it is not kept.
    """
    wrong = _form(candidate)
    if wrong:
        return wrong
    quoted = places.quote_place(text, candidate.quote.strip().strip("\"'“”… ").rstrip(".,;:"))
    if quoted is None:
        return Rejection("quote", f"the quote does not stand in the text: '{_short(candidate.quote)}'")
    if len(text[quoted[0] : quoted[1]].split()) < MIN_QUOTE_WORDS:
        return Rejection("quote", f"the quote is shorter than {MIN_QUOTE_WORDS} words: '{_short(candidate.quote)}'")
    rejection: Rejection | None = None
    for sentence in places.sentences(text, *quoted):
        found = _in_sentence(candidate, text, sentence, quoted)
        if isinstance(found, ExtractedAssertion):
            return found
        # Of several sentences the one that holds both ends tells most about what is wrong.
        if rejection is None or rejection.check in {"subject", "object", "sentence"}:
            rejection = found
    return rejection or Rejection("sentence", "the quote holds no sentence")


def verify_assertion(assertion: ExtractedAssertion, text: str) -> ExtractedAssertion | Rejection:
    """Hold what another extractor already placed against its source; its spans, concepts and confidence stay.

    An extractor that placed its spans has read the grammar of the sentence: its verbs and things may be ones that the
    word lists here lack.

    Args:
        assertion: With spans into ``text``.
        text: The source.

    Returns:
        The same assertion, or why it is not kept.
    """
    start, end = assertion.start, assertion.end
    if not 0 <= start < end <= len(text) or text[start:end] != assertion.quote:
        return Rejection("quote", "the quote is not the slice of the text that its span names")
    ends = (assertion.subject_span, assertion.object_span)
    if any(not start <= first < last <= end for first, last in ends):
        return Rejection("sentence", "a span of subject or object lies outside the quote")
    quantity = assertion.quantity
    candidate = Candidate(
        assertion.subject,
        assertion.relation,
        assertion.object,
        assertion.direction,
        assertion.quote,
        quantity.text if quantity else None,
        assertion.condition,
        assertion.population,
        assertion.hedged,
        assertion.negated,
    )
    wrong = _form(candidate) or _ends(candidate, strict=False)
    if wrong:
        return wrong
    (a, b), (c, d) = ends
    wording = Wording(assertion.quote, (a - start, b - start), (c - start, d - start))
    wrong = _wording(candidate, wording, assertion.object_concept, strict=False) or _details(candidate, assertion.quote)
    return wrong or assertion


def _form(candidate: Candidate) -> Rejection | None:
    relation, direction = candidate.relation, candidate.direction
    if relation not in kinds.RELATIONS:
        return Rejection("relation", f"'{_short(relation)}' is no relation.{nearest(relation, kinds.RELATIONS)}")
    if direction is not None and direction not in kinds.DIRECTIONS:
        return Rejection("direction", f"'{_short(direction)}' is no direction.{nearest(direction, kinds.DIRECTIONS)}")
    if relation == kinds.NO_EFFECT and not candidate.negated:
        return Rejection("relation", "a null effect is negated, and this one is not")
    if candidate.negated:
        if direction != kinds.NONE:
            return Rejection("direction", f"what is denied has the direction none, not {direction}")
    elif direction not in _DIRECTIONS[relation]:
        return Rejection("direction", f"'{relation}' has no direction '{direction}'")
    return None


def _ends(candidate: Candidate, *, strict: bool) -> Rejection | None:
    for name, phrase in (("subject", candidate.subject), ("object", candidate.object)):
        value_is_meant = name == "object" and candidate.relation == kinds.MEASURED
        wrong = _no_thing(phrase)
        if wrong and not (value_is_meant and figures.figures(phrase)):
            return Rejection(name, f"the {name} '{_short(phrase)}' {wrong}")
    if strict and not _known(candidate.subject) and not _known(candidate.object):
        return Rejection("object", "neither the subject nor the object is a thing of the field")
    if (
        strict
        and candidate.relation == kinds.MEASURED
        and not figures.figures(f"{candidate.object} | {candidate.quantity or ''}")
    ):
        return Rejection("number", "a measured value has no number")
    return None


def _known(phrase: str) -> bool:
    """True where the lexicon knows what a phrase names, or its head says that it is good or bad for a drive."""
    return lookup(phrase) is not None or _head(phrase) in words.BAD_HEADS | words.GOOD_HEADS


def _head(phrase: str) -> str:
    head = places.content(re.split(r" (?:of|in|for|on|under|at) ", phrase, maxsplit=1)[0])[-1:]
    return head[0] if head else ""


def _no_thing(phrase: str) -> str:
    """Why a phrase names nothing that could be looked up or kept; empty where it names something."""
    tokens = places.tokens(phrase)
    if tokens and (tokens[-1] in words.NO_EDGE or tokens[0] in words.NO_EDGE - words.MAY_BEGIN):
        return "is cut out of its phrase"
    if phrase.count("(") != phrase.count(")") or phrase.count("[") != phrase.count("]"):
        return "is cut out of its brackets"
    if lookup(phrase):
        return ""
    content = [word for word in tokens if word not in places.STOP_WORDS]
    if not content or all(word in words.PRONOUNS for word in content):
        return "is a pronoun or names nothing"
    if content[0] in words.PRONOUNS and all(word in words.PRONOUNS or word in words.GENERIC for word in content):
        return "points back to another sentence"
    nouns = [
        w for w in content if w not in words.PRONOUNS and w not in words.NOT_NOUNS and len(w) > 1 and w[0].isalpha()
    ]
    return "" if nouns and any(word not in words.GENERIC for word in nouns) else "names no thing"


def _in_sentence(candidate: Candidate, text: str, sentence: Span, quoted: Span) -> ExtractedAssertion | Rejection:
    start, end = sentence
    if end - start > places.MAX_SENTENCE:
        return Rejection("sentence", f"no sentence of at most {places.MAX_SENTENCE:,} characters stands there")
    wrong = _ends(candidate, strict=True)
    if wrong:
        return wrong
    spans = _spans(candidate, text, sentence, quoted)
    if isinstance(spans, Rejection):
        return spans
    subject, target = spans
    whole = text[start:end]
    wording = Wording(whole, (subject[0] - start, subject[1] - start), (target[0] - start, target[1] - start))
    object_concept = lookup(text[slice(*target)])
    wrong = _wording(candidate, wording, object_concept, strict=True) or _details(candidate, whole)
    if wrong:
        return wrong
    subject_concept = lookup(text[slice(*subject)])
    return ExtractedAssertion(
        subject=text[slice(*subject)],
        relation=candidate.relation,
        object=text[slice(*target)],
        direction=candidate.direction,
        quote=whole,
        start=start,
        end=end,
        subject_span=subject,
        object_span=target,
        predicate=_slice(candidate.predicate, text, sentence) or "",
        quantity=_quantity(candidate.quantity, text, sentence),
        condition=_slices(candidate.condition, text, sentence),
        population=_slices(candidate.population, text, sentence),
        hedged=candidate.hedged,
        negated=candidate.negated,
        # Half for words that were checked only, more for every end that is a concept of the field.
        confidence=MIN_CONFIDENCE + 0.15 * (subject_concept is not None) + 0.15 * (object_concept is not None),
        tier=kinds.CANDIDATE,
        subject_concept=subject_concept,
        object_concept=object_concept,
        method=candidate.method,
    )


def _spans(candidate: Candidate, text: str, sentence: Span, quoted: Span) -> tuple[Span, Span] | Rejection:
    subjects = places.phrase_places(text, candidate.subject, sentence)
    if not subjects:
        return Rejection("subject", f"the subject '{_short(candidate.subject)}' does not stand in the sentence")
    objects = places.phrase_places(text, candidate.object, sentence)
    if not objects:
        return Rejection("object", f"the object '{_short(candidate.object)}' does not stand in the sentence")
    pairs = [(one, two) for one in subjects for two in objects if one[1] <= two[0] or two[1] <= one[0]]
    if not pairs:
        return Rejection("object", "subject and object are the same words")

    def rank(pair: tuple[Span, Span]) -> tuple[bool, int]:
        low, high = min(pair)[0], max(pair)[1]
        return not (quoted[0] <= low and high <= quoted[1]), high - low

    subject, target = min(pairs, key=rank)
    # "Reducing the temperature": the word of change belongs to the subject, or the claim would be turned round.
    before = words.CHANGE_BEFORE.search(text[max(sentence[0], subject[0] - 40) : subject[0]])
    if before and not target[0] < subject[0] <= target[1] + 1:
        first = subject[0] - len(before[0])
        if places.is_edge(text, first) and not (target[0] < subject[0] and first < target[1]):
            subject = (first, subject[1])
    after = words.CHANGE_AFTER.match(text[subject[1] : subject[1] + 40])
    if after and not (subject[1] <= target[0] < subject[1] + after.end()):
        subject = (subject[0], subject[1] + after.end())
    return subject, target


def _wording(candidate: Candidate, wording: Wording, object_concept: str | None, *, strict: bool) -> Rejection | None:
    no_claim = wording.no_claim
    if no_claim:
        return Rejection("claim", no_claim)
    relation = candidate.relation
    if candidate.negated:
        if not wording.may_be_denied:
            return Rejection("denial", "the sentence denies nothing, and the candidate is negated")
    elif wording.value_denied if relation == kinds.MEASURED else wording.denied:
        return Rejection("denial", "the sentence denies it, and the candidate is not negated")
    if candidate.hedged and not words.ANY_CAUTION.search(wording.sentence):
        return Rejection("caution", "the sentence says it without caution, and the candidate is hedged")
    if not candidate.hedged and relation != kinds.MEASURED and wording.cautious:
        return Rejection("caution", "the sentence says it with caution, and the candidate is not hedged")
    if relation in _FAMILY and wording.only_together:
        return Rejection("relation", f"the sentence says that they go together, not that one {relation} the other")
    if relation not in {kinds.CORRELATES, kinds.MEASURED} and wording.is_reversed:
        return Rejection("reversed", "in the sentence the object acts on the subject")
    # "Changed the latency from 2 ms to 9 ms": the numbers tell the direction that the verb does not.
    if not wording.says(relation, strict=strict) and not figures.change_of(candidate.quantity or ""):
        return Rejection("relation", f"no word of the sentence says '{relation}'")
    signed = {"up": kinds.INCREASE, "down": kinds.DECREASE}.get(wording.sign_together)
    if relation == kinds.CORRELATES and not candidate.negated and signed and candidate.direction != signed:
        return Rejection("direction", f"the sentence says {signed}, the candidate {candidate.direction}")
    if candidate.negated or relation not in _FAMILY:
        return None
    return _change(candidate, wording, object_concept)


def _change(candidate: Candidate, wording: Wording, object_concept: str | None) -> Rejection | None:
    change, direction, good = wording.change, candidate.direction, _FAMILY[candidate.relation]
    said = {"up": kinds.INCREASE, "down": kinds.DECREASE}.get(change)
    if said and direction != said:
        return Rejection("direction", f"the sentence says {said} of the object, the candidate {direction}")
    stated = figures.change_of(candidate.quantity or "")
    if stated and direction != (kinds.INCREASE if stated > 0 else kinds.DECREASE):
        return Rejection("direction", f"'{candidate.quantity}' is no {direction}")
    if (change == "better" and good < 0) or (change == "worse" and good > 0 and candidate.relation == kinds.IMPROVES):
        return Rejection("relation", f"the sentence says {change} of the object, the candidate {candidate.relation}")
    if change == "cause" and direction == kinds.DECREASE:
        return Rejection("direction", "the sentence says that it is caused, the candidate that it decreases")
    wanted = _wanted(wording.sentence[slice(*wording.object)], object_concept)
    if wanted and (direction == wanted) != (good > 0):
        judged = "good" if direction == wanted else "bad"
        return Rejection(
            "desirability", f"{direction} of '{candidate.object}' is {judged}, the candidate says {candidate.relation}"
        )
    return None


def _wanted(phrase: str, key: str | None) -> str | None:
    """The direction in which a drive is better off; None where that is not known."""
    concept = concept_of(key) if key else None
    if concept is not None and concept.better_direction:
        return {"up": kinds.INCREASE, "down": kinds.DECREASE}.get(concept.better_direction)
    if concept is not None and concept.label == "Mechanism":
        return kinds.DECREASE
    if concept is not None and concept.label == "Metric":
        return None
    head = _head(phrase)
    return kinds.DECREASE if head in words.BAD_HEADS else kinds.INCREASE if head in words.GOOD_HEADS else None


def _details(candidate: Candidate, sentence: str) -> Rejection | None:
    for name, told in (
        ("number", candidate.quantity),
        ("condition", candidate.condition),
        ("population", candidate.population),
    ):
        if not told:
            continue
        number = figures.missing(told, sentence)
        if number:
            return Rejection("number", f"'{number}' of '{_short(told)}' does not stand in the sentence with that unit")
        if name == "number":
            if not figures.figures(told) and not next(places.occurrences(sentence, told), None):
                return Rejection("number", f"the quantity '{_short(told)}' does not stand in the sentence")
            continue
        there = set(places.tokens(sentence))
        lacking = [word for word in places.content(told) if word not in there]
        if lacking:
            return Rejection(name, f"'{lacking[0]}' of the {name} '{_short(told)}' does not stand in the sentence")
    return None


def _quantity(told: str | None, text: str, sentence: Span) -> Quantity | None:
    """The quantity in the source's own words: where it stands, or from its first number there to its last."""
    if not told:
        return None
    place = next(places.occurrences(text, told, *sentence), None)
    if place is None:
        wanted = {(figure.value, figure.unit) for figure in figures.figures(told)}
        whole = text[slice(*sentence)]
        found = [figure for figure in figures.figures(whole) if (figure.value, figure.unit) in wanted]
        place = (sentence[0] + found[0].start, sentence[0] + found[-1].end)
    return figures.quantity_of(text[slice(*place)])


def _slice(told: str | None, text: str, sentence: Span) -> str | None:
    place = next(places.occurrences(text, told, *sentence), None) if told else None
    return text[slice(*place)] if place else None


def _slices(told: str | None, text: str, sentence: Span) -> str | None:
    """Circumstances in the source's words where they stand there as told, else as told: their words were checked."""
    if not told or not told.strip():
        return None
    whole = _slice(told, text, sentence)
    return whole or ", ".join(_slice(part, text, sentence) or part.strip() for part in told.split(",") if part.strip())


def _short(told: str) -> str:
    line = " ".join(told.split())
    return line if len(line) <= 80 else line[:79] + "…"

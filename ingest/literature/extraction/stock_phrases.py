"""Stock phrases of cause, cure and constancy, read by their words where the parser's tree cannot be trusted.

"gives rise to", "was in all likelihood responsible for", "is down to", "left latency unchanged", "What shortens life
most is logging". The nouns beside the phrase are found by their tags, the subject by its clause where it has one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.literature.extraction.arguments import changed, governor_of
from ingest.literature.extraction.assertion import NO_EFFECT, NONE
from ingest.literature.extraction.clauses import context_of
from ingest.literature.extraction.contexts import Context
from ingest.literature.extraction.drafts import Draft, targets
from ingest.literature.extraction.parsing import Sentence
from ingest.literature.extraction.phrases import conjuncts, object_kind, object_phrase
from ingest.literature.extraction.set_phrases import noun_after, noun_before
from ingest.literature.extraction.verbs import BAD, CAUSE, DOWN, GOOD, PREVENT, UP, families, forms

if TYPE_CHECKING:
    from spacy.tokens import Token

_BE = r"(?:is|are|was|were|be|been)"
# the object stands behind the phrase
_FORWARD = (
    (CAUSE, rf"(?:gives?|gave|giving) (?:\w+ )?rise to|{_BE} (?:[\w-]+ ){{0,4}}?(?:responsible|to blame) for"),
    (CAUSE, r"opens? the door (?:to|for)|pav(?:es?|ed) the way (?:to|for)|(?:is|are|was|were) a recipe for"),
    (PREVENT, r"(?:does|do|did) away with|(?:puts?|brings?|brought) an end to|(?:gets?|got) rid of"),
    (PREVENT, r"(?:takes?|took) the (?:edge|sting) off|(?:makes?|made) up for"),
    (BAD, r"(?:takes?|took) (?:a|its|their) (?:\w+ )?toll on|(?:gets?|got) in the way of"),
    (BAD, r"(?:plays?|played|wreaks?|wreaked) havoc (?:with|on)"),
    (GOOD, r"(?:works?|worked|does|do|did) wonders for"),
)
# the cause stands behind the phrase
_BACKWARD = (
    rf"{_BE} (?:\w+ )?traced (?:back )?to|{_BE} (?:\w+ )?down to|{_BE} (?:put down|chalked up) to|"
    r"(?:has|have|had) (?:its|their) (?:\w+ )?(?:origins?|roots?|cause) in|"
    r"(?:goes|go|went|comes|come) (?:back|down) to|"
    rf"{_BE} (?:the|a) (?:\w+ )?(?:result|consequence|outcome|product) of"
)
# the object stands inside the phrase
_AROUND = (
    (PREVENT, r"(?:keeps?|kept|holds?|held)", r"(?:at bay|in check|under control|to a minimum)"),
    (BAD, r"(?:puts?|places?|placed)", r"(?:at risk|in jeopardy|in danger)"),
    (BAD, r"(?:brings?|brought|slows?|slowed)", r"to (?:a crawl|a halt|a standstill|its knees)"),
    (DOWN, r"(?:cuts?|divides?|divided)", r"(?:in half|in two)"),
    (None, r"(?:left|leaves?|leaving|kept|keeps?)", r"(?:unchanged|unaltered|unaffected|intact|untouched)"),
)
_TRAILING = re.compile(
    r"\b(?:thanks to|as a (?:direct )?(?:result|consequence) of|owing to|on account of|by virtue of|"
    r"in consequence of)\b"
)
_SAME = r"(?:unchanged|constant|the same|unaffected|unaltered|(?:as|where) (?:it|they) (?:was|were|is|are))"
_REMAINED = re.compile(
    rf"\b(?:whereas|while|whilst|but|and|yet)\s[^,;]{{3,60}}?\b(?:remain(?:s|ed)?|stay(?:s|ed)?) (?:\w+ly )?{_SAME}\b"
)
_DIFFERENCE = re.compile(
    r"\b(?:makes?|made|making) (?:(no|little|hardly any|scarcely any|next to no)|any) (?:\w+ )?difference "
    r"(?:to|for|in)\b"
)
_HEDGED = re.compile(
    r"\b(?:may|might|could|appears?|seems?|thought|believed|suspected|likely|likelihood|prob\w+|possibly)\b"
)
_DENIED = re.compile(r"\b(?:not|never|nor|neither|no longer|hardly)\b|n't\b", re.IGNORECASE)
_LEVELLED = {"rises": UP, "rose": UP, "loses": DOWN, "lost": DOWN, "lose": DOWN, "gains": UP, "gained": UP}


def stock_phrases(sentence: Sentence) -> Iterator[Draft]:
    """Statements of all stock phrases of a sentence."""
    for change, pattern in _FORWARD:
        match = re.search(rf"\b(?:{pattern})\b", sentence.text)
        if match is not None:
            yield from _stated(sentence, match.start(), match, noun_after(sentence, match.end()), change)
    match = re.search(rf"\b(?:{_BACKWARD})\b", sentence.text)
    if match is not None:
        left = noun_before(sentence, match.start())
        who, verb = noun_after(sentence, match.end()), _token_at(sentence, match.start())
        context = _context(sentence, verb, match)
        if left is not None and who is not None and verb is not None and context is not None:
            found = targets(sentence, left)[:1]
            yield from changed(sentence, list(conjuncts(who)), found, CAUSE, verb.i, "set", context)
    for around, opening, closing in _AROUND:
        match = re.search(rf"\b{opening} (?=[^,;:]{{3,70}} {closing}\b)", sentence.text)
        if match is not None:
            yield from _stated(sentence, match.start(), match, noun_after(sentence, match.end()), around)
    yield from _difference(sentence)
    yield from _most(sentence)
    yield from _trailing(sentence)
    yield from _remained(sentence)


def _token_at(sentence: Sentence, offset: int) -> Token | None:
    """The first token that begins at or after a character."""
    return next((sentence.tokens[i] for i, piece in enumerate(sentence.pieces) if piece.start >= offset), None)


def _context(sentence: Sentence, token: Token | None, match: re.Match[str]) -> Context | None:
    """What holds for the phrase: subject, denial, hedge; None where it is not stated."""
    if token is None:
        return None
    context = context_of(sentence, governor_of(token))
    if not context.stated:
        return None
    before = sentence.text[max(0, match.start() - 30) : match.end()]
    return replace(
        context,
        hedged=context.hedged or _HEDGED.search(before) is not None,
        negated=context.negated or _DENIED.search(before) is not None,
    )


def _subjects(sentence: Sentence, context: Context, offset: int) -> list[Token]:
    """Who does it: the clause's subject where it stands before the phrase, else the noun phrase before it."""
    own = [token for token in context.subjects if sentence.pieces[token.i].end <= offset]
    if own:
        return own
    left = noun_before(sentence, offset)
    return [left] if left is not None else []


def _stated(
    sentence: Sentence, offset: int, match: re.Match[str], target: Token | None, change: str | None
) -> Iterator[Draft]:
    verb = _token_at(sentence, offset)
    context = _context(sentence, verb, match)
    if verb is None or target is None or context is None:
        return
    subjects = _subjects(sentence, context, offset)
    if change is None:
        yield from _null(sentence, subjects, target, verb, context)
    else:
        yield from changed(sentence, subjects, targets(sentence, target), change, verb.i, "set", context)


def _null(sentence: Sentence, subjects: list[Token], target: Token, verb: Token, context: Context) -> Iterator[Draft]:
    from ingest.literature.extraction.phrases import subject_phrase

    phrase = object_phrase(sentence, target, whole=True)
    if object_kind(phrase) is not None:
        for head in subjects:
            yield Draft(
                subject_phrase(sentence, head), NO_EFFECT, phrase, NONE, verb.i, "set", replace(context, negated=True)
            )


def _difference(sentence: Sentence) -> Iterator[Draft]:
    """As in "Neither the scheduler nor the request size made any difference to the energy"."""
    match = _DIFFERENCE.search(sentence.text)
    if match is None or (match[1] is None and _DENIED.search(sentence.text[: match.start()]) is None):
        return
    verb, target = _token_at(sentence, match.start()), noun_after(sentence, match.end())
    context = _context(sentence, verb, match)
    if verb is not None and target is not None and context is not None:
        yield from _null(sentence, _subjects(sentence, context, match.start()), target, verb, context)


def _most(sentence: Sentence) -> Iterator[Draft]:
    """As in "What shortens the life of the drives most is logging"."""
    words = sentence.lowered
    form = forms().get(words[1]) if len(words) > 4 else None
    if form is None or words[0] != "what" or form.form not in ("s", "ed"):
        return
    names = families().get(form.lemma, frozenset())
    change = next((c for c in (UP, DOWN, GOOD, BAD, CAUSE, PREVENT) if c in names), None)
    is_ = next((i for i in range(3, len(words)) if words[i] in ("is", "was", "are", "were")), None)
    if change is None or is_ is None:
        return
    target, who = (noun_after(sentence, sentence.pieces[i].end) for i in (1, is_))
    if target is not None and who is not None and target.i < is_:
        yield from changed(sentence, [who], targets(sentence, target)[:1], change, 1, "set", Context())


def _trailing(sentence: Sentence) -> Iterator[Draft]:
    """As in "the SSD loses half of its throughput as a result of extra reads", "the tail contracts thanks to X"."""
    match = _TRAILING.search(sentence.text)
    who = noun_after(sentence, match.end()) if match else None
    if match is None or who is None or match.start() < 20:
        return
    for verb in sentence.tokens:
        form = forms().get(sentence.lowered[verb.i])
        if sentence.pieces[verb.i].end > match.start() or form is None or form.form == "ing":
            continue
        shifts = {name for name in families().get(form.lemma, frozenset()) if name.startswith("shift_")}
        change = {"shift_up": UP, "shift_down": DOWN, "shift_good": GOOD, "shift_bad": BAD}.get(min(shifts, default=""))
        left: Token | None = noun_before(sentence, sentence.pieces[verb.i].start)
        if form.lemma in ("lose", "gain"):
            left, change = next((c for c in verb.children if c.dep_ == "dobj"), None), _LEVELLED[form.lemma + "s"]
        elif any(c.dep_ == "dobj" and c.lower_ != "thanks" for c in verb.children):
            continue
        if left is None or change is None or not context_of(sentence, governor_of(verb)).stated:
            continue
        yield from changed(sentence, [who], targets(sentence, left)[:1], change, verb.i, "set", Context(distance=1))


def _remained(sentence: Sentence) -> Iterator[Draft]:
    """As in "X raises the transfer rate, whereas seek time stays as it was": X leaves the seek time alone."""
    match = _REMAINED.search(sentence.text)
    if match is None:
        return
    verb = next(
        (
            token
            for token in sentence.tokens
            if sentence.pieces[token.i].start > match.start() and token.lower_.startswith(("remain", "stay"))
        ),
        None,
    )
    main = next((t for t in sentence.tokens if t.dep_ == "ROOT"), None)
    form = forms().get(sentence.lowered[main.i]) if main is not None else None
    if verb is None or main is None or form is None or sentence.pieces[main.i].end > match.start():
        return
    if not families().get(form.lemma, frozenset()) & {UP, DOWN, GOOD, BAD, CAUSE, PREVENT}:
        return
    context = context_of(sentence, main)
    target = noun_before(sentence, sentence.pieces[verb.i].start)
    moves_itself = not any(child.dep_ == "dobj" for child in main.children)
    if target is not None and context.stated and not context.passive and not moves_itself:
        yield from _null(sentence, list(context.subjects), target, verb, replace(context, distance=1))

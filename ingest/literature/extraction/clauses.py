"""Clauses: who does it, and is it stated at all, denied or hedged?

A verb is followed up to the sentence's root. On the way its subject is inherited through coordinations, relative
clauses, participles and infinitives, and whatever takes the statement back is met: aims, purposes, questions,
hypotheses, conditions, expectations.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.literature.extraction.antecedents import (
    coordinated_antecedent,
    copular,
    is_passive,
    loose_subject,
    own_subject,
    relative,
    verb_above,
)
from ingest.literature.extraction.contexts import Context
from ingest.literature.extraction.lexicon import singular
from ingest.literature.extraction.parsing import Sentence
from ingest.literature.extraction.wordlists import word_set

if TYPE_CHECKING:
    from spacy.tokens import Token

NEUTRAL = word_set(
    "help tend continue begin start manage serve able capable find know show observe report prove see succeed "
    "effective sufficient use suffice come cease go let allow enable good useful efficient demonstrate leverage "
    "utilize employ apply turn efficient successful effective instrumental helpful"
)

HEDGING = word_set(
    "appear seem likely suggest imply believe think suspect speculate may might could can possible potentially "
    "possibly probably perhaps apparently presumably likely indicate potential tend arguably seemingly unlikely"
)

_HEDGES_OF_VERB = word_set("may might could can appear seem likely suggest imply think suspect speculate")

_HEDGING_ADVERBS = word_set(
    "potentially possibly probably perhaps apparently presumably likely arguably seemingly conceivably reportedly "
    "allegedly"
)

REPORTING = word_set(
    "show find observe report demonstrate reveal confirm note see conclude indicate mean prove discover learn "
    "notice establish say state highlight underline verify emphasise emphasize point illustrate clear know "
    "evident true fact finding observation result is be measure warn document recognise recognize appear turn "
    "acknowledge argue explain detect corroborate determine remark mention identify suggest2"
)

_HEDGED_REPORTING = frozenset({"suggest", "imply", "think", "suspect", "speculate", "appear", "believe"})

_OPEN_MARKS = word_set("if whether unless until till lest once when how why where whenever before than")

_STATED_MARKS = word_set("because since as while whereas although though that after and but")

_UNREAL = frozenset({"would", "should", "must", "shall", "ought", "'d"})

_NEGATIONS = frozenset(
    {"not", "n't", "never", "no", "neither", "nor", "hardly", "barely", "scarcely", "cannot", "without"}
)

_FAILING = frozenset({"fail", "cease", "unable", "unlikely"})

_UNTRUE = word_set(
    "myth misconception hypothesis assumption question expectation possibility belief claim conjecture idea "
    "concern hope intuition goal aim objective purpose intention attempt desire need requirement task challenge "
    "hypotheses effort plan opportunity"
)

_WAYS = word_set("way technique method means approach solution mechanism ability tool strategy scheme")
_UNTRUE_PHRASES = frozenset(
    {"expect", "assume", "hypothesise", "hypothesize", "suppose", "hope", "wonder", "doubt", "imagine"}
)


def negations(sentence: Sentence, verb: Token) -> bool:
    """Is the verb itself denied ("does not", "never", "no longer", "hardly")?"""
    for child in verb.children:
        word = sentence.lowered[child.i]
        if word == "not" and sentence.lowered[child.i + 1 : child.i + 2] in (["only"], ["just"], ["merely"]):
            return False
        if child.dep_ == "neg" or (word in _NEGATIONS and child.dep_ in ("advmod", "aux", "preconj", "cc", "det")):
            return True
        if word == "longer" and child.i and sentence.lowered[child.i - 1] == "no":
            return True
    if verb.dep_ == "conj" and "nor" in sentence.lowered[max(0, verb.i - 3) : verb.i]:
        return True
    if "neither" in sentence.lowered[max(0, verb.i - 1) : verb.i]:
        return True
    return any(
        sentence.lowered[i] in ("cannot", "can't", "not")
        for i in range(max(0, verb.i - 2), verb.i)
        if sentence.tokens[i].head.i == verb.i
    )


def context_of(sentence: Sentence, verb: Token) -> Context:
    """Follow a verb to the root and say who does it and whether it is stated."""
    context = Context(passive=is_passive(verb))
    current, first = verb, True
    for _ in range(12):
        context = _local(sentence, current, context, first=first)
        if not context.stated:
            return context
        following = _step(sentence, current, context)
        if following is None:
            break
        current, context = following
        first = False
    if not context.subjects and current.tag_ in ("VBZ", "VBD", "VBP", "VBN") and current.dep_ == "ROOT":
        loose = loose_subject(sentence, current)
        distance = context.distance + 1
        context = replace(context, subjects=tuple(loose), distance=distance) if loose else context
    if not context.subjects and current.tag_ in ("VB",) and not own_subject(current):
        return replace(context, stated=False)  # an instruction
    return context


def _local(sentence: Sentence, verb: Token, context: Context, *, first: bool) -> Context:
    """Take in what hangs on one verb: its subject, modals, negation, marks."""
    words = {
        sentence.lowered[child.i]
        for child in verb.children
        if child.dep_ in ("aux", "auxpass", "advmod", "mark", "neg")
    }
    if not context.subjects:
        own = own_subject(verb)
        own = [
            noun
            for noun in own
            if not (
                noun.tag_ in ("WDT", "WP")
                or (sentence.lowered[noun.i] in ("that", "which", "who") and verb.dep_ == "relcl")
            )
        ]
        if own and own[0].tag_ == "PRP":
            own = coordinated_antecedent(sentence, verb, own[0])
        if own:
            quiet = first or context.distance
            context = replace(context, subjects=tuple(own), distance=context.distance if quiet else 1)
    if not first and context.notes[-1:] in (("means",), ("participle",)) and is_passive(verb):
        return replace(context, stated=False)  # nobody knows who did it
    if words & _UNREAL or (words & {"will"} and words & {"we"}):
        return replace(context, stated=False)
    hedged = context.hedged or (
        not context.relative and bool(words & ({"may", "might", "could", "can"} | _HEDGING_ADVERBS))
    )
    negated = context.negated or (first and negations(sentence, verb))
    for child in verb.children:
        if child.dep_ == "advcl" and first and sentence.lowered[child.i] in ("compared",):
            continue
    if (
        not first
        and negations(sentence, verb)
        and verb.dep_ != "conj"
        and context.notes[-1:] in (("xcomp",), ("ccomp",))
    ):
        negated = True
    return replace(context, hedged=hedged, negated=negated)


def _step(sentence: Sentence, verb: Token, context: Context) -> tuple[Token, Context] | None:
    """Go to the clause above, or None at the root or where nothing more can change."""
    dep, head = verb.dep_, verb.head
    if dep == "ROOT" or head.i == verb.i:
        return None
    marks = {sentence.lowered[child.i] for child in verb.children if child.dep_ in ("mark", "advmod")}
    infinitive = any(child.dep_ == "aux" and child.lower_ == "to" for child in verb.children)
    if dep == "conj":
        has_own = bool(context.subjects)
        if (
            verb.tag_ in ("VBZ", "VBD", "VBP")
            and head.dep_ in ("acl", "advcl")
            and head.tag_ in ("VBN", "VBG")
            and not has_own
        ):
            return verb_above(head.head), replace(context, distance=1, notes=(*context.notes, "conj"))
        if infinitive or _to_before(sentence, verb):
            return head, replace(context, notes=(*context.notes, "conj"), distance=max(1, context.distance))
        if (
            any(
                child.dep_ == "aux" and sentence.lowered[child.i] in ("may", "might", "could", "can")
                for child in head.children
            )
            and not has_own
        ):
            context = replace(context, hedged=True)
        return head, replace(context, distance=context.distance if has_own else 1, notes=(*context.notes, "conj"))
    if dep in ("ccomp", "parataxis", "pcomp") and verb.tag_ != "VBG":
        return _complement(sentence, verb, context, marks)
    if dep == "relcl":
        return relative(sentence, verb, context)
    if dep == "acl":
        return _participle(sentence, verb, context, infinitive=infinitive)
    if dep in ("xcomp", "advcl", "pcomp", "ccomp"):
        return _subordinate(sentence, verb, context, marks, infinitive=infinitive)
    if dep in ("acomp", "attr") and not context.subjects:
        return head, replace(context, notes=(*context.notes, "xcomp"))
    if dep in ("csubj", "amod", "compound", "dobj", "pobj", "nsubj"):
        return head, replace(context, stated=False)
    return None


def _to_before(sentence: Sentence, verb: Token) -> bool:
    return verb.i > 0 and sentence.lowered[verb.i - 1] == "to"


def _complement(sentence: Sentence, verb: Token, context: Context, marks: set[str]) -> tuple[Token, Context] | None:
    head = verb.head
    if marks & _OPEN_MARKS or _asks(verb) or _is_untrue(sentence, head):
        return head, replace(context, stated=False)
    lemma = sentence.lemma(head.i)
    wording = lemma if head.text != "is" else "be"
    if not context.subjects and head.tag_[:2] == "VB" and verb.tag_ in ("VB", "VBN") and lemma in NEUTRAL:
        return head, replace(context, notes=(*context.notes, "xcomp"), distance=1)
    if lemma in _UNTRUE_PHRASES or any(
        _is_untrue(sentence, child) for child in head.children if child.dep_ in ("nsubj", "attr", "nsubjpass")
    ):
        return head, replace(context, stated=False)
    reports = wording in REPORTING | _HEDGED_REPORTING or head.tag_.startswith(("NN", "JJ", "IN"))
    if not reports and (verb.i < head.i or not context.subjects or lemma in _UNTRUE_PHRASES or "that" in marks):
        # two sentences joined by a comma or semicolon stand side by side
        known = verb.i < head.i and bool(context.subjects) and "that" not in marks
        return head, replace(context, stated=known)
    hedged = context.hedged or lemma in _HEDGED_REPORTING
    return head, replace(context, hedged=hedged, notes=(*context.notes, "said"), distance=context.distance)


def _asks(verb: Token) -> bool:
    """Does a question word stand before the verb in its own clause ("how often X leads to")?"""
    return any(token.tag_ in ("WRB", "WP") for child in verb.lefts for token in (child, *child.children))


def _is_untrue(sentence: Sentence, token: Token) -> bool:
    return singular(sentence.lowered[token.i]) in _UNTRUE


def _participle(sentence: Sentence, verb: Token, context: Context, *, infinitive: bool) -> tuple[Token, Context] | None:
    head = verb.head
    if _is_untrue(sentence, head) and not context.passive:
        return head, replace(context, stated=False)
    if (
        infinitive
        and head.dep_ == "dobj"
        and sentence.lowered[head.i] in ("little", "nothing")
        and sentence.lemma(head.head.i) in ("do", "did", "doe")
    ):
        return head.head, replace(context, negated=True, distance=1, notes=(*context.notes, "xcomp"))
    if infinitive:  # "a way to reduce latency": of whom the way is said
        found = copular(head) if head.dep_ in ("attr", "appos") else head
        if found.i != head.i and singular(sentence.lowered[head.i]) in _WAYS:
            return verb_above(head), replace(context, subjects=(found,), distance=2, relative=True)
        if head.lower_ in ("ability", "potential", "tendency", "capability") and head.dep_ == "dobj":
            own = own_subject(head.head)
            return head.head, replace(
                context, subjects=tuple(own), distance=2, hedged=context.hedged or head.lower_ == "potential"
            )
        return head, replace(context, stated=False)
    if not infinitive and verb.tag_ == "VBG" and sentence.lowered[verb.i - 1] == "for":
        return head, replace(context, stated=False)
    if context.passive and not context.subjects:
        return verb_above(head), replace(context, subjects=(head,), distance=2, relative=True)
    if context.subjects:
        return None
    comma = verb.i > 0 and any(child.text == "," for child in head.children if head.i < child.i < verb.i)
    above = verb_above(head)
    if comma and above.tag_.startswith("VB") and own_subject(above) and not is_passive(above):
        return above, replace(context, distance=2, notes=(*context.notes, "participle"))
    return above, replace(context, subjects=(copular(head),), distance=2, relative=True)


def _subordinate(
    sentence: Sentence, verb: Token, context: Context, marks: set[str], *, infinitive: bool
) -> tuple[Token, Context] | None:
    """Infinitives, participles and clauses with a conjunction."""
    head, dep = verb.head, verb.dep_
    lemma = sentence.lemma(head.i)
    if marks & _OPEN_MARKS or (marks & {"so"} and infinitive) or _asks(verb):
        return head, replace(context, stated=False)
    if dep == "advcl" and infinitive:
        return head, replace(context, stated=False)  # a purpose
    if dep == "advcl" and context.subjects:
        if "so" in marks or (
            "that" in marks and "so" in [sentence.lowered[i] for i in range(max(0, verb.i - 6), verb.i)]
        ):
            return head, replace(context, stated=False)
        return (
            None if not marks or marks & _STATED_MARKS else (head, replace(context, stated=bool(marks - _OPEN_MARKS)))
        )
    if dep == "pcomp":  # "by reducing", "without hurting"
        governor = head.head
        useful = head.lower_ in ("in", "at") and sentence.lowered[governor.i] in (
            "effective",
            "helpful",
            "useful",
            "instrumental",
            "succeeds",
            "succeeded",
            "efficient",
        )
        if useful:
            return governor, replace(context, distance=1, notes=(*context.notes, "xcomp"))
        if head.lower_ not in ("by", "without", "while", "besides", "thus", "via", "through"):
            return governor, replace(context, stated=False)
        if head.dep_ == "prep" and governor.tag_.startswith("NN"):
            governor = verb_above(governor)
            if head.lower_ not in ("without", "while"):
                return governor, replace(context, stated=False)
        negated = context.negated or head.lower_ == "without"
        return governor, replace(context, negated=negated, distance=2, notes=(*context.notes, "means"))
    if dep in ("xcomp", "ccomp"):
        neutral = lemma in NEUTRAL | _HEDGES_OF_VERB | _FAILING or head.tag_ == "JJ"
        if not neutral and (infinitive or verb.tag_ in ("VB", "VBG")):
            return head, replace(context, stated=False)
        if lemma in ("use", "employ", "apply", "leverage", "utilize", "adopt") and infinitive and not is_passive(head):
            return head, replace(context, stated=False)  # "uses coding to reduce cost": a purpose
        if head.tag_.startswith("JJ") and lemma not in NEUTRAL | HEDGING | _FAILING:
            return head, replace(context, stated=False)
        negated = context.negated ^ (lemma in _FAILING)
        hedged = context.hedged or lemma in _HEDGES_OF_VERB
        return head, replace(
            context, negated=negated, hedged=hedged, notes=(*context.notes, "xcomp"), distance=max(context.distance, 1)
        )
    if dep == "advcl" and verb.tag_ in ("VBG", "VBN"):
        if head.tag_.startswith("VB") and head.i > verb.i and not marks:
            return head, replace(context, distance=2, notes=(*context.notes, "participle"))
        return head, replace(context, distance=2, notes=(*context.notes, "participle"))
    return None

"""Clauses: who does it, and is it stated at all, denied or hedged?

A verb is followed up to the sentence's root. On the way its subject is inherited through coordinations, relative
clauses, participles and infinitives, and whatever takes the statement back is met: aims, purposes, questions,
hypotheses, conditions, expectations.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ingest.literature.extraction.lexicon import singular
from ingest.literature.extraction.parsing import Sentence
from ingest.literature.extraction.phrases import conjuncts

if TYPE_CHECKING:
    from spacy.tokens import Token

SUBJECTS = ("nsubj", "csubj")
PASSIVE_SUBJECTS = ("nsubjpass", "csubjpass")
NEUTRAL = frozenset(
    "help tend continue begin start manage serve able capable find know show observe report prove see succeed "
    "effective sufficient use suffice come cease go let allow enable good useful efficient demonstrate leverage "
    "utilize employ apply turn efficient successful effective instrumental helpful".split()  # noqa: SIM905
)
HEDGING = frozenset(
    "appear seem likely suggest imply believe think suspect speculate may might could can possible potentially possibly "
    "probably perhaps apparently presumably likely indicate potential tend arguably seemingly unlikely".split()  # noqa: SIM905
)
_HEDGES_OF_VERB = frozenset("may might could can appear seem likely suggest imply think suspect speculate".split())  # noqa: SIM905
_HEDGING_ADVERBS = frozenset(
    "potentially possibly probably perhaps apparently presumably likely arguably seemingly conceivably reportedly "
    "allegedly".split()  # noqa: SIM905
)
REPORTING = frozenset(
    "show find observe report demonstrate reveal confirm note see conclude indicate mean prove discover learn notice "
    "establish say state highlight underline verify emphasise emphasize point illustrate clear know evident true "
    "fact finding observation result is be measure warn document recognise recognize appear turn acknowledge argue "
    "explain detect corroborate determine remark mention".split()  # noqa: SIM905
)
_HEDGED_REPORTING = frozenset({"suggest", "imply", "think", "suspect", "speculate", "appear", "believe"})
_OPEN_MARKS = frozenset("if whether unless until till lest once when how why where whenever before than".split())  # noqa: SIM905
_STATED_MARKS = frozenset("because since as while whereas although though that after and but".split())  # noqa: SIM905
_UNREAL = frozenset({"would", "should", "must", "shall", "ought", "'d"})
_NEGATIONS = frozenset(
    {"not", "n't", "never", "no", "neither", "nor", "hardly", "barely", "scarcely", "cannot", "without"}
)
_FAILING = frozenset({"fail", "cease", "unable", "unlikely"})
_UNTRUE = frozenset(
    "myth misconception hypothesis assumption question expectation possibility belief claim conjecture idea concern hope "
    "intuition goal aim objective purpose intention attempt desire need requirement task challenge hypotheses "
    "effort plan opportunity".split()  # noqa: SIM905
)
_UNTRUE_PHRASES = frozenset(
    {"expect", "assume", "hypothesise", "hypothesize", "suppose", "hope", "wonder", "doubt", "imagine"}
)


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


def is_passive(verb: Token) -> bool:
    """Is the verb a participle with a passive auxiliary, or one that stands alone behind its noun?"""
    if any(child.dep_ in ("auxpass", "nsubjpass", "csubjpass") for child in verb.children):
        return True
    if verb.tag_ not in ("VBN", "VBD"):
        return False
    if verb.dep_ == "acl" and verb.tag_ == "VBD":
        return True
    if verb.dep_ in ("acl", "advcl") and verb.tag_ == "VBN":
        return not any(child.dep_ == "aux" for child in verb.children)
    if verb.dep_ == "conj" and verb.tag_ == "VBN" and not _own_subject(verb):
        return is_passive(verb.head) and not any(child.dep_ == "dobj" for child in verb.children)
    return False


def _own_subject(verb: Token) -> list[Token]:
    found = [child for child in verb.children if child.dep_ in (*SUBJECTS, *PASSIVE_SUBJECTS) and child.i < verb.i]
    return [noun for token in found for noun in conjuncts(token)]


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
    if not context.subjects and current.tag_ in ("VB",) and not _own_subject(current):
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
        own = _own_subject(verb)
        own = [
            noun
            for noun in own
            if not (
                noun.tag_ in ("WDT", "WP")
                or sentence.lowered[noun.i] in ("that", "which", "who")
                and verb.dep_ == "relcl"
            )
        ]
        if own and own[0].tag_ == "PRP":
            own = _coordinated_antecedent(sentence, verb, own[0])
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
    if not first and negations(sentence, verb) and verb.dep_ != "conj" and not negated:
        if context.notes and context.notes[-1] in ("xcomp", "ccomp"):
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
            return _above(head.head), replace(context, distance=1, notes=(*context.notes, "conj"))
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
        return _relative(sentence, verb, context)
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
    wording = lemma if not head.text == "is" else "be"
    if not context.subjects and head.tag_[:2] == "VB" and verb.tag_ in ("VB", "VBN") and lemma in NEUTRAL:
        return head, replace(context, notes=(*context.notes, "xcomp"), distance=1)
    if lemma in _UNTRUE_PHRASES or any(
        _is_untrue(sentence, child) for child in head.children if child.dep_ in ("nsubj", "attr", "nsubjpass")
    ):
        return head, replace(context, stated=False)
    if wording not in REPORTING | _HEDGED_REPORTING and not head.tag_.startswith(("NN", "JJ", "IN")):
        # two sentences joined by a comma or semicolon stand side by side
        if verb.i < head.i or not context.subjects or lemma in _UNTRUE_PHRASES or "that" in marks:
            known = verb.i < head.i and bool(context.subjects) and "that" not in marks
            return head, replace(context, stated=known)
    hedged = context.hedged or lemma in _HEDGED_REPORTING
    return head, replace(context, hedged=hedged, notes=(*context.notes, "said"), distance=context.distance)


def _coordinated_antecedent(sentence: Sentence, verb: Token, pronoun: Token) -> list[Token]:
    """The subject of the clause before, where a pronoun agrees with it and the two are coordinated; else the pronoun."""
    before = verb.head
    if (
        verb.dep_ != "conj"
        or not before.tag_.startswith(("VB", "MD"))
        or sentence.lowered[pronoun.i] not in ("it", "they")
    ):
        return [pronoun]
    own = _own_subject(before)
    plural = len(own) > 1 or bool(own) and own[0].tag_ in ("NNS", "NNPS")
    if not own or own[0].tag_ == "PRP" or plural != (sentence.lowered[pronoun.i] == "they"):
        return [pronoun]
    return own


def _asks(verb: Token) -> bool:
    """Does a question word stand before the verb in its own clause ("how often X leads to")?"""
    return any(token.tag_ in ("WRB", "WP") for child in verb.lefts for token in (child, *child.children))


def _is_untrue(sentence: Sentence, token: Token) -> bool:
    return singular(sentence.lowered[token.i]) in _UNTRUE


def _relative(sentence: Sentence, verb: Token, context: Context) -> tuple[Token, Context] | None:
    head = verb.head
    subject = next((c for c in verb.children if c.dep_ in (*SUBJECTS, *PASSIVE_SUBJECTS)), None)
    pronoun = subject is not None and sentence.lowered[subject.i] in ("that", "which", "who", "what")
    if context.subjects and not pronoun:
        return None  # the relative clause has a subject of its own
    antecedent = _antecedent(sentence, verb, head, subject)
    if antecedent is None:
        return head, replace(context, stated=False)
    return _above(antecedent), replace(
        context, subjects=antecedent_conjuncts(antecedent, verb), distance=2, relative=True
    )


def antecedent_conjuncts(antecedent: Token, verb: Token) -> tuple[Token, ...]:
    """Coordinated antecedents where the verb is plural and the pronoun follows them all, else the nearest."""
    if verb.tag_ == "VBP" or any(
        child.lower_ in ("are", "were", "have") for child in verb.children if child.dep_ in ("aux", "auxpass")
    ):
        chain = [antecedent]
        while chain[0].dep_ == "conj" and chain[0].head.tag_.startswith("NN"):
            chain.insert(0, chain[0].head)
        return tuple(chain)
    return (antecedent,)


def _antecedent(sentence: Sentence, verb: Token, head: Token, subject: Token | None) -> Token | None:
    """The noun that which or that stands for; None where number and noun disagree and no clause is meant."""
    comma = subject is not None and subject.i > 0 and sentence.lowered[subject.i - 1] == ","
    if comma and head.dep_ == "dobj" and sentence.lowered[subject.i] == "which" and _is_thing(sentence, head):  # type: ignore[union-attr]
        return _clause_subject(sentence, head.head)
    singular_verb = verb.tag_ == "VBZ" or any(
        child.lower_ in ("is", "was", "has") for child in verb.children if child.dep_ in ("aux", "auxpass")
    )
    plural_verb = verb.tag_ == "VBP" or any(
        child.lower_ in ("are", "were", "have") for child in verb.children if child.dep_ in ("aux", "auxpass")
    )
    if head.tag_.startswith("VB"):  # the whole clause is meant
        return _clause_subject(sentence, head)
    plural_noun = head.tag_ in ("NNS", "NNPS") or any(c.dep_ == "conj" for c in head.children)
    if singular_verb and plural_noun:
        governor = head
        for _ in range(8):
            if governor.tag_.startswith("VB") or governor.dep_ == "ROOT":
                break
            if governor.dep_ == "pobj" and governor.head.head.tag_ in ("NN", "NNP") and governor.head.lower_ == "of":
                return governor.head.head  # "the number of blocks, which grows"
            governor = governor.head
        return _clause_subject(sentence, governor) if comma and governor.tag_.startswith("VB") else None
    if plural_verb and head.tag_ in ("NN", "NNP"):
        if head.dep_ == "pobj" and head.head.head.tag_ in ("NNS", "NNPS"):
            return head.head.head
        return head if head.dep_ == "conj" else None
    return _copular(head)


def _is_thing(sentence: Sentence, noun: Token) -> bool:
    """Is a noun a thing rather than a property or fault, so that a clause after it speaks of what was done to it?"""
    concept = sentence.pieces[noun.i].concept
    return concept is None or concept.label in ("Component", "Condition")


def _copular(noun: Token) -> Token:
    """The subject of "X is a drive that …", the first noun of "X, a scheme that …"."""
    if noun.dep_ == "attr" and noun.head.lower_ in ("is", "are", "was", "were"):
        own = [child for child in noun.head.children if child.dep_ in SUBJECTS]
        return own[0] if own and own[0].tag_ != "PRP" else noun  # "it is the buffer that limits"
    if noun.dep_ == "appos":
        return noun.head
    return noun


def _clause_subject(sentence: Sentence, verb: Token) -> Token | None:
    own = _own_subject(verb)
    if own and not is_passive(verb):
        return own[0]
    if is_passive(verb):
        for child in verb.children:
            if child.dep_ == "agent":
                return next((c for c in child.children if c.dep_ == "pobj"), None)
    if verb.dep_ == "conj" and not own:
        return _clause_subject(sentence, verb.head)
    return None


def _above(noun: Token) -> Token:
    """The verb over a noun, so that a relative clause inside an aim or a question is seen as such."""
    current = noun
    for _ in range(12):
        if current.tag_.startswith(("VB", "MD")) or current.dep_ == "ROOT":
            return current
        current = current.head
    return current


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
        if head.dep_ in ("attr", "appos") and singular(sentence.lowered[head.i]) not in _UNTRUE:
            if singular(sentence.lowered[head.i]) in (
                "way",
                "technique",
                "method",
                "means",
                "approach",
                "solution",
                "mechanism",
                "ability",
                "tool",
                "strategy",
                "scheme",
            ):
                found = _copular(head)
                if found.i != head.i:
                    return _above(head), replace(context, subjects=(found,), distance=2, relative=True)
        if head.lower_ in ("ability", "potential", "tendency", "capability") and head.dep_ == "dobj":
            own = _own_subject(head.head)
            return head.head, replace(
                context, subjects=tuple(own), distance=2, hedged=context.hedged or head.lower_ == "potential"
            )
        return head, replace(context, stated=False)
    if not infinitive and verb.tag_ == "VBG" and sentence.lowered[verb.i - 1] == "for":
        return head, replace(context, stated=False)
    if context.passive and not context.subjects:
        return _above(head), replace(context, subjects=(head,), distance=2, relative=True)
    if context.subjects:
        return None
    comma = verb.i > 0 and any(child.text == "," for child in head.children if head.i < child.i < verb.i)
    above = _above(head)
    if comma and above.tag_.startswith("VB") and _own_subject(above) and not is_passive(above):
        return above, replace(context, distance=2, notes=(*context.notes, "participle"))
    return above, replace(context, subjects=(_copular(head),), distance=2, relative=True)


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
            governor = _above(governor)
            if head.lower_ not in ("without", "while"):
                return governor, replace(context, stated=False)
        negated = context.negated or head.lower_ == "without"
        return governor, replace(context, negated=negated, distance=2, notes=(*context.notes, "means"))
    if dep == "xcomp" or dep == "ccomp":
        if lemma not in NEUTRAL and lemma not in _HEDGES_OF_VERB | _FAILING and head.tag_ != "JJ":
            if infinitive or verb.tag_ in ("VB", "VBG"):
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

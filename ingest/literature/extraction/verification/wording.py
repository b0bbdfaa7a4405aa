"""Whether a sentence says what a candidate says it does: change, denial, caution, and who does what to whom."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from ingest.literature.extraction import assertion as kinds
from ingest.literature.extraction.verification import words
from ingest.literature.extraction.verification.places import Span

_ASIDE = re.compile(
    r"\([^()]*\)|\[[^\[\]]*\]|"
    r",\s*(?:(?:in |of |for )?which|who|although|though|while|unlike|despite|not|rather than|instead of|compared)\b"
    r"[^,;]*,",
    re.IGNORECASE,
)
_JOINED = re.compile(r"[;:]|,?\s*\b(?:but|whereas|while|yet|although|though|and|or)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;:]|\b(?:but|whereas|while|yet|although|though|because|since)\b", re.IGNORECASE)
_AGENT_LAST = re.compile(
    r"\b(?:by|with|under|when|using|through|via|due to|because of|after|owing to|thanks to|as)\W+"
    r"(?:the |an? |its |their )?(?:[^\W\d][\w-]*\W+){0,2}$",
    re.IGNORECASE,
)
_PASSIVE = re.compile(
    r"\b(?:is|are|was|were|be|been|being|gets?|got)\W+(?:\w+\W+){0,3}?\w+(?:ed|en|wn|ut|lt|un)\b", re.IGNORECASE
)
_BACKWARDS = re.compile(
    r"\b(?:due to|because of|owing to|attribut(?:ed|able) to|stems? from|results? from|resulted from|arises? from|"
    r"originates? (?:from|in)|comes? from|caused by|driven by|the result of|traced to|blamed on|"
    r"induced by|triggered by)\b",
    re.IGNORECASE,
)
_BY_ITSELF = re.compile(
    r"^\W*(?:\w+ly\W+|also\W+)?(?:increas(?:es|ed|e)|ris(?:es|e)|rose|grows?|grew|climb(?:s|ed)|drops?|dropped|falls?|fell|"
    r"declin(?:es|ed|e)|decreas(?:es|ed|e)|improv(?:es|ed|e)|degrad(?:es|ed|e)|worsen(?:s|ed)?|deteriorat(?:es|ed|e)|"
    r"doubl(?:es|ed|e))\b",
    re.IGNORECASE,
)
_MARKER = re.compile(
    r"\b(?:by|with|as|when|whenever|under|due|because|after|from|if|once|until|over|since|during|through|owing|thanks|where|"
    r"while|using|via|upon|without|unless|against|between|among|than|if|to)\b|^\W*(?:in|on|for|at)\b",
    re.IGNORECASE,
)
_PART_OF = re.compile(
    r"\bfrom\s+[^,;]{1,30}?\s+to\s+[^a-z,;]*|\bby\s+(?:\w+\s+)?[\d.]+\s*\S*|[,;]\s*\d\S*", re.IGNORECASE
)
_NO_FINITE_VERB = re.compile(
    r"(?:ing|tion|ment)$|^(?:higher|lower|greater|larger|longer|shorter|fewer|smaller|faster|slower|better|worse|more|less)$",
    re.IGNORECASE,
)
_TAKES_PARTICLE = re.compile(r"rise$|^(?:impact|influence|interfer|contribut|translat|lead|add)", re.IGNORECASE)
_PARTICLE = re.compile(r"^\s*(?:to|on|with)\b", re.IGNORECASE)
_ACTS_ON = re.compile(
    r"\b(?:effect|impact|influence|bearing)s?\s+on\b|\b(?:affect|influence|alter|change|interfere\s+with|leave|left)(?:s|ed|d)?\b",
    re.IGNORECASE,
)
_OWES_NOTHING = re.compile(
    r"\b(?:insensitive|oblivious|immune|indifferent)\s+to\b|\bindependent(?:ly)?\s+of\b|\b(?:unaffected|unchanged|unaltered)\s+by\b|"
    r"\b(?:irrespective|regardless)\s+of\b",
    re.IGNORECASE,
)
_RISES_WITH = re.compile(
    r"\b(?:(?P<up>increas|ris|rose|grow|grew|climb|scal)|(?P<down>fall|fell|drop|declin|decreas)|var)\w*\W+(?:\w+ly\W+)?"
    r"(?:in step )?with\b",
    re.IGNORECASE,
)
_LEADS_TO = re.compile(
    r"(?:lead|leads|led|leading|shown|found|able|known|tend|tends|tended|due|appear|appears|appeared|seem|seems|"
    r"observed|helps?|helped|begins?|began|continues?|continued|proved|likely|cannot|fails?|failed|enough|starts?|"
    r"started|down|up|relative|compared|prior|close|subject|exposed|from\s[^,;]{1,30}|allows?\s[^,;]{1,60}|"
    r"enables?\s[^,;]{1,60}|causes?\s[^,;]{1,60}|forces?\s[^,;]{1,60}|sufficient|reported|serves?|served|managed|manages?)\s+$",
    re.IGNORECASE,
)


_STRENGTH = {"neutral": 0, "cause": 1, "up": 2, "down": 2, "better": 2, "worse": 2}
"""Which of several words decides: the last of the strongest kind."""


@dataclass(frozen=True)
class Wording:
    """A sentence with the places of a candidate's two ends in it.

    Args:
        sentence: The sentence.
        subject: Place of the subject in it.
        object: Place of the object in it; the two do not overlap.
    """

    sentence: str
    subject: Span
    object: Span

    @property
    def subject_first(self) -> bool:
        """True where the subject stands before the object."""
        return self.subject[0] < self.object[0]

    @cached_property
    def before(self) -> str:
        """The words before the first of the two ends."""
        return self.sentence[: min(self.subject[0], self.object[0])]

    @cached_property
    def between(self) -> str:
        """The words between them, without what stands in brackets or in a clause of its own."""
        first, second = sorted((self.subject, self.object))
        return _ASIDE.sub(" ", self.sentence[first[1] : second[0]])

    @cached_property
    def after(self) -> str:
        """The words after both, to the end of their clause."""
        rest = self.sentence[max(self.subject[1], self.object[1]) :][:120]
        end = re.search(r";|,\s*(?:while|whereas|but|and|yet|although|which)\b|\b(?:whereas|while|but)\b", rest)
        return rest[: end.start()] if end else rest

    @cached_property
    def verb_zone(self) -> str:
        """The words between the ends that belong to the second: after the last coordinator that brings a verb."""
        zone = self.between
        for joint in reversed(list(_JOINED.finditer(zone))):
            tail = zone[joint.end() :]
            if words.CHANGE.search(tail) and (self.subject_first or joint[0].strip(" ,").lower() not in {"and", "or"}):
                return tail
        return zone

    @cached_property
    def change(self) -> str:
        """Kind of the word of change that decides: up, down, better, worse, cause; empty where there is none."""
        made = re.search(
            r"\b(?:mak(?:es?|ing)|made|render(?:s|ed|ing)?|ke(?:eps?|eping|pt)|le(?:aves?|aving|ft))\s+(?:\w+\s+){0,3}$",
            self.sentence[max(0, self.object[0] - 40) : self.object[0]],
            re.IGNORECASE,
        )
        if made and (found := _strongest(self.after[:50], last=False)) not in {"", "neutral", "cause"}:
            return found  # "makes the latency longer": the word of change stands behind
        if self._slows_a_time:
            return "up"
        near = self._before_object
        if not self.subject_first and near:
            return near
        found = self._last_change(self.verb_zone) if self.subject_first else self._first_change(self.between)
        if near and found in {"", "cause", "neutral"}:
            return near  # "produces less write amplification"
        return found or self._first_change(self.after) or self._last_change(self.before[-80:])

    @property
    def _slows_a_time(self) -> bool:
        """True where something is slowed whose size is a time: a slowed rebuild has a longer rebuild time."""
        return (
            re.search(r"\bslow(?:s|ed|ing)?(?:\s+down)?\b[^,;]{0,20}$", self.between, re.IGNORECASE) is not None
            and re.search(r"\b(?:time|latency|duration|delay)s?$", self.sentence[slice(*self.object)]) is not None
        )

    @property
    def _before_object(self) -> str:
        """A change that is said right before the object: "lower latency", "a reduction of latency"."""
        text = self.sentence[max(0, self.object[0] - 40) : self.object[0]]
        noun = re.search(
            r"\b(?:(?P<up>increase|rise|growth|surge|higher|greater|more|longer|increased|elevated|faster growth)|"
            r"(?P<down>decrease|reduction|drop|decline|lower|less|fewer|shorter|smaller|reduced|decreased))s?"
            r"(?:\s+(?:in|of))?\s+(?:the\s+|its\s+|an?\s+)?$",
            text,
            re.IGNORECASE,
        )
        return ("" if noun is None else noun.lastgroup) or ""

    def _last_change(self, zone: str) -> str:
        noun = next(reversed(list(words.NOUNS_OF_CHANGE.finditer(zone))), None)
        if noun is not None and not words.CHANGE.search(zone, noun.end()):
            if words.COUNTERS.search(zone[max(0, noun.start() - 50) : noun.start()]):
                return {"up": "down", "worse": "better"}.get(noun.lastgroup or "", "")
            return noun.lastgroup or ""
        return _strongest(zone, last=True)

    def _first_change(self, zone: str) -> str:
        return _strongest(zone, last=False)

    @property
    def is_reversed(self) -> bool:
        """True where the sentence says that the object acts on the subject."""
        zone = self.between
        if self.subject_first:
            acted_on = _AGENT_LAST.search(zone) is not None and (
                _PASSIVE.search(zone) is not None or _BY_ITSELF.search(zone) is not None
            )
            if acted_on and "," not in zone:
                return True
            back = _BACKWARDS.search(zone) or _OWES_NOTHING.search(zone)
            return back is not None and len(zone[back.end() :].split()) <= 3
        # The object stands first: the sentence must then name its agent with "by", "with", "when" or the like.
        act = None
        for match in words.CHANGE.finditer(zone):
            if not _is_amount(zone, match) and not _NO_FINITE_VERB.search(match[0]):
                act = match
        act = act or next(reversed(list(_ACTS_ON.finditer(zone))), None)
        if act is None or _BACKWARDS.search(zone, act.start()):
            return False
        joints = [joint.end() for joint in _JOINED.finditer(zone, 0, act.start())]
        if _PASSIVE.search(zone[max([0, *joints]) : act.end()]):
            return False
        rest = _PARTICLE.sub(" ", zone[act.end() :]) if _TAKES_PARTICLE.search(act[0]) else zone[act.end() :]
        tail = _PART_OF.sub(" ", rest)
        return _MARKER.search(words.NOUNS_OF_CHANGE.sub(" ", tail)) is None

    @property
    def _verb_is_after(self) -> bool:
        """True where the words between the ends hold no verb, so that it stands after both (A with B fell)."""
        return len(self.between.split()) <= 3 and not (
            words.CHANGE.search(self.between) or words.NULL_EFFECT.search(self.between)
        )

    @property
    def value_denied(self) -> bool:
        """True where the sentence denies a measured value; it may deny something else before its last comma."""
        return words.DENIAL.search(re.split(r"[,;:]", self.between)[-1]) is not None

    @property
    def denied(self) -> bool:
        """True where the sentence denies this very claim."""
        if words.DENIAL.search(self.verb_zone) or words.NO_FINDING.search(self.before):
            return True
        clause = _CLAUSE.split(self.before)[-1]
        if re.search(
            r"\b(?:not|never|neither|nor|cannot|nowhere)\b|n['’]t\b|\b[Nn]o\s+(?:\w+\s+(?:in|of)\s+)?$", clause
        ):
            return True
        return self._verb_is_after and words.DENIAL.search(_CLAUSE.split(self.after[:60])[0]) is not None

    @property
    def may_be_denied(self) -> bool:
        """True where the sentence holds words of denial that can belong to this claim."""
        return (
            self.denied
            or words.NULL_EFFECT.search(f"{_CLAUSE.split(self.before)[-1]} | {self.verb_zone} | {self.after[:80]}")
            is not None
        )

    @property
    def cautious(self) -> bool:
        """True where the sentence says this claim with caution."""
        clause = _CLAUSE.split(self.before)[-1]
        if words.CAUTION.search(self.verb_zone) or words.CAUTION.search(clause):
            return True
        if re.search(r"\bsuggest\w*\b", self.before):
            return True
        return self._verb_is_after and words.CAUTION.search(_CLAUSE.split(self.after[:60])[0]) is not None

    @property
    def no_claim(self) -> str:
        """What makes the sentence no claim (a question, an aim, an order to a machine); empty where it is one."""
        if words.ORDERS.search(self.sentence):
            return "the sentence addresses a machine, it states nothing"
        if self.sentence.rstrip("\"'”’) ").endswith("?"):
            return "the sentence is a question"
        if words.CAPTION.match(self.sentence):
            return "the sentence is a caption"
        found = words.NO_CLAIM.search(self.before) or words.NO_VERB.search(self.between)
        if found:
            return f"the sentence states it as a question, an aim or a supposition ('{found[0]}')"
        clause = _CLAUSE.split(self.before)[-1]
        asked = re.search(r"\b(?:how|why)\b", clause, re.IGNORECASE)
        if asked:
            return f"the sentence asks it ('{asked[0]}')"
        purpose = self._purpose
        return f"the sentence names it as a purpose ('{purpose}')" if purpose else ""

    @property
    def _purpose(self) -> str:
        """A bare infinitive that alone carries the change: "we add X to reduce Y"."""
        if not self.subject_first:
            return ""
        for match in re.finditer(r"\bto\s+(?:\w+ly\s+)?(\w+)\b", self.between):
            if not words.CHANGE.fullmatch(match[1]) or match[1].lower().endswith(("ing", "tion")):
                continue
            if not _LEADS_TO.search(self.between[: match.start()]) and not words.CHANGE.search(
                self.between[: match.start()]
            ):
                return match[0]
        return ""

    @property
    def only_together(self) -> bool:
        """True where the words between the ends state that they go together, and nothing more."""
        zone = self.between
        if words.ONLY_TOGETHER.search(zone):
            return True
        return not self.subject_first and _RISES_WITH.search(zone) is not None

    @property
    def sign_together(self) -> str:
        """Direction of a correlation that the sentence names (up, down); empty where it names none."""
        if re.search(r"\b(?:negativ|invers|anti-?correlat)\w*", self.sentence, re.IGNORECASE):
            return "down"
        if re.search(r"\bpositiv\w*", self.sentence, re.IGNORECASE):
            return "up"
        rises = _RISES_WITH.search(self.between)
        return ("" if rises is None else rises.lastgroup) or ""

    def says(self, relation: str, *, strict: bool = True) -> bool:
        """True where some word of the sentence outside its two ends can carry the relation.

        Args:
            relation: One of ``RELATIONS``.
            strict: A word that tells no direction ("affects", "keeps") does not do, nor one that stands apart.
        """
        if relation == kinds.MEASURED:
            return True
        if relation == kinds.CORRELATES:
            return words.TOGETHER.search(f"{self.before} | {self.between} | {self.after}") is not None
        if relation == kinds.NO_EFFECT:
            return words.NULL_EFFECT.search(self.sentence) is not None
        if strict:
            return self.change not in {"", "neutral"}
        rest = f"{self.before} | {self.between} | {self.sentence[max(self.subject[1], self.object[1]) :]}"
        return bool(self.change) or words.CHANGE.search(rest) is not None


def _is_amount(zone: str, match: re.Match[str]) -> bool:
    """True for the "up" and "more" of an amount: "by more than 30 %", "down to 5 ms"."""
    return re.match(r"\s+than\s+(?:\d|half|a\s|one|two|twice)", zone[match.end() :]) is not None


def _strongest(zone: str, *, last: bool) -> str:
    """Kind of the strongest word of change; of several equally strong ones the last or the first."""
    found = [match.lastgroup or "" for match in words.CHANGE.finditer(zone) if not _is_amount(zone, match)]
    if not last:
        found.reverse()
    return ["", *sorted(found, key=_STRENGTH.__getitem__)][-1]

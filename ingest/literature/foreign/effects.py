"""What a sentence says of a metric: better or worse, by its words of change and what is better for the metric."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.literature.extraction.assertion import DECREASE, DEGRADES, IMPROVES, INCREASE


@dataclass(frozen=True, slots=True)
class Measure:
    """A group of words for one measured thing.

    Args:
        name: Of the group.
        family: Groups whose change means the same for a drive: a lower latency is a better performance.
        better: ``up`` or ``down``.
        words: Pattern of the words.
    """

    name: str
    family: str
    better: str
    words: re.Pattern[str]


def _measure(name: str, family: str, better: str, words: str) -> Measure:
    return Measure(name, family, better, re.compile(rf"\b(?:{words})\b", re.IGNORECASE))


MEASURES = (
    _measure("latency", "speed", "down", r"(?:tail |read |write )?latenc(?:y|ies)|response times?|delays?|slowdowns?"),
    _measure("throughput", "speed", "up", r"throughputs?|bandwidths?|iops|iop/s|transfer rates?|requests per second"),
    _measure("performance", "speed", "up", r"performances?|speeds?|parallelism|speed-?ups?"),
    _measure("write amplification", "wear", "down", r"(?:write|read)[- ]amplification(?: factor)?|wafs?|wa"),
    _measure("erases", "wear", "down", r"(?:block )?erase counts?|block erases|number of erases|erase operations"),
    _measure("endurance", "wear", "up", r"endurance|life-?times?|life-?spans?|longevity|service life"),
    _measure("errors", "trust", "down", r"(?:bit )?error rates?|errors?|rber|uber|ber|failure rates?"),
    _measure("reliability", "trust", "up", r"reliability|durability|dependability|availability|data integrity"),
    _measure("energy", "energy", "down", r"energy(?: consumption)?|power(?: consumption)?"),
    _measure("efficiency", "energy", "up", r"(?:energy|power) efficien(?:cy|t)"),
    _measure("prediction", "prediction", "up", r"accuracy|precision|recall|f1(?:-score)?|auc|detection rates?|fdr"),
    _measure("interference", "interference", "down", r"interference|contention|disturbance|noise"),
)

_UP = (
    r"increas(?:e|es|ed|ing)|rais(?:e|es|ed|ing)|higher|rises?|grow(?:s|n|ing)?|doubl(?:e|es|ed|ing)|triples?|larger|"
    r"greater|more|gains?|extend(?:s|ed|ing)?|extension|longer|prolong(?:s|ed|ing)?|additional|\d[\d.]*\s?[x×] higher"
)
_DOWN = (
    r"decreas(?:e|es|ed|ing)|reduc(?:e|es|ed|ing|tions?)|lower(?:s|ed|ing)?|drop(?:s|ped)?|cuts?|short(?:er|en|ens|ened)|"
    r"less|fewer|declin(?:e|es|ed|ing)|smaller|fall(?:s|en)?|minimi[sz](?:e|es|ed|ing)|limits?|"
    r"suppress(?:es|ed|ing)?|eliminat(?:e|es|ed|ing)"
)
_GOOD = (
    r"improv(?:e|es|ed|ing|ements?)|better|outperform(?:s|ed|ing)?|enhanc(?:e|es|ed|ing|ements?)|boost(?:s|ed|ing)?|"
    r"faster|superior|optimi[sz](?:e|es|ed|ing)|speed-?ups?"
)
_BAD = (
    r"degrad(?:e|es|ed|ing|ation)(?! modes?)|wors(?:e|en|ens|ened)|deteriorat(?:e|es|ed|ing|ion)|slow(?:s|er|ed|down)?|"
    r"hurts?|harms?|suffers?|adversely affects?|negatively affects?|penalt(?:y|ies)|inferior|inefficient|overheads?|"
    r"bottlenecks?"
)
# "less than 15 % difference" compares a number, and the second half of a compound (fail-slow) belongs to its word.
_NO_CHANGE = r"(?<![\w-])(?!(?:less|more|greater|higher|lower) than (?:about )?\d)"
_CHANGE = re.compile(
    rf"{_NO_CHANGE}(?:(?P<up>{_UP})|(?P<down>{_DOWN})|(?P<good>{_GOOD})|(?P<bad>{_BAD}))\b|"
    r"(?P<factor>\d[\d.,]*\s?[x×](?!\w))",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:no|not|without|never|neither|cannot|negligibl[ey]|minimal(?:ly)?|avoid(?:s|ing)?|prevent(?:s|ing)?|hardly)\b",
    re.IGNORECASE,
)
_BREAK = re.compile(
    r"[;:.](?=\s|$)|,(?=\s(?:but|while|whereas|although|though|which)\b)|\b(?:but|while|whereas|although)\b"
)
_COMPARED = re.compile(
    r"\b(?:than(?: (?:that|those) of)?|compared (?:to|with)|over|versus|vs\.?|outperforms?(?: the)?)"
    r"\s+((?:\S+\s+){0,4}?\S+)",
    re.IGNORECASE,
)
_NO_EFFECT = re.compile(
    r"\bno (?:\w+ ){0,2}(?:impact|effect|influence|difference|change)\b|"
    r"\b(?:does|do|did) not (?:\w+ )?(?:affect|impact)\b",
    re.IGNORECASE,
)
_NOUN = re.compile(
    r"(?:reductions?|degradation|decreases?|increases?|improvements?|declines?|drops?|gains?|overheads?|"
    r"penalt(?:y|ies)|bottlenecks?)$",
    re.IGNORECASE,
)
_TROUBLE = re.compile(r"(?:degradation|overheads?|penalt(?:y|ies)|bottlenecks?|slowdowns?)$", re.IGNORECASE)
_RELIEF = re.compile(
    r"\b(?:alleviat|mitigat|minimi[sz]|reduc|eliminat|hid|remov|lower|avoid|prevent|trivial|negligib)\w*",
    re.IGNORECASE,
)
_LONGEST_SENTENCE = 3_000  # characters; what is longer is a page, and says more than one thing
_COPULA = re.compile(r"\b(?:is|are|was|were)\b")
_REACH = 6  # words between a measure and its word of change
_FAR_REACH = 12  # the same where the change is said of it: "the endurance of these codes is on average 90 % higher"


@dataclass(frozen=True, slots=True)
class Effect:
    """What a sentence says of a measure.

    Args:
        polarity: ``improves`` or ``degrades``.
        direction: Which way the measure itself moves.
        words: The word of change and the measure, as they stand there.
    """

    polarity: str
    direction: str
    words: str


def measure_of(name: str) -> Measure | None:
    """The group whose words end a metric's name (what stands in brackets aside); None where the name ends otherwise."""
    plain = re.sub(r"\s*[\[(].*$", "", name).strip()
    ending = [
        (found.start(), order)
        for order, measure in enumerate(MEASURES)
        for found in measure.words.finditer(plain)
        if found.end() == len(plain)
    ]
    return MEASURES[min(ending)[1]] if ending else None


def stated_effect(sentence: str, object_name: str, subject_name: str) -> Effect | None:
    """What a sentence says happens to the object, or None where it does not say so plainly.

    Each word of the object's group (or family) is joined with the nearest word of change in its clause. Change and
    desirability give a side; only where all such pairs agree is there a verdict. Where the subject stands behind
    "than" or "compared to", it is on the other side of the comparison, so that the verdict turns round.

    Args:
        sentence: The source's sentence.
        object_name: Name of the object.
        subject_name: Name of the subject.
    """
    measure = measure_of(object_name)
    if measure is None or len(sentence) > _LONGEST_SENTENCE:
        return None
    votes = _votes(sentence, measure)
    exact = [vote for vote in votes if vote[0] is measure]
    used = exact or votes
    sides = {side for _, side, _ in used}
    if len(sides) != 1:
        return None
    is_good = sides.pop()
    if _is_compared_against(sentence, subject_name):
        is_good = not is_good
    goes_up = is_good == (measure.better == "up")
    return Effect(IMPROVES if is_good else DEGRADES, INCREASE if goes_up else DECREASE, used[0][2])


def says_no_effect(sentence: str) -> bool:
    """Whether a sentence says that nothing changes."""
    return bool(_NO_EFFECT.search(sentence))


def _votes(sentence: str, wanted: Measure) -> list[tuple[Measure, bool, str]]:
    """Measures of the wanted family in a sentence, each with whether its nearest word of change is good for it."""
    votes = []
    for clause in _clauses(sentence):
        changes = [found for found in _CHANGE.finditer(clause) if not _is_denied(clause, found.start())]
        taken: set[tuple[int, int]] = set()
        mentions = [
            (mention, measure)
            for measure in MEASURES
            if measure.family == wanted.family
            for mention in measure.words.finditer(clause)
        ]
        # The longest words first: energy efficiency is no energy.
        for mention, measure in sorted(mentions, key=lambda pair: pair[0].start() - pair[0].end()):
            if any(start < mention.end() and mention.start() < end for start, end in taken):
                continue
            taken.add((mention.start(), mention.end()))
            near = _nearest(clause, mention, changes)
            if near is not None:
                is_good = _is_good(near, measure) != _is_relieved(clause, mention, near)
                votes.append((measure, is_good, f"{near.group(0)} … {mention.group(0)}"))
    return votes


def _clauses(sentence: str) -> list[str]:
    return [clause for clause in _BREAK.split(sentence) if clause and clause.strip()]


def _nearest(clause: str, mention: re.Match[str], changes: list[re.Match[str]]) -> re.Match[str] | None:
    """The word of change with the fewest words between; one in front wins a tie, and a bare factor loses to a word."""
    best: tuple[float, int, re.Match[str]] | None = None
    for change in changes:
        if change.start() == mention.end() + 1 and _NOUN.match(change.group(0)):
            return change  # "larger throughput reductions": the noun that the measure belongs to
        if change.end() > mention.end() and _governs_another(clause, change):
            continue  # "improve the reliability and reduce the latency": the verb is the next measure's
        if change.start() < mention.end() and mention.start() < change.end():
            continue
        is_before = change.end() <= mention.start()
        between = clause[change.end() : mention.start()] if is_before else clause[mention.end() : change.start()]
        gap = len(between.split()) + (3 if change.lastgroup == "factor" else 0)
        is_said_of_it = not is_before and _COPULA.search(between) is not None
        if gap <= (_FAR_REACH if is_said_of_it else _REACH) and (best is None or (gap, not is_before) < best[:2]):
            best = (gap, int(not is_before), change)
    return best[2] if best else None


def _is_good(change: re.Match[str], measure: Measure) -> bool:
    kind = change.lastgroup
    if kind in ("good", "bad"):
        return kind == "good"
    return (kind in ("up", "factor")) == (measure.better == "up")


def _governs_another(clause: str, change: re.Match[str]) -> bool:
    """Whether a verb of change has a measure of its own right behind it."""
    if change.group(0).lower().endswith("ed"):
        return False
    behind = " ".join(clause[change.end() :].split()[:5])
    return any(measure.words.search(behind) for measure in MEASURES)


def _is_relieved(clause: str, mention: re.Match[str], change: re.Match[str]) -> bool:
    """Whether the trouble that a sentence names is what it says is taken away ("minimizes the … degradation")."""
    if not _TROUBLE.match(change.group(0)):
        return False
    before = clause[: min(mention.start(), change.start())].split()[-8:]
    return bool(_RELIEF.search(" ".join(before)))


def _is_denied(clause: str, at: int) -> bool:
    before = clause[:at].split()[-3:]
    return bool(_DENIED.search(" ".join(before)))


def _is_compared_against(sentence: str, subject: str) -> bool:
    """Whether the subject is what something else is compared against."""
    tokens = {token.casefold() for token in re.findall(r"[A-Za-z0-9+*]{2,}", subject)} - {"ssd", "the", "nand", "flash"}
    if not tokens:
        return False
    for found in _COMPARED.finditer(sentence):
        behind = {token.casefold() for token in re.findall(r"[A-Za-z0-9+*]{2,}", found.group(1))}
        ahead = {token.casefold() for token in re.findall(r"[A-Za-z0-9+*]{2,}", sentence[: found.start()])}
        if tokens & behind and not tokens & ahead:
            return True
    return False

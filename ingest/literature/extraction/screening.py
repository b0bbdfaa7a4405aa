"""Which sentences are read at all: those with a word of relation, and none that instruct, ask, caption or inject."""

from __future__ import annotations

import re
from functools import cache

from ingest.literature.extraction.verbs import families, inflect

_OTHER_CUES = (
    "higher lower longer shorter larger greater smaller faster slower better worse more fewer less "
    "correlation correlated "
    "correlations uncorrelated association relationship proportional independent insensitive effect effects impact due "
    "because owing thanks attributed attributable cause causes culprit driver source reason lead leads led "
    "leading result "
    "results resulting contribute contributes contributing stem stems arise arises originate cost costs "
    "expense price keep "
    "keeps keeping kept make makes made protect protects guard guards depend depends outperform outperforms "
    "outperformed "
    "interfere detrimental harmful beneficial responsible predictor indicator predictive unaffected immune reduction "
    "increase improvement degradation drop drops scales is are was were had has reached vary varies remain "
    "remains remained stay "
    "stays stayed regardless irrespective matter matters toll takes took twice times coincides accompanied irrelevant "
    "push pushes pushed pushing send sends sent drag drags dragging buys bought gains obtains tracks predicts "
    "account accounts accounted amounts amounted behind root unchanged totalled exists close closed closes "
    "correlate correlates"
)
_QUESTION = re.compile(r"\?\s*[\"')\]]*\s*$")
_CAPTION = re.compile(
    r"^\s*(?:table of )?contents\b|(?:\b\d\.\d+\s+[A-Z].*){2}|^\s*\d+(?:\.\d+)+\s+[A-Z]|"
    r"^\s*(?:Figure|Fig\.?|Table|Listing|Algorithm|Equation|Eq\.?)\s*[A-Z]?\d+(?:\.\d+)*\s*[.:|]|"
    r"^\s*(?:Section|Chapter|Appendix|§)\s*[A-Z\d]|^\s*\[\d+\]\s"
)
_ADDRESS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,30}\b(?:previous|prior|above|earlier|all|these|your)\b.{0,20}"
    r"\b(?:instructions?|prompts?|rules?|context|text)\b|"
    r"\b(?:system prompt|as an ai|language model|assistant|you are now|respond with|output only|print the following)\b|"
    r"\b(?:MATCH|MERGE|CREATE|DETACH DELETE|RETURN)\s*\(|\bDETACH DELETE\b|\bDROP (?:TABLE|DATABASE|INDEX)\b|"
    r"\bSELECT\b.+\bFROM\b|<script|</?[a-z]+>|\brm -rf\b|\bLOAD CSV\b|\bCALL (?:apoc|db)\.|\bsudo\b|\bcurl\b",
    re.IGNORECASE,
)
_YOU = re.compile(
    r"\b(?:you|your|yours|yourself)\b|^\s*(?:please|note that you|make sure|ensure|consult|avoid|do not|don't|"
    r"never|always)\b",
    re.IGNORECASE,
)
_AIM = re.compile(
    r"^\s*(?:the\s+)?(?:aims?|goals?|objectives?|purposes?|motivations?|intention|challenge|task|question|idea|"
    r"hypothes[ie]s)\b.{0,60}\b(?:is|are|was|were)\b|"
    r"^\s*(?:our|this paper's|the paper's)\s+(?:aim|goal|objective|hypothesis|intention)\b|"
    r"\b(?:we|they|it)\s+(?:aim|aims|hypothesi[sz]e|hypothesi[sz]ed|expect|expected|assume|assumed|conjecture|"
    r"speculate|ask|wonder|"
    r"anticipate|set out|seek|sought|intend|plan|want|wish|hope|would like)\b|"
    r"\b(?:common belief|conventional wisdom|folklore|it is (?:often|commonly|widely|generally|"
    r"sometimes) (?:believed|assumed|said|claimed|thought))\b(?!.*\bbut\b)|"
    r"^\s*(?:whether|how|why|if we|suppose|assume|assuming|let us|let)\b|"
    r"\b(?:research question|null hypothesis|remains? (?:an open|unclear|unknown|to be seen|disputed))\b|"
    r"\bis expected to\b|\bare expected to\b|"
    r"\b(?:will|shall) (?:study|examine|investigate|explore|discuss|describe|analy[sz]e|evaluate|measure|show)\b",
    re.IGNORECASE,
)
_CONTRARY = re.compile(r"^\s*(?:contrary to|against|despite|in contrast to)\b", re.IGNORECASE)
_REFERENCE = re.compile(
    r"^\s*(?:\[\d+\]\s*)?[A-Z][\w.'-]+,?\s+(?:[A-Z]\.\s?){1,3}.{0,80}\bet al\b|\b(?:In|"
    r"in)\s+(?:Proc(?:eedings)?\.?|Proceedings)\b|"
    r"\b(?:USENIX|ACM|IEEE)\b.{0,40}\b(?:19|20)\d\d\b.{0,30}\bpp?\.|\bpp\.\s*\d+|\bvol\.\s*\d+|\bdoi:|https?://",
)
_DEFINITION = re.compile(
    r"\b(?:is|are) defined (?:as|by)\b|\bdenotes?\b|\brefers? to\b|\bis (?:called|termed|known as)\b|"
    r"\bis short for\b|\bstands for\b|"
    r"\bwe (?:define|denote|refer|call|write)\b",
    re.IGNORECASE,
)


_ENTRY = re.compile(r"^\s*\[[\w+ -]{1,12}\]\s+(?:[A-Z]\.|[A-Z][\w'-]+,|[A-Z][\w'-]+ (?:and|et al)\b)")


def stands_apart(text: str) -> bool:
    """Is a text an entry of a bibliography, whose title may read like a claim, or a caption?"""
    return _ENTRY.search(text) is not None or _CAPTION.search(text) is not None


@cache
def cues() -> re.Pattern[str]:
    """One pattern of every word without which a sentence states no relation."""
    words = {form for lemma in families() for form in inflect(lemma).values()} | set(_OTHER_CUES.split())
    return re.compile(r"\b(?:" + "|".join(sorted(map(re.escape, words), key=len, reverse=True)) + r")\b", re.IGNORECASE)


def worth_parsing(sentence: str) -> bool:
    """Does a sentence state something in a form that is read? Cheap, so that most of a paper is never parsed."""
    if not 20 <= len(sentence) <= 700 or not sentence.strip():
        return False
    if (
        _QUESTION.search(sentence)
        or _CAPTION.search(sentence)
        or _ADDRESS.search(sentence)
        or _REFERENCE.search(sentence)
    ):
        return False
    if _YOU.search(sentence) or _DEFINITION.search(sentence):
        return False
    if _AIM.search(sentence) and not _CONTRARY.search(sentence):
        return False
    letters = sum(map(str.isalpha, sentence))
    return letters > 0.55 * len(sentence) and cues().search(sentence) is not None

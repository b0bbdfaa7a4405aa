"""Which concept of the field a phrase names: ``lookup("99th-percentile read latency of QLC drives")``.

Names are compared without case, hyphens, plural endings and the difference between British and American spelling. A
phrase is judged by its head: the words before its first preposition, and after it where the head only counts or rates
("number of block erasures"). The longest name that ends on the head wins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from graph.ontology.concepts import FieldConcept, concepts
from ingest.literature.extraction.wordlists import word_set

AMERICAN = (
    ("isation", "ization"),
    ("ising", "izing"),
    ("ised", "ized"),
    ("levelling", "leveling"),
    ("ageing", "aging"),
    ("centre", "center"),
    ("behaviour", "behavior"),
    ("tunnelling", "tunneling"),
    ("journalling", "journaling"),
    ("neighbour", "neighbor"),
    ("programme", "program"),
    ("modelling", "modeling"),
    ("grey", "gray"),
)
# "raised" and "advised" only look British; a rewritten word that nobody else writes does no harm, so none is excepted.
PREPOSITIONS = word_set(
    "of in on at for to from with by under within during between across among against per after before over when "
    "every than above below inside through towards toward via without into onto due because that which"
)
TRANSPARENT = word_set(
    "number rate count amount volume frequency probability likelihood risk chance incidence level degree share "
    "fraction proportion percentage total sum magnitude severity prevalence occurrence onset rise increase "
    "decrease drop reduction growth accumulation surge spike burst kind type form use effect impact influence "
    "presence amounts levels quantity extent speed pace intensity cost overhead majority most value mean median "
    "average variance"
)
LEADING = word_set("the a an its their this that these those our such any some all each every")
MAX_WORDS = 8
SHORT_ACRONYM = 3
_INNER = re.compile(
    r"(?<=\w)[-‐‑](?:of|in|on|to|by|for|at|the|and)[-‐‑](?=\w)", re.IGNORECASE
)  # "out-of-box" has no head "out"
_WORD = re.compile(r"[A-Za-z0-9/.+&]*[A-Za-z0-9]")


def singular(word: str) -> str:
    """A lower-case word without its plural ending (``latencies`` to ``latency``); both sides are treated alike."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "xes", "tches")):
        return word[:-2]
    if len(word) > 2 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@lru_cache(maxsize=20_000)
def normal_word(word: str) -> str:
    """One word as it is compared: lower case, American spelling, singular."""
    lowered = word.lower()
    for british, american in AMERICAN:
        if british in lowered:
            lowered = lowered.replace(british, american)
    return singular(lowered)


def words(phrase: str) -> list[str]:
    """The words of a phrase as written; hyphens separate them, slashes and points inside do not."""
    return _WORD.findall(_INNER.sub("", phrase))


def normal(phrase: str) -> str:
    """A phrase as it is compared, without blanks: ``Over-provisioning`` and ``overprovisioning`` are equal."""
    return "".join(map(normal_word, _WORD.findall(phrase)))


class Entry(NamedTuple):
    """A name of a concept."""

    concept: FieldConcept
    acronym: bool


@cache
def names() -> dict[str, Entry]:
    """All names and aliases in the form in which they are compared, each with its concept."""
    found: dict[str, Entry] = {}
    for concept in concepts():
        for name in (concept.name, *concept.aliases):
            found.setdefault(
                normal(name), Entry(concept, len(name) <= SHORT_ACRONYM and name.isalpha() and name.isupper())
            )
    return found


@cache
def concept_of(key: str) -> FieldConcept | None:
    """The concept with this key."""
    return next((concept for concept in concepts() if concept.key == key), None)


def named(tokens: Sequence[str]) -> FieldConcept | None:
    """The concept that these words name exactly, or None; a short acronym counts only in capitals."""
    if not tokens:
        return None
    entry = names().get("".join(map(normal_word, tokens)))
    if entry is None or (entry.acronym and sum(map(str.isupper, "".join(tokens))) < 2):
        return None
    return entry.concept


@lru_cache(maxsize=50_000)
def lookup(phrase: str) -> str | None:
    """Key of the concept that a phrase names by its head, or None.

    Args:
        phrase: A noun phrase as written, for example ``the p99 latency of QLC drives``.
    """
    if (whole := named(_WORD.findall(phrase))) is not None:
        return whole.key
    tokens = words(phrase)
    while tokens and tokens[0].lower() in LEADING:
        tokens = tokens[1:]
    found = _head_concept(tokens)
    if found is None and len(tokens) > 1 and tokens[0].lower().endswith("ing"):  # "raising the queue depth"
        return lookup(phrase[phrase.index(tokens[0]) + len(tokens[0]) :])
    return found.key if found else None


def _head_concept(tokens: list[str]) -> FieldConcept | None:
    if not tokens:
        return None
    stops = [i for i, token in enumerate(tokens) if i and token.lower() in PREPOSITIONS]
    head_end = stops[0] if stops else len(tokens)
    # A name may run past the head's preposition ("mean time to data loss"): the longest one that covers the head.
    for end in [*reversed([*stops[1:], len(tokens)]), head_end] if stops else [head_end]:
        for start in range(max(0, end - MAX_WORDS), head_end):
            if (found := named(tokens[start:end])) is not None:
                return found
    head = tokens[head_end - 1].lower()
    if stops and head in TRANSPARENT:
        return _head_concept(tokens[head_end + 1 :])
    return None

"""The word that is parsed in the place of another: everyday nouns for names, common verbs for rare ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.literature.extraction.lexicon import singular
from ingest.literature.extraction.verbs import (
    NOUN_LIKE,
    SHIFT_BAD,
    SHIFT_DOWN,
    SHIFT_GOOD,
    SHIFT_UP,
    families,
    forms,
    surrogates,
)
from ingest.literature.extraction.wordlists import word_set

if TYPE_CHECKING:
    from ingest.literature.extraction.pieces import Piece

DETERMINERS = word_set(
    "the a an this that these those its their his her our your my no any some each every all both another such "
    "most many few several more less fewer one two three four five ten"
)

VERB_FOLLOWS = word_set("is are was were be been has have had can may might will would should must do does did")

OPERATIONS = word_set("write read erase program append reset trim flush refresh scrub discard")

NO_MODIFIER = word_set(
    "the a an this that these those its their it to of in on at for from with by and or but as is are was were be "
    "can may data , . ; :"
)

_AUXILIARIES = word_set("is are was were be been being has have had get got gets to not can may might could will would")

NOT_OBJECT = word_set(
    "by in on at of for to from with under during and or but , . ; : than as when while because if until due "
    "after before over between per that which only"
)

_PLURAL_THINGS = word_set(
    "reads writes commits updates requests drives stripes blocks pages caches logs streams copies stores hosts "
    "zones queues resets refreshes flushes programs erases appends scrubs transfers accesses disks spares retries "
    "faults tests hits misses loads locks stalls spikes"
)

# words whose "to" is a preposition: "gives rise to read stalls", "leads to write stalls"
_BEFORE_NOUN = word_set(
    "rise due thanks owing lead leads led leading contribute contributes contributed contributing linked related tied "
    "attributed attributable traced prone vulnerable immune insensitive sensitive resilient proportional harmful "
    "difference"
)

_DRIVES = {"ssd": "device", "ssds": "devices", "hdd": "device", "hdds": "devices", "nand": "memory"}


def word_to_parse(pieces: list[Piece], i: int) -> str:
    """The word that is parsed in the place of the piece at ``i``."""
    piece = pieces[i]
    lowered = piece.text.lower()
    before = pieces[i - 1].text.lower() if i else ""
    after = pieces[i + 1].text.lower() if i + 1 < len(pieces) else ""
    if piece.word in ("times", "percent", "large"):
        return piece.word
    if lowered in _DRIVES:
        return _DRIVES[lowered]
    if piece.concept is not None and (" " in piece.text or "-" in piece.text or piece.text.isupper()):
        plural = singular(lowered.split()[-1]) != lowered.split()[-1] and not piece.text.isupper()
        return "qualities" if plural else "quality"
    if before == "to" and i > 1 and lowered in OPERATIONS and pieces[i - 2].text.lower() in _BEFORE_NOUN:
        return "data" if after[:1].isalpha() and after not in NO_MODIFIER else "quality"
    if lowered in OPERATIONS and after and after[0].isalpha() and after not in NO_MODIFIER and before != "to":
        return "data"
    if lowered in ("costs", "cost") and (
        after in DETERMINERS or after[:1].isdigit() or after in ("up", "about", "roughly", "almost")
    ):
        return "takes" if lowered == "costs" else "take"
    if lowered == "limited" and before not in ("is", "are", "was", "were", "be", "been", "being"):
        return "small"
    if lowered in ("scales", "varies") and after == "with":
        return "grows"
    if lowered in ("account", "accounts", "accounted") and after == "for":
        return {"account": "pay", "accounts": "pays", "accounted": "paid"}[lowered]
    if lowered in _PLURAL_THINGS and after not in DETERMINERS and not _drives_up(pieces, i):
        return "requests"
    before_noun = after.isalpha() and after not in NO_MODIFIER and after not in NOT_OBJECT
    plain_name = piece.concept is not None and piece.text.isalpha() and lowered not in forms()
    if plain_name and lowered not in _MAY_BE_VERBS and (before_noun or not lowered.endswith("ing")):
        return "quality" if singular(lowered) == lowered else "qualities"
    if lowered == "aggregate":
        return "total"
    plain = surrogates().get(lowered)
    if plain is None or not piece.text[1:].islower():
        return piece.text
    form = forms()[lowered]
    if form.form in ("s", "base") and form.lemma in NOUN_LIKE and _is_noun(form.form, form.lemma, before, after):
        return piece.text
    if (
        lowered in ("lower", "better", "limited", "open", "thin", "slow", "smooth", "correct", "dull", "contained")
        and before not in _AUXILIARIES
    ):
        return piece.text
    if form.form in ("ed", "en") or lowered in ("cut", "hurt"):
        if before in DETERMINERS:
            return piece.text
        recent = {pieces[k].text.lower() for k in range(max(0, i - 3), i)}
        if (
            lowered in ("cut", "hurt")
            and before in ("to", "not", *VERB_FOLLOWS)
            and before not in ("is", "are", "was", "were", "be", "been", "has", "have", "had")
        ):
            return "provide"
        moves = families().get(form.lemma, frozenset()) & SHIFTS and not recent & _AUXILIARIES
        if moves and (after in NOT_OBJECT or after.endswith("ly")):
            return "rose"
        if after and after not in NOT_OBJECT and not recent & _AUXILIARIES and before not in ("and", "or", ","):
            return "took"
        return "provided"
    shifts = families().get(form.lemma, frozenset()) & SHIFTS
    if shifts and (after in NOT_OBJECT or after.endswith("ly")):
        return {"s": "rises", "ing": "rising"}.get(form.form, "rise")
    return plain


SHIFTS = frozenset({SHIFT_UP, SHIFT_DOWN, SHIFT_GOOD, SHIFT_BAD})

_MAY_BE_VERBS = word_set(
    "heat cold wear drift power cost costs cache caches buffer noise host hosts patch drain streams age ages "
    "shock scrub discard backup mirror journal flash slot slots channel channels device devices drive drives disk "
    "disks node nodes server servers zone zones redundancy crash crashes failure failures error errors compaction "
    "lag energy precision recall density capacity performance stress radiation compression parallelism "
    "temperature humidity vibration"
)


def _drives_up(pieces: list[Piece], i: int) -> bool:
    """Is "drives" a verb here ("drives up latency", "drives write amplification")?"""
    if pieces[i].text != "drives" or i + 1 >= len(pieces):
        return False
    following = pieces[i + 1]
    return following.text in ("up", "down") or (
        following.concept is not None and following.concept.label in ("Metric", "Mechanism")
    )


def _is_noun(form: str, lemma: str, before: str, after: str) -> bool:
    """Is a form that may be noun or verb a noun beside these words?"""
    if before in ("to", "not", "can", "may", "might", "could", "will", "also", "which", "that", "does", "do", "did"):
        return False
    if before in DETERMINERS or before in ("of", "in", "by", "with", "for", "from", "as") or after in VERB_FOLLOWS:
        return True
    if after == "of" or (after in ("in", "from") and lemma not in ("result", "shift")):
        return True
    return (
        form == "base"
        and (not before.endswith("s") or before in forms() or before in ("includes", "is"))
        and before not in ("and", "but", "or", "they", "we")
    )

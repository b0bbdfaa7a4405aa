"""A phrase in the forms in which phrases are compared: spelling, plural, endings, word order, generic words."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from ingest.literature.extraction.lexicon import PREPOSITIONS, normal_word

STOP = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "in",
        "on",
        "at",
        "for",
        "to",
        "from",
        "by",
        "with",
        "and",
        "or",
        "per",
        "that",
        "which",
        "its",
        "their",
        "this",
        "these",
        "is",
        "are",
        "be",
    ]
)
NUMBERS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "single": "1", "double": "2", "triple": "3"}
COUNTING = frozenset(["number", "count", "counter", "amount"])
GENERIC = frozenset(
    [
        "ssd",
        "hdd",
        "drive",
        "disk",
        "device",
        "flash",
        "nand",
        "cell",
        "memory",
        "chip",
        "smart",
        "storage",
        "command",
        "operation",
        "mechanism",
        "technique",
        "scheme",
        "method",
        "algorithm",
        "policy",
        "process",
        "effect",
        "phenomenon",
        "model",
        "classifier",
        "system",
        "subsystem",
        "attribute",
        "raw_value",
        "nvme",
    ]
)
"""Words that a phrase may carry without meaning something else, as long as the rest still names something."""
_KEEP_ENDING = frozenset(
    [
        "leveling",
        "reading",
        "bearing",
        "ring",
        "string",
        "spring",
        "bed",
        "speed",
        "need",
        "seed",
        "read",
        "recording",
        "timing",
    ]
)
_ENDINGS = ("ization", "ations", "ation", "ance", "ence", "ing", "ment", "ion", "ure", "ed")
_SMART = re.compile(
    r"(?:s\.?m\.?a\.?r\.?t\.?|ata)?[\s_-]*(?:attribute|attr|id|number|no\.?|#)?[\s_#-]*(\d{1,3})(?:[\s_-]*raw(?:[\s_]value)?)?",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z0-9.+&%]*[A-Za-z0-9%]\+*")


def smart_number(phrase: str) -> int | None:
    """The number of the ATA attribute that a phrase names: ``SMART 187``, ``smart_5_raw``, ``attribute #9``."""
    text = phrase.strip()
    found = _SMART.fullmatch(text)
    if found and not text[0].isdigit() and 1 <= int(found[1]) <= 255:
        return int(found[1])
    return None


@lru_cache(maxsize=50_000)
def tokens(phrase: str) -> tuple[str, ...]:
    """Words of a phrase as written; one-letter slashes are joined (``P/E``), other marks separate."""
    text = unicodedata.normalize("NFKC", phrase).replace("_", " ").replace("’", "'")
    text = re.sub(r"'s\b|(?<=s)'(?=\s|$)", "", text)
    text = re.sub(r"\b(\d)-(?=D\b)", r"\1", text)  # 3-D
    text = re.sub(r"\b([A-Za-z])/([A-Za-z])(?=\b|s\b)", r"\1\2", text)
    text = re.sub(
        r"\b(?:the )?(\d+(?:\.\d+)?)(?:th|%)?[ -]?(?:percentile|%?-?ile)\b", r"P\1", text, flags=re.IGNORECASE
    )
    return tuple(_WORD.findall(text))


@lru_cache(maxsize=50_000)
def plain_word(word: str) -> str:
    """One word in lower case, singular, in American spelling, number words as digits."""
    lowered = word.lower()
    if lowered in {"iops", "os", "qos"} or (len(word) > 2 and word.isupper()):  # the S of RAFS is no plural
        return lowered
    plain = normal_word(word)
    if len(plain) > 6 and plain.endswith(("ise", "yse")):
        plain = plain[:-2] + "ze"
    plain = {"disc": "disk", "levelled": "leveled", "utilise": "utilize"}.get(plain, plain)
    return NUMBERS.get(plain, plain)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A plain word without its ending, so that a verb and its noun are one (``disturbance``, ``disturb``)."""
    if word in _KEEP_ENDING or len(word) < 5 or not word.isalpha():
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word[: -len(ending)]
            break
    if len(word) > 4 and word.endswith("e"):
        word = word[:-1]
    if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "aeiousl":
        word = word[:-1]
    return word


@lru_cache(maxsize=50_000)
def content(phrase: str) -> tuple[str, ...]:
    """Plain words without function words; ``number of X`` becomes ``X count``."""
    words = tokens(phrase)
    if len(words) > 2 and words[0].lower() in COUNTING and words[1].lower() == "of":
        words = (*words[2:], "count")
    shouted = phrase.isupper()  # else capitals are a name: the PER of PER-WL, the A of "drive A"
    kept = [
        word
        for number, word in enumerate(words)
        if word.lower() not in STOP
        or (len(word) > 1 and word.isupper() and not shouted)
        or (word == "A" and 0 < number == len(words) - 1)
    ]
    return tuple(plain_word(word) for word in kept)


def numbers(phrase: str) -> frozenset[str]:
    """Numbers in a phrase (``3`` of ``3D NAND``)."""
    return frozenset(re.findall(r"\d+(?:\.\d+)?", " ".join(content(phrase))))


def tight(phrase: str) -> str:
    """Letters of the plain words, without blanks: ``over-provisioning`` and ``overprovisioning`` are equal."""
    return "".join(plain_word(word) for word in tokens(phrase))


def loose(words: tuple[str, ...]) -> str:
    """Stems in alphabetical order: word order and endings do not count."""
    return " ".join(sorted(stem(word) for word in words))


def alternatives(phrase: str) -> list[str]:
    """What a phrase offers to be looked up: itself, and of ``X (Y)`` and ``X, the Y`` the part that explains.

    An acronym that is followed by its explanation means the explanation, whatever it means elsewhere.
    """
    text = " ".join(phrase.split())
    inner = re.fullmatch(r"(.+?)\s*\(([^()]+)\)\s*(.*)", text)
    if inner:
        outside, inside = " ".join(filter(None, (inner[1], inner[3]))), inner[2]
        if is_acronym(outside) and len(tokens(inside)) > 1:
            return [text, inside]
        if is_acronym(inside):
            return [text, outside] if len(tokens(outside)) > 1 else [text, outside, inside]
        return [text, outside]
    apposition = re.fullmatch(r"(\S+),\s+(?:the|an?)\s+(.+)", text)
    if apposition and is_acronym(apposition[1]):
        return [apposition[2]]
    return [text]


def is_acronym(text: str) -> bool:
    """One word with at least two capitals, or a short one of capitals and digits (``NVMe``, ``P/E``, ``kNN``)."""
    found = tokens(text)
    return len(found) == 1 and len(found[0]) <= 8 and sum(letter.isupper() for letter in found[0]) >= 2


def head_part(phrase: str) -> str:
    """The words before the first preposition (``read latency`` of ``read latency of QLC drives``)."""
    kept: list[str] = []
    for word in tokens(phrase):
        if kept and word.lower() in PREPOSITIONS:
            break
        kept.append(word)
    return " ".join(kept)


def head(phrase: str) -> str:
    """Stem of the noun that a phrase is about: the last word before its first preposition."""
    words = tokens(head_part(phrase))
    return stem(plain_word(words[-1])) if words else ""

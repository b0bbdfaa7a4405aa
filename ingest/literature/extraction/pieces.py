"""The tokens of a sentence: names of the field joined, brackets, labels and interruptions left out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from graph.ontology.concepts import FieldConcept
from ingest.literature.extraction.lexicon import MAX_WORDS, named
from ingest.literature.extraction.plain_words import (
    DETERMINERS,
    NO_MODIFIER,
    NOT_OBJECT,
    OPERATIONS,
    SHIFTS,
    VERB_FOLLOWS,
    word_to_parse,
)
from ingest.literature.extraction.verbs import families, forms
from ingest.literature.extraction.wordlists import word_set

_DROPPED = re.compile(r"\[[^\[\]]{1,60}\]|\([^()]*\)|[\"“”*†‡]|(?<=\w)['’](?=\s)")

_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"

_TOKEN = re.compile(
    rf"(?P<pair>\b[A-Za-z]+-,?\s(?:and|or)\s[A-Za-z]+-[A-Za-z]+)"
    rf"|(?P<ordinal>\d+(?:\.\d+)?(?:th|st|nd|rd)?[-‐‑][A-Za-z][A-Za-z-]*)"
    rf"|(?P<number>[~≈<>±]?{_NUMBER}(?:\s?(?:%|×|x(?![a-z]))?\s?[–/-]\s?{_NUMBER})?(?:[KMGT](?![A-Za-z]))?)"
    r"(?P<unit>\s?(?:%|×|x(?![a-z])|°C|µs|μs|[a-zA-Z]+/s(?![a-z])|[KMGT]i?B(?![a-z])|[mnµ]s(?![a-z])))?"
    r"|(?P<possessive>(?<=[A-Za-z])['’]s\b)"
    r"|(?P<word>[A-Za-zÀ-ÿµμ°](?:[A-Za-zÀ-ÿ0-9&_°]|[/.+‐‑–-](?=[A-Za-zÀ-ÿ0-9]))*)"
    r"|(?P<mark>[^\sA-Za-z0-9])"
)

_PERIOD = (
    r"(?:every\s+(?:\d[\d,.]*\s*)?|once (?:per|a)\s+)(?:ms|s|seconds?|minutes?|hours?|days?|weeks?|months?|years?)\b"
)

_DROPPED_WORDS = re.compile(
    rf"{_PERIOD}(?:\s+(?:rather than|instead of)\s+{_PERIOD})?|,\s+(?:however|moreover|furthermore|for example|"
    rf"for instance|in turn|in fact|of course|indeed|therefore|thus|in general|in practice|on average|"
    rf"by contrast|in contrast|as well|too|hence|respectively|\w+ly)\s*,",
    re.IGNORECASE,
)

_LABEL = re.compile(
    r"^\s*(?:[•▪◦‣*–—-]\s+)?(?:\(?(?:\d{1,2}|[ivx]{1,4})[.)]\s+)?(?:(?:Observation|Finding|Insight|Lesson|"
    r"Recommendation|Takeaway|"
    r"Implication|Result|Remark|Note|Summary|Conclusion|Answer)s?\s*#?\s*\d*(?:\.\d+)*\s*[:.]\s+)?"
)


@dataclass(slots=True)
class Piece:
    """A token: what it stands for in the sentence, and the word that is parsed in its place."""

    start: int
    end: int
    text: str
    word: str
    concept: FieldConcept | None = None


def pieces_of(text: str) -> list[Piece]:
    """Tokens of a sentence, brackets left out, names of the field joined, with the word to parse for each."""
    masked = _DROPPED.sub(_blank, text)
    masked = _DROPPED_WORDS.sub(_blank, masked)
    masked = _LABEL.sub(_blank, masked)
    pieces: list[Piece] = []
    for match in _TOKEN.finditer(masked):
        if match["number"]:
            pieces.append(_piece(text, *match.span("number")))
            if match["unit"]:
                start, end = match.span("unit")
                start += len(match["unit"]) - len(match["unit"].lstrip())
                piece = _piece(text, start, end)
                piece.word = "times" if piece.text in "×x" else "percent"
                pieces.append(piece)
        else:
            pieces.append(_piece(text, *match.span()))
            if match["ordinal"] or match["pair"]:
                pieces[-1].word = "large"
    joined = _without_interruption(_without_introduction(_uncleft(_join_names(text, pieces))))
    for i, piece in enumerate(joined):
        piece.word = word_to_parse(joined, i)
    return joined


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _piece(text: str, start: int, end: int) -> Piece:
    return Piece(start, end, text[start:end], text[start:end])


def _join_names(text: str, pieces: list[Piece]) -> list[Piece]:
    """Replace each run of words that is a name of the field by one piece; the longest name wins."""
    joined: list[Piece] = []
    i = 0
    while i < len(pieces):
        piece, size = pieces[i], 1
        shared = _shared_modifiers(pieces, i)
        if shared:
            last = pieces[i + shared - 1]
            joined.append(Piece(piece.start, last.end, text[piece.start : last.end], "large"))
            i += shared
            continue
        if piece.text[0].isalpha() or piece.text[0].isdigit():
            for width in range(min(MAX_WORDS, len(pieces) - i), 0, -1):
                last = pieces[i + width - 1]
                run = text[piece.start : last.end]
                if width > 1 and (not last.text[0].isalnum() or len(run) > 60 or "," in run):
                    continue
                concept = named(re.split(r"[\s‐‑-]+", run))
                if concept is not None and not (width > 1 and _ends_in_verb(pieces, i + width - 1)):
                    piece, size = Piece(piece.start, last.end, run, run, concept), width
                    break
        joined.append(piece)
        i += size
    return joined


_SHARING = OPERATIONS | word_set(
    "random sequential average mean median tail maximum minimum peak intra inter short long small large physical "
    "logical local global temporal spatial raw uncorrectable correctable single double internal external online "
    "offline reads writes"
)


def _shared_modifiers(pieces: list[Piece], i: int) -> int:
    """Pieces of "read, write or append" before the noun that all of them modify; 0 where there is no such list."""

    def modifies(k: int) -> bool:
        word = pieces[k].text.lower() if k < len(pieces) else ""
        return word in _SHARING or (
            word.startswith(("intra-", "inter-", "read-", "write-", "cross-", "non-")) and word.count("-") == 1
        )

    if not modifies(i):
        return 0
    k, joined = i + 1, False
    while k + 1 < len(pieces):
        word = pieces[k].text.lower()
        if word == "," and modifies(k + 1):
            k += 2
        elif word in ("and", "or") and modifies(k + 1):
            k, joined = k + 2, True
            break
        else:
            break
    if not joined or k >= len(pieces):
        return 0
    following = pieces[k].text.lower()
    return (
        k - i
        if following[:1].isalpha()
        and following not in NO_MODIFIER
        and following not in NOT_OBJECT
        and following not in VERB_FOLLOWS
        else 0
    )


def _ends_in_verb(pieces: list[Piece], last: int) -> bool:
    """Is the last word of a name a verb here ("throughput drops as the drive fills")?"""
    form = forms().get(pieces[last].text.lower())
    if form is None or form.form != "s" or not families().get(form.lemma, frozenset()) & SHIFTS:
        return False
    after = pieces[last + 1].text.lower() if last + 1 < len(pieces) else ""
    return after in (
        "as",
        "with",
        "when",
        "by",
        "from",
        "to",
        "the",
        "due",
        "because",
        "under",
        "once",
    ) or after.endswith("ly")


def _uncleft(pieces: list[Piece]) -> list[Piece]:
    """As in "It is the write buffer that limits throughput" without "it is" and "that"."""
    words = [piece.text.lower() for piece in pieces[:3]]
    if len(words) < 3 or words[0] != "it" or words[1] not in ("is", "was"):
        return pieces
    if words[2] not in DETERMINERS and pieces[2].concept is None:
        return pieces
    for i in range(3, len(pieces) - 1):
        if pieces[i].text in ("that", "which") and _is_finite(pieces, i + 1):
            name = pieces[2:i]
            comma = next((k for k, piece in enumerate(name) if piece.text == ","), len(name))
            return name[:comma] + pieces[i + 1 :]
    return pieces


def _introduction_length(pieces: list[Piece]) -> int:
    """Pieces of a leading circumstance with its comma ("Among the hard disks, …"); 0 where none is sure."""
    if not pieces or pieces[0].text.lower() not in CIRCUMSTANCES or pieces[0].concept is not None:
        return 0
    comma = next((i for i, piece in enumerate(pieces[:16]) if piece.text == ","), 0)
    if not comma or any(_is_finite(pieces, i) for i in range(comma)):
        return 0
    following = next((i for i in range(comma + 1, len(pieces)) if pieces[i].text == "," or _is_finite(pieces, i)), None)
    plain = following is not None and pieces[following].text != "," and following > comma + 1
    rest = pieces[comma + 1 :]
    return comma + 1 if plain or len(_without_interruption(rest)) < len(rest) else 0


def _without_introduction(pieces: list[Piece]) -> list[Piece]:
    return pieces[_introduction_length(pieces) :]


CIRCUMSTANCES = word_set("of in at on for under within among during across after before over above below throughout")


def _is_finite(pieces: list[Piece], i: int) -> bool:
    """Does a finite verb of the vocabulary, or an auxiliary, stand at ``i`` (after an adverb at most)?"""
    if i < len(pieces) and pieces[i].text.endswith("ly"):
        i += 1
    if i >= len(pieces) or pieces[i].concept is not None:
        return False
    word = pieces[i].text.lower()
    if word in VERB_FOLLOWS:
        return True
    form = forms().get(word)
    after = pieces[i + 1] if i + 1 < len(pieces) else None
    if form is None and word.endswith(("s", "ed")) and after is not None:
        if after.text.lower() in ("out", "up", "down", "off", "away", "back"):
            return True
        return after.text.lower() in DETERMINERS and word not in _PREPOSITION_LIKE and not word.endswith("ss")
    return (
        form is not None
        and form.form in ("s", "ed", "base")
        and not word.endswith("ing")
        and word not in _PREPOSITION_LIKE
    )


_PREPOSITION_LIKE = word_set("given compared provided based owing limited open lower better")


def _without_interruption(pieces: list[Piece]) -> list[Piece]:
    """A sentence without what stands between commas between its subject and its verb.

    "Short-stroking, i.e. the use of the outer tracks, yields lower seek times" is parsed without the middle; a list
    ("A, B, and C reduce") has no comma before its verb.
    """
    commas = [i for i, piece in enumerate(pieces) if piece.text == ","]
    for first, opening in enumerate(commas):
        if opening == 0 or any(_is_finite(pieces, i) for i in range(opening)):
            return pieces
        for closing in commas[first + 1 :]:
            inside = pieces[opening + 1 : closing]
            if _is_finite(pieces, closing + 1) and inside and not _is_finite(pieces, opening + 1):
                if pieces[0].text.lower() in _INTRODUCTIONS and pieces[0].concept is None:
                    break
                return pieces[:opening] + pieces[closing + 1 :]
    return pieces


_INTRODUCTIONS = word_set(
    "in at on for under with within among during across after before by while when although though because since "
    "as if from to unlike despite compared given without over"
)

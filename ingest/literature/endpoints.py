"""What a subject or object names: a concept as a whole, a case of one, or something of the document's own."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.literature.extraction.lexicon import LEADING, lookup, named, words

_MORE = (
    "raising increasing increased higher high larger large more greater longer long elevated rising growing frequent "
    "heavy heavier additional extra adding extending enlarging doubling increase rise growth enabling using applying "
    "introducing employing use"
)
_LESS = (
    "lowering reducing reduced decreasing decreased lower low smaller small less fewer shorter short shortening "
    "cutting disabling removing omitting lack absence without insufficient limited decrease drop reduction halving no"
)
MORE, LESS = frozenset(_MORE.split()), frozenset(_LESS.split())
BETWEEN = frozenset({"of", "in", "the", "a", "an"})


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What a phrase names.

    Args:
        key: Key of the concept; None where the lexicon names none.
        is_whole: The phrase says the concept and nothing more (but a word of change), so it may stand for it.
        rest: The phrase without words of change and articles in front.
        sign: -1 where a word of change turns it round ("lowering the temperature"), else 1.
    """

    key: str | None
    is_whole: bool
    sign: int
    rest: str = ""


def endpoint_of(phrase: str) -> Endpoint:
    """What a phrase names, by the lexicon alone."""
    rest, sign = phrase.strip(), 1
    while tokens := words(rest):
        first = tokens[0].lower()
        whole = named(tokens)
        if whole is not None:
            return Endpoint(whole.key, True, sign, rest)
        if first in LESS:
            sign = -sign
        elif first not in MORE and first not in BETWEEN and first not in LEADING:
            break
        rest = rest[rest.index(tokens[0]) + len(tokens[0]) :].lstrip(" -")
    return Endpoint(lookup(phrase), False, sign, rest)

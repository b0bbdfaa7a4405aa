"""What a phrase is a name of, word for word: the synonyms of the field and the SMART attributes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from graph.ontology.catalogue import catalogue
from ingest.literature.resolution import wording

SYNONYMS = Path(__file__).parent / "synonyms.txt"
_SAME_WORDS, _SAME_STEMS, _EXPANDED, _REDUCED = 1.0, 0.97, 0.95, 0.92


@dataclass(frozen=True, slots=True)
class NameSet:
    """Names of one thing.

    Args:
        key: ``thing:{first name}`` or the key of a SmartAttribute.
        names: As written; the first is the usual one.
        definitions: What it is, in other words.
    """

    key: str
    names: tuple[str, ...]
    definitions: tuple[str, ...] = ()


@cache
def name_sets() -> tuple[NameSet, ...]:
    """The synonyms of ``synonyms.txt``, then the ATA attributes by number, field and name."""
    found: list[NameSet] = []
    for line in SYNONYMS.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        names, _, definitions = line.partition(" = ")
        listed = tuple(dict.fromkeys(name.strip() for name in names.split(" ; ")))
        told = tuple(text.strip() for text in definitions.split(" ; ") if text.strip())
        found.append(NameSet(f"thing:{listed[0]}", listed, told))
    for row in catalogue()["nodes"]["SmartAttribute"]:
        if row.get("number") and not row.get("vendor_specific"):
            names_of = (f"SMART {row['number']}", *filter(None, (row.get("field"),)), row["name"])
            found.append(NameSet(row["key"], tuple(dict.fromkeys(names_of))))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Named:
    """What a phrase names.

    Args:
        keys: Of the name sets; several where the name has several meanings; empty where it names nothing known.
        score: How literally, 0 to 1.
        how: ``words``, ``stems``, ``expanded`` or ``reduced``.
    """

    keys: frozenset[str]
    score: float
    how: str


NOTHING = Named(frozenset(), 0.0, "")


class Names:
    """Finds name sets by phrases.

    Args:
        sets: The name sets.
        acronyms: Acronyms of one document with their long forms; they go before those of the field.
    """

    def __init__(self, sets: tuple[NameSet, ...], acronyms: Mapping[str, str] | None = None) -> None:
        self._tight: dict[str, set[str]] = defaultdict(set)
        self._loose: dict[str, set[str]] = defaultdict(set)
        self._acronyms: dict[str, set[str]] = defaultdict(set)
        self._long: dict[str, str] = {}
        self._own = dict(acronyms or {})
        for each in sets:
            for name in each.names:
                if wording.is_acronym(name):
                    self._acronyms[_letters(name)].add(each.key)
                self._tight[wording.tight(name)].add(each.key)
                self._loose[wording.loose(wording.content(name))].add(each.key)
            longest = next((name for name in each.names if len(wording.tokens(name)) > 1), None)
            if longest is not None:
                self._long[each.key] = longest

    def scoped(self, acronyms: Mapping[str, str]) -> Names:
        """The same names with the acronyms of a document."""
        view = object.__new__(Names)
        view.__dict__.update(self.__dict__)
        view._own = dict(acronyms)
        return view

    def find(self, phrase: str) -> Named:
        """What a phrase names: its words, then their stems, then with acronyms written out, then without generic words.

        A phrase in brackets or apposition is looked up too (``PLC flash (five bits per cell)``).
        """
        number = wording.smart_number(phrase)
        if number is not None:
            phrase = f"SMART {number}"
        for form in wording.alternatives(phrase):
            found = self._form(form)
            if found.keys:
                return found
        return NOTHING

    def _form(self, form: str) -> Named:
        words = wording.tokens(form)
        if not words:
            return NOTHING
        if len(words) == 1 and words[0] in self._own:
            return self._form(self._own[words[0]]) if self._own[words[0]] != form else NOTHING
        if keys := self._exact(form, words):
            return Named(keys, _SAME_WORDS, "words")
        if keys := self._by_stems(wording.content(form)):
            return Named(keys, _SAME_STEMS, "stems")
        expanded = self._expanded(words)
        if expanded != form and (keys := self._exact(expanded, ()) or self._by_stems(wording.content(expanded))):
            return Named(keys, _EXPANDED, "expanded")
        content = wording.content(expanded)
        reduced = tuple(word for word in content if word not in wording.GENERIC)
        if reduced and len(reduced) < len(content) and (keys := self._by_stems(reduced)):
            return Named(keys, _REDUCED, "reduced")
        return NOTHING

    def _exact(self, form: str, words: tuple[str, ...]) -> frozenset[str]:
        keys = self._tight.get(wording.tight(form), set())
        # "wa" and "op" are words of their own; two letters are an acronym only in capitals.
        if keys and len(words) == 1 and len(words[0]) <= 2 and not words[0][0].isupper():
            return frozenset()
        return frozenset(keys)

    def _by_stems(self, words: tuple[str, ...]) -> frozenset[str]:
        if len(words) == 1 and len(words[0]) <= 2:
            return frozenset()
        return frozenset(self._loose.get(wording.loose(words), ()))

    def _expanded(self, words: tuple[str, ...]) -> str:
        """The words with acronyms written out; one that has two meanings stays."""
        out = []
        for word in words:
            keys = self._acronyms.get(_letters(word), set()) if wording.is_acronym(word) else set()
            if word in self._own:
                out.append(self._own[word])
            elif len(keys) == 1 and (long_form := self._long.get(next(iter(keys)))):
                out.append(long_form)
            else:
                out.append(word)
        return " ".join(out)


def _letters(name: str) -> str:
    text = "".join(wording.tokens(name))
    return (text[:-1] if text.endswith("s") and text[:-1].isupper() else text).lower()

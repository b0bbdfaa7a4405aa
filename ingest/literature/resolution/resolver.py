"""Which concept of the field a phrase of a paper means, and whether two phrases mean the same."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from graph.ontology.concepts import FieldConcept, concepts
from graph.retrieval import Encoder
from ingest.literature.extraction import lexicon
from ingest.literature.resolution import wording
from ingest.literature.resolution.blocking import candidate_pairs
from ingest.literature.resolution.contrasts import contrasted, has_extra_modifier
from ingest.literature.resolution.judging import Judge, Judgement
from ingest.literature.resolution.meaning import Meanings, is_descriptive
from ingest.literature.resolution.naming import Names, NameSet, name_sets

SMART = "SmartAttribute"
GENERIC_STEMS = frozenset(map(wording.stem, wording.GENERIC))
# A mention becomes a concept by its meaning only where it is near a definition, or all but a name; docs/resolution.md.
DEFINITION_COSINE, DEFINITION_MARGIN = 0.68, 0.05
NAME_COSINE, NAME_MARGIN = 0.88, 0.05
HEAD_SCORE = 0.6
STEMS_SCORE = 0.97
SAME_METHODS = frozenset({"attribute", "name", "synonym", "meaning"})
"""Methods whose result says that the mention means the concept; ``head`` says that it is a kind or case of it."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a mention means.

    Args:
        key: Key of the concept or the SmartAttribute; None where nothing is near enough.
        score: 0 to 1, by method: 1 for a name word for word, less for stems, expanded acronyms and meaning.
        method: ``attribute`` (a SMART number or field), ``name`` (a name or alias of the concept), ``synonym`` (another
            name of the same thing), ``meaning`` (by the encoder), ``head`` (its head names a wider concept), ``none``.
        parts: The values behind it.
        label: Label of the node with that key.
    """

    key: str | None
    score: float
    method: str
    parts: Mapping[str, float | str] = field(default_factory=dict)
    label: str | None = None

    @property
    def is_same(self) -> bool:
        """Whether the mention means the concept itself and not a kind of it.

        An alias may be a kind: ``read tail latency`` belongs to tail latency, but the synonyms know it as a thing of
        its own; then ``parts`` says ``narrower``.
        """
        return self.method in SAME_METHODS and "narrower" not in self.parts


NONE = Resolution(None, 0.0, "none")


class Resolver:
    """Resolves mentions against the concepts of the field; made once, used for many documents.

    Args:
        field_concepts: The concepts; by default those of the ontology.
        encoder: Makes vectors; by default one without a cache. It is loaded only when names do not suffice.
        sets: Synonyms; by default those of ``synonyms.txt`` and the ATA attributes.

    Example:
        >>> Resolver().resolve(["SMART 187"])[0].key
        'smart:ata:187'
    """

    def __init__(
        self,
        field_concepts: Sequence[FieldConcept] | None = None,
        *,
        encoder: Encoder | None = None,
        sets: tuple[NameSet, ...] | None = None,
    ) -> None:
        self._concepts = {each.key: each for each in (concepts() if field_concepts is None else field_concepts)}
        self._sets = name_sets() if sets is None else sets
        self._names = Names(self._sets)
        self._encoder = encoder or Encoder()
        self._concept_of_set = {each.key: key for each in self._sets if (key := self._owner(each)) is not None}

    @cached_property
    def _meanings(self) -> Meanings:
        return Meanings(self._sets, self._encoder)

    @cached_property
    def _judge(self) -> Judge:
        return Judge(self._names, self._meanings, self._named, self._concept_of_set)

    def resolve(self, mentions: Sequence[str], acronyms: Mapping[str, str] | None = None) -> list[Resolution]:
        """What each mention means.

        Args:
            mentions: Noun phrases as a document words them; a phrase that comes often is worked out once.
            acronyms: Those the document defines for itself (``acronyms_of(text)``); they go before the field's.

        Returns:
            One resolution a mention, in their order.
        """
        names = self._names.scoped(acronyms) if acronyms else self._names
        own = acronyms or {}
        found: dict[str, Resolution] = {}
        unknown: list[str] = []
        for mention in dict.fromkeys(mentions):
            resolution = self._by_words(own.get(mention.strip(), mention), names)
            if resolution is None:
                unknown.append(mention)
            else:
                found[mention] = resolution
        found |= zip(unknown, self._by_meaning(unknown), strict=True)
        return [found[mention] for mention in mentions]

    def same(self, a: str, b: str) -> Judgement:
        """Whether two phrases mean one thing; a kind and its genus do not."""
        return self._judge.judge(a, b)

    def candidate_pairs(self, phrases: Sequence[str]) -> list[tuple[str, str]]:
        """Pairs of distinct phrases that are worth judging, each once, in alphabetical order."""
        return candidate_pairs(phrases, self._names, self._encoder)

    def is_known(self, phrase: str) -> bool:
        """Whether a phrase is a name of something known, so that it means the same in every document."""
        return bool(self._names.find(phrase).keys)

    def _by_words(self, mention: str, names: Names) -> Resolution | None:
        found = names.find(mention)
        attribute = self._attribute(mention, found.keys)
        if attribute is not None:
            return Resolution(attribute, 1.0, "attribute", {}, SMART)
        if (key := self._named(mention)) is not None:
            return self._to(key, 1.0, "name", **self._narrower(found.keys, key))
        if (key := self._stemmed.get(wording.loose(wording.content(mention)))) is not None:
            return self._to(key, STEMS_SCORE, "name", how="stems", **self._narrower(found.keys, key))
        keys = {self._concept_of_set[each] for each in found.keys if each in self._concept_of_set}
        wide = {key for key in keys if not key.startswith("smart:")} or keys
        if len(wide) == 1:
            key = next(iter(wide))
            return self._to(key, found.score, "synonym", how=found.how, **self._narrower(found.keys, key))
        if not is_descriptive(mention) and (key := self._head(mention)) is not None:
            return self._to(key, HEAD_SCORE, "head")
        return NONE if found.keys and not is_descriptive(mention) else None

    def _by_meaning(self, mentions: list[str]) -> Iterable[Resolution]:
        for mention, near in zip(mentions, self._meanings.near(mentions) if mentions else (), strict=True):
            column = int(near.cosines.argmax())
            cosine, margin = float(near.cosines[column]), near.margin([column])
            nearest = self._meanings.texts[int(near.texts[column])]
            key = self._concept_of_set.get(self._sets[column].key)
            if key and self._means(mention, nearest, self._sets[column], cosine, margin):
                yield self._to(key, round(cosine, 4), "meaning", margin=round(margin, 3), nearest=nearest)
            elif (head := self._head(mention)) is not None:
                yield self._to(head, HEAD_SCORE, "head")
            else:
                yield replace(NONE, parts={"cosine": round(cosine, 3), "nearest": nearest})

    def _means(self, mention: str, nearest: str, of: NameSet, cosine: float, margin: float) -> bool:
        if contrasted(mention, nearest):
            return False
        if nearest in of.definitions:
            return is_descriptive(mention) and cosine >= DEFINITION_COSINE and margin >= DEFINITION_MARGIN
        return (
            cosine >= NAME_COSINE
            and margin >= NAME_MARGIN
            and wording.head(mention) == wording.head(nearest)
            and not has_extra_modifier(mention, nearest, GENERIC_STEMS)
        )

    def _attribute(self, mention: str, keys: frozenset[str]) -> str | None:
        """Key of a SmartAttribute that is named by number or by smartctl's field."""
        number = wording.smart_number(mention)
        wanted = f"smart:ata:{number}"
        if number is not None:
            return wanted if wanted in keys else None
        if "_" in mention.strip() and " " not in mention.strip():
            return next((key for key in sorted(keys) if key.startswith("smart:")), None)
        return None

    def _named(self, mention: str) -> str | None:
        """Key of the concept of which the phrase is a name or an alias."""
        words = lexicon.words(mention)
        while words and words[0].lower() in lexicon.LEADING:
            words = words[1:]
        concept = lexicon.named(words)
        return concept.key if concept is not None and concept.key in self._concepts else None

    def _head(self, mention: str) -> str | None:
        """The concept that the head of a phrase names, by the lexicon or as a synonym."""
        key = lexicon.lookup(mention)
        if key in self._concepts:
            return key
        part = wording.head_part(mention)
        if part == mention.strip():
            return None
        found = {self._concept_of_set.get(each) for each in self._names.find(part).keys} - {None}
        return next(iter(found)) if len(found) == 1 else None

    @cached_property
    def _stemmed(self) -> dict[str, str]:
        """Concepts by the stems of their names; a name that two concepts share by its stems belongs to neither."""
        owners: dict[str, set[str]] = defaultdict(set)
        for concept in self._concepts.values():
            for name in (concept.name, *concept.aliases):
                words = wording.content(name)
                if len(words) > 1:
                    owners[wording.loose(words)].add(concept.key)
        return {stems: next(iter(keys)) for stems, keys in owners.items() if len(keys) == 1}

    def _owner(self, each: NameSet) -> str | None:
        """The concept that most names of a set belong to; the earlier name decides between equals."""
        if each.key.startswith("smart:"):
            return each.key
        owners = Counter(key for name in each.names if (key := self._named(name)) is not None)
        return owners.most_common(1)[0][0] if owners else None

    def _narrower(self, keys: frozenset[str], concept: str) -> dict[str, float]:
        """``narrower`` where the synonyms know both the phrase and the concept's own name, as two things."""
        own = self._own_sets.get(concept, frozenset())
        return {"narrower": 1.0} if keys and own and not keys & own else {}

    @cached_property
    def _own_sets(self) -> dict[str, frozenset[str]]:
        return {key: self._names.find(concept.name).keys for key, concept in self._concepts.items()}

    def _to(self, key: str, score: float, method: str, **parts: float | str) -> Resolution:
        label = SMART if key.startswith("smart:") else self._concepts[key].label
        return Resolution(key, score, method, parts, label)

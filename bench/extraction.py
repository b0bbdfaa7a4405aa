"""Extraction by rules against the gold sets: precision and recall by half and tier, and sentences and pages a second.

Run: ``python -m bench.extraction [--json] [--errors] [--koral FILE] [--papers FOLDER]``. A prediction is right where
subject and object overlap the gold's spans (token Jaccard at least .5, one to one; correlates may be swapped), negation
agrees and the relation agrees with causes and degrades as one family and mitigates and improves as another. Halves are
split by the parity of ``sha256(text)``; errors are shown of the even half only, the odd half is never printed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.settings import load
from bench.intervals import wilson
from graph.rag import LanguageModel, Limits
from ingest.literature.extraction.assertion import CORRELATES, HIGH, ExtractedAssertion
from ingest.literature.extraction.rules import RuleExtractor
from ingest.literature.model_extraction import ModelExtractor, ModelPassage

GOLD = Path(__file__).parent / "gold"
SHARED = Path(__file__).resolve().parents[2] / "shared/data"
SECOND = "second_sentences.jsonl"
THIRD = "third_sentences.jsonl"
SEEN, UNSEEN = "seen", "unseen"
_FAMILY = {"degrades": "causes", "improves": "mitigates"}
_WORD = re.compile(r"\w+")
AT_LEAST = 0.5


@dataclass(frozen=True, slots=True)
class GoldSentence:
    """A sentence with the assertions that an annotator took from it."""

    id: str
    text: str
    assertions: tuple[dict[str, Any], ...]

    @property
    def half(self) -> str:
        """``seen`` (even hash, may be looked at) or ``unseen``."""
        return SEEN if int(hashlib.sha256(self.text.encode()).hexdigest(), 16) % 2 == 0 else UNSEEN


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one half and tier with their 95 % Wilson intervals.

    Args:
        right: Predictions that match.
        predicted: All predictions.
        expected: All assertions of the gold.
        same_label: Of the right ones, those with the very relation.
        same_direction: Of the right ones, those with the very direction.
        extracted_from_negatives: Predictions on sentences that assert nothing.
    """

    right: int
    predicted: int
    expected: int
    same_label: int
    same_direction: int
    extracted_from_negatives: int

    @property
    def precision(self) -> float:
        """Right of all predictions; 1 where nothing was predicted."""
        return self.right / self.predicted if self.predicted else 1.0

    @property
    def recall(self) -> float:
        """Right of all that were expected."""
        return self.right / self.expected if self.expected else 1.0

    def interval(self, of: int) -> tuple[float, float]:
        """Wilson's 95 % interval of ``right / of``."""
        return wilson(self.right, of)


def sentences_of_gold(name: str = "sentences.jsonl") -> list[GoldSentence]:
    """The sentences written for a gold set, the first unless another file is named."""
    rows = (json.loads(line) for line in (GOLD / name).read_text("utf-8").splitlines())
    return [GoldSentence(row["id"], row["text"], tuple(row["assertions"])) for row in rows]


def sentences_of_koral(turtle: Path) -> list[GoldSentence]:
    """The 200 real sentences: their spans are kept here, their text is looked up in the data by its hash."""
    from rdflib import Graph

    texts = {str(value).strip() for _, name, value in Graph().parse(turtle) if str(name).endswith("terms/source")}
    by_hash = {hashlib.sha256(text.encode()).hexdigest(): text for text in texts}
    found = []
    for line in (GOLD / "koral_sentences.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if (text := by_hash.get(row["sha256"])) is None:
            continue
        assertions = tuple(
            {**one, "subject": text[slice(*one["subject"])], "object": text[slice(*one["object"])]}
            for one in row["assertions"]
        )
        found.append(GoldSentence(row["id"], text, assertions))
    return found


def overlap(one: str, other: str) -> float:
    """Jaccard index of the words of two phrases."""
    ours, theirs = set(_WORD.findall(one.lower())), set(_WORD.findall(other.lower()))
    return len(ours & theirs) / len(ours | theirs) if ours | theirs else 0.0


def matches(predicted: ExtractedAssertion, gold: dict[str, Any]) -> bool:
    """Does a prediction say what an assertion of the gold says?"""
    ours, theirs = predicted.relation, gold["relation"]
    if _FAMILY.get(ours, ours) != _FAMILY.get(theirs, theirs) or predicted.negated != gold["negated"]:
        return False
    pairs = [(predicted.subject, predicted.object)]
    if ours == CORRELATES:
        pairs.append((predicted.object, predicted.subject))
    return any(
        overlap(subject, gold["subject"]) >= AT_LEAST and overlap(target, gold["object"]) >= AT_LEAST
        for subject, target in pairs
    )


def score(
    sentences: Sequence[GoldSentence], found: Sequence[Sequence[ExtractedAssertion]], tier: str | None = None
) -> Score:
    """Count matches one to one.

    Args:
        sentences: The gold.
        found: Predictions of each sentence.
        tier: Count only predictions of this tier; None counts all.
    """
    counts = dict.fromkeys(("right", "predicted", "same_label", "same_direction", "extracted_from_negatives"), 0)
    for sentence, predictions in zip(sentences, found, strict=True):
        left = list(sentence.assertions)
        for prediction in predictions:
            if tier is not None and prediction.tier != tier:
                continue
            counts["predicted"] += 1
            counts["extracted_from_negatives"] += not sentence.assertions
            match = next((gold for gold in left if matches(prediction, gold)), None)
            if match is not None:
                left.remove(match)
                counts["right"] += 1
                counts["same_label"] += prediction.relation == match["relation"]
                counts["same_direction"] += prediction.direction == match["direction"]
    return Score(expected=sum(len(sentence.assertions) for sentence in sentences), **counts)


def scores(sentences: Sequence[GoldSentence]) -> dict[str, Score]:
    """Scores of both halves, all predictions and the high tier."""
    made = {}
    for half in (SEEN, UNSEEN):
        some = [sentence for sentence in sentences if sentence.half == half]
        found = RuleExtractor().extract([sentence.text for sentence in some])
        made[f"{half}, all"] = score(some, found)
        made[f"{half}, high"] = score(some, found, HIGH)
    return made


def scores_of_model(sentences: Sequence[GoldSentence]) -> dict[str, Score] | str:
    """Scores of both halves with the language model that is set, or why there are none.

    Its answers are kept in the folder of temporary files, so that a second run costs nothing.
    """
    settings = load()
    if not settings.llm_base_url or not settings.llm_model:
        return "skipped: no language model is set (ATOLL_LLM_BASE_URL, ATOLL_LLM_MODEL)"
    model = LanguageModel(settings.llm_base_url, settings.llm_model, settings.llm_api_key, settings.llm_timeout_seconds)
    answers = Path(tempfile.gettempdir()) / "atoll-bench-answers"
    run = ModelExtractor(model, answers, Limits(max_tokens=settings.llm_max_tokens)).extract(
        [ModelPassage(sentence.id, sentence.text) for sentence in sentences]
    )
    if run.stopped:
        return f"stopped: {run.stopped}"
    made = {}
    for half in (SEEN, UNSEEN):
        some = [sentence for sentence in sentences if sentence.half == half]
        made[f"{half}, all"] = score(some, [run.assertions.get(sentence.id, ()) for sentence in some])
    return made


def scores_of_whole(sentences: Sequence[GoldSentence]) -> dict[str, Score]:
    """Scores of a set that nobody tunes on, so that it has no halves."""
    found = RuleExtractor().extract([sentence.text for sentence in sentences])
    return {"all": score(sentences, found), "high": score(sentences, found, HIGH)}


def errors(sentences: Iterable[GoldSentence]) -> list[str]:
    """What is wrong and what is missing, in words.

    Raises:
        ValueError: One of the sentences belongs to the unseen half.
    """
    chosen = list(sentences)
    if any(sentence.half == UNSEEN for sentence in chosen):
        raise ValueError("The unseen half is not to be looked at: errors are shown of the seen half only.")
    lines = []
    for sentence, found in zip(chosen, RuleExtractor().extract([one.text for one in chosen]), strict=True):
        left, wrong = list(sentence.assertions), []
        for prediction in found:
            match = next((gold for gold in left if matches(prediction, gold)), None)
            left.remove(match) if match is not None else wrong.append(prediction)
        if left or wrong:
            lines.append(f"{sentence.id} {sentence.text}")
            lines += [f"    wrong   {p.subject} | {p.relation} | {p.object} ({p.confidence})" for p in wrong]
            lines += [f"    missing {g['subject']} | {g['relation']} | {g['object']}" for g in left]
    return lines


def speed(papers: Path) -> dict[str, float]:
    """Sentences and pages a second of processor time on one core, over all papers of a folder, reading not counted."""
    from ingest.literature.readers.registry import read
    from ingest.literature.sentences import sentences

    documents = [document for path in sorted(papers.glob("*.pdf")) for document in read(path)]
    texts = [document.text[one.start : one.end] for document in documents for one in sentences(document)]
    extractor = RuleExtractor()
    extractor.extract(["Read disturb raises the bit error rate."])  # loads the parser
    begin = time.process_time()
    found = extractor.extract(texts)
    seconds = time.process_time() - begin
    pages = sum(document.num_pages or 0 for document in documents)
    return {
        "sentences": len(texts),
        "pages": pages,
        "assertions": sum(map(len, found)),
        "high": sum(one.tier == HIGH for some in found for one in some),
        "sentences_per_second": len(texts) / seconds,
        "pages_per_second": pages / seconds,
    }


def main() -> None:
    """Print the figures of every set that is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--errors", action="store_true", help="errors of the seen half of the gold set")
    parser.add_argument("--third", action="store_true", help="the wholly unseen third set too: for releases only")
    parser.add_argument("--quick", action="store_true", help="the gold set only")
    parser.add_argument("--koral", type=Path, default=SHARED / "koral-literature.ttl")
    parser.add_argument("--papers", type=Path, default=SHARED / "papers")
    options = parser.parse_args()
    gold = sentences_of_gold()
    if options.errors:
        sys.stdout.write("\n".join(errors(one for one in gold if one.half == SEEN)) + "\n")
        return
    report: dict[str, Any] = {"gold": scores(gold), "gold, language model": scores_of_model(gold)}
    if (GOLD / SECOND).is_file():
        report["second"] = scores(sentences_of_gold(SECOND))
        if options.third:
            report["third"] = scores_of_whole(sentences_of_gold(THIRD))
    if not options.quick:
        there = options.koral.is_file()
        real = sentences_of_koral(options.koral) if there else []
        report["koral"] = scores(real) if there else f"skipped: {options.koral} is absent"
        report["koral, language model"] = scores_of_model(real) if there else report["koral"]
        there = options.papers.is_dir()
        report["speed"] = speed(options.papers) if there else f"skipped: {options.papers} is absent"
    if options.json:
        sys.stdout.write(json.dumps(report, default=_plain) + "\n")
        return
    for name, part in report.items():
        sys.stdout.write("\n".join([f"{name}:", *_lines(part)]) + "\n")


def _plain(value: Score) -> dict[str, Any]:
    return {
        **asdict(value),
        "precision": value.precision,
        "precision_interval": value.interval(value.predicted),
        "recall": value.recall,
        "recall_interval": value.interval(value.expected),
    }


def _lines(part: Any) -> list[str]:
    if isinstance(part, str):
        return [f"  {part}"]
    lines = []
    for name, value in part.items():
        if isinstance(value, Score):
            precision, recall = value.interval(value.predicted), value.interval(value.expected)
            lines.append(
                f"  {name:12} precision {value.precision:.3f} ({precision[0]:.3f} to {precision[1]:.3f})  recall "
                f"{value.recall:.3f} ({recall[0]:.3f} to {recall[1]:.3f})  right {value.right} of {value.predicted} "
                f"predicted and {value.expected} expected; same label {value.same_label}, same direction "
                f"{value.same_direction}; from negatives {value.extracted_from_negatives}"
            )
        else:
            lines.append(f"  {name}: {value:,.1f}")
    return lines


if __name__ == "__main__":
    main()

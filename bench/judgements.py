"""High-tier assertions of real papers as a reader judged them.

``python -m bench.judgements`` prints how many of the judged assertions are right, paper by paper, and how many of them
the extractor still counts as evidence. ``python -m bench.judgements sample`` prints a new sample for a reader, with its
sentences: those are the papers' own and stay out of the repository, where offsets, a hash and short phrases are kept.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.intervals import wilson
from ingest.literature.extractors import ByRules
from ingest.literature.readers.registry import read

PAPERS = Path(__file__).parents[2] / "shared" / "data" / "papers"
JUDGEMENTS = Path(__file__).parent / "gold" / "judgements.jsonl"
PER_PAPER = 20


def high_tier(paper: Path) -> list[dict[str, Any]]:
    """Assertions of the high tier of a paper, in the order of its text."""
    rows = []
    extractor = ByRules()
    for document in read(paper):
        for found, shift in extractor.extract(document, lambda stage, done, total: None).found:
            if found.tier == "high":
                start, end = found.start + shift, found.end + shift
                rows.append(
                    {
                        "paper": paper.name,
                        "start": start,
                        "end": end,
                        "quote_sha256": hashlib.sha256(document.text[start:end].encode()).hexdigest(),
                        "subject": found.subject,
                        "relation": found.relation,
                        "object": found.object,
                        "direction": found.direction,
                        "negated": found.negated,
                        "hedged": found.hedged,
                        "quantity": found.quantity.text if found.quantity else None,
                        "condition": found.condition,
                        "quote": document.text[start:end],
                    }
                )
    return rows


def sample(papers: Path, seed: int) -> Iterator[dict[str, Any]]:
    """``PER_PAPER`` assertions a paper at random, or all where a paper has fewer."""
    for paper in sorted(papers.glob("*.pdf")):
        rows = high_tier(paper)
        chosen = random.Random(f"{seed}:{paper.name}").sample(rows, min(PER_PAPER, len(rows)))
        yield from sorted(chosen, key=lambda row: (row["start"], row["subject"]))


def _identity(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("quote_sha256", "subject", "relation", "object", "direction", "negated"))


def report() -> None:
    """Print the share of right assertions by paper, of all judged ones and of those that are still of the high tier."""
    judged = [json.loads(line) for line in JUDGEMENTS.read_text(encoding="utf-8").splitlines() if line.strip()]
    names = sorted({row["paper"] for row in judged})
    still = {_identity(row) for name in names if (PAPERS / name).exists() for row in high_tier(PAPERS / name)}
    for name in [*names, "all"]:
        rows = [row for row in judged if name in (row["paper"], "all")]
        print(f"{name}: {_share(rows)}; still of the high tier: {_share([r for r in rows if _identity(r) in still])}")


def _share(rows: list[dict[str, Any]]) -> str:
    right = sum(row["verdict"] == "right" for row in rows)
    low, high = wilson(right, len(rows))
    return f"{right} of {len(rows)} right ({low:.0%} to {high:.0%})"


def main() -> None:
    """Report, or print a sample."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", default="report", choices=("report", "sample"))
    parser.add_argument("--papers", type=Path, default=PAPERS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--quick", action="store_true", help="Taken for the sake of python -m bench; nothing is left out."
    )
    arguments = parser.parse_args()
    if arguments.what == "report":
        report()
        return
    for row in sample(arguments.papers, arguments.seed):
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()

"""Literature read by a language model into each store: what it did not answer is asked again, and nothing else is."""

from __future__ import annotations

from pathlib import Path

from model_endpoint import GOOD, endpoint, proposed, says

from graph.ports import GraphStore
from graph.rag import LanguageModel
from ingest.literature.by_model import ByModel
from ingest.literature.extractors import PhraseResolver
from ingest.literature.pipeline import ingest_literature
from ingest.literature.report import LiteratureReport


def test_a_passage_without_an_answer_is_asked_again_by_the_same_command(store: GraphStore, tmp_path: Path) -> None:
    paper = tmp_path / "paper.md"
    paper.write_text(f"# Results\n\nThe first passage. {GOOD}\n\nThe second passage. {GOOD}\n")
    with endpoint(says({"assertions": [proposed()]})) as served:
        model = LanguageModel(served.base_url, "atoll-small", timeout_seconds=5.0, tries=1, max_concurrent=1)

        def ingest() -> LiteratureReport:
            return ingest_literature(
                [paper],
                store=store,
                workspace=tmp_path,
                extractor=ByModel(model, tmp_path / "answers"),
                resolve=PhraseResolver(),
            )

        served.turns = [says({"assertions": [proposed()]}), says("no"), says("never")]
        assert (ingest().assertions, len(served.bodies)) == (1, 3)
        assert (ingest().assertions, len(served.bodies)) == (2, 4)
        again = ingest()
        assert (again.assertions, again.new_documents, len(served.bodies)) == (2, 0, 4)

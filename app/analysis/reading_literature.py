"""Literature in: the one way that commands bring papers, notes and foreign graphs into a workspace."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from graph.ports import GraphStore
from ingest.literature.extractors import ByRules, Extractor, PhraseResolver, Progress
from ingest.literature.pipeline import ingest_literature
from ingest.literature.report import LiteratureReport


def read_literature(
    paths: Sequence[Path],
    *,
    store: GraphStore,
    workspace: Path,
    extractor: Extractor | None = None,
    bundled_notes: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> LiteratureReport:
    """Bring literature into a workspace. The caller holds its write lock.

    Args:
        paths: Files and folders.
        store: The graph.
        workspace: Folder of the workspace.
        extractor: What finds assertions; the rules where it is None.
        bundled_notes: Read Atoll's own notes too.
        dry_run: Write nothing.
        progress: Called with a stage, what is done and of how much.

    Raises:
        InputError: Nothing can be read.
        StoreError: The store cannot be reached.
    """
    return ingest_literature(
        paths,
        store=store,
        workspace=workspace,
        extractor=extractor or ByRules(),
        resolve=PhraseResolver(),
        bundled_notes=bundled_notes,
        dry_run=dry_run,
        progress=progress,
    )

"""Literature in: the one way that commands bring papers, notes and foreign graphs into a workspace."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from graph.errors import InputError, nearest
from graph.ports import GraphStore
from ingest.literature.extractors import ByRules, Extractor, PhraseResolver, Progress
from ingest.literature.pipeline import ingest_literature
from ingest.literature.report import LiteratureReport

EXTRACTORS = ("rules", "model")


def read_literature(
    paths: Sequence[Path],
    *,
    store: GraphStore,
    workspace: Path,
    extractor: str = "rules",
    bundled_notes: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> LiteratureReport:
    """Bring literature into a workspace. The caller holds its write lock.

    Args:
        paths: Files and folders.
        store: The graph.
        workspace: Folder of the workspace.
        extractor: ``rules`` or ``model``.
        bundled_notes: Read Atoll's own notes too.
        dry_run: Write nothing.
        progress: Called with a stage, what is done and of how much.

    Raises:
        InputError: The extractor is unknown or not set up, or nothing can be read.
        StoreError: The store cannot be reached.
    """
    return ingest_literature(
        paths,
        store=store,
        workspace=workspace,
        extractor=_extractor(extractor),
        resolve=PhraseResolver(),
        bundled_notes=bundled_notes,
        dry_run=dry_run,
        progress=progress,
    )


def _extractor(name: str) -> Extractor:
    if name not in EXTRACTORS:
        raise InputError(f"--extractor '{name}': expected rules or model.{nearest(name, EXTRACTORS)}")
    return ByRules()

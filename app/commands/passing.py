"""The workspace that an ingest works in; for a dry run where there is none, one that passes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from app.settings import Settings
from app.wiring import Workspace, open_workspace
from graph.stores.embedded import supervisor


@contextmanager
def workspace_for(settings: Settings, *, dry_run: bool, adopt: bool) -> Iterator[Workspace]:
    """The workspace while it is open; a dry run where there is none yet works in one that is removed afterwards."""
    if not dry_run or not settings.is_embedded or (settings.workspace / "workspace.json").exists():
        opened = open_workspace(settings, create=True, adopt=adopt)
        try:
            yield opened
        finally:
            opened.store.close()
        return
    with tempfile.TemporaryDirectory(prefix="atoll-dry-run-") as folder:
        passing = replace(settings, workspace=Path(folder))
        try:
            with workspace_for(passing, dry_run=False, adopt=adopt) as opened:
                yield opened
        finally:
            supervisor.stop(passing.workspace)

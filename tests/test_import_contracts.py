"""The import contracts hold, and each is proved to bite by a seeded violation."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("app", "ingest", "gnn", "graph", "queries")
# (contract, module that gets the line, the line); the module is made where it is not there yet.
VIOLATIONS = [
    ("One direction: app, ingest | gnn, graph, queries", "queries/seeded.py", "import graph.errors"),
    ("One direction: app, ingest | gnn, graph, queries", "graph/ontology/seeded.py", "import ingest.telemetry"),
    ("One direction: app, ingest | gnn, graph, queries", "ingest/seeded.py", "import gnn"),
    ("Inside graph", "graph/windows/seeded.py", "import graph.stores"),
    ("Inside app", "app/analysis/seeded.py", "import app.wiring"),
    ("Drivers only in graph.stores", "app/analysis/seeded.py", "import neo4j"),
    ("Streamlit only in app.main and app.views", "app/analysis/seeded.py", "import streamlit"),
    ("What learns only in gnn", "graph/ontology/seeded.py", "import torch"),
    ("What learns only in gnn", "app/analysis/seeded.py", "import lightgbm"),
    ("Sentence encoder only in graph.retrieval", "ingest/seeded.py", "import sentence_transformers"),
    ("Language model client only in graph.rag", "app/analysis/seeded.py", "import openai"),
]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the packages of ``folder``."""
    program = (
        "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command as c; c(['--no-cache'])"
    )
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The packages' Python files alone, with the contracts."""
    for room in ROOMS:
        shutil.copytree(
            ROOT / room,
            tmp_path / room,
            ignore=shutil.ignore_patterns("__pycache__", "static", "node_modules", "*.ttl"),
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    return tmp_path


def test_the_contracts_hold(copy: Path) -> None:
    result = lint_imports(copy)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(("contract", "module", "line"), VIOLATIONS, ids=[f"{m}: {line}" for _, m, line in VIOLATIONS])
def test_a_seeded_violation_breaks_its_contract(copy: Path, contract: str, module: str, line: str) -> None:
    path = copy / module
    path.write_text((path.read_text() if path.exists() else "") + f"{line}\n")
    result = lint_imports(copy)
    assert result.returncode != 0
    assert f"{contract} BROKEN" in result.stdout, result.stdout

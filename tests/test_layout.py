"""The top level is the user's, and two names would break imports."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
FIXED = {"ingest", "graph", "gnn", "app", "queries", "tests", "docker-compose.yml"}
BESIDE = {
    ".ci", ".gitignore", ".dockerignore", "bench", "docs", "CHANGELOG.md", "Dockerfile", "LICENSE", "Makefile",
    "README.md", "pyproject.toml", "requirements.lock",
}  # fmt: skip
MAX_LINES = 400
FORBIDDEN_NAMES = ("utils", "util", "helper", "helpers", "manager", "common", "misc")


def tracked() -> list[Path]:
    """Files that git knows or would add."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [Path(line) for line in listing.stdout.splitlines() if (ROOT / line).exists()]


def test_the_top_level_is_as_the_architecture_fixes_it() -> None:
    top = {path.parts[0] for path in tracked()}
    assert top >= FIXED - {"gnn"}, f"missing: {FIXED - top}"
    assert top <= FIXED | BESIDE, f"not in the architecture: {top - FIXED - BESIDE}"


def test_no_module_shadows_the_graph_package() -> None:
    names = {str(path) for path in tracked()}
    assert "app/graph.py" not in names
    assert not any(name.startswith(("app/graph/", "tests/graph/")) for name in names)


def test_no_module_is_longer_than_four_hundred_lines() -> None:
    long = {
        str(path): count
        for path in tracked()
        if path.suffix == ".py" and (count := len((ROOT / path).read_text().splitlines())) > MAX_LINES
    }
    assert not long, f"split these before they pass {MAX_LINES} lines: {long}"


def test_no_module_has_a_name_that_says_nothing() -> None:
    bad = [str(path) for path in tracked() if path.suffix == ".py" and path.stem in FORBIDDEN_NAMES]
    assert not bad, bad

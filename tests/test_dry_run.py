"""`atoll ingest … --dry-run` as a user runs it: what it would do is told, and nothing is left behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import Atoll

ROWS = "day,serial,model,ata_5\n2024-05-01,S1,M,0\n2024-05-02,S1,M,4\n2024-05-02,S2,M,many\n"


@pytest.fixture
def atoll(tmp_path: Path) -> Atoll:
    (tmp_path / "fleet.csv").write_text(ROWS)
    (tmp_path / "scratch").mkdir()
    return Atoll(tmp_path / "workspace")


def test_a_dry_run_without_a_workspace_leaves_nothing_behind(atoll: Atoll, tmp_path: Path) -> None:
    command = ["ingest", "telemetry", "fleet.csv", "--format", "atoll-daily", "--fleet", "lab", "--dry-run"]
    scratch = {"TMPDIR": str(tmp_path / "scratch")}
    report = atoll.json(*command, environment=scratch)
    assert (report["dry_run"], report["rows_read"], report["rows_rejected"]) == (True, 3, 1)
    assert (report["drives"], report["new_drives"], report["new_readings"]) == (1, 1, 2)
    assert {each.name for each in tmp_path.iterdir()} == {"fleet.csv", "scratch"}
    assert not list((tmp_path / "scratch").glob("atoll-*"))
    assert not _processes_with(str(tmp_path))


def test_a_dry_run_that_fails_leaves_nothing_behind(atoll: Atoll, tmp_path: Path) -> None:
    (tmp_path / "fleet.csv").write_text("day,serial,model\n")
    command = ["ingest", "telemetry", "fleet.csv", "--format", "atoll-daily", "--fleet", "lab", "--dry-run"]
    failed = atoll.run(*command, environment={"TMPDIR": str(tmp_path / "scratch")})
    assert failed.returncode == 2
    assert "has a header but no rows" in failed.stderr
    assert {each.name for each in tmp_path.iterdir()} == {"fleet.csv", "scratch"}
    assert not list((tmp_path / "scratch").glob("atoll-*"))
    assert not _processes_with(str(tmp_path))


def _processes_with(text: str) -> list[str]:
    """Command lines of running processes that name a path; a server of a workspace does."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = process.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:  # it has ended meanwhile
            continue
        if text in line:
            found.append(line)
    return found

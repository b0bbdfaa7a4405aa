"""Literature as a user brings it in: `atoll ingest literature` and `atoll extract`, from files to assertions."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import Atoll

from graph.stores.embedded import supervisor

SHARED = Path(__file__).parents[2] / "shared" / "data"
KEYS = (
    "documents works passages assertions unsourced_claims quarantined contradictions triples_read mapped duplicate "
    "repairs shacl_conforms pages seconds"
)
SENTENCES = [
    "Over-provisioning reduces write amplification by {n} %.",
    "Read disturb increases the bit error rate of TLC drives at {n} °C.",
    "Garbage collection raises tail latency by {n} ms under random writes.",
]


@pytest.fixture(scope="module")
def atoll(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Atoll]:
    runner = Atoll(tmp_path_factory.mktemp("literature") / "workspace")
    yield runner
    supervisor.stop(runner.workspace)


def paper(folder: Path, number: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    body = "\n\n".join(sentence.format(n=10 + number) for sentence in SENTENCES)
    (folder / f"paper{number}.md").write_text(
        f"---\ntitle: Measurements of flash drives number {number}\n---\n\n{body}\n"
    )


def test_a_paper_goes_from_file_to_evidence_by_command(atoll: Atoll, tmp_path: Path) -> None:
    paper(tmp_path / "papers", 1)
    (tmp_path / "papers" / "data.xlsx").write_bytes(b"PK")
    report = atoll.json("ingest", "literature", str(tmp_path / "papers"))
    assert set(KEYS.split()) <= set(report)
    assert (report["documents"], report["works"], report["files_skipped"]) == (1, 1, 1)
    assert report["assertions"] == 3
    again = atoll.json("ingest", "literature", str(tmp_path / "papers"))
    assert (again["assertions"], again["new_documents"]) == (3, 0)
    rows = atoll.json("query", "mitigations_with_effects", "--param", "target=metric:write-amplification")
    assert "Over-provisioning" in json.dumps(rows)


def test_a_text_without_any_assertion_is_a_failure_with_its_reason(atoll: Atoll, tmp_path: Path) -> None:
    (tmp_path / "menu.txt").write_text("The canteen serves soup on Mondays. Bread is free.\n")
    report = atoll.json("ingest", "literature", str(tmp_path / "menu.txt"), status=2)
    assert report["assertions"] == 0
    assert "No assertion was found" in report["reason"]


def test_a_file_that_is_not_what_its_name_says_is_told_in_one_sentence(atoll: Atoll, tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(b"\x89PNG\r\n\x1a\n not a paper")
    error = atoll.json("ingest", "literature", str(tmp_path / "scan.pdf"), status=2)
    assert "scan.pdf" in error["error"]


def test_what_was_done_before_a_kill_is_kept_and_the_same_command_goes_on(tmp_path: Path) -> None:
    atoll = Atoll(tmp_path / "workspace")
    for number in range(15):
        paper(tmp_path / "papers", number)
    command = [sys.executable, "-m", "app.cli", "ingest", "literature", str(tmp_path / "papers"), "--json"]
    environment = {**os.environ, "ATOLL_WORKSPACE": str(atoll.workspace)}
    environment.pop("NEO4J_URI", None)
    try:
        atoll.json("ingest", "literature", str(tmp_path / "papers" / "paper0.md"))
        child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and child.poll() is None:
            if _documents(atoll) >= 3:
                break
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        kept = _documents(atoll)
        report = atoll.json("ingest", "literature", str(tmp_path / "papers"))
        assert (report["documents"], report["assertions"]) == (15, 45)
        assert report["new_documents"] <= 15 - min(kept, 3)
        assert _documents(atoll) == 15
    finally:
        supervisor.stop(atoll.workspace)


def _documents(atoll: Atoll) -> int:
    """Documents of complete runs: free Cypher would count the one that a kill interrupts too."""
    result = atoll.run("query", "literature_counts", "--json")
    return dict(json.loads(result.stdout)["rows"])["documents"] if result.returncode == 0 else 0


@pytest.mark.data
@pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is absent")
def test_every_triple_of_a_foreign_graph_has_one_fate(atoll: Atoll) -> None:
    report = atoll.json("ingest", "literature", str(SHARED / "koral-literature.ttl"))
    assert report["triples_read"] == 23_519 == report["mapped"] + report["quarantined"] + report["duplicate"]
    assert (report["unsourced_claims"], report["assertions"]) == (2_495, 0)
    assert report["shacl_conforms"] is True
    assert report["repairs"] > 0
    assert report["contradictions"] > 0


def test_extract_prints_one_json_line_for_each_line_without_a_store(tmp_path: Path) -> None:
    lines = [{"id": f"s{at}", "text": sentence.format(n=5)} for at, sentence in enumerate(SENTENCES)]
    (tmp_path / "sentences.jsonl").write_text("\n".join(map(json.dumps, [*lines, {"id": "none", "text": "Hello."}])))
    result = Atoll(tmp_path / "none").run("extract", str(tmp_path / "sentences.jsonl"))
    assert result.returncode == 0, result.stderr
    printed = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["id"] for line in printed] == ["s0", "s1", "s2", "none"]
    assert [len(line["assertions"]) for line in printed] == [1, 1, 1, 0]
    (first,) = printed[0]["assertions"]
    assert (first["subject"], first["relation"], first["object"]) == (
        "Over-provisioning", "improves", "write amplification",
    )  # fmt: skip
    assert (first["direction"], first["quantity"], first["negated"]) == ("decrease", "5 %", False)
    assert lines[0]["text"][first["start"] : first["end"]] == first["quote"]
    assert not (tmp_path / "none").exists()

"""`atoll extract` as a user runs it: JSON lines, always, and every bad line told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli import main

CLAIM = "Raising the over-provisioning to 28 % halved write amplification."
KEYS = {"subject", "relation", "object", "direction", "quantity", "condition", "hedged", "negated", "quote", "start",
        "end", "confidence"}  # fmt: skip


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[dict[str, object]], str]:
    with pytest.raises(SystemExit) as stop:
        main(["extract", *arguments])
    out, err = capsys.readouterr()
    return int(stop.value.code or 0), [json.loads(line) for line in out.splitlines()], err


def test_a_text_gives_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    status, lines, err = run(capsys, CLAIM)
    assert (status, err) == (0, "")
    (line,) = lines
    assert line["id"] is None
    (one,) = line["assertions"]  # type: ignore[misc]
    assert set(one) >= KEYS
    assert one["quote"] == CLAIM[one["start"] : one["end"]]
    assert (one["subject"], one["relation"], one["direction"]) == (
        "Raising the over-provisioning",
        "improves",
        "decrease",
    )


def test_a_file_of_json_lines_keeps_ids_and_order(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    rows = [{"id": "a", "text": CLAIM}, {"id": 7, "text": "Nothing is said here."}, {"text": CLAIM}]
    path = tmp_path / "sentences.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)) + "\n\n", encoding="utf-8")
    status, lines, _ = run(capsys, str(path))
    assert status == 0
    assert [(line["id"], len(line["assertions"])) for line in lines] == [("a", 1), (7, 0), (3, 1)]  # type: ignore[arg-type]


def test_bad_lines_are_told_and_the_rest_is_kept(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "mixed.jsonl"
    path.write_text('{"id": 1, "text": "GC raises tail latency."}\nnot json\n{"id": 3}\n[1]\n{"id": [], "text": "x"}\n')
    status, lines, err = run(capsys, str(path))
    assert status == 2
    assert [line["id"] for line in lines] == [1]
    for number, reason in ((2, "is not JSON"), (3, "has no 'text'"), (4, "is list"), (5, "has an 'id'")):
        assert f"mixed.jsonl:{number}: {reason}" in err
    assert "4 lines could not be read" in err


def test_a_plain_text_file_is_one_text(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("TRIM lowers write\namplification. GC raises tail latency.", encoding="utf-8")
    status, (line,), _ = run(capsys, str(path))
    assert status == 0
    assert len(line["assertions"]) == 2  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("paper.pdf", b"%PDF-1.7 ...", "is a PDF; read it with 'atoll ingest literature"),
        ("latin.txt", "Höhe".encode("latin-1"), "is not UTF-8"),
        ("empty.txt", b"", "holds no text"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    status, lines, err = run(capsys, str(path))
    assert (status, lines) == (2, [])
    assert reason in err


@pytest.mark.parametrize(
    ("argument", "reason"), [("no-such.jsonl", "no such file"), ("", "text is empty"), (".", "is a folder")]
)
def test_what_is_neither_text_nor_file_is_refused(
    capsys: pytest.CaptureFixture[str], argument: str, reason: str
) -> None:
    status, lines, err = run(capsys, argument)
    assert (status, lines) == (2, [])
    assert reason in err

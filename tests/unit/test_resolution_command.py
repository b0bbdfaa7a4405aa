"""`atoll concept find` as a user runs it: what is printed fits its schema, and needs no store."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import Atoll


@pytest.fixture
def atoll(tmp_path: Path) -> Atoll:
    return Atoll(tmp_path / "workspace")


def test_find_says_what_a_phrase_means_without_a_store(atoll: Atoll) -> None:
    told = atoll.json("concept", "find", "SMART 187")
    assert (told["schema"], told["key"], told["label"]) == ("concept-find-1", "smart:ata:187", "SmartAttribute")
    assert not atoll.workspace.exists()
    kind = atoll.json("concept", "find", "read latency of QLC drives")
    assert (kind["method"], kind["same"]) == ("head", False)
    plain = atoll.run("concept", "find", "raw BER")
    assert plain.stdout.splitlines()[0] == "'raw BER' means metric:raw-bit-error-rate"


def test_an_empty_phrase_is_bad_input(atoll: Atoll) -> None:
    told = atoll.json("concept", "find", "  ", status=2)
    assert "TEXT is empty" in told["error"]


def test_a_decision_without_a_workspace_says_how_to_make_one(atoll: Atoll) -> None:
    told = atoll.json("concept", "accept", "merge:0", "--reason", "x", status=2)
    assert "there is no workspace here" in told["error"]

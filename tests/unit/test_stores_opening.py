from __future__ import annotations

from pathlib import Path

import pytest

from graph.errors import InputError, StoreError
from graph.stores import open_store


@pytest.mark.parametrize("scheme", ["neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc"])
def test_every_bolt_scheme_is_understood(scheme: str) -> None:
    """Nothing listens there, so a scheme that is understood ends in 'cannot be reached'."""
    with pytest.raises(StoreError, match=r"127\.0\.0\.1:9: the store cannot be reached"):
        open_store(f"{scheme}://127.0.0.1:9", workspace_id="x", username="neo4j", password="p")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("neo4js://host", r"unknown scheme\. Did you mean 'neo4j"),
        ("http://host:7474", "Expected embedded:WORKSPACE, neo4j://"),
        ("host:7687", "unknown scheme"),
        ("", "unknown scheme"),
        ("bolt:host", "unknown scheme"),
    ],
)
def test_an_address_of_no_store_says_which_there_are(url: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        open_store(url, workspace_id="x")


def test_an_embedded_store_needs_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="names no workspace folder"):
        open_store("embedded:", workspace_id="x")
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        open_store(f"embedded:{blocked}", workspace_id="x")

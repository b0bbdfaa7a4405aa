"""What is sent to the graph canvas, what it may send back, and how nodes look."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from app.analysis.graph_layout import lay_out
from app.analysis.graph_view import GraphNode, GraphView, RelationCount, numbered
from app.analysis.neighbourhood import keys_in
from app.views import charts, node_details, node_looks
from app.views.graph_canvas import CanvasEvent, NodeDetail, payload, read_event, showing
from graph.ontology import terms
from graph.ports import Rows

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "app" / "components" / "graph_canvas"
SOURCES = sorted(FOLDER.glob("*.js"))


def node(label: str = "Drive", key: str = "drive:lab:MX-1:S1", name: str = "S1", **properties: Any) -> GraphNode:
    return GraphNode(label, key, name, {"key": key, "name": name, **properties})


def pair(**changes: Any) -> GraphView:
    drive, host = node(fleet="lab"), node("Host", "host:lab:A", "A")
    edges = numbered(
        (drive.id, "RUNS_ON", host.id, {"slot": slot, "valid_from": date(2024, 1, 1)}) for slot in ("1", "2")
    )
    return GraphView((drive, host), edges, drive.id, **changes)


def sent(view: GraphView, **options: Any) -> dict[str, Any]:
    data = payload(view, lay_out(view), **options)
    json.dumps(data, allow_nan=False)
    return data


def test_nodes_and_relationships_are_sent_as_plain_values() -> None:
    data = sent(pair())
    drive, host = data["nodes"]
    assert (drive["type"], drive["name"], drive["shape"], host["shape"]) == ("Drive", "S1", "ellipse", "ellipse")
    assert (drive["x"], drive["y"]) == (0, 0)
    assert [edge["source"] for edge in data["edges"]] == [drive["id"]] * 2
    assert all(edge["parallel"] for edge in data["edges"])
    assert ("slot", "slot", "2") in data["edges"][1]["rows"]
    assert [(entry["label"], entry["count"]) for entry in data["types"]] == [("Drive", 1), ("Host", 1)]
    assert data["relations"]["RUNS_ON"] == terms.RELATIONS["RUNS_ON"].description
    assert data["test"] is False


def test_names_go_as_they_are_and_no_address_is_made_of_them() -> None:
    hostile = 'javascript:alert(1)" onclick="x'
    drive = node(key=hostile, name="<b>x</b>", fleet="a&b=c d")
    data = sent(GraphView((drive,), (), drive.id))["nodes"][0]
    assert data["name"] == data["caption"] == "<b>x</b>"
    assert re.fullmatch(r"drive\?fleet=a%26b%3Dc\+d&id=javascript%3Aalert%281%29%22\+onclick%3D%22x", data["href"])


@pytest.mark.parametrize(("severity", "mark"), [("red", "■"), ("amber", "▲"), ("green", "●"), ("unknown", "○")])
def test_a_verdict_is_a_ring_and_a_mark_in_the_name(severity: str, mark: str) -> None:
    finding = node("HealthFinding", "finding:1", "Blocks rose", severity=severity)
    data = sent(GraphView((finding,), ()))["nodes"][0]
    assert (data["severity"], data["caption"], data["name"]) == (severity, f"{mark} Blocks rose", "Blocks rose")
    assert "severity" not in sent(pair())["nodes"][0]


def test_how_many_of_how_many_are_shown_is_said() -> None:
    assert showing(pair()) == "Showing 2 nodes and 2 relationships."
    assert showing(pair(left_out={"Drive x": 4310})) == "Showing 2 of 4,312 nodes and 2 relationships."
    assert showing(pair(not_drawn=1, edges_cut=True)) == "Showing 2 of 3 nodes and the first 2 relationships."
    assert sent(pair(), note="Done.")["message"] == "Showing 2 nodes and 2 relationships. Done."


def test_the_chosen_nodes_relationships_are_told_in_words() -> None:
    counts = (RelationCount("RUNS_ON", True, "Host", 2), RelationCount("FOUND_ON", False, "HealthFinding", 1))
    detail = sent(pair(), detail=NodeDetail("Drive drive:lab:MX-1:S1", counts, 7))["detail"]
    assert detail["relations"] == [("RUNS_ON to Host", 2), ("FOUND_ON from HealthFinding", 1)]
    assert detail["missing"] == 7


def test_an_event_is_read_as_far_as_it_fits_what_is_drawn() -> None:
    view = pair()
    first = view.nodes[0].id
    moved = {first: [1, 2.5], "Drive other": [0, 0], view.nodes[1].id: [10**400, 0]}
    event = {"kind": "expand", "id": first, "moved": moved, "at": 1}
    assert read_event(event, view) == CanvasEvent("expand", first, {first: (1.0, 2.5)})
    assert read_event({"kind": "undo", "id": "whatever"}, view) == CanvasEvent("undo")
    for bad in (None, "expand", [], {}, {"kind": "drop"}, {"kind": "expand", "id": "Drive other"}, {"kind": "select"}):
        assert read_event(bad, view) is None


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "kind": st.sampled_from(["select", "expand", "undo", "reset"]) | values,
            "id": values,
            "moved": values,
        },
    )
)
def test_nothing_that_a_browser_may_send_ends_in_an_error(event: dict[str, Any]) -> None:
    read = read_event(event, pair())
    assert read is None or read.kind in ("select", "expand", "undo", "reset")


def test_properties_are_told_with_units_and_where_they_come_from_comes_last() -> None:
    rows = node_details.rows(
        {
            "key": "k", "name": "n", "source": "lab", "run": "run:1", "sources": ["lab"],
            "capacity_bytes": 3840 * 10**9, "drive_days": 1363,
            "temperature_mean": 24.512, "humidity_mean": 41.0, "year": 2024, "page": 7,
            "synthetic": True, "medium": None, "day": date(2024, 5, 1), "value": 61.0, "unit": "blocks",
            "threshold": 50.0, "ingested_at": datetime(2024, 5, 2, 12, 30, tzinfo=UTC), "aliases": ["a", "b"],
        }
    )  # fmt: skip
    told = {name: text for name, _, text in rows}
    assert told == {
        "capacity_bytes": "3.84 TB", "drive_days": "1,363 d", "temperature_mean": "24.5 °C", "humidity_mean": "41 % RH",
        "year": "2024", "page": "7", "synthetic": "yes", "day": "2024-05-01", "value": "61 blocks", "unit": "blocks",
        "threshold": "50 blocks", "aliases": "a, b", "source": "lab", "run": "run:1",
        "ingested_at": "2024-05-02 12:30 UTC",
    }  # fmt: skip
    assert [name for name, _, _ in rows][-3:] == ["source", "run", "ingested_at"]
    assert rows[0][1] == "capacity"


def test_every_unit_of_the_ontology_has_a_sign() -> None:
    used = {term.unit for term in terms.PROPERTIES.values() if term.unit}
    assert used - {"unit:BYTE", "unit:YR"} <= set(node_details.UNITS)


def test_long_text_and_long_lists_are_cut_and_say_so() -> None:
    assert node_details.value_text("text", {"text": "x" * 5000}).endswith("x…")
    assert len(node_details.value_text("text", {"text": "x" * 5000})) == node_details.MOST_LETTERS
    assert (
        node_details.value_text("sources", {"sources": list("abcdefghijkl")})
        == "a, b, c, d, e, f, g, h, i, j and 2 more"
    )


def test_pages_are_linked_where_they_exist() -> None:
    assert node_details.page(node(fleet="lab")) == ("drive?fleet=lab&id=drive%3Alab%3AMX-1%3AS1", "Open the drive")
    finding = node("HealthFinding", "finding:1", "f", subject="drive:lab:M:S", subject_label="Drive", fleet="lab")
    assert node_details.page(finding) == ("drive?fleet=lab&id=drive%3Alab%3AM%3AS", "Open its drive")
    assert node_details.page(node("Rack", "rack:lab:1", "1")) is None
    exists = (ROOT / "app" / "views" / "literature.py").exists()
    for label, parameter in (("Work", "work"), ("Concept", "concept"), ("Mechanism", "concept")):
        found = node_details.page(node(label, "some:key", "x"))
        assert (found[0] if found else None) == (f"literature?{parameter}=some%3Akey" if exists else None)


def test_a_type_has_one_colour_of_its_own_that_is_seen_on_the_page() -> None:
    theme = tomllib.loads((ROOT / "app" / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    for place, mode in enumerate(("light", "dark")):
        roles = dict(zip(charts.ROLES, theme[mode]["chartCategoricalColors"], strict=True))
        colours = {label: roles[label] for label in charts.NODE_LABELS}
        colours |= {label: look[place] for label, look in node_looks.OWN.items()}
        assert len(set(colours.values())) == len(colours), mode
        assert {label: colour for label, colour in colours.items() if contrast(colour, theme[mode]) < 3.0} == {}
    looks = [(charts.SHAPES[label], label) for label in charts.NODE_LABELS]
    assert all(shape in node_looks.SHAPES for shape, _ in looks)


def test_every_label_of_the_ontology_can_be_drawn() -> None:
    entries = node_looks.legend(list(terms.LABELS) * 2)
    assert {entry["label"] for entry in entries} == set(terms.LABELS)
    assert all(entry["count"] == 2 for entry in entries)
    drawn = (FOLDER / "text.js").read_text(encoding="utf-8")
    assert all(entry["shape"] == "ellipse" or f"  {entry['shape']}:" in drawn for entry in entries)
    assert all(entry["own"] or entry["label"] in charts.ROLES for entry in entries)


def contrast(colour: str, theme: dict[str, Any]) -> float:
    def luminance(text: str) -> float:
        parts = [int(text[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    first, second = sorted((luminance(colour), luminance(theme["backgroundColor"])), reverse=True)
    return (first + 0.05) / (second + 0.05)


def test_the_component_sets_text_only_and_asks_nothing_of_any_server() -> None:
    assert len(SOURCES) >= 5
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        if path.name != "bundle.js":
            assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", text)
            assert not re.search(r"XMLHttpRequest|fetch\(|sendBeacon|importScripts|WebSocket", text)
    bundle = (FOLDER / "bundle.js").read_text(encoding="utf-8")
    assert not re.search(r"XMLHttpRequest|\bfetch\(|sendBeacon|new WebSocket", bundle)
    assert set(re.findall(r"https?://[^\"'`\s]+", bundle)) <= {"http://www.w3.org/2000/svg"}


def test_what_is_bundled_is_named_with_version_and_licence() -> None:
    wanted = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))["dependencies"]
    notices = (FOLDER / "THIRD_PARTY.txt").read_text(encoding="utf-8")
    bundle = (FOLDER / "bundle.js").read_text(encoding="utf-8")
    for name, version in wanted.items():
        assert f"{name} {version} (MIT)" in notices
        assert f'"{version}"' in bundle


def test_keys_of_nodes_are_found_in_nodes_paths_and_columns_of_keys() -> None:
    drive = {"labels": ["Drive"], "properties": {"key": "drive:l:M:S 1"}}
    host = {"labels": ["Host"], "properties": {"key": "host:l:A"}}
    runs_on = {"type": "RUNS_ON", "head": "drive:l:M:S 1", "tail": "host:l:A", "properties": {"key": "no"}}
    rows = Rows(
        ("n", "path", "key", "unit", "word", "number", "mixed"),
        [
            (drive, [drive, runs_on, host], "rack:l:1", "unit:HR", "red: bad", 3, "rack:l:2"),
            (None, None, None, "unit:DAY", "word", 4, "no key"),
            (drive, None, "rack:l:3", None, "word", None, None),
        ],
    )
    assert keys_in(rows) == ["drive:l:M:S 1", "host:l:A", "rack:l:1", "rack:l:3"]
    assert keys_in(Rows((), [])) == []
    assert keys_in(Rows(("a", "b"), [(1, "text"), (2, "word")])) == []
    assert keys_in(Rows(("empty",), [(None,)])) == []


def draw_canvas(view: object) -> None:
    from app.views.graph_canvas import graph_canvas

    graph_canvas(view, key="canvas")  # type: ignore[arg-type]


def test_a_page_with_a_canvas_runs() -> None:
    app = AppTest.from_function(draw_canvas, args=(pair(),), default_timeout=30).run()
    assert not app.exception, app.exception

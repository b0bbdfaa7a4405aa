"""The graph canvas in a real browser: drawn, walked in, read by keyboard, saved to files, asking nothing outside."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
HOSTILE = '<img src=x onerror="window.__bad = 1"> **bold** `code`'
# A page of its own: 300 nodes and 900 relationships, one of them with a name that would like to be markup.
PAGE = """
import streamlit as st

from app.analysis.graph_view import GraphNode, GraphView, numbered
from app.views.graph_canvas import graph_canvas

labels = ["Drive", "Host", "Rack", "HealthFinding", "DeviceLogEntry"]
nodes = tuple(GraphNode(labels[n % 5], f"k:{n}", f"n{n}", {"key": f"k:{n}", "name": f"n{n}"}) for n in range(1, 300))
bad = GraphNode("Drive", "k:bad", HOSTILE, {"key": "k:bad", "name": HOSTILE, "capacity_bytes": 10**12, "note": HOSTILE})
nodes = (bad, *nodes)
pairs = [(n, (n * step + step) % 300) for n in range(300) for step in (7, 11, 13)]
edges = numbered((nodes[a].id, "RUNS_ON", nodes[b].id, {}) for a, b in pairs)
st.session_state["runs"] = st.session_state.get("runs", 0) + 1
event = graph_canvas(GraphView(nodes, edges, nodes[0].id, left_out={nodes[0].id: 4012}), key="canvas", height=500)
st.text(f"runs {st.session_state['runs']}, event {event.kind if event else None}")
"""


@pytest.fixture(scope="module")
def page_address(serve: Callable[..., Any], chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page above, in the theme of the app."""
    folder = tmp_path_factory.mktemp("canvas")
    for part in (".streamlit", "static"):
        shutil.copytree(ROOT / "app" / part, folder / part)
    script = folder / "page.py"
    script.write_text(PAGE.replace("HOSTILE", repr(HOSTILE)), encoding="utf-8")
    with serve(folder / "no-workspace", folder / "served", script=script, PYTHONPATH=str(ROOT)) as address:
        yield address


@pytest.fixture(scope="module")
def red_drive(atoll: Callable[..., str], demo_workspace: Path) -> str:
    """Key of a red drive of the demo fleet."""
    text = atoll(demo_workspace, "describe", "fleet", "--fleet", "demo", "--filter", "verdict=red", "--json")
    return str(next(row["subject"] for row in json.loads(text)["findings"] if row["subject_label"] == "Drive"))


def open_graph(seen: Any, app_address: str, key: str, limit: int = 25) -> None:
    """Run the catalogue's query of neighbours and open the tab Graph."""
    seen.open(f"{app_address}/query?{urlencode({'query': 'neighbours', 'run': 1, 'p.key': key, 'p.limit': limit})}")
    seen.page.get_by_role("tab", name="Graph").click()
    wait_for_nodes(seen.page)
    seen.settle()


def wait_for_nodes(page: Any) -> None:
    page.wait_for_function("() => window.__cy && window.__cy.nodes().length > 0", timeout=30_000)


def places(page: Any) -> dict[str, list[float]]:
    found: dict[str, list[float]] = page.evaluate(
        "() => Object.fromEntries(__cy.nodes().map((n) => [n.id(), [n.position('x'), n.position('y')]]))"
    )
    return found


def point(page: Any, node: str) -> tuple[float, float]:
    """Where a node is on the screen."""
    page.locator('[data-part="stage"]').scroll_into_view_if_needed()
    x, y = page.evaluate(
        """(id) => {
          const at = __cy.getElementById(id).renderedPosition();
          const box = __cy.container().getBoundingClientRect();
          return [box.x + at.x, box.y + at.y];
        }""",
        node,
    )
    return x, y


def wait_for_count(page: Any, count: int) -> None:
    page.wait_for_function("(n) => __cy.nodes().length === n", arg=count, timeout=30_000)


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_querys_rows_are_drawn_in_both_themes_and_on_a_phone(
    theme: str, width: int, visit: Callable[..., Any], app_address: str, red_drive: str
) -> None:
    seen = visit(theme, width, 900)
    open_graph(seen, app_address, red_drive)
    drawn = places(seen.page)
    assert len(drawn) > 5
    assert f"Showing {len(drawn)} nodes" in seen.page.locator('[data-part="status"]').inner_text()
    first = next(iter(drawn))
    seen.page.mouse.click(*point(seen.page, first))
    seen.page.locator('[data-part="inspector"] h4').wait_for()
    seen.settle()

    inside = seen.page.evaluate("() => __cy.zoom() > 0.1 && __cy.container().clientHeight > 200")
    assert inside
    colours = seen.page.evaluate("() => new Set(__cy.nodes().map((n) => n.style('background-color'))).size")
    assert colours == seen.page.evaluate("() => new Set(__cy.nodes().map((n) => n.data('type'))).size")
    # Inside the component's shadow root, and on through its host to what lies behind.
    contrast = (
        (HERE / "contrast.js")
        .read_text()
        .replace("document.body,", "document.querySelector('[data-testid=\"stBidiComponentIsolated\"]').shadowRoot,")
        .replace("node = node.parentElement)", "node = node.parentElement ?? node.getRootNode().host)")
    )
    assert contrast.count("shadowRoot") == contrast.count("getRootNode") == 1
    assert seen.page.evaluate(contrast) == []
    assert seen.page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert seen.outside() == []
    assert seen.errors == []
    assert seen.picture(f"graph-{theme}-{width}").stat().st_size > 20_000


def test_a_node_is_expanded_in_place_and_the_expansion_is_taken_back(
    visit: Callable[..., Any], app_address: str, red_drive: str
) -> None:
    seen = visit()
    page = seen.page
    open_graph(seen, app_address, red_drive)
    before = places(page)
    rack = next(node for node in before if node.startswith("Rack "))

    page.mouse.dblclick(*point(page, rack))
    page.wait_for_function("(n) => __cy.nodes().length > n", arg=len(before), timeout=30_000)
    seen.settle()
    after = places(page)
    assert {node: after[node] for node in before} == before
    added = len(after) - len(before)
    assert added == 25
    assert "25 neighbours of" in page.locator('[data-part="status"]').inner_text()

    page.get_by_role("button", name="Expand: ").click()
    wait_for_count(page, len(after) + 25)
    seen.settle()
    further = places(page)
    assert {node: further[node] for node in after} == after

    # Another tab and back: what is drawn is kept by the server.
    page.get_by_role("tab", name="Table").click()
    seen.settle()
    page.get_by_role("tab", name="Graph").click()
    wait_for_nodes(page)
    wait_for_count(page, len(further))
    assert places(page) == further

    page.get_by_role("button", name="Undo").click()
    wait_for_count(page, len(after))
    page.get_by_role("button", name="Reset").click()
    wait_for_count(page, len(before))
    assert places(page) == before
    assert page.get_by_role("button", name="Undo").is_disabled()
    assert seen.errors == []


def test_a_dragged_node_stays_where_it_was_put_and_its_neighbours_come_to_it(
    visit: Callable[..., Any], app_address: str, red_drive: str
) -> None:
    seen = visit()
    page = seen.page
    open_graph(seen, app_address, red_drive)
    before = places(page)
    rack = next(node for node in before if node.startswith("Rack "))
    x, y = point(page, rack)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 30, y - 60, steps=4)
    page.mouse.up()
    put = places(page)
    assert put[rack] != before[rack]
    page.mouse.dblclick(*point(page, rack))
    page.wait_for_function("(n) => __cy.nodes().length > n", arg=len(before), timeout=30_000)
    seen.settle()
    after = places(page)
    assert {node: after[node] for node in put} == put
    new = [after[node] for node in after if node not in put]
    assert sum(abs(place[0] - put[rack][0]) < 500 and abs(place[1] - put[rack][1]) < 400 for place in new) == len(new)


def test_the_inspector_tells_properties_with_units_relationships_and_the_page(
    visit: Callable[..., Any], app_address: str, red_drive: str
) -> None:
    seen = visit()
    page = seen.page
    open_graph(seen, app_address, f"model:{red_drive.split(':')[2]}", 40)
    drive = next(node for node in places(page) if node.startswith("Drive "))
    page.mouse.click(*point(page, drive))
    inspector = page.locator('[data-part="inspector"]')
    inspector.get_by_text("Relationships in the store").wait_for(timeout=20_000)
    text = inspector.inner_text()
    assert "TB" in text
    assert "OF_MODEL to DriveModel" in text
    assert "source" in text
    assert "run:" in text
    link = inspector.get_by_role("link", name="Open the drive")
    with page.context.expect_page() as opened:
        link.click()
    opened.value.get_by_role("heading", name=f"Drive {drive.split(':')[-1]}").wait_for(timeout=60_000)
    inspector.get_by_role("button", name="Close").click()
    assert "Click a node" in inspector.inner_text()
    assert page.evaluate("() => __cy.nodes('.chosen').length") == 0


def test_keys_walk_and_the_list_of_nodes_says_the_same(visit: Callable[..., Any], page_address: str) -> None:
    seen = visit()
    page = seen.page
    seen.open(page_address)
    wait_for_nodes(page)
    stage = page.locator('[data-part="stage"]')
    stage.focus()
    page.keyboard.press("ArrowRight")
    center = page.evaluate("() => __cy.nodes('.chosen').id()")
    assert center == "Drive k:bad"
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    chosen = page.evaluate("() => __cy.nodes('.chosen').id()")
    assert chosen != center
    assert "neighbours drawn" in page.locator('[data-part="status"]').inner_text()
    zoom = page.evaluate("() => __cy.zoom()")
    page.keyboard.press("+")
    assert page.evaluate("() => __cy.zoom()") > zoom
    page.keyboard.press("0")
    page.keyboard.press("Escape")
    assert page.evaluate("() => __cy.nodes('.chosen').length") == 0

    page.get_by_text("List of nodes").click()
    page.locator('[data-part="rows"] tr').nth(299).wait_for(state="attached", timeout=15_000)
    assert page.locator('[data-part="rows"] tr').count() == 300
    page.locator('[data-part="rows"]').get_by_role("button", name="n17", exact=True).click()
    assert page.locator('[data-part="inspector"] h4').inner_text() == "n17"


def test_text_of_the_data_is_never_markup(visit: Callable[..., Any], page_address: str) -> None:
    seen = visit()
    page = seen.page
    seen.open(page_address)
    wait_for_nodes(page)
    page.locator('[data-part="find"]').fill("onerror")
    assert page.locator('[data-part="found"]').inner_text() == "1 found"
    page.keyboard.press("Enter")
    assert page.locator('[data-part="inspector"] h4').inner_text() == HOSTILE
    page.get_by_text("List of nodes").click()
    assert page.locator('[data-part="rows"]').get_by_role("button", name="onerror").inner_text() == HOSTILE
    assert page.evaluate("() => window.__bad") is None
    root = "document.querySelector('[data-testid=\"stBidiComponentIsolated\"]').shadowRoot"
    assert page.evaluate(f"() => {root}.querySelectorAll('img, script, b, strong, code').length") == 0


def test_the_legend_counts_and_hides_and_a_hidden_type_is_said(visit: Callable[..., Any], page_address: str) -> None:
    seen = visit()
    page = seen.page
    seen.open(page_address)
    wait_for_nodes(page)
    host = page.locator('[data-part="legend"]').get_by_role("button", name="Host")
    assert host.inner_text().split() == ["Host", "60"]
    host.click()
    assert host.get_attribute("aria-pressed") == "false"
    page.wait_for_function("() => __cy.nodes(':visible').length === 240", timeout=15_000)
    assert page.locator('[data-part="hiding"]').inner_text() == "60 hidden by the legend"
    host.click()
    page.wait_for_function("() => __cy.nodes(':visible').length === 300", timeout=15_000)
    assert "Showing 300 of 4,312 nodes and 900 relationships." in page.locator('[data-part="status"]').inner_text()


def test_colours_follow_a_live_switch_of_theme_without_a_run(visit: Callable[..., Any], page_address: str) -> None:
    seen = visit("light")
    page = seen.page
    seen.open(page_address)
    wait_for_nodes(page)
    runs = page.get_by_text("runs ").inner_text()
    drive = "() => __cy.nodes('[type = \"Drive\"]')[0].style('background-color')"
    entry = "() => __cy.nodes('[type = \"DeviceLogEntry\"]')[0].style('background-color')"
    assert page.evaluate(drive) == "rgb(47,91,199)"
    light = page.evaluate(entry)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"() => ({drive})() === 'rgb(134,168,255)'", timeout=15_000)
    assert page.evaluate(entry) != light
    assert page.get_by_text("runs ").inner_text() == runs


def test_what_is_shown_is_saved_as_picture_json_and_csv(
    visit: Callable[..., Any], page_address: str, tmp_path: Path
) -> None:
    seen = visit()
    page = seen.page
    seen.open(page_address)
    wait_for_nodes(page)
    page.locator('[data-part="legend"]').get_by_role("button", name="Host").click()

    def saved(name: str) -> Path:
        with page.expect_download() as waiting:
            page.locator(f'[data-part="{name}"]').click()
        path = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(path)
        return path

    assert saved("png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    graph = json.loads(saved("json").read_text(encoding="utf-8"))
    assert (len(graph["nodes"]), graph["showing"], graph["of"]) == (240, 300, 4312)
    assert {"label": "Drive", "key": "k:bad", "name": HOSTILE, "x": 0, "y": 0} in graph["nodes"]
    rows = list(csv.DictReader(saved("csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) == len(graph["edges"]) > 400
    assert {row["relation"] for row in rows} == {"RUNS_ON"}
    assert any(row["head_name"] == HOSTILE for row in rows)
    assert seen.outside() == []


def test_no_text_is_run_as_code(visit: Callable[..., Any], page_address: str) -> None:
    """What a policy without ``unsafe-eval`` would refuse is noted with its caller, and the canvas is none of them."""
    seen = visit()
    page = seen.page
    page.add_init_script(
        """
        window.__compiled = [];
        const note = (real) => new Proxy(real, {
          apply(...call) { window.__compiled.push(new Error().stack); return Reflect.apply(...call); },
          construct(...call) { window.__compiled.push(new Error().stack); return Reflect.construct(...call); },
        });
        window.eval = note(window.eval);
        window.Function = note(window.Function);
        """
    )
    seen.open(page_address)
    wait_for_nodes(page)
    page.locator('[data-part="find"]').fill("n17")
    with page.expect_download():
        page.locator('[data-part="png"]').click()
    page.evaluate("() => new Function('return 1')()")
    compiled = page.evaluate("() => window.__compiled")
    assert compiled, "the notes are taken"
    assert [stack for stack in compiled if "graph_canvas" in stack] == []
    stack = page.evaluate("() => new Promise((tell) => __cy.one('tap', () => tell(new Error().stack)).emit('tap'))")
    assert "graph_canvas" in stack, "a call from the bundle would be told by its name"


def test_the_handle_for_tests_is_not_there_for_users(
    visit: Callable[..., Any], serve: Callable[..., Any], page_address: str, tmp_path: Path
) -> None:
    for part in (".streamlit", "static"):
        shutil.copytree(ROOT / "app" / part, tmp_path / part)
    script = tmp_path / "page.py"
    script.write_text(PAGE.replace("HOSTILE", repr(HOSTILE)), encoding="utf-8")
    with serve(tmp_path, tmp_path / "served", script=script, PYTHONPATH=str(ROOT), ATOLL_TEST_MODE="0") as address:
        seen = visit()
        seen.open(address)
        seen.page.locator('[data-part="stage"] canvas').first.wait_for()
        seen.page.get_by_text("Showing 300 of").wait_for()
        assert seen.page.evaluate("() => window.__cy") is None

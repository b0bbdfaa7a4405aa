"""Every page in a real browser: light and dark, on a desk and on a phone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

PAGES = {"overview": "Overview", "fleet": "Fleet", "drive": "Drive", "query": "Query", "data": "Data"}
SIZES = {1440: 900, 390: 844}


@pytest.fixture(scope="module")
def red_drive(atoll: Callable[..., str], demo_workspace: Path) -> str:
    """Serial of a red drive of the demo fleet."""
    text = atoll(demo_workspace, "describe", "fleet", "--fleet", "demo", "--filter", "verdict=red", "--json")
    return str(next(row["subject_name"] for row in json.loads(text)["findings"] if row["subject_label"] == "Drive"))


def path_of(page: str, drive: str) -> str:
    return {"overview": "/", "drive": f"/drive?fleet=demo&id={drive}"}.get(page, f"/{page}")


@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_its_content_and_nothing_leaves_the_machine(
    page: str, theme: str, width: int, visit: Callable[..., Any], app_address: str, red_drive: str
) -> None:
    seen = visit(theme, width, SIZES[width])
    seen.open(app_address + path_of(page, red_drive))

    assert seen.heading().startswith(PAGES[page])
    assert "Synthetic" in seen.page.locator('[data-testid="stMain"]').inner_text()
    seen.expect_sound()
    assert seen.picture(f"{page}-{theme}-{width}").stat().st_size > 20_000


def test_the_drives_address_opens_its_page_and_a_search_opens_another(
    visit: Callable[..., Any], app_address: str, red_drive: str
) -> None:
    seen = visit()
    seen.open(f"{app_address}/drive")
    assert "Which drive?" in seen.page.locator("main, [data-testid='stMain']").first.inner_text()

    seen.page.get_by_label("Go to drive").fill(red_drive)
    seen.page.keyboard.press("Enter")
    seen.page.get_by_role("heading", name=f"Drive {red_drive}").wait_for(timeout=30_000)
    assert f"id={red_drive}" in seen.page.url


def test_a_drive_that_does_not_exist_is_said_to_be_missing(visit: Callable[..., Any], app_address: str) -> None:
    seen = visit()
    seen.open(f"{app_address}/drive?fleet=demo&id=NO-SUCH-DRIVE")
    assert seen.page.get_by_text("No drive found").is_visible()


def test_a_finding_is_answered_on_its_drives_page_and_leaves_what_needs_attention(
    visit: Callable[..., Any], app_address: str, atoll: Callable[..., str], demo_workspace: Path
) -> None:
    listed = json.loads(atoll(demo_workspace, "finding", "list", "--fleet", "demo", "--json"))["findings"]
    subjects = [row["subject"] for row in listed]
    row = next(row for row in listed if row["subject_label"] == "Drive" and subjects.count(row["subject"]) == 1)
    seen = visit()
    seen.open(f"{app_address}/drive?fleet=demo&id={row['subject_name']}")
    seen.page.get_by_role("button", name="Answer", exact=True).click()
    seen.page.get_by_role("textbox", name="Reason").fill("fan ordered, ticket 4711")
    seen.page.get_by_role("button", name="Acknowledge").click()
    seen.page.get_by_text(re.compile(r"acknowledged by .*: fan ordered, ticket 4711")).first.wait_for(timeout=60_000)
    seen.settle()
    seen.picture("drive-answer")  # not of the open form: the picture makes the window taller, and the form stays there
    assert seen.errors == []

    again = json.loads(atoll(demo_workspace, "finding", "list", "--fleet", "demo", "--json"))
    assert again["answered"] == 1
    assert row["subject"] not in [other["subject"] for other in again["findings"]]
    seen.open(f"{app_address}/?fleet=demo")
    seen.page.get_by_text("Show 1 answered").wait_for(timeout=60_000)
    assert "answered=true" not in seen.page.url
    atoll(demo_workspace, "finding", "reopen", row["key"], "--reason", "tested")


def test_fleet_filters_stand_in_the_address_and_come_back_from_it(visit: Callable[..., Any], app_address: str) -> None:
    seen = visit()
    seen.open(f"{app_address}/fleet")
    seen.page.get_by_role("button", name="Red", exact=True).click()
    seen.page.wait_for_url(re.compile("verdict=Red"), timeout=20_000)
    seen.settle()
    counts = seen.page.get_by_text(re.compile(r"red · worst first")).inner_text()

    again = visit()
    again.open(seen.page.url)
    assert again.page.get_by_text(re.compile(r"red · worst first")).inner_text() == counts


def test_a_catalogue_query_and_free_cypher_show_rows_and_writing_is_refused(
    visit: Callable[..., Any], app_address: str
) -> None:
    seen = visit()
    seen.open(f"{app_address}/query")
    seen.page.get_by_role("button", name="Run query").click()
    seen.page.get_by_text(re.compile(r"rows? · .* ms · store version")).wait_for(timeout=40_000)

    seen.open(f"{app_address}/query?by=Cypher")
    editor = seen.page.locator(".cm-content")
    editor.click()
    seen.page.keyboard.press("Control+A")
    seen.page.keyboard.type("MATCH (d:Drive) RETURN count(d) AS drives")
    seen.page.keyboard.press("Control+Enter")
    seen.page.get_by_text(re.compile(r"1 row · .* ms · store version")).wait_for(timeout=40_000)
    seen.picture("query-cypher")

    editor.click()
    seen.page.keyboard.press("Control+A")
    seen.page.keyboard.type("CREATE (d:Drive)")
    seen.page.get_by_role("button", name="Run query").click()
    seen.page.get_by_text("Refused").wait_for(timeout=40_000)


def test_without_a_workspace_the_app_says_how_to_make_one(
    visit: Callable[..., Any], serve: Callable[..., Any], tmp_path: Path
) -> None:
    with serve(tmp_path / "nowhere", tmp_path / "served") as address:
        seen = visit()
        seen.open(address)
        assert seen.page.get_by_text("No workspace here").is_visible()
        assert seen.page.get_by_text("atoll demo --workspace").is_visible()
        seen.picture("state-no-workspace")


def test_a_store_that_does_not_answer_is_said_with_the_way_on(
    visit: Callable[..., Any], serve: Callable[..., Any], demo_workspace: Path, tmp_path: Path
) -> None:
    nobody = {"NEO4J_URI": "bolt://127.0.0.1:9", "NEO4J_PASSWORD": "none"}
    with serve(demo_workspace, tmp_path / "served", **nobody) as address:
        seen = visit()
        seen.open(address)
        shown = seen.page.locator('[data-testid="stMain"]').inner_text()
        assert "Store not reachable" in shown
        assert "127.0.0.1:9" in shown
        assert "Traceback" not in shown
        assert seen.page.get_by_role("button", name="Try again").is_visible()
        seen.picture("state-store-not-reachable")

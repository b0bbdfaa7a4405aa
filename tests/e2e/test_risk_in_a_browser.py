"""Forecasts in a real browser: the curve and where it stops, the map, spare drives, the models' cards."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

SIZES = {1440: 900, 390: 844}


@pytest.fixture(scope="module")
def forecast(atoll: Callable[..., str], demo_workspace: Path) -> dict[str, Any]:
    """The forecast of the demo fleet that `make demo` stores, as `predict fleet` tells it."""
    told = json.loads(atoll(demo_workspace, "predict", "fleet", "--fleet", "demo", "--json"))
    risk: dict[str, Any] = told["risk"]
    return risk


@pytest.fixture(scope="module")
def untrained_address(
    atoll: Callable[..., str], chromium: Any, serve: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The app on a workspace in which no model was trained."""
    folder = tmp_path_factory.mktemp("untrained")
    paper = folder / "paper.txt"
    paper.write_text("Errors\n\n1 Results\n\nRetention errors increase the raw bit error rate of flash by 30 %.\n")
    atoll(folder / "workspace", "ingest", "literature", str(paper))
    with serve(folder / "workspace", folder / "served") as address:
        yield address
    atoll(folder / "workspace", "store", "stop")


def main_of(seen: Any) -> Any:
    return seen.page.locator('[data-testid="stMain"]')


def alternatives(seen: Any) -> str:
    """Texts that stand for the charts of a page."""
    labels = seen.page.locator('[data-testid="stVegaLiteChart"]').evaluate_all(
        "charts => charts.map(chart => chart.outerHTML)"
    )
    return "\n".join(labels)


def address_of(page: str, forecast: dict[str, Any]) -> str:
    riskiest = forecast["drives"][0]["serial"]
    return {"overview": "/?fleet=demo", "drive": f"/drive?fleet=demo&id={riskiest}"}.get(page, f"/{page}?fleet=demo")


SHOWN = {
    "overview": ["Expected failures", "Red first, then by risk", "Risk by rack and model", "Risk model"],
    "drive": ["Risk of failure", "the fleet's average", "beyond them no figure is given", "Why this risk", "Model run"],
    "fleet": ["Expected failures and spare drives", "80 % interval", "Expected failures by rack and model"],
    "models": ["was chosen", "Against the baselines", "Reliability", "Features", "Limits"],
}


@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("page", SHOWN)
def test_a_page_shows_the_forecast_and_nothing_leaves_the_machine(
    page: str, theme: str, width: int, visit: Callable[..., Any], app_address: str, forecast: dict[str, Any]
) -> None:
    seen = visit(theme, width, SIZES[width])
    seen.open(app_address + address_of(page, forecast))
    shown = main_of(seen).inner_text()
    assert [text for text in SHOWN[page] if text not in shown] == []
    assert "Synthetic" in shown
    seen.expect_sound()
    assert seen.picture(f"risk-{page}-{theme}-{width}").stat().st_size > 20_000


def test_the_curve_stops_at_the_supported_horizon_and_says_so(
    visit: Callable[..., Any],
    app_address: str,
    forecast: dict[str, Any],
    atoll: Callable[..., str],
    demo_workspace: Path,
) -> None:
    riskiest = forecast["drives"][0]["serial"]
    told = json.loads(atoll(demo_workspace, "predict", "drive", riskiest, "--json"))
    last = told["horizons_days"][-1]
    seen = visit()
    seen.open(app_address + address_of("drive", forecast))
    assert f"The data support {last} days; beyond them no figure is given." in main_of(seen).inner_text()
    assert f"within {last} days, where the curve ends" in alternatives(seen)


def test_the_run_that_a_drive_cites_opens_its_card(
    visit: Callable[..., Any], app_address: str, forecast: dict[str, Any]
) -> None:
    seen = visit()
    seen.open(app_address + address_of("drive", forecast))
    target = main_of(seen).get_by_role("link", name=re.compile("run")).first.get_attribute("href")
    card = visit()
    card.open(f"{app_address}/{str(target).split('/')[-1]}")
    assert card.heading().startswith("Models")
    assert "was chosen" in main_of(card).inner_text()
    assert "This workspace has no model run" not in main_of(card).inner_text()


def test_drives_are_ordered_by_risk_and_the_order_stands_in_the_address(
    visit: Callable[..., Any], app_address: str, forecast: dict[str, Any]
) -> None:
    seen = visit()
    seen.open(f"{app_address}/fleet?fleet=demo")
    seen.page.get_by_role("radio", name="Risk", exact=True).click()
    seen.page.wait_for_url(re.compile("order=Risk"), timeout=20_000)
    seen.page.get_by_text(re.compile("highest risk first")).wait_for(timeout=30_000)

    again = visit()
    again.open(seen.page.url)
    assert again.page.get_by_text(re.compile("highest risk first")).is_visible()


def test_a_filter_narrows_what_is_expected(
    visit: Callable[..., Any], app_address: str, forecast: dict[str, Any]
) -> None:
    model = forecast["spares"][0]
    seen = visit()
    seen.open(f"{app_address}/fleet?fleet=demo&model={model['model']}")
    told = main_of(seen).get_by_text(re.compile("failures expected within")).first.inner_text()
    assert f"of {model['num_drives']:,} drives in service" in told


def test_where_no_model_was_trained_the_models_page_teaches_the_command(
    visit: Callable[..., Any], untrained_address: str
) -> None:
    seen = visit()
    seen.open(f"{untrained_address}/models")
    shown = main_of(seen).inner_text()
    assert "No risk model yet" in shown
    assert "atoll train risk" in shown
    assert "atoll predict fleet" in shown
    assert seen.outside() == []
    seen.picture("state-no-risk-model")

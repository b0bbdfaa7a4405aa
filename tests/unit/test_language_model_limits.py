"""Addresses, settings, tokens, costs and limits of a language model."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from model_endpoint import ASK, KEY, PARIS, ModelEndpoint, Town, endpoint, model, says

from app.settings import load
from graph.errors import InputError, LimitReachedError
from graph.rag import LanguageModel, Limits, Meter, Price, Usage


@pytest.fixture(scope="module")
def server() -> Iterator[ModelEndpoint]:
    with endpoint(says(PARIS)) as played:
        yield played


@pytest.fixture
def served(server: ModelEndpoint) -> ModelEndpoint:
    server.reset(says(PARIS))
    return server


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("localhost:8000/v1", "no address"),
        ("127.0.0.1:8000", "Did you mean 'http://127.0.0.1:8000'"),
        ("file:///etc/passwd", "no address"),
        ("ftp://host/v1", "no address"),
        ("http://", "no address"),
        ("", "no address"),
        ("http://host:99999/v1", "Base URL"),
        ("https://host/v1/chat/completions", "Did you mean 'https://host/v1'"),
    ],
)
def test_a_base_url_that_is_none_is_told_with_what_is_expected(url: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        LanguageModel(url, "m")


@pytest.mark.parametrize("url", [f"https://user:{KEY}@host/v1", f"https://host/v1?key={KEY}"])
def test_a_secret_in_the_base_url_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(InputError) as told:
        LanguageModel(url, "m")
    assert KEY not in str(told.value)


@pytest.mark.parametrize(
    "usage", [None, {}, {"prompt_tokens": -4, "completion_tokens": "many"}, [1], {"prompt_tokens": 0}]
)
def test_tokens_that_are_not_told_are_estimated_and_marked_so(served: ModelEndpoint, usage: object) -> None:
    served.always = says(PARIS, usage=usage)
    answer = model(served).structured(ASK, Town)
    assert answer.usage.estimated
    sent = sum(len(message["content"]) for message in served.bodies[-1]["messages"])
    assert sent / 6 < answer.usage.input_tokens < sent
    assert 0 < answer.usage.output_tokens < len(answer.raw)


def test_cost_is_tokens_times_price() -> None:
    meter = Meter(price=Price(2.0, 10.0))
    meter.settle(Usage(), Usage(1_500_000, 200_000, 3))
    assert meter.cost == pytest.approx(5.0)


def test_the_limit_stops_before_the_next_call_and_tells_what_was_done(served: ModelEndpoint) -> None:
    asked = model(served, price=Price(1.0, 1.0))
    meter = Meter(Limits(max_tokens=900), asked.price)

    def ask_on() -> None:
        for _ in range(50):
            asked.structured(ASK, Town, max_output_tokens=100, meter=meter)

    with pytest.raises(LimitReachedError, match=r"ATOLL_LLM_MAX_TOKENS 900\): \d answers used \d+ tokens at a cost of"):
        ask_on()
    assert 4 <= len(served.bodies) == meter.used.calls
    assert meter.used.tokens <= 900


def test_a_limit_of_cost_is_kept_by_calls_side_by_side(served: ModelEndpoint) -> None:
    asked = model(served, price=Price(1_000.0, 1_000.0), max_concurrent=8)
    asked.structured(ASK, Town)
    meter = Meter(Limits(max_cost=2.0), asked.price)  # 2,000 tokens: 16 answers of 120, and what the next may take
    stopped = threading.Event()

    def ask(_: int) -> None:
        try:
            asked.structured(ASK, Town, max_output_tokens=60, meter=meter)
        except LimitReachedError:
            stopped.set()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(40)))
    assert stopped.is_set()
    assert meter.cost is not None
    assert 1.4 < meter.cost <= 2.0


def test_a_limit_of_cost_without_prices_is_told_before_anything_is_sent() -> None:
    with pytest.raises(InputError, match="ATOLL_LLM_INPUT_PRICE"):
        Meter(Limits(max_cost=1.0))


def test_settings_of_the_language_model_come_from_the_environment_and_hide_the_key() -> None:
    settings = load(
        Path("w"),
        environment={
            "ATOLL_LLM_BASE_URL": " http://127.0.0.1:8000/v1 ",
            "ATOLL_LLM_MODEL": "atoll-small",
            "ATOLL_LLM_API_KEY": KEY,
            "ATOLL_LLM_INPUT_PRICE": "0.5",
            "ATOLL_LLM_OUTPUT_PRICE": "2",
            "ATOLL_LLM_MAX_COST": "1.5",
            "ATOLL_LLM_MAX_TOKENS": "100000",
            "ATOLL_LLM_TIMEOUT_SECONDS": "30",
        },
    )
    assert (settings.llm_base_url, settings.llm_model) == ("http://127.0.0.1:8000/v1", "atoll-small")
    assert (settings.llm_input_price, settings.llm_output_price, settings.llm_max_cost) == (0.5, 2.0, 1.5)
    assert (settings.llm_max_tokens, settings.llm_timeout_seconds) == (100_000, 30.0)
    assert settings.llm_api_key == KEY
    assert KEY not in repr(settings)


def test_without_settings_there_is_no_language_model() -> None:
    settings = load(Path("w"), environment={"ATOLL_LLM_API_KEY": " "})
    assert (settings.llm_base_url, settings.llm_model, settings.llm_api_key, settings.llm_max_cost) == (None,) * 4
    assert settings.llm_timeout_seconds == 120.0


@pytest.mark.parametrize("told", ["much", "-1", "nan", "inf", "1,5"])
def test_a_setting_that_is_no_number_is_told_by_its_name(told: str) -> None:
    with pytest.raises(InputError, match=rf"ATOLL_LLM_MAX_COST is '{told}'"):
        load(Path("w"), environment={"ATOLL_LLM_MAX_COST": told})

"""The language model's client against a real HTTP server that answers badly in every way we know of."""

from __future__ import annotations

import json
import logging
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate

import pytest
from model_endpoint import (
    ASK,
    KEY,
    PARIS,
    ModelEndpoint,
    Town,
    as_tool,
    completion,
    cut,
    drips,
    endpoint,
    fails,
    model,
    page,
    refuses,
    says,
)
from werkzeug import Response

from graph.errors import AnswerError, AtollError, ModelError
from graph.rag import LanguageModel, Usage


@pytest.fixture(scope="module")
def server() -> Iterator[ModelEndpoint]:
    with endpoint(says(PARIS)) as played:
        yield played


@pytest.fixture
def served(server: ModelEndpoint) -> ModelEndpoint:
    server.reset(says(PARIS))
    return server


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(PARIS),
        f"<think>The user wants {{a town}}.</think>\n{json.dumps(PARIS)}",
        f"It is {{old}}, I think.</think>{json.dumps(PARIS)}",
        f"```json\n{json.dumps(PARIS, indent=2)}\n```",
        f"Here it is:\n```\n{json.dumps(PARIS)}\n```\nAnything else?",
        f"Sure! {json.dumps(PARIS)} I hope {{that}} helps.",
        json.dumps({"name": "Paris", "people": 2, "note": "<think>in a text it stays</think>"}),
    ],
)
def test_json_is_found_whatever_stands_around_it(served: ModelEndpoint, text: str) -> None:
    served.always = says(text)
    answer = model(served).structured(ASK, Town)
    assert answer.value == Town(name="Paris", people=2)
    assert answer.rung == "json_schema"
    assert not answer.repaired


@pytest.mark.parametrize("status", [400, 422, 500, 501])
def test_a_server_without_json_schema_is_asked_for_an_object_from_then_on(served: ModelEndpoint, status: int) -> None:
    served.always = refuses("json_schema", status=status, then=says(PARIS))
    asked = model(served)
    assert asked.structured(ASK, Town).rung == "json_object"
    before = len(served.bodies)
    other = model(served)  # what was learnt belongs to the endpoint and the model, not to one client
    assert other.rung == "json_object"
    assert other.structured(ASK, Town).value.name == "Paris"
    assert served.rungs[before:] == ["json_object"]
    assert '"people"' in served.bodies[-1]["messages"][0]["content"]


def test_the_forced_tool_comes_before_plain_text(served: ModelEndpoint) -> None:
    served.always = refuses("json_schema", "json_object", status=400, then=as_tool(PARIS))
    answer = model(served).structured(ASK, Town)
    assert (answer.rung, answer.value.name) == ("tool", "Paris")
    assert served.bodies[-1]["tool_choice"]["function"]["name"] == "answer"


def test_plain_text_with_the_schema_in_words_is_the_last_rung(served: ModelEndpoint) -> None:
    served.always = refuses("json_schema", "json_object", "tool", status=400, then=says(PARIS))
    assert model(served).structured(ASK, Town).rung == "plain"
    assert served.rungs == ["json_schema", "json_object", "tool", "plain"]


def test_a_server_that_ignores_the_format_is_asked_in_another_way(served: ModelEndpoint) -> None:
    served.always = lambda body: completion("A fine town." if "tools" not in body else json.dumps(PARIS))
    assert model(served).structured(ASK, Town).rung == "tool"


def test_an_answer_that_does_not_fit_is_repaired_once_with_the_error(served: ModelEndpoint) -> None:
    asked = model(served)
    asked.structured(ASK, Town)
    served.turns = [says({"name": "Paris", "people": "many"}), says(PARIS)]
    answer = asked.structured(ASK, Town)
    assert answer.repaired
    assert answer.usage == Usage(200, 40, 2)
    told = served.bodies[-1]["messages"]
    assert "people" in told[-1]["content"]
    assert "many" in told[-2]["content"]


@pytest.mark.parametrize(
    "text", ["", "   ", "no idea", "{", '{"name": ', "<think>for ever", "[" * 30_000, '{"people": 3}']
)
def test_an_answer_that_stays_unusable_is_told_and_the_endpoint_is_not_blamed(served: ModelEndpoint, text: str) -> None:
    asked = model(served)
    asked.structured(ASK, Town)
    served.always = says(text)
    before = len(served.bodies)
    with pytest.raises(AnswerError, match="no usable answer"):
        asked.structured(ASK, Town)
    assert len(served.bodies) == before + 2


def test_an_answer_cut_off_at_its_limit_is_asked_for_again_shorter(served: ModelEndpoint) -> None:
    asked = model(served)
    asked.structured(ASK, Town)
    served.turns = [says('{"name": "Par', finish="length"), says(PARIS)]
    assert asked.structured(ASK, Town, max_output_tokens=50).value.name == "Paris"
    assert "cut off at 50 tokens" in served.bodies[-1]["messages"][-1]["content"]


@pytest.mark.parametrize(
    "turn",
    [
        fails(429, headers={"Retry-After": "0"}),
        fails(500),
        fails(503),
        page(502),
        page(504),
        cut,
        lambda body: Response('{"choices": [{"mess', content_type="application/json"),
        lambda body: Response('{"error": {"code": 503, "message": "busy"}}', content_type="application/json"),
    ],
)
def test_what_fails_for_the_moment_is_tried_again(served: ModelEndpoint, turn: object) -> None:
    asked = model(served)
    asked.structured(ASK, Town)
    served.turns = [turn, turn]  # type: ignore[list-item]
    assert asked.structured(ASK, Town).value.name == "Paris"
    assert len(served.bodies) == 4


def test_tries_are_bounded_and_told(served: ModelEndpoint) -> None:
    served.always = fails(503, "too busy")
    with pytest.raises(ModelError, match=r"status 503 \('too busy'\).*3 tries"):
        model(served, tries=3).structured(ASK, Town)
    assert len(served.bodies) == 3


def test_retry_after_is_waited_for_as_a_number_and_as_a_date(served: ModelEndpoint) -> None:
    # Without it each wait would be a hundred seconds.
    served.turns = [fails(429, headers={"Retry-After": "0.1"}), fails(429, headers={"Retry-After": formatdate(0)})]
    answer = model(served, backoff_seconds=100.0, max_wait_seconds=100.0).structured(ASK, Town)
    assert answer.value.name == "Paris"
    assert len(served.bodies) == 3


def test_an_endpoint_that_asks_to_wait_too_long_fails_at_once(served: ModelEndpoint) -> None:
    served.always = fails(429, headers={"Retry-After": "7200"})
    with pytest.raises(ModelError, match="asks to wait 7,200 s"):
        model(served).structured(ASK, Town)
    assert len(served.bodies) == 1


@pytest.mark.parametrize("slow", [lambda body: time.sleep(1.5) or completion("{}"), drips(3.0)])
def test_an_endpoint_that_is_too_slow_is_given_up(served: ModelEndpoint, slow: object) -> None:
    served.always = slow  # type: ignore[assignment]
    with pytest.raises(ModelError, match=r"no whole answer within 0\.3 s"):
        model(served, timeout_seconds=0.3, tries=1).structured(ASK, Town)


def test_an_endless_answer_is_not_read_to_its_end(served: ModelEndpoint) -> None:
    served.always = lambda body: Response((b" " * 65_536 for _ in range(10_000)), content_type="application/json")
    with pytest.raises(ModelError, match="larger than 8,388,608 bytes"):
        model(served).structured(ASK, Town)


def test_a_web_page_in_place_of_an_answer_names_the_base_url_and_the_likely_one(served: ModelEndpoint) -> None:
    told = "<html>hi</html>"
    served.server.expect_ordered_request("/chat/completions").respond_with_data(told, content_type="text/html")
    bare = served.base_url.removesuffix("/v1")
    with pytest.raises(ModelError, match=f"web page.*Did you mean '{bare}/v1'"):
        LanguageModel(bare, "atoll-small").structured(ASK, Town)


def test_a_path_that_is_not_there_names_the_likely_base_url(served: ModelEndpoint) -> None:
    bare = served.base_url.removesuffix("/v1")
    served.server.expect_request("/chat/completions", method="POST").respond_with_data("nothing here", status=404)
    with pytest.raises(ModelError, match=rf"status 404 \('nothing here'\).*Did you mean '{bare}/v1'"):
        LanguageModel(bare, "atoll-small").structured(ASK, Town)


def test_an_unknown_model_is_told_with_the_nearest_that_is_offered(served: ModelEndpoint) -> None:
    served.always = fails(404, "model 'atoll-smal' not found")
    with pytest.raises(ModelError, match=r"Did you mean 'atoll-small'\? It offers: atoll-large, atoll-small"):
        LanguageModel(served.base_url, "atoll-smal").structured(ASK, Town)


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_not_tried_again_and_not_shown(served: ModelEndpoint, status: int) -> None:
    served.always = fails(status, f"Incorrect API key provided: {KEY}.")
    with pytest.raises(ModelError, match="refuses the key in ATOLL_LLM_API_KEY") as told:
        model(served).structured(ASK, Town)
    assert KEY not in str(told.value)
    assert len(served.bodies) == 1


def test_an_endpoint_that_refuses_everything_is_told_with_its_words(served: ModelEndpoint) -> None:
    served.always = fails(400, "context length exceeded")
    with pytest.raises(ModelError, match=r"does not take the request.*context length exceeded"):
        model(served).structured(ASK, Town)


def test_parameters_that_a_model_does_not_take_are_left_out(served: ModelEndpoint) -> None:
    def picky(body: dict[str, object]) -> Response:
        for name in ("temperature", "max_tokens"):
            if name in body:
                return fails(400, f"Unsupported parameter: '{name}'")(body)
        return completion(json.dumps(PARIS))

    served.always = picky
    assert model(served).structured(ASK, Town).rung == "json_schema"
    assert served.bodies[-1]["max_completion_tokens"] == 2048


@pytest.mark.parametrize(
    "envelope", ["[]", "null", "{}", '{"choices": []}', '{"choices": [7]}', '"hello"', '{"object": "list", "data": []}']
)
def test_json_that_is_no_completion_is_told(served: ModelEndpoint, envelope: str) -> None:
    served.always = lambda body: Response(envelope, content_type="application/json")
    with pytest.raises(ModelError, match="no completion"):
        model(served).structured(ASK, Town)


def test_a_server_that_is_not_there_is_told_and_tried_a_bounded_number_of_times() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    with pytest.raises(ModelError, match=r"cannot be reached.*Is the server running"):
        LanguageModel(url, "atoll-small", tries=2, backoff_seconds=0.01).structured(ASK, Town)


def test_a_redirect_is_not_followed(served: ModelEndpoint) -> None:
    with endpoint(says(PARIS)) as elsewhere:
        served.always = lambda body: Response("", 307, {"Location": f"{elsewhere.base_url}/chat/completions"})
        with pytest.raises(ModelError, match="status 307"):
            model(served).structured(ASK, Town)
        assert elsewhere.bodies == []


def test_the_key_stands_in_no_log_no_error_and_no_repr(
    served: ModelEndpoint, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        asked = model(served, tries=2)
        asked.structured(ASK, Town)
        assert served.headers[-1]["Authorization"] == f"Bearer {KEY}"
        for turn in (
            fails(500, f"key {KEY} broke it"),
            fails(400, f"key {KEY} is odd"),
            page(500, f"<title>{KEY}</title>"),
            lambda body: Response(f"what is {KEY}", content_type="text/plain"),
            lambda body: Response(f'"{"x" * 190}{KEY}"', content_type="application/json"),
        ):
            served.always = turn
            with pytest.raises(ModelError) as told:
                asked.structured(ASK, Town)
            chain: BaseException | None = told.value
            while chain is not None:
                assert KEY not in repr(chain)
                assert KEY[:12] not in str(chain)
                chain = chain.__cause__ or chain.__context__
    out, err = capfd.readouterr()
    assert KEY not in caplog.text + out + err + repr(asked) + repr(vars(asked)) + str(asked)


def test_nothing_of_another_account_is_taken_from_the_environment(
    served: ModelEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-other")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-other")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-other")
    LanguageModel(served.base_url, "atoll-small").structured(ASK, Town)
    assert "other" not in json.dumps(served.headers)


def test_no_more_calls_run_at_once_than_allowed_and_the_ladder_is_walked_once(served: ModelEndpoint) -> None:
    served.always = refuses(
        "json_schema", status=400, then=lambda body: time.sleep(0.05) or completion('{"name": "a"}')
    )
    asked = model(served, max_concurrent=3)
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: asked.structured(ASK, Town), range(24)))
    assert {answer.rung for answer in answers} == {"json_object"}
    assert served.rungs.count("json_schema") == 1
    assert 1 < served.most_at_once <= 3


def test_every_error_of_the_client_is_one_of_ours(served: ModelEndpoint) -> None:
    for turn in (fails(418), fails(402, "pay"), page(200), cut, says("")):
        served.always = turn
        with pytest.raises(AtollError):
            model(served, tries=1).structured(ASK, Town)
    with pytest.raises(ModelError, match="characters that no header may hold"):
        LanguageModel(served.base_url, "m", "schlüssel\n").structured(ASK, Town)

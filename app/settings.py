"""Settings: the only reader of the environment."""

from __future__ import annotations

import getpass
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from graph.errors import InputError


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the workspace is and which store it uses.

    Args:
        workspace: Folder of the workspace.
        store_url: ``embedded:`` for the workspace's own store, or an address such as ``neo4j+s://host:7687``.
        username: Neo4j user.
        password: Neo4j password; kept out of every repr.
        database: Neo4j database; None for the server's default.
        readings: Folder or URL (``s3://bucket/prefix``) of the daily readings; None for ``readings`` in the workspace.
        spark_master: Where Spark runs, for ``--engine spark``.
        user: Who answers findings.
        test_mode: True under the browser tests, which need handles into the page.
        llm_base_url: OpenAI-compatible endpoint (``https://host/v1``); None where no language model is used.
        llm_model: Its model.
        llm_api_key: Its key; kept out of every repr.
        llm_input_price: Price of a million input tokens, in the user's currency; None where unknown.
        llm_output_price: The same of output tokens.
        llm_max_cost: Most that one run may cost, in the same currency; None for no limit.
        llm_max_tokens: Most tokens that one run may use, input and output together; None for no limit.
        llm_timeout_seconds: How long one answer may take.
    """

    workspace: Path
    store_url: str = "embedded:"
    username: str = "neo4j"
    password: str | None = field(default=None, repr=False)
    database: str | None = None
    readings: str | None = None
    spark_master: str = "local[*]"
    user: str = "unknown"
    test_mode: bool = False
    llm_base_url: str | None = None
    llm_model: str | None = None
    llm_api_key: str | None = field(default=None, repr=False)
    llm_input_price: float | None = None
    llm_output_price: float | None = None
    llm_max_cost: float | None = None
    llm_max_tokens: int | None = None
    llm_timeout_seconds: float = 120.0

    @property
    def is_embedded(self) -> bool:
        """True where the store lives in the workspace itself."""
        return self.store_url.startswith("embedded:")


def load(
    workspace: Path | None = None, store_url: str | None = None, environment: Mapping[str, str] | None = None
) -> Settings:
    """Read settings from options first, then the environment, then defaults.

    Args:
        workspace: ``--workspace``; else ``ATOLL_WORKSPACE``, else ``./workspace``.
        store_url: ``--store``; else ``NEO4J_URI``, else the embedded store. ``neo4j`` means ``NEO4J_URI``.
        environment: Instead of ``os.environ``.

    Returns:
        The settings; nothing is opened or checked yet.

    Raises:
        InputError: A variable that holds a number holds something else.
    """
    env = os.environ if environment is None else environment
    if store_url == "neo4j":
        store_url = env.get("NEO4J_URI") or "neo4j://127.0.0.1:7687"
    elif store_url == "embedded":
        store_url = "embedded:"
    return Settings(
        workspace=Path(workspace or env.get("ATOLL_WORKSPACE") or "workspace").expanduser().absolute(),
        store_url=store_url or env.get("NEO4J_URI") or "embedded:",
        username=env.get("NEO4J_USERNAME") or "neo4j",
        password=env.get("NEO4J_PASSWORD"),
        database=env.get("NEO4J_DATABASE") or None,
        user=(env.get("ATOLL_USER") or "").strip() or _user_of_system(),
        readings=env.get("ATOLL_READINGS") or None,
        spark_master=env.get("ATOLL_SPARK_MASTER") or "local[*]",
        test_mode=env.get("ATOLL_TEST_MODE") == "1",
        llm_base_url=(env.get("ATOLL_LLM_BASE_URL") or "").strip() or None,
        llm_model=(env.get("ATOLL_LLM_MODEL") or "").strip() or None,
        llm_api_key=(env.get("ATOLL_LLM_API_KEY") or "").strip() or None,
        llm_input_price=_number(env, "ATOLL_LLM_INPUT_PRICE"),
        llm_output_price=_number(env, "ATOLL_LLM_OUTPUT_PRICE"),
        llm_max_cost=_number(env, "ATOLL_LLM_MAX_COST"),
        llm_max_tokens=None if (most := _number(env, "ATOLL_LLM_MAX_TOKENS")) is None else int(most),
        llm_timeout_seconds=_number(env, "ATOLL_LLM_TIMEOUT_SECONDS") or 120.0,
    )


def _number(env: Mapping[str, str], name: str) -> float | None:
    told = (env.get(name) or "").strip()
    if not told:
        return None
    try:
        value = float(told)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0:
        raise InputError(f"{name} is '{told}': expected a number from 0 up, written like 2.5.")
    return value


def _user_of_system() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number without a name
        return f"uid {os.getuid()}" if hasattr(os, "getuid") else "unknown"

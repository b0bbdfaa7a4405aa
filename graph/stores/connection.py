"""One connection to a Bolt server: sessions, transactions, and every failure as one clear error."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import neo4j
from neo4j import exceptions as bolt

import queries
from graph.errors import AtollError, InputError, RefusedError, StoreError, TimeLimitError
from graph.ports import Rows
from graph.stores.plain import plain

logging.getLogger("neo4j").addHandler(logging.NullHandler())  # its warnings come again as our one message
CONNECT_SECONDS = 10.0
FETCH_ROWS = 5000
SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")
Work = Callable[[neo4j.ManagedTransaction], Any]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is and as whom to enter.

    Args:
        url: Bolt address.
        username: User; None where the server asks for none.
        password: Its password; kept out of every repr.
        database: Database; None for the server's default.
        shown: How messages name the server.
    """

    url: str
    username: str | None
    password: str | None = field(repr=False)
    database: str | None
    shown: str


class Connection:
    """A driver that is made at first use, and made anew where the server came back elsewhere.

    Args:
        address: Called for the address before each new driver: an embedded server may have moved to another port.
    """

    def __init__(self, address: Callable[[], Address]) -> None:
        self._locate = address
        self._lock = threading.Lock()
        self._driver: neo4j.Driver | None = None
        self.address: Address | None = None

    def driver(self) -> neo4j.Driver:
        """The open driver.

        Raises:
            StoreError: The server cannot be reached or refuses the password.
        """
        with self._lock:
            if self._driver is None:
                address = self._locate()
                self.address = address
                auth = None if address.username is None else (address.username, address.password or "")
                try:
                    driver = neo4j.GraphDatabase.driver(
                        address.url,
                        auth=auth,
                        connection_timeout=CONNECT_SECONDS,
                        connection_acquisition_timeout=CONNECT_SECONDS + 20,
                        max_transaction_retry_time=20.0,
                        keep_alive=True,
                        notifications_min_severity="OFF",
                        user_agent="atoll",
                    )
                except (bolt.ConfigurationError, ValueError) as error:
                    raise InputError(f"{address.shown}: not a usable store address ({error}).") from error
                try:
                    driver.verify_connectivity()
                except (bolt.Neo4jError, bolt.DriverError, OSError) as error:
                    driver.close()
                    raise self.translate(error) from error
                self._driver = driver
            return self._driver

    def close(self) -> None:
        """Let go of the server; the next use opens it again."""
        with self._lock:
            if self._driver is not None:
                self._driver.close()
                self._driver = None

    @contextmanager
    def session(self, *, read_only: bool = False) -> Iterator[neo4j.Session]:
        """A session whose failures are Atoll's errors."""
        driver = self.driver()
        mode = neo4j.READ_ACCESS if read_only else neo4j.WRITE_ACCESS
        database = self.address.database if self.address else None
        try:
            with driver.session(database=database, default_access_mode=mode, fetch_size=FETCH_ROWS) as session:
                yield session
        except (bolt.Neo4jError, bolt.DriverError, OSError) as error:
            raise self.translate(error) from error

    def write(self, work: Work) -> Any:
        """Run ``work`` in one transaction, again where the server asks for it; all or nothing."""
        with self.session() as session:
            return session.execute_write(work)

    def read(self, work: Work) -> Any:
        """Run ``work`` in one read transaction; where the server went away, once more on a new connection."""
        try:
            with self.session(read_only=True) as session:
                return session.execute_read(work)
        except StoreError:
            self.close()
            with self.session(read_only=True) as session:
                return session.execute_read(work)

    def ask(self, query: str, parameters: Mapping[str, Any] | None = None, **parts: str) -> list[list[Any]]:
        """All rows of one of our own reading statements (``queries/write``), in a transaction of its own.

        Args:
            query: Its name.
            parameters: Its parameters.
            **parts: What its template asks for.
        """
        text = own(query, **parts)
        found: list[list[Any]] = self.read(lambda tx: records(tx, text, parameters))
        return found

    def tell(self, query: str, parameters: Mapping[str, Any] | None = None, **parts: str) -> None:
        """Run one of our own writing statements, in a transaction of its own; arguments as for ``ask``."""
        text = own(query, **parts)
        self.write(lambda tx: records(tx, text, parameters))

    def statement(self, text: str, **parameters: Any) -> None:
        """Run one schema statement by itself."""
        with self.session() as session:
            session.run(neo4j.Query(text), parameters).consume()

    def translate(self, error: Exception) -> AtollError:
        """Say what a driver's failure means to the user."""
        shown = self.address.shown if self.address else "the store"
        if isinstance(error, bolt.AuthError) and "Forbidden" not in (error.code or ""):
            user = self.address.username if self.address else None
            return StoreError(
                f"{shown}: the store refuses user '{user}' with this password. "
                "Expected NEO4J_USERNAME and NEO4J_PASSWORD of that server."
            )
        if isinstance(error, bolt.Neo4jError):
            return _of_server(error, shown)
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        return StoreError(
            f"{shown}: the store cannot be reached ({reason[:200]}). Is it running, and is the address right? "
            "Nothing acknowledged is lost; an unfinished run is invisible and the same command resumes it."
        )


def _of_server(error: bolt.Neo4jError, shown: str) -> AtollError:
    code, text = error.code or "", (error.message or str(error)).splitlines()[0][:500]
    lowered = f"{code} {text}".lower()
    if "timedout" in lowered or "timeout" in lowered or "transaction.terminated" in lowered:
        return TimeLimitError("The query ran past its time limit and was stopped. Narrow it or raise the limit.")
    if "database.databasenotfound" in lowered:
        return StoreError(f"{shown}: {text} Set NEO4J_DATABASE to one that exists.")
    if any(word in lowered for word in ("forbidden", "accessmode", "not allowed", "security")):
        return RefusedError(f"Refused: {text}")
    if any(word in lowered for word in ("limit of allowed elements", "memorypooloutofmemory", "outofmemory")):
        return RefusedError("The query needs more memory than it may use and was stopped. Narrow it or sort less.")
    if "clienterror" in lowered:
        return InputError(f"The store cannot run the statement: {text}")
    return StoreError(f"{shown}: the store failed ({code}): {text}")


def rows_of(result: neo4j.Result, limit: int | None, started: float) -> Rows:
    """Read a result up to a limit.

    Args:
        result: As the driver gave it.
        limit: Most rows kept; one more is asked for, to know whether rows were cut off.
        started: ``time.perf_counter()`` when the statement was sent.
    """
    columns = tuple(result.keys())
    kept: list[tuple[Any, ...]] = []
    truncated = False
    for record in result:
        if limit is not None and len(kept) == limit:
            truncated = True
            break
        kept.append(tuple(plain(value) for value in record.values()))
    return Rows(columns, kept, truncated, (time.perf_counter() - started) * 1000)


def own(query: str, **parts: str) -> str:
    """Text of one of our own statements (``queries/write``), its template filled in."""
    return queries.get(query, "write").text(**parts)


def records(
    transaction: neo4j.ManagedTransaction, text: str, parameters: Mapping[str, Any] | None = None
) -> list[list[Any]]:
    """All rows of one of our own statements, as the driver gives them."""
    return [record.values() for record in transaction.run(text, dict(parameters or {}))]

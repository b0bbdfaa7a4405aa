"""The embedded server of a workspace as a store."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from graph.errors import InputError, TimeLimitError
from graph.ontology.model import Batch
from graph.ports import Problem, Rows, Run, WriteCounts
from graph.stores import guard, identity
from graph.stores.bulk import split, with_origin
from graph.stores.connection import Address, Connection
from graph.stores.embedded import supervisor
from graph.stores.embedded.supervisor import Endpoint
from graph.stores.embedded.transfer import bulk_load
from graph.stores.store import CypherStore

STOP_GRACE_SECONDS = 5.0


class EmbeddedStore(CypherStore):
    """The embedded server: it is started where none runs, also after it ended itself while the store was open.

    Args:
        workspace: Folder of the workspace.
        workspace_id: Its id.
        url: As the user gave it.
        adopt: Take over a store with another id.
    """

    kind = "embedded"

    def __init__(self, workspace: Path, workspace_id: str, url: str, *, adopt: bool = False) -> None:
        self._workspace = workspace
        self._reading = Connection(lambda: self._address(reader=True))
        super().__init__(Connection(lambda: self._address(reader=False)), workspace_id, url, adopt=adopt)

    def load(self, run: Run, batch: Batch) -> WriteCounts:
        """Hand what is certainly new to the server's batch interface, and write the rest over Bolt."""
        active = self._runs.active(run)
        parts = split(self._connection, batch)
        counts = self._writer.write(active, Batch(nodes=parts.uncertain.nodes))
        if parts.certain.nodes or parts.certain.relations:
            labels = {table.label for table in parts.certain.nodes}
            self._runs.note_bulk(run, labels, {table.relation for table in parts.certain.relations})
            nodes, relations = with_origin(parts.certain, run)
            loaded = bulk_load(self._endpoint(), nodes, relations)
            self._runs.note_loaded(run, parts.tally)
            counts += WriteCounts(*loaded)
        counts += self._writer.write(active, Batch(relations=parts.uncertain.relations))
        return counts

    def plan(self, cypher: str, parameters: Mapping[str, Any] | None = None) -> str:
        """The server's plan of a read-only statement."""
        bare = guard.admit_text(cypher)
        guard.refuse_writing_words(bare)
        with self._reading.session(read_only=True) as session:
            result = session.run("EXPLAIN " + cypher, dict(parameters or {}))
            rows = [record.values() for record in result]
            summary = result.consume()
        if summary.plan:
            return guard.plan_text(summary.plan)
        return "\n".join(str(value) for row in rows for value in row)

    def backup(self, directory: Path) -> Path:
        """Let the server write a consistent backup while it goes on."""
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{directory}: the backup cannot be written ({error.strerror}).") from error
        return Path(self._endpoint().call("backup", timeout_seconds=None, directory=str(directory.absolute())))

    def restore(self, backup: Path) -> None:
        """Replace the database by a backup; the server is ended for it and started again."""
        self.close()
        supervisor.restore(self._workspace, backup)
        # A backup may come from a workspace that was lost: what is restored here belongs here.
        identity.claim(self._connection, self.kind, self._workspace_id, self.url, adopt=True)

    def close(self) -> None:
        """Release both connections; the server goes on."""
        super().close()
        self._reading.close()

    def _admit(self, cypher: str, parameters: Mapping[str, Any]) -> None:
        guard.refuse_writing_words(guard.admit_text(cypher))

    def _free_connection(self) -> Connection:
        return self._reading

    def _purge_by_scan(self) -> Callable[[str], None]:
        return lambda run_key: self._endpoint().call("remove_run", timeout_seconds=None, run=run_key)

    def _server_problems(self) -> list[Problem]:
        endpoint = self._endpoint()
        found = endpoint.call("check_database", timeout_seconds=None)
        problems = [Problem("database", str(line)) for line in found]
        if endpoint.recovery is not None:
            problems += [Problem("recovery", line) for line in endpoint.recovery.problems]
        return problems

    def _endpoint(self) -> Endpoint:
        return supervisor.ensure_started(self._workspace)

    def _address(self, *, reader: bool) -> Address:
        endpoint = self._endpoint()
        user = endpoint.reader if reader else endpoint.writer
        return Address(endpoint.bolt_url, user.username, user.password, endpoint.database, self.url)

    def _run(
        self,
        connection: Connection,
        text: str,
        parameters: Mapping[str, Any],
        limit: int | None,
        timeout_seconds: float | None,
    ) -> Rows:
        """The server ignores a driver's timeout, so a statement with a limit is watched from here and stopped there."""
        if timeout_seconds is None:
            return super()._run(connection, text, parameters, limit, None)
        marker = f"atoll-{uuid.uuid4().hex}"
        outcome: list[Rows | BaseException] = []

        def work() -> None:
            try:
                outcome.append(
                    super(EmbeddedStore, self)._run(connection, f"{text}\n// {marker}", parameters, limit, None)
                )
            except BaseException as error:
                outcome.append(error)

        worker = threading.Thread(target=work, name=marker, daemon=True)
        worker.start()
        worker.join(timeout_seconds)
        if worker.is_alive():
            self._endpoint().call("terminate", marker=marker)
            worker.join(STOP_GRACE_SECONDS)
            raise TimeLimitError(
                f"The query ran past its time limit of {timeout_seconds:g} s and was stopped. "
                "Narrow it or raise the limit."
            )
        if isinstance(outcome[0], BaseException):
            raise outcome[0]
        return outcome[0]


def open_embedded(
    url: str,
    *,
    workspace: Path | None,
    workspace_id: str,
    username: str | None,
    password: str | None,
    database: str | None,
    adopt: bool,
) -> EmbeddedStore:
    """Open a workspace's own store; its users and passwords are generated, so those given are not used."""
    path = url.partition(":")[2]
    folder = Path(path) if path else workspace
    if folder is None:
        raise InputError(f"store '{url}': names no workspace folder. Expected embedded:WORKSPACE.")
    return EmbeddedStore(folder, workspace_id, url, adopt=adopt)

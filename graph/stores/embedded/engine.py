"""ArcadeDB inside the server process: the only place, with ``bulk``, that touches the Java virtual machine.

Importing it starts nothing; ``Engine`` starts the JVM, which cannot be stopped and started again in one process and
must never see ``os.fork``.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from graph.errors import InputError, StoreError
from graph.stores.embedded.backup_file import BACKUP_FILE
from graph.stores.embedded.bulk import BulkLoad
from graph.stores.embedded.credentials import Credentials, Secrets
from graph.stores.embedded.folder import DATABASE, StoreFolder
from graph.stores.embedded.options import ServerOptions
from graph.stores.embedded.removal import remove_run

_RECORD_RIGHTS = ["createRecord", "readRecord", "updateRecord", "deleteRecord"]
_WARNINGS_TOLD = 20
# What ArcadeDB's check counts that is damage; it also counts what only wastes space.
_DAMAGE = {
    "totalErrors": "errors",
    "totalCorruptedRecords": "damaged records",
    "totalUndecodableRecords": "records that cannot be decoded",
    "totalConstraintViolations": "records that break a constraint",
    "invalidLinks": "links to nothing",
    "missingReferenceBack": "links known at one end only",
    "edgesMissingOutReference": "relationships unknown to their head",
    "edgesMissingInReference": "relationships unknown to their tail",
    "unreachableEdgeRecords": "relationships that no node knows",
}
_BOLT_PLUGIN = "com.arcadedb.bolt.BoltProtocolPlugin"


class Engine:
    """A running ArcadeDB server with one database, Bolt on loopback and two users.

    Args:
        folder: Store folder; the working directory must be its root, because ArcadeDB logs to ``./log``.
        options: Heap, limits and port.

    Raises:
        StoreError: The server cannot start: port taken, files damaged beyond opening, no memory.
    """

    def __init__(self, folder: StoreFolder, options: ServerOptions) -> None:
        from arcadedb_embedded.core import Database
        from arcadedb_embedded.exceptions import ArcadeDBError
        from arcadedb_embedded.jvm import start_jvm
        from arcadedb_embedded.server import create_server

        # -Xrs: signals stay with Python, which stops the server cleanly on SIGTERM.
        start_jvm(heap_size=f"{options.heap_megabytes}m", jvm_args=["-Xrs", "-Duser.timezone=UTC"])
        import jpype

        self._java = jpype.JClass
        _set_global_limits(self._java("com.arcadedb.GlobalConfiguration"), options)
        _write_groups(folder.groups)
        self._bulk_lock = threading.Lock()  # ArcadeDB allows one batch at a time
        self._server = create_server(
            str(folder.root),
            # The root user is never used: its password is forgotten, the two users below have their own.
            secrets.token_urlsafe(24),
            {
                "server_plugins": f"Bolt:{_BOLT_PLUGIN}",
                "host": "127.0.0.1",
                "bolt_port": options.bolt_port,
                "bolt_defaultDatabase": DATABASE,
                "http_port": "0",
                # "production" would replace every error message by "check the server log".
                "mode": "development",
            },
        )
        try:
            self._server.start()
            if self._server._java_server.existsDatabase(DATABASE):
                self.database = Database(self._server._java_server.getDatabase(DATABASE))
            else:
                self.database = self._server.create_database(DATABASE)
        except (ArcadeDBError, self._java("java.lang.Throwable")) as error:
            if options.bolt_port and "port" in str(error).lower():
                raise StoreError(
                    f"port {options.bolt_port}: already in use, so the embedded store cannot listen there. "
                    "Choose another, or 0 for any free one."
                ) from error
            raise StoreError(
                f"{folder.database}: the graph's files cannot be opened ({error}). "
                "Restore a backup with 'atoll store restore BACKUP'."
            ) from error
        # Only Bolt is wanted; ArcadeDB has no switch for HTTP but its listener can be closed.
        self._server._java_server.getHttpServer().stopService()

    def bulk_load(self, request: Mapping[str, Any], progress: Callable[[int, int], None]) -> dict[str, int]:
        """Write new nodes and relationships from Parquet files: see ``bulk.BulkLoad``."""
        with self._bulk_lock:
            return BulkLoad(self.database, progress).load(request["nodes"], request["relations"])

    def remove_run(self, run: str, progress: Callable[[int, int], None]) -> dict[str, int]:
        """Delete every relationship and node whose property ``run`` is ``run``: see ``removal.remove_run``."""
        with self._bulk_lock:
            return remove_run(self.database, run, progress)

    @property
    def java_database(self) -> Any:
        """The Java database object, for the batch interface."""
        return self.database._java_db

    @property
    def bolt_port(self) -> int:
        """Port on which Bolt listens."""
        plugin = self._java(_BOLT_PLUGIN)
        return next(int(each.getPort()) for each in self._server._java_server.getPlugins() if isinstance(each, plugin))

    def set_users(self, known: Secrets) -> None:
        """Create the writer and the reader, or give them the passwords of the secrets file."""
        security = self._server._java_server.getSecurity()
        for group, user in (("writer", known.writer), ("reader", known.reader)):
            if security.existsUser(user.username):
                security.setUserPassword(user.username, user.password)
            else:
                security.createUser(self._json(_user(security, group, user)))
        security.saveUsers()

    def _json(self, content: dict[str, Any]) -> Any:
        return self._java("com.arcadedb.serializer.json.JSONObject")(json.dumps(content))

    def check_database(self) -> list[str]:
        """Run ArcadeDB's database check; one line a problem, empty where the files are whole."""
        problems: list[str] = []
        for row in self.database.command("sql", "CHECK DATABASE").to_list():
            problems += [f"{row[name]} {meaning}" for name, meaning in _DAMAGE.items() if row.get(name)]
            problems += [f"index {name} is damaged" for name in row.get("corruptedIndexes") or ()]
            warnings = sorted(str(warning) for warning in row.get("warnings") or ())
            problems += warnings[:_WARNINGS_TOLD]
            if len(warnings) > _WARNINGS_TOLD:
                problems.append(f"and {len(warnings) - _WARNINGS_TOLD} more such warnings")
        return problems

    def command(self, language: str, statement: str) -> list[dict[str, Any]]:
        """Run a statement that Bolt cannot carry: SQL for vector and full-text indexes."""
        from arcadedb_embedded.exceptions import ArcadeDBError

        try:
            result = self.database.command(language, statement)
        except ArcadeDBError as error:
            raise StoreError(f"The embedded store refused a {language} statement: {error}\n{statement}") from error
        return [] if result is None else [_plain(row) for row in result.to_list()]

    def terminate(self, marker: str) -> int:
        """Stop every running statement whose text contains ``marker``; returns how many."""
        if len(marker) < 8:
            raise InputError(f"terminate: the marker {marker!r} is too short to name one statement (8 characters)")
        running = [
            each for each in self._server._java_server.getRunningQueries().getRunning() if marker in str(each.getText())
        ]
        return sum(bool(each.terminate("time limit")) for each in running)

    def backup(self, directory: Path) -> Path:
        """Write a consistent backup into ``directory`` while statements go on; returns the zip file."""
        backup = self._java("com.arcadedb.integration.backup.Backup")(self.java_database, str(directory / BACKUP_FILE))
        backup.setVerboseLevel(0)
        return Path(str(backup.backupDatabase()))

    def stop(self) -> None:
        """Close the database and the listeners."""
        self._server.stop()


def _set_global_limits(configuration: Any, options: ServerOptions) -> None:
    """Set what the server honours only as a process-wide setting made before it starts."""
    from jpype import JLong

    configuration.COMMAND_TIMEOUT.setValue(JLong(int(options.command_timeout_seconds * 1000)))
    configuration.OPENCYPHER_LOAD_CSV_ALLOW_FILE_URLS.setValue(False)
    configuration.OPENCYPHER_LOAD_CSV_ALLOW_REMOTE_URLS.setValue(False)
    configuration.POLYGLOT_ENGINE_ENABLED.setValue(False)
    configuration.TX_WAL_FLUSH.setValue(1)  # a commit reaches the disk before it is acknowledged


def _write_groups(path: Path) -> None:
    """Write what the groups may do. Access rights are to the schema and settings, type rights to records.

    No ``resultSetLimit``: it cuts what a statement scans, not only what it returns, so a limited ``count(*)`` would be
    silently wrong. The adapter caps rows instead, and the command timeout bounds the work.
    """

    def group(access: list[str], rights: list[str]) -> dict[str, Any]:
        return {"access": access, "resultSetLimit": -1, "readTimeout": -1, "types": {"*": {"access": rights}}}

    groups = {
        "admin": group(["updateSecurity", "updateSchema", "updateDatabaseSettings"], _RECORD_RIGHTS),
        "writer": group(["updateSchema"], _RECORD_RIGHTS),
        "reader": group([], ["readRecord"]),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"version": 1, "databases": {"*": {"groups": groups}}}, indent=1) + "\n")


def _user(security: Any, group: str, user: Credentials) -> dict[str, Any]:
    return {
        "name": user.username,
        "password": str(security.encodePassword(user.password)),
        "databases": {DATABASE: [group]},
    }


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Make a row of values that JSON can carry."""
    return {
        name: value if isinstance(value, str | int | float | bool | None) else str(value) for name, value in row.items()
    }

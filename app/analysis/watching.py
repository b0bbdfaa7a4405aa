"""Watching a folder: what is new in it goes in and is assessed, whatever happens to files, lock, store or process."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Protocol

from app.analysis.assess import ensure_assessed
from app.analysis.fleet_data import fleet_names
from app.analysis.intake import ingest_and_assess
from app.analysis.textfile import write_textfile
from graph.errors import AtollError, InputError, RefusedError, StoreError
from graph.ports import GraphStore
from graph.readings import ReadingsLake
from ingest.telemetry.identity import checked_fleet
from ingest.telemetry.options import SourceOptions
from ingest.telemetry.reading import open_source
from ingest.telemetry.registry import format_named
from ingest.telemetry.stored import ingest_runs

FIRST_DELAY_SECONDS = 1.0
LONGEST_DELAY_SECONDS = 300.0
NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE)
Tell = Callable[[str, str, dict[str, Any]], None]
Signature = tuple[int, int]


class Opened(Protocol):
    """An open workspace, as ``app.wiring`` makes it."""

    @property
    def path(self) -> Path:
        """Its folder."""
        ...

    @property
    def store(self) -> GraphStore:
        """The graph."""
        ...

    @property
    def lake(self) -> ReadingsLake:
        """The daily readings."""
        ...

    def writing(self) -> AbstractContextManager[None]:
        """The workspace's write lock."""
        ...


class StoppedError(Exception):
    """The watch was told to stop while it worked; the run that was on its way stays invisible."""


@dataclass(slots=True)
class Tally:
    """What a watch did: rounds looked, files and rows read, rows rejected, files that cannot be used."""

    rounds: int = 0
    files_read: int = 0
    rows_read: int = 0
    rows_rejected: int = 0
    bad_files: int = 0

    def to_json(self) -> dict[str, Any]:
        """One key a count."""
        return asdict(self)


class FolderWatch:
    """Brings in what is new in a folder, round by round.

    Which files were read is known by their hashes from the runs in the store, so nothing is read twice, by whichever
    process. What a round could not do the next one tries again; each trouble is told once.

    Args:
        folder: The folder; only files directly in it count.
        format_name: A name in ``registry.FORMATS``.
        fleet: Name of the fleet.
        open_it: Opens the workspace.
        tell: Called with the kind of an event, a sentence and its facts.
        options: What the user says of the files.
        textfile: Written whenever findings may have changed; None for none.
        settle_seconds: A file that does not change for so long has stopped growing.
        stop: Ends the watch when it is set.

    Raises:
        InputError: Format, options, fleet or folder cannot be used.
    """

    def __init__(
        self,
        folder: Path,
        format_name: str,
        fleet: str,
        *,
        open_it: Callable[[], Opened],
        tell: Tell,
        options: SourceOptions | None = None,
        textfile: Path | None = None,
        settle_seconds: float = 2.0,
        stop: threading.Event,
    ) -> None:
        if not folder.is_dir():
            raise InputError(f"{folder}: there is no such folder. Name the folder whose files are to be read.")
        self._folder, self._format_name, self._fleet = folder, format_name, checked_fleet(fleet)
        self._options, self._textfile, self._settle_seconds = options, textfile, settle_seconds
        self._format = format_named(format_name, options)
        # Our own textfile may stand among the exporters' pages that are read.
        is_here = textfile is not None and textfile.parent.resolve() == folder.resolve()
        self._own_name = textfile.name if textfile is not None and is_here else None
        self._open_it, self._tell, self._stop = open_it, tell, stop
        self._opened: Opened | None = None
        self._done: dict[Path, Signature] = {}
        self._growing: set[Path] = set()
        self._told: set[str] = set()
        self._exported: tuple[int, date] | None = None
        self._is_first = True
        self.tally = Tally()

    def run(self, interval_seconds: float, *, once: bool = False) -> None:
        """Look until told to stop, or once: then until everything that is there has been tried.

        Raises:
            AtollError: With ``once``, what kept the round from being done.
        """
        delay = FIRST_DELAY_SECONDS
        try:
            while not self._stop.is_set():
                try:
                    self._round()
                except AtollError as error:
                    if once:
                        raise
                    self._say_trouble(error, delay)
                    self._stop.wait(delay)
                    delay = min(2 * delay, LONGEST_DELAY_SECONDS)
                    continue
                if self._told:
                    self._tell("recovered", "going on", {})
                    self._told.clear()
                delay = FIRST_DELAY_SECONDS
                if once:
                    return
                self._stop.wait(interval_seconds)
        except StoppedError:
            self._tell("dropped", "stopped while working; the unfinished run is invisible and read again next time", {})
        finally:
            self._close()

    def _say_trouble(self, error: AtollError, delay: float) -> None:
        if isinstance(error, StoreError):
            event = "store-unreachable"
            self._close()
        else:
            event = "waiting" if isinstance(error, RefusedError) else "problem"
        text = str(error)
        if text not in self._told:
            self._told.add(text)
            self._tell(event, f"{text} Trying again in {delay:g} s, then less often.", {"error": text})

    def _round(self) -> None:
        self.tally.rounds += 1
        ready = self._ready()
        if ready or self._is_first or self._textfile:
            opened = self._connected()
            unread = self._unread(opened.store, ready)
            if unread or self._is_first:
                with ExitStack() as held:
                    held.enter_context(opened.writing())
                    # What another process read while this one waited for the lock needs no reading any more.
                    unread = self._unread(opened.store, unread)
                    if unread:
                        self._ingest(opened, unread)
                    if self._fleet in fleet_names(opened.store):
                        ensure_assessed(opened.store, opened.lake, self._fleet, progress=self._progress)
            self._export(opened)
        self._is_first = False

    def _connected(self) -> Opened:
        if self._opened is None:
            self._opened = self._open_it()
        return self._opened

    def _close(self) -> None:
        if self._opened is not None:
            opened, self._opened = self._opened, None
            opened.store.close()

    def _progress(self, stage: str, done: int, total: int | None) -> None:
        if self._stop.is_set():
            raise StoppedError(stage)

    def _ready(self) -> dict[Path, Signature]:
        """Files that are new or changed, and no longer grow."""
        fresh = {path: sign for path, sign in self._listed().items() if self._done.get(path) != sign}
        if not fresh:
            return {}
        self._stop.wait(self._settle_seconds)
        again = self._listed()
        for path in sorted(fresh):
            if path in again and again[path] != fresh[path] and path not in self._growing:
                self._growing.add(path)
                self._tell("growing", f"{path} is still being written; waiting for its end", {"file": str(path)})
        ready = {path: sign for path, sign in fresh.items() if again.get(path) == sign}
        self._growing -= set(ready)
        return ready

    def _listed(self) -> dict[Path, Signature]:
        """Size and time of change of each file that may count."""
        found = {}
        try:
            for path in sorted(self._folder.iterdir()):
                if path.suffix.lower() not in self._format.reader.suffixes or path.name.startswith("."):
                    continue
                if path.name == self._own_name:
                    continue
                try:
                    status = path.stat()
                except OSError:  # gone between listing and looking
                    continue
                if path.is_file():
                    found[path] = (status.st_size, status.st_mtime_ns)
        except OSError as error:
            raise InputError(f"{self._folder}: the folder cannot be read ({error.strerror}).") from error
        return found

    def _unread(self, store: GraphStore, files: dict[Path, Signature]) -> dict[Path, Signature]:
        """Files whose content no run has read; those that cannot be used are told once."""
        if not files:
            return {}
        runs = [run for run in ingest_runs(store) if (run.fleet, run.format) == (self._fleet, self._format.name)]
        known = frozenset(sha256 for run in runs for sha256 in run.files)
        found = {}
        for path, signature in files.items():
            try:
                source = open_source([path], self._format, known, self._progress, named={path})
            except (StoreError, StoppedError):
                raise
            except Exception as error:  # one file must not end the watch, however it is damaged
                if path.exists():
                    self._bad(path, signature, str(error) or type(error).__name__)
                continue
            if source.files:
                found[path] = signature
            else:
                self._done[path] = signature
        return found

    def _bad(self, path: Path, signature: Signature, reason: str) -> None:
        self._done[path] = signature
        self.tally.bad_files += 1
        self._tell("bad-file", f"{reason} It is left out until it changes.", {"file": str(path), "error": reason})

    def _ingest(self, opened: Opened, files: dict[Path, Signature]) -> None:
        """Ingest files as one run; where that fails for one of them, one by one."""
        try:
            self._ingest_run(opened, list(files))
        except (StoreError, StoppedError):
            raise
        except Exception as error:  # a file may be damaged in a way that nobody thought of; the others still go in
            if len(files) > 1:
                for path, signature in files.items():
                    self._ingest(opened, {path: signature})
                return
            ((path, signature),) = files.items()
            is_ours = not isinstance(error, AtollError)
            if not is_ours and str(path) not in str(error):
                raise  # not this file's fault: a full disk, say
            if is_ours and is_no_space(error):
                raise InputError(f"{path}: cannot be read in for now ({str(error).splitlines()[0]}).") from error
            self._bad(path, signature, f"{path}: {type(error).__name__}: {error}" if is_ours else str(error))
            return
        self._done.update(files)

    def _ingest_run(self, opened: Opened, paths: Sequence[Path]) -> None:
        intake = ingest_and_assess(
            paths,
            self._format_name,
            self._fleet,
            store=opened.store,
            lake=opened.lake,
            workspace=opened.path,
            progress=self._progress,
            options=self._options,
        )
        report = intake.report
        self.tally.files_read += report.files_read
        self.tally.rows_read += report.rows_read
        self.tally.rows_rejected += report.rows_rejected
        facts = {
            "files": [str(path) for path in paths],
            "rows_read": report.rows_read,
            "rows_rejected": report.rows_rejected,
            "quarantine": report.quarantine,
            "findings": intake.assessment.num_findings if intake.assessment else None,
            "new_findings": intake.assessment.added if intake.assessment else None,
        }
        names = paths[0].name if len(paths) == 1 else f"{len(paths):,} files"
        rejected = f", rejected {report.rows_rejected:,} ({report.quarantine})" if report.rows_rejected else ""
        found = f"; {intake.assessment.num_findings:,} findings" if intake.assessment else ""
        self._tell("ingested", f"read {names}: {report.rows_read:,} rows{rejected}{found}", facts)

    def _export(self, opened: Opened) -> None:
        """Write the textfile where findings or answers may have changed, or a snooze may have ended."""
        if self._textfile is None or self._fleet not in fleet_names(opened.store):
            return
        state = (opened.store.version(), datetime.now(UTC).date())
        if state != self._exported or not self._textfile.exists():
            write_textfile(opened.store, opened.lake, self._textfile, self._fleet, writing=opened.writing)
            self._exported = state


def is_no_space(error: BaseException) -> bool:
    """Whether the machine ran out of room, which is no fault of the file that was being read."""
    return getattr(error, "errno", None) in NO_SPACE or "No space left on device" in str(error)

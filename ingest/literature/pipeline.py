"""Literature from files to graph: read, extract, verify, resolve, write document by document, settle, report."""

from __future__ import annotations

import hashlib
import re
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from graph.errors import InputError
from graph.ontology.model import Batch
from graph.ontology.rows import node_table, together
from graph.ontology.seed import ontology_batch
from graph.ports import GraphStore, Run
from ingest.catalogue_run import write_catalogue
from ingest.file_hash import sha256_of
from ingest.literature import quarantine
from ingest.literature.document import ReadDocument
from ingest.literature.document_rows import DocumentRows, Resolve, document_key
from ingest.literature.extractors import Extractor, Progress
from ingest.literature.files import find_files
from ingest.literature.quarantine import Refused
from ingest.literature.report import LiteratureReport
from ingest.literature.settle import settle
from ingest.literature.works import WorkIndex

START = 600  # characters of a text in which the title of a known work is looked for
_PARTICULARS = re.compile(r"'[^']*'|<[^>]*>|[0-9]+")


def ingest_literature(
    paths: Sequence[Path],
    *,
    store: GraphStore,
    workspace: Path,
    extractor: Extractor,
    resolve: Resolve,
    bundled_notes: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> LiteratureReport:
    """Bring papers, notes, bibliographies and foreign graphs into the graph.

    Each file is a run of its own: a killed ingest keeps the files that were done, and the same command goes on with
    the rest. A document that is known in this form (same content, same extractor) is not read again.

    Args:
        paths: Files and folders; folders are read recursively, files of other kinds in them are counted as skipped.
        store: The graph.
        workspace: Folder of the workspace; statements that cannot be used go to its quarantine.
        extractor: What finds assertions in a text.
        resolve: What finds the canonical concept of a phrase.
        bundled_notes: Read Atoll's own notes too.
        dry_run: Read and extract everything, write nothing.
        progress: Called with a stage, what is done and of how much (None: unknown).

    Returns:
        What was read, counted over all documents named.

    Raises:
        InputError: Nothing of what was named can be read.
        StoreError: The store cannot be reached.
    """
    started = time.perf_counter()
    found = find_files(paths)
    report = LiteratureReport(files_skipped=found.num_skipped, extractor=extractor.method)
    ingest = _Ingest(
        store, workspace, extractor, resolve, report, dry_run, progress or (lambda stage, done, total: None)
    )
    if not dry_run:
        write_catalogue(store)
    for at, path in enumerate(found.files):
        ingest.tell("files", at, len(found.files))
        ingest.read_file(path)
        if ingest.stopped:
            report.stopped = ingest.stopped
            break
    if bundled_notes and not ingest.stopped:
        from ingest.literature.note_documents import bundled_documents

        ingest.take(bundled_documents(), "atoll:notes")
    if report.refused_files and not report.files_read and not bundled_notes:
        raise InputError(" ".join(report.refused_files))
    if not dry_run:
        ingest.tell("settle", 0, None)
        settle(store)
        ingest.count_contradictions()
        if ingest.refused:
            report.quarantine = str(quarantine.write(workspace, ingest.refused))
    report.works = len(ingest.works_seen)
    report.quarantined = len(ingest.refused)
    report.rejected_by_reason = dict(Counter(map(_kind_of_reason, ingest.refused)).most_common())
    report.store_version = store.version()
    report.seconds = round(time.perf_counter() - started, 3)
    return report


def _kind_of_reason(refused: Refused) -> str:
    """A reason without its place and its particulars, for counting."""
    if refused.place == "file":
        return "file cannot be read"
    reason = refused.reason.removeprefix(f"{Path(refused.source).name}, ")
    return re.sub(r"(… ?)+", "…", _PARTICULARS.sub("…", reason)).removeprefix("…: ")


class _Ingest:
    """One ingest on its way."""

    def __init__(
        self,
        store: GraphStore,
        workspace: Path,
        extractor: Extractor,
        resolve: Resolve,
        report: LiteratureReport,
        dry_run: bool,
        tell: Progress,
    ) -> None:
        self._store, self._extractor, self._resolve, self._dry_run = store, extractor, resolve, dry_run
        self._report, self.tell, self._workspace = report, tell, workspace
        self._works = WorkIndex.of(store.query("stored_works").records())
        self._documents: set[str] = set()
        self.works_seen: set[str] = set()
        self.refused: list[Refused] = []
        self.stopped: str | None = None

    def read_file(self, path: Path) -> None:
        """Read one file; what cannot be read is refused with its sentence, the others go on."""
        from ingest.literature.foreign import is_foreign
        from ingest.literature.readers.registry import read

        try:
            if is_foreign(path):
                self._import(path)
            elif self._is_known(sha256_of(path)):
                self._report.files_read += 1
            else:
                documents = read(path, lambda done, total: self.tell(f"read {path.name}", done, total))
                self._report.files_read += 1
                self.take(documents, path.name)
        except InputError as error:
            self._report.refused_files.append(str(error))
            self.refused.append(Refused(str(path), "file", path.name, str(error)))

    def _is_known(self, sha256: str) -> bool:
        """Count a document that is stored in this form; False where it must be read."""
        key = document_key(sha256)
        for record in self._store.query("stored_documents", {"keys": [key]}).records():
            if record["method"] == self._extractor.method:
                self._count_stored(key, record["work"], record["num_pages"])
                return True
        return False

    def _count_stored(self, key: str, work: str | None, num_pages: int | None) -> None:
        if key in self._documents:
            return
        self._documents.add(key)
        report = self._report
        parts = Counter(
            record["label"] for record in self._store.query("parts_of_document", {"document": key}).records()
        )
        report.documents += 1
        report.passages += parts["Passage"]
        report.assertions += parts["Assertion"]
        report.unsourced_claims += parts["UnsourcedClaim"]
        report.high += int(self._store.query("high_of_document", {"document": key}).scalar() or 0)
        report.pages += num_pages or 0
        if work:
            self.works_seen.add(work)

    def take(self, documents: Iterable[ReadDocument], source: str) -> None:
        """Extract from documents of one file and write them as one run."""
        batches, rows_of, stale = [], [], []
        digest = hashlib.sha256(self._extractor.method.encode())
        for document in documents:
            self._report.notes += document.notes
            self.refused += [Refused(document.path, "entry", "", sentence) for sentence in document.left_out]
            key = document_key(document.sha256)
            if key in self._documents or self._is_known(document.sha256):
                continue
            work = self._works.add(document.work, document.sha256, document.kind, document.text[:START])
            self.works_seen.add(work)
            cites = (self._works.find(reference) for reference in document.references)
            rows = DocumentRows(document, work, self._resolve, [cited for cited in cites if cited])
            extraction = self._extractor.extract(document, self.tell)
            self._report.tokens += extraction.tokens
            if extraction.cost is not None:
                self._report.cost = (self._report.cost or 0.0) + extraction.cost
            self.refused += extraction.refused
            if extraction.stopped:
                self.stopped = f"{document.path}: {extraction.stopped} The same command goes on from here."
                break
            for found, shift in extraction.found:
                reason = rows.add(found, shift)
                if reason:
                    self.refused.append(Refused(document.path, f"character {found.start + shift}", found.quote, reason))
            # What is not known by the extractor's own name is read again: the answers that came are kept beside it.
            missing = f", {extraction.unanswered} passages without an answer" if extraction.unanswered else ""
            batches.append(rows.batch(self._extractor.method + missing))
            rows_of.append(rows)
            stale.append(key)
            digest.update(document.sha256.encode())
            self._documents.add(key)
            self._report.pages += document.num_pages or 0
        self._report.documents += len(rows_of)
        self._report.new_documents += len(rows_of)
        self._report.passages += sum(rows.num_passages for rows in rows_of)
        self._report.assertions += sum(rows.num_assertions for rows in rows_of)
        self._report.high += sum(rows.num_high for rows in rows_of)
        if batches and not self._dry_run:
            self._write(batches, stale, source, digest.hexdigest())

    def _write(self, batches: list[Batch], documents: list[str], source: str, fingerprint: str) -> None:
        """Write one file's documents; what an earlier extractor found in them and this one does not is deleted."""
        stored = {row["document"] for row in self._store.query("stored_documents", {"keys": documents}).records()}
        run = self._store.begin_run("literature", f"literature:{source}", fingerprint)
        works = [self._works.rows[key] for key in sorted(self._works.changed)]
        known_works = [Batch((node_table("Work", works),))] if works else []
        # One write for all: a bibliography has thousands of documents of a few nodes each.
        self._store.write(run, together([*known_works, *batches]))
        for key, batch in zip(documents, batches, strict=True):
            if key in stored:
                self._delete_gone(run, key, batch)
        self._store.complete_run(run)
        self._works.changed.clear()

    def _delete_gone(self, run: Run, document: str, batch: Batch) -> None:
        """Delete what is stored of a document and is no part of what was read of it now."""
        written = {row for table in batch.nodes for row in table.rows.column("key").to_pylist()}
        gone: dict[str, list[str]] = {}
        for record in self._store.query("parts_of_document", {"document": document}).records():
            if record["key"] not in written:
                gone.setdefault(record["label"], []).append(record["key"])
        for label, keys in sorted(gone.items()):
            self._store.delete(run, label, keys)

    def _import(self, path: Path) -> None:
        """Import a foreign graph; its accounting goes into the report."""
        from ingest.literature.foreign import import_foreign
        from ingest.literature.foreign.repairs import by_kind, write_repairs

        self.tell(f"import {path.name}", 0, None)
        imported = import_foreign(path, known=ontology_batch())
        report = self._report
        report.files_read += 1
        report.documents += 1
        key, sha256 = imported.document["key"], imported.document["content_sha256"]
        report.new_documents += not self._store.query("stored_documents", {"keys": [key]}).rows
        report.triples_read += imported.triples_read
        report.mapped += imported.mapped
        report.duplicate += imported.duplicate
        report.repairs += len(imported.repairs)
        for kind, count in by_kind(imported.repairs).items():
            report.repairs_by_kind[kind] = report.repairs_by_kind.get(kind, 0) + count
        report.unsourced_claims += imported.unsourced_claims
        report.contradictions += imported.contradictions
        report.shacl_conforms = imported.shacl_conforms and report.shacl_conforms is not False
        report.notes += imported.notes
        self.refused += [Refused(str(path), row.place, row.value, row.reason) for row in imported.quarantined]
        if not self._dry_run:
            if imported.repairs:
                listed = self._workspace / "literature" / f"repairs-{sha256[:16]}.jsonl"
                write_repairs(listed, imported.repairs)
                report.notes.append(f"{path}: every repair, with what stood there before and after: {listed}")
            run = self._store.begin_run("literature", f"literature:{path.name}", sha256)
            self._store.write(run, imported.batch)
            self._delete_gone(run, key, imported.batch)
            self._store.complete_run(run)

    def count_contradictions(self) -> None:
        """Count contradictions in which the documents of this ingest take part."""
        for record in self._store.query("stored_contradictions").records():
            self._report.contradictions += bool(self._documents & set(record["documents"] or ()))

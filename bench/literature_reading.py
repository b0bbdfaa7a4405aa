"""Reading papers: pages a second on one core, reader by reader, the PDF reader against pypdf alone.

``python -m bench.literature_reading [FOLDER] [--quick]``; FOLDER defaults to ``../shared/data/papers``. The peer,
``pypdf``'s ``extract_text``, gives the characters of each page in the file's order: no columns, no kinds of block, no
words joined. The other readers are timed on what the PDF reader made of the same papers, written in their format, so
that a page is the same page. A manual of many pages made of the papers shows how time and memory grow.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from html import escape
from pathlib import Path

from bench.timing import paired, report
from ingest.literature.document import HEADING, PROSE, ReadDocument
from ingest.literature.readers.registry import read
from ingest.literature.sentences import sentences

PAPERS = Path(__file__).resolve().parents[2] / "shared" / "data" / "papers"


def main() -> None:
    """Time the readers and print the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=PAPERS)
    parser.add_argument("--quick", action="store_true", help="one pair, a manual of 300 pages only")
    parser.add_argument("--manual", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.manual:
        _manual(options.manual)
        return
    papers = sorted(options.folder.glob("*.pdf"))
    if not papers:
        print(f"{options.folder}: no PDF to read; name a folder of papers.")
        return
    documents = [read(path)[0] for path in papers]
    pages = sum(document.num_pages or 0 for document in documents)
    ratio = paired(
        f"read {pages} pages",
        partial(_read_all, papers),
        "pypdf extract_text",
        lambda: _peer(papers),
        repeats=1 if options.quick else 5,
        clock=time.process_time,
    )
    with tempfile.TemporaryDirectory() as folder:
        notes = [
            *_rates(documents, Path(folder), pages),
            *_growth(papers, Path(folder), (300,) if options.quick else (300, 2000)),
        ]
    notes.insert(0, f"PDF: {pages / min(ratio.ours_seconds):.0f} pages/s a core, "
                    f"pypdf {pages / min(ratio.peer_seconds):.0f} pages/s")  # fmt: skip
    report("Reading papers", [ratio], notes)


def _peer(papers: Sequence[Path]) -> int:
    import pypdf

    return sum(len(page.extract_text()) for path in papers for page in pypdf.PdfReader(path).pages)


def _rates(documents: Sequence[ReadDocument], folder: Path, pages: int) -> list[str]:
    """Pages a second of the other readers and of the sentences, on the same text."""
    written: dict[str, Callable[[ReadDocument], str]] = {
        "txt": _as_text,
        "md": _as_markdown,
        "html": _as_html,
        "nxml": _as_jats,
    }
    told = []
    for suffix, written_as in written.items():
        paths = []
        for number, document in enumerate(documents):
            path = folder / f"{number}.{suffix}"
            path.write_text(written_as(document), encoding="utf-8")
            paths.append(path)
        told.append(f"{suffix}: {_rate(partial(_read_all, paths), pages):,.0f} pages/s a core")
    told.append(f"sentences: {_rate(lambda: [sentences(one) for one in documents], pages):,.0f} pages/s a core")
    return told


def _read_all(paths: Sequence[Path]) -> list[ReadDocument]:
    return [document for path in paths for document in read(path)]


def _rate(call: Callable[[], object], pages: int) -> float:
    call()
    start = time.process_time()
    call()
    return pages / (time.process_time() - start)


def _blocks(document: ReadDocument) -> list[tuple[str, str]]:
    return [(one.kind, document.text[one.start : one.end]) for one in document.blocks if one.kind in (HEADING, PROSE)]


def _as_text(document: ReadDocument) -> str:
    return "\n\n".join(text for _, text in _blocks(document))


def _as_markdown(document: ReadDocument) -> str:
    return "\n\n".join(f"## {text}" if kind == HEADING else text for kind, text in _blocks(document))


def _as_html(document: ReadDocument) -> str:
    body = "".join(
        f"<h2>{escape(text)}</h2>" if kind == HEADING else f"<p>{escape(text)}</p>" for kind, text in _blocks(document)
    )
    return f"<!doctype html><html><body>{body}</body></html>"


def _as_jats(document: ReadDocument) -> str:
    body = "".join(
        f"</sec><sec><title>{escape(text)}</title>" if kind == HEADING else f"<p>{escape(text)}</p>"
        for kind, text in _blocks(document)
    )
    return f"<article><body><sec>{body}</sec></body></article>"


def _growth(papers: Sequence[Path], folder: Path, sizes: Sequence[int]) -> list[str]:
    """Time and peak memory of manuals, each read in a process of its own."""
    import pypdf

    pages = [page for path in papers for page in pypdf.PdfReader(path).pages]
    told = []
    for size in sizes:
        writer = pypdf.PdfWriter()
        for number in range(size):
            writer.add_page(pages[number % len(pages)])
        path = folder / f"manual-{size}.pdf"
        writer.write(path)
        shown = subprocess.run(
            [sys.executable, "-m", "bench.literature_reading", "--manual", str(path)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        told.append(f"a manual of {size:,} pages: {shown.stdout.strip()}")
    return told


def _manual(path: Path) -> None:
    start = time.process_time()
    [document] = read(path)
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{(document.num_pages or 0) / seconds:.0f} pages/s, peak memory {peak:.0f} MiB")


if __name__ == "__main__":
    main()

"""Which files of what the user named are literature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from graph.errors import InputError


@dataclass(slots=True)
class FoundFiles:
    """Files to read, and how many of other kinds lay beside them."""

    files: list[Path] = field(default_factory=list)
    num_skipped: int = 0


def find_files(paths: Sequence[Path]) -> FoundFiles:
    """Files below ``paths``, in order: those named, and of folders (recursively) those of a kind that is read.

    Raises:
        InputError: A path does not exist, or a folder holds nothing that is read.
    """
    from ingest.literature.foreign import is_foreign
    from ingest.literature.readers.registry import SUFFIXES, can_read

    found = FoundFiles()
    for path in paths:
        if path.is_dir():
            inside = sorted(item for item in path.rglob("*") if item.is_file() and not _is_hidden(item, path))
            wanted = [item for item in inside if can_read(item) or is_foreign(item)]
            if not wanted:
                endings = ", ".join(sorted(SUFFIXES))
                raise InputError(
                    f"{path}: the folder holds no literature. Expected files that end in {endings}, or RDF (.ttl, .nt, "
                    ".jsonld, .rdf)."
                )
            found.files += wanted
            found.num_skipped += len(inside) - len(wanted)
        elif path.exists():
            found.files.append(path)
        else:
            raise InputError(f"{path}: no such file or folder.")
    found.files = list(dict.fromkeys(found.files))
    return found


def _is_hidden(path: Path, below: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(below).parts)

"""The hash by which a file is known."""

from __future__ import annotations

import hashlib
from pathlib import Path

from graph.errors import InputError


def sha256_of(path: Path) -> str:
    """Hash of a file's bytes.

    Raises:
        InputError: The file cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}).") from error

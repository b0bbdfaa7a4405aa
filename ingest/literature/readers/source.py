"""A file's bytes and text: read once, decoded as it says or as it must be, refused with one sentence."""

from __future__ import annotations

import codecs
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from graph.errors import InputError

MAX_TEXT_BYTES = 256 << 20
_DECLARED = re.compile(rb"(?:encoding|charset)\s*=\s*[\"']?\s*([A-Za-z][\w.:-]{1,40})", re.IGNORECASE)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class SourceText:
    """A text file as decoded.

    Args:
        path: Where it is.
        sha256: Hash of its bytes.
        text: Its text, its lines ended as on Unix.
        notes: What must be told of the encoding.
    """

    path: Path
    sha256: str
    text: str
    notes: tuple[str, ...] = ()


def read_bytes(path: Path) -> bytes:
    """Bytes of a file.

    Raises:
        InputError: It cannot be read or is empty.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}).") from None
    except ValueError as error:  # a NUL in the name
        raise InputError(f"{str(path)!r}: is no name of a file ({error}).") from None
    if not content.strip(b"\0 \t\r\n\f"):
        raise InputError(f"{path}: is empty; expected a paper, a text or a bibliography.")
    return content


def digest(content: bytes | str) -> str:
    """SHA-256 of bytes, or of a text's UTF-8."""
    return hashlib.sha256(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content).hexdigest()


def read_text(path: Path) -> SourceText:
    """A text file, decoded.

    Raises:
        InputError: It cannot be read, is empty or too large, or holds bytes of no text.
    """
    content = read_bytes(path)
    if len(content) > MAX_TEXT_BYTES:
        raise InputError(f"{path}: has {len(content):,} bytes; expected a text of at most {MAX_TEXT_BYTES:,}.")
    text, notes = decode(path, content)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return SourceText(path, digest(content), text, notes)


def decode(path: Path, content: bytes) -> tuple[str, tuple[str, ...]]:
    """Text of bytes: by their mark, as UTF-8, as declared, or as Windows-1252, in this order.

    Returns:
        The text and what must be told of it.

    Raises:
        InputError: The bytes are no text.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _strictly(path, content, encoding), ()
    if b"\0" in content:
        wide = _wide(content)
        if wide is None:
            line = content[: content.index(b"\0")].count(b"\n") + 1
            raise InputError(f"{path}:{line}: holds NUL bytes; expected text.")
        return _strictly(path, content, wide), (f"{path}: read as {wide.upper()}, which it does not declare.",)
    try:
        return content.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
    declared = _DECLARED.search(content[:2048])
    encoding = declared[1].decode("ascii") if declared else "cp1252"
    try:
        known = codecs.lookup(encoding)
        is_text = getattr(known, "_is_text_encoding", True)
        encoding = known.name if is_text and known.name not in ("utf-8", "idna", "punycode") else "cp1252"
    except LookupError:
        encoding = "cp1252"
    try:
        text = content.decode(encoding)
    except (UnicodeDecodeError, ValueError):
        text = content.decode("cp1252", "replace").replace("\ufffd", "")
        encoding = "cp1252"
    if _is_binary(text):
        raise InputError(f"{path}:{line}: is not UTF-8 text; expected a text file saved as UTF-8.")
    return text, (f"{path}:{line}: is not UTF-8; read as {encoding}.",)


def _strictly(path: Path, content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: begins like {encoding.upper()} but byte {error.start:,} is not; save it as UTF-8."
        ) from None


def _wide(content: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of Latin text is zero."""
    head = content[:4096]
    if len(content) % 2:
        return None
    for encoding, offset in (("utf-16-le", 1), ("utf-16-be", 0)):
        zeros = head[offset::2].count(0)
        if zeros > 0.4 * (len(head) // 2) and head[1 - offset :: 2].count(0) < 0.02 * len(head):
            return encoding
    return None


def _is_binary(text: str) -> bool:
    head = text[:8192]
    controls = sum(char < " " and char not in "\t\n\r\f" for char in head)
    return controls > 0.01 * len(head)

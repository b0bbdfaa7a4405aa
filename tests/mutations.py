"""Damage as it happens to files: bytes that flip, tails that are cut, values of another type, unit or size.

A mutation is decided by its seed alone, so that one that fails can be made again.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from typing import Any

# Values that tools, shells and spreadsheets leave where a number or a name should be.
STRANGE: tuple[Any, ...] = (
    *(None, True, False, "", " ", "40 C", "310 K", "1,024", "0x1f", "12 GB", "nan", "Infinity", "-", "N/A", "REDACTED"),
    *(0, -1, 1, 255, 256, 273, 310, 400, 2**31, 2**32, 2**53, 2**63, 2**64, 2**70, 2**200, -(2**63)),
    *(0.5, -0.5, 1e308, 1e400, -1e400, float("nan"), float("inf"), 1e-320),
    *("\x00", "\x1b[31m", "a" * 5000, "ÿ", "\ud800", "'; DROP TABLE drives; --", "${HOME}", "../../etc/passwd"),
    *([], {}, [[]], [None], {"value": 5}, [1, 2, 3]),
)
TEXTS = (*(value for value in STRANGE if isinstance(value, str)), "-1", "1e400", "99999999999999999999", "1.5.2")
BYTES = (b"\x00", b"\xff", b"\xc3", b"\n", b'"', b",", b"{", b"}", b"[", b"]", b"\\", b"\xef\xbb\xbf", b"\r", b";")

Change = Callable[[random.Random, bytes], bytes]


def mutated(content: bytes, seed: int) -> bytes:
    """A file's content with one to three mutations, of its bytes or, where it is JSON or a table, of its values."""
    rng = random.Random(seed)
    changes: Sequence[Change] = _changes_for(content)
    for _ in range(rng.choice((1, 1, 2, 3))):
        content = rng.choice(changes)(rng, content)
    return content


def _changes_for(content: bytes) -> Sequence[Change]:
    if content.lstrip()[:1] in (b"{", b"["):
        return (_of_json, _of_json, _of_json, _of_json, _of_bytes)
    return (_of_line, _of_line, _of_line, _of_bytes)


def _of_bytes(rng: random.Random, content: bytes) -> bytes:
    if not content:
        return content
    at = rng.randrange(len(content))
    to = min(len(content), at + rng.randrange(1, 200))
    kind = rng.randrange(7)
    if kind == 0:
        return content[:at] + bytes([content[at] ^ (1 << rng.randrange(8))]) + content[at + 1 :]
    if kind == 1:
        return content[:at]
    if kind == 2:
        return content[:at] + content[to:]
    if kind == 3:
        return content[:to] + content[at:to] + content[to:]
    if kind == 4:
        return content[:at] + rng.choice(BYTES) + content[at:]
    if kind == 5:
        return content[:at] + rng.randbytes(rng.randrange(1, 20)) + content[at:]
    return content.decode("utf-8", "replace").encode("utf-16" if rng.random() < 0.2 else "latin-1", "replace")


# JSON


def _of_json(rng: random.Random, content: bytes) -> bytes:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return _of_bytes(rng, content)
    places: list[tuple[Any, Any]] = []
    _collect(document, places)
    if not places:
        return _of_bytes(rng, content)
    holder, name = rng.choice(places)
    kind = rng.randrange(9)
    value = holder[name]
    if kind == 0:
        del holder[name]
    elif kind in (1, 2, 3):
        holder[name] = rng.choice(STRANGE)
    elif kind == 4:
        holder[name] = _turned(rng, value)
    elif kind == 5:
        holder[name] = rng.choice(([value], {"value": value}, [value, value], json.dumps(value)))
    elif kind == 6:
        other, where = rng.choice(places)
        if where in other if isinstance(other, dict) else where < len(other):
            holder[name] = json.loads(json.dumps(other[where]))
    elif kind == 7 and isinstance(holder, list):
        holder.insert(rng.randrange(len(holder) + 1), json.loads(json.dumps(value)))
    else:
        return _doubled_key(rng, json.dumps(document).encode())
    try:
        return json.dumps(document, indent=rng.choice((None, 2))).encode()
    except (ValueError, RecursionError):
        return content


def _collect(content: Any, places: list[tuple[Any, Any]]) -> None:
    if isinstance(content, dict | list):
        pairs = list(content.items()) if isinstance(content, dict) else list(enumerate(content))
        for name, inner in pairs:
            places.append((content, name))
            _collect(inner, places)


def _turned(rng: random.Random, value: Any) -> Any:
    """A number of another sign, size or type; other values as text."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return rng.choice(
        (-value - 1, value * 10**6, value / 3, str(value), f"{value} C", value + 273, value * 2.0, value == 0, [value])
    )


def _doubled_key(rng: random.Random, content: bytes) -> bytes:
    """A key that stands in its object twice, the second time with another value."""
    begins = [at for at in range(len(content)) if content[at : at + 1] == b"{"]
    at = rng.choice(begins) + 1 if begins else 0
    end = content.find(b'"', at + 1)
    key = content[at : end + 1]
    if not key.startswith(b'"') or end < 0:
        return content
    try:
        value = json.dumps(rng.choice(STRANGE)).encode()
    except ValueError:
        value = b"1"
    return content[:at] + key + b": " + value + b", " + content[at:]


# Tables and other text that goes by lines


def _of_line(rng: random.Random, content: bytes) -> bytes:
    lines = content.split(b"\n")
    at = rng.randrange(len(lines))
    kind = rng.randrange(7)
    if kind == 0:
        del lines[at]
    elif kind == 1:
        lines.insert(at, lines[rng.randrange(len(lines))])
    elif kind == 2:
        lines[at] = lines[at][: rng.randrange(len(lines[at]) + 1)]
    elif kind == 3:
        lines[at] = rng.randbytes(rng.randrange(60)).replace(b"\n", b"")
    else:
        lines[at] = _changed_cell(rng, lines[at])
    return b"\n".join(lines)


def _changed_cell(rng: random.Random, line: bytes) -> bytes:
    """One cell of a line, or one number of a page, replaced."""
    separator = b"," if b"," in line and b"{" not in line else b" "
    cells = line.split(separator)
    at = rng.randrange(len(cells))
    value = rng.choice(TEXTS).encode("utf-8", "surrogatepass")
    if cells[at][:1].isdigit() and rng.random() < 0.3:
        value = rng.choice((b"-" + cells[at], cells[at] + b" C", cells[at] * 5, b'"' + cells[at] + b'"'))
    cells[at] = value
    return separator.join(cells)

"""One page of a PDF as pypdfium2 gives it: stretches of characters with their place and their style."""

from __future__ import annotations

import ctypes
import math
import re
from dataclasses import dataclass
from typing import Any

_BOLD = re.compile(r"bold|black|heavy|semibold|demi|medi(?!um)|[-,]bd\b|cmbx|sfbx", re.IGNORECASE)
_ITALIC = re.compile(r"ital|obli|slant|cmti|sfti|cmsl", re.IGNORECASE)
_MONO = re.compile(r"mono|courier|typewriter|cmtt|sftt|consol|menlo|nimbusmon|inconsol|txtt", re.IGNORECASE)
_FIXED_PITCH, _ITALIC_FLAG = 1, 64
_WIDE = 1.4  # em: a gap of this width is none between words
_NEWLINES = (0x0D, 0x0A)


@dataclass(frozen=True, slots=True)
class Style:
    """How characters are set.

    Args:
        size: Height of the type in points.
        bold: Bold.
        italic: Italic or slanted.
        mono: Of a typewriter face.
        nested: Inside an embedded drawing.
        turned: Not read from left to right.
    """

    size: float
    bold: bool = False
    italic: bool = False
    mono: bool = False
    nested: bool = False
    turned: bool = False


@dataclass(slots=True)
class Fragment:
    """Characters that stand together on one line.

    Args:
        text: As the file has them, hyphen marks and ligatures included.
        x0: Left edge, in points from the page's left.
        x1: Right edge.
        y: Baseline, in points from the page's top.
        style: Style of most of them.
        bold_chars: How many are bold; so for the others.
        italic_chars: Italic ones.
        mono_chars: Of a typewriter face.
    """

    text: str
    x0: float
    x1: float
    y: float
    style: Style
    bold_chars: int = 0
    italic_chars: int = 0
    mono_chars: int = 0


@dataclass(slots=True)
class Page:
    """A page's characters.

    Args:
        number: From 1.
        width: In points, as shown.
        height: In points.
        fragments: In the file's order.
    """

    number: int
    width: float
    height: float
    fragments: list[Fragment]


class _Builder:
    """Collects characters into fragments."""

    def __init__(self) -> None:
        self.made: list[Fragment] = []
        self._chars: list[str] = []
        self._styles: list[Style] = []
        self._x0 = self._x1 = self._y = 0.0
        self._at = (0.0, 0.0)
        self._blank = False

    def add(self, char: str, x0: float, x1: float, y: float, style: Style) -> None:
        if self._chars and not self._continues(x0, y, style):
            self.end()
        if not self._chars:
            self._x0, self._x1, self._y = x0, x1, y
        elif style.size > 1.2 * self._styles[0].size:  # began with a superscript
            self._y = y
        if self._blank and self._chars:
            self._chars.append(" ")
        self._blank = False
        self._chars.append(char)
        self._styles.append(style)
        self._x0, self._x1 = min(self._x0, x0), max(self._x1, x1)
        self._at = (x0, y)

    def blank(self) -> None:
        self._blank = True

    def _continues(self, x0: float, y: float, style: Style) -> bool:
        size = max(style.size, self._styles[-1].size)
        last = self._styles[-1]
        same = last.turned == style.turned and last.nested == style.nested
        if same and style.turned:
            return max(abs(x0 - self._at[0]), abs(y - self._at[1])) < 2 * size
        return same and -0.6 * size < x0 - self._x1 < _WIDE * size and abs(y - self._y) < 0.6 * size

    def end(self) -> None:
        if self._chars:
            style = max(set(self._styles), key=self._styles.count) if len(set(self._styles)) > 1 else self._styles[0]
            self.made.append(
                Fragment(
                    "".join(self._chars),
                    self._x0,
                    self._x1,
                    self._y,
                    style,
                    sum(one.bold for one in self._styles),
                    sum(one.italic for one in self._styles),
                    sum(one.mono for one in self._styles),
                )
            )
        self._chars, self._styles, self._blank = [], [], False


def read_page(document: Any, index: int) -> Page:
    """Read a page with pypdfium2 and let go of it again.

    Args:
        document: A ``pypdfium2.PdfDocument``.
        index: Page from 0.

    Raises:
        pypdfium2.PdfiumError: The page cannot be loaded.
    """
    page = document[index]
    try:
        width, height = page.get_size()
        text_page = page.get_textpage()
        try:
            return Page(index + 1, width, height, _fragments(page, text_page))
        finally:
            text_page.close()
    finally:
        page.close()


def _fragments(page: Any, text_page: Any) -> list[Fragment]:
    from pypdfium2 import raw

    place = _Placing(page)
    top_level = _top_level(raw, page)
    styles: dict[int, Style] = {}
    builder = _Builder()
    left, right, bottom, top, x, y = (ctypes.c_double() for _ in range(6))
    box = [ctypes.byref(value) for value in (left, right, bottom, top)]
    origin = [ctypes.byref(x), ctypes.byref(y)]
    handle = text_page.raw
    for index in range(text_page.count_chars()):
        code = raw.FPDFText_GetUnicode(handle, index)
        if code in _NEWLINES:
            builder.end()
            continue
        if code in (0x20, 0xA0, 0x09, 0):
            builder.blank()
            continue
        text_object = raw.FPDFText_GetTextObject(handle, index)
        address = ctypes.cast(text_object, ctypes.c_void_p).value or 0
        style = styles.get(address)
        if style is None:
            style = _style(raw, handle, index, address not in top_level, place.degrees)
            styles[address] = style
        raw.FPDFText_GetCharBox(handle, index, *box)
        raw.FPDFText_GetCharOrigin(handle, index, *origin)
        x0, x1, baseline = place(x.value, left.value, right.value, bottom.value, top.value, y.value)
        builder.add(chr(code) if code < 0x110000 else "", x0, x1, baseline, style)
    builder.end()
    return builder.made


def _top_level(raw: Any, page: Any) -> set[int]:
    """Addresses of the page's own objects; text of others stands in a drawing."""
    handle = page.raw
    found = (raw.FPDFPage_GetObject(handle, index) for index in range(raw.FPDFPage_CountObjects(handle)))
    return {ctypes.cast(one, ctypes.c_void_p).value or 0 for one in found}


def _style(raw: Any, handle: Any, index: int, nested: bool, degrees: int) -> Style:
    """Style of a character's text object."""
    matrix = raw.FS_MATRIX()
    scale = 1.0
    if raw.FPDFText_GetMatrix(handle, index, ctypes.byref(matrix)):
        scale = math.hypot(matrix.c, matrix.d) or 1.0
    size = abs(raw.FPDFText_GetFontSize(handle, index) * scale) or 1.0
    flags = ctypes.c_int()
    buffer = ctypes.create_string_buffer(128)
    raw.FPDFText_GetFontInfo(handle, index, buffer, 128, ctypes.byref(flags))
    name = buffer.value.decode("utf-8", "replace")
    angle = math.degrees(raw.FPDFText_GetCharAngle(handle, index)) + degrees
    return Style(
        round(size, 2),
        bool(_BOLD.search(name)) or raw.FPDFText_GetFontWeight(handle, index) >= 600,
        bool(_ITALIC.search(name)) or bool(flags.value & _ITALIC_FLAG),
        bool(_MONO.search(name)) or bool(flags.value & _FIXED_PITCH),
        nested,
        5 < angle % 360 < 355,
    )


class _Placing:
    """Turns the file's coordinates into ones from the shown page's top left."""

    def __init__(self, page: Any) -> None:
        self.degrees = page.get_rotation()
        self._left, self._bottom, self._right, self._top = page.get_cropbox()

    def __call__(
        self, x: float, left: float, right: float, bottom: float, top: float, y: float
    ) -> tuple[float, float, float]:
        """Left and right edge and baseline of a character."""
        if self.degrees == 90:
            return bottom - self._bottom, top - self._bottom, x - self._left
        if self.degrees == 180:
            return self._right - right, self._right - left, y - self._bottom
        if self.degrees == 270:
            return self._top - top, self._top - bottom, self._right - x
        return min(x, left) - self._left, max(x, right) - self._left, self._top - y

"""Small PDFs set in known places, so that a reader's order, joins and pages can be held against what was meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

# Widths of Helvetica in thousandths of an em, from the blank to the tilde (Adobe's metrics of the standard fonts).
_WIDTHS = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 "
    "584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 "
    "667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 "
    "278 556 500 722 500 500 500 334 260 334 584"
)
WIDTHS = tuple(int(width) for width in _WIDTHS.split())
FONTS = {"plain": "Helvetica", "bold": "Helvetica-Bold", "italic": "Helvetica-Oblique", "mono": "Courier"}
LEADING = 1.2
MAX_STRETCH = 8.0  # points that a blank is widened by
TOP, BOTTOM, LEFT, COLUMN, GUTTER = 720.0, 90.0, 72.0, 220.0, 28.0
LINES_A_COLUMN = int((TOP - BOTTOM) / (10 * LEADING))


def width_of(text: str, size: float) -> float:
    """Width of a text in Helvetica, in points."""
    return sum(WIDTHS[ord(char) - 32] if 32 <= ord(char) < 127 else 556 for char in text) * size / 1000


def wrapped(text: str, width: float, size: float = 10.0) -> list[str]:
    """Lines of a paragraph, broken at blanks only."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and width_of(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


@dataclass
class Sheet:
    """A page under way.

    Args:
        width: In points.
        height: In points.
    """

    width: float = 612.0
    height: float = 792.0
    operations: list[bytes] = field(default_factory=list)

    def put(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 10.0,
        font: str = "plain",
        justify: float = 0.0,
        turned: bool = False,
    ) -> None:
        """Set one line with its baseline at ``y`` from the bottom; ``justify`` stretches its blanks to a width."""
        blanks = text.count(" ")
        spacing = max(0.0, (justify - width_of(text, size)) / blanks) if justify and blanks else 0.0
        spacing = spacing if spacing < MAX_STRETCH else 0.0  # a line of few words stays ragged
        shown = text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
        name = list(FONTS).index(font) + 1
        place = f"0 1 -1 0 {x:.2f} {y:.2f} Tm" if turned else f"1 0 0 1 {x:.2f} {y:.2f} Tm"
        self.operations.append(f"BT /F{name} {size} Tf {spacing:.3f} Tw {place} (".encode() + shown + b") Tj ET")

    def paragraph(self, x: float, y: float, lines: Sequence[str], *, width: float = COLUMN, **kind: object) -> float:
        """Set lines below each other, all but the last justified; returns the next baseline."""
        size = float(str(kind.get("size", 10.0)))
        for index, line in enumerate(lines):
            self.put(x, y, line, justify=width if index + 1 < len(lines) else 0.0, **kind)  # type: ignore[arg-type]
            y -= size * LEADING
        return y


def pdf_of(sheets: Sequence[Sheet], info: str = "", trailer: str = "") -> bytes:
    """The bytes of a PDF of sheets; ``info`` and ``trailer`` are raw entries of those dictionaries."""
    fonts = " ".join(f"/F{number} {2 + number} 0 R" for number in range(1, len(FONTS) + 1))
    first = 3 + len(FONTS) + 1
    kids = " ".join(f"{first + 2 * index} 0 R" for index in range(len(sheets)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(sheets)} >>".encode(),
        *(
            f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>".encode()
            for name in FONTS.values()
        ),
        f"<< {info} >>".encode("latin-1"),
    ]
    for index, sheet in enumerate(sheets):
        stream = b"\n".join(sheet.operations)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {sheet.width} {sheet.height}] "
            f"/Contents {first + 2 * index + 1} 0 R /Resources << /Font << {fonts} >> >> >>".encode()
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n".encode() + stream + b"\nendstream")
    return _bound(objects, trailer or f"/Root 1 0 R /Info {first - 1} 0 R")


def _bound(objects: Sequence[bytes], trailer: str) -> bytes:
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    table = b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    size = len(objects) + 1
    return (
        out
        + f"xref\n0 {size}\n0000000000 65535 f \n".encode()
        + table
        + f"trailer\n<< /Size {size} {trailer} >>\nstartxref\n{len(out)}\n%%EOF\n".encode()
    )


def two_columns(lines: Sequence[tuple[str, bool]], indent: float = 12.0) -> list[Sheet]:
    """Pages of two columns that are filled one after the other.

    Args:
        lines: Each with whether it begins a paragraph; the last line of one is not stretched.
        indent: Of a paragraph's first line, in points.
    """
    sheets: list[Sheet] = []
    for index, (line, begins) in enumerate(lines):
        column, row = divmod(index % (2 * LINES_A_COLUMN), LINES_A_COLUMN)
        if index % (2 * LINES_A_COLUMN) == 0:
            sheets.append(Sheet())
        ends = index + 1 == len(lines) or lines[index + 1][1]
        shift = indent if begins else 0.0
        x = LEFT + column * (COLUMN + GUTTER) + shift
        sheets[-1].put(x, TOP - row * 10 * LEADING, line, justify=0.0 if ends else COLUMN - shift)
    return sheets

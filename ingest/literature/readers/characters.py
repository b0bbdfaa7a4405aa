"""Single characters of stored text: ligatures taken apart, invisible ones left out, all others kept as they are."""

from __future__ import annotations

import re
import unicodedata

HYPHEN_MARKS = "\u00ad\x02\ufffe"
"""What stands for a hyphen at a line's end: the soft hyphen, and what PDF libraries put in its place."""
LIGATURES = {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
BULLETS = {"\uf0b7": "•", "\uf0a7": "▪", "\uf02d": "-", "\uf0a8": "▪", "\uf0fc": "✓", "\x0f": "•"}
# Written before or over its letter by old TeX fonts; what Unicode composes with.
ACCENTS = {"´": "\u0301", "`": "\u0300", "¨": "\u0308", "ˆ": "\u0302", "˜": "\u0303", "ˇ": "\u030c", "˚": "\u030a"}
_ACCENTED = re.compile(r"([´¨ˆ˜ˇ˚]) ?([A-Za-zı])(?=[a-z]|\b)")
_WHITE = re.compile(r"\s+")
_DROPPED = {"Cc", "Cf", "Cs", "Co", "Cn"}


def clean(text: str) -> str:
    """Text without control characters, with ligatures taken apart and every white space as one blank.

    Superscripts, units and signs (², µ, °, −) stay: only the ligatures' code points are normalised. Hyphen marks are
    expected to be resolved before; those left are invisible and go too.
    """
    if text.isascii() and text.isprintable():
        return _WHITE.sub(" ", text)
    out = []
    for char in text:
        if char in LIGATURES:
            out.append(LIGATURES[char])
        elif char in BULLETS:
            out.append(BULLETS[char])
        elif char.isspace():
            out.append(" ")
        elif unicodedata.category(char) not in _DROPPED:
            out.append(char)
    return _WHITE.sub(" ", compose("".join(out)))


def compose(text: str) -> str:
    """Accents that stand before their letter ("Andr´e") as the one letter that is meant."""
    return _ACCENTED.sub(_one_letter, text)


def _one_letter(found: re.Match[str]) -> str:
    letter = "i" if found[2] == "ı" else found[2]
    made = unicodedata.normalize("NFC", letter + ACCENTS[found[1]])
    return made if len(made) == 1 else found[0]

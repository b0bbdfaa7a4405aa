"""What a file is by its content, whatever its name says."""

from __future__ import annotations

import codecs
import re

_MAGIC = {
    b"PK\x03\x04": "a zip archive (or a Word document); unpack it, or save the document as PDF",
    b"\x1f\x8b": "gzip-compressed; unpack it first",
    b"\xd0\xcf\x11\xe0": "an old Word or Excel document; save it as PDF",
    b"{\\rtf": "rich text (RTF); save it as PDF or plain text",
    b"%!PS": "PostScript; convert it with ps2pdf first",
    b"\x89PNG": "a picture (PNG); run OCR over it first",
    b"\xff\xd8\xff": "a picture (JPEG); run OCR over it first",
    b"GIF8": "a picture (GIF); run OCR over it first",
    b"II*\x00": "a picture (TIFF); run OCR over it first",
    b"MM\x00*": "a picture (TIFF); run OCR over it first",
    b"AT&TFORM": "DjVu; convert it to PDF first",
    b"7z\xbc\xaf": "7z-compressed; unpack it first",
    b"BZh": "bzip2-compressed; unpack it first",
    b"\xfd7zXZ": "xz-compressed; unpack it first",
    b"PAR1": "Parquet; expected a paper, a text or a bibliography",
    b"\x7fELF": "a program; expected a paper, a text or a bibliography",
}
_BIBTEX = re.compile(r"\A(?:\s|%[^\n]*\n)*@[A-Za-z]+\s*[{(]")
_BIBTEX_WITHIN = re.compile(r"^\s*@(?:article|inproceedings|book|misc|techreport|phdthesis|proceedings|incollection|"
                            r"conference|mastersthesis|online|manual|unpublished|inbook|string|comment|preamble)\s*[{(]",
                            re.IGNORECASE | re.MULTILINE)  # fmt: skip
_RIS = re.compile(r"\A\s*TY\s{0,2}-\s*[A-Z]", re.MULTILINE)
_JSON = re.compile(r"\A\s*[\[{]")
_WORKS = re.compile(r"\"(?:DOI|container-title|message-type|reference-count)\"\s*:")
_HTML = re.compile(
    r"\A\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!doctype\s+html|<html|<head\b|<body\b)", re.I | re.DOTALL
)
_XML = re.compile(r"\A\s*<(?:\?xml|!DOCTYPE|!--|[A-Za-z])")
_ARTICLE = re.compile(r"<(?:\w+:)?article[\s>]|<!DOCTYPE\s+article|<pmc-articleset", re.IGNORECASE)


def unreadable(head: bytes) -> str | None:
    """What a file is that no reader reads, by its first bytes; None where it may be one that is read."""
    return next((what for magic, what in _MAGIC.items() if head.startswith(magic)), None)


def format_of(head: bytes) -> str | None:
    """Format that a file's beginning shows beyond doubt; ``xml`` and ``json`` for ones of no known kind.

    Args:
        head: The first bytes, at least a few thousand where the file has them.

    Returns:
        pdf, jats, html, bibtex, ris, crossref, xml, json, or None where it is just text.
    """
    if b"%PDF-" in head[:1024]:
        return "pdf"
    text = _decoded(head).lstrip("\ufeff")
    if _HTML.match(text):
        return "html"
    if _XML.match(text):
        return "jats" if _ARTICLE.search(text) else "xml" if text.lstrip().startswith(("<?xml", "<!DOCTYPE")) else None
    if _RIS.match(text):
        return "ris"
    if _BIBTEX.match(text) or len(_BIBTEX_WITHIN.findall(text)) > 1:
        return "bibtex"
    if _JSON.match(text) and ('"' in text):
        return "crossref" if _WORKS.search(text) else "json"
    return None


def _decoded(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head[: len(head) // 2 * 2].decode("utf-16", "ignore")
    if head[1:40:2].count(0) > 15 or head[:40:2].count(0) > 15:
        return head.replace(b"\0", b"").decode("latin-1")
    return head.decode("utf-8", "ignore")

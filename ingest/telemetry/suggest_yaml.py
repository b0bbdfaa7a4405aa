"""A suggestion as the YAML of a mapping file, with what was sure and what was guessed as comments."""

from __future__ import annotations

import json
import re

import yaml

from ingest.telemetry.suggest import Guess, Suggestion


def to_yaml(suggestion: Suggestion) -> str:
    """Text of the mapping file; it can be used once nothing in it is guessed."""
    guessed = [guess for guess in suggestion.columns if guess.means and not guess.sure]
    lines = [
        f"# Draft for {_quoted(suggestion.path.name)}, from the names and values of {suggestion.rows_looked_at} rows.",
        *_what_to_do(len(guessed), suggestion.lacking),
        "atoll_mapping: 1",
        f"name: {_name(suggestion.path.stem)}",
        "version: 1",
    ]
    if suggestion.layout == "long":
        lines.append("layout: long")
    if suggestion.separator != ",":
        lines.append(f"separator: {_quoted(suggestion.separator)}")
    if suggestion.decimal != ".":
        lines.append(f"decimal: {_quoted(suggestion.decimal)}")
    for lacking in suggestion.lacking:
        also = ", or say below 'constants' what all rows have: constants: {model: …}" if lacking == "model" else ""
        lines.append(f"# No column seems to mean '{lacking}': a mapping needs one{also}.")
    lines.append("columns:")
    lines += [_column(guess) for guess in suggestion.columns if guess.means]
    if not any(guess.means for guess in suggestion.columns):
        lines[-1] = "columns: {}"
    ignored = [guess for guess in suggestion.columns if not guess.means]
    if ignored:
        lines += ["ignore:", *(f"  - {_quoted(guess.column)}  # {_comment(guess.why)}" for guess in ignored)]
    return "\n".join(lines) + "\n"


def _what_to_do(num_guessed: int, lacking: tuple[str, ...]) -> list[str]:
    if lacking and not num_guessed:
        return [f"# Nothing was guessed, but it lacks what a mapping needs: {', '.join(lacking)} (see below)."]
    if not num_guessed:
        return [
            "# Nothing was guessed. Read it over, then: atoll ingest telemetry TABLE --mapping THIS_FILE --fleet NAME"
        ]
    called = "1 line was guessed" if num_guessed == 1 else f"{num_guessed} lines were guessed"
    return [
        f"# {called} and must be confirmed: correct what is wrong and delete 'guessed: true'.",
        "# Until then nothing is read by it.",
    ]


def _column(guess: Guess) -> str:
    parts = [f"means: {_quoted(str(guess.means)) if ':' in str(guess.means) else guess.means}"]
    if guess.value and guess.value != "raw":
        parts.append(f"value: {guess.value}")
    if guess.format:
        parts.append(f"format: {_quoted(guess.format) if '%' in guess.format else guess.format}")
    if guess.unit:
        parts.append(f"unit: {guess.unit}")
    if guess.missing:
        parts.append(f"missing: [{', '.join(_quoted(value) for value in guess.missing)}]")
    if not guess.sure:
        parts.append("guessed: true")
    doubt = "sure" if guess.sure else "guessed"
    return f"  {_quoted(guess.column)}: {{{', '.join(parts)}}}  # {doubt}: {_comment(guess.why)}"


def _quoted(text: str) -> str:
    """Text as YAML reads it back: a JSON string is one, but for characters that must be escaped YAML's own way."""
    if text.isprintable():
        return json.dumps(text, ensure_ascii=False)
    return str(yaml.safe_dump(text, default_style='"', width=float("inf"))).strip()


def _comment(text: str) -> str:
    """Text on one line, whatever a table calls its columns."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _name(stem: str) -> str:
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("-._")[:64]
    return _quoted(name or "table")

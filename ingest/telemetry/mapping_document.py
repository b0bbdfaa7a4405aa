"""A mapping file as it stands there: YAML held against its schema, every complaint with file and line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from graph.errors import InputError, nearest

MAX_BYTES = 1 << 20
Place = tuple[str | int, ...]


class Document:
    """A mapping file.

    Args:
        path: Where it is.

    Raises:
        InputError: It cannot be read, is no YAML, or is not what the schema says.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.content = _read(path)
        self._lines: dict[Place, int] = {}
        self.values: dict[str, Any] = self._parsed()
        self._hold_against_schema()

    def error(self, message: str, *place: str | int) -> InputError:
        """An error at a place of the document, such as ``columns``, ``Datum``."""
        return InputError(f"{self.path}:{self.line(*place)}: {message}")

    def line(self, *place: str | int) -> int:
        """Line at which something stands; of what does not stand there, the line of what would hold it."""
        at = tuple(place)
        while at and at not in self._lines:
            at = at[:-1]
        return self._lines.get(at, 1)

    def _parsed(self) -> dict[str, Any]:
        try:
            node = yaml.compose(self.content, Loader=yaml.SafeLoader)
            found = self._value(node, ()) if node is not None else None
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 1
            raise InputError(f"{self.path}:{line}: is no YAML ({error.problem or error.context}).") from None
        except InputError:
            raise
        except (yaml.YAMLError, RecursionError, ValueError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise InputError(f"{self.path}:1: is no YAML that can be read ({reason}).") from None
        if not isinstance(found, dict):
            raise InputError(f"{self.path}:1: expected a mapping that begins with 'atoll_mapping: 1'.")
        return found

    def _value(self, node: yaml.Node, place: Place) -> Any:
        """Plain values of a node; keys are names as they are written, so that ``5`` and ``no`` are columns too."""
        line = node.start_mark.line + 1
        if place in self._lines:
            raise InputError(
                f"{self.path}:{line}: '{place[-1]}' stands there twice, first in line {self.line(*place)}."
            )
        self._lines[place] = line
        if node.start_mark.index == node.end_mark.index and not isinstance(node, yaml.ScalarNode):
            return None
        if isinstance(node, yaml.MappingNode):
            found = {}
            for key, value in node.value:
                if not isinstance(key, yaml.ScalarNode):
                    raise InputError(f"{self.path}:{key.start_mark.line + 1}: a key is no name.")
                found[key.value] = self._value(value, (*place, key.value))
                self._lines[(*place, key.value)] = key.start_mark.line + 1
            return found
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*place, number)) for number, item in enumerate(node.value)]
        loader = yaml.SafeLoader("")
        try:
            value = loader.construct_object(node)
        finally:
            loader.dispose()
        return value if value is None or isinstance(value, bool | int | float) else str(node.value)

    def _hold_against_schema(self) -> None:
        version = self.values.get("atoll_mapping")
        if version != 1:
            told = f"version {version} of mapping files is not known" if version is not None else "is no mapping file"
            raise self.error(f"{told}; expected 'atoll_mapping: 1'.", "atoll_mapping")
        # A key that means nothing first: it may be what another complaint finds missing.
        errors = sorted(
            _validator().iter_errors(self.values), key=lambda error: error.validator != "additionalProperties"
        )
        if errors:
            raise self._complaint(errors[0])

    def _complaint(self, error: ValidationError) -> InputError:
        """One complaint of the schema, in words and at its line."""
        place = tuple(error.absolute_path)
        if error.validator == "oneOf":  # of the two forms, the one that was meant tells what is wrong
            is_object = isinstance(error.instance, dict)
            meant = [item for item in error.context or () if (item.schema_path[0] == 1) == is_object]
            if meant:
                return self._complaint(min(meant, key=lambda item: len(item.absolute_path)))
        where = f"'{place[-1]}'" if place else "the mapping"
        said: Any = error.validator_value
        instance: Any = error.instance
        if error.validator == "additionalProperties":
            subschema: Any = error.schema
            known = list(subschema.get("properties", {}))
            unknown = next(name for name in instance if name not in known)
            return self.error(
                f"'{unknown}' has no meaning here.{nearest(unknown, known)} Known: {', '.join(known)}.", *place, unknown
            )
        if error.validator == "required":
            needed = next(name for name in said if name not in instance)
            return self.error(f"'{needed}' is missing in {where}.", *place)
        if error.validator == "enum":
            choices = [str(choice) for choice in said]
            hint = nearest(str(error.instance), choices)
            return self.error(f"{where} is '{error.instance}'.{hint} Choose among {', '.join(choices)}.", *place)
        if error.validator == "pattern" and str(said).startswith("^(day|"):
            choices = str(said).strip("^$()").split("|")[:-1]
            hint = nearest(str(error.instance), choices)
            return self.error(
                f"'{error.instance}' is no meaning.{hint} Expected {', '.join(choices)}, or an attribute's key such as "
                "smart:ata:5.",
                *place,
            )
        shown = f"'{error.instance}'" if isinstance(error.instance, str | int | float) else "what stands there"
        return self.error(f"{where}: {shown} cannot be ({error.message[:200]}).", *place)


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path}: is larger than {MAX_BYTES:,} bytes; a mapping file is a page of YAML.")
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not UTF-8 text (byte {error.start}); a mapping file is YAML.") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}).") from error
    # References can make a small file endlessly large, and no mapping needs them.
    try:
        events = yaml.parse(text, Loader=yaml.SafeLoader)
        alias: Any = next((event for event in events if isinstance(event, yaml.AliasEvent)), None)
    except (yaml.YAMLError, RecursionError, ValueError):
        return text  # told by the caller, with its place
    if alias:
        raise InputError(f"{path}:{alias.start_mark.line + 1}: holds a YAML reference ('*'); write it out.")
    return text


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(schema())


@cache
def schema() -> Mapping[str, Any]:
    """The JSON schema of mapping files."""
    text = files("ingest.telemetry").joinpath("mapping-1.json").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = json.loads(text)
    return loaded

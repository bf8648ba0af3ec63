# SPDX-License-Identifier: MIT
"""Reads board.json and driver.json files and holds them against the JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from .errors import DescriptionError, Fault, GeneratorError, PathItem

SCHEMA_FILE = Path(__file__).with_name("driver.schema.json")
DRIVER_FILE = "driver.json"

_JSON_TYPES = {
    "object": "an object",
    "array": "a list",
    "string": "a string",
    "integer": "an integer",
    "boolean": "true or false",
}

# What the regular expressions of the schema mean, in words.
_PATTERNS = {
    "^[A-Za-z_][A-Za-z0-9_]*$": "a C identifier (letters, digits and _, no digit first)",
    '^[^"<>\\\\\\s]+$': "a header path as it stands in #include, without quotes and spaces",
    "^[^\\n]+$": "one line of C preprocessor condition",
    "^(?!.*\\.\\.)[^/\\s][^\\s]*$": "a relative path without .. and spaces",
}


@dataclass(frozen=True)
class RawDriver:
    """A driver description that passed the schema.

    name: the folder's name, or the prefix of an inline description;
    file: where it was read (for messages); root: where its path in that file begins;
    folder: where its C sources are, None for an inline description.
    """

    name: str
    file: Path
    root: tuple[PathItem, ...]
    folder: Path | None
    data: dict[str, Any]


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of a driver description."""
    loaded = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def available_drivers(drivers_dirs: Sequence[Path]) -> list[str]:
    """Names of the folders that hold a driver.json."""
    names: set[str] = set()
    for folder in drivers_dirs:
        names.update(file.parent.name for file in folder.glob("*/" + DRIVER_FILE))
    return sorted(names)


def _refuse_duplicate_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise ValueError(f'the property "{key}" occurs twice in one object')
        result[key] = value
    return result


def read_json(file: Path) -> Any:
    """Reads a JSON file; a syntax error or a property given twice names file, line and column."""
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise GeneratorError(f"{file}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise GeneratorError(f"{file}: is not UTF-8 text: {error.reason}") from error
    try:
        return json.loads(text, object_pairs_hook=_refuse_duplicate_keys)
    except json.JSONDecodeError as error:
        raise GeneratorError(f"{file}:{error.lineno}:{error.colno}: is not JSON: {error.msg}") from error
    except ValueError as error:
        raise GeneratorError(f"{file}: {error}") from error


def _shown(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _known_properties(node: dict[str, Any]) -> str:
    names = sorted(name for name in node.get("properties", {}) if name != "_comment")
    return "expected one of " + ", ".join(names) + ", or IMPLEMENTATION/NAME of another tool"


def _explain(error: jsonschema.ValidationError) -> tuple[tuple[PathItem, ...], str, str]:
    """Turns one schema error into (path below the error, problem, expectation)."""
    value: Any = error.instance
    rule = error.validator
    want: Any = error.validator_value
    node: Any = error.schema
    if rule == "additionalProperties":
        known = set(node.get("properties", {}))
        for name in value:
            if name not in known and ("/" not in name or name.startswith(("micropsa/", "mbedtls/"))):
                return (name,), f'unknown property "{name}"', _known_properties(node)
    if rule == "required":
        missing = next(name for name in want if name not in value)
        return (), f'the property "{missing}" is missing', "add it"
    if rule == "type":
        return (), f"{_shown(value)} has the wrong type", f"expected {_JSON_TYPES.get(want, want)}"
    if rule == "enum":
        options = ", ".join(_shown(item) for item in want)
        return (), f"{_shown(value)} is not accepted", f"expected one of {options}"
    if rule == "pattern":
        return (), f"{_shown(value)} is not well formed", f"expected {_PATTERNS.get(want, want)}"
    if rule in ("minItems", "minLength"):
        return (), f"{_shown(value)} is empty", "expected at least one entry"
    if rule == "uniqueItems":
        return (), f"{_shown(value)} lists an entry twice", "list each entry once"
    if rule == "minimum":
        return (), f"{_shown(value)} is too small", f"expected {want} or more"
    if rule == "maximum":
        return (), f"{_shown(value)} is too large", f"expected {want} or less"
    if rule == "oneOf":
        return (
            (),
            f"{_shown(value)} is not a size",
            "expected a non-negative integer or a string with a C constant expression",
        )
    return (), error.message, "see tools/drivergen/driver.schema.json"


def schema_faults(file: Path, root: tuple[PathItem, ...], data: Any) -> list[Fault]:
    """Everything that the schema has against a description, in order of place."""
    validator = jsonschema.Draft202012Validator(schema())
    faults = []
    for error in validator.iter_errors(data):
        below, problem, expected = _explain(error)
        path = root + tuple(error.absolute_path) + below
        faults.append(Fault(file, path, problem, expected))
    return sorted(faults, key=lambda fault: [str(item) for item in fault.path])


def _load_named(name: str, drivers_dirs: Sequence[Path]) -> RawDriver:
    for folder in drivers_dirs:
        file = folder / name / DRIVER_FILE
        if file.is_file():
            data = read_json(file)
            faults = schema_faults(file, (), data)
            if faults:
                raise DescriptionError(faults)
            return RawDriver(name, file, (), file.parent.resolve(), data)
    places = ", ".join(str(folder) for folder in drivers_dirs)
    existing = ", ".join(available_drivers(drivers_dirs)) or "none"
    raise GeneratorError(f'unknown driver "{name}"; drivers in {places}: {existing}')


def load_drivers(
    entries: Iterable[Any],
    drivers_dirs: Sequence[Path],
    file: Path | None = None,
    root: tuple[PathItem, ...] = (),
) -> list[RawDriver]:
    """Loads an ordered driver list.

    Each entry is the name of a driver folder or a whole driver description (an object);
    file and root say where the list stands, for messages.
    """
    drivers: list[RawDriver] = []
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        where = file or Path("(command line)")
        path = (*root, index)
        if isinstance(entry, str):
            if entry in seen:
                raise DescriptionError([Fault(where, path, f'driver "{entry}" is listed twice', "list it once")])
            seen.add(entry)
            drivers.append(_load_named(entry, drivers_dirs))
        elif isinstance(entry, dict):
            faults = schema_faults(where, path, entry)
            if faults:
                raise DescriptionError(faults)
            drivers.append(RawDriver(entry["prefix"], where, path, None, entry))
        else:
            raise DescriptionError(
                [
                    Fault(
                        where,
                        path,
                        f"{_shown(entry)} is not a driver",
                        "expected the name of a folder in drivers/ or a driver description",
                    )
                ]
            )
    return drivers


def load_board(file: Path, drivers_dirs: Sequence[Path]) -> list[RawDriver]:
    """Loads the drivers that a board.json lists under "drivers"."""
    board = read_json(file)
    if not isinstance(board, dict):
        raise GeneratorError(f"{file}: is not a board description: expected a JSON object")
    entries = board.get("drivers", [])
    if not isinstance(entries, list):
        raise DescriptionError(
            [
                Fault(
                    file,
                    ("drivers",),
                    f"{_shown(entries)} has the wrong type",
                    "expected a list of driver names",
                )
            ]
        )
    return load_drivers(entries, drivers_dirs, file, ("drivers",))

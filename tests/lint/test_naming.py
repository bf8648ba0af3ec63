# SPDX-License-Identifier: MIT
"""The name is the address: boards, drivers and bindings are called what their folders say."""

import json
import re

import pytest

from tests.lint import tree
from tools import board

BOARDS = sorted({path.parts[1] for path in tree.files() if path.parts[0] == "boards" and len(path.parts) > 2})
DRIVERS = sorted({path.parts[1] for path in tree.files() if path.parts[0] == "drivers" and path.name == "driver.json"})
CODE_FOLDERS = re.compile(r"\b(?:drivers|port|modules|python_lib|tools|renode)/")
FUNCTION_OBJECT = re.compile(r"MP_DEFINE_CONST_FUN_OBJ_\w+\(\s*(\w+)\s*,(.*?)\)\s*;", re.DOTALL)
FUNCTION_NAME = re.compile(r"\b[a-z_]\w*")


@pytest.mark.parametrize("name", BOARDS)
def test_board_is_called_as_its_folder(name):
    data = json.loads((tree.ROOT / "boards" / name / "board.json").read_text())
    assert data["name"] == name
    assert re.fullmatch(r"[A-Z][A-Z0-9_]*", name), "board names are upper case"
    assert data["description"]
    board.load(name)  # its SoC and its drivers exist


@pytest.mark.parametrize("name", BOARDS)
def test_board_holds_names_and_no_code_paths(name):
    """board.json and the board's headers name drivers and SoCs; paths are the build's business."""
    for path in (tree.ROOT / "boards" / name).iterdir():
        if path.suffix in (".json", ".h"):
            found = CODE_FOLDERS.search(path.read_text())
            assert not found, f"{path.relative_to(tree.ROOT)} names the folder {found.group(0)!r}"


@pytest.mark.parametrize("name", DRIVERS)
def test_driver_prefix_is_its_folder(name):
    data = json.loads((tree.ROOT / "drivers" / name / "driver.json").read_text())
    assert data["prefix"] == name


@pytest.mark.parametrize("name", DRIVERS)
def test_driver_has_a_readme(name):
    assert (tree.ROOT / "drivers" / name / "README.md").is_file()


def _bindings():
    return [path for path in tree.with_suffix(".c", ".h") if path.is_relative_to("modules/psa/bind")]


def test_functions_that_python_sees_have_the_prefix():
    wrong = []
    for path in _bindings():
        for found in FUNCTION_OBJECT.finditer(tree.text(path) or ""):
            names = [found.group(1), *FUNCTION_NAME.findall(found.group(2))]
            wrong += [f"{path}: {name}" for name in names if not name.startswith("mp_psa_")]
    assert not wrong, "\n".join(wrong)


GLOBAL_FUNCTION = re.compile(r"^(?!static\b)(?:[A-Za-z_][\w \t*]*?[ \t*])([A-Za-z_]\w*)\([^;{]*\)\s*\{", re.MULTILINE)


def test_global_functions_of_the_bindings_have_the_prefix():
    wrong = []
    for path in _bindings():
        for found in GLOBAL_FUNCTION.finditer(tree.text(path) or ""):
            if found.group(0).startswith(("static", "#", "//", "typedef", "MP_")):
                continue
            if not found.group(1).startswith("mp_psa_"):
                wrong.append(f"{path}: {found.group(1)}")
    assert not wrong, "\n".join(wrong)

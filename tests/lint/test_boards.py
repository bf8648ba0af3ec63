# SPDX-License-Identifier: MIT
"""A board is data: its folder holds no code, and no code elsewhere knows it by name."""

from __future__ import annotations

import re

from tests.lint import tree

DATA = ("README.md", "board.json", "manifest.py", "mpconfigboard.h", "mpconfigboard.mk")
# MicroPython's unix port calls the same things by other names.
DATA_OF_UNIX = ("README.md", "board.json", "manifest.py", "mpconfigvariant.h", "mpconfigvariant.mk")


def boards() -> list[str]:
    return sorted({path.parts[1] for path in tree.files() if path.parts[0] == "boards" and len(path.parts) > 2})


def test_a_board_is_a_folder_of_data() -> None:
    for path in tree.files():
        if path.parts[0] == "boards":
            assert path.name in (DATA_OF_UNIX if path.parts[1] == "UNIX" else DATA), path


def test_its_header_defines_and_does_nothing_else() -> None:
    for path in tree.files():
        if path.parts[0] == "boards" and path.suffix == ".h":
            text = re.sub(r"//[^\n]*|\\\n", "", tree.text(path) or "")
            code = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
            assert not code, f"{path}: {code[0]}"


def test_no_code_of_the_firmware_knows_a_board() -> None:
    names = re.compile(r"\b(" + "|".join(name for name in boards() if name != "UNIX") + r")\b")
    for path in tree.with_suffix(".c", ".h", ".ld", ".mk"):
        if path.parts[0] in ("port", "modules", "drivers"):
            found = names.search(tree.text(path) or "")
            assert found is None, f"{path} names {found[0] if found else ''}"

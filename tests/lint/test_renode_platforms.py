# SPDX-License-Identifier: MIT
"""Nothing is fetched from the network while a platform loads in Renode."""

from __future__ import annotations

import re

from tests.lint import tree


def descriptions() -> list[tuple[str, str]]:
    return [
        (str(path), re.sub(r"//[^\n]*", "", tree.text(path) or ""))
        for path in tree.with_suffix(".repl", ".resc")
        if path.parts[0] == "renode"
    ]


def test_no_description_of_ours_names_a_file_elsewhere() -> None:
    assert descriptions()
    for name, text in descriptions():
        found = re.search(r"ApplySVD|https?:", text)
        assert found is None, f"{name}: {found[0] if found else ''}"


def test_a_description_of_renodes_own_loses_its_first_steps() -> None:
    # Those of CPUs begin with ApplySVD and an address; an init section of ours takes the place of theirs.
    for name, text in descriptions():
        if re.search(r'^using "platforms/', text, re.M):
            assert re.search(r"^sysbus:\s*\n\s+init:\s*\n", text, re.M), f"{name}: needs its own `sysbus: init:`"

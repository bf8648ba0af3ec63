# SPDX-License-Identifier: MIT
"""The patch series: ordered, each with its reason, and only on files that the build copies."""

import re

import pytest

from tests.lint import tree

PATCHES = [path for path in tree.files() if path.parent.as_posix() == "modules/psa/patches" and path.suffix == ".patch"]
FIRST_HUNK = re.compile(r"^(?:diff |--- )", re.MULTILINE)


def test_series_is_numbered_without_gap():
    numbers = [int(path.name.split("-")[0]) for path in PATCHES]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("path", PATCHES, ids=lambda path: path.stem)
def test_patch_says_why(path):
    text = tree.text(path) or ""
    start = FIRST_HUNK.search(text)
    assert start, "no hunk"
    why = text[: start.start()]
    words = re.findall(r"[A-Za-z]{2,}", why)
    assert len(words) >= 8 and why.rstrip().endswith((".", ":", ")")), (
        f"{path}: the text before the first hunk must be at least one sentence on why the patch exists"
    )


@pytest.mark.parametrize("path", PATCHES, ids=lambda path: path.stem)
def test_patch_is_minimal(path):
    """A patch adds and changes; whole functions belong into a file of ours."""
    text = tree.text(path) or ""
    changed = sum(1 for line in text.splitlines() if re.match(r"[+-](?![+-]{2} )", line))
    assert changed <= 300, f"{path}: {changed} changed lines"

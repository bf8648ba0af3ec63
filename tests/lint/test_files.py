# SPDX-License-Identifier: MIT
"""Every file: says its licence, stays short, and holds no word, host or path that does not belong
in the tree."""

import re
from pathlib import Path

import pytest

from tests.lint import tree

MAX_LINES = 900
SPDX = {
    ".c": "// SPDX-License-Identifier: MIT",
    ".h": "// SPDX-License-Identifier: MIT",
    ".ld": "/* SPDX-License-Identifier: MIT */",
    ".py": "# SPDX-License-Identifier: MIT",
    ".pyi": "# SPDX-License-Identifier: MIT",
    ".sh": "# SPDX-License-Identifier: MIT",
    ".mk": "# SPDX-License-Identifier: MIT",
    ".jinja": None,  # the template's first line depends on the language it writes
}
# Assembled from halves, so that this file does not offend against itself.
WORDS = re.compile(
    r"\b("
    + "|".join(
        ["TO" + "DO", "FIX" + "ME", "X" + "XX", "H" + "ACK", "for " + "now", "place" + "holder"]
        + ["not implemented " + "yet", "not yet " + "implemented", "coming " + "soon"]
    )
    + r")\b",
    re.IGNORECASE,
)
HOSTS = re.compile(
    r"\b(?:[a-z0-9-]+\.)*(?:deb\." + r"debian\.org|" + "py" + r"pi\.org|files\.python" + r"hosted\.org|"
    "test\\.py" + r"pi\.org|archive\." + r"ubuntu\.com|security\." + r"debian\.org|snapshot\."
    r"debian\.org|crates\." + r"io|registry\." + r"npmjs\.org|proxy\." + r"golang\.org)\b",
    re.IGNORECASE,
)
MACHINE_PATHS = re.compile(r"(?<![\w./-])/(?:work|root|home/[a-z]+)/[\w.-]")


def _first_lines(text: str) -> list[str]:
    lines = text.splitlines()
    return lines[1:2] if lines and lines[0].startswith("#!") else lines[:1]


@pytest.mark.parametrize("suffix", [key for key, value in SPDX.items() if value])
def test_first_line_is_the_licence(suffix):
    line = SPDX[suffix]
    wrong = [str(path) for path in tree.with_suffix(suffix) if _first_lines(tree.text(path) or "") != [line]]
    assert not wrong, f"first line is not {line!r}: {wrong}"


def test_makefiles_say_their_licence():
    for path in tree.files():
        if path.name in ("Makefile", "Dockerfile") or str(path) == ".ci/run":
            assert "# SPDX-License-Identifier: MIT" in (tree.text(path) or "").splitlines()[:2], path


def test_no_file_is_too_long():
    long = {
        str(path): count
        for path in tree.with_suffix(".c", ".h", ".py", ".pyi", ".mk", ".sh", ".md", ".jinja")
        if (count := len((tree.text(path) or "").splitlines())) > MAX_LINES
    }
    assert not long, f"more than {MAX_LINES} lines: {long}"


def _own_lines(path: Path) -> list[tuple[int, str]]:
    """Numbered lines of a file; of a patch only what it says and adds, the rest is another project's."""
    lines = list(enumerate((tree.text(path) or "").splitlines(), 1))
    if path.suffix != ".patch":
        return lines
    first_hunk = next((number for number, line in lines if line.startswith("@@")), len(lines))
    return [(number, line) for number, line in lines if number < first_hunk or line.startswith("+")]


def _hits(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    return [
        f"{path}:{number}: {found.group(0)}"
        for path in paths
        for number, line in _own_lines(path)
        for found in [pattern.search(line)]
        if found
    ]


@pytest.mark.parametrize(
    "what, pattern",
    [
        ("words of unfinished work", WORDS),
        ("host names of package registries", HOSTS),
        ("paths of one machine", MACHINE_PATHS),
    ],
)
def test_tree_holds_no(what, pattern):
    hits = _hits(pattern, list(tree.files()))
    assert not hits, f"{what}:\n" + "\n".join(hits)


@pytest.mark.parametrize(
    "pattern, text",
    [
        (WORDS, "// TO" + "DO: finish"),
        (WORDS, "return 0 for " + "now"),
        (WORDS, "a place" + "holder value"),
        (HOSTS, "http://deb." + "debian.org/debian"),
        (HOSTS, "https://py" + "pi.org/simple"),
        (MACHINE_PATHS, "see /ro" + "ot/notes.txt"),
        (MACHINE_PATHS, '"/wo' + 'rk/main"'),
    ],
)
def test_patterns_see(pattern, text):
    assert pattern.search(text)


@pytest.mark.parametrize("text", ["network/wo" + "rk", "the root of the tree", "x/ro" + "ot/y", "$HOME/" + "work/a"])
def test_machine_path_pattern_lets_through(text):
    assert not MACHINE_PATHS.search(text)


def test_no_binary_file_is_tracked():
    binary = [str(path) for path in tree.files() if b"\0" in (tree.ROOT / path).read_bytes()[:8192]]
    assert not binary, f"binary files: {binary}"


def test_text_files_end_with_a_newline_and_use_no_tabs_for_python():
    for path in tree.with_suffix(".c", ".h", ".py", ".pyi", ".md", ".json", ".toml", ".mk"):
        data = (tree.ROOT / path).read_bytes()
        assert data == b"" or data.endswith(b"\n"), f"{path}: no newline at the end"
        assert b"\r" not in data, f"{path}: carriage returns"

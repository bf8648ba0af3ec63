# SPDX-License-Identifier: MIT
"""Links of the documentation lead somewhere, and make targets that it names exist."""

import re
from pathlib import Path

import pytest

from tests.lint import tree

PAGES = tree.with_suffix(".md")
LINK = re.compile(r"(?<!\!)\[[^\]\n]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
MAKE = re.compile(r"(?:^|`|\$ )make ([a-z][a-z-]*)", re.MULTILINE)
RULE = re.compile(r"^([a-z][a-z-]*(?: [a-z][a-z-]*)*)\s*:(?!=)", re.MULTILINE)


def anchors(text: str) -> set[str]:
    """Heading anchors as GitHub makes them."""
    titles = [re.sub(r"[`*_]|\[|\]\([^)]*\)", "", title) for title in HEADING.findall(FENCE.sub("", text))]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def broken_links(page: Path, root: Path) -> list[str]:
    text = (root / page).read_text(encoding="utf-8")
    broken = []
    for link in LINK.findall(FENCE.sub("", text)):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        there = (root / page).parent / name if name else root / page
        if not there.exists() or (
            anchor and there.suffix == ".md" and anchor not in anchors(there.read_text(encoding="utf-8"))
        ):
            broken.append(link)
    return broken


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_resolve(page):
    assert not broken_links(page, tree.ROOT)


def test_broken_links_are_seen(tmp_path):
    (tmp_path / "a.md").write_text(
        "# A title\n[ok](b.md) [ok](b.md#second-part) [no](c.md) [no](b.md#third) [ok](#a-title) [web](https://x.y)\n"
    )
    (tmp_path / "b.md").write_text("# First\n## Second part\n```\n# Third\n```\n")
    assert broken_links(Path("a.md"), tmp_path) == ["c.md", "b.md#third"]


def test_make_targets_in_the_docs_exist():
    makefile = tree.ROOT / "Makefile"
    targets = {name for line in RULE.findall(makefile.read_text()) for name in line.split()}
    unknown = [
        f"{page}: make {name}" for page in PAGES for name in MAKE.findall(tree.text(page) or "") if name not in targets
    ]
    assert not unknown, "\n".join(unknown)

# SPDX-License-Identifier: MIT
"""The Python in the documentation of psa runs, and prints what its comments say."""

import re

from tools import paths

PAGE = paths.ROOT / "docs" / "psa-module.md"
ENTROPY = paths.ROOT / "docs" / "entropy.md"
CODE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_examples_run(target):
    examples = CODE.findall(PAGE.read_text(encoding="utf-8"))
    assert len(examples) == 4
    output = target.run("\n".join(examples), timeout=120)
    assert output.splitlines() == [
        "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
        "PSA_ERROR_INVALID_SIGNATURE in mac_verify -149",
    ]


def test_examples_of_entropy_run(target):
    examples = CODE.findall(ENTROPY.read_text(encoding="utf-8"))
    assert len(examples) == 2
    output = target.run("\n".join(examples), timeout=120)
    assert re.fullmatch(r"256 bytes with \d+ bits or more\n", output), output

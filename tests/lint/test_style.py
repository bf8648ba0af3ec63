# SPDX-License-Identifier: MIT
"""Formatters and checkers agree with the tree. Their settings are in .clang-format and
pyproject.toml."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lint import tree


def _tool(name: str) -> str:
    """A tool beside the running Python (the project's venv) or on the PATH."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        pytest.fail(f"{name} is not installed; requirements.txt names it and `make test` installs it")
    return found


def _run(*command: str) -> None:
    done = subprocess.run(command, cwd=tree.ROOT, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(command[:3])} …:\n{done.stdout}{done.stderr}"


def test_c_is_formatted():
    sources = [str(path) for path in tree.with_suffix(".c", ".h")]
    if sources:
        _run(_tool("clang-format"), "--dry-run", "-Werror", "--style=file", *sources)


def test_clang_format_sees_bad_format(tmp_path):
    shutil.copy(tree.ROOT / ".clang-format", tmp_path)
    (tmp_path / "bad.c").write_text("int  f( void )\n{\n  return 0 ;\n}\n")
    done = subprocess.run(
        [_tool("clang-format"), "--dry-run", "-Werror", "--style=file", str(tmp_path / "bad.c")],
        capture_output=True,
    )
    assert done.returncode != 0


def test_python_passes_ruff():
    _run(_tool("ruff"), "check", "--no-cache", "--output-format=concise", ".")


def test_python_is_formatted():
    _run(_tool("ruff"), "format", "--check", "--no-cache", ".")


def test_host_tools_pass_mypy_strict():
    _run(_tool("mypy"), "--cache-dir", str(tree.ROOT / "build" / ".mypy_cache"))

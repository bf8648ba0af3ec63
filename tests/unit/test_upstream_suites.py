# SPDX-License-Identifier: MIT
"""Mbed TLS's own dispatch suite against the generated wrappers and the patched core. The other suites take minutes and
run with `make test-upstream`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.harness import mbedtls
from tools import patches, upstream_suites
from tools.progress import Steps

CASES = 221
LIBTESTDRIVER1 = (
    13  # need a build of the library as a driver of itself, which Mbed TLS skips in this configuration, too
)


def test_dispatch_suite() -> None:
    build = next(build for build in upstream_suites.BUILDS if build.name == "drivers")
    [result] = upstream_suites.run_build(build, mbedtls(), [], Steps(4), 2)
    assert not result.problem
    assert result.unexpected == []
    assert sorted(result.failed) == sorted(result.deltas), "a listed difference is none"
    assert len(result.skipped) == LIBTESTDRIVER1
    assert result.passed + len(result.skipped) + len(result.failed) == CASES


def suite(tmp_path: Path, lines: list[str], macros: list[str]) -> upstream_suites.Result:
    """What run_suite() makes of a program that prints these lines."""
    program = tmp_path / "test_suite_some"
    shown = "\n".join(f"{line[0]:.<67} {line[1]}" for line in (entry.split("|") for entry in lines))
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{shown}\n\nPASSED (1 / 3 tests (0 skipped))\nEND\n", encoding="utf-8")
    program.chmod(0o755)
    titles = [entry.split("|")[0].rstrip() for entry in lines]
    (tmp_path / "test_suite_some.datax").write_text("\n\n".join(titles), encoding="utf-8")
    return upstream_suites.run_suite(tmp_path, "some", macros, tmp_path / "log")


def test_differences_belong_to_patches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    macro = patches.macros()[0]
    deltas = {"one": upstream_suites.Delta("always"), "two": upstream_suites.Delta("its patch", macro)}
    monkeypatch.setitem(upstream_suites.DELTAS, "some", deltas)
    assert suite(tmp_path, ["one |FAILED", "two |FAILED", "three |PASS"], [macro]).good
    assert suite(tmp_path, ["one |FAILED", "two |PASS", "three |PASS"], []).good
    assert not suite(tmp_path, ["one |FAILED", "two |FAILED", "three |PASS"], []).good, "without its patch it must pass"
    assert not suite(tmp_path, ["one |PASS", "two |FAILED", "three |PASS"], [macro]).good, "a difference is none"
    assert not suite(tmp_path, ["one |FAILED", "two |FAILED", "three |FAILED"], [macro]).good
    assert suite(tmp_path, ["one |----", "two |FAILED", "three |PASS"], [macro]).good, "skipped cases differ in nothing"

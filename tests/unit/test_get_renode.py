# SPDX-License-Identifier: MIT
"""tools.get_renode: where Renode is looked for, and how it gets there, from small archives on the loopback."""

from __future__ import annotations

import dataclasses
import errno
import hashlib
import io
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.archive_kit import Server, quiet, web_server  # noqa: F401  (a fixture)
from tools import archive, get_renode, paths
from tools.cli import ToolError
from tools.get_renode import Release

SCRIPT = b"#!/bin/sh\necho emulates\n"


def make_release(*members: tuple[str, bytes, int]) -> bytes:
    """A portable release: its folder with a program and a link, unless members say otherwise."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as tar:
        filler = (f"{get_renode.FOLDER}/platforms/data", os.urandom(200_000), 0o644)
        for name, content, mode in members or ((f"{get_renode.FOLDER}/renode", SCRIPT, 0o755), filler):
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(content), mode
            tar.addfile(info, io.BytesIO(content))
    return file.getvalue()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache; no Renode on this machine."""
    monkeypatch.setenv("MICROPSA_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", "/usr/bin:/bin" if not Path("/usr/bin/renode").exists() else str(tmp_path))
    monkeypatch.delenv("RENODE", raising=False)
    return tmp_path / "cache"


@pytest.fixture
def release(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Release]:
    body = make_release()
    server.body = body
    yield Release(server.url, hashlib.sha256(body).hexdigest())


# ------------------------------------------------------------------------------------------------------ pins


def test_pins_are_whole() -> None:
    for release in get_renode.PINS.values():
        assert release.url.startswith("https://") and get_renode.VERSION in release.name
        assert len(bytes.fromhex(release.sha256)) == 32
    assert len({release.sha256 for release in get_renode.PINS.values()}) == len(get_renode.PINS)


def test_a_machine_without_a_release_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_renode.platform, "machine", lambda: "riscv64")
    with pytest.raises(ToolError, match=r"no pinned Renode for Linux riscv64 .*Linux x86_64.*RENODE="):
        get_renode.pinned()


# ------------------------------------------------------------------------------------------------------ fetch


def test_a_release_is_fetched_and_then_found(cache: Path, release: Release, server: Server) -> None:
    with pytest.raises(ToolError, match="make get-renode"):
        get_renode.find()
    shown: list[str] = []
    program = get_renode.fetch(release, shown.append)
    assert get_renode.find() == program
    assert subprocess.run([program], capture_output=True, check=True).stdout == b"emulates\n"
    assert any(" of " in text for text in shown), "no progress was shown"
    assert not list((cache / "downloads").iterdir()), "the archive was kept"
    asked = len(server.ranges)
    assert get_renode.fetch(release, quiet) == program and len(server.ranges) == asked


def test_a_wrong_hash_leaves_nothing(cache: Path, release: Release) -> None:
    wrong = dataclasses.replace(release, sha256="0" * 64)
    with pytest.raises(ToolError, match=f"{release.sha256}, but {'0' * 64} is pinned"):
        get_renode.fetch(wrong, quiet)
    assert not list((cache / "downloads").iterdir())
    with pytest.raises(ToolError, match="not found"):
        get_renode.find()


def test_a_cut_download_goes_on(cache: Path, release: Release, server: Server) -> None:
    server.cuts = 1
    get_renode.fetch(release, quiet)
    half = len(server.body) // 2
    assert server.ranges == [None, f"bytes={half}-"]


def test_what_an_earlier_call_left_is_used(cache: Path, release: Release, server: Server) -> None:
    (cache / "downloads").mkdir(parents=True)
    (cache / "downloads" / f"{release.name}.part").write_bytes(server.body[:1000])
    (cache / "renode" / ".unpack-of-a-killed-one" / "x").mkdir(parents=True)
    get_renode.fetch(release, quiet)
    assert server.ranges == ["bytes=1000-"]
    assert sorted(path.name for path in (cache / "renode").iterdir()) == [".lock", get_renode.FOLDER]


@pytest.mark.parametrize(
    "members, said",
    [
        ([("../evil", b"", 0o755)], "would leave the folder"),
        ([("elsewhere/renode", SCRIPT, 0o755)], f"is not in {get_renode.FOLDER}/"),
        ([(f"{get_renode.FOLDER}/readme", b"", 0o644)], "holds no program"),
    ],
)
def test_archives_that_are_refused(
    cache: Path,
    server: Server,
    members: list[tuple[str, bytes, int]],
    said: str,
) -> None:
    server.body = make_release(*members)
    with pytest.raises(ToolError, match=said):
        get_renode.fetch(Release(server.url, hashlib.sha256(server.body).hexdigest()), quiet)
    assert not (cache / "renode" / get_renode.FOLDER).exists()
    assert not (cache.parent / "evil").exists() and not (cache / "renode" / "evil").exists()


@pytest.mark.parametrize(
    "number, said", [(errno.ENOSPC, "no space left .*400 MB.*MICROPSA_CACHE="), (errno.EROFS, "cannot write .*=")]
)
def test_a_disk_that_takes_no_more(
    cache: Path, release: Release, monkeypatch: pytest.MonkeyPatch, number: int, said: str
) -> None:
    def full(*args: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(archive, "_extract", full)
    with pytest.raises(ToolError, match=said):
        get_renode.fetch(release, quiet)
    monkeypatch.undo()
    assert not (cache / "renode" / get_renode.FOLDER).exists()


def test_a_cache_that_is_a_file(tmp_path: Path) -> None:
    """What a cache without permission does too, to everybody but root."""
    (tmp_path / "file").touch()
    environment = {**os.environ, "MICROPSA_CACHE": str(tmp_path / "file"), "PATH": "/nowhere"}
    done = subprocess.run(
        [sys.executable, "-m", "tools.get_renode"], cwd=paths.ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1 and done.stderr.rstrip().splitlines()[-1].startswith("error: ")
    assert "Traceback" not in done.stderr


# ------------------------------------------------------------------------------------------------------ find


def test_the_order_in_which_renode_is_looked_for(
    cache: Path, release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched = get_renode.fetch(release, quiet)
    on_path = tmp_path / "bin" / "renode"
    on_path.parent.mkdir()
    on_path.write_bytes(SCRIPT)
    named = tmp_path / "my renode"
    named.write_bytes(SCRIPT)
    assert get_renode.find() == fetched
    on_path.chmod(0o755)
    monkeypatch.setenv("PATH", str(on_path.parent))
    assert get_renode.find() == on_path
    monkeypatch.setenv("RENODE", str(named))
    with pytest.raises(ToolError, match="which is no program"):
        get_renode.find()
    named.chmod(0o755)
    assert get_renode.find() == named
    monkeypatch.setenv("RENODE", str(tmp_path))
    with pytest.raises(ToolError, match="which is no program"):
        get_renode.find()


def test_robot_suites_need_renode_test_and_its_packages(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = get_renode.robot_obstacle()
    assert said is not None and "make get-renode" in said
    program = tmp_path / "renode"
    program.write_bytes(SCRIPT)
    program.chmod(0o755)
    monkeypatch.setenv("RENODE", str(program))
    said = get_renode.robot_obstacle()
    assert said is not None and "no renode-test beside it" in said
    beside = tmp_path / "renode-test"
    beside.write_bytes(SCRIPT)
    beside.chmod(0o755)
    said = get_renode.robot_obstacle()
    assert said is not None and "Python packages" in said
    stamp = cache / "renode" / "robot" / "requirements.sha256"
    stamp.parent.mkdir(parents=True)
    stamp.write_text(archive.sha256_file(get_renode.ROBOT_REQUIREMENTS))
    assert get_renode.robot_obstacle() is None


def test_a_wrong_renode_does_not_spoil_the_download(
    cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RENODE", "/nowhere/renode")
    monkeypatch.setattr(get_renode, "pinned", lambda: None)
    monkeypatch.setattr(get_renode, "fetch", lambda *_: cache / "renode" / "renode")
    monkeypatch.setattr(get_renode, "ensure_robot", lambda _: None)
    assert get_renode.main([]) == 0
    assert "note: RENODE is '/nowhere/renode', which is no program; without RENODE=" in capsys.readouterr().out

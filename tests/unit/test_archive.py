# SPDX-License-Identifier: MIT
"""tools.archive: downloads that are cut, archives that are evil, trees that are changed."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest

from tests.unit.archive_kit import Server, make_tar, quiet, web_server  # noqa: F401  (a fixture)
from tools import archive
from tools.cli import ToolError

# ---------------------------------------------------------------------------------------------------- downloads


def test_download_refuses_wrong_hash_and_leaves_nothing(server: Server, tmp_path: Path) -> None:
    with pytest.raises(ToolError) as caught:
        archive.download(server.url, "0" * 64, tmp_path / "a.tar", quiet)
    assert server.sha256 in str(caught.value) and "0" * 64 in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_download_refuses_plain_http(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="only https"):
        archive.download("http://example.org/file", "0" * 64, tmp_path / "a.tar", quiet)


def test_download_names_a_missing_file(server: Server, tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="404"):
        archive.download(server.url + "-not-there", "0" * 64, tmp_path / "a.tar", quiet)
    assert len(server.ranges) == 1, "a 404 is no reason to try again"


def test_download_resumes_after_a_cut(server: Server, tmp_path: Path) -> None:
    server.cuts = 2
    archive.download(server.url, server.sha256, tmp_path / "a.tar", quiet)
    assert (tmp_path / "a.tar").read_bytes() == server.body
    assert server.ranges == [None, "bytes=150000-", "bytes=225000-"]


def test_download_continues_what_an_earlier_call_left(server: Server, tmp_path: Path) -> None:
    (tmp_path / "a.tar.part").write_bytes(server.body[:1000])
    archive.download(server.url, server.sha256, tmp_path / "a.tar", quiet)
    assert server.ranges == ["bytes=1000-"]
    assert (tmp_path / "a.tar").read_bytes() == server.body


def test_download_starts_over_when_the_server_cannot_resume(server: Server, tmp_path: Path) -> None:
    server.can_resume = False
    (tmp_path / "a.tar.part").write_bytes(b"something else")
    archive.download(server.url, server.sha256, tmp_path / "a.tar", quiet)
    assert (tmp_path / "a.tar").read_bytes() == server.body


@pytest.mark.parametrize("length", [300_000, 300_001])
def test_download_with_a_part_that_is_whole_or_too_long(server: Server, tmp_path: Path, length: int) -> None:
    (tmp_path / "a.tar.part").write_bytes((server.body + b"x")[:length])
    archive.download(server.url, server.sha256, tmp_path / "a.tar", quiet)
    assert (tmp_path / "a.tar").read_bytes() == server.body


def test_download_without_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "ATTEMPTS", 2)
    with pytest.raises(ToolError, match="Check the network"):
        archive.download("http://127.0.0.1:9/file", "0" * 64, tmp_path / "a.tar", quiet)


# ------------------------------------------------------------------------------------------------------ archives


def special(kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo()
    info.type = kind
    info.linkname = target
    return info


@pytest.mark.parametrize(
    "name, content, reason",
    [
        ("../evil", b"x", "leave the folder"),
        ("tree/../../evil", b"x", "leave the folder"),
        ("/tmp/evil", b"x", "leave the folder"),
        ("other/file", b"x", "not in tree/"),
        ("tree/link", special(tarfile.SYMTYPE, "../../evil"), "leaves the folder"),
        ("tree/link", special(tarfile.SYMTYPE, "/etc/passwd"), "leaves the folder"),
        ("tree/link", special(tarfile.LNKTYPE, "../evil"), "leaves the folder"),
        ("tree/device", special(tarfile.CHRTYPE), "device or pipe"),
        ("tree/pipe", special(tarfile.FIFOTYPE), "device or pipe"),
    ],
)
def test_unpack_refuses(tmp_path: Path, name: str, content: bytes | tarfile.TarInfo, reason: str) -> None:
    file = make_tar(tmp_path / "a.tar.xz", ("tree/good", b"good"), (name, content))
    into = tmp_path / "in" / "side"
    into.mkdir(parents=True)
    with pytest.raises(ToolError, match=reason):
        archive.unpack(file, into, "tree", quiet)
    assert not (tmp_path / "in" / "evil").exists() and not (tmp_path / "evil").exists()


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.99])
def test_unpack_says_that_an_archive_is_damaged(tmp_path: Path, keep: float) -> None:
    file = make_tar(tmp_path / "a.tar.xz", ("tree/a", os.urandom(50_000)), ("tree/b", os.urandom(50_000)))
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * keep)])
    with pytest.raises(ToolError, match="damaged archive"):
        archive.unpack(file, tmp_path, "tree", quiet)


def test_unpack_keeps_links_inside_and_the_executable_bit(tmp_path: Path) -> None:
    script = tarfile.TarInfo("tree/sub/run")
    script.mode = 0o4777
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        tar.addfile(script, io.BytesIO())
        link = special(tarfile.SYMTYPE, "sub/run")
        link.name = "tree/link"
        tar.addfile(link)
    root = archive.unpack(tmp_path / "a.tar", tmp_path, "tree", quiet)
    assert (root / "sub" / "run").stat().st_mode & 0o7777 == 0o755
    assert os.readlink(root / "link") == "sub/run"


def test_manifest_sees_every_change(tmp_path: Path) -> None:
    for name in ("a", "b", "c", "d"):
        (tmp_path / name).write_text(name)
    before = archive.manifest(tmp_path)
    assert archive.compare(tmp_path, before) == []
    (tmp_path / "a").write_text("A")
    (tmp_path / "b").chmod(0o755)
    (tmp_path / "c").unlink()
    (tmp_path / "d").unlink()
    (tmp_path / "d").symlink_to("a")
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "x.pyc").write_text("")
    assert archive.compare(tmp_path, before) == [
        "changed: a",
        "changed: b",
        "changed: d",
        "missing: c",
        "added:   __pycache__/x.pyc",
    ]


def test_remove_tree_deletes_what_is_read_only(tmp_path: Path) -> None:
    (tmp_path / "t" / "sub").mkdir(parents=True)
    (tmp_path / "t" / "sub" / "file").write_text("x")
    archive.make_read_only(tmp_path / "t")
    archive.remove_tree(tmp_path / "t")
    assert not (tmp_path / "t").exists()

# SPDX-License-Identifier: MIT
"""tools.debian: which mirror is asked, and that the real apt believes signatures only."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.archive_kit import quiet
from tools import debian, sources
from tools.cli import ToolError

PIN = sources.load_lock()["mbedtls"]
NEW = "f" * 64


# ------------------------------------------------------------------------------------------------------- mirrors


def test_mirror_from_both_formats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEBIAN_MIRROR", raising=False)
    parts = tmp_path / "sources.list.d"
    parts.mkdir()
    (tmp_path / "sources.list").write_text(
        "# deb http://comment.example/debian trixie main\n"
        "deb cdrom:[Debian 13]/ trixie main\n"
        "deb [arch=amd64 signed-by=/k.gpg] http://one.example/debian/ trixie main contrib # x\n"
        "deb http://security.example/debian-security trixie-security main\n"
        "deb http://third.example/tools stable main\n"
    )
    (parts / "a.sources").write_text(
        "Types: deb\n# comment\nURIs: http://two.example/mirror/debian\n http://three.example/debian\n"
        "Suites: trixie trixie-updates\nComponents: main\n\n"
        "Enabled: no\nTypes: deb\nURIs: http://off.example/debian\nSuites: trixie\nComponents: main\n"
    )
    (parts / "b.list").write_text("deb-src mirror+file:/etc/apt/mirrors/debian.list trixie main\n")
    assert debian.mirrors(tmp_path, tmp_path / "none") == [
        "http://one.example/debian",
        "mirror+file:/etc/apt/mirrors/debian.list",
        "http://two.example/mirror/debian",
        "http://three.example/debian",
    ]
    assert debian.security_mirror(tmp_path) == "http://security.example/debian-security"
    monkeypatch.setenv("DEBIAN_MIRROR", "http://mine.example/debian")
    assert debian.security_mirror(tmp_path) == ""


def test_mirror_of_a_distribution_that_is_not_debian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEBIAN_MIRROR", raising=False)
    (tmp_path / "sources.list").write_text("deb http://archive.example/ubuntu noble main\n")
    template = tmp_path / "Debian.info"
    assert debian.mirrors(tmp_path, template) == []
    template.write_text("Suite: trixie\nBaseURI: https://mirror.example/debian/\nMatchURI: x\n")
    assert debian.mirrors(tmp_path, template) == ["https://mirror.example/debian"]
    monkeypatch.setenv("DEBIAN_MIRROR", "http://mine.example/debian/")
    assert debian.mirrors(tmp_path, template) == ["http://mine.example/debian"]


def test_no_mirror_says_what_to_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian, "mirrors", list)
    monkeypatch.setattr(sources, "_updated", [])
    with pytest.raises(ToolError, match="DEBIAN_MIRROR="):
        sources._apt("trixie", quiet)


@pytest.mark.parametrize(
    "text, answer",
    [
        ("ID=debian\n", True),
        ('ID=ubuntu\nID_LIKE="debian"\n', True),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"\n', True),
        ("ID=fedora\n", False),
        ('ID="opensuse"\nID_LIKE="suse"\n', False),
    ],
)
def test_debian_like(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, answer: bool) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    (tmp_path / "os-release").write_text(text)
    assert debian.is_debian_like(tmp_path / "os-release") is answer


# ----------------------------------------------------------------------------------------------- the real apt


needs_apt = pytest.mark.skipif(shutil.which("apt-get") is None, reason="this system has no apt")


def make_repository(root: Path) -> None:
    """A Debian repository with an index of one source package and no signature."""
    index = root / "dists" / "trixie" / "main" / "source"
    index.mkdir(parents=True)
    text = (
        "Package: mbedtls\nVersion: 3.6.6-1\nFormat: 3.0 (quilt)\nDirectory: pool\n"
        f"Files:\n {'0' * 32} 1 mbedtls_3.6.6-1.dsc\n"
        f"Checksums-Sha256:\n {NEW} 1 mbedtls_3.6.6-1.dsc\n {PIN.debian['sha256']} 1 mbedtls_3.6.6.orig.tar.xz\n"
    )
    (index / "Sources").write_text(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    (root / "dists" / "trixie" / "Release").write_text(
        "Origin: Debian\nLabel: Debian\nSuite: stable\nCodename: trixie\nComponents: main\nArchitectures: all\n"
        f"Date: Sat, 15 Nov 2025 10:00:00 UTC\nSHA256:\n {digest} {len(text)} main/source/Sources\n"
    )


@pytest.fixture
def keyring(tmp_path: Path) -> Path:
    """The key ring that is really used, or an empty one where Debian's is not installed."""
    try:
        return debian.find_keyring()
    except ToolError:
        (tmp_path / "empty.gpg").touch()
        return tmp_path / "empty.gpg"


@needs_apt
def test_an_unsigned_repository_is_refused(tmp_path: Path, keyring: Path) -> None:
    make_repository(tmp_path / "mirror")
    apt = debian.Apt(
        tmp_path / "apt", tmp_path / "down", "trixie", f"file:{tmp_path / 'mirror'}", tmp_path / "log", keyring
    )
    with pytest.raises(ToolError, match="no signature"):
        apt.update()


@pytest.fixture
def gpg_home() -> Iterator[Path]:
    """A folder with a short name: gpg's agent puts a socket there, whose path the system limits to 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="gpg-", dir="/tmp", ignore_cleanup_errors=True) as home:
        yield Path(home)


@needs_apt
@pytest.mark.skipif(shutil.which("gpg") is None, reason="making a foreign key needs gpg")
def test_a_repository_signed_by_somebody_else_is_refused_and_by_the_right_key_read(
    tmp_path: Path, keyring: Path, gpg_home: Path
) -> None:
    make_repository(tmp_path / "mirror")
    gpg = ["gpg", "--homedir", str(gpg_home), "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""]
    subprocess.run([*gpg, "--quick-gen-key", "Mallory", "rsa3072", "sign"], check=True)
    release = tmp_path / "mirror" / "dists" / "trixie" / "Release"
    subprocess.run([*gpg, "--clearsign", "-o", str(release.with_name("InRelease")), str(release)], check=True)
    mirror, log = f"file:{tmp_path / 'mirror'}", tmp_path / "log"
    with pytest.raises(ToolError, match="no signature"):
        debian.Apt(tmp_path / "apt", tmp_path / "down", "trixie", mirror, log, keyring).update()
    theirs = tmp_path / "theirs.gpg"
    subprocess.run([*gpg, "--export", "-o", str(theirs)], check=True)
    apt = debian.Apt(tmp_path / "apt2", tmp_path / "down", "trixie", mirror, log, theirs)
    apt.update()
    (tmp_path / "down" / "mbedtls_3.6.6.orig.tar.xz").touch()  # what is there already is offered all the same
    found = apt.offer("mbedtls")
    assert (found.version, found.file(".orig.tar.").sha256) == ("3.6.6-1", PIN.debian["sha256"])
    with pytest.raises(ToolError, match="no source package"):
        apt.offer("not-there")


@needs_apt
def test_a_mirror_that_cannot_be_reached_is_named(tmp_path: Path, keyring: Path) -> None:
    apt = debian.Apt(
        tmp_path / "apt", tmp_path / "down", "trixie", "http://127.0.0.1:9/debian", tmp_path / "log", keyring
    )
    with pytest.raises(ToolError, match="127.0.0.1 cannot be reached"):
        apt.update()

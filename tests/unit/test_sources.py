# SPDX-License-Identifier: MIT
"""tools.sources, tools.archive and tools.debian: what is refused, what is resumed, what is left behind."""

from __future__ import annotations

import hashlib
import http.server
import io
import os
import shutil
import subprocess
import tarfile
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import archive, debian, sources
from tools.cli import ToolError


def quiet(text: str) -> None:
    """A report that nobody reads."""


# -------------------------------------------------------------------------------------------------- a web server


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves the server's `body` with ranges; `cuts` counts answers that break off half-way."""

    server: Server

    def do_GET(self) -> None:
        body = self.server.body
        self.server.ranges.append(self.headers.get("Range"))
        if self.path != "/file":
            self.send_error(404)
            return
        start = 0
        wanted = self.headers.get("Range")
        if wanted and self.server.can_resume:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            if start >= len(body):
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{len(body)}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(206)
        else:
            self.send_response(200)
        part = body[start:]
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        if self.server.cuts:
            self.server.cuts -= 1
            part = part[: len(part) // 2]
        self.wfile.write(part)

    def log_message(self, *args: object) -> None:
        pass


class Server(http.server.ThreadingHTTPServer):
    body = os.urandom(300_000)
    cuts = 0
    can_resume = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.ranges: list[str | None] = []
        self.url = f"http://127.0.0.1:{self.server_port}/file"
        self.sha256 = hashlib.sha256(self.body).hexdigest()


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


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


def make_tar(path: Path, *members: tuple[str, bytes | tarfile.TarInfo]) -> Path:
    with tarfile.open(path, "w:xz") as tar:
        for name, content in members:
            if isinstance(content, tarfile.TarInfo):
                content.name = name
                tar.addfile(content)
            else:
                info = tarfile.TarInfo(name)
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
    return path


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


# -------------------------------------------------------------------------------------------------------- policy

PIN = sources.load_lock()["mbedtls"]
PIN_MICROPYTHON = sources.load_lock()["micropython"]
NEW = "f" * 64


def offer(pin: sources.Pin, version: str, sha256: str = NEW) -> debian.Offer:
    """What apt would offer, with the original archive's hash."""
    upstream = debian.Offer(pin.name, version, ()).upstream_version
    files = (
        debian.SourceFile(f"{pin.name}_{version}.dsc", 1, NEW),
        debian.SourceFile(f"{pin.name}_{upstream}.orig.tar.xz", 1, sha256),
        debian.SourceFile(f"{pin.name}_{upstream}.orig.tar.xz.asc", 1, NEW),
        debian.SourceFile(f"{pin.name}_{version}.debian.tar.xz", 1, NEW),
    )
    return debian.Offer(pin.name, version, files)


needs_dpkg = pytest.mark.skipif(shutil.which("dpkg") is None, reason="Debian's version order needs dpkg")


@needs_dpkg
@pytest.mark.parametrize("pin", [PIN, PIN_MICROPYTHON], ids=lambda pin: pin.name)
def test_the_pinned_version_is_taken_as_it_is(pin: sources.Pin) -> None:
    decision = sources.judge(pin, offer(pin, pin.debian["revision"], pin.debian["sha256"]))
    assert (decision.version, decision.tree, decision.patches, decision.note) == (pin.version, pin.folder, False, "")


def test_the_same_version_with_another_hash_is_refused() -> None:
    with pytest.raises(ToolError) as caught:
        sources.judge(PIN, offer(PIN, PIN.debian["revision"]))
    assert NEW in str(caught.value) and PIN.debian["sha256"] in str(caught.value)


@needs_dpkg
def test_a_newer_debian_revision_brings_its_patches() -> None:
    decision = sources.judge(PIN, offer(PIN, "3.6.6-0.1~deb13u2", PIN.debian["sha256"]))
    assert decision.patches and "3.6.6-0.1~deb13u2" in decision.note and "3.6.6-0.1~deb13u2" in decision.tree


@needs_dpkg
def test_micropython_never_takes_debians_patches() -> None:
    pin = PIN_MICROPYTHON
    assert not sources.judge(pin, offer(pin, "1.25.0+ds-9", pin.debian["sha256"])).patches


def test_a_newer_security_release_is_accepted_with_a_note() -> None:
    decision = sources.judge(PIN, offer(PIN, "3.6.10-0+deb13u1"))
    assert (decision.version, decision.folder, decision.sha256) == ("3.6.10", "mbedtls-3.6.10", NEW)
    assert "3.6.10" in decision.note and "3.6.6" in decision.note


@pytest.mark.parametrize(
    "pin, version",
    [
        (PIN, "3.6.5-1"),
        (PIN, "3.7.0-1"),
        (PIN, "4.0.0-1"),
        (PIN, "3.6.7~rc1-1"),
        (PIN, "2.28.8-1"),
        (PIN_MICROPYTHON, "1.26.0+ds-1"),
        (PIN_MICROPYTHON, "1.24.1+ds-1"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_any_other_version_is_refused_naming_both(pin: sources.Pin, version: str) -> None:
    with pytest.raises(ToolError) as caught:
        sources.judge(pin, offer(pin, version))
    assert version in str(caught.value) and pin.version in str(caught.value)
    assert sources.OVERRIDES[pin.name] in str(caught.value)


@pytest.mark.parametrize(
    "version, upstream",
    [
        ("3.6.6-0.1~deb13u1", "3.6.6"),
        ("1.25.0+ds-1", "1.25.0"),
        ("1:1.25.0+dfsg.2-1", "1.25.0"),
        ("3.6.7", "3.6.7"),
        ("3.6.7-2-1", "3.6.7-2"),
    ],
)
def test_upstream_version(version: str, upstream: str) -> None:
    assert debian.Offer("x", version, ()).upstream_version == upstream


@pytest.mark.parametrize(
    "change, reason",
    [
        (("sha256 = ", "sha255 = "), "sha256"),
        (('url = "https:', 'url = "http:'), "https"),
        (("[mbedtls.upstream]", "[mbedtls.elsewhere]"), "upstream"),
        (("=", ":"), "line"),
    ],
)
def test_a_broken_lock_file_is_named(tmp_path: Path, change: tuple[str, str], reason: str) -> None:
    text = sources.LOCK_FILE.read_text(encoding="utf-8").replace(*change)
    (tmp_path / "sources.lock.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ToolError, match=reason):
        sources.load_lock(tmp_path / "sources.lock.toml")


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


# --------------------------------------------------------------------------------------------- the cache as a whole


def micropython_archive(path: Path, version: tuple[int, int, int] = (1, 25, 0)) -> Path:
    names = ("MAJOR", "MINOR", "MICRO")
    header = "".join(f"#define MICROPY_VERSION_{n} {v}\n" for n, v in zip(names, version, strict=True))
    top = "micropython-1.25.0"
    return make_tar(
        path,
        (f"{top}/py/mpconfig.h", header.encode()),
        (f"{top}/ports/unix/Makefile", b"all:\n"),
        (f"{top}/mpy-cross/Makefile", b"all:\n"),
    )


@pytest.fixture
def pin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> sources.Pin:
    """MicroPython pinned to a small archive that already lies in an empty cache's downloads/."""
    monkeypatch.setenv("MICROPSA_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("MICROPSA_SOURCES", "upstream")
    monkeypatch.delenv("MICROPYTHON_DIR", raising=False)
    (tmp_path / "cache" / "downloads").mkdir(parents=True)
    file = micropython_archive(tmp_path / "cache" / "downloads" / "m.tar.xz")
    place = {"archive": "m.tar.xz", "sha256": archive.sha256_file(file), "url": "https://127.0.0.1:9/m.tar.xz"}
    made = sources.Pin("micropython", "MicroPython", "1.25.0", "", "micropython-1.25.0", place, place)
    monkeypatch.setattr(sources, "load_lock", lambda: {"micropython": made})
    return made


def test_fetch_installs_read_only_and_verify_sees_a_change(
    pin: sources.Pin, capsys: pytest.CaptureFixture[str]
) -> None:
    sources.fetch(pin, quiet)
    tree, label = sources.resolve("micropython")
    assert label == "MicroPython 1.25.0" and (tree / "py" / "mpconfig.h").stat().st_mode & 0o222 == 0
    assert sources.verify() == 0
    tree.chmod(0o755)
    (tree / "new").write_text("x")
    assert sources.verify() == 1
    assert "added:   new" in capsys.readouterr().out


def test_an_interrupted_fetch_leaves_no_tree(pin: sources.Pin, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(root: Path) -> dict[str, str]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(archive, "manifest", interrupt)
        with pytest.raises(KeyboardInterrupt):
            sources.fetch(pin, quiet)
    assert sorted(p.name for p in (sources.cache_dir() / "src").iterdir()) == [".lock"]
    with pytest.raises(ToolError, match="make sources"):
        sources.resolve("micropython")
    sources.fetch(pin, quiet)
    assert sources.verify() == 0


def test_what_a_killed_process_left_is_swept(pin: sources.Pin) -> None:
    left = sources.cache_dir() / "src" / ".unpack-micropython" / "half"
    left.mkdir(parents=True)
    left.chmod(0o555)
    sources.fetch(pin, quiet)
    assert not left.parent.exists()


def test_another_pin_means_another_fetch(pin: sources.Pin, monkeypatch: pytest.MonkeyPatch) -> None:
    sources.fetch(pin, quiet)
    other = sources.Pin(**{**vars(pin), "upstream": {**pin.upstream, "sha256": NEW}})
    assert sources.record(pin) and sources.record(other) is None


def test_an_archive_with_the_wrong_version_inside_is_refused(pin: sources.Pin) -> None:
    file = micropython_archive(sources.cache_dir() / "downloads" / "m.tar.xz", (1, 24, 0))
    place = {**pin.upstream, "sha256": archive.sha256_file(file)}
    with pytest.raises(ToolError, match=r"MicroPython 1\.24\.0; accepted: 1\.25\.0 or newer"):
        sources.fetch(sources.Pin(**{**vars(pin), "upstream": place}), quiet)
    assert sorted(p.name for p in (sources.cache_dir() / "src").iterdir()) == [".lock"]


def test_a_full_disk_is_named(pin: sources.Pin, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive, "unpack", full)
    with pytest.raises(ToolError, match="no space left.*MICROPSA_CACHE="):
        sources.fetch(pin, quiet)


def test_override_must_be_such_a_tree(pin: sources.Pin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MICROPYTHON_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(ToolError, match="MICROPYTHON_DIR: .*nowhere is no MicroPython source tree"):
        sources.resolve("micropython")
    (tmp_path / "t").mkdir()
    tree = archive.unpack(micropython_archive(tmp_path / "n.tar.xz", (1, 26, 1)), tmp_path / "t", pin.folder, quiet)
    monkeypatch.setenv("MICROPYTHON_DIR", str(tree))
    assert sources.resolve("micropython") == (tree, "MicroPython 1.26.1 (MICROPYTHON_DIR)")
    tree = archive.unpack(micropython_archive(tmp_path / "o.tar.xz", (1, 19, 0)), tmp_path / "t", pin.folder, quiet)
    with pytest.raises(ToolError, match=r"1\.19\.0; accepted: 1\.25\.0 or newer"):
        sources.resolve("micropython")


def test_unknown_origin_and_unknown_source(pin: sources.Pin, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ToolError, match="no source 'zephyr'; sources: micropython"):
        sources.resolve("zephyr")
    monkeypatch.setenv("MICROPSA_SOURCES", "git")
    with pytest.raises(ToolError, match="accepted: debian, upstream"):
        sources.origin()


def test_security_updates_that_cannot_be_read_do_not_stop_a_fetch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def update(apt: debian.Apt) -> None:
        tried.append((apt.mirror, apt.security))
        if apt.security or apt.mirror == "http://one":
            raise ToolError(f"{apt.mirror} is down")

    monkeypatch.setenv("MICROPSA_CACHE", str(tmp_path))
    monkeypatch.setattr(sources, "_updated", [])
    monkeypatch.setattr(debian, "find_keyring", lambda: tmp_path)
    monkeypatch.setattr(debian, "mirrors", lambda: ["http://one", "http://two"])
    monkeypatch.setattr(debian, "security_mirror", lambda: "http://sec")
    monkeypatch.setattr(debian.Apt, "update", update)
    assert sources._apt("trixie", quiet).mirror == "http://two"
    assert tried == [(f"http://{m}", s) for m in ("one", "two") for s in ("http://sec", "")]


@pytest.mark.skipif(shutil.which("patch") is None, reason="needs patch")
def test_debian_patches_are_applied_in_order_or_refused(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    root.mkdir()
    (root / "a.c").write_text("one\n")
    first = b"--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n-one\n+two\n"
    second = b"--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n-two\n+three\n"
    file = make_tar(
        tmp_path / "x.debian.tar.xz",
        ("debian/patches/series", b"# order\nb.patch\na.patch\n"),
        ("debian/patches/b.patch", first),
        ("debian/patches/a.patch", second),
    )
    (tmp_path / "work").mkdir()
    sources._apply_debian_patches(file, tmp_path / "work", root)
    assert (root / "a.c").read_text() == "three\n"
    (tmp_path / "again").mkdir()
    with pytest.raises(ToolError, match=r"b\.patch does not apply"):
        sources._apply_debian_patches(file, tmp_path / "again", root)

# SPDX-License-Identifier: MIT
"""tools.sources: which version is accepted, and what an interrupted or a wrong fetch leaves behind."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.unit.archive_kit import make_tar, quiet
from tools import archive, debian, sources
from tools.cli import ToolError

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

# SPDX-License-Identifier: MIT
"""The third-party sources: pinned in sources.lock.toml, kept pristine in the cache.

python -m tools.sources fetch [--refresh]   get what is missing (--refresh: ask for security releases again)
python -m tools.sources path NAME           print where a tree lies
python -m tools.sources list                what is pinned, what is there
python -m tools.sources verify              prove that no build changed a tree

MICROPYTHON_DIR= and MBEDTLS_DIR= name other trees; MICROPSA_SOURCES=debian|upstream chooses where archives come from.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools import archive, cli, debian, folder_lock
from tools.archive import Report
from tools.cli import ToolError
from tools.paths import ROOT, cache_dir, filling_cache
from tools.progress import Step, Steps

LOCK_FILE = ROOT / "sources.lock.toml"
OVERRIDES = {"micropython": "MICROPYTHON_DIR", "mbedtls": "MBEDTLS_DIR"}


@dataclass(frozen=True)
class Pin:
    """One entry of the lock file."""

    name: str
    title: str
    version: str
    accept_newer: str  # prefix of newer versions that are acceptable, such as "3.6."; empty: none
    folder: str
    debian: dict[str, str]
    upstream: dict[str, str]


@dataclass(frozen=True)
class Decision:
    """What to unpack, after an offer was compared with the pin."""

    version: str
    folder: str  # in the archive
    tree: str  # in the cache
    sha256: str
    patches: bool
    note: str


def load_lock(path: Path = LOCK_FILE) -> dict[str, Pin]:
    """Read the lock file; ToolError names what is missing in it."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ToolError(f"{path.name}: {error}") from error
    pins = {}
    for name, entry in data.items():
        try:
            pin = Pin(
                name, entry["title"], entry["version"], entry["accept_newer"], entry["folder"],
                dict(entry["debian"]), dict(entry["upstream"]),
            )  # fmt: skip
            for place in (pin.debian, pin.upstream):
                if not re.fullmatch(r"[0-9a-f]{64}", place["sha256"]):
                    raise ToolError(f"{path.name}: [{name}]: sha256 must be 64 hex digits")
            if not pin.upstream["url"].startswith("https://"):
                raise ToolError(f"{path.name}: [{name}.upstream]: url must be https")
        except (KeyError, TypeError) as error:
            raise ToolError(f"{path.name}: [{name}]: {error} is missing") from error
        pins[name] = pin
    return pins


# ------------------------------------------------------------------------------------------------------ policy


def _number(version: str) -> tuple[int, ...] | None:
    """A release number as integers; None for anything else, such as a release candidate."""
    if not re.fullmatch(r"\d+(\.\d+)*", version):
        return None
    return tuple(int(part) for part in version.split("."))


def is_accepted_newer(pin: Pin, version: str) -> bool:
    new, pinned = _number(version), _number(pin.version)
    if new is None or pinned is None or not pin.accept_newer:
        return False
    return version.startswith(pin.accept_newer) and new > pinned


def judge(pin: Pin, offer: debian.Offer) -> Decision:
    """Compare what signed apt offers with the pin; ToolError names both when they may not differ like that."""
    version = offer.upstream_version
    original = offer.file(".orig.tar.")
    if version == pin.version:
        if original.sha256 != pin.debian["sha256"]:
            raise ToolError(
                f"{pin.title} {version}: Debian's archive has SHA-256 {original.sha256}, but "
                f"sources.lock.toml pins {pin.debian['sha256']} for the same version; refused"
            )
        patched = pin.debian["patches"] == "newer-revision" and debian.is_newer(offer.version, pin.debian["revision"])
        if not patched:
            return Decision(version, pin.folder, pin.folder, original.sha256, False, "")
        note = (
            f"{pin.title}: Debian offers revision {offer.version}, newer than the pinned "
            f"{pin.debian['revision']}; its patches are applied (security update)"
        )
        return Decision(version, pin.folder, f"{pin.name}-{offer.version}", original.sha256, True, note)
    if is_accepted_newer(pin, version):
        folder = pin.folder.replace(pin.version, version)
        note = (
            f"{pin.title}: Debian offers {version}, a newer security release than the pinned {pin.version}; it is used"
        )
        patched = pin.debian["patches"] != "never"
        return Decision(version, folder, f"{pin.name}-{offer.version}", original.sha256, patched, note)
    accepted = f"{pin.version}" + (f" or a newer {pin.accept_newer}x" if pin.accept_newer else "")
    raise ToolError(
        f"{pin.title}: Debian {pin.debian['suite']} offers {version} ({offer.version}), but sources.lock.toml "
        f"pins {pin.version}; accepted: {accepted}. Use another tree with {OVERRIDES[pin.name]}=, or upstream's "
        f"archive with MICROPSA_SOURCES=upstream"
    )


# ------------------------------------------------------------------------------------------------------- cache


def _record_path(pin: Pin) -> Path:
    return cache_dir() / "src" / f"{pin.name}.json"


def _files_path(tree: str) -> Path:
    return cache_dir() / "src" / f"{tree}.files.json"


def record(pin: Pin) -> dict[str, Any] | None:
    """What the cache holds for a pin, or None when that is nothing or something made for another pin."""
    try:
        data: dict[str, Any] = json.loads(_record_path(pin).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if data.get("pinned") != [pin.version, pin.debian["sha256"], pin.upstream["sha256"]]:
        return None
    return data if (cache_dir() / "src" / str(data.get("tree"))).is_dir() else None


@contextlib.contextmanager
def locked(report: Report) -> Iterator[None]:
    """Hold the cache against another process that fetches at the same time; waits for it."""
    folder = cache_dir() / "src"
    with folder_lock.locked(folder, lambda: report("waiting for another process that fetches sources")):
        for left in folder.glob(".unpack-*"):  # of a process that was killed
            archive.remove_tree(left)
        yield


def _install(pin: Pin, decision: Decision, file: Path, origin: str, patches: Path | None, report: Report) -> None:
    """Unpack into a temporary folder, patch, describe, make read-only, rename into place."""
    folder = cache_dir() / "src"
    temporary = folder / f".unpack-{pin.name}"
    tree = folder / decision.tree
    archive.remove_tree(temporary)
    temporary.mkdir()
    try:
        root = archive.unpack(file, temporary, decision.folder, report)
        if patches is not None:
            _apply_debian_patches(patches, temporary, root)
        check_tree(pin, root)
        report("checking")
        files = archive.manifest(root)
        archive.make_read_only(root)
        _record_path(pin).unlink(missing_ok=True)
        archive.remove_tree(tree)
        root.chmod(0o755)  # a folder that one may not write cannot be renamed by its owner
        root.rename(tree)
        tree.chmod(0o555)
    finally:
        archive.remove_tree(temporary)
    archive.write_json(_files_path(decision.tree), files)
    archive.write_json(
        _record_path(pin),
        {
            "tree": decision.tree,
            "version": decision.version,
            "note": decision.note,
            "origin": origin,
            "archive": file.name,
            "sha256": decision.sha256,
            "pinned": [pin.version, pin.debian["sha256"], pin.upstream["sha256"]],
        },
    )


def _apply_debian_patches(file: Path, temporary: Path, root: Path) -> None:
    folder = archive.unpack(file, temporary, "debian", lambda text: None)
    series = folder / "patches" / "series"
    if not series.is_file():
        return
    for line in series.read_text(encoding="utf-8").splitlines():
        name = line.split("#")[0].strip()
        if not name:
            continue
        path = folder / "patches" / name
        result = subprocess.run(
            ["patch", "-p1", "--batch", "--forward", "--no-backup-if-mismatch", "-i", str(path)],
            cwd=root, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if result.returncode != 0:
            raise ToolError(f"{file.name}: patch {name} does not apply: {result.stdout.strip()}")


# ------------------------------------------------------------------------------------------------------- fetch


def origin() -> str:
    """Where archives come from on this machine: "debian" or "upstream"."""
    chosen = os.environ.get("MICROPSA_SOURCES", "")
    if chosen not in ("", "debian", "upstream"):
        raise ToolError(f"MICROPSA_SOURCES is '{chosen}'; accepted: debian, upstream")
    return chosen or ("debian" if debian.is_debian_like() else "upstream")


def fetch(pin: Pin, report: Report, *, refresh: bool = False) -> None:
    """Bring one tree into the cache."""
    with filling_cache(pin.title, 300), locked(report):
        if record(pin) and not refresh:
            return
        if origin() == "upstream":
            if record(pin) is None:  # a pinned archive has no news
                _fetch_upstream(pin, report)
        else:
            _fetch_debian(pin, report, refresh=refresh)


def _fetch_upstream(pin: Pin, report: Report) -> None:
    file = cache_dir() / "downloads" / pin.upstream["archive"]
    sha256 = pin.upstream["sha256"]
    if not file.exists() or archive.sha256_file(file) != sha256:
        archive.download(pin.upstream["url"], sha256, file, report)
    decision = Decision(pin.version, pin.folder, pin.folder, sha256, False, "")
    _install(pin, decision, file, "upstream", None, report)


def _fetch_debian(pin: Pin, report: Report, *, refresh: bool) -> None:
    downloads = cache_dir() / "downloads"
    kept = downloads / pin.debian["archive"]
    if not refresh and kept.exists() and archive.sha256_file(kept) == pin.debian["sha256"]:
        decision = Decision(pin.version, pin.folder, pin.folder, pin.debian["sha256"], False, "")
        _install(pin, decision, kept, "debian", None, report)
        return
    apt = _apt(pin.debian["suite"], report)
    offer = apt.offer(pin.debian["source"])
    decision = judge(pin, offer)
    have = record(pin)
    if have and (have["tree"], have["sha256"]) == (decision.tree, decision.sha256):
        return  # no news; unpacking again would make every build start over
    original = offer.file(".orig.tar.")
    file = apt.fetch(offer, original, report)
    if archive.sha256_file(file) != decision.sha256:
        raise ToolError(f"{file.name}: SHA-256 differs from the signed index ({decision.sha256}); refused")
    patches = downloads / offer.file(".debian.tar.").name if decision.patches else None
    _install(pin, decision, file, f"debian {offer.version}", patches, report)


_updated: list[debian.Apt] = []  # the index is read once per run, not once per source


def _apt(suite: str, report: Report) -> debian.Apt:
    for apt in _updated:
        if apt.suite == suite:
            return apt
    candidates = debian.mirrors()
    if not candidates:
        raise ToolError(
            "no Debian mirror is known on this machine: install python-apt-common, or name one with "
            "DEBIAN_MIRROR=, or take upstream's archives with MICROPSA_SOURCES=upstream"
        )
    log = cache_dir() / "log" / "sources.log"
    problem: ToolError | None = None
    for mirror in candidates:
        apt = debian.Apt(cache_dir() / "apt", cache_dir() / "downloads", suite, mirror, log)
        apt.security = debian.security_mirror()
        report("reading Debian's index")
        try:
            try:
                apt.update()
            except ToolError:
                if not apt.security:
                    raise
                apt.security = ""  # the main archive alone has all that is pinned
                apt.update()
        except ToolError as error:
            problem = problem or error
            continue
        _updated.append(apt)
        return apt
    assert problem is not None
    raise problem


# ------------------------------------------------------------------------------------------------ trees in use


def tree_version(name: str, root: Path) -> str | None:
    """The version that a tree's own headers state; None when the folder is no such tree."""
    if name == "micropython":
        header, needed = root / "py" / "mpconfig.h", ["ports/unix/Makefile", "mpy-cross/Makefile"]
        pattern = r"#define MICROPY_VERSION_(?:MAJOR|MINOR|MICRO) (\d+)"
    else:
        header, needed = root / "include" / "mbedtls" / "build_info.h", ["library/psa_crypto.c"]
        pattern = r"#define MBEDTLS_VERSION_(?:MAJOR|MINOR|PATCH) +(\d+)"
    if not header.is_file() or not all((root / path).is_file() for path in needed):
        return None
    numbers = re.findall(pattern, header.read_text(encoding="utf-8", errors="replace"))
    return ".".join(numbers[:3]) if len(numbers) >= 3 else None


def check_tree(pin: Pin, root: Path) -> str:
    """ToolError unless root is a tree of that name in an acceptable version, which is returned."""
    version = tree_version(pin.name, root)
    if version is None:
        raise ToolError(f"{root} is no {pin.title} source tree")
    number, pinned = _number(version), _number(pin.version)
    assert number is not None and pinned is not None
    acceptable = number[:2] == pinned[:2] if pin.name == "mbedtls" else number >= pinned
    if not acceptable:
        wanted = "3.6.x" if pin.name == "mbedtls" else f"{pin.version} or newer"
        raise ToolError(f"{root} is {pin.title} {version}; accepted: {wanted}")
    return version


def resolve(name: str) -> tuple[Path, str]:
    """The tree to build from and how to call it: the override when one is set, else the cache's."""
    pins = load_lock()
    if name not in pins:
        raise ToolError(f"there is no source '{name}'; sources: {', '.join(pins)}")
    pin = pins[name]
    override = os.environ.get(OVERRIDES[name])
    if override:
        root = Path(override).expanduser().resolve()
        try:
            version = check_tree(pin, root)
        except ToolError as error:
            raise ToolError(f"{OVERRIDES[name]}: {error}") from error
        return root, f"{pin.title} {version} ({OVERRIDES[name]})"
    data = record(pin)
    if data is None:
        raise ToolError(f"{pin.title} {pin.version} is not in the cache; get it with: make sources")
    return cache_dir() / "src" / data["tree"], f"{pin.title} {data['version']}"


def _report(step: Step, title: str, text: str) -> None:
    step.update(f"{title}, {text}")


def ensure(steps: Steps, *, refresh: bool = False) -> dict[str, Path]:
    """Fetch what is missing, as one step of a command; returns the trees by name."""
    pins = load_lock()
    found = {}
    notes = []
    with steps.step("Sources") as step:
        names = []
        for name, pin in pins.items():
            overridden = bool(os.environ.get(OVERRIDES[name]))
            if not overridden and (refresh or record(pin) is None):
                title = f"{pin.title} {pin.version}"
                step.update(title)
                fetch(pin, functools.partial(_report, step, title), refresh=refresh)
            found[name], label = resolve(name)
            names.append(label)
            data = None if overridden else record(pin)
            if data and data["note"]:
                notes.append(data["note"])
        step.detail = ", ".join(names)
    for note in notes:
        print(f"note: {note}", file=sys.stderr)
    return found


# -------------------------------------------------------------------------------------------------- commands


def verify() -> int:
    """Compare every cached tree with its manifest; 1 when one differs."""
    code = 0
    for pin in load_lock().values():
        data = record(pin)
        if data is None:
            print(f"{pin.title} {pin.version}: not in the cache")
            continue
        tree = cache_dir() / "src" / data["tree"]
        files = json.loads(_files_path(data["tree"]).read_text(encoding="utf-8"))
        differences = archive.compare(tree, files)
        if not differences:
            print(f"{pin.title} {data['version']}: pristine, {len(files)} files")
            continue
        code = 1
        print(f"{pin.title} {data['version']}: {len(differences)} differences in {tree}")
        for line in differences[:20]:
            print(f"  {line}")
        print(f"  delete {tree} and run `make sources` to get it back")
    return code


def show() -> None:
    for pin in load_lock().values():
        data = record(pin)
        state = f"{cache_dir() / 'src' / data['tree']} (from {data['origin']})" if data else "not in the cache"
        print(f"{pin.title} {pin.version} pinned: {state}")
        if data and data["note"]:
            print(f"  note: {data['note']}")


def main(argv: list[str]) -> int:
    match argv:
        case ["fetch"]:
            ensure(Steps(1))
        case ["fetch", "--refresh"]:
            ensure(Steps(1), refresh=True)
        case ["path", name]:
            print(resolve(name)[0])
        case ["list"]:
            show()
        case ["verify"]:
            return verify()
        case _:
            raise ToolError("usage: python -m tools.sources fetch [--refresh] | path NAME | list | verify")
    return 0


if __name__ == "__main__":
    cli.run(main)

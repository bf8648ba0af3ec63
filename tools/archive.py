# SPDX-License-Identifier: MIT
"""Archives and trees: download with resume, check before use, unpack safely, prove that nothing changed.

Nothing that was interrupted is ever mistaken for something finished: a download is `<name>.part` until its
SHA-256 is right, and a tree stands under its name only when it is whole, read-only and described by a manifest.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import tarfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from tools.cli import ToolError

CHUNK = 1 << 16  # bytes
ATTEMPTS = 4
TIMEOUT = 30.0  # seconds without a byte
MAX_MEMBERS = 200_000
MAX_UNPACKED = 2 << 30  # bytes; the largest pinned archive unpacks to about 100 MB

Report = Callable[[str], None]


def sha256_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


# ---------------------------------------------------------------------------------------------------- download


def download(url: str, sha256: str, dest: Path, report: Report) -> None:
    """Fetch url into dest. Resumes what an earlier call left, retries, and checks the hash before dest exists."""
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
        raise ToolError(f"{url}: only https is accepted")
    part = dest.with_name(dest.name + ".part")
    dest.parent.mkdir(parents=True, exist_ok=True)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            _download_once(url, part, report)
            break
        except urllib.error.HTTPError as error:
            if error.code < 500:
                raise ToolError(f"{url}: the server answers {error.code} {error.reason}") from error
            problem: Exception = error
        except (OSError, EOFError) as error:  # URLError, time-out, connection cut
            if not isinstance(error, (urllib.error.URLError, TimeoutError, ConnectionError, EOFError)):
                raise  # the disk's fault, not the network's
            problem = error
        reason = getattr(problem, "reason", None) or problem
        if attempt == ATTEMPTS:
            raise ToolError(
                f"cannot download {url}: {reason}. Check the network (and https_proxy), then run the "
                f"same command again: it goes on where it stopped"
            )
        report(f"{reason}; trying again")
        time.sleep(min(2 ** (attempt - 1), 5) if attempt > 1 else 0.2)
    actual = sha256_file(part)
    if actual != sha256:
        part.unlink()
        raise ToolError(
            f"{url}: SHA-256 is {actual}, but {sha256} is pinned; the file was deleted, nothing was unpacked"
        )
    part.replace(dest)


def _download_once(url: str, part: Path, report: Report) -> None:
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"User-Agent": "micropsa"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        answer = urllib.request.urlopen(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        if error.code == 416:  # the part is as long as the file, or longer: let the hash decide, or start over
            length = error.headers.get("Content-Range", "").rpartition("/")[2]
            if length == str(have):
                return
            part.unlink()
            _download_once(url, part, report)
            return
        raise
    with answer:
        resumed = answer.status == 206
        if not resumed:
            have = 0
        length = answer.headers.get("Content-Length")
        total = have + int(length) if length else 0
        with part.open("ab" if resumed else "wb") as file:
            while chunk := answer.read(CHUNK):
                file.write(chunk)
                have += len(chunk)
                report(megabytes(have) + (f" of {megabytes(total)}" if total else ""))
        if total and have < total:
            raise EOFError(f"connection closed after {megabytes(have)} of {megabytes(total)}")


# ------------------------------------------------------------------------------------------------------ unpack


def unpack(archive: Path, into: Path, folder: str, report: Report) -> Path:
    """Unpack archive below `into` and return into/folder; every member must lie in `folder`.

    Refuses absolute paths, "..", links that leave the folder, devices, and archives that are truncated.
    """
    root = into / folder
    size = count = 0
    try:
        with tarfile.open(archive, "r:*") as tar:
            for member in tar:
                count += 1
                size += member.size
                if count > MAX_MEMBERS or size > MAX_UNPACKED:
                    raise ToolError(f"{archive.name}: unpacks to more than any pinned source does")
                _check_member(archive.name, member, folder)
                member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
                member.uid = member.gid = os.getuid()
                member.uname = member.gname = ""
                _extract(tar, member, into)
                if count % 100 == 0:
                    report(f"{count} files unpacked")
    except (tarfile.TarError, EOFError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # disk full, no permission: not the archive's fault
        raise ToolError(f"{archive.name}: damaged archive ({error})") from error
    except Exception as error:
        if type(error).__module__ in ("lzma", "_lzma", "zlib"):
            raise ToolError(f"{archive.name}: damaged archive ({error})") from error
        raise
    if not root.is_dir():
        raise ToolError(f"{archive.name}: holds no folder {folder}/")
    return root


def _check_member(archive: str, member: tarfile.TarInfo, folder: str) -> None:
    path = PurePosixPath(member.name)
    if path.is_absolute() or ".." in path.parts:
        raise ToolError(f"{archive}: member '{member.name}' would leave the folder; refused")
    if not path.parts or path.parts[0] != folder:
        raise ToolError(f"{archive}: member '{member.name}' is not in {folder}/; refused")
    if member.issym() or member.islnk():
        # A symbolic link is relative to its own folder, a hard link to the archive's root.
        base = path.parent if member.issym() else PurePosixPath()
        target = PurePosixPath(os.path.normpath(base / member.linkname))
        if PurePosixPath(member.linkname).is_absolute() or target.parts[:1] != (folder,):
            raise ToolError(f"{archive}: link '{member.name}' leaves the folder; refused")
    elif not (member.isfile() or member.isdir()):
        raise ToolError(f"{archive}: member '{member.name}' is a device or pipe; refused")


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, into: Path) -> None:
    if hasattr(tarfile, "data_filter"):
        tar.extract(member, into, filter="data")
    else:  # Python 3.11.0 to 3.11.3; _check_member has refused what the filter would
        tar.extract(member, into)


# -------------------------------------------------------------------------------------------- manifest, verify


def walk(root: Path) -> Iterator[Path]:
    """Every file and symbolic link below root, sorted."""
    for folder, folders, files in os.walk(root):
        folders.sort()
        links = [f for f in folders if (Path(folder) / f).is_symlink()]
        for name in sorted(files + links):
            yield Path(folder) / name


def digest(path: Path) -> str:
    """What the manifest says of one file: its SHA-256, its executable bit, or where a link points."""
    if path.is_symlink():
        return f"link {os.readlink(path)}"
    executable = "x" if path.stat().st_mode & stat.S_IXUSR else "-"
    return f"{executable} {sha256_file(path)}"


def manifest(root: Path) -> dict[str, str]:
    return {path.relative_to(root).as_posix(): digest(path) for path in walk(root)}


def compare(root: Path, files: dict[str, str]) -> list[str]:
    """Differences between a tree and its manifest, one per line; empty when the tree is pristine."""
    now = manifest(root)
    lines = [f"changed: {name}" for name in sorted(files.keys() & now.keys()) if files[name] != now[name]]
    lines += [f"missing: {name}" for name in sorted(files.keys() - now.keys())]
    lines += [f"added:   {name}" for name in sorted(now.keys() - files.keys())]
    return lines


def make_read_only(root: Path) -> None:
    for folder, _, files in os.walk(root):
        for name in files:
            path = Path(folder) / name
            if not path.is_symlink():
                path.chmod(path.stat().st_mode & 0o555)
        Path(folder).chmod(0o555)


def remove_tree(root: Path) -> None:
    """Delete a tree, read-only or not."""
    if root.is_symlink() or not root.is_dir():
        root.unlink(missing_ok=True)
        return
    for folder, _, _ in os.walk(root):
        Path(folder).chmod(0o755)
    shutil.rmtree(root)


def write_json(path: Path, data: dict[str, Any]) -> None:
    """Write whole or not at all."""
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(json.dumps(data, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    temporary.replace(path)

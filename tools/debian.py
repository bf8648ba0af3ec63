# SPDX-License-Identifier: MIT
"""Debian source packages through apt, with a configuration of its own.

Nothing of the system's apt set-up is changed or trusted: lists, state, cache and sources.list lie in our cache, the
only key ring is Debian's archive key ring, and every switch that would accept unsigned data is off. Taken over from
the system are only its proxy and TLS settings, and the address of its mirror.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.archive import Report, megabytes
from tools.cli import ToolError

KEYRINGS = (
    Path("/usr/share/keyrings/debian-archive-keyring.gpg"),
    Path("/usr/share/keyrings/debian-archive-keyring.pgp"),
)
UBUNTU_TEMPLATE = Path("/usr/share/python-apt/templates/Debian.info")
INHERITED = re.compile(
    r"Acquire::(https?::([^:]+::)?Proxy(-Auto-Detect)?|https::(CAInfo|CAPath|SslCert|SslKey)|Retries)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class SourceFile:
    """One file of a source package, as apt's signed index describes it."""

    name: str
    size: int  # bytes
    sha256: str


@dataclass(frozen=True)
class Offer:
    """What apt offers for one source package."""

    source: str
    version: str  # Debian's, such as "3.6.6-0.1~deb13u1"
    files: tuple[SourceFile, ...]

    @property
    def upstream_version(self) -> str:
        """The version without epoch, Debian revision and repack suffix."""
        version = self.version.partition(":")[2] or self.version
        return re.sub(r"\+(ds|dfsg|deb|debian)[\d.]*$", "", version.rpartition("-")[0] or version)

    def file(self, part: str) -> SourceFile:
        """The one file whose name holds part (".orig.tar.", ".debian.tar.")."""
        found = [f for f in self.files if part in f.name and not f.name.endswith(".asc")]
        if len(found) != 1:
            names = ", ".join(f.name for f in self.files)
            raise ToolError(f"Debian's {self.source} {self.version}: no single '{part}' among {names}")
        return found[0]


def is_debian_like(os_release: Path = Path("/etc/os-release")) -> bool:
    """Debian, Ubuntu and their kin, with apt present."""
    try:
        text = os_release.read_text(encoding="utf-8")
    except OSError:
        return False
    words = re.findall(r"^ID(?:_LIKE)?=\"?([^\"\n]*)", text, re.MULTILINE)
    return "debian" in " ".join(words).split() and shutil.which("apt-get") is not None


# ------------------------------------------------------------------------------------------------------ mirror


def _entries(etc: Path) -> Iterator[tuple[list[str], list[str], list[str]]]:
    """(URIs, suites, components) of every entry of the machine's apt sources, one-line and deb822 format."""
    parts = etc / "sources.list.d"
    for path in [etc / "sources.list", *sorted(parts.glob("*.list"))]:
        if not path.is_file():
            continue
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            match = re.match(r"\s*deb(?:-src)?\s+(?:\[[^]]*\]\s+)?(\S+)\s+(\S+)([^#]*)", line)
            if match:
                yield [match[1]], [match[2]], match[3].split()
    for path in sorted(parts.glob("*.sources")):
        text = path.read_text(encoding="utf-8", errors="replace")
        text = re.sub(r"^#.*\n?", "", text, flags=re.MULTILINE)
        for stanza in re.split(r"\n\s*\n", text):
            # A continuation line starts with white space.
            fields = {
                key.lower(): " ".join(value.split())
                for key, value in re.findall(r"^([\w-]+):((?:.*)(?:\n[ \t].*)*)", stanza, re.MULTILINE)
            }
            if fields.get("enabled", "yes").lower() in ("no", "false"):
                continue
            yield (
                fields.get("uris", "").split(),
                fields.get("suites", "").split(),
                fields.get("components", "").split(),
            )


def mirrors(etc: Path = Path("/etc/apt"), template: Path = UBUNTU_TEMPLATE) -> list[str]:
    """Addresses where Debian's archive may be found, best first.

    DEBIAN_MIRROR, else the machine's own apt sources when it runs Debian, else the address in the distribution's
    own data about Debian (package python-apt-common). A wrong guess is harmless: the signature check refuses it.
    """
    chosen = os.environ.get("DEBIAN_MIRROR")
    if chosen:
        return [chosen.rstrip("/")]
    found: list[str] = []
    for uris, suites, components in _entries(etc):
        for uri in uris:
            if "main" not in components or uri.startswith("cdrom:"):
                continue
            if any("security" in suite for suite in suites) or "security" in uri:
                continue
            found.append(uri.rstrip("/"))
    # A Debian mirror's path ends in /debian by convention; a mirror list file is named debian.list.
    likely = [u for u in found if re.search(r"/debian(\.list)?$", u)]
    if not likely and template.is_file():
        text = template.read_text(encoding="utf-8", errors="replace")
        match = re.search(r"^BaseURI:\s*(\S+/debian)/?\s*$", text, re.MULTILINE)
        likely = [match[1]] if match else []
    return list(dict.fromkeys(likely))


def security_mirror(etc: Path = Path("/etc/apt")) -> str:
    """Where the machine's apt gets Debian's security updates; empty when it does not say, or DEBIAN_MIRROR is set.

    Security updates reach the main archive with the next point release; this is the way to have them earlier.
    """
    if os.environ.get("DEBIAN_MIRROR"):
        return ""
    for uris, suites, components in _entries(etc):
        for uri in uris:
            if "main" in components and "debian" in uri and any(suite.endswith("-security") for suite in suites):
                return uri.rstrip("/")
    return ""


# --------------------------------------------------------------------------------------------------------- apt


class Apt:
    """An isolated apt below `home`, reading Debian's source index of one suite."""

    def __init__(
        self, home: Path, downloads: Path, suite: str, mirror: str, log: Path, keyring: Path | None = None
    ) -> None:
        self.home = home
        self.downloads = downloads
        self.suite = suite
        self.mirror = mirror
        self.security = ""  # a mirror of the suite's security updates
        self.log = log
        self.keyring = keyring if keyring is not None else find_keyring()
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("APT_")}
        self.env.update(APT_CONFIG=str(home / "apt.conf"), LC_ALL="C", DEBIAN_FRONTEND="noninteractive")

    def _write_configuration(self) -> None:
        for folder in ("etc", "state/lists/partial", "cache/archives/partial"):
            (self.home / folder).mkdir(parents=True, exist_ok=True)
        self.downloads.mkdir(parents=True, exist_ok=True)
        (self.home / "status").touch()
        lines = [f"deb-src [signed-by={self.keyring}] {self.mirror} {self.suite} main"]
        if self.security:
            lines.append(f"deb-src [signed-by={self.keyring}] {self.security} {self.suite}-security main")
        (self.home / "etc" / "sources.list").write_text("\n".join(lines) + "\n", encoding="utf-8")
        settings = {
            "Dir::Etc": f"{self.home}/etc",
            "Dir::Etc::main": "/dev/null",
            "Dir::Etc::parts": "/dev/null",
            "Dir::Etc::sourcelist": f"{self.home}/etc/sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::Etc::preferences": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null",
            "Dir::Etc::trusted": "/dev/null",
            "Dir::Etc::trustedparts": "/dev/null",
            "Dir::State": f"{self.home}/state",
            "Dir::State::lists": f"{self.home}/state/lists",
            "Dir::State::status": f"{self.home}/status",
            "Dir::Cache": f"{self.home}/cache",
            "Dir::Log": f"{self.home}/log",
            "Acquire::AllowInsecureRepositories": "false",
            "Acquire::AllowWeakRepositories": "false",
            "Acquire::AllowDowngradeToInsecureRepositories": "false",
            "APT::Get::AllowUnauthenticated": "false",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
        }
        if os.geteuid() == 0:
            # Our folder usually lies in a home that apt's own user may not enter.
            settings["APT::Sandbox::User"] = "root"
        settings.update(_inherited_settings())
        lines = [f'{key} "{value}";' for key, value in settings.items()]
        (self.home / "apt.conf").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _run(self, *args: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        result = subprocess.run(["apt-get", *args], cwd=cwd, env=self.env, capture_output=True, text=True, check=False)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"$ apt-get {' '.join(args)}\n{result.stdout}{result.stderr}")
        return result

    def update(self) -> None:
        """Fetch the signed index. ToolError when the mirror cannot be reached or its signature is not Debian's."""
        self._write_configuration()
        result = self._run("update", "-q", "--error-on=any")
        if result.returncode == 0:
            return
        output = result.stdout + result.stderr
        if re.search(r"--error-on", output):  # apt older than 2.1 does not know it and warns instead
            result = self._run("update", "-q")
            output = result.stdout + result.stderr
            if result.returncode == 0 and not re.search(r"^[WE]: ", output, re.MULTILINE):
                return
        raise ToolError(_explain(output, self.mirror, self.keyring, self.log))

    def offer(self, source: str) -> Offer:
        """What the index offers for one source package; apt itself picks the newest version."""
        result = self._run(
            "source", "-qq", "--print-uris", "--download-only", "--only-source", source,
            cwd=self.home,  # not downloads/: apt leaves out what it finds there
        )  # fmt: skip
        if result.returncode != 0:
            raise ToolError(f"Debian {self.suite} offers no source package '{source}' (log: {self.log})")
        files = []
        for name, size, sha256 in re.findall(
            r"^'[^']*' (\S+) (\d+) SHA256:([0-9a-f]{64})$", result.stdout, re.MULTILINE
        ):
            files.append(SourceFile(name, int(size), sha256))
        version = self._version(source)
        return Offer(source, version, tuple(files))

    def _version(self, source: str) -> str:
        """The version that apt picks: its simulated download names it."""
        result = subprocess.run(
            ["apt-cache", "showsrc", "--only-source", source],
            env=self.env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        versions = re.findall(r"^Version: (\S+)$", result.stdout, re.MULTILINE)
        if not versions:
            raise ToolError(f"Debian {self.suite} offers no source package '{source}' (log: {self.log})")
        newest: str = versions[0]
        for version in versions[1:]:
            if is_newer(version, newest):
                newest = version
        return newest

    def fetch(self, offer: Offer, wanted: SourceFile, report: Report) -> Path:
        """Download a source package; apt checks every file against the signed index. Returns one file's path."""
        folder = self.downloads
        total = sum(f.size for f in offer.files)
        args = ["source", "-q", "--download-only", "--only-source", f"{offer.source}={offer.version}"]
        process = subprocess.Popen(
            ["apt-get", *args], cwd=folder, env=self.env,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        try:
            output = _follow(process, folder, offer, total, report)
        except BaseException:
            process.terminate()
            process.wait()
            raise
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"$ apt-get {' '.join(args)}\n{output}")
        if process.returncode != 0:
            raise ToolError(_explain(output, self.mirror, self.keyring, self.log))
        return folder / wanted.name


def _follow(process: subprocess.Popen[str], folder: Path, offer: Offer, total: int, report: Report) -> str:
    """Wait for apt and report how much has arrived."""
    while True:
        try:
            output, _ = process.communicate(timeout=0.3)
            return output
        except subprocess.TimeoutExpired:
            have = 0
            for file in offer.files:
                for path in (folder / file.name, folder / "partial" / file.name):
                    if path.exists():
                        have += path.stat().st_size
            report(f"{megabytes(min(have, total))} of {megabytes(total)}")


def find_keyring() -> Path:
    for path in KEYRINGS:
        if path.is_file():
            return path
    raise ToolError(
        "Debian's archive key ring is missing, so its signatures cannot be checked; "
        "install it with: apt-get install debian-archive-keyring"
    )


def _inherited_settings() -> dict[str, str]:
    """The system's proxy and TLS settings, and nothing else."""
    result = subprocess.run(
        ["apt-config", "dump", "--format", "%F\t%v%n", "Acquire"], capture_output=True, text=True, check=False
    )
    settings = {}
    for line in result.stdout.splitlines():
        key, _, value = line.partition("\t")
        if INHERITED.match(key) and value and '"' not in value:
            settings[key] = value
    return settings


def _explain(output: str, mirror: str, keyring: Path, log: Path) -> str:
    """One sentence for what apt said in many."""
    host = urllib.parse.urlsplit(mirror).hostname or mirror
    if re.search(r"NO_PUBKEY|not signed|BADSIG|EXPKEYSIG|couldn't be verified|OpenPGP|sqv", output):
        return (
            f"the archive at {mirror} carries no signature that {keyring} knows, so it is refused; "
            f"use a real Debian mirror (DEBIAN_MIRROR=) or update debian-archive-keyring (log: {log})"
        )
    if re.search(r"Hash Sum mismatch|unexpected size|Size mismatch", output, re.IGNORECASE):
        return f"{host} delivered a file that does not match Debian's signed index; refused (log: {log})"
    if re.search(r"not valid (yet|anymore|before)|expired", output, re.IGNORECASE):
        return f"the index of {host} is outdated, or this machine's clock is wrong (log: {log})"
    if re.search(r"Could not resolve|Could not connect|Connection|timed out|Temporary failure", output):
        return (
            f"{host} cannot be reached; check the network and apt's proxy settings, or name another "
            f"Debian mirror with DEBIAN_MIRROR= (log: {log})"
        )
    last = [line for line in output.splitlines() if line.startswith(("E:", "W:"))]
    return f"apt could not read Debian's sources from {mirror}: {last[-1] if last else 'no reason given'} (log: {log})"


def is_newer(a: str, b: str) -> bool:
    """Whether Debian version a is newer than b, as dpkg orders them."""
    return subprocess.run(["dpkg", "--compare-versions", a, "gt", b], check=False).returncode == 0

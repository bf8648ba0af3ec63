# SPDX-License-Identifier: MIT
"""A new driver builds at once and fails closed; the templates in drivers/ are what `new` makes."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.unit import drivergen_kit as kit
from tools.drivergen import new
from tools.drivergen.check import check
from tools.drivergen.cli import main
from tools.drivergen.emit import generate
from tools.drivergen.entry_points import ENTRY_POINTS, FAMILIES, Kind
from tools.drivergen.errors import DescriptionError, GeneratorError
from tools.drivergen.load import load_drivers
from tools.drivergen.reference import with_reference

KINDS = [Kind.TRANSPARENT, Kind.OPAQUE]
# Entry points that succeed although there is no device: nothing to prepare, nothing to clean up.
SUCCEEDS = ("_init", "_abort")
# A board that lists a driver with it has no other random generator.
NOT_IN_TEMPLATES = {"random"}


def words(text: str) -> str:
    """Text without its line breaks and indentation, which clang-format may have moved."""
    return re.sub(r"\s+", " ", text).strip()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("everything", [False, True])
def test_new_driver_compiles_without_warning(tmp_path: Path, kind: Kind, everything: bool) -> None:
    folder = new.make("acme", kind, tmp_path / "drivers", everything)
    raw = load_drivers(["acme"], [tmp_path / "drivers"])
    generate(raw, kit.mbedtls(), tmp_path / "gen")
    command = [*kit.CC, "-Wmissing-prototypes", *kit.include_flags(tmp_path / "gen", folder)]
    files = [folder / "acme.c", *(tmp_path / "gen").glob("*.c")]
    done = subprocess.run([*command, "-fsyntax-only", *(str(file) for file in files)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("kind", KINDS)
def test_template_is_what_new_makes(kind: Kind) -> None:
    name = "template_transparent" if kind is Kind.TRANSPARENT else "template_opaque"
    for file, text in new.files(name, kind, True).items():
        there = (kit.ROOT / "drivers" / name / file).read_text(encoding="utf-8")
        assert words(there) == words(text), f"{file}: python -m tools.drivergen new {name} … --everything makes another"


@pytest.mark.parametrize("kind", KINDS)
def test_template_has_everything(kind: Kind) -> None:
    name = "template_transparent" if kind is Kind.TRANSPARENT else "template_opaque"
    (driver,) = check(load_drivers([name], [kit.ROOT / "drivers"]))
    have = {function for item in driver.capabilities for function in item.entry_points}
    left_out = {
        function for family in NOT_IN_TEMPLATES for function in (*FAMILIES[family].members, *FAMILIES[family].optional)
    }
    assert have == {item.name for item in ENTRY_POINTS.values() if kind in item.kind} - left_out


@pytest.mark.parametrize("kind", KINDS)
def test_template_fails_closed(tmp_path: Path, kind: Kind) -> None:
    """Every function with every output prefilled: no success, and no length that an output could be read by."""
    name = "template_transparent" if kind is Kind.TRANSPARENT else "template_opaque"
    folder = kit.ROOT / "drivers" / name
    raw = load_drivers([name], [kit.ROOT / "drivers"])
    generate(raw, kit.mbedtls(), tmp_path / "gen")
    (driver,) = check(raw)
    lines = ["#include <stdio.h>", "#include <string.h>", '#include "psa/crypto_driver_prototypes.h"']
    lines += [
        "static uint8_t buffer[64];",
        "int main(void) {",
        "    psa_key_attributes_t key = PSA_KEY_ATTRIBUTES_INIT;",
    ]
    wanted = {function for item in driver.capabilities for function in item.entry_points}
    for index, entry in enumerate(ENTRY_POINTS.values()):
        if entry.name not in wanted:
            continue
        arguments = []
        lines.append("    {")
        if entry.family:
            lines.append(f"        {name}_{entry.family}_operation_t operation;")
            lines.append("        memset(&operation, 0, sizeof(operation));")
        lengths = []
        for param in entry.params:
            text = param.declaration
            if "{ctx}" in text:
                arguments.append("&operation")
            elif "psa_key_attributes_t" in text:
                arguments.append("&key")
            elif text.startswith("size_t *") or "{memory}" in text or "inputs_t" in text:
                if text.startswith("size_t *") and param.name != "bits":
                    lines.append(f"        size_t {param.name} = {index + 7};")
                    lengths.append(param.name)
                    arguments.append(f"&{param.name}")
                elif param.name == "bits":
                    lines.append("        size_t bits = 0;")
                    arguments.append("&bits")
                else:
                    arguments.append("NULL")
            elif "*" in text:
                arguments.append("buffer")
            else:
                arguments.append("0" if "step" in text else "sizeof(buffer)")
        lines.append(f"        psa_status_t status = {name}_{entry.name}({', '.join(arguments)});")
        total = " + ".join(lengths) or "0"
        lines.append(f'        printf("{entry.name} %d %d\\n", (int)status, (int)({total}));')
        lines.append("    }")
    lines += ["    return 0;", "}"]
    source = tmp_path / "probe.c"
    source.write_text("\n".join(lines) + "\n")
    flags = kit.include_flags(tmp_path / "gen", folder)
    answers = kit.compile_and_run(source, flags, folder / f"{name}.c").splitlines()
    assert len(answers) == len(wanted)
    for line in answers:
        function, status, total = line.split()
        assert total == "0", line
        if f"_{function}".endswith(SUCCEEDS):
            assert status == "0", line
        else:
            assert int(status) < 0, line


@pytest.mark.parametrize("name", ["Acme", "9lives", "ac-me", "psa", "int", "", "../x"])
def test_bad_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises((GeneratorError, Exception)) as caught:
        new.make(name, Kind.OPAQUE, tmp_path)
    assert "name" in str(caught.value) or "prefix" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_existing_driver_is_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["new", "acme", "transparent", "--drivers-dir", str(tmp_path)]
    assert main(arguments) == 0
    capsys.readouterr()
    (tmp_path / "acme" / "acme.c").write_text("mine")
    assert main(arguments) == 1
    assert "exists already" in capsys.readouterr().err
    assert (tmp_path / "acme" / "acme.c").read_text() == "mine"


def test_a_driver_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a full disk: the second file cannot be written."""
    real = Path.write_text

    def full(path: Path, text: str, encoding: str) -> int:
        if path.suffix == ".h":
            raise OSError(28, "No space left on device")
        return real(path, text, encoding)

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError):
        new.make("acme", Kind.OPAQUE, tmp_path)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    assert new.make("acme", Kind.OPAQUE, tmp_path) == tmp_path / "acme"
    assert [path.name for path in tmp_path.iterdir()] == ["acme"]


def test_of_two_calls_at_once_one_makes_the_driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def other_call(_: Path) -> None:
        (tmp_path / "acme").mkdir()
        (tmp_path / "acme" / "acme.c").write_text("theirs")

    monkeypatch.setattr(new, "_format", other_call)
    with pytest.raises(GeneratorError, match="exists already"):
        new.make("acme", Kind.OPAQUE, tmp_path)
    assert [path.name for path in tmp_path.rglob("*")] == ["acme", "acme.c"]


def test_the_guide_lists_every_entry_point_as_it_is() -> None:
    guide = (kit.ROOT / "docs" / "driver-guide.md").read_text(encoding="utf-8")
    assert with_reference(guide) == guide, "python -m tools.drivergen reference renews it"
    for name in ENTRY_POINTS:
        assert f"| `{name}` |" in guide


@pytest.mark.parametrize("kind", KINDS)
def test_the_guides_functions_fit_a_new_driver(tmp_path: Path, kind: Kind) -> None:
    """The C of each half of the guide, in the place of the function that `new` made."""
    guide = (kit.ROOT / "docs" / "driver-guide.md").read_text(encoding="utf-8")
    start = "## From nothing to a working driver" if kind is Kind.TRANSPARENT else "## The same with a secure element"
    half = guide[guide.index(start) :].split("\n## ")[0]
    (block,) = re.findall(r"```c\n(.*?)```", half, re.DOTALL)
    (name,) = re.findall(r"psa_status_t (acme_\w+)\(", block)
    folder = new.make("acme", kind, tmp_path / "drivers")
    source = folder / "acme.c"
    text, count = re.subn(rf"^psa_status_t {name}\(.*?^}}", lambda _: block, source.read_text(), flags=re.M | re.S)
    assert count == 1, f"a new driver has no {name}"
    device = "bool acme_device_digest(const uint8_t *, size_t, uint8_t *);\n"
    device += "bool acme_device_sign(uint32_t, const uint8_t *, size_t, uint8_t *);\n"
    source.write_text("#include <stdbool.h>\n#include <stdint.h>\n#include <stddef.h>\n" + device + text)
    generate(load_drivers(["acme"], [tmp_path / "drivers"]), kit.mbedtls(), tmp_path / "gen")
    command = [*kit.CC, *kit.include_flags(tmp_path / "gen", folder), "-fsyntax-only", str(source)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_guides_description_is_right() -> None:
    guide = (kit.ROOT / "docs" / "driver-guide.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```json\n(.*?)```", guide, re.DOTALL)
    assert blocks
    for block in blocks:
        kit.drivers(json.loads(block))


def test_the_guides_message_is_what_the_generator_says() -> None:
    guide = (kit.ROOT / "docs" / "driver-guide.md").read_text(encoding="utf-8")
    (found,) = kit.faults(
        kit.opaque({"entry_points": ["mac_compute"], "key_types": ["PSA_KEY_TYPE_AES"], "key_sizes": [128, 64]})
    )
    text = f"capabilities[0].key_sizes[1]: {found.problem}; {found.expected}"
    assert text in guide


def test_drivers_headers_are_found_through_the_output_folder(tmp_path: Path) -> None:
    new.make("acme", Kind.TRANSPARENT, tmp_path / "drivers")
    generate(load_drivers(["acme"], [tmp_path / "drivers"]), kit.mbedtls(), tmp_path / "gen")
    source = tmp_path / "any.c"
    source.write_text(
        '#include "psa/crypto.h"\nint main(void) {\n'
        "    return sizeof(psa_hash_operation_t) > sizeof(acme_hash_operation_t) ? 0 : 1;\n}\n"
    )
    kit.compile_and_run(source, kit.include_flags(tmp_path / "gen"))


def test_missing_header_is_named(tmp_path: Path) -> None:
    folder = new.make("acme", Kind.TRANSPARENT, tmp_path / "drivers")
    (folder / "acme.h").rename(folder / "other.h")
    with pytest.raises(DescriptionError) as caught:
        generate(load_drivers(["acme"], [tmp_path / "drivers"]), kit.mbedtls(), tmp_path / "gen")
    assert 'headers[0]: "acme.h" does not exist' in str(caught.value)


def test_two_headers_of_one_name_are_refused(tmp_path: Path) -> None:
    for name in ("one", "two"):
        folder = new.make(name, Kind.TRANSPARENT, tmp_path / "drivers")
        (folder / f"{name}.h").rename(folder / "types.h")
        text = (folder / "driver.json").read_text()
        (folder / "driver.json").write_text(text.replace(f"{name}.h", "types.h"))
    with pytest.raises(DescriptionError) as caught:
        generate(load_drivers(["one", "two"], [tmp_path / "drivers"]), kit.mbedtls(), tmp_path / "gen")
    assert "types.h" in str(caught.value)
    assert 'call it for example "two_types.h"' in str(caught.value)

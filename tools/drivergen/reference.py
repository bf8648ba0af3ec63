# SPDX-License-Identifier: MIT
"""The reference table of docs/driver-guide.md, from the generator's own tables.

python -m tools.drivergen reference    rewrites the part of the guide between its markers
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..cli import Parser, write_whole
from .entry_docs import DOCS
from .entry_points import ENTRY_POINTS, FAMILIES, EntryPoint, Kind
from .errors import GeneratorError

BEGIN = "<!-- reference: made by python -m tools.drivergen reference -->"
END = "<!-- end of reference -->"

_KINDS = {Kind.TRANSPARENT: "transparent", Kind.OPAQUE: "opaque", Kind.BOTH: "both"}


def _prototype(entry: EntryPoint) -> str:
    context = "acme_random_context_t" if entry.family == "random" else f"acme_{entry.family}_operation_t"
    params = [item.declaration.format(ctx=context, memory="acme_derive_key_memory_t") for item in entry.params]
    return f"acme_{entry.name}({', '.join(params) or 'void'})"


def _families() -> list[str]:
    lines = ["| family | kind | functions | may be listed beside it | type |", "|---|---|---|---|---|"]
    for family in FAMILIES.values():
        members = ", ".join(family.members)
        optional = ", ".join(family.optional) or "–"
        lines.append(f"| `{family.name}` | {_KINDS[family.kind]} | {members} | {optional} | `acme_{family.context}` |")
    return lines


def reference() -> str:
    """The reference section: families, then a row per entry point."""
    lines = [
        "### Families",
        "",
        *_families(),
        "",
        "### Entry points",
        "",
        "All return `psa_status_t`. T: transparent drivers, O: opaque drivers. Where each is dispatched and what tests "
        "it is in [driver-entry-points.md](driver-entry-points.md).",
        "",
        "| entry point | for | what it does, and its prototype | called for | errors |",
        "|---|---|---|---|---|",
    ]
    for entry in ENTRY_POINTS.values():
        doc = DOCS[entry.name]
        kind = {Kind.TRANSPARENT: "T", Kind.OPAQUE: "O"}.get(entry.kind, "T O")
        lines.append(f"| `{entry.name}` | {kind} | {doc.does} `{_prototype(entry)}` | {doc.called} | {doc.returns} |")
    return "\n".join(lines) + "\n"


def with_reference(guide: str) -> str:
    """The guide with its reference section renewed."""
    if guide.count(BEGIN) != 1 or guide.count(END) != 1:
        raise GeneratorError(f"the guide must hold each of these lines once: {BEGIN} and {END}")
    head, rest = guide.split(BEGIN)
    tail = rest.split(END)[1]
    return f"{head}{BEGIN}\n\n{reference()}\n{END}{tail}"


def main(arguments: Sequence[str]) -> int:
    """Command line of `python -m tools.drivergen reference`."""
    parser = Parser(prog="python -m tools.drivergen reference", description="Renews the table of the driver guide.")
    parser.add_argument("--guide", type=Path, default=Path("docs/driver-guide.md"), metavar="FILE")
    options = parser.parse_args(arguments)
    text = options.guide.read_text(encoding="utf-8")
    write_whole(options.guide, with_reference(text))
    return 0

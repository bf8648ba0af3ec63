# SPDX-License-Identifier: MIT
"""Lays out generated C: indentation from braces and parentheses, long lines folded.

The templates can then be written for their reader, without counting spaces. Only what the
templates print is understood: attached braces, one statement per line, // comments.
"""

from __future__ import annotations

import re

_WIDTH = 120
_LABEL = re.compile(r"(case\b.*|default):( \{)?$")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


def _code(line: str) -> str:
    """A line without its strings and comment, for counting brackets."""
    return _STRING.sub('""', line).split("//")[0]


def _fold(line: str, indent: int) -> list[str]:
    """Splits a line that is too long at its last comma or logical operator that fits."""
    room = _WIDTH - 4 * indent
    if len(line) <= room or line.startswith(("//", "#")) or '"' in line:
        return [line]
    best = -1
    for match in re.finditer(r", |&& |\|\| ", line):
        # A first part that is too long for itself is still better than one line.
        if match.end() - 1 <= room or (best < 0 and match.group() != ", "):
            best = match.end()
    if best < 0:
        return [line]
    head, rest = line[:best].rstrip(), line[best:]
    return [head, *_fold(rest, indent + 1)]


def layout(text: str) -> str:
    """Returns C text with one consistent layout."""
    result: list[str] = []
    blocks: list[str] = []  # one entry per open brace: "switch" or ""
    parens = 0
    in_macro = False
    for raw in text.splitlines():
        line = raw.strip()
        if in_macro:
            result.append("    " + line)
            in_macro = line.endswith("\\")
            continue
        if not line:
            if result and result[-1] and not result[-1].endswith(("{", ":")):
                result.append("")
            continue
        if line.startswith("#"):
            result.append(line)
            in_macro = line.endswith("\\")
            continue
        code = _code(line)
        closing = len(code) - len(code.lstrip("} )"))
        leading = code[:closing].count("}")
        for _ in range(leading):
            if blocks:
                blocks.pop()
        indent = sum(2 if block == "switch" else 1 for block in blocks)
        if blocks and blocks[-1] == "switch" and _LABEL.match(code.strip()):
            indent -= 1
        if parens > 0:
            indent += 1
        if result and not result[-1] and (line.startswith("}") or _LABEL.match(code.strip())):
            result.pop()
        if result and (result[-1].endswith(" =") or (not parens and result[-1].endswith(("||", "&&")))):
            indent += 1
        for number, piece in enumerate(_fold(line, indent)):
            result.append("    " * (indent + (1 if number else 0)) + piece)
        parens = max(0, parens + code.count("(") - code.count(")"))
        rest = code[closing:] if leading else code
        for mark in rest:
            if mark == "{":
                blocks.append("switch" if code.lstrip("} ").startswith("switch") else "")
            elif mark == "}" and blocks:
                blocks.pop()
    while result and not result[-1]:
        result.pop()
    return "\n".join(result) + "\n"

# SPDX-License-Identifier: MIT
"""MicroPSA's host tools, the Python behind `make`. `python -m tools.X` wants the Python that `make setup` installs."""

import os
import sys

# Old Pythons must be able to read this file.
_CACHE = os.environ.get("MICROPSA_CACHE") or os.path.join(
    os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache"), "micropsa"
)
_USE = "use " + os.path.join(_CACHE, "venv", "bin", "python") + ", which `make setup` makes"


def _explain(kind, error, trace):  # type: ignore[no-untyped-def]
    """A package that is missing, in one sentence; all other errors as ever."""
    name = getattr(error, "name", None)
    if issubclass(kind, ModuleNotFoundError) and name and name.partition(".")[0] != "tools":
        sys.stderr.write("error: " + sys.executable + " has no package '" + name + "'; " + _USE + "\n")
    else:
        sys.__excepthook__(kind, error, trace)


if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit("error: needed is Python 3.11 or newer, " + sys.executable + " is an older one; " + _USE)
if sys.argv[:1] == ["-m"]:  # what it is while `python -m tools.X` looks for X
    sys.excepthook = _explain

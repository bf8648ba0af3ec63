# SPDX-License-Identifier: MIT
"""What every command-line tool shares: one error type, one way out."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

EXIT_INTERRUPTED = 130  # 128 + SIGINT, what a shell reports for Ctrl-C


class ToolError(Exception):
    """Something the user can mend; its text says what is wrong and what is accepted."""


def run(main: Callable[[list[str]], int]) -> None:
    """Run main(argv) and leave the process: no traceback for ToolError, Ctrl-C, a closed pipe, a full disk."""
    try:
        code = main(sys.argv[1:])
        sys.stdout.flush()
    except ToolError as error:
        print(f"error: {error}", file=sys.stderr)
        code = 1
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        code = EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader (head, less) went away; keep Python from complaining again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except OSError as error:  # no space left, no permission: the system's words are the clearest
        print(f"error: {error.strerror or error}" + (f": {error.filename}" if error.filename else ""), file=sys.stderr)
        code = 1
    sys.exit(code)

# SPDX-License-Identifier: MIT
# Runs inside MicroPython's unix port, which has no raw REPL: reads "<length>\n<source>" from stdin,
# runs it in one namespace, answers as the raw REPL does: output, Ctrl-D, traceback, Ctrl-D. Ends at
# the end of stdin.
import io
import sys


def _serve(stdin, namespace):
    while True:
        header = stdin.readline()
        if not header:
            return
        left = int(header)
        parts = []
        while left:
            part = stdin.read(left)
            if not part:
                return
            parts.append(part)
            left -= len(part)
        source = b"".join(parts)
        parts = part = None
        report = ""
        try:
            code = compile(source, "<stdin>", "exec")
            source = None
            exec(code, namespace)
        except SystemExit:
            raise
        except BaseException as exc:
            buffer = io.StringIO()
            sys.print_exception(exc, buffer)
            report = buffer.getvalue()
            exc = None
        code = source = None
        sys.stdout.write("\x04" + report + "\x04")


_serve(sys.stdin.buffer, {"__name__": "__main__"})

# SPDX-License-Identifier: MIT
"""The server's side of RFC 2217, serial ports over Telnet: what mpremote speaks over TCP (rfc2217://…).

The emulated line has no speed and no modem lines, so every setting that a client asks for is confirmed as asked.
"""

from __future__ import annotations

# RFC 854
IAC, DONT, DO, WONT, WILL, SB, SE = 255, 254, 253, 252, 251, 250, 240
# Options: RFC 856, 857, 858, 2217
BINARY, ECHO, SUPPRESS_GO_AHEAD, COM_PORT = 0, 1, 3, 44
OURS = frozenset({BINARY, ECHO, SUPPRESS_GO_AHEAD, COM_PORT})
THEIRS = frozenset({BINARY, SUPPRESS_GO_AHEAD, COM_PORT})
# RFC 2217, section 3: a server's answer to command n is n + 100. 8 and 9 (flow control) have none.
ANSWERED = frozenset({1, 2, 3, 4, 5, 10, 11, 12})
ANSWER = 100


class Telnet:
    """One connection. decode() takes the network's bytes apart, encode() protects the board's."""

    def __init__(self) -> None:
        self._command = bytearray()  # from IAC on, as far as it came
        self._agreed: set[tuple[int, int]] = set()

    @staticmethod
    def encode(data: bytes) -> bytes:
        return data.replace(b"\xff", b"\xff\xff")

    def decode(self, received: bytes) -> tuple[bytes, bytes]:
        """Returns (bytes for the board, answer for the client)."""
        data, answer = bytearray(), bytearray()
        for byte in received:
            if not self._command and byte != IAC:
                data.append(byte)
                continue
            self._command.append(byte)
            if self._complete():
                command, self._command = bytes(self._command), bytearray()
                if command == bytes([IAC, IAC]):
                    data.append(IAC)
                else:
                    answer += self._answer(command)
        return bytes(data), bytes(answer)

    def _complete(self) -> bool:
        if len(self._command) < 2:
            return False
        if self._command[1] == SB:
            # An even number of IACs before SE is data that was doubled.
            body = bytes(self._command[2:]).replace(bytes([IAC, IAC]), b"")
            return body.endswith(bytes([IAC, SE]))
        return len(self._command) == (3 if self._command[1] in (DO, DONT, WILL, WONT) else 2)

    def _answer(self, command: bytes) -> bytes:
        verb = command[1]
        if verb == SB:
            body = command[2:-2].replace(bytes([IAC, IAC]), bytes([IAC]))
            if len(body) >= 2 and body[0] == COM_PORT and body[1] in ANSWERED:
                value = self.encode(body[2:])
                return bytes([IAC, SB, COM_PORT, body[1] + ANSWER]) + value + bytes([IAC, SE])
            return b""
        if verb not in (DO, WILL):
            return b""
        option = command[2]
        wanted = OURS if verb == DO else THEIRS
        yes, no = (WILL, WONT) if verb == DO else (DO, DONT)
        if option not in wanted:
            return bytes([IAC, no, option])
        if (verb, option) in self._agreed:
            return b""  # answering an agreement again would never end
        self._agreed.add((verb, option))
        return bytes([IAC, yes, option])

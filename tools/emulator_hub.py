# SPDX-License-Identifier: MIT
"""Spreads an emulated UART: everything that the board sends goes to all clients, what any client sends goes in.

Clients come over TCP (as many as like, plain bytes on one port and RFC 2217 on another) and over one pseudo
terminal; all may be there at the same time. All of it runs in one thread with non-blocking descriptors. Nobody can
hold the board up: a client that does not read for long loses its connection (or, on the pty, the text).
"""

from __future__ import annotations

import contextlib
import errno
import os
import pty
import selectors
import socket
import termios
import threading
import tty
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from tools.emulator_telnet import Telnet

CHUNK = 65536
CLIENT_LIMIT = 4 << 20  # bytes that wait for a client before it counts as dead
BOARD_LIMIT = 64 << 10  # bytes that wait for the board before clients are held
BACKLOG = 64 << 10  # bytes that are kept for the first client
PTY_POLL = 0.05  # seconds between looks whether somebody opened the pty


_Handler = Callable[[selectors.BaseSelector, int], None]


class _Peer:
    """One end of a byte stream with what waits to be sent to it."""

    def __init__(self, fd: int, telnet: Telnet | None = None) -> None:
        self.fd = fd
        self.pending = bytearray()
        self._telnet = telnet
        os.set_blocking(fd, False)

    def read(self) -> bytes | None:
        """Bytes, b"" at the end of the stream, None when there is nothing to read now."""
        try:
            return os.read(self.fd, CHUNK)
        except BlockingIOError:
            return None
        except OSError:
            return b""

    def queue(self, data: bytes) -> None:
        """Bytes of the board, to be sent with flush()."""
        self.pending += data if self._telnet is None else self._telnet.encode(data)

    def decode(self, data: bytes) -> bytes:
        """What the bytes that read() returned mean for the board."""
        if self._telnet is None:
            return data
        payload, answer = self._telnet.decode(data)
        self.pending += answer
        self.flush()
        return payload

    def flush(self) -> bool:
        """Send what the peer takes; False when it is gone."""
        while self.pending:
            try:
                sent = os.write(self.fd, self.pending[:CHUNK])
            except BlockingIOError:
                return True
            except OSError:
                return False
            del self.pending[:sent]
        return True


class Channel:
    """One UART: the board's end, a TCP listener, its clients, a pty if wanted, a log if wanted."""

    def __init__(self, board: socket.socket, *, with_pty: bool = False, log: Path | None = None) -> None:
        self._board_socket = board
        self._board = _Peer(board.fileno())
        self._plain = socket.create_server(("127.0.0.1", 0))
        self._rfc2217 = socket.create_server(("127.0.0.1", 0))
        self._clients: dict[int, tuple[_Peer, socket.socket]] = {}
        self._log: BinaryIO | None = log.open("wb", buffering=0) if log else None
        self._pty: _Peer | None = None
        self._pty_open = False
        self._held: dict[int, _Handler] = {}  # peers that have nothing to do until the board takes more
        self._backlog: bytearray | None = bytearray()  # what the board says before the first client is there
        self.pty_name: str | None = None
        if with_pty:
            master, slave = pty.openpty()
            self.pty_name = os.ttyname(slave)
            os.close(slave)  # from now on the master says "hung up" while nobody has the pty open
            self._pty = _Peer(master)
        self.tcp_port: int = self._plain.getsockname()[1]
        self.rfc2217_port: int = self._rfc2217.getsockname()[1]

    # --- called by the hub's thread

    def register(self, selector: selectors.BaseSelector) -> None:
        for listener in (self._plain, self._rfc2217):
            listener.setblocking(False)
            selector.register(listener, selectors.EVENT_READ, self._acceptor(listener))
        selector.register(self._board.fd, selectors.EVENT_READ, self._from_board)

    @property
    def waits_for_pty(self) -> bool:
        """Whether there is a pty that nobody has open: nothing tells when that changes."""
        return self._pty is not None and not self._pty_open

    def poll_pty(self, selector: selectors.BaseSelector) -> None:
        """See whether somebody opened the pty since it was last closed."""
        if self._pty is None or self._pty_open:
            return
        try:
            data = os.read(self._pty.fd, CHUNK)
        except BlockingIOError:
            data = b""
        except OSError as error:
            if error.errno == errno.EIO:
                return
            raise
        # Before the first byte goes out: an echoing terminal would send the board its own words.
        with contextlib.suppress(termios.error):
            tty.setraw(self._pty.fd, termios.TCSANOW)
        self._pty_open = True
        self._backlog = None
        self._pty.pending.clear()
        selector.register(self._pty.fd, selectors.EVENT_READ, self._from_pty)
        self._to_board(selector, data)

    def _watch(self, selector: selectors.BaseSelector, peer: _Peer) -> None:
        """Ask for what this peer can do: room for its pending bytes, and input unless the board is behind."""
        events = selectors.EVENT_WRITE if peer.pending else 0
        if peer is self._board or len(self._board.pending) < BOARD_LIMIT:
            events |= selectors.EVENT_READ
        key = selector.get_map().get(peer.fd)
        handler: _Handler | None = key.data if key else self._held.pop(peer.fd, None)
        if handler is None:
            return
        if not events:
            selector.unregister(peer.fd)
            self._held[peer.fd] = handler
        elif key:
            selector.modify(peer.fd, events, handler)
        else:
            selector.register(peer.fd, events, handler)

    def _forget(self, selector: selectors.BaseSelector, peer: _Peer) -> None:
        """Stop looking at a peer that is gone."""
        if self._held.pop(peer.fd, None) is None:
            selector.unregister(peer.fd)

    def _acceptor(self, listener: socket.socket) -> _Handler:
        def accept(selector: selectors.BaseSelector, _mask: int) -> None:
            with contextlib.suppress(BlockingIOError, ConnectionError):
                connection, _ = listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                peer = _Peer(connection.fileno(), Telnet() if listener is self._rfc2217 else None)
                self._clients[peer.fd] = (peer, connection)
                selector.register(peer.fd, selectors.EVENT_READ, self._client_handler(peer))
                if self._backlog is not None:
                    peer.queue(bytes(self._backlog))
                    self._backlog = None
                    self._watch(selector, peer)

        return accept

    def _client_handler(self, peer: _Peer) -> _Handler:
        def handle(selector: selectors.BaseSelector, mask: int) -> None:
            alive = True
            if mask & selectors.EVENT_WRITE:
                alive = peer.flush()
            if alive and mask & selectors.EVENT_READ:
                data = peer.read()
                if data == b"":
                    alive = False
                elif data:
                    self._to_board(selector, peer.decode(data))
            if alive:
                self._watch(selector, peer)
            else:
                self._drop_client(selector, peer)

        return handle

    def _drop_client(self, selector: selectors.BaseSelector, peer: _Peer) -> None:
        self._forget(selector, peer)
        _, connection = self._clients.pop(peer.fd)
        connection.close()

    def _from_pty(self, selector: selectors.BaseSelector, mask: int) -> None:
        assert self._pty is not None
        alive = self._pty.flush()
        data = self._pty.read() if alive else b""
        if data == b"":
            self._forget(selector, self._pty)
            self._pty.pending.clear()
            self._pty_open = False
            return
        if data:
            self._to_board(selector, data)
        self._watch(selector, self._pty)

    def _to_board(self, selector: selectors.BaseSelector, data: bytes) -> None:
        self._board.pending += data
        self._board.flush()
        self._watch(selector, self._board)

    def _from_board(self, selector: selectors.BaseSelector, mask: int) -> None:
        if mask & selectors.EVENT_WRITE and self._board.pending:
            self._board.flush()
            for peer, _ in self._clients.values():
                self._watch(selector, peer)
            if self._pty and self._pty_open:
                self._watch(selector, self._pty)
        data = self._board.read() if mask & selectors.EVENT_READ else None
        if data == b"":
            raise EOFError
        if data:
            self._to_clients(selector, data)
        self._watch(selector, self._board)

    def _to_clients(self, selector: selectors.BaseSelector, data: bytes) -> None:
        if self._log:
            self._log.write(data)
        if self._backlog is not None:
            self._backlog += data
            del self._backlog[:-BACKLOG]
        for peer, _ in list(self._clients.values()):
            peer.queue(data)
            if not peer.flush() or len(peer.pending) > CLIENT_LIMIT:
                self._drop_client(selector, peer)
            else:
                self._watch(selector, peer)
        if self._pty and self._pty_open:
            self._pty.queue(data)
            self._pty.flush()
            if len(self._pty.pending) > CLIENT_LIMIT:
                self._pty.pending.clear()
            self._watch(selector, self._pty)

    def close(self) -> None:
        """Close everything; clients see the end of the stream after what was still to be sent."""
        for peer, connection in self._clients.values():
            with contextlib.suppress(OSError):
                connection.settimeout(1.0)
                connection.sendall(bytes(peer.pending))
            connection.close()
        self._clients.clear()
        if self._pty:
            os.close(self._pty.fd)
            self._pty = None
        self._plain.close()
        self._rfc2217.close()
        self._board_socket.close()
        if self._log:
            self._log.close()
            self._log = None


class Hub:
    """Runs channels until the board's end closes or stop() is called."""

    def __init__(self) -> None:
        self._wake_read, self._wake_write = os.pipe()
        self._lock = threading.Lock()
        self._done = False

    def run(self, channels: list[Channel]) -> None:
        """The loop; returns when the board is gone or stop() was called, with everything closed."""
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(self._wake_read, selectors.EVENT_READ, None)
                for channel in channels:
                    channel.register(selector)
                self._loop(selector, channels)
        finally:
            for channel in channels:
                channel.close()
            with self._lock:
                self._done = True
                os.close(self._wake_read)
                os.close(self._wake_write)

    def _loop(self, selector: selectors.BaseSelector, channels: list[Channel]) -> None:
        while True:
            for channel in channels:
                channel.poll_pty(selector)
            waits = any(channel.waits_for_pty for channel in channels)
            for key, mask in selector.select(PTY_POLL if waits else None):
                if key.data is None:
                    return
                if selector.get_map().get(key.fd) is not key:
                    continue  # an earlier event of this round closed or changed it
                try:
                    key.data(selector, mask)
                except EOFError:
                    return

    def stop(self) -> None:
        """End run(); from any thread, at any time."""
        with self._lock:
            if not self._done:
                os.write(self._wake_write, b"x")

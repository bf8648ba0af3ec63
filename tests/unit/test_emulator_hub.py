# SPDX-License-Identifier: MIT
"""What spreads an emulated UART over clients, with a socket in the board's place."""

from __future__ import annotations

import os
import socket
import threading
import time

import pytest
import serial

from tools.emulator_hub import BOARD_LIMIT, CLIENT_LIMIT, Channel, Hub
from tools.emulator_telnet import Telnet

TIMEOUT = 20.0


class Rig:
    """A hub in a thread; `board` is the board's end of its UART."""

    def __init__(self, tmp_path, with_pty=False):
        self.board, its = socket.socketpair()
        self.board.settimeout(TIMEOUT)
        self.log = tmp_path / "log"
        self.channel = Channel(its, with_pty=with_pty, log=self.log)
        self.hub = Hub()
        self.thread = threading.Thread(target=self.hub.run, args=([self.channel],))
        self.thread.start()
        self.clients = []

    def connect(self, port=None):
        client = socket.create_connection(("127.0.0.1", port or self.channel.tcp_port))
        client.settimeout(TIMEOUT)
        self.clients.append(client)
        return client

    def close(self):
        self.hub.stop()
        self.thread.join(TIMEOUT)
        assert not self.thread.is_alive()
        for end in (self.board, *self.clients):
            end.close()


@pytest.fixture
def rig(tmp_path):
    made = Rig(tmp_path)
    yield made
    made.close()


@pytest.fixture
def pty_rig(tmp_path):
    made = Rig(tmp_path, with_pty=True)
    yield made
    made.close()


def exactly(end, count):
    data = b""
    while len(data) < count:
        more = end.recv(65536)
        assert more, f"closed after {len(data)} of {count} bytes"
        data += more
    return data


def greet(rig, client):
    """Connections are accepted in another thread: a byte that reached the board tells that this one is."""
    client.sendall(b"?")
    assert exactly(rig.board, 1) == b"?"


def test_all_clients_hear_the_board_and_the_board_hears_all(rig):
    first, second = rig.connect(), rig.connect()
    for client in (first, second):
        greet(rig, client)
    rig.board.sendall(b"to all")
    assert exactly(first, 6) == exactly(second, 6) == b"to all"
    assert rig.log.read_bytes() == b"to all"


def test_the_first_client_gets_the_backlog_and_no_other_does(rig):
    rig.board.sendall(b"banner")
    deadline = time.monotonic() + TIMEOUT
    while rig.log.read_bytes() != b"banner" and time.monotonic() < deadline:
        time.sleep(0.01)
    first = rig.connect()
    assert exactly(first, 6) == b"banner"
    second = rig.connect()
    greet(rig, second)
    rig.board.sendall(b"now")
    assert exactly(second, 3) == b"now"


def test_a_board_that_does_not_take_its_input_holds_the_sender(rig):
    client = rig.connect()
    data = bytes(n * 7 & 255 for n in range(16 * BOARD_LIMIT))
    sender = threading.Thread(target=client.sendall, args=(data,))
    sender.start()
    time.sleep(0.3)
    busy = time.process_time()
    time.sleep(0.5)
    assert time.process_time() - busy < 0.2, "the hub spins while it waits"
    assert len(rig.channel._board.pending) <= 2 * BOARD_LIMIT
    assert exactly(rig.board, len(data)) == data
    sender.join(TIMEOUT)
    greet(rig, client)  # and it goes on after that


def test_a_client_that_never_reads_is_dropped_and_holds_nobody(rig):
    deaf, good = rig.connect(), rig.connect()
    for client in (deaf, good):
        greet(rig, client)
    chunk = bytes(65536)
    for _ in range(4 * CLIENT_LIMIT // len(chunk)):
        rig.board.sendall(chunk)
        exactly(good, len(chunk))
    with pytest.raises((ConnectionError, AssertionError)):
        exactly(deaf, 4 * CLIENT_LIMIT)


def test_a_client_that_leaves_disturbs_nobody(rig):
    leaver, good = rig.connect(), rig.connect()
    for client in (leaver, good):
        greet(rig, client)
    leaver.close()
    rig.board.sendall(b"still there")
    assert exactly(good, 11) == b"still there"


def test_the_end_of_the_board_is_the_end_of_the_clients(rig):
    client = rig.connect()
    greet(rig, client)
    rig.board.sendall(b"last words")
    rig.board.close()
    assert exactly(client, 10) == b"last words"
    assert client.recv(1) == b""
    rig.thread.join(TIMEOUT)
    assert not rig.thread.is_alive()


def test_a_pty_can_be_opened_again_and_again(pty_rig):
    for n in range(3):
        with serial.Serial(pty_rig.channel.pty_name, timeout=TIMEOUT) as port:
            port.write(b"\x03\x04\xff\r\n")  # raw: no line discipline touches a byte
            assert exactly(pty_rig.board, 5) == b"\x03\x04\xff\r\n"
            pty_rig.board.sendall(b"%d\r\n\x03\xff" % n)
            assert port.read(5) == b"%d\r\n\x03\xff" % n


def test_what_nobody_read_from_the_pty_is_not_there_for_the_next(pty_rig):
    with serial.Serial(pty_rig.channel.pty_name) as port:
        port.write(b"?")
        exactly(pty_rig.board, 1)
    # What the hub has not read yet when the next one opens the pty is news, so a second client tells that all is read.
    watcher = pty_rig.connect()
    greet(pty_rig, watcher)
    for _ in range(100):  # more than a pty holds
        pty_rig.board.sendall(bytes(1000))
        exactly(watcher, 1000)
    with serial.Serial(pty_rig.channel.pty_name, timeout=TIMEOUT) as port:
        port.write(b"?")
        exactly(pty_rig.board, 1)
        pty_rig.board.sendall(b"fresh")
        assert port.read(5) == b"fresh"


def test_nothing_stays_open(tmp_path):
    def count():
        return len(os.listdir("/proc/self/fd"))

    before = count()
    for _ in range(3):
        rig = Rig(tmp_path, with_pty=True)
        greet(rig, rig.connect())
        rig.close()
    assert count() == before


# ------------------------------------------------------------------------------------------------ RFC 2217


def test_pyserial_speaks_rfc2217_with_it(rig):
    with serial.serial_for_url(
        f"rfc2217://127.0.0.1:{rig.channel.rfc2217_port}", baudrate=9600, timeout=TIMEOUT
    ) as port:
        every = bytes(range(256)) * 3  # 0xff is Telnet's own byte
        port.write(every)
        assert exactly(rig.board, len(every)) == every
        rig.board.sendall(every)
        assert port.read(len(every)) == every
        port.baudrate = 115200
        port.reset_input_buffer()
        port.write(b"again")
        assert exactly(rig.board, 5) == b"again"


@pytest.mark.parametrize("cut", [1, 2, 3, 5, 100])
def test_telnet_commands_may_come_in_pieces(cut):
    stream = b"a\xff\xffb\xff\xfd\x00\xff\xfb\x63\xff\xfa\x2c\x01\x00\x00\xff\xff\x80\xff\xf0c\xff\xf1d"
    telnet = Telnet()
    data = answer = b""
    for at in range(0, len(stream), cut):
        more_data, more_answer = telnet.decode(stream[at : at + cut])
        data, answer = data + more_data, answer + more_answer
    assert data == b"a\xffbcd"
    # WILL BINARY, DONT 99, and the baud rate confirmed as it was asked for.
    assert answer == b"\xff\xfb\x00\xff\xfe\x63\xff\xfa\x2c\x65\x00\x00\xff\xff\x80\xff\xf0"


def test_an_agreement_is_confirmed_once():
    telnet = Telnet()
    assert telnet.decode(b"\xff\xfb\x2c")[1] == b"\xff\xfd\x2c"
    assert telnet.decode(b"\xff\xfb\x2c")[1] == b""

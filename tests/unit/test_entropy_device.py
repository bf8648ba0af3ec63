# SPDX-License-Identifier: MIT
"""The entropy device that the host plays: its side of the protocol, its misbehaviours, its command line."""

from __future__ import annotations

import binascii
import os
import select
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from tools import paths
from tools.cli import ToolError
from tools.entropy_device import BEHAVIOURS, BLOCK_SIZE, STUCK_BYTE, Control, EntropyDevice, block, command, obey, tell

PATIENCE = 20.0


class Board:
    """The board's end of the line."""

    def __init__(self, device: EntropyDevice) -> None:
        self.device = device
        self.line, other = socket.socketpair()
        self.line.settimeout(PATIENCE)
        device.start(other.fileno(), other.close)

    def send(self, *commands: bytes) -> None:
        self.line.sendall(b"".join(commands))

    def read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = self.line.recv(size - len(data))
            assert part, f"the device hung up after {data!r}"
            data += part
        return data

    def blocks(self, count: int, session: int = 7) -> list[bytes]:
        """Enable, ask for blocks, and return the noise of those that are right."""
        self.send(command("E", session), command("N", count))
        data = self.read(count * BLOCK_SIZE)
        return [
            noise for at in range(0, len(data), BLOCK_SIZE) if (noise := unpack(data[at : at + BLOCK_SIZE], session))
        ]

    def quiet(self, seconds: float = 0.3) -> bool:
        return not select.select([self.line], [], [], seconds)[0]

    def logged(self, line: str) -> bool:
        deadline = time.monotonic() + PATIENCE
        while line not in self.device.log and time.monotonic() < deadline:
            time.sleep(0.01)
        return line in self.device.log


def unpack(data: bytes, session: int) -> bytes | None:
    """The noise of a block, by the words of the driver's README."""
    body, check = data[1:-2], int.from_bytes(data[-2:], "big")
    right = data[:2] == bytes([0xA5, session]) and binascii.crc_hqx(body, 0xFFFF) == check
    return body[1:] if right and len(data) == BLOCK_SIZE else None


@pytest.fixture
def host() -> Iterator[Board]:
    host = Board(EntropyDevice())
    yield host
    host.device.stop()
    host.line.close()


def test_good_blocks(host):
    noise = host.blocks(20)
    assert len(set(noise)) == 20 and {len(part) for part in noise} == {16}
    assert list(host.device.log) == ["behaviour good", "enable 7", "noise 20"]
    host.send(command("D", 0))
    assert host.logged("disable") and not host.device.enabled and host.quiet()


def test_nothing_comes_from_a_device_that_is_off(host):
    host.send(command("N", 4))
    assert host.logged("noise 4 while off") and host.quiet()
    host.send(command("E", 1), command("D", 0), command("N", 1))
    assert host.logged("noise 1 while off") and host.quiet()


def test_rubbish_between_commands_is_skipped(host):
    host.send(b"EN\x00\xff", command("E", 7)[:2], b"D", command("E", 9), b"\x00", command("N", 1))
    assert unpack(host.read(BLOCK_SIZE), 9)


def test_enabling_again_drops_what_was_not_sent(host):
    host.device.warm_up = 0.3
    host.send(command("E", 1), command("N", 200), command("E", 2), command("N", 1))
    assert unpack(host.read(BLOCK_SIZE), 2) and host.quiet()


def test_silent(host):
    host.device.behaviour = "silent"
    host.send(command("E", 7), command("N", 4))
    assert host.logged("noise 4") and host.quiet()
    host.device.behaviour = "good"
    assert host.quiet(), "requests to a silent device are lost"
    assert len(host.blocks(2)) == 2


def test_stuck(host):
    host.device.behaviour = "stuck"
    assert host.blocks(5) == [bytes([STUCK_BYTE]) * 16] * 5


def test_biased(host):
    host.device.behaviour = "biased"
    noise = b"".join(host.blocks(100))
    ones = sum(byte.bit_count() for byte in noise) / (8 * len(noise))
    assert 0.96 < ones < 0.995 and len(noise) == 1600
    assert len(Counter(noise)) > 3


def test_slow(host):
    host.device.behaviour = "slow"
    start = time.monotonic()
    host.send(command("E", 7), command("N", 1))
    assert host.read(3)[:2] == b"\xa5\x07"
    assert time.monotonic() - start > 1.9
    host.device.behaviour = "good"
    assert len(host.read(BLOCK_SIZE - 3)) == BLOCK_SIZE - 3


def test_noisy(host):
    host.device.behaviour = "noisy"
    host.send(command("E", 7), command("N", 255))
    data = host.read(255 * BLOCK_SIZE * 9 // 10)
    good = sum(unpack(data[at : at + BLOCK_SIZE], 7) is not None for at in range(len(data)))
    assert 5 <= good <= 80, "of 255 blocks one in eight should have come through"


def test_noise_from_a_file_ends_with_it(tmp_path):
    file = tmp_path / "noise"
    file.write_bytes(bytes(range(40)))
    host = Board(EntropyDevice(noise=file))
    assert host.blocks(2) == [bytes(range(16)), bytes(range(16, 32))]
    host.send(command("N", 1))
    assert host.quiet()
    host.device.stop()
    missing = Board(EntropyDevice(noise=tmp_path / "missing"))
    missing.send(command("E", 1), command("N", 1))
    assert missing.logged("noise 1") and missing.quiet()
    missing.device.stop()


def test_unknown_behaviour_names_those_that_exist(host):
    with pytest.raises(ToolError, match="no behaviour 'loud'; accepted: good, silent, stuck, biased, slow, noisy"):
        host.device.behaviour = "loud"
    assert host.device.behaviour == "good"
    assert obey(host.device, "loud").startswith("error: ")
    assert obey(host.device, " stuck \n") == "stuck" == host.device.behaviour
    assert obey(host.device, "status") == "stuck, disabled"


def test_the_board_hangs_up():
    device = EntropyDevice()
    host = Board(device)
    host.line.close()
    device.stop()  # no error, and again:
    device.stop()
    device.behaviour = "silent"


def test_control_port(host):
    control = Control(host.device)
    for name in BEHAVIOURS:
        assert tell(control.port, name) == name == host.device.behaviour
    assert "behaviour noisy" in tell(control.port, "log")
    with pytest.raises(ToolError, match="no behaviour 'loud'"):
        tell(control.port, "loud")
    with pytest.raises(ToolError, match=f"control port {control.port}"):
        Control(host.device, control.port)
    control.close()
    with pytest.raises(ToolError, match="no entropy device listens"):
        tell(control.port, "good")


def test_command_line_on_a_pseudo_terminal():
    words = [sys.executable, "-m", "tools.entropy_device"]
    options = ["--pty", "--control", "0", "--behaviour", "stuck"]
    with subprocess.Popen(
        [*words, "serve", *options], cwd=paths.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin and process.stdout
        port = int(process.stdout.readline().removeprefix("control port "))
        line = os.open(process.stdout.readline().strip(), os.O_RDWR | os.O_NOCTTY)
        os.write(line, command("E", 3) + command("N", 1))
        data = b""
        while len(data) < BLOCK_SIZE:
            data += os.read(line, BLOCK_SIZE)
        assert data == block(3, bytes([STUCK_BYTE]) * 16)
        process.stdin.write("status\n")
        process.stdin.flush()
        assert process.stdout.readline() == "stuck, enabled\n"
        told = subprocess.run([*words, "tell", str(port), "good"], cwd=paths.ROOT, capture_output=True, text=True)
        assert (told.returncode, told.stdout) == (0, "good\n")
        process.stdin.write("quit\n")
        process.stdin.close()
        assert process.wait(PATIENCE) == 0
        os.close(line)


def test_command_line_mistakes():
    def fails(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "tools.entropy_device", *words], cwd=paths.ROOT, capture_output=True, text=True
        )
        assert done.returncode != 0 and "Traceback" not in done.stderr
        return done.stderr

    assert "--port --pty" in fails("serve")
    assert "/nowhere" in fails("serve", "--port", "/nowhere")
    assert "invalid choice: 'loud'" in fails("serve", "--pty", "--behaviour", "loud")
    assert "accepted: a serial port such as" in fails("serve", "--port", "loop://")
    assert "socket://: not a serial line" in fails("serve", "--port", "socket://")
    assert "from 0 to 65535" in fails("serve", "--pty", "--control", "65536")
    assert "'nan' is not accepted" in fails("serve", "--pty", "--warm-up", "nan")
    assert "no noise file /nowhere" in fails("serve", "--pty", "--noise", "/nowhere")
    assert "from 1 to 65535" in fails("tell", "65536", "good")
    assert "no entropy device listens on port 1" in fails("tell", "1", "good")

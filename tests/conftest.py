# SPDX-License-Identifier: MIT
"""Fixtures of all tests: `target` and `machine` give a running MicroPython on each selected board.

pytest                          everything, on every target
pytest --target UNIX            one target (repeatable)
pytest --kills 500              more power cuts than the default run does
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.targets import Target, registry
from tests.targets.shared import SharedMachines
from tests.vectors import table
from tools import get_renode
from tools.cli import ToolError
from tools.renode_process import POOL

MARKERS = (
    "target(*names): run only on these targets",
    "supported_if(expression): skip where psa.capabilities() lacks something; the expression sees it as `caps`",
)

# How many tests of a board this machine cannot run.
NOT_RUN: pytest.StashKey[dict[str, int]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("MicroPSA")
    group.addoption(
        "--target",
        action="append",
        metavar="BOARD",
        help="board to test on (UNIX, MPS2_AN386, … or all; repeatable; default: all)",
    )
    group.addoption(
        "--kills",
        type=int,
        default=25,
        metavar="N",
        help="power cuts at random moments per target (default 25)",
    )


def pytest_configure(config: pytest.Config) -> None:
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    selected_targets(config)  # a wrong --target is said before anything runs


def selected_targets(config: pytest.Config) -> list[str]:
    known = registry.names()
    chosen = config.getoption("--target") or ["all"]
    unknown = [name for name in chosen if name not in known and name != "all"]
    if unknown:
        listing = ", ".join([*known, "all"])
        raise pytest.UsageError(f"there is no target '{unknown[0]}'; accepted: {listing}")
    try:
        required = get_renode.required()
    except ToolError as exc:
        raise pytest.UsageError(str(exc)) from exc
    everything = [name for name in known if not registry.is_twin(name)]
    if "all" in chosen and not required:
        return [name for name in known if name in chosen or name in everything]
    for name in everything if "all" in chosen else chosen:
        obstacle = registry.obstacle(name)
        if obstacle is not None:
            raise pytest.UsageError(f"target {name} cannot run on this machine: {obstacle}")
    return [name for name in known if name in chosen or ("all" in chosen and name in everything)]


def pytest_report_header(config: pytest.Config) -> list[str]:
    lines = []
    for name in selected_targets(config):
        try:
            where = registry.obstacle(name) or str(registry.image(name).relative_to(config.rootpath))
        except registry.NotBuilt as exc:
            where = str(exc)
        lines.append(f"target {name}: {where}")
    return lines


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    marker = metafunc.definition.get_closest_marker("target")
    if "board" not in metafunc.fixturenames:
        if marker is not None:  # it would run on machines and in runs for which its board was not built
            raise pytest.UsageError(f"{metafunc.definition.nodeid}: marked `target`, but takes no fixture `board`")
        return
    chosen = selected_targets(metafunc.config)
    wanted = [name for name in chosen if marker is None or name in marker.args]
    if wanted:
        metafunc.parametrize("board", wanted, scope="session")
        return
    only = ", ".join(marker.args) if marker else "any target"
    reason = f"runs on {only}, not on the selected {', '.join(chosen) or 'none'}"
    metafunc.parametrize("board", [pytest.param("none", marks=pytest.mark.skip(reason=reason))], scope="session")


def _board(item: pytest.Item) -> str | None:
    callspec = getattr(item, "callspec", None)
    return callspec.params.get("board") if callspec is not None else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Count and drop what this machine cannot run, and refuse to start half blind: an image that selected tests need
    must be there."""
    missing = []
    for name in selected_targets(config):
        needed = [item for item in items if _board(item) == name]
        if not needed:
            continue
        if registry.obstacle(name) is not None:
            config.stash.setdefault(NOT_RUN, {})[name] = len(needed)
            config.hook.pytest_deselected(items=needed)
            items[:] = [item for item in items if _board(item) != name]
            continue
        try:
            registry.image(name)
        except registry.NotBuilt as exc:
            missing.append(str(exc))
    if missing:
        hint = "Or choose what is built with --target, or a folder such as tests/lint."
        raise pytest.UsageError("\n".join([*missing, hint]))


@pytest.fixture(scope="session", autouse=True)
def renode_pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Renode machines come and go in few processes."""
    POOL.open(tmp_path_factory.mktemp("renode"))
    yield
    POOL.close()


@pytest.fixture(scope="session")
def shared_machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedMachines]:
    machines = SharedMachines(tmp_path_factory.mktemp("shared"))
    yield machines
    machines.close()


@pytest.fixture
def target(board: str, shared_machines: SharedMachines, request: pytest.FixtureRequest) -> Iterator[Target]:
    """A freshly reset machine without keys or files of another test. Do not switch it off: take
    `machine` for that."""
    with shared_machines.lend(board) as lent:
        _skip_unsupported(request, lent)
        yield lent


@pytest.fixture
def full_target(board: str, shared_machines: SharedMachines) -> Iterator[Target]:
    """The same with all that Mbed TLS has, where such an image is built (PSA_PROFILE=full)."""
    with shared_machines.lend(board, registry.fullest_profile(board)) as lent:
        yield lent


@pytest.fixture
def new_machine(board: str, tmp_path: Path) -> Iterator[Callable[..., Target]]:
    """A function that makes machines of the board with a flash of their own, switched off until
    start()."""
    made: list[Target] = []

    def make(**options: object) -> Target:
        flash = options.pop("flash", tmp_path / f"flash{len(made)}.bin")
        machine = registry.factory(board)(flash, **options)
        made.append(machine)
        return machine

    yield make
    for machine in made:
        machine.stop()


@pytest.fixture
def machine(new_machine: Callable[..., Target], request: pytest.FixtureRequest) -> Target:
    """A running machine that belongs to this test alone: kill it, restart it, damage its flash."""
    made = new_machine()
    made.start()
    _skip_unsupported(request, made)
    return made


def _skip_unsupported(request: pytest.FixtureRequest, on: Target) -> None:
    for marker in request.node.iter_markers("supported_if"):
        (expression,) = marker.args
        if not eval(expression, {"caps": on.capabilities()}):
            pytest.skip(f"{on.name}: this firmware does not have {expression}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    table.write(terminalreporter)
    for name, count in config.stash.get(NOT_RUN, {}).items():
        terminalreporter.write_line(f"{name}: {count} tests were not run. {registry.obstacle(name)}", yellow=True)

# SPDX-License-Identifier: MIT
"""The bench table: sums are right, and the stored one has the columns that the tool writes today."""

import re

import pytest

from tools import bench, bench_dispatch, paths, sources

ROWS = [
    bench.Row("one", 4000, 4900, 4400, 7300),
    bench.Row("a longer title", 1_000_000, 1_000_500, None, None),
]


def cells(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_table():
    heading, rule, *lines = bench.table(ROWS).splitlines()
    assert cells(heading) == list(bench.HEADINGS)
    assert re.fullmatch(r"\|-+\|(-+:\|)+", rule)
    assert cells(lines[0]) == ["one", "4,000", "4,900", "900", "4,400", "400", "7,300"]
    assert cells(lines[1]) == ["a longer title", "1,000,000", "1,000,500", "500", "", "", ""]
    assert len({len(line) for line in (heading, rule, *lines)}) == 1


def test_stored_table_is_complete():
    text = (paths.ROOT / bench.DOCUMENT).read_text(encoding="utf-8")
    calls, drivers = text.split(bench.DISPATCH)
    assert drivers.count("|\n") == 6
    lines = [line for line in calls.splitlines() if line.startswith("|")]
    assert cells(lines[0]) == list(bench.HEADINGS)
    titles = [cells(line)[0] for line in lines[2:]]
    wanted = re.findall(r'^case\("([^"%]+)"', bench.DEVICE, flags=re.MULTILINE)
    assert len(titles) > len(wanted) > 4
    assert set(wanted) <= set(titles), "docs/bench.md is older than the cases: make bench BENCH_ARGS=--store"
    for line in lines[2:]:
        _, from_c, plain, on_top, with_out, out_on_top, _ = [cell.replace(",", "") for cell in cells(line)]
        assert int(plain) - int(from_c) == int(on_top)
        assert not with_out or int(with_out) - int(from_c) == int(out_on_top)


def test_cost_of_dispatch():
    """Counted anew: the numbers are exact, so another one means other generated code, or another compiler."""
    cost = bench_dispatch.measure(sources.resolve("mbedtls")[0])
    assert cost == bench_dispatch.measure(sources.resolve("mbedtls")[0])
    assert 0 <= cost.empty - cost.builtin <= 4, "a list without hash_compute costs no more than a jump"
    assert cost.empty < cost.others < cost.declining < cost.empty + 150
    section = bench.dispatch_section(cost)
    assert bench.with_dispatch("# Before\n\n" + section, cost) == "# Before\n\n" + section
    assert bench.with_dispatch("# Before\n", cost) == "# Before\n\n" + section


def test_boards_that_cannot_count_are_refused():
    with pytest.raises(bench.ToolError, match="cannot count instructions"):
        bench.main(["--board", "UNIX"])

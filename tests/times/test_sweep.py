# SPDX-License-Identifier: Apache-2.0
"""The sweep over the hierarchy against searches, scipy and every way there is, bit for bit."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from goldenhour.times import many, sweep
from goldenhour.times.graph import Network, from_arcs
from goldenhour.times.holders import Direction
from goldenhour.times.kernels.reach import FAR, LONGEST, Pairs, Points
from goldenhour.times.sweep import Sweep
from goldenhour.times.ticks import shown

Ints = NDArray[np.int32]


def any_network(rng: np.random.Generator, n_nodes: int, n_arcs: int) -> Network:
    """Lay out a network with closures, loops, double arcs and islands."""
    tail, head = rng.integers(0, n_nodes, (2, n_arcs)).astype(np.int32)
    ticks = rng.integers(0, 5000, n_arcs).astype(np.int32)
    ticks[rng.random(n_arcs) < 0.1] = FAR
    x, y = rng.random((2, n_nodes))
    return from_arcs(tail=tail, head=head, ticks=ticks, x=x, y=y)


def any_points(rng: np.random.Generator, n: int, k: int, n_nodes: int) -> Points:
    """Let points join the network at up to k nodes, some nowhere."""
    node = rng.integers(-1, n_nodes, (n, k)).astype(np.int32)
    ticks = rng.integers(0, 900, (n, k)).astype(np.int32)
    ticks[rng.random((n, k)) < 0.1] = FAR
    return Points(node=node, ticks=ticks)


def prepared(
    net: Network, sources: Points, targets: Points, *, direction: Direction, limit: int
) -> Sweep:
    """Make a sweep."""
    selection = net.weights.topology.selection(targets.node)
    down = net.weights.down(direction, selection)
    return Sweep.of(
        net.weights.way(direction),
        selection,
        down,
        sources=sources,
        step=targets.ticks,
        limit=limit,
    )


def some_ways(rng: np.random.Generator, n_sources: int, n_targets: int) -> Pairs:
    """Know some ways past the nodes."""
    n_known = rng.integers(0, 3, n_sources)
    start = np.concatenate([[0], np.cumsum(n_known)])
    columns = [np.sort(rng.integers(0, n_targets, n)) for n in n_known]
    return Pairs(
        start=start,
        column=np.concatenate(columns).astype(np.int32),
        ticks=rng.integers(0, 3000, start[-1]).astype(np.int32),
    )


def table_of(pairs: Pairs, n_targets: int) -> Ints:
    """Spread pairs over a matrix."""
    table = np.full((len(pairs.start) - 1, n_targets), FAR, dtype=np.int32)
    row = np.repeat(np.arange(len(table)), np.diff(pairs.start))
    table[row, pairs.column] = pairs.ticks
    return table


@pytest.mark.laws
@settings(deadline=None, max_examples=60)  # the first example may compile the kernels
@given(st.integers(0, 2**32), st.sampled_from(list(Direction)), st.sampled_from([1500, LONGEST]))
def test_sweeps_and_searches_agree_to_the_bit(seed: int, direction: Direction, limit: int) -> None:
    """Points with several entries, both directions, with a limit and without, one thread or two."""
    rng = np.random.Generator(np.random.PCG64(seed))
    n_nodes, k = int(rng.integers(1, 60)), int(rng.integers(1, 4))
    net = any_network(rng, n_nodes, int(rng.integers(0, 200)))
    sources = any_points(rng, int(rng.integers(1, 40)), k, n_nodes)
    targets = any_points(rng, int(rng.integers(1, 150)), int(rng.integers(1, 4)), n_nodes)
    shape = len(sources.node), len(targets.node)
    rows = net.weights.rows(direction)
    expected = many.dense(rows, sources, targets, limit=limit)
    made = prepared(net, sources, targets, direction=direction, limit=limit)
    for n_threads in (1, 2):
        for dtype in (np.int32, np.float32, np.uint16):
            out = np.empty(shape, dtype=dtype)
            made.dense(out, n_threads=n_threads)
            assert np.array_equal(out, shown(expected, dtype))
        known = some_ways(rng, *shape)
        pairs = made.sparse(known=known, n_threads=n_threads)
        searched = many.sparse(rows, sources, targets, limit=limit, known=known)
        assert all(np.array_equal(*two) for two in zip(pairs, searched, strict=True))
        plain = made.sparse(n_threads=n_threads)
        assert np.array_equal(table_of(plain, shape[1]), expected)


@pytest.mark.parametrize("limit", [4 * 64, 30 * 64, LONGEST])
def test_a_larger_town_agrees_with_scipy(limit: int) -> None:
    """Branches beyond the limit are skipped, and nobody within it is lost."""
    rng = np.random.Generator(np.random.PCG64(11))
    side = 60
    node = np.arange(side * side, dtype=np.int32).reshape(side, side)
    one = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel()])
    other = np.concatenate([node[:, 1:].ravel(), node[1:].ravel()])
    tail, head = np.concatenate([one, other]), np.concatenate([other, one])
    ticks = rng.integers(1, 200, len(tail)).astype(np.int32)
    y, x = np.array(np.divmod(np.arange(side * side), side), dtype=np.float64)
    net = from_arcs(tail=tail, head=head, ticks=ticks, x=x, y=y)
    sources, targets = (
        many.points_at(rng.integers(0, side * side, n).astype(np.int32)) for n in (50, 1500)
    )
    graph = csr_matrix((ticks.astype(np.float64), (tail, head)), shape=(side * side,) * 2)
    true = dijkstra(graph, indices=sources.node[:, 0])[:, targets.node[:, 0]]
    expected = np.where(true <= limit, true, FAR)
    out = np.empty(expected.shape, dtype=np.int32)
    made = prepared(net, sources, targets, direction=Direction.LEAVING, limit=limit)
    for n_threads in (1, 2, 2, 1, 2):
        out[:] = -1
        made.dense(out, n_threads=n_threads)
        assert np.array_equal(out, expected)
        assert np.array_equal(table_of(made.sparse(n_threads=n_threads), 1500), expected)


def test_a_road_without_end_needs_no_memory_for_its_depth() -> None:
    """A chain of thousands of junctions, asked from one end to the other."""
    n = 5000
    node = np.arange(n - 1, dtype=np.int32)
    ticks, x = np.full(n - 1, 64, dtype=np.int32), np.arange(n, dtype=np.float64)
    net = from_arcs(tail=node, head=node + 1, ticks=ticks, x=x, y=np.zeros(n))
    ends = many.points_at(np.array([0, n - 1], dtype=np.int32))
    out = np.empty((2, 2), dtype=np.float32)
    prepared(net, ends, ends, direction=Direction.LEAVING, limit=LONGEST).dense(out)
    assert out.tolist() == [[0, n - 1], [np.inf, 0]]


def test_times_beyond_194_days_are_unreachable_to_both() -> None:
    """Sums that no longer fit are not wrapped into short ones."""
    half = np.full(3, LONGEST // 2 + 1, dtype=np.int32)
    tail, head = np.array([0, 1, 2], dtype=np.int32), np.array([1, 2, 3], dtype=np.int32)
    net = from_arcs(tail=tail, head=head, ticks=half, x=np.arange(4.0), y=np.zeros(4))
    points = Points(
        node=np.arange(4, dtype=np.int32)[:, None], ticks=np.full((4, 1), LONGEST, dtype=np.int32)
    )
    out = np.empty((4, 4), dtype=np.int32)
    prepared(net, points, points, direction=Direction.LEAVING, limit=LONGEST).dense(out)
    assert (out == FAR).all()
    every = many.points_at(np.arange(4, dtype=np.int32))
    prepared(net, every, every, direction=Direction.LEAVING, limit=LONGEST).dense(out)
    assert np.array_equal(out, many.dense(net.leaving, every, every, limit=LONGEST))
    assert out[0, 1] == LONGEST // 2 + 1
    assert out[0, 2] == FAR


def test_the_last_few_sets_of_targets_are_remembered() -> None:
    """Whoever asks for the same targets again does not wait for their selection."""
    rng = np.random.Generator(np.random.PCG64(12))
    net = any_network(rng, 200, 600)
    sets = [any_points(rng, 50, 2, 200).node for _ in range(20)]
    topology = net.weights.topology
    first = topology.selection(sets[0])
    assert topology.selection(sets[0].copy()) is first
    assert net.reweight([0], 1.0).weights.topology.selection(sets[0]) is first
    for one in sets:
        topology.selection(one)
    again = topology.selection(sets[0])
    assert again is not first
    assert np.array_equal(again.place, first.place)
    assert np.array_equal(
        again.branches.rank, sweep.select(topology.built().chordal, sets[0])[0][0]
    )


def test_packing_holds_for_these_kernels_and_no_others() -> None:
    """The compiler's settings are as before once the kernels are there."""
    assert not getattr(numba.config, "SLP_VECTORIZE")  # noqa: B009 - made at run time
    assert getattr(numba.config, "LOOP_VECTORIZE")  # noqa: B009 - made at run time


@pytest.mark.skipif(platform.machine() != "x86_64", reason="reads the assembly of one processor")
def test_lanes_share_vector_registers(tmp_path: Path) -> None:
    """The sweep's compiled code takes minima of whole rows."""
    script = """
from goldenhour.times.kernels import sweep
for kernel in (sweep.sweep, sweep.climb):
    code = next(iter(kernel.inspect_asm().values()))
    print(any("vpminsd" in line and ("ymm" in line or "zmm" in line) for line in code.split("\\n")))
"""
    flags = Path("/proc/cpuinfo")
    if flags.exists() and "avx2" not in flags.read_text():
        pytest.skip("no wide registers here")
    cache = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}  # noqa: TID251 - a cache of its own
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=cache
    )
    assert done.stdout.split() == ["True", "True"]

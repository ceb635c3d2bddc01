# SPDX-License-Identifier: Apache-2.0
"""The order of the nodes: smallest cuts, dead ends first, branches that lie together."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from goldenhour.times.hierarchy import Hierarchy
from goldenhour.times.kernels import flow
from goldenhour.times.kernels import order as kernel
from goldenhour.times.kernels.complete import complete
from goldenhour.times.order import OrderedBy, rank_nodes

Ints = NDArray[np.int32]


def _random(seed: int) -> np.random.Generator:
    """Draw from a seed."""
    return np.random.Generator(np.random.PCG64(seed))


def _joins(taken: set[int], rows: list[list[int]], near: list[int], beyond: set[int]) -> bool:
    """Tell whether a way leads through the band past nodes that are taken."""
    todo = [node for node in near if node not in taken]
    seen = set(todo)
    while todo:
        node = todo.pop()
        if node in beyond:
            return True
        fresh = [far for far in rows[node] if far not in taken and far not in seen]
        seen.update(fresh)
        todo.extend(fresh)
    return False


@pytest.mark.laws
@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 8), st.integers(0, 16))
def test_no_smaller_cut_parts_a_band(seed: int, n: int, n_arcs: int) -> None:
    """As few nodes are cut as trying all sets of nodes finds, and they do part the two ends."""
    rng = _random(seed)
    tail, head = rng.integers(0, n, (2, n_arcs), dtype=np.int32)
    start, far = kernel.neighbours(tail, head, n)
    rows = [far[start[node] : start[node + 1]].tolist() for node in range(n)]
    touching = rng.random((2, n)) < 0.4
    band = flow.room(n, max(len(far), 1))
    band.start[:], band.far[: len(far)] = start, far
    band.near[:], band.beyond[:] = touching
    side = np.empty(n, dtype=np.int8)
    n_cut, n_left = flow.cut(band, n, 3, 4, side)
    near, beyond = np.flatnonzero(touching[0]).tolist(), set(np.flatnonzero(touching[1]).tolist())
    sets = (set(each) for size in range(n + 1) for each in combinations(range(n), size))
    assert n_cut == len(next(each for each in sets if not _joins(each, rows, near, beyond)))
    cut = set(np.flatnonzero(side == flow.CUT).tolist())
    assert len(cut) == n_cut
    assert n_left == 3 + np.count_nonzero(side == flow.LEFT)
    assert not (side[touching[0]] == flow.RIGHT).any()
    assert not (side[touching[1]] == flow.LEFT).any()
    assert all(side[a] == side[b] for a in range(n) for b in rows[a] if not {a, b} & cut)


@pytest.mark.laws
@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 60), st.integers(0, 90))
def test_what_goes_first_costs_no_shortcut(seed: int, n: int, n_arcs: int) -> None:
    """Nodes taken before the core have two ways up at most, whatever order the core has."""
    tail, head = _random(seed).integers(0, n, (2, n_arcs), dtype=np.int32)
    start, far = kernel.neighbours(tail, head, n)
    peeled = kernel.peel(start, far)
    n_first = len(peeled.first)
    assert sorted([*peeled.first, *peeled.core]) == list(range(n))
    rank = np.empty(n, dtype=np.int32)
    rank[peeled.first] = np.arange(n_first)
    rank[peeled.core] = n_first + _random(seed).permutation(n - n_first)
    up_start, up, _ = complete(tail, head, rank, 2**30)
    assert (np.diff(up_start)[:n_first] <= 2).all()
    inner = np.repeat(peeled.core, np.diff(peeled.start))
    again = complete(inner, peeled.core[peeled.far], rank, 2**30)
    assert np.array_equal(again[1], up[up_start[n_first] :])


@pytest.mark.laws
@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 60), st.integers(0, 120))
def test_branches_lie_together(seed: int, n: int, n_arcs: int) -> None:
    """Ranked in subtrees there are as many shortcuts, and each branch is one stretch of ranks."""
    tail, head = _random(seed).integers(0, n, (2, n_arcs), dtype=np.int32)
    before = _random(seed + 1).permutation(n).astype(np.int32)
    rank = kernel.in_subtrees(*kernel.neighbours(tail, head, n), before)
    assert sorted(rank) == list(range(n))
    old, (_, up, parent) = complete(tail, head, before, 2**30), complete(tail, head, rank, 2**30)
    assert len(up) == len(old[1])
    below = [{node} for node in range(n)]
    for node in range(n):
        assert below[node] == set(range(node - len(below[node]) + 1, node + 1))
        if parent[node] >= 0:
            below[parent[node]] |= below[node]


def _depth(hierarchy: Hierarchy) -> int:
    """Count the nodes on the longest way up."""
    parent = hierarchy.chordal.parent
    depth = np.ones(len(parent), dtype=np.int64)
    for node in range(len(parent) - 1, -1, -1):
        if parent[node] >= 0:
            depth[node] += depth[parent[node]]
    return int(depth.max())


@pytest.mark.parametrize("by", tuple(OrderedBy))
def test_a_long_street_has_short_ways_up(by: OrderedBy) -> None:
    """From any of 10,000 junctions in a row it is a handful of steps to the top."""
    n = 10_000
    node = _random(1).permutation(n).astype(np.int32)
    x = y = np.zeros(n)
    built = Hierarchy.build(n_nodes=n, tail=node[:-1], head=node[1:], x=x, y=y, by=by)
    assert _depth(built) <= 40


def _grid(side: int) -> tuple[Ints, Ints, NDArray[np.float64], NDArray[np.float64]]:
    """Lay out a square of streets."""
    node = np.arange(side * side, dtype=np.int32).reshape(side, side)
    tail = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel()])
    head = np.concatenate([node[:, 1:].ravel(), node[1:].ravel()])
    x, y = (axis.ravel().astype(float) for axis in np.meshgrid(range(side), range(side)))
    return tail, head, x, y


def test_a_river_with_three_bridges_is_cut_at_the_bridges() -> None:
    """Of two towns that three bridges join, the ends of the bridges come last."""
    tail, head, x, y = _grid(20)
    bridges = np.array([3, 9, 16], dtype=np.int32) * 20
    tails = np.concatenate([tail, tail + 400, bridges + 19])
    heads = np.concatenate([head, head + 400, bridges + 400])
    xs, ys = np.concatenate([x, x + 22]), np.concatenate([y, y])
    rank = rank_nodes(tail=tails, head=heads, x=xs, y=ys, by=OrderedBy.CUTS)
    assert set(np.argsort(rank)[-3:].tolist()) <= {*(bridges + 19), *(bridges + 400)}


def test_names_of_nodes_do_not_matter() -> None:
    """Nodes numbered at random get the order they get when numbered street by street."""
    tail, head, x, y = _grid(30)
    name = _random(4).permutation(900).astype(np.int32)
    node = np.argsort(name)
    one = rank_nodes(tail=tail, head=head, x=x, y=y, by=OrderedBy.CUTS)
    other = rank_nodes(tail=name[tail], head=name[head], x=x[node], y=y[node], by=OrderedBy.CUTS)
    assert np.array_equal(one, other[name])

# SPDX-License-Identifier: Apache-2.0
"""The hierarchy against every way there is: shortcuts lose nothing and invent nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from goldenhour.base.errors import InputError
from goldenhour.times.hierarchy import Hierarchy, Weighted, topology_checksum
from goldenhour.times.kernels.complete import LOOP
from goldenhour.times.kernels.lanes import CLOSED
from goldenhour.times.order import OrderedBy, rank_nodes
from tests.times.oracle import floyd_warshall

Ints = NDArray[np.int32]

BOTH = tuple(OrderedBy)


def _graph(seed: int, n: int, n_arcs: int) -> tuple[Ints, Ints, Ints]:
    """Draw arcs with loops, repetitions, closures and parts that nothing joins."""
    rng = np.random.Generator(np.random.PCG64(seed))
    tail, head = rng.integers(0, n, (2, n_arcs), dtype=np.int32)
    ticks = rng.integers(0, 5000, n_arcs, dtype=np.int32)
    ticks[rng.random(n_arcs) < 0.15] = 2**31 - 1
    return tail, head, ticks


def _build(tail: Ints, head: Ints, n: int, *, by: OrderedBy, rank: Ints | None = None) -> Hierarchy:
    """Build over nodes strewn at random."""
    rng = np.random.Generator(np.random.PCG64(n))
    x, y = rng.random((2, n))
    return Hierarchy.build(n_nodes=n, tail=tail, head=head, x=x, y=y, by=by, rank=rank)


def _climb(weighted: Weighted, node: int, weight: Ints) -> dict[int, int]:
    """List what one node reaches by going up alone, in plain Python."""
    chordal = weighted.hierarchy.chordal
    best, here = {int(chordal.rank[node]): 0}, int(chordal.rank[node])
    while here >= 0:
        if here in best:
            for arc in range(chordal.start[here], chordal.start[here + 1]):
                then = min(best[here] + int(weight[arc]), CLOSED)
                up = int(chordal.head[arc])
                best[up] = min(best.get(up, CLOSED), then)
        here = int(chordal.parent[here])
    return best


def _times(weighted: Weighted) -> NDArray[np.float64]:
    """Measure all pairs: up from one, up backwards from the other, the best node between."""
    n = weighted.hierarchy.n_nodes
    out = np.full((n, n), np.inf)
    back = [_climb(weighted, node, weighted.down) for node in range(n)]
    for a in range(n):
        there = _climb(weighted, a, weighted.up)
        for b in range(n):
            met = [there[node] + back[b][node] for node in there if node in back[b]]
            if met and min(met) < CLOSED:
                out[a, b] = min(met)
    return out


@pytest.mark.laws
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 24), st.integers(0, 70), st.sampled_from(BOTH))
def test_shortcuts_keep_every_travel_time(seed: int, n: int, n_arcs: int, by: OrderedBy) -> None:
    """Up and down over the shortcuts every pair has the time of its best way, to the tick."""
    tail, head, ticks = _graph(seed, n, n_arcs)
    seconds = np.where(ticks < CLOSED, ticks, np.inf)
    found = _times(_build(tail, head, n, by=by).weigh(ticks))
    assert np.array_equal(found, floyd_warshall(n, tail, head, seconds))


@pytest.mark.laws
@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31), st.integers(2, 24), st.integers(1, 60))
def test_any_order_will_do(seed: int, n: int, n_arcs: int) -> None:
    """An order drawn at random gives the same times as METIS: an order is only about speed."""
    tail, head, ticks = _graph(seed, n, n_arcs)
    rank = np.random.Generator(np.random.PCG64(seed)).permutation(n).astype(np.int32)
    at_random = _build(tail, head, n, by=OrderedBy.CUTS, rank=rank)
    metis = _build(tail, head, n, by=OrderedBy.METIS)
    assert np.array_equal(_times(at_random.weigh(ticks)), _times(metis.weigh(ticks)))


@pytest.mark.laws
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 60), st.integers(0, 150), st.sampled_from(BOTH))
def test_completion_is_chordal(seed: int, n: int, n_arcs: int, by: OrderedBy) -> None:
    """All higher neighbours of a node are neighbours; its parent is the lowest; arcs are placed."""
    tail, head, _ = _graph(seed, n, n_arcs)
    hierarchy = _build(tail, head, n, by=by)
    chordal = hierarchy.chordal
    rows = [set(chordal.head[chordal.start[i] : chordal.start[i + 1]].tolist()) for i in range(n)]
    for low, row in enumerate(rows):
        assert all(up > low for up in row)
        assert chordal.parent[low] == min(row, default=-1)
        assert all(b in rows[a] for a in row for b in row if a < b)
    assert np.array_equal(chordal.node[chordal.rank], np.arange(n))
    of = np.repeat(np.arange(n), np.diff(chordal.start))
    for arc, at in enumerate(hierarchy.shortcut.tolist()):
        a, b = chordal.rank[tail[arc]], chordal.rank[head[arc]]
        if at == LOOP:
            assert a == b
        else:
            ends = (of[at], chordal.head[at]) if at >= 0 else (chordal.head[~at], of[~at])
            assert ends == (a, b)


@pytest.mark.laws
@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31), st.integers(2, 40), st.integers(1, 100))
def test_closing_a_street_shortens_no_shortcut(seed: int, n: int, n_arcs: int) -> None:
    """Whatever is closed, no shortcut becomes quicker; and weighing again forgets nothing."""
    tail, head, ticks = _graph(seed, n, n_arcs)
    hierarchy = _build(tail, head, n, by=OrderedBy.CUTS)
    before = hierarchy.weigh(ticks)
    closed = ticks.copy()
    closed[np.random.Generator(np.random.PCG64(seed)).random(n_arcs) < 0.3] = 2**31 - 1
    after, again = hierarchy.weigh(closed), hierarchy.weigh(ticks)
    assert (after.up >= before.up).all()
    assert (after.down >= before.down).all()
    assert np.array_equal(again.up, before.up)
    assert np.array_equal(again.down, before.down)


@pytest.mark.parametrize("by", BOTH)
def test_the_same_order_every_time(by: OrderedBy) -> None:
    """Five runs rank two thousand nodes in the same way."""
    tail, head, _ = _graph(7, 2000, 2600)
    x, y = np.random.Generator(np.random.PCG64(1)).random((2, 2000))
    ranks = [rank_nodes(tail=tail, head=head, x=x, y=y, by=by) for _ in range(5)]
    assert all(np.array_equal(rank, ranks[0]) for rank in ranks)
    assert np.array_equal(np.sort(ranks[0]), np.arange(2000))


_STRANGE = {
    "nothing": (0, [], []),
    "one node": (1, [], []),
    "a loop": (1, [0, 0], [0, 0]),
    "lonely nodes": (9, [3], [5]),
    "a star": (400, [0] * 399, list(range(1, 400))),
    "a street of 10,000 junctions": (10_000, list(range(9_999)), list(range(1, 10_000))),
    "everybody to everybody": (60, [*np.repeat(range(60), 60)], [*np.tile(range(60), 60)]),
}


@pytest.mark.parametrize("by", BOTH)
@pytest.mark.parametrize("name", _STRANGE)
def test_strange_networks_are_ordered(name: str, by: OrderedBy) -> None:
    """Stars, long streets, lonely nodes and nothing at all get a hierarchy, all on one point."""
    n, tails, heads = _STRANGE[name]
    tail, head = np.array(tails, dtype=np.int32), np.array(heads, dtype=np.int32)
    x = y = np.zeros(n)
    built = Hierarchy.build(n_nodes=n, tail=tail, head=head, x=x, y=y, by=by)
    weighted = built.weigh(np.full(len(tail), 64, dtype=np.int32))
    assert np.array_equal(np.sort(built.chordal.rank), np.arange(n))
    assert (np.minimum(weighted.up, weighted.down) >= 64).all()
    assert built.n_shortcuts <= max(2 * n, n * (n - 1) // 2 if n <= 60 else 0)


def test_shortcuts_of_a_grid_stay_few() -> None:
    """Cuts keep the shortcuts of a street grid within a small multiple of its streets."""
    side = 40
    node = np.arange(side * side, dtype=np.int32).reshape(side, side)
    tail = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel()])
    head = np.concatenate([node[:, 1:].ravel(), node[1:].ravel()])
    x, y = (axis.ravel().astype(float) for axis in np.meshgrid(range(side), range(side)))
    built = Hierarchy.build(n_nodes=side * side, tail=tail, head=head, x=x, y=y, by=OrderedBy.CUTS)
    assert built.n_shortcuts < 8 * len(tail)


def test_a_network_without_small_cuts_is_refused() -> None:
    """Where shortcuts would fill the memory a named error comes first."""
    rng = np.random.Generator(np.random.PCG64(3))
    tail, head = rng.integers(0, 12_000, (2, 60_000), dtype=np.int32)
    rank = rng.permutation(12_000).astype(np.int32)
    with pytest.raises(InputError, match="too dense"):
        _build(tail, head, 12_000, by=OrderedBy.CUTS, rank=rank)


def test_times_must_match_the_arcs() -> None:
    """One time too few is an error, not a shift of all others."""
    tail, head, ticks = _graph(1, 5, 8)
    with pytest.raises(InputError, match="per arc"):
        _build(tail, head, 5, by=OrderedBy.CUTS).weigh(ticks[:-1])


def test_checksum_names_the_topology() -> None:
    """Arcs, their order and the number of nodes are all in the name."""
    tail, head, _ = _graph(1, 5, 8)
    name = topology_checksum(n_nodes=5, tail=tail, head=head)
    assert name == topology_checksum(n_nodes=5, tail=tail.copy(), head=head.astype(np.int64))
    others = ((6, tail, head), (5, head, tail), (5, tail[::-1], head[::-1]))
    names = {topology_checksum(n_nodes=n, tail=one, head=other) for n, one, other in others}
    assert len({name, *names}) == 4

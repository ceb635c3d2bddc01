# SPDX-License-Identifier: Apache-2.0
"""The quickest way, arc by arc: it joins up, it is open, it takes what it should."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import goldenhour.times
from goldenhour.base.errors import InputError
from goldenhour.times.hierarchy import Hierarchy
from goldenhour.times.kernels.lanes import CLOSED
from goldenhour.times.kernels.reach import FAR
from goldenhour.times.order import OrderedBy
from goldenhour.times.path import fastest_path
from goldenhour.times.shortest import Finder
from tests.times.oracle import floyd_warshall

Ints = NDArray[np.int32]


def _joins(tail: Ints, head: Ints, arcs: Ints, ends: tuple[int, int]) -> bool:
    """Tell whether arcs lead from one node to the other without a gap."""
    stops = [ends[0], *head[arcs].tolist()]
    return bool(stops[:-1] == tail[arcs].tolist() and stops[-1] == ends[1])


@pytest.mark.laws
@settings(max_examples=80, deadline=None)
@given(
    st.integers(0, 2**31),
    st.integers(1, 20),
    st.integers(0, 60),
    st.sampled_from(tuple(OrderedBy)),
    st.sampled_from([1, 3, 5000]),
)
def test_every_way_is_open_joined_and_quickest(
    seed: int, n: int, n_arcs: int, by: OrderedBy, longest: int
) -> None:
    """Between all pairs the arcs join up and add to the best time, also where many take no time."""
    rng = np.random.Generator(np.random.PCG64(seed))
    tail, head = rng.integers(0, n, (2, n_arcs), dtype=np.int32)
    ticks = rng.integers(0, longest, n_arcs, dtype=np.int32)
    ticks[rng.random(n_arcs) < 0.2] = FAR
    x, y = rng.random((2, n))
    built = Hierarchy.build(n_nodes=n, tail=tail, head=head, x=x, y=y, by=by)
    finder, weighted = Finder.of(built), built.weigh(ticks)
    best = floyd_warshall(n, tail, head, np.where(ticks < CLOSED, ticks, np.inf))
    for a in range(n):
        for b in range(n):
            found = finder.way(weighted, ticks, a, b)
            if np.isinf(best[a, b]):
                assert (found.ticks, len(found.arcs)) == (FAR, 0)
            else:
                assert found.ticks == best[a, b] == ticks[found.arcs].sum()
                assert _joins(tail, head, found.arcs, (a, b))


def test_a_way_takes_as_long_as_a_search_says() -> None:
    """On a town's grid with closures the hierarchy and the search agree on every trip."""
    rng = np.random.Generator(np.random.PCG64(5))
    node = np.arange(900).reshape(30, 30)
    tail = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel()])
    head = np.concatenate([node[:, 1:].ravel(), node[1:].ravel()])
    seconds = rng.random(2 * len(tail)) * 60
    seconds[rng.random(len(seconds)) < 0.3] = np.inf
    town = goldenhour.times.network(
        tail=np.concatenate([tail, head]),
        head=np.concatenate([head, tail]),
        seconds=seconds,
        lon=node.ravel() % 30 / 1000,
        lat=node.ravel() // 30 / 1000,
    )
    hierarchy = town.prepare()
    finder, weighted = Finder.of(hierarchy), hierarchy.weigh(town.ticks)
    for a, b in rng.integers(0, 900, (60, 2)).tolist():
        one, other = finder.way(weighted, town.ticks, a, b), fastest_path(town, a, b)
        assert np.isinf(other.seconds) if one.ticks == FAR else one.ticks == other.seconds * 64


def test_a_long_street_is_taken_apart() -> None:
    """A street of 5,000 junctions comes back arc by arc."""
    n = 5000
    tail, head = np.arange(n - 1, dtype=np.int32), np.arange(1, n, dtype=np.int32)
    x = y = np.zeros(n)
    built = Hierarchy.build(n_nodes=n, tail=tail, head=head, x=x, y=y)
    ticks = np.full(n - 1, 7, dtype=np.int32)
    found = Finder.of(built).way(built.weigh(ticks), ticks, 0, n - 1)
    assert np.array_equal(found.arcs, np.arange(n - 1))
    assert found.ticks == 7 * (n - 1)


def test_times_of_another_moment_are_refused() -> None:
    """Times that the hierarchy was not weighed with are an error, not a wrong way."""
    tail, head = np.array([0, 1], dtype=np.int32), np.array([1, 2], dtype=np.int32)
    built = Hierarchy.build(n_nodes=3, tail=tail, head=head, x=np.arange(3.0), y=np.zeros(3))
    ticks = np.array([5, 6], dtype=np.int32)
    finder, weighted = Finder.of(built), built.weigh(ticks)
    for wrong, code in ((ticks + 1, "GH129"), (ticks[:1], "GH125")):
        with pytest.raises(InputError, match=code):
            finder.way(weighted, wrong, 0, 2)
    with pytest.raises(InputError, match="GH124"):
        finder.way(weighted, ticks, 0, 3)

# SPDX-License-Identifier: Apache-2.0
"""The plain face and its kernels against slow, obvious answers."""

import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import goldenhour.times
from goldenhour.base.errors import InputError
from goldenhour.times import many
from goldenhour.times.graph import Network
from goldenhour.times.kernels import reach
from goldenhour.times.ticks import limit_ticks, to_seconds, to_ticks
from tests.times.oracle import floyd_warshall

Floats = NDArray[np.float64]


def plain(n: int, tail: list[int], head: list[int], seconds: list[float]) -> Network:
    """Make a network of n nodes that lie nowhere in particular."""
    return goldenhour.times.network(
        tail=np.array(tail, dtype=np.int64),
        head=np.array(head, dtype=np.int64),
        seconds=seconds,
        lon=np.zeros(n),
        lat=np.zeros(n),
    )


def some_times() -> st.SearchStrategy[float]:
    """Whole 1/64 s, short and long, sometimes nothing at all, sometimes closed."""
    ticks = st.one_of(st.integers(0, 4), st.integers(0, 6400), st.integers(0, 10**7))
    return st.one_of(ticks.map(lambda value: value / 64), st.just(np.inf))


@st.composite
def networks(draw: st.DrawFn) -> tuple[Network, Floats]:
    """Any small network, islands, loops and double arcs included, with every true time."""
    n = draw(st.integers(1, 9))
    node = st.integers(0, n - 1)
    arcs = draw(st.lists(st.tuples(node, node, some_times()), max_size=24))
    tail, head, seconds = ([arc[i] for arc in arcs] for i in range(3))
    net = plain(n, tail, head, seconds)  # type: ignore[arg-type] # a tuple's parts by number
    true_s = floyd_warshall(n, net.tail, net.head, np.asarray(seconds, dtype=np.float64))
    return net, true_s


@pytest.mark.laws
@settings(deadline=None)  # the first example may compile the kernels
@given(networks(), st.one_of(st.none(), st.integers(0, 700).map(lambda ticks: ticks / 4)))
def test_travel_times_are_what_trying_everything_gives(
    case: tuple[Network, Floats], limit_s: float | None
) -> None:
    """Every pair, whatever is closed, agrees to the last bit with Floyd-Warshall."""
    net, true_s = case
    within = np.where(true_s <= (np.inf if limit_s is None else limit_s), true_s, np.inf)
    node = np.arange(net.n_nodes)
    assert np.array_equal(net.travel_times(node, node, limit_s), within.astype(np.float32))
    few = node[: max(1, net.n_nodes // 2)]
    assert np.array_equal(net.travel_times(node, few, limit_s), within[:, few].astype(np.float32))
    assert np.array_equal(net.travel_times(few, node, limit_s), within[few].astype(np.float32))


@pytest.mark.laws
@settings(deadline=None)  # the first example may compile the kernels
@given(networks(), st.data())
def test_nearest_is_the_lowest_of_the_best(
    case: tuple[Network, Floats], data: st.DataObject
) -> None:
    """The nearest destination is the best of its row, of equals the first; -1 if none."""
    net, true_s = case
    some = st.lists(st.integers(0, net.n_nodes - 1), max_size=4)
    origins, destinations = data.draw(some), data.draw(some)
    index, seconds = net.nearest(origins, destinations)
    table = true_s[np.ix_(origins, destinations)]
    best = table.min(axis=1, initial=np.inf)
    assert np.array_equal(seconds, best.astype(np.float32))
    first = [int(np.argmin(row)) if np.isfinite(row).any() else -1 for row in table]
    assert index.tolist() == first


@pytest.mark.laws
@settings(deadline=None)  # the first example may compile the kernels
@given(networks(), st.integers(0, 200))
def test_reach_lists_exactly_who_is_within(case: tuple[Network, Floats], limit_s: int) -> None:
    """Reach gives every node within the limit, the limit included, and no other."""
    net, true_s = case
    reached = net.reach(0, limit_s)
    assert reached.node.tolist() == np.flatnonzero(true_s[0] <= limit_s).tolist()
    assert np.array_equal(reached.seconds, true_s[0, reached.node].astype(np.float32))


@pytest.mark.laws
@settings(deadline=None)  # the first example may compile the kernels
@given(networks(), st.data())
def test_closing_an_arc_never_shortens_a_time(
    case: tuple[Network, Floats], data: st.DataObject
) -> None:
    """After a closure no pair is quicker, and the network before the closure is as it was."""
    net, true_s = case
    node = np.arange(net.n_nodes)
    arcs = data.draw(st.lists(st.integers(0, net.n_arcs - 1), max_size=3)) if net.n_arcs else []
    closed = net.reweight(arcs, np.inf)
    assert (closed.travel_times(node, node) >= net.travel_times(node, node)).all()
    assert np.array_equal(net.travel_times(node, node), true_s.astype(np.float32))
    left = net.seconds.astype(np.float64)
    left[arcs] = np.inf
    again = floyd_warshall(net.n_nodes, net.tail, net.head, left)
    assert np.array_equal(closed.travel_times(node, node), again.astype(np.float32))


@pytest.mark.laws
@settings(deadline=None, max_examples=25)
@given(networks())
def test_threads_and_repetition_change_nothing(case: tuple[Network, Floats]) -> None:
    """One thread or two, five runs: the same bytes, dense and sparse."""
    net, true_s = case
    rng = np.random.Generator(np.random.PCG64(1))
    node = rng.integers(0, net.n_nodes, 40)
    points = many.points_at(node.astype(np.int32))
    limit = limit_ticks(60)
    runs = [
        (
            many.dense(net.leaving, points, points, limit=limit, n_threads=n),
            many.sparse(net.leaving, points, points, limit=limit, n_threads=n),
        )
        for n in (1, 2, 2, 1, 2)
    ]
    expected = np.where(true_s <= 60, true_s, np.inf).astype(np.float32)[np.ix_(node, node)]
    for matrix, pairs in runs:
        assert np.array_equal(to_seconds(matrix), expected)
        full = np.full_like(matrix, reach.FAR)
        full[np.repeat(np.arange(len(node)), np.diff(pairs.start)), pairs.column] = pairs.ticks
        assert np.array_equal(full, matrix)


def test_times_are_whole_sixty_fourths() -> None:
    """Every time is rounded to 1/64 s; only nothing takes nothing, and closed stays closed."""
    ticks = to_ticks([0.0, 1e-9, 1.0, 1.007, np.inf], where="test")
    assert ticks.tolist() == [0, 1, 64, 64, reach.FAR]
    assert to_seconds(ticks).tolist() == [0.0, 1 / 64, 1.0, 1.0, np.inf]


def test_equal_ways_of_no_time_at_all_still_go_to_the_first() -> None:
    """Arcs of zero seconds do not hide an equally near destination that is listed first."""
    net = plain(4, [0, 1, 2], [1, 2, 3], [0.0, 0.0, 0.0])
    assert net.nearest([0], [3, 0]).index.tolist() == [0]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"seconds": [1.0]}, "GH125"),
        ({"seconds": [1.0, -1.0]}, "GH120"),
        ({"seconds": [1.0, np.nan]}, "GH120"),
        ({"seconds": [1.0, 1e9]}, "GH121"),
        ({"tail": [0, 3]}, "GH124"),
        ({"head": [0, -1]}, "GH124"),
        ({"head": [0.5, 1.0]}, "GH123"),
        ({"lat": [0.0]}, "GH125"),
    ],
)
def test_bad_arrays_are_refused(change: dict[str, list[float]], code: str) -> None:
    """Wrong lengths, numbers out of range and times that are none end in a named error."""
    good: dict[str, list[float]] = {
        "tail": [0, 1],
        "head": [1, 2],
        "seconds": [1.0, 1.0],
        "lon": [0.0, 0.0, 0.0],
        "lat": [0.0, 0.0, 0.0],
    }
    with pytest.raises(InputError) as problem:
        goldenhour.times.network(**(good | change))
    assert problem.value.code == code


def test_bad_questions_are_refused() -> None:
    """Unknown nodes and arcs, negative limits and unmatched lengths end in a named error."""
    net = plain(2, [0], [1], [1.0])
    asked: list[tuple[Callable[[], object], str]] = [
        (lambda: net.travel_times([2], [0]), "GH124"),
        (lambda: net.travel_times([0], [0], -1.0), "GH122"),
        (lambda: net.reach(0, np.nan), "GH122"),
        (lambda: net.reweight([1], [1.0]), "GH124"),
        (lambda: net.reweight([0], [1.0, 2.0]), "GH125"),
    ]
    for ask, code in asked:
        with pytest.raises(InputError) as problem:
            ask()
        assert problem.value.code == code


def test_empty_questions_have_empty_answers() -> None:
    """Nobody to carry and nowhere to go is an answer, not an error."""
    net = plain(2, [], [], [])
    assert net.travel_times([], [0, 1]).shape == (0, 2)
    assert net.travel_times([0], []).shape == (1, 0)
    assert net.travel_times([0, 1], [0, 1]).tolist() == [[0, np.inf], [np.inf, 0]]
    assert net.nearest([0], []).index.tolist() == [-1]
    assert plain(0, [], [], []).travel_times([], []).shape == (0, 0)


def test_a_very_long_arc_does_not_bite_the_ring_of_buckets() -> None:
    """A ferry of a month beside streets of a second is still exact."""
    net = plain(4, [0, 0, 1, 2], [1, 2, 3, 3], [2_600_000.0, 1.0, 1.0, 2_600_002.0])
    assert net.travel_times([0], [3])[0, 0] == 2_600_001.0


def test_importing_the_result_types_loads_no_compiler() -> None:
    """Rooms that only read travel times do not wait for numba."""
    script = "import sys, goldenhour.times.result; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_an_unknown_name_is_said_so() -> None:
    """The room hands out the plain face and nothing else."""
    with pytest.raises(AttributeError, match="teleport"):
        goldenhour.times.teleport  # noqa: B018 - asking is the test

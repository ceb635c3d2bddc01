# SPDX-License-Identifier: Apache-2.0
"""The plain face and its kernels against slow, obvious answers."""

import pickle
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

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
    """Any small network, islands, loops and double arcs included, for either engine."""
    n = draw(st.integers(1, 9))
    node = st.integers(0, n - 1)
    arcs = draw(st.lists(st.tuples(node, node, some_times()), max_size=24))
    tail, head, seconds = ([arc[i] for arc in arcs] for i in range(3))
    net = plain(n, tail, head, seconds)  # type: ignore[arg-type] # a tuple's parts by number
    if draw(st.booleans()):
        net.prepare()
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
@settings(deadline=None)  # the first example may compile the kernels
@given(networks(), st.integers(0, 300), st.integers(0, 300))
def test_widening_a_limit_never_loses_a_pair(
    case: tuple[Network, Floats], one_s: int, other_s: int
) -> None:
    """Whoever is within the shorter limit is within the longer one, after the same time."""
    net, _ = case
    node = np.arange(net.n_nodes)
    near, far = (net.travel_times(node, node, limit) for limit in sorted((one_s, other_s)))
    within = np.isfinite(near)
    assert np.array_equal(near[within], far[within])


@pytest.mark.laws
@settings(deadline=None)  # the first example may compile the kernels
@given(networks(), st.data())
def test_another_destination_never_takes_the_nearest_away(
    case: tuple[Network, Floats], data: st.DataObject
) -> None:
    """One more site: every node is at least as near to some site as before."""
    net, true_s = case
    sites = data.draw(st.lists(st.integers(0, net.n_nodes - 1), max_size=4))
    more = [*sites, data.draw(st.integers(0, net.n_nodes - 1))]
    before, after = net.catchments(sites), net.catchments(more)
    assert (after.seconds <= before.seconds).all()
    assert np.array_equal(after.seconds, true_s[:, more].min(axis=1).astype(np.float32))


@pytest.mark.laws
@settings(deadline=None)  # the first example may compile the kernels
@given(networks(), st.data())
def test_reach_from_several_counts_the_time_already_spent(
    case: tuple[Network, Floats], data: st.DataObject
) -> None:
    """A node is reached from whoever gets there first, late starters and none at all included."""
    net, true_s = case
    node, spent = st.integers(0, net.n_nodes - 1), st.sampled_from([0.0, 0.5, 60.0, np.inf])
    starts = data.draw(st.lists(st.tuples(node, spent), max_size=4))
    origins, start_s = [one for one, _ in starts], np.array([late for _, late in starts])
    reached = net.reach(origins, 100.0, start_s)
    soonest = (true_s[origins] + start_s[:, None]).min(axis=0, initial=np.inf)
    assert reached.node.tolist() == np.flatnonzero(soonest <= 100).tolist()
    assert np.array_equal(reached.seconds, soonest[reached.node].astype(np.float32))


@pytest.mark.laws
@settings(deadline=None)  # the first example may compile the kernels
@given(networks(), st.one_of(st.none(), st.integers(0, 700).map(lambda ticks: ticks / 4)))
def test_blocks_are_the_matrix(case: tuple[Network, Floats], limit_s: float | None) -> None:
    """Streamed or at once the same; whole seconds are rounded up, limits tested before."""
    net, true_s = case
    node = np.arange(net.n_nodes)
    within = np.where(true_s <= (np.inf if limit_s is None else limit_s), true_s, np.inf)
    blocks = list(net.travel_time_blocks(node, node, limit_s))
    assert np.array_equal(np.concatenate([times for _, times in blocks]), within)
    whole = np.where(np.ceil(within) < 65_535, np.ceil(within), 65_535)
    for first, times in net.travel_time_blocks(node, node, limit_s, dtype=np.uint16):
        assert times.dtype == np.uint16
        assert np.array_equal(times, whole[first : first + len(times)])


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
        ({"lat": [0.0, 91.0, 0.0]}, "GH130"),
        ({"lon": [0.0, np.nan, 0.0]}, "GH130"),
        ({"lon": [[0.0]]}, "GH125"),
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
        (lambda: net.reweight([0], [np.nan]), "GH120"),
        (lambda: net.travel_times([0.5], [0]), "GH123"),
        (lambda: net.travel_times([-1], [0]), "GH124"),
        (lambda: net.travel_time_blocks([0], [0], dtype=np.int8), "GH132"),
        (lambda: net.reach([0], None, [-1.0]), "GH120"),
        (lambda: net.reach([0], None, [1.0, 2.0]), "GH125"),
        (lambda: plain(0, [], [], []).nearest([0], []), "GH124"),
        (lambda: net.prepare(plain(3, [0], [1], [1.0]).prepare()), "GH133"),
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


@pytest.mark.parametrize("prepared", [False, True])
def test_no_arcs_no_origins_and_no_destinations(*, prepared: bool) -> None:
    """A hierarchy changes nothing about empty questions."""
    for net in (plain(3, [], [], []), plain(0, [], [], [])):
        if prepared:
            net.prepare()
        node = np.arange(net.n_nodes)
        for origins, destinations in (([], node), (node, []), ([], [])):
            times = net.travel_times(origins, destinations)
            assert times.shape == (len(origins), len(destinations))
        assert list(net.travel_time_blocks([], node)) == []
        assert net.catchments([]).index.tolist() == [-1] * net.n_nodes
        assert net.reach([]).node.tolist() == []


def town(side: int, rng: np.random.Generator) -> Network:
    """Lay out a square town with streets of any length and some one-way traffic."""
    node = np.arange(side * side).reshape(side, side)
    one = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel()])
    other = np.concatenate([node[:, 1:].ravel(), node[1:].ravel()])
    kept = rng.random(2 * len(one)) < 0.9
    y, x = np.divmod(np.arange(side * side), side)
    return goldenhour.times.network(
        tail=np.concatenate([one, other])[kept],
        head=np.concatenate([other, one])[kept],
        seconds=rng.uniform(0, 60, 2 * len(one))[kept],
        lon=x / 1000,
        lat=y / 1000,
    )


def has_hierarchy(net: Network) -> bool:
    """Tell whether a network has built or taken one."""
    return net.weights.topology.hierarchy is not None


def test_the_engine_follows_from_the_questions_and_changes_no_bit() -> None:
    """Few questions are searched, many build the hierarchy; the numbers are the same."""
    rng = np.random.Generator(np.random.PCG64(3))
    net, other = town(60, rng), town(60, np.random.Generator(np.random.PCG64(3)))
    node = rng.integers(0, net.n_nodes, 70)
    first = net.travel_times(node, node)
    assert not has_hierarchy(net)
    for _ in range(15):
        net.travel_times(node, node)
    assert has_hierarchy(net)
    assert net.weights.is_customised
    assert np.array_equal(net.travel_times(node, node), first)
    other.prepare()
    assert np.array_equal(other.travel_times(node, node), first)
    assert np.array_equal(
        other.travel_times(node, node, 200.0), np.where(first <= 200, first, np.inf)
    )


def test_a_new_network_shares_all_but_its_times() -> None:
    """What a reweighted network builds serves the old one, whose times stay as they were."""
    rng = np.random.Generator(np.random.PCG64(4))
    net = town(30, rng)
    node = rng.integers(0, net.n_nodes, 50)
    before, seconds = net.travel_times(node, node), net.seconds
    closed = net.reweight(rng.integers(0, net.n_arcs, 300), np.inf)
    hierarchy = closed.prepare()
    assert net.prepare() is hierarchy
    assert closed.tail is net.tail
    after = closed.travel_times(node, node)
    assert (after >= before).all()
    assert (after > before).any()
    assert np.array_equal(net.seconds, seconds)
    assert np.array_equal(net.travel_times(node, node), before)


def test_a_hierarchy_may_come_from_elsewhere() -> None:
    """One built by an equal network, sent to another process, is taken and gives the same."""
    rng = np.random.Generator(np.random.PCG64(5))
    net = town(20, rng)
    sent = pickle.loads(pickle.dumps(net.prepare()))  # noqa: S301 - our own bytes
    again = net.reweight([], [])
    assert again.prepare(sent) is sent
    node = np.arange(net.n_nodes)
    moved = pickle.loads(pickle.dumps(again))  # noqa: S301 - our own bytes
    assert has_hierarchy(moved)
    assert np.array_equal(moved.travel_times(node, node), net.travel_times(node, node))


def test_a_plain_network_keeps_only_what_it_was_asked() -> None:
    """Large matrices need no rows of arcs, and a plain network no streets."""
    rng = np.random.Generator(np.random.PCG64(6))
    net = town(20, rng)
    net.prepare()
    net.travel_times(np.arange(400), np.arange(400))
    assert net.street_edge is None
    assert net.is_along is None
    assert not net.weights._rows
    assert not net.weights.topology._rows


def test_a_matrix_beyond_all_memory_points_to_the_blocks() -> None:
    """Nobody gets a traceback for asking too much at once."""
    net = plain(2, [0], [1], [1.0])
    many_places = np.zeros(3_000_000, dtype=np.int64)
    with pytest.raises(InputError, match="travel_time_blocks") as problem:
        net.travel_times(many_places, many_places)
    assert problem.value.code == "GH131"


def run(script: str) -> str:
    """Run a script in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_million_targets_within_one_gigabyte() -> None:
    """The matrix is refused by name, its blocks come through with the right numbers."""
    script = """
import resource
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
import numpy as np
import goldenhour.times
from goldenhour.base.errors import InputError
n = 5000
node = np.arange(n - 1)
net = goldenhour.times.network(
    tail=node, head=node + 1, seconds=np.ones(n - 1), lon=np.zeros(n), lat=np.zeros(n)
)
targets = np.arange(1_000_000) % n
try:
    net.travel_times(np.arange(300), targets)
except InputError as problem:
    print(problem.code)
for first, seconds in net.travel_time_blocks(np.arange(40), targets, dtype=np.uint16):
    for row, found in enumerate(seconds, start=first):
        assert (found == np.where(targets >= row, targets - row, 65_535)).all()
    print(first)
"""
    assert run(script).split() == ["GH131", "0", "32"]


@pytest.mark.parametrize("prepared", [False, True])
def test_an_interrupt_stops_a_long_matrix_and_leaves_nothing_half_done(*, prepared: bool) -> None:
    """Ctrl-C ends the work soon, and the same network still answers right."""
    script = f"""
import os, signal, threading, time
import numpy as np
import goldenhour.times
n = 20_000
node = np.arange(n - 1)
net = goldenhour.times.network(
    tail=np.r_[node, node + 1], head=np.r_[node + 1, node], seconds=np.ones(2 * n - 2),
    lon=np.zeros(n), lat=np.arange(n) / 1e3,
)
if {prepared}:
    net.prepare()
every = np.arange(n)
net.travel_times(every[:40], every[:40])
threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
asked = time.monotonic()
try:
    for first, _ in net.travel_time_blocks(np.tile(every, 50), every, 1e4):
        pass
except KeyboardInterrupt:
    print("stopped", time.monotonic() - asked < 10)
few = np.arange(0, n, 2000)
assert np.array_equal(net.travel_times(few, few), np.abs(few[:, None] - few))
print(threading.active_count())
"""
    assert run(script).split() == ["stopped", "True", "1"]


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


def test_a_network_too_dense_for_a_hierarchy_is_searched() -> None:
    """Where everybody joins everybody at random, times come from searches, and equal scipy's."""
    rng = np.random.Generator(np.random.PCG64(5))
    n, n_arcs = 13_000, 65_000
    tail, head = rng.integers(0, n, (2, n_arcs))
    seconds = rng.integers(1, 4000, n_arcs) / 64
    net = goldenhour.times.network(
        tail=tail, head=head, seconds=seconds, lon=np.zeros(n), lat=np.zeros(n)
    )
    origins, destinations = rng.integers(0, n, 300), rng.integers(0, n, 40)
    found = net.travel_times(destinations, origins)
    keep = np.lexsort((seconds, head, tail))  # scipy adds parallel arcs up
    first = np.ones(n_arcs, dtype=np.bool_)
    first[1:] = (np.diff(tail[keep]) != 0) | (np.diff(head[keep]) != 0)
    arcs = keep[first]
    table = csr_matrix((seconds[arcs], (tail[arcs], head[arcs])), shape=(n, n))
    expected = dijkstra(table, indices=destinations)[:, origins]
    assert np.array_equal(found, expected.astype(np.float32))
    with pytest.raises(InputError, match="too dense"):
        net.prepare()


def test_one_search_after_another_leaves_no_trace() -> None:
    """Small and large areas in turn, both ways, after closures: each as if it were the first."""
    rng = np.random.Generator(np.random.PCG64(8))
    n, n_arcs = 60, 200
    tail, head = rng.integers(0, n, (2, n_arcs))
    seconds = rng.integers(1, 90_000, n_arcs) / 64
    lon, lat = rng.random((2, n))

    def fresh() -> Network:
        return goldenhour.times.network(tail=tail, head=head, seconds=seconds, lon=lon, lat=lat)

    kept = fresh()
    for limit_s in (5.0, None, 900.0, 0.0, None, 60.0):
        for net, other in (
            (kept, fresh()),
            (kept.reweight([3, 4], np.inf), fresh().reweight([3, 4], np.inf)),
        ):
            again, first = net.reach([1, 2], limit_s), other.reach([1, 2], limit_s)
            assert np.array_equal(again.node, first.node)
            assert np.array_equal(again.seconds, first.seconds)

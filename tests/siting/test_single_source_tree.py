# SPDX-License-Identifier: Apache-2.0
"""Demand that goes whole to sites that are given: the tree's bounds, without any solver."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from goldenhour.siting.engine.covering import Level
from goldenhour.siting.engine.single_source import Parcels
from goldenhour.siting.engine.single_source_tree import seat_all
from goldenhour.siting.kernels import single_source as kernel
from goldenhour.siting.kernels import single_source_tree as tree
from goldenhour.siting.kernels.single_source import Depot

Floats = NDArray[np.float64]


def some_depot(seed: int, *, n_most: int = 7) -> tuple[Depot, float]:
    """Draw costs, loads and rooms, at times in very fine units; also the grain of the costs."""
    rng = np.random.Generator(np.random.PCG64(seed))
    k, n = int(rng.integers(1, 4)), int(rng.integers(1, n_most))
    whole = bool(rng.integers(2))
    cost = np.floor(30 * rng.random((k, n))) if whole else 30 * rng.random((k, n))
    cost[rng.random((k, n)) < rng.choice([0.0, 0.2])] = np.inf
    load = rng.integers(0, 12, n)
    room = np.floor(load.sum() / k * rng.uniform(0.6, 1.7, k)).astype(np.int64)
    fine = int(rng.choice([1, 3000]))
    return Depot(cost, load * fine, room * fine), float(whole)


def costs_of(depot: Depot) -> dict[tuple[int, ...], float]:
    """Cost of every assignment within the rooms, tried one by one."""
    k, n = depot.cost.shape
    found = {}
    for seat in product(range(k), repeat=n):
        taken = np.bincount(seat, weights=depot.load, minlength=k)
        cost = float(depot.cost[list(seat), np.arange(n)].sum())
        if np.all(taken <= depot.room) and np.isfinite(cost):
            found[seat] = cost
    return found


def money_of(depot: Depot, grain: float) -> Parcels:
    """Tell costs apart as the model does."""
    yes = np.ones(len(depot.room), dtype=np.bool_)
    return Parcels(depot=depot, sites=Level(n=len(yes), forced=yes, allowed=yes), grain=grain)


@pytest.mark.laws
@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([np.inf, 60.0, 20.0]), st.sampled_from([0, 1, 3]))
def test_best_assignment_or_the_proof_that_there_is_none(
    seed: int, to_beat: float, nodes: int
) -> None:
    """Ended in time it is the best of all, or none is; cut short its bound still holds."""
    depot, grain = some_depot(seed)
    money = money_of(depot, grain)
    best = min(costs_of(depot).values(), default=np.inf)
    price = np.zeros(len(depot.load))

    def solve(nodes: int) -> tuple[float, float, tuple[int, ...]]:
        found = seat_all(
            depot, price, money=money, to_beat=to_beat, nodes=nodes, stop=lambda: False
        )
        return found.cost, found.bound, tuple(found.seat.tolist())

    cost, bound, seat = solve(100_000)
    if best < to_beat and not np.isclose(best, to_beat):
        assert cost == pytest.approx(best)
        assert costs_of(depot)[seat] == cost == bound
    else:
        assert not seat
        assert bound == to_beat if np.isfinite(best) else bound >= to_beat
    cost, bound, seat = solve(nodes)
    assert bound <= min(best, to_beat) + 1e-9 or not np.isfinite(best)
    assert not seat or costs_of(depot)[seat] == cost < to_beat


@pytest.mark.laws
@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6))
def test_what_sites_lose_by_a_demand_bounds_all_with_it(seed: int) -> None:
    """Whatever the prices, no assignment with a demand in a seat costs less than its bound."""
    depot, _ = some_depot(seed, n_most=6)
    rng = np.random.Generator(np.random.PCG64(seed))
    price = 30 * rng.random(len(depot.load))
    worth, into, out = tree.losses(depot, price)
    bound = price.sum() - worth.sum()
    for seat, cost in costs_of(depot).items():
        for i, t in enumerate(seat):
            others = out[:, i].sum() - out[t, i]
            assert bound + into[t, i] + others <= cost + 1e-9


@pytest.mark.laws
@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6))
def test_losses_of_a_site_are_those_of_its_best_load(seed: int) -> None:
    """In whole units, with and without each demand, the worth is that of a knapsack filled anew."""
    depot, _ = some_depot(seed)
    if depot.room.max() > 2000:  # bounded there, not exact
        return
    rng = np.random.Generator(np.random.PCG64(seed))
    price = np.floor(30 * rng.random(len(depot.load)))
    worth, into, out = tree.losses(depot, price)
    taken = np.zeros(len(price), dtype=np.bool_)
    for t in range(len(worth)):
        whole = kernel.fill(depot, t, price, taken)
        assert worth[t] == pytest.approx(whole)
        for i in range(len(price)):
            without = depot.cost.copy()
            without[t, i] = np.inf
            rest = depot._replace(cost=without)
            assert out[t, i] == pytest.approx(whole - kernel.fill(rest, t, price, taken))
            if np.isinf(depot.cost[t, i]) or depot.load[i] > depot.room[t]:
                assert into[t, i] == np.inf
                continue
            smaller = rest._replace(room=depot.room - depot.load[i])
            gain = price[i] - depot.cost[t, i]
            least = whole - gain - kernel.fill(smaller, t, price, taken)
            assert into[t, i] == pytest.approx(least)


def test_tight_rooms_that_cannot_be_packed_are_shown_to_be() -> None:
    """Three loads of two units do not go into rooms of three: half of the room is of no use."""
    depot = Depot(np.zeros((2, 3)), np.full(3, 2), np.array([3, 3]))
    found = seat_all(
        depot,
        np.zeros(3),
        money=money_of(depot, 1.0),
        to_beat=np.inf,
        nodes=100,
        stop=lambda: False,
    )
    assert found.bound == np.inf
    assert not len(found.seat)

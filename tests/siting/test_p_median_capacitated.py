# SPDX-License-Identifier: Apache-2.0
"""Demand that goes whole to one site each, within its room: least time, proven."""

from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from goldenhour.base.errors import GoldenHourError, InputError, NoPlanError
from goldenhour.siting.engine.covering import Level
from goldenhour.siting.engine.single_source import Parcels
from goldenhour.siting.engine.single_source_problem import ParcelProblem
from goldenhour.siting.kernels import single_source as kernel
from goldenhour.siting.models.p_median import p_median
from goldenhour.siting.models.p_median_capacitated import _recount, p_median_capacitated
from goldenhour.siting.plain.choice import Choice
from goldenhour.siting.plain.effort import Effort
from goldenhour.siting.plain.result import ProofStatus, Solution
from goldenhour.siting.plain.times import as_times

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A small made-up problem."""

    times: Floats
    weights: Floats
    load: Floats
    room: Floats
    p: int

    def least(self) -> float:
        """Least cost of all choices and assignments, tried one by one; ``inf`` if none fits."""
        n, m = self.times.shape
        served = [i for i in range(n) if np.isfinite(self.times[i]).any()]
        best = np.inf
        for sites in combinations(range(m), self.p):
            for site_of in product(sites, repeat=len(served)):
                taken = np.bincount(site_of, weights=self.load[served], minlength=m)
                if np.all(taken <= self.room + 1e-12):
                    away = self.times[served, list(site_of)]
                    best = min(best, float(np.sum(self.weights[served] * away)))
        return best

    def solve(self, room: Floats | None = None, effort: Effort | None = None) -> Solution:
        """Ask the model."""
        return p_median_capacitated(
            self.times,
            self.weights,
            self.room if room is None else room,
            self.p,
            load=self.load,
            effort=effort,
        )


def make_case(seed: int) -> Case:
    """Draw one; some pairs are out of reach and some times are no whole numbers."""
    rng = np.random.Generator(np.random.PCG64(seed))
    n, m = int(rng.integers(1, 7)), int(rng.integers(2, 6))
    whole = bool(rng.integers(2))
    times = np.floor(100 * rng.random((n, m))) if whole else rng.random((n, m))
    times[rng.random((n, m)) < rng.choice([0.0, 0.2])] = np.inf
    load = rng.integers(0, 9, n).astype(np.float64) if whole else rng.random(n)
    p = int(rng.integers(1, min(m, 3) + 1))
    fair = float(load.sum()) / p
    room = fair * rng.uniform(0.6, 1.8, m)
    return Case(
        times=times,
        weights=rng.integers(1, 5, n).astype(np.float64),
        load=load,
        room=np.floor(room) if whole else room,
        p=p,
    )


@pytest.mark.laws
@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**6))
@example(650871)  # the simplex ran in circles: bound and cost lay at the tolerance apart
def test_best_sites_and_assignment(seed: int) -> None:
    """The plan costs as little as the best of all choices and assignments, or none is possible."""
    case = make_case(seed)
    least = case.least()
    if not np.isfinite(least):
        with pytest.raises(NoPlanError) as caught:
            case.solve()
        assert caught.value.code == "GH416"
        return
    found = case.solve()
    assert found.objective == pytest.approx(least, rel=1e-9, abs=1e-9)
    assert found.status is ProofStatus.OPTIMAL
    served = np.flatnonzero(found.site_of >= 0)
    assert set(found.site_of[served]) <= set(found.sites)
    taken = np.bincount(found.site_of[served], weights=case.load[served], minlength=len(case.room))
    assert np.all(taken <= case.room + 1e-9)
    assert found.not_servable.tolist() == np.flatnonzero(np.isinf(case.times).all(axis=1)).tolist()


@pytest.mark.laws
@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_room_for_everybody_is_no_limit(seed: int) -> None:
    """With room for all everywhere, capacities change nothing."""
    rng = np.random.Generator(np.random.PCG64(seed))
    times = np.floor(100 * rng.random((12, 7)))
    weights = rng.integers(1, 9, 12).astype(np.float64)
    plain = p_median(times, weights, 3)
    for room in (float(weights.sum()), np.inf):
        found = p_median_capacitated(times, weights, room, 3)
        assert found.objective == found.bound == plain.objective


@pytest.mark.laws
@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 5), st.floats(0, 9))
def test_more_room_never_costs_more(seed: int, site: int, more: float) -> None:
    """Raising one capacity never makes the best plan dearer."""
    case = make_case(seed)
    if not np.isfinite(case.least()):
        return
    raised = case.room.copy()
    raised[site % len(raised)] += more
    assert case.solve(raised).objective <= case.solve().objective * (1 + 1e-9) + 1e-9


@pytest.mark.laws
@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**6))
def test_a_site_is_filled_with_what_is_worth_most(seed: int) -> None:
    """The worth of a site at any prices is that of its best load, tried one by one."""
    rng = np.random.Generator(np.random.PCG64(seed))
    n = int(rng.integers(1, 9))
    cost, price = np.floor(20 * rng.random((1, n))), np.floor(30 * rng.random(n))
    load, room = rng.integers(0, 9, n), int(rng.integers(0, 25))
    best = max(
        sum(price[i] - cost[0, i] for i in items)
        for size in range(n + 1)
        for items in combinations(range(n), size)
        if sum(load[i] for i in items) <= room
    )
    taken = np.zeros(n, dtype=np.bool_)
    worth = kernel.fill(kernel.Depot(cost, load, np.array([room])), 0, price, taken)
    assert worth == best == (price - cost[0])[taken].sum()
    fine = kernel.Depot(cost, load * 1000, np.array([room * 1000]))
    assert kernel.fill(fine, 0, price, taken) >= best


def test_stop_gives_a_plan_with_an_honest_bound() -> None:
    """Stopped at once, there is a plan and a bound below it; told values never cross."""
    rng = np.random.Generator(np.random.PCG64(4))
    place = rng.random((24, 2))
    times = np.floor(100 * np.linalg.norm(place[:, None] - place[None], axis=2))
    load = rng.integers(1, 20, 24).astype(np.float64)
    heard: list[tuple[float, float]] = []

    def told(objective: float, bound: float) -> None:
        heard.append((objective, bound))

    def solve(effort: Effort) -> Solution:
        return p_median_capacitated(times, None, load.sum() / 3.5, 4, load=load, effort=effort)

    best = solve(Effort(told=told))
    assert best.status is ProofStatus.OPTIMAL
    assert all(bound <= best.objective for _, bound in heard)
    assert heard[-1] == (best.objective, best.objective)
    cut = solve(Effort(stop=lambda: True))
    assert cut.stopped
    assert cut.status is ProofStatus.GAP
    assert cut.bound <= best.objective <= cut.objective
    near = solve(Effort(gap_share=0.2))
    assert not near.stopped
    assert near.gap <= 0.2


def test_bad_input_is_named() -> None:
    """Too many sites, NaN times, negative capacity or load, too little room: each is named."""
    times = np.ones((3, 2))
    with pytest.raises(NoPlanError, match="only 2"):
        p_median_capacitated(times, None, 9.0, 3)
    with pytest.raises(InputError, match="time"):
        p_median_capacitated(times * np.nan, None, 9.0, 1)
    with pytest.raises(InputError, match="capacity of site 0"):
        p_median_capacitated(times, None, [-1.0, 1.0], 1)
    with pytest.raises(InputError):
        p_median_capacitated(times, None, 9.0, 1, load=[1.0, -1.0, 0.0])
    with pytest.raises(NoPlanError) as caught:
        p_median_capacitated(times, None, 2.0, 1)
    assert caught.value.code == "GH416"
    with pytest.raises(GoldenHourError, match="forced and forbidden"):
        p_median_capacitated(times, None, 9.0, Choice(n=1, forced=(0,), forbidden=(0,)))


def test_nobody_to_serve_costs_nothing() -> None:
    """Where no site reaches anybody, the plan costs nothing and lists them all."""
    found = p_median_capacitated(np.full((2, 3), np.inf), None, 1.0, 2)
    assert (found.objective, len(found.sites)) == (0.0, 2)
    assert found.not_servable.tolist() == [0, 1]
    assert found.site_of.tolist() == [-1, -1]


def test_a_plan_that_overfills_is_not_shown() -> None:
    """A recount that finds a site overfilled, or an assignment out of reach, stops."""
    times, ones = as_times([[1.0, np.inf], [2.0, 3.0]]), np.ones(2)
    room = np.array([1.0, 1.0])
    assert _recount(times, ones, (ones, room), np.array([0, 1], dtype=np.int32)) == 4.0
    for wrong in ([0, 0], [1, 1]):
        with pytest.raises(GoldenHourError) as caught:
            _recount(times, ones, (ones, room), np.array(wrong, dtype=np.int32))
        assert caught.value.code == "GH417"


@pytest.mark.real_data
@pytest.mark.parametrize("number", [2, 4, 6, 9])
def test_or_library_problems(real_data: Path, number: int) -> None:
    """Capacitated p-median problems of the OR-Library, planar and truncated: the best known."""
    text = (real_data / "facility_location" / "pmedcap" / "pmedcap1.txt").read_text()
    values = iter(int(word) for word in text.split())
    problems = {}
    for _ in range(next(values)):
        name, *problem = (next(values) for _ in range(5))
        size = problem[1]
        problems[name] = problem, np.array([[next(values) for _ in range(4)] for _ in range(size)])
    (best, _, p, room), rows = problems[number]
    away = np.floor(np.linalg.norm(rows[:, None, 1:3] - rows[None, :, 1:3], axis=2))
    found = p_median_capacitated(away, None, room, p, load=rows[:, 3])
    assert found.objective == found.bound == best
    assert found.status is ProofStatus.OPTIMAL


@pytest.mark.laws
@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_a_cost_to_beat_always_has_its_assignment(seed: int) -> None:
    """The cost that others are held against is that of a choice in hand, however it was found."""
    rng = np.random.Generator(np.random.PCG64(seed))
    place, load = rng.random((30, 2)), rng.integers(1, 20, 30)
    cost = np.floor(100 * np.linalg.norm(place[:, None] - place[None], axis=2))
    room = np.full(30, int(load.sum() / 3.7))
    sites = Level(n=4, forced=np.zeros(30, np.bool_), allowed=np.ones(30, np.bool_))
    depot = kernel.Depot(np.ascontiguousarray(cost), load, room)
    problem = ParcelProblem(Parcels(depot=depot, sites=sites, grain=1.0), Effort())
    if problem.first is None:
        assert problem.best == np.inf
        return
    found_by_search = problem.best
    assert -problem.worth(problem.first) == problem.best <= found_by_search
    assigned = problem.assigned(problem.first)
    assert problem.parcels.cost_of(assigned.site_of) == assigned.cost == problem.best
    assert problem.least <= problem.unsettled() <= problem.best + 1e-9

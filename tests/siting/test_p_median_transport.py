# SPDX-License-Identifier: Apache-2.0
"""Demand that may be split between open sites, within their rooms: least time, proven."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linprog

from goldenhour.base.errors import GoldenHourError, InputError, NoPlanError
from goldenhour.siting.models import p_median, p_median_capacitated, p_median_transport
from goldenhour.siting.models.p_median_transport import SplitSolution, _recount
from goldenhour.siting.plain.choice import Choice
from goldenhour.siting.plain.effort import Effort
from goldenhour.siting.plain.result import ProofStatus

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A small made-up problem."""

    times: Floats
    weights: Floats
    load: Floats
    room: Floats
    p: int

    def carried(self, sites: tuple[int, ...]) -> float:
        """Least cost with these sites by a linear program over every pair; ``inf`` if none fits."""
        served = np.flatnonzero(np.isfinite(self.times).any(axis=1))
        pairs = [(i, j) for i in served for j in sites if np.isfinite(self.times[i, j])]
        if not len(served):
            return 0.0
        if not pairs:
            return np.inf
        whole = np.array([[float(i == a) for a, _ in pairs] for i in served])
        use = np.array([[self.load[a] * (j == b) for a, b in pairs] for j in sites])
        cost = [self.weights[i] * self.times[i, j] for i, j in pairs]
        answer = linprog(
            cost, A_ub=use, b_ub=self.room[list(sites)], A_eq=whole, b_eq=np.ones(len(served))
        )
        return float(answer.fun) if answer.status == 0 else np.inf

    def least(self) -> float:
        """Least cost of all choices, tried one by one; ``inf`` if none fits."""
        every = combinations(range(len(self.room)), self.p)
        return min(self.carried(sites) for sites in every)

    def solve(self, effort: Effort | None = None) -> SplitSolution:
        """Ask the model."""
        return p_median_transport(
            self.times, self.weights, self.room, self.p, load=self.load, effort=effort
        )


def make_case(seed: int) -> Case:
    """Draw one; some pairs are out of reach, some loads nothing, some numbers not whole."""
    rng = np.random.Generator(np.random.PCG64(seed))
    n, m = int(rng.integers(1, 9)), int(rng.integers(2, 7))
    whole = bool(rng.integers(2))
    times = np.floor(100 * rng.random((n, m))) if whole else rng.random((n, m))
    times[rng.random((n, m)) < rng.choice([0.0, 0.3])] = np.inf
    load = rng.integers(0, 9, n).astype(np.float64) if whole else rng.random(n)
    p = int(rng.integers(1, min(m, 4) + 1))
    room = float(load.sum()) / p * rng.uniform(0.6, 1.8, m)
    return Case(
        times=times,
        weights=rng.integers(0, 5, n).astype(np.float64),
        load=load,
        room=np.floor(room) if whole else room,
        p=p,
    )


@pytest.mark.laws
@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**6))
def test_best_sites_and_split(seed: int) -> None:
    """The plan costs as little as the best of all choices, or none is possible."""
    case = make_case(seed)
    least = case.least()
    if not np.isfinite(least):
        with pytest.raises(NoPlanError) as caught:
            case.solve()
        assert caught.value.code == "GH416"
        return
    found = case.solve()
    assert found.objective == pytest.approx(least, rel=1e-6, abs=1e-6)
    assert found.status is ProofStatus.OPTIMAL
    shares = found.shares.toarray()
    assert set(np.flatnonzero(shares.any(axis=0))) <= set(found.sites)
    assert np.all(case.load @ shares <= case.room + 1e-6)
    lost = np.isinf(case.times).all(axis=1)
    assert found.not_servable.tolist() == np.flatnonzero(lost).tolist()
    assert shares.sum(axis=1) == pytest.approx((~lost).astype(float))


@pytest.mark.laws
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 4))
def test_cut_short_its_bound_still_holds(seed: int, nodes: int) -> None:
    """However soon it ends, the best of all lies between bound and objective."""
    case = make_case(seed)
    least = case.least()
    if not np.isfinite(least):
        with pytest.raises(NoPlanError):
            case.solve(Effort(nodes=nodes))
        return
    try:
        found = case.solve(Effort(nodes=nodes))
    except NoPlanError as error:  # none found in time; never that there is none
        assert error.code == "GH402"  # noqa: PT017 - either is right
        return
    assert found.bound <= least * (1 + 1e-6) + 1e-6
    assert least <= found.objective * (1 + 1e-6) + 1e-6


@pytest.mark.laws
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_splitting_never_costs_more_and_room_for_all_is_no_limit(seed: int) -> None:
    """Who may split pays no more than who may not; with room for all both are the p-median."""
    rng = np.random.Generator(np.random.PCG64(seed))
    times = np.floor(100 * rng.random((14, 8)))
    weights = rng.integers(1, 9, 14).astype(np.float64)
    room = np.floor(weights.sum() / 3 * rng.uniform(1.0, 1.6, 8))
    split = p_median_transport(times, weights, room, 3)
    try:
        unsplit = p_median_capacitated(times, weights, room, 3)
        assert split.objective <= unsplit.objective + 1e-9
    except NoPlanError:
        pass
    plain = p_median(times, weights, 3)
    assert p_median_transport(times, weights, np.inf, 3).objective == pytest.approx(plain.objective)


def test_what_is_tight_is_split() -> None:
    """Two sites of three units take two loads of three and two, and one is split between them."""
    found = p_median_transport([[1.0, 9.0], [1.0, 2.0]], [3.0, 3.0], [5.0, 1.0], 2)
    assert found.objective == pytest.approx(3 + 2 * 1 + 1 * 2)
    assert found.status is ProofStatus.OPTIMAL
    assert found.shares.toarray() == pytest.approx(np.array([[1.0, 0.0], [2 / 3, 1 / 3]]))


def test_stop_gives_a_gap_and_told_values_never_cross() -> None:
    """Whoever watches hears objectives above bounds, and stopped early the plan says so."""
    rng = np.random.Generator(np.random.PCG64(4))
    place, load = rng.random((40, 2)), rng.integers(1, 20, 40).astype(np.float64)
    times = np.floor(100 * np.linalg.norm(place[:, None] - place[None], axis=2))
    heard: list[tuple[float, float]] = []

    def solve(effort: Effort) -> SplitSolution:
        return p_median_transport(times, None, load.sum() / 4.2, 5, load=load, effort=effort)

    best = solve(Effort(told=lambda objective, bound: heard.append((objective, bound))))
    assert best.status is ProofStatus.OPTIMAL
    assert all(bound <= objective * (1 + 1e-9) for objective, bound in heard)
    near = solve(Effort(gap_share=0.2))
    assert not near.stopped
    assert near.gap <= 0.2
    assert near.bound <= best.objective <= near.objective


def test_bad_input_is_named() -> None:
    """Too many sites, NaN times, negative capacity or load, too little room: each is named."""
    times = np.ones((3, 2))
    with pytest.raises(NoPlanError, match="only 2"):
        p_median_transport(times, None, 9.0, 3)
    with pytest.raises(InputError, match="time"):
        p_median_transport(times * np.nan, None, 9.0, 1)
    with pytest.raises(InputError, match="capacity of site 0"):
        p_median_transport(times, None, [-1.0, 1.0], 1)
    with pytest.raises(InputError):
        p_median_transport(times, None, 9.0, 1, load=[1.0, -1.0, 0.0])
    with pytest.raises(NoPlanError) as caught:
        p_median_transport(times, None, 2.0, 1)
    assert caught.value.code == "GH416"
    with pytest.raises(GoldenHourError, match="forced and forbidden"):
        p_median_transport(times, None, 9.0, Choice(n=1, forced=(0,), forbidden=(0,)))


def test_nobody_to_serve_costs_nothing() -> None:
    """Where no site reaches anybody, the plan costs nothing and lists them all."""
    found = p_median_transport(np.full((2, 3), np.inf), None, 1.0, 2)
    assert (found.objective, len(found.sites)) == (0.0, 2)
    assert found.not_servable.tolist() == [0, 1]
    assert found.shares.nnz == 0


def test_a_split_that_is_none_is_not_shown() -> None:
    """A recount that finds a site overfilled, demand in part or out of reach, stops."""
    away, ones = np.array([[1.0, np.inf], [2.0, 3.0]]), np.ones(2)
    rooms = (ones, np.array([1.5, 1.0]))
    assert _recount(away, ones, rooms, np.array([[1.0, 0.0], [0.5, 0.5]])) == 3.5
    for wrong in ([[1.0, 0.0], [1.0, 0.0]], [[0.5, 0.5], [0.5, 0.5]], [[0.7, 0.0], [0.0, 1.0]]):
        with pytest.raises(GoldenHourError) as caught:
            _recount(away, ones, rooms, np.array(wrong))
        assert caught.value.code == "GH417"

# SPDX-License-Identifier: Apache-2.0
"""Capacities: nobody served twice, nothing takes more than its room, and the best is the best."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog
from scipy.sparse.csgraph import maximum_flow

from goldenhour.base.errors import GoldenHourError, InputError, NoPlanError
from goldenhour.siting.engine import capacity_check
from goldenhour.siting.engine.capacity_check import Offer, Served, serve
from goldenhour.siting.engine.min_cut import measure
from goldenhour.siting.kernels import flow
from goldenhour.siting.models.chain import Links, chain
from goldenhour.siting.models.chain_capacitated import chain_capacitated
from goldenhour.siting.models.mclp import mclp
from goldenhour.siting.models.mclp_capacitated import mclp_capacitated
from goldenhour.siting.plain.choice import Choice
from goldenhour.siting.plain.cover import as_cover
from goldenhour.siting.plain.effort import Effort
from goldenhour.siting.plain.result import ProofStatus

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A small made-up problem of two tiers; the first alone is the plain one."""

    covers: Bools  # [demand, site]
    people: Floats
    room: Floats
    linked: Bools
    beds: Floats
    k: int
    m: int

    def served(self, sites: tuple[int, ...]) -> float:
        """People that open sites serve, by a linear program over every pair."""
        pairs = [(i, j) for i in range(len(self.people)) for j in sites if self.covers[i, j]]
        return _most(
            [(f"i{i}", f"j{j}") for i, j in pairs],
            {f"i{i}": p for i, p in enumerate(self.people)}
            | {f"j{j}": r for j, r in enumerate(self.room)},
        )

    def served_along(
        self, sites: tuple[int, ...], hospitals: tuple[int, ...], share: float = 1.0
    ) -> float:
        """People that open sites and hospitals serve, by a linear program over every way."""
        ways = [
            (f"i{i}", f"j{j}", f"h{h}")
            for i in range(len(self.people))
            for j in sites
            for h in hospitals
            if self.covers[i, j] and self.linked[j, h]
        ]
        rooms = {f"i{i}": p for i, p in enumerate(self.people)}
        rooms |= {f"j{j}": r for j, r in enumerate(self.room)}
        rooms |= {f"h{h}": b / share for h, b in enumerate(self.beds)}
        return _most(ways, rooms)

    def best(self) -> float:
        """People served by the best k sites."""
        every = combinations(range(len(self.room)), self.k)
        return max(self.served(sites) for sites in every)

    def best_along(self, share: float = 1.0, same: NDArray[np.int32] | None = None) -> float:
        """People served by the best choice of both tiers; -1 if there is none."""
        return max(
            (
                self.served_along(sites, hospitals, share)
                for sites in combinations(range(len(self.room)), self.k)
                for hospitals in combinations(range(len(self.beds)), self.m)
                if same is None or not {int(same[j]) for j in sites} & set(hospitals)
            ),
            default=-1.0,
        )


def _most(ways: Sequence[tuple[str, ...]], rooms: dict[str, float]) -> float:
    """Send as much as fits: one variable a way, one row a place."""
    if not ways:
        return 0.0
    places = sorted({place for way in ways for place in way})
    rows = np.array([[float(place in way) for way in ways] for place in places])
    limits = [rooms[place] for place in places]
    return -float(linprog(-np.ones(len(ways)), A_ub=rows, b_ub=limits).fun)


def make_town(seed: int, *, whole: bool = True) -> Town:
    """Draw one; rooms are uneven and some are 0."""
    rng = np.random.Generator(np.random.PCG64(seed))
    n, sites = int(rng.integers(1, 16)), int(rng.integers(2, 7))
    hospitals = int(rng.integers(1, 4))
    people = rng.integers(0, 20, n).astype(np.float64) if whole else rng.random(n)
    scale = max(1.0, float(people.sum())) * rng.choice([0.2, 0.5, 1.0])
    room, beds = scale * rng.random(sites), scale * rng.random(hospitals)
    return Town(
        covers=rng.random((n, sites)) < rng.choice([0.2, 0.4, 0.7]),
        people=people,
        room=np.floor(room) if whole else room,
        linked=rng.random((sites, hospitals)) < rng.choice([0.3, 0.7]),
        beds=np.floor(beds) if whole else beds,
        k=int(rng.integers(1, sites + 1)),
        m=int(rng.integers(1, hospitals + 1)),
    )


@pytest.mark.laws
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_most_flow_and_least_cut_agree_with_scipy(seed: int) -> None:
    """Flow through any small network is scipy's, and the cut that is given limits it."""
    rng = np.random.Generator(np.random.PCG64(seed))
    n = int(rng.integers(2, 10))
    room = (rng.random((n, n)) < 0.4) * rng.integers(1, 20, (n, n))
    np.fill_diagonal(room, 0)
    tail, head = np.nonzero(room)
    net, _ = flow.connect(
        n, tail.astype(np.int32), head.astype(np.int32), room[tail, head].astype(np.int64)
    )
    sent, side = flow.push(net, 0, n - 1)
    assert sent == maximum_flow(sparse.csr_array(room.astype(np.int32)), 0, n - 1).flow_value
    assert sent == room[np.ix_(side, ~side)].sum()


@pytest.mark.laws
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.booleans())
def test_best_sites_within_room(seed: int, whole: bool) -> None:  # noqa: FBT001 - hypothesis
    """The plan serves as many as the best of all choices, tried one by one."""
    town = make_town(seed, whole=whole)
    found = mclp_capacitated(town.covers, town.people, town.room, town.k)
    assert found.status is ProofStatus.OPTIMAL
    assert found.objective == pytest.approx(town.best(), rel=1e-9, abs=1e-9)
    assert found.objective == pytest.approx(town.served(found.sites), rel=1e-9, abs=1e-9)
    assert found.greedy_objective <= found.objective * (1 + 1e-9)
    if whole:
        assert found.objective == round(found.objective)


@pytest.mark.laws
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([1.0, 0.5, 0.3]))
def test_best_chain_within_room(seed: int, share: float) -> None:
    """Both tiers together serve as many as the best of all choices, tried one by one."""
    town = make_town(seed)
    found = chain_capacitated(
        town.covers,
        Links(linked=town.linked),
        town.people,
        tsp_capacity=town.room,
        hospital_capacity=town.beds,
        sites=town.k,
        hospitals=town.m,
        hospital_share=share,
    )
    assert found.status is ProofStatus.OPTIMAL
    assert found.objective == pytest.approx(town.best_along(share), rel=1e-9, abs=1e-9)
    assert found.objective == pytest.approx(
        town.served_along(found.sites, found.field_hospitals, share), rel=1e-9, abs=1e-9
    )


@pytest.mark.laws
@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_one_structure_holds_one_tier(seed: int) -> None:
    """A structure offered for both tiers is never opened for both, and the rest is the best."""
    town = make_town(seed)
    rng = np.random.Generator(np.random.PCG64(seed + 1))
    same = np.full(len(town.room), -1, dtype=np.int32)
    shared = min(len(town.room), len(town.beds))
    same[rng.permutation(len(town.room))[:shared]] = np.arange(shared)
    best = town.best_along(same=same)

    def solve() -> tuple[tuple[int, ...], tuple[int, ...], float, ProofStatus]:
        found = chain_capacitated(
            town.covers,
            Links(linked=town.linked, same=same),
            town.people,
            tsp_capacity=town.room,
            hospital_capacity=town.beds,
            sites=town.k,
            hospitals=town.m,
        )
        return found.sites, found.field_hospitals, found.objective, found.status

    if best < 0:
        with pytest.raises(NoPlanError):
            solve()
        return
    sites, hospitals, objective, status = solve()
    assert not {int(same[j]) for j in sites} & set(hospitals)
    assert status is ProofStatus.OPTIMAL
    assert objective == pytest.approx(best)


@pytest.mark.laws
@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_room_for_everybody_is_no_limit(seed: int) -> None:
    """With room for all, capacities change nothing: plain coverage and the plain chain."""
    town = make_town(seed)
    plenty = float(town.people.sum())
    plain = mclp(town.covers, town.people, town.k).objective
    for room in (plenty, np.inf):
        found = mclp_capacitated(town.covers, town.people, room, town.k)
        assert found.objective == found.bound == plain
    along = chain_capacitated(
        town.covers,
        Links(linked=town.linked),
        town.people,
        tsp_capacity=plenty,
        hospital_capacity=np.inf,
        sites=town.k,
        hospitals=town.m,
    )
    cover = as_cover(town.covers, len(town.people))
    free = chain(
        cover,
        Links(linked=town.linked),
        town.people,
        sites=Choice(n=town.k),
        hospitals=Choice(n=town.m),
    )
    assert along.objective == free.objective


@pytest.mark.laws
@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 5), st.integers(1, 9))
def test_more_room_never_serves_fewer(seed: int, site: int, more: int) -> None:
    """Raising one capacity never lowers what can be served."""
    town = make_town(seed)
    raised = town.room.copy()
    raised[site % len(raised)] += more
    before = mclp_capacitated(town.covers, town.people, town.room, town.k).objective
    assert mclp_capacitated(town.covers, town.people, raised, town.k).objective >= before


@pytest.mark.laws
@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_served_demand_by_demand(seed: int) -> None:
    """Whoever is served is counted once, at a site that reaches them and has room."""
    town = make_town(seed)
    room = town.room
    offer = Offer(
        cover=as_cover(town.covers, len(town.people)),
        people=town.people,
        rooms=(room, town.beds),
        measure=measure(town.people, room, town.beds),
        linked=town.linked,
    )
    sites, hospitals = tuple(range(town.k)), tuple(range(town.m))
    served = serve(offer, sites, hospitals)
    assert served.people == pytest.approx(town.served_along(sites, hospitals))
    assert np.all(served.by_demand <= town.people)
    assert np.all(served.load <= room)
    assert np.all(served.beyond <= town.beds)
    assert served.by_demand.sum() == served.load.sum() == served.beyond.sum() == served.people
    assert not served.load[town.k :].any()


def test_a_plan_that_overfills_is_not_shown() -> None:
    """More served than there are people or room, or sent out of reach: the plan stops there."""
    people, rooms = np.array([5.0, 5.0]), (np.array([4.0]), np.array([3.0]))
    whole = Served(
        people=3.0, by_demand=np.array([3.0, 0.0]), load=np.array([3.0]), beyond=np.array([3.0])
    )
    capacity_check._require_kept(whole, people, rooms)
    for broken in (
        replace(whole, by_demand=np.array([6.0, 0.0])),
        replace(whole, load=np.array([5.0])),
        replace(whole, beyond=np.array([4.0])),
    ):
        with pytest.raises(GoldenHourError) as caught:
            capacity_check._require_kept(broken, people, rooms)
        assert caught.value.code == "GH417"
    onward, linked = np.array([[3.0]]), np.array([[True]])
    capacity_check._require_linked(onward, np.array([3.0]), linked)
    with pytest.raises(GoldenHourError):
        capacity_check._require_linked(onward, np.array([3.0]), ~linked)
    with pytest.raises(GoldenHourError):
        capacity_check._require_linked(onward, np.array([4.0]), linked)


@pytest.mark.parametrize("bad", [-1.0, np.nan])
@pytest.mark.parametrize("tier", ["site", "tsp", "hospital"])
def test_impossible_capacity_is_named(bad: float, tier: str) -> None:
    """A negative capacity, or one that is no number, is an error that names it."""
    covers, people, links = np.eye(2), np.ones(2), Links(linked=np.ones((2, 2), dtype=np.bool_))
    rooms = np.array([1.0, bad])

    def solve() -> None:
        if tier == "site":
            mclp_capacitated(covers, people, rooms, 1)
        chain_capacitated(
            covers,
            links,
            people,
            tsp_capacity=rooms if tier == "tsp" else 1.0,
            hospital_capacity=rooms if tier == "hospital" else 1.0,
            sites=1,
            hospitals=1,
        )

    with pytest.raises(InputError, match="capacity of site 1") as caught:
        solve()
    assert caught.value.code == "GH121"


def test_bad_questions_are_named() -> None:
    """Too many sites, a wrong number of capacities, a share above one: each is named."""
    covers, people = np.eye(3), np.ones(3)
    with pytest.raises(NoPlanError, match="only 3"):
        mclp_capacitated(covers, people, 1.0, 4)
    with pytest.raises(InputError, match="capacities of shape"):
        mclp_capacitated(covers, people, [1.0, 1.0], 2)
    with pytest.raises(GoldenHourError, match="forced and forbidden"):
        mclp_capacitated(covers, people, 1.0, Choice(n=1, forced=(0,), forbidden=(0,)))
    with pytest.raises(InputError, match="share"):
        chain_capacitated(
            covers,
            Links(linked=np.ones((3, 1), dtype=np.bool_)),
            people,
            tsp_capacity=1.0,
            hospital_capacity=1.0,
            sites=1,
            hospitals=1,
            hospital_share=1.5,
        )


def test_nobody_to_serve() -> None:
    """Without people, or with no room at all, a plan still comes, and serves nobody."""
    for people, room in ((np.zeros(3), 5.0), (np.ones(3), 0.0)):
        found = mclp_capacitated(np.eye(3), people, room, 2)
        assert (found.objective, found.bound, len(found.sites)) == (0.0, 0.0, 2)
        assert found.status is ProofStatus.OPTIMAL


def test_people_out_of_reach_are_told_and_not_served() -> None:
    """Demand that no site reaches is listed, and does not count."""
    covers = np.array([[1, 0], [0, 1], [0, 0]])
    found = mclp_capacitated(covers, [3.0, 4.0, 9.0], 100.0, 2)
    assert found.objective == 7.0
    assert found.not_servable.tolist() == [2]


def test_forced_and_forbidden_sites() -> None:
    """What is forced is open however little it serves; what is forbidden is not."""
    covers, people = np.eye(4), np.array([9.0, 5.0, 1.0, 7.0])
    found = mclp_capacitated(covers, people, 8.0, Choice(n=2, forced=(2,), forbidden=(0,)))
    assert found.sites == (2, 3)
    assert found.objective == 8.0


def test_stop_gives_the_best_so_far_with_an_honest_bound() -> None:
    """Stopped at once, there is a plan, it is not called optimal, and its bound is told."""
    rng = np.random.Generator(np.random.PCG64(5))
    covers = rng.random((300, 60)) < 0.08
    people, room = rng.integers(1, 50, 300).astype(np.float64), rng.integers(50, 900, 60)
    heard: list[tuple[float, float]] = []

    def told(objective: float, bound: float) -> None:
        heard.append((objective, bound))

    best = mclp_capacitated(covers, people, room, 8, effort=Effort(told=told))
    assert best.status is ProofStatus.OPTIMAL
    assert heard[-1] == (best.objective, best.bound)
    assert all(bound >= best.objective for _, bound in heard)
    cut = mclp_capacitated(covers, people, room, 8, effort=Effort(stop=lambda: True))
    assert cut.stopped
    assert cut.status is ProofStatus.GAP
    assert cut.objective <= best.objective <= cut.bound


def test_same_question_same_plan() -> None:
    """Two runs give the same sites and the same bound."""
    town = make_town(77)
    first = mclp_capacitated(town.covers, town.people, town.room, town.k)
    again = mclp_capacitated(sparse.csr_array(town.covers), town.people, town.room, town.k)
    assert (first.sites, first.bound, first.nodes) == (again.sites, again.bound, again.nodes)

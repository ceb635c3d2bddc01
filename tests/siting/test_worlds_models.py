# SPDX-License-Identifier: Apache-2.0
"""Siting over many worlds against every choice there is, its laws, and what it refuses."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import sparse

from goldenhour.base.errors import BadQuestionError, InputError, NoPlanError
from goldenhour.siting.engine.goals import Goal
from goldenhour.siting.models import (
    Choice,
    CVaR,
    Effort,
    Expected,
    Links,
    Regret,
    Sense,
    WorldSolution,
    chain,
    chain_worlds,
    mclp,
    mclp_backup,
    mclp_worlds,
)
from goldenhour.siting.plain.cover import as_cover
from goldenhour.siting.plain.result import ProofStatus
from goldenhour.siting.plain.worlds import tail_mean

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
GOALS: list[Goal] = [
    Expected(),
    CVaR(tail_share=0.3, weight=0.5),
    CVaR(tail_share=0.2, weight=1.0),
    CVaR(tail_share=1.0, weight=0.4),
    Regret(),
]


@dataclass(frozen=True, kw_only=True)
class Town:
    """A small made-up town in a few worlds."""

    covers: list[Bools]  # [home, site]
    linked: list[Bools]  # [site, hospital]
    people: list[Floats]
    chances: Floats
    backup_share: float
    k: Choice
    p: Choice
    same: NDArray[np.int32] | None

    def served(self, sites: tuple[int, ...], hospitals: tuple[int, ...] | None) -> Floats:
        """Count each world's people, home by home; without hospitals every site counts."""
        values = []
        for cover, linked, people in zip(self.covers, self.linked, self.people, strict=True):
            total = 0.0
            for home in range(len(people)):
                times = sum(
                    bool(cover[home, j])
                    and (hospitals is None or any(linked[j, h] for h in hospitals))
                    for j in sites
                )
                total += people[home] * (min(times, 1) + self.backup_share * (times > 1))
            values.append(total)
        return np.array(values)

    def choices(self, *, chained: bool) -> list[tuple[tuple[int, ...], tuple[int, ...] | None]]:
        """Every choice that keeps the rules."""
        sites = _subsets(self.k, self.covers[0].shape[1])
        if not chained:
            return [(one, None) for one in sites]
        return [
            (one, other)
            for one in sites
            for other in _subsets(self.p, self.linked[0].shape[1])
            if self.same is None or not {int(self.same[j]) for j in one} & set(other)
        ]

    def best(self, goal: Goal, *, chained: bool) -> float | None:
        """Weigh every choice; None if there is none."""
        values = [self.served(*choice) for choice in self.choices(chained=chained)]
        if not values:
            return None
        if isinstance(goal, Regret):
            most = np.max(values, axis=0)
            return float(min(np.max(most - value) for value in values))
        return max(weighed(goal, value, self.chances) for value in values)

    def solve(self, goal: Goal, *, chained: bool, effort: Effort | None = None) -> WorldSolution:
        """Ask the model."""
        if chained:
            return chain_worlds(
                self.covers,
                [Links(linked=linked, same=self.same) for linked in self.linked],
                self.people,
                sites=self.k,
                hospitals=self.p,
                goal=goal,
                chances=self.chances,
                backup_share=self.backup_share,
                effort=effort,
            )
        return mclp_worlds(
            self.covers,
            self.people,
            self.k,
            goal=goal,
            chances=self.chances,
            backup_share=self.backup_share,
            effort=effort,
        )


def weighed(goal: Goal, value: Floats, chances: Floats) -> float:
    """Weigh worlds by the textbook: CVaR as the best of all thresholds."""
    mean = float(chances @ value)
    if not isinstance(goal, CVaR):
        return mean
    tail = max(
        eta - float(chances @ np.maximum(0.0, eta - value)) / goal.tail_share for eta in value
    )
    return float((1 - goal.weight) * mean + goal.weight * tail)


def _subsets(choice: Choice, n: int) -> list[tuple[int, ...]]:
    """All subsets that honour what is forced and forbidden."""
    allowed = [row for row in range(n) if row not in choice.forbidden]
    return [rows for rows in combinations(allowed, choice.n) if set(choice.forced) <= set(rows)]


def make_town(seed: int) -> Town:
    """Draw a small town, worlds that close a part of it, and what is asked."""
    rng = np.random.Generator(np.random.PCG64(seed))
    n_homes, n_sites, n_hospitals = (int(rng.integers(*span)) for span in ((1, 25), (2, 8), (1, 5)))
    n_worlds = int(rng.integers(1, 6))
    cover = rng.random((n_homes, n_sites)) < rng.choice([0.2, 0.4, 0.7])
    linked = rng.random((n_sites, n_hospitals)) < rng.choice([0.3, 0.6, 1.0])
    left = rng.choice([0.0, 0.6, 0.9, 1.0])
    whole = bool(rng.random() < 0.5)
    people = rng.integers(0, 40, n_homes).astype(np.float64) if whole else rng.random(n_homes)
    k, p = int(rng.integers(1, n_sites + 1)), int(rng.integers(1, n_hospitals + 1))
    forced = (int(rng.integers(n_sites)),) if rng.random() < 0.3 else ()
    others = [j for j in range(n_sites) if j not in forced]
    forbidden = (others[0],) if others and k < n_sites and rng.random() < 0.3 else ()
    same = None
    if rng.random() < 0.3:
        same = np.full(n_sites, -1, dtype=np.int32)
        same[: min(n_sites, n_hospitals)] = np.arange(min(n_sites, n_hospitals))
    chances = rng.dirichlet(np.ones(n_worlds)) if rng.random() < 0.5 else np.full(n_worlds, 1.0)
    return Town(
        covers=[cover & (rng.random(cover.shape) < left) for _ in range(n_worlds)],
        linked=[linked & (rng.random(linked.shape) < left) for _ in range(n_worlds)],
        people=[people] * n_worlds,
        chances=chances / chances.sum(),
        backup_share=float(rng.choice([0.0, 0.0, 0.3, 1.0])),
        k=Choice(n=k, forced=forced, forbidden=forbidden),
        p=Choice(n=p),
        same=same,
    )


@pytest.mark.laws
@pytest.mark.parametrize("goal", GOALS, ids=str)
@pytest.mark.parametrize("chained", [False, True])
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_worlds_find_what_brute_force_finds(seed: int, goal: Goal, chained: bool) -> None:  # noqa: FBT001 - pytest passes by name
    """The choice is as good as the best of all, is proven so, and keeps every rule."""
    town = make_town(seed)
    best = town.best(goal, chained=chained)
    if best is None:
        with pytest.raises((NoPlanError, BadQuestionError)):
            town.solve(goal, chained=chained)
        return
    found = town.solve(goal, chained=chained)
    assert found.objective == pytest.approx(best, rel=1e-7, abs=1e-6)
    assert found.status is ProofStatus.OPTIMAL
    assert found.gap == 0
    hospitals = found.field_hospitals if chained else None
    assert (found.sites, hospitals) in town.choices(chained=chained)
    assert found.worlds.value == pytest.approx(town.served(found.sites, hospitals))


@pytest.mark.laws
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_one_world_is_the_plain_model(seed: int) -> None:
    """With one world every goal but regret is plain coverage, and regret is nothing."""
    town = make_town(seed)
    cover = as_cover(town.covers[0], len(town.people[0]))
    plain = mclp(cover, town.people[0], town.k)
    for goal in GOALS:
        found = mclp_worlds([cover], town.people[0], town.k, goal=goal)
        wanted = 0.0 if isinstance(goal, Regret) else plain.objective
        assert found.objective == pytest.approx(wanted, abs=1e-6)
    links = Links(linked=town.linked[0])
    chained = chain(cover, links, town.people[0], sites=town.k, hospitals=town.p)
    found = chain_worlds(
        [cover], links, town.people[0], sites=town.k, hospitals=town.p, goal=Expected()
    )
    assert found.objective == pytest.approx(chained.objective)


@pytest.mark.laws
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_order_of_worlds_changes_nothing(seed: int) -> None:
    """Worlds told in another order give the same objective and the same values, turned likewise."""
    town = make_town(seed)
    rng = np.random.Generator(np.random.PCG64(seed))
    order = rng.permutation(len(town.covers))
    turned = Town(
        covers=[town.covers[s] for s in order],
        linked=[town.linked[s] for s in order],
        people=town.people,
        chances=town.chances[order],
        backup_share=town.backup_share,
        k=town.k,
        p=town.p,
        same=None,
    )
    for goal in GOALS:
        one, other = (each.solve(goal, chained=False) for each in (town, turned))
        assert one.objective == pytest.approx(other.objective, rel=1e-7, abs=1e-6)


@pytest.mark.laws
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_worst_worlds_are_never_better_than_the_mean(seed: int) -> None:
    """CVaR lies between the worst world and the mean, and no regret is below nothing."""
    town = make_town(seed)
    found = town.solve(Expected(), chained=False)
    worlds = found.worlds
    assert worlds.expected == pytest.approx(found.objective)
    for share in (0.05, 0.5, 1.0):
        tail = worlds.cvar(share)
        possible = worlds.value[worlds.chances > 0]
        assert possible.min() - 1e-9 <= tail <= worlds.expected + 1e-9
    regretted = town.solve(Regret(), chained=False)
    assert regretted.sense is Sense.LEAST
    assert np.all(regretted.worlds.regret >= -1e-9)
    assert regretted.objective == pytest.approx(regretted.worlds.regret.max())


@pytest.mark.laws
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), nodes=st.integers(0, 2))
def test_search_cut_short_still_bounds_the_best(seed: int, nodes: int) -> None:
    """However little is looked at, the best choice lies between value and bound."""
    town = make_town(seed)
    for goal, chained in ((CVaR(), False), (CVaR(), True), (Regret(), False)):
        best = town.best(goal, chained=chained)
        if best is None:
            continue
        try:
            found = town.solve(goal, chained=chained, effort=Effort(nodes=nodes))
        except NoPlanError:
            continue
        low, high = sorted((found.objective, found.bound))
        assert low - 1e-6 <= best <= high + 1e-6


def test_backup_counts_people_covered_twice() -> None:
    """Two sites at one home are worth more than two homes only if the backup is worth it."""
    cover = np.array([[1, 1, 0], [0, 0, 1]])
    apart = mclp_backup(cover, [10.0, 4.0], 2, 0.3)
    together = mclp_backup(cover, [10.0, 4.0], 2, 0.5)
    assert apart.objective == pytest.approx(14.0)
    assert together.sites == (0, 1)
    assert together.objective == pytest.approx(15.0)
    assert together.worlds.people == pytest.approx([10.0])


def test_world_in_which_nobody_is_reached_counts_as_nothing() -> None:
    """A world without any way counts with nobody served, and its people are not left out."""
    nobody = np.zeros((2, 2))
    found = mclp_worlds([np.eye(2), nobody], [6.0, 8.0], 1, goal=Expected())
    assert found.worlds.value == pytest.approx([8.0, 0.0])
    assert found.objective == pytest.approx(4.0)
    for goal in GOALS:
        nowhere = mclp_worlds([nobody, nobody], [6.0, 8.0], 1, goal=goal)
        assert nowhere.objective == 0.0
        assert nowhere.status is ProofStatus.OPTIMAL
        assert nowhere.not_servable.tolist() == [0, 1]


def test_site_without_a_hospital_in_a_world_serves_nobody_there() -> None:
    """The chain is broken in the world whose link is gone, whatever is open."""
    links = [Links(linked=np.array([[True]])), Links(linked=np.array([[False]]))]
    found = chain_worlds(
        [np.ones((3, 1))] * 2, links, [1.0, 2.0, 3.0], sites=1, hospitals=1, goal=Expected()
    )
    assert found.worlds.value == pytest.approx([6.0, 0.0])


def test_worlds_come_as_an_iterator_sparse_with_people_of_their_own() -> None:
    """Worlds may be drawn one after another, and each may have other people."""
    covers = (sparse.csr_array(np.eye(2)[:, order]) for order in ([0, 1], [1, 0]))
    found = mclp_worlds(covers, [[5.0, 1.0], [1.0, 9.0]], 1, goal=Expected())
    assert found.sites == (0,)
    assert found.worlds.value == pytest.approx([5.0, 9.0])


def test_whole_tail_is_the_mean() -> None:
    """The mean of the worst 100 % is the mean; of a sliver it is the worst world."""
    value, chances = np.array([3.0, 1.0, 2.0]), np.array([0.5, 0.25, 0.25])
    assert tail_mean(value, chances, 1.0) == pytest.approx(2.25)
    assert tail_mean(value, chances, 0.1) == pytest.approx(1.0)
    assert tail_mean(value, chances, 0.5) == pytest.approx(1.5)


def test_stop_at_once_still_gives_an_honest_plan() -> None:
    """Who stops before anything is proven gets a whole choice with a bound that holds."""
    town = make_town(12)
    for goal in GOALS:
        found = town.solve(goal, chained=False, effort=Effort(stop=lambda: True))
        best = town.best(goal, chained=False)
        assert best is not None
        assert len(found.sites) == town.k.n
        low, high = sorted((found.objective, found.bound))
        assert low - 1e-6 <= best <= high + 1e-6
        assert found.stopped or found.status is ProofStatus.OPTIMAL


def test_told_values_rise_and_bounds_fall() -> None:
    """Whoever watches sees the gap close, never open, up to the end."""
    rng = np.random.Generator(np.random.PCG64(4))
    covers = [rng.random((120, 20)) < 0.1 for _ in range(4)]
    links = [Links(linked=rng.random((20, 6)) < 0.4) for _ in range(4)]
    people = rng.integers(1, 50, 120).astype(np.float64)
    seen: list[tuple[float, float]] = []
    effort = Effort(told=lambda value, bound: seen.append((value, bound)))
    found = chain_worlds(covers, links, people, sites=4, hospitals=2, goal=CVaR(), effort=effort)
    values, bounds = np.array(seen).T
    assert np.all(values[1:] >= values[:-1])
    assert np.all(bounds[1:] <= bounds[:-1])
    assert found.status is ProofStatus.OPTIMAL
    assert values[-1] == pytest.approx(found.objective)


def test_same_question_same_answer() -> None:
    """Two runs give the same sites, bound and score, to the byte."""
    town = make_town(77)
    one, two = (town.solve(CVaR(), chained=False) for _ in range(2))
    assert (one.sites, one.bound, one.nodes) == (two.sites, two.bound, two.nodes)
    assert np.array_equal(one.score, two.score)


EYE = np.eye(3)


BAD: dict[str, tuple[Callable[[], object], str]] = {
    "chances that sum to more": (
        lambda: mclp_worlds([EYE] * 2, [1.0] * 3, 1, goal=Expected(), chances=[0.5, 0.6]),
        "GH419",
    ),
    "negative chance": (
        lambda: mclp_worlds([EYE] * 2, [1.0] * 3, 1, goal=Expected(), chances=[1.5, -0.5]),
        "GH419",
    ),
    "chance not a number": (
        lambda: mclp_worlds([EYE], [1.0] * 3, 1, goal=Expected(), chances=[np.nan]),
        "GH419",
    ),
    "more chances than worlds": (
        lambda: mclp_worlds([EYE], [1.0] * 3, 1, goal=Expected(), chances=[0.5, 0.5]),
        "GH419",
    ),
    "no world": (lambda: mclp_worlds([], [1.0] * 3, 1, goal=Expected()), "GH420"),
    "sites differ": (
        lambda: mclp_worlds([EYE, EYE[:, :2]], [1.0] * 3, 1, goal=Expected()),
        "GH420",
    ),
    "people for fewer worlds": (
        lambda: mclp_worlds([EYE] * 2, [[1.0] * 3], 1, goal=Expected()),
        "GH420",
    ),
    "people not a number": (
        lambda: mclp_worlds([EYE], [1.0, np.nan, 1.0], 1, goal=Expected()),
        "GH121",
    ),
    "negative people": (lambda: mclp_worlds([EYE], [1.0, -1.0, 1.0], 1, goal=Expected()), "GH121"),
    "more people than demand": (lambda: mclp_worlds([EYE], [1.0] * 4, 1, goal=Expected()), "GH121"),
    "no tail": (lambda: mclp_worlds([EYE], [1.0] * 3, 1, goal=CVaR(tail_share=0.0)), "GH421"),
    "weight above one": (lambda: mclp_worlds([EYE], [1.0] * 3, 1, goal=CVaR(weight=1.5)), "GH421"),
    "backup above one": (lambda: mclp_backup(EYE, [1.0] * 3, 1, 2.0), "GH421"),
    "backup not a number": (lambda: mclp_backup(EYE, [1.0] * 3, 1, np.nan), "GH421"),
    "links for no world": (
        lambda: chain_worlds([EYE], [], [1.0] * 3, sites=1, hospitals=1, goal=Expected()),
        "GH420",
    ),
    "links that are no table": (
        lambda: chain_worlds(
            [EYE],
            Links(linked=np.ones(3, dtype=bool)),
            [1.0] * 3,
            sites=1,
            hospitals=1,
            goal=Expected(),
        ),
        "GH420",
    ),
    "link not a number": (
        lambda: chain_worlds(
            [EYE],
            Links(linked=np.full((3, 1), np.nan)),
            [1.0] * 3,
            sites=1,
            hospitals=1,
            goal=Expected(),
        ),
        "GH121",
    ),
    "shared structure beyond the hospitals": (
        lambda: chain_worlds(
            [EYE],
            Links(linked=np.ones((3, 1), bool), same=np.array([1, -1, -1])),
            [1.0] * 3,
            sites=1,
            hospitals=1,
            goal=Expected(),
        ),
        "GH420",
    ),
    "shared structures differ": (
        lambda: chain_worlds(
            [EYE] * 2,
            [Links(linked=np.ones((3, 2), bool), same=np.array([s, -1, -1])) for s in (0, 1)],
            [1.0] * 3,
            sites=1,
            hospitals=1,
            goal=Expected(),
        ),
        "GH420",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_input_is_named(what: str) -> None:
    """Chances, worlds, people, shares and links that cannot be counted on are refused by name."""
    ask, code = BAD[what]
    with pytest.raises(InputError) as refused:
        ask()
    assert refused.value.code == code


def test_more_sites_than_candidates_is_no_plan() -> None:
    """Four of three sites cannot be opened."""
    with pytest.raises(NoPlanError):
        mclp_worlds([EYE], [1.0] * 3, 4, goal=Expected())

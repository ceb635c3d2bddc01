# SPDX-License-Identifier: Apache-2.0
"""Where no plan exists: which demands conflict, what alone would do, and that both are true."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenhour.base import messages
from goldenhour.base.errors import NoPlanError
from goldenhour.base.grades import Tier, UnknownStreets, Verdict
from goldenhour.siting.asking.packing import can_stand_apart
from goldenhour.siting.asking.question import Question
from goldenhour.siting.propose import propose
from goldenhour.siting.refusing.relax import least_step, relaxations
from goldenhour.siting.refusing.switches import Ground, Kind, can_be_met, demands_of, dropping
from goldenhour.siting.screening.screen import candidates, screen
from tests.siting.cases import Case, case, visited

QUESTION = Question(n_tsp=2, n_field_hospitals=1, tsp_clock_s=150.0)


def refused(start: Case, question: Question) -> NoPlanError:
    """Ask what cannot be answered."""
    with pytest.raises(NoPlanError) as caught:
        propose(start.town, start.picture, start.screening, question)
    return caught.value


def ground_of(start: Case) -> Ground:
    """Hold demands against a town whose structures all join a street."""
    attached = np.ones(start.town.structures.n, dtype=np.bool_)
    return Ground(
        town=start.town,
        screening=start.screening,
        attached=attached,
        attached_if_passable=attached,
        existing=np.zeros(0, dtype=np.int64),
    )


def codes(entries: tuple[tuple[str, object], ...]) -> set[str]:
    """Codes without the room."""
    return {code.removeprefix("siting.") for code, _ in entries}


def test_too_many_sites_name_the_rules_that_stand_in_the_way() -> None:
    """One more than pass: the number, the rules in the way, and a field hospital needs its own."""
    start = case()
    n_passed = int(candidates(start.screening.of(Tier.TSP)).sum())
    error = refused(start, replace(QUESTION, n_tsp=n_passed + 1, n_field_hospitals=1))
    assert "demand-count-tsp" in codes(error.conflict)
    assert len(error.conflict) >= 2
    offered = (("n", str(n_passed - 1)), ("wanted", str(n_passed + 1)))
    assert ("siting.relax-count-tsp", offered) in error.relaxations
    assert "relax-rule" in codes(error.relaxations)


def test_more_sites_than_structures_conflict_with_nothing_but_the_town() -> None:
    """More sites than the town has structures cannot be, whatever the rules say."""
    error = refused(case(), replace(QUESTION, n_tsp=500))
    assert codes(error.conflict) == {"demand-count-tsp"}


def test_a_forced_structure_that_a_visit_refused() -> None:
    """The demand and the visit stand against each other; dropping the demand would do."""
    start = case()
    picture = visited(start.picture, 5, Verdict.UNFIT)
    broken = Case(start.town, picture, screen(start.town, picture))
    name = str(start.town.structures.id[5])
    error = refused(broken, replace(QUESTION, forced=(name,)))
    assert ("siting.demand-forced", (("id", name),)) in error.conflict
    assert ("siting.relax-forced", (("id", name),)) in error.relaxations
    assert "demand-count-tsp" not in codes(error.conflict)


def test_more_forced_than_wanted_may_ask_for_more_or_demand_fewer() -> None:
    """Three forced and two wanted: ask for three, or drop any of the three."""
    start = case()
    ready = np.flatnonzero(candidates(start.screening.of(Tier.TSP)))[:3]
    forced = tuple(f"tsp={start.town.structures.id[row]}" for row in ready)
    error = refused(start, replace(QUESTION, forced=forced))
    assert len(error.conflict) == 4
    assert ("siting.relax-count-tsp", (("n", "3"), ("wanted", "2"))) in error.relaxations
    assert len(error.relaxations) == 4


def test_streets_without_a_report_taken_as_closed() -> None:
    """Where no street is reported open, the assumption is the conflict and its own way out."""
    start = case()
    state = np.zeros(start.town.streets.n_edges, dtype=np.int8)
    streets = replace(start.picture.streets, state_stretcher=state, state_vehicle=state)
    picture = replace(start.picture, streets=streets)
    dark = Case(start.town, picture, screen(start.town, picture))
    error = refused(dark, replace(QUESTION, unknown_streets=UnknownStreets.CLOSED))
    assert codes(error.conflict) == {"demand-streets-closed"}
    assert codes(error.relaxations) == {"relax-streets-closed"}


def test_everything_said_has_words() -> None:
    """Conflicts and ways out can be read in both languages."""
    start = case()
    ready = [str(one) for one in start.town.structures.id[:12]]
    questions = (
        replace(QUESTION, n_tsp=60, n_field_hospitals=40),
        replace(QUESTION, forbidden=tuple(str(one) for one in start.town.structures.id)),
        replace(QUESTION, forced=tuple(ready)),
    )
    for question in questions:
        error = refused(start, question)
        assert error.conflict
        for code, values in (*error.conflict, *error.relaxations):
            for language in messages.LANGUAGES:
                assert "{" not in messages.say(code, language, **dict(values))


@pytest.mark.laws
@settings(max_examples=40, deadline=None)
@given(st.integers(0, 300), st.data())
def test_dropping_a_demand_never_makes_the_others_impossible(
    seed: int, data: st.DataObject
) -> None:
    """Fewer demands can be met wherever more of them can."""
    start = case(seed, n_structures=30)
    ids = [str(one) for one in start.town.structures.id]
    named = data.draw(st.lists(st.sampled_from(ids), max_size=5, unique=True))
    cut = data.draw(st.integers(0, len(named)))
    question = Question(
        n_tsp=data.draw(st.integers(1, 40)),
        n_field_hospitals=data.draw(st.integers(1, 12)),
        forced=tuple(named[:cut]),
        forbidden=tuple(named[cut:]),
        spacing_m=data.draw(st.sampled_from([0.0, 40.0, 300.0, 5000.0])),
        budget=data.draw(st.sampled_from([math.inf, 0.0, 1e9])),
    )
    ground = ground_of(start)
    demands = demands_of(ground, question)
    kept = frozenset(data.draw(st.sets(st.integers(0, len(demands) - 1))))
    fewer = frozenset(data.draw(st.sets(st.sampled_from(sorted(kept))))) if kept else kept
    if can_be_met(ground, dropping(question, demands, kept)):
        assert can_be_met(ground, dropping(question, demands, fewer)) is not False


@pytest.mark.laws
@settings(max_examples=30, deadline=None)
@given(st.integers(0, 300), st.integers(20, 60), st.sampled_from([0.0, 100.0, 400.0]))
def test_a_relaxed_count_is_the_smallest_that_would_do(
    seed: int, n_tsp: int, spacing_m: float
) -> None:
    """The number of sites that is offered can be met, and one more cannot."""
    start = case(seed, n_structures=30)
    ground = ground_of(start)
    question = replace(QUESTION, n_tsp=n_tsp, spacing_m=spacing_m)
    demands = demands_of(ground, question)
    every = frozenset(range(len(demands)))
    if can_be_met(ground, dropping(question, demands, every)) is not False:
        return
    for entry in relaxations(ground, question, tuple(every)):
        if demands[entry.demand].kind is not Kind.COUNT or demands[entry.demand].key != "tsp":
            continue
        offered = int(dict(entry.said.values)["n"])
        met = [
            can_be_met(ground, dropping(replace(question, n_tsp=n), demands, every))
            for n in (offered, offered + 1)
        ]
        assert met[0] is True
        assert met[1] is not True


@pytest.mark.laws
@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6), st.sampled_from([1.0, 2.5, 4.0]))
def test_points_stand_apart_as_by_brute_force(seed: int, n: int, apart_m: float) -> None:
    """Whether so many points stand so far from each other is what trying all of them says."""
    rng = np.random.Generator(np.random.PCG64(seed))
    points = rng.integers(0, 7, (9, 2)).astype(np.float64)
    away_m = np.linalg.norm(points[:, None] - points[None], axis=2)

    def most(free: list[int]) -> int:
        if not free:
            return 0
        rest = free[1:]
        with_it = 1 + most([at for at in rest if away_m[at, free[0]] >= apart_m])
        return max(with_it, most(rest))

    found = can_stand_apart(points, n, apart_m, first=np.zeros(0, dtype=np.int64))
    assert found is (most(list(range(9))) >= n)


def test_points_that_must_be_chosen_may_stand_too_near() -> None:
    """Two demanded points side by side cannot stand far apart."""
    points = np.array([[0.0, 0.0], [1.0, 0.0], [50.0, 0.0]])
    assert can_stand_apart(points, 2, 10.0, first=np.array([0, 1])) is False
    assert can_stand_apart(points, 2, 10.0, first=np.array([1])) is True


def test_bisection_finds_the_first_step_that_would_do() -> None:
    """The smallest change that would do; none if not even the largest does or is known to."""
    assert least_step(10, lambda step: step >= 7) == 7
    assert least_step(10, lambda step: step >= 1) == 1
    assert least_step(10, lambda _: False) is None
    assert least_step(10, lambda _: None) is None
    assert least_step(0, lambda _: True) is None

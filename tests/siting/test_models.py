# SPDX-License-Identifier: Apache-2.0
"""The covering models against every choice there is, and against HiGHS's own tree."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenhour.base.errors import BadQuestionError, InputError, NoPlanError
from goldenhour.siting.highs import LpStatus
from goldenhour.siting.models.chain import Links, chain
from goldenhour.siting.models.mclp import mclp
from goldenhour.siting.plain.choice import Choice
from goldenhour.siting.plain.cover import Cover
from goldenhour.siting.plain.effort import Effort
from goldenhour.siting.plain.result import ProofStatus, Solution
from tests.siting.oracle import Instance, best_cover, make_instance, streets_like, whole_model

TO_THE_END = Effort(gap_share=0.0, nodes=5000)


def solve(instance: Instance, effort: Effort = TO_THE_END) -> Solution:
    """Solve a chain problem."""
    return chain(
        instance.cover,
        instance.links,
        instance.people,
        sites=instance.sites,
        hospitals=instance.hospitals,
        effort=effort,
    )


@pytest.mark.laws
@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6), st.booleans(), st.booleans())
def test_chain_finds_what_brute_force_finds(seed: int, shared: bool, whole: bool) -> None:  # noqa: FBT001 - hypothesis passes by position
    """The chain serves as many people as the best of all choices, and says that this is proven."""
    instance = make_instance(seed, shared=shared, whole=whole)
    best = instance.best()
    if best < 0:
        with pytest.raises(NoPlanError):
            solve(instance)
        return
    found = solve(instance)
    assert found.objective == pytest.approx(best)
    assert found.bound >= best - 1e-9
    assert found.status is ProofStatus.OPTIMAL
    assert found.gap == 0
    assert instance.served(found.sites, found.field_hospitals) == pytest.approx(found.objective)
    assert (found.sites, found.field_hospitals) in instance.choices
    assert found.greedy_objective <= found.objective + 1e-9


@pytest.mark.laws
@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**6))
def test_mclp_finds_what_brute_force_finds(seed: int) -> None:
    """One tier alone covers as many people as the best of all choices."""
    instance = make_instance(seed)
    found = mclp(instance.cover, instance.people, instance.sites, effort=TO_THE_END)
    best = best_cover(instance.covers, instance.people, instance.sites.n)
    assert found.objective == best
    assert found.bound == best
    assert len(found.sites) == instance.sites.n


@pytest.mark.laws
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_forced_and_forbidden_are_honoured(seed: int) -> None:
    """A site that must be open is, one that must not be is not, and the rest is still best."""
    instance = make_instance(seed, shared=seed % 2 == 0)
    rng = np.random.Generator(np.random.PCG64(seed))
    order = rng.permutation(len(instance.covers)).tolist()
    hospital = int(rng.integers(instance.linked.shape[1]))
    instance = replace(
        instance,
        sites=Choice(n=instance.sites.n, forced=(order[0],), forbidden=(order[-1],)),
        hospitals=Choice(n=instance.hospitals.n, forced=(hospital,)),
    )
    if not instance.choices:
        with pytest.raises((NoPlanError, BadQuestionError)):
            solve(instance)
        return
    found = solve(instance)
    assert (found.sites, found.field_hospitals) in instance.choices
    assert found.objective == instance.best()


@pytest.mark.laws
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_a_candidate_more_never_lowers_coverage(seed: int) -> None:
    """Offering one more structure cannot serve fewer people."""
    instance = make_instance(seed)
    n = len(instance.covers)
    if n <= instance.sites.n:
        return
    fewer = replace(instance, covers=instance.covers[:-1], linked=instance.linked[:-1])
    assert solve(instance).objective >= solve(fewer).objective


@pytest.mark.laws
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_a_wider_clock_never_lowers_coverage(seed: int) -> None:
    """More homes within reach, or more links in time, cannot serve fewer people."""
    instance = make_instance(seed)
    rng = np.random.Generator(np.random.PCG64(seed))
    wider = replace(
        instance,
        covers=instance.covers | (rng.random(instance.covers.shape) < 0.2),
        linked=instance.linked | (rng.random(instance.linked.shape) < 0.2),
    )
    assert solve(wider).objective >= solve(instance).objective


@pytest.mark.laws
@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_work_cut_short_still_bounds(seed: int) -> None:
    """Stopped at once, the plan stands, and no choice beats its bound."""
    instance = make_instance(seed)
    found = solve(instance, Effort(gap_share=0.0, nodes=0, stop=lambda: True))
    assert found.objective <= instance.best() <= found.bound
    assert (found.sites, found.field_hospitals) in instance.choices


@pytest.mark.parametrize("seed", range(4))
def test_chain_agrees_with_the_whole_model(seed: int) -> None:
    """Merged homes and cutting planes give what the compact model gives in HiGHS's own tree."""
    instance = streets_like(seed, n_homes=300, n_sites=40, n_hospitals=12)
    found, oracle = solve(instance), whole_model(instance)
    assert oracle.status is LpStatus.OPTIMAL
    assert found.status is ProofStatus.OPTIMAL
    assert found.objective == pytest.approx(oracle.objective)


@pytest.mark.parametrize("seed", range(2))
def test_many_sites_are_priced_into_a_core(seed: int) -> None:
    """With more sites than the core takes, the bound still holds for all of them."""
    instance = streets_like(seed, n_homes=1500, n_sites=700, n_hospitals=8, radius=0.07)
    alone = mclp(instance.cover, instance.people, Choice(n=4), effort=TO_THE_END)
    assert alone.status is ProofStatus.OPTIMAL
    half = Cover.from_dense(instance.covers[:350])
    assert mclp(half, instance.people, Choice(n=4), effort=TO_THE_END).bound <= alone.bound


def test_too_many_sets_of_hospitals_are_searched_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where hospital sets are too many to go through, one tree over both tiers finds the same."""
    instance = streets_like(7, n_homes=120, n_sites=20, n_hospitals=8, radius=0.15)
    by_sets = solve(instance)
    monkeypatch.setattr("goldenhour.siting.engine.prove.MOST_SETS", 0)
    together = solve(instance)
    assert together.objective == by_sets.objective
    assert together.status is ProofStatus.OPTIMAL


def test_same_seed_same_answer() -> None:
    """Five runs, one answer."""
    instance = streets_like(3, n_homes=200, n_sites=30, n_hospitals=8)
    answers = {(s.sites, s.field_hospitals, s.bound) for s in (solve(instance) for _ in range(5))}
    assert len(answers) == 1


def test_nobody_to_cover_is_an_answer() -> None:
    """Without people any choice is as good as another, and that is proven."""
    found = mclp(Cover.from_dense(np.ones((3, 2), dtype=np.bool_)), np.zeros(2), Choice(n=2))
    assert found.objective == found.bound == 0
    assert len(found.sites) == 2
    assert found.gap == 0


@pytest.mark.parametrize("people", [[1.0, -1.0], [1.0, float("nan")], [1.0]])
def test_people_that_cannot_be_counted_are_refused(people: list[float]) -> None:
    """Negative people, unknown people and missing people end in an error with advice."""
    cover = Cover.from_dense(np.ones((2, 2), dtype=np.bool_))
    with pytest.raises(InputError):
        mclp(cover, np.array(people), Choice(n=1))


def test_more_sites_than_structures_is_refused() -> None:
    """Asking for more than there are names the conflict and the nearest question."""
    cover = Cover.from_dense(np.ones((2, 2), dtype=np.bool_))
    with pytest.raises(NoPlanError, match="3 sites wanted, but only 2") as caught:
        mclp(cover, np.ones(2), Choice(n=3))
    assert caught.value.do == "Ask for at most 2."


def test_links_of_the_wrong_shape_are_refused() -> None:
    """Links must have one row for each site."""
    cover = Cover.from_dense(np.ones((2, 2), dtype=np.bool_))
    links = Links(linked=np.ones((3, 1), dtype=np.bool_))
    with pytest.raises(InputError):
        chain(cover, links, np.ones(2), sites=Choice(n=1), hospitals=Choice(n=1))


def test_contradictory_wishes_are_refused() -> None:
    """The same row forced and forbidden is a contradiction, not a plan."""
    cover = Cover.from_dense(np.ones((2, 2), dtype=np.bool_))
    with pytest.raises(BadQuestionError):
        mclp(cover, np.ones(2), Choice(n=1, forced=(0,), forbidden=(0,)))

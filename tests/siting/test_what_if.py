# SPDX-License-Identifier: Apache-2.0
"""What would change a plan: every claim is held against planning anew with that very fact."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from goldenhour.base import messages
from goldenhour.base.grades import StreetState, Tier, Verdict
from goldenhour.picture.belief import Picture
from goldenhour.siting.asking.question import Question
from goldenhour.siting.explaining.prices import priced
from goldenhour.siting.explanation import Explanation, FactKind, Flip
from goldenhour.siting.plan import Plan
from goldenhour.siting.propose import propose
from goldenhour.siting.screening.screen import screen
from tests.siting.cases import Case, case, referral_hospital, visited
from tests.siting.oracle import make_instance

QUESTION = Question(n_tsp=2, n_field_hospitals=1, tsp_clock_s=120.0)
_ROUNDING = 0.6  # whole people are told


def plan_of(start: Case, question: Question = QUESTION, *, questioned: bool = True) -> Plan:
    """Propose on a case."""
    return propose(*start, question, questioned=questioned)


def why(plan: Plan) -> Explanation:
    """What would change a plan."""
    assert plan.explanation is not None
    return plan.explanation


def with_picture(start: Case, picture: Picture) -> Case:
    """Let something else be believed."""
    return Case(start.town, picture, screen(start.town, picture))


def once_it_holds(start: Case, flip: Flip) -> tuple[Case, Question]:
    """Write the fact into the picture or the question."""
    picture, question = start.picture, QUESTION
    if flip.kind is FactKind.SITE_UNFIT:
        question = replace(question, forbidden=(str(start.town.structures.id[flip.structure]),))
    elif flip.kind is FactKind.STRUCTURE_FIT:
        area_m2 = float(start.town.structures.area_m2[flip.structure])
        picture = visited(picture, flip.structure, Verdict.FIT, area_m2=area_m2)
    else:
        states = picture.streets.state_vehicle.copy()
        closes = flip.kind is FactKind.STREET_CLOSES
        states[list(flip.streets)] = StreetState.CLOSED if closes else StreetState.OPEN
        delay_s = picture.streets.delay_s.copy()
        delay_s[list(flip.streets)] = 0.0
        streets = replace(
            picture.streets, state_vehicle=states, state_stretcher=states, delay_s=delay_s
        )
        # Streets change travel times; verdicts on structures stay what they were.
        return start._replace(picture=replace(picture, streets=streets)), question
    return with_picture(start, picture), question


def troubled(seed: int) -> Case:
    """A town with refused structures, a closed street and a checkpoint."""
    start = case(seed, n_structures=60)
    picture, rng = start.picture, np.random.Generator(np.random.PCG64(seed))
    damage = picture.damage
    p_grade = damage.p_grade.copy()
    p_grade[rng.choice(60, 14, replace=False)] = [0, 0, 1, 0, 0]
    states = picture.streets.state_vehicle.copy()
    delay_s = picture.streets.delay_s.copy()
    shut, slow = rng.choice(start.town.streets.n_edges, 2, replace=False)
    states[shut], delay_s[slow] = StreetState.CLOSED, 240.0
    streets = replace(
        picture.streets, state_vehicle=states, state_stretcher=states, delay_s=delay_s
    )
    return with_picture(
        start, replace(picture, damage=replace(damage, p_grade=p_grade), streets=streets)
    )


@pytest.mark.laws
@settings(max_examples=7, deadline=None)
@example(277)  # an unfit site breaks up a joined field hospital: its parts may be points
@given(st.integers(0, 300))
def test_each_fact_does_what_planning_anew_with_it_does(seed: int) -> None:
    """The plan that is said to follow is there, none exceeds the bound, and exact means exact."""
    start = troubled(seed)
    plan = plan_of(start)
    for flip in why(plan).flips:
        anew = plan_of(*once_it_holds(start, flip), questioned=False)
        gained = anew.proof.objective - plan.proof.objective
        assert gained >= flip.people - 1e-6, flip
        assert gained <= flip.at_most + 1e-6, flip
        if flip.is_exact:
            assert gained == pytest.approx(flip.people, abs=_ROUNDING)
        if flip.changes and flip.kind is not FactKind.SITE_UNFIT:
            assert flip.people > flip.people_if_kept
            assert flip.added


@pytest.mark.laws
@settings(max_examples=5, deadline=None)
@given(st.integers(0, 300))
def test_facts_are_ranked_and_every_site_has_one(seed: int) -> None:
    """Those that matter to most come first; each site's loss is among the facts or is nothing."""
    plan = plan_of(troubled(seed))
    found = why(plan)
    weights = [flip.weight for flip in found.flips]
    assert weights == sorted(weights, reverse=True)
    assert all(weight >= 1 for weight in weights)
    assert found.n_examined >= len(found.flips)
    assert len(found.next_best) == len(plan.sites)
    for flip in found.flips:
        if flip.kind is FactKind.SITE_UNFIT:
            site = next(site for site in plan.sites if site.structure == flip.structure)
            assert flip.people_if_kept == -site.people_lost_if_removed
            assert site.structure_id not in flip.added


@pytest.mark.laws
@settings(max_examples=5, deadline=None)
@given(st.integers(0, 300))
def test_the_next_best_costs_what_it_says(seed: int) -> None:
    """Forcing the next best in and the site out serves at least as many as are told."""
    start = troubled(seed)
    plan = plan_of(start)
    for site, other in zip(plan.sites, why(plan).next_best, strict=True):
        if other.structure < 0:
            continue
        stays = [f"{one.tier.value}={one.structure_id}" for one in plan.sites if one is not site]
        forced = (*stays, f"{site.tier.value}={other.structure_id}")
        anew = plan_of(start, replace(QUESTION, forced=forced), questioned=False)
        expected = plan.proof.objective - other.people_fewer
        assert anew.proof.objective == pytest.approx(expected, abs=1e-6)


@pytest.mark.laws
@settings(max_examples=5, deadline=None)
@given(st.integers(0, 300))
def test_alternatives_differ_and_serve_what_they_say(seed: int) -> None:
    """Each is within the loss allowed, stands elsewhere, and its people are counted anew."""
    start = troubled(seed)
    plan = plan_of(start)
    seen = [{site.structure_id for site in plan.sites}]
    for other in why(plan).alternatives:
        forced = tuple(f"{site.tier.value}={site.structure_id}" for site in other.sites)
        anew = plan_of(start, replace(QUESTION, forced=forced), questioned=False)
        assert anew.proof.objective == pytest.approx(other.people, abs=1e-6)
        assert other.people >= 0.95 * plan.proof.objective - 1e-6
        assert other.people_fewer == plan.proof.objective - other.people
        assert other.n_elsewhere >= 2
        ids = {site.structure_id for site in other.sites}
        assert all(len(ids - one) >= 2 for one in seen)
        seen.append(ids)


@pytest.mark.laws
@settings(max_examples=40, deadline=None)
@given(st.integers(0, 3000))
def test_prices_bound_every_choice(seed: int) -> None:
    """Whatever the core, no choice and no choice with a given site serves more than is priced."""
    instance = make_instance(seed)
    n, people = instance.sites.n, instance.people
    core = np.arange(0, len(instance.covers), 2)
    found = priced(instance.cover, people, n, core)
    assert ((found.price >= 0) & (found.price <= people)).all()
    for sites in {sites for sites, _ in instance.choices}:
        served = float(people[instance.covers[list(sites)].any(axis=0)].sum())
        assert served <= found.bound
        assert (served <= found.at_most_with[list(sites)]).all()


def test_everything_is_said_in_both_languages() -> None:
    """Facts can be read in English and Arabic, with all their values."""
    start = troubled(4)
    for flip in why(plan_of(start)).flips:
        for language in messages.LANGUAGES:
            assert "{" not in messages.say(flip.said.code, language, **dict(flip.said.values))


def test_a_referral_hospital_that_may_work() -> None:
    """If nobody confirmed the only one, who would then be in time for surgery is counted."""
    start = case()
    unsure = referral_hospital(start.town, east_m=10, functioning=Verdict.UNKNOWN)
    start = start._replace(picture=replace(start.picture, care=(unsure,)))
    plan = plan_of(start)
    flip = next(one for one in why(plan).flips if one.kind is FactKind.REFERRAL_WORKS)
    works = replace(unsure, functioning=Verdict.FIT)
    anew = plan_of(start._replace(picture=replace(start.picture, care=(works,))), questioned=False)
    before, after = (one.coverage[-1].served for one in (plan, anew))
    assert flip.people == after - before > 0
    assert not flip.changes


def test_a_plan_that_was_cut_short_is_not_questioned() -> None:
    """Whoever stopped the search does not wait for more."""
    start = case()
    assert propose(*start, QUESTION, stop=lambda: True).explanation is None
    assert plan_of(start, questioned=False).explanation is None


def test_rules_leave_no_claim_unproven() -> None:
    """With a distance asked for, facts keep to it and no bound is claimed."""
    start = case()
    question = replace(QUESTION, spacing_m=150.0)
    plan = plan_of(start, question)
    structures = start.town.structures
    for flip in why(plan).flips:
        assert not flip.changes or flip.kind is FactKind.SITE_UNFIT
    for other in why(plan).alternatives:
        rows = [site.structure for site in other.sites if site.tier is Tier.TSP]
        away = np.hypot(*(np.diff(axis[rows]) for axis in (structures.x_m, structures.y_m)))
        assert (away >= 150).all()


def test_nobody_to_plan_for_gives_no_facts() -> None:
    """Without people nothing matters to anybody."""
    start = case()
    people = replace(start.picture.people, people=np.zeros(80), total_best=0.0)
    plan = plan_of(start._replace(picture=replace(start.picture, people=people)))
    assert why(plan).flips == ()
    assert why(plan).alternatives == ()

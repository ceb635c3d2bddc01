# SPDX-License-Identifier: Apache-2.0
"""Whole proposals on small towns: everybody counted, every site explained, every refusal named."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenhour.base import messages
from goldenhour.base.errors import BadQuestionError, NoPlanError, UnknownPlaceError
from goldenhour.base.grades import Tier, UnknownStreets, Verdict
from goldenhour.siting.asking.question import Question
from goldenhour.siting.choosing.options import link_limit_s, whole_parts
from goldenhour.siting.plain.result import ProofStatus
from goldenhour.siting.plan import Plan, SiteStanding
from goldenhour.siting.propose import propose
from goldenhour.siting.said import Said
from goldenhour.siting.screening.screen import candidates, screen
from goldenhour.times.carry import Evacuation
from tests.siting.cases import Case, case, referral_hospital, visited

QUESTION = Question(n_tsp=2, n_field_hospitals=1, tsp_clock_s=150.0)


def plan_of(start: Case, question: Question = QUESTION) -> Plan:
    """Propose on a case."""
    return propose(start.town, start.picture, start.screening, question)


def codes(said: tuple[Said, ...]) -> set[str]:
    """Codes of messages, without the room."""
    return {entry.code.removeprefix("siting.") for entry in said}


def all_said(plan: Plan) -> list[Said]:
    """Everything a plan says."""
    return [
        *plan.unknowns,
        *plan.notes,
        *(said for site in plan.sites for said in (*site.reasons, *site.unknowns)),
        *(said for visit in plan.visits for said in visit.settles),
    ]


@pytest.mark.laws
@settings(max_examples=12, deadline=None)
@given(st.integers(0, 1000), st.sampled_from([60.0, 200.0, 600.0]))
def test_everybody_is_served_or_listed(seed: int, clock_s: float) -> None:
    """At every tier served and not served make up all people, reason by reason, to the last."""
    start = case(seed)
    plan = plan_of(start, replace(QUESTION, tsp_clock_s=clock_s))
    total = float(plan.home_people.sum())
    assert total == pytest.approx(start.picture.people.total_best, abs=0.02)
    for entry in plan.coverage:
        assert entry.served + entry.not_served == entry.people == total
        assert sum(people for _, people in entry.not_served_because) == entry.not_served
        assert all(people > 0 for _, people in entry.not_served_because)
    tsp, hospital, referral = (entry.served for entry in plan.coverage)
    assert tsp >= hospital >= referral
    assert plan.proof.objective == hospital == float(plan.home_people[plan.home_served].sum())
    assert tsp == float(plan.home_people[plan.home_site >= 0].sum())


@pytest.mark.parametrize("seed", range(3))
def test_the_plan_is_the_best_of_all(seed: int) -> None:
    """On a town small enough to try everything, no choice serves more people."""
    start = case(seed, n_structures=40)
    town, picture, screening = start
    clock_s = 120.0
    plan = plan_of(start, replace(QUESTION, tsp_clock_s=clock_s))
    evacuation = Evacuation.of(town, picture, unknown_streets=UnknownStreets.PASSABLE)
    ready = {
        tier: np.flatnonzero(candidates(screening.of(tier)) & evacuation.is_attached)
        for tier in (Tier.TSP, Tier.FIELD_HOSPITAL)
    }
    rows = ready[Tier.TSP]
    everyone = np.arange(town.structures.n)
    reach = evacuation.carry_times(rows, everyone, clock_s)
    link_s = evacuation.transfer_times(origins=rows, destinations=ready[Tier.FIELD_HOSPITAL])
    limit_s = link_limit_s(plan.question)
    people, best = whole_parts(picture.people.people), 0.0
    covers = np.zeros((len(rows), town.structures.n), dtype=np.bool_)
    for j in range(len(rows)):
        covers[j, reach.home[reach.start[j] : reach.start[j + 1]]] = True
    for k, hospital in enumerate(ready[Tier.FIELD_HOSPITAL]):
        usable = (link_s[:, k] <= limit_s) & (rows != hospital)
        for a, b in combinations(np.flatnonzero(usable), 2):
            best = max(best, float(people[covers[a] | covers[b]].sum()))
    assert plan.proof.objective == best
    assert plan.proof.status is ProofStatus.OPTIMAL
    assert plan.proof.n_considered == len(rows) == plan.proof.n_candidates


def test_same_question_same_plan() -> None:
    """Five runs give the same plan, to the last byte of its arrays."""
    plans = [plan_of(case()) for _ in range(5)]
    assert (
        len({(plan.id, plan.sites, plan.coverage, plan.proof, plan.visits) for plan in plans}) == 1
    )
    assert len({plan.home_tsp_s.tobytes() + plan.home_site.tobytes() for plan in plans}) == 1


def test_another_moment_or_question_is_another_plan() -> None:
    """The plan's name changes with anything that it rests on."""
    start = case()
    first = plan_of(start)
    assert plan_of(start, replace(QUESTION, seed=2)).id != first.id
    other = start.picture.as_of.replace(year=2018)
    moved = start._replace(picture=replace(start.picture, as_of=other))
    assert plan_of(moved).id != first.id


def test_every_site_says_why_and_what_is_not_known() -> None:
    """Unvisited sites are provisional, explained, and list what nobody knows about them."""
    plan = plan_of(case())
    assert plan.is_provisional
    assert [site.tier for site in plan.sites] == [Tier.TSP, Tier.TSP, Tier.FIELD_HOSPITAL]
    assert len({site.structure for site in plan.sites}) == 3
    for site in plan.sites:
        assert site.standing is SiteStanding.PROVISIONAL
        assert "people-lost" in codes(site.reasons)
        assert {"visit-unknown", "damage-unknown", "water-unknown"} <= codes(site.unknowns)


def test_everything_said_has_words_in_both_languages() -> None:
    """Each message of a plan can be read in English and Arabic with its values."""
    start = case()
    care = (referral_hospital(start.town, east_m=130_000),)
    plan = plan_of(start._replace(picture=replace(start.picture, care=care)))
    for said in all_said(plan):
        for language in messages.LANGUAGES:
            assert "{" not in messages.say(said.code, language, **dict(said.values))
    for entry in plan.coverage:
        for code, _ in entry.not_served_because:
            assert messages.say(f"siting.{code}", "ar")


def test_people_lost_is_what_closing_a_site_costs() -> None:
    """What a plan says it would lose without a site is what a recount finds."""
    plan = plan_of(case())
    hospital = next(site for site in plan.sites if site.tier is Tier.FIELD_HOSPITAL)
    assert hospital.people_lost_if_removed == plan.proof.objective
    for at, site in enumerate(plan.sites[:2]):
        nearest = float(plan.home_people[plan.home_site == at].sum())
        assert 0 <= site.people_lost_if_removed <= nearest == site.people_served


def test_a_fit_visit_confirms_a_site() -> None:
    """Once a team found every chosen structure fit, the plan is no longer provisional."""
    start = case()
    picture = start.picture
    for site in plan_of(start).sites:
        area_m2 = float(start.town.structures.area_m2[site.structure])
        picture = visited(picture, site.structure, Verdict.FIT, area_m2=area_m2)
    plan = plan_of(Case(start.town, picture, screen(start.town, picture)))
    assert not plan.is_provisional
    assert plan.visits == ()
    assert all("explosive-hazard-unknown" in codes(site.unknowns) for site in plan.sites)


def test_an_unfit_visit_moves_the_site() -> None:
    """A site found unfit is replaced, and coverage does not rise."""
    start = case()
    before = plan_of(start)
    picture = visited(start.picture, before.sites[0].structure, Verdict.UNFIT)
    after = plan_of(Case(start.town, picture, screen(start.town, picture)))
    assert before.sites[0].structure not in {site.structure for site in after.sites}
    assert after.proof.objective <= before.proof.objective


def test_visits_begin_with_what_matters_most() -> None:
    """Chosen sites come first, by people who depend on them; then what could stand in."""
    plan = plan_of(case())
    chosen = {(site.structure, site.tier): site.people_lost_if_removed for site in plan.sites}
    lost = [chosen[visit.structure, visit.tier] for visit in plan.visits[: len(plan.sites)]]
    assert lost == sorted(lost, reverse=True)
    later = [(visit.structure, visit.tier) for visit in plan.visits[len(plan.sites) :]]
    assert later
    assert not set(later) & set(chosen)


def test_forced_and_forbidden_structures() -> None:
    """A demanded structure is a site of its tier; a forbidden one is none."""
    start = case()
    free = plan_of(start)
    ids = start.town.structures.id
    used = {site.structure for site in free.sites}
    ready = np.flatnonzero(candidates(start.screening.of(Tier.TSP)))
    other = str(ids[next(row for row in ready if row not in used)])
    question = replace(QUESTION, forced=(f"tsp={other}",), forbidden=(free.sites[0].structure_id,))
    plan = plan_of(start, question)
    assert other in {site.structure_id for site in plan.sites if site.tier is Tier.TSP}
    assert free.sites[0].structure_id not in {site.structure_id for site in plan.sites}
    forced = next(site for site in plan.sites if site.structure_id == other)
    assert "forced-site" in codes(forced.reasons)


def test_a_forced_structure_that_is_refused_names_the_rule() -> None:
    """Demanding a destroyed structure is a conflict that is named."""
    start = case()
    picture = visited(start.picture, 5, Verdict.UNFIT)
    broken = Case(start.town, picture, screen(start.town, picture))
    with pytest.raises(NoPlanError, match="visit, damage"):
        plan_of(broken, replace(QUESTION, forced=(str(start.town.structures.id[5]),)))


def test_a_demand_for_what_is_not_there() -> None:
    """A structure that the town does not have is said to be unknown."""
    with pytest.raises(UnknownPlaceError):
        plan_of(case(), replace(QUESTION, forbidden=("nowhere",)))


def test_more_sites_than_pass_names_the_nearest_question() -> None:
    """Too many sites: how many were wanted, how many pass, which rules refused, what to ask."""
    start = case()
    passed = candidates(start.screening.of(Tier.TSP)).sum()
    with pytest.raises(
        NoPlanError, match=f"70 stabilisation points wanted, {passed} structures"
    ) as caught:
        plan_of(start, replace(QUESTION, n_tsp=70))
    assert caught.value.do == f"Ask for {passed} stabilisation points."
    assert "use" in caught.value.what


def test_no_structure_passes_lists_what_each_rule_refused() -> None:
    """Where everything is refused, the error counts refusals rule by rule."""
    start = case()
    verdict = start.screening.of(Tier.FIELD_HOSPITAL).verdict.copy()
    verdict[:, 1] = Verdict.UNFIT
    tiers = tuple(
        replace(tier, verdict=verdict) if tier.tier is Tier.FIELD_HOSPITAL else tier
        for tier in start.screening.tiers
    )
    with pytest.raises(NoPlanError, match="damage 80") as caught:
        plan_of(start._replace(screening=replace(start.screening, tiers=tiers)))
    assert caught.value.code == "GH403"


def test_clocks_that_leave_no_time_for_the_drive() -> None:
    """A field-hospital clock that the first clock fills is refused with the sum."""
    with pytest.raises(BadQuestionError, match="leave no time"):
        plan_of(case(), replace(QUESTION, tsp_clock_s=3000, field_hospital_clock_s=3600))


def test_unknown_streets_closed_serves_nobody_it_should_not() -> None:
    """Taken as closed, streets without a report carry nobody; the plan says so or refuses."""
    start = case()
    state = np.zeros(start.town.streets.n_edges, dtype=np.int8)
    streets = replace(start.picture.streets, state_stretcher=state, state_vehicle=state)
    picture = replace(start.picture, streets=streets)
    dark = Case(start.town, picture, screen(start.town, picture))
    with pytest.raises(NoPlanError, match="no open street near 80"):
        plan_of(dark, replace(QUESTION, unknown_streets=UnknownStreets.CLOSED))
    plan = plan_of(dark)
    assert "streets-unknown-passable" in codes(plan.unknowns)


def test_a_far_referral_hospital_makes_surgery_local() -> None:
    """Beyond the two-hour clock along the chain, the plan says that surgery has to be local."""
    start = case()
    care = (referral_hospital(start.town, east_m=130_000),)
    plan = plan_of(start._replace(picture=replace(start.picture, care=care)))
    assert {"referral-beyond-clock", "surgery-at-field-hospital"} <= codes(plan.notes)
    assert plan.coverage[2].served == 0
    assert "referral-too-far" in dict(plan.coverage[2].not_served_because)


def test_a_near_referral_hospital_is_counted_only_if_it_works() -> None:
    """A working one within the clock serves; one that nobody vouches for stays unknown."""
    start = case()
    for functioning, served in ((Verdict.FIT, True), (Verdict.UNKNOWN, False)):
        care = (referral_hospital(start.town, east_m=20, functioning=functioning),)
        plan = plan_of(start._replace(picture=replace(start.picture, care=care)))
        assert "referral-within-clock" in codes(plan.notes)
        assert (plan.coverage[2].served == plan.coverage[1].served) is served
        assert ("referral-unconfirmed" in codes(plan.notes)) is not served


def test_no_referral_hospital_known_is_said() -> None:
    """Nobody is counted at a referral hospital that nobody knows of, and the plan says why."""
    plan = plan_of(case())
    assert "referral-none-known" in codes(plan.notes)
    assert "referral-unknown" in dict(plan.coverage[2].not_served_because)


def test_a_town_without_people_still_has_a_plan() -> None:
    """With nobody known, sites follow from screening alone and the plan says so."""
    start = case()
    people = replace(start.picture.people, people=np.zeros(80), total_best=0.0)
    plan = plan_of(start._replace(picture=replace(start.picture, people=people)))
    assert "no-people" in codes(plan.notes)
    assert plan.proof.gap_share == 0
    assert len(plan.sites) == 3


def test_stopping_early_gives_a_plan_with_its_gap() -> None:
    """Asked to stop, the search hands over what it has with a bound that holds."""
    start = case()
    whole = plan_of(start)
    plan = propose(*start, QUESTION, stop=lambda: True)
    assert plan.proof.objective <= whole.proof.objective <= plan.proof.bound


@pytest.mark.laws
@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 1e5, allow_nan=False), max_size=50))
def test_people_in_whole_parts_lose_nobody(people: list[float]) -> None:
    """Rounded to 64ths, the total moves by at most one part, and nobody becomes negative."""
    rounded = whole_parts(np.array(people))
    assert np.all(rounded >= 0)
    assert abs(float(rounded.sum()) - float(np.sum(people))) <= 1 / 64
    assert np.array_equal(rounded * 64, np.rint(rounded * 64))

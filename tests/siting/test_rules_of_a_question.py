# SPDX-License-Identifier: Apache-2.0
"""Whole proposals under rules: distances, budget, backup, fairness, room, care that is there."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from goldenhour.base import messages
from goldenhour.base.errors import BadQuestionError, NoPlanError
from goldenhour.base.grades import Tier, Verdict
from goldenhour.picture.belief import CarePoint, ReportIndex
from goldenhour.siting.asking.question import (
    Aim,
    Capacities,
    Casualties,
    Costs,
    Question,
    SurgeryAt,
)
from goldenhour.siting.choosing.options import link_limit_s, whole_parts
from goldenhour.siting.plain.result import ProofStatus
from goldenhour.siting.plan import Ended, Plan, Resource, SiteStanding
from goldenhour.siting.propose import propose
from goldenhour.siting.screening.screen import candidates
from goldenhour.times.carry import Evacuation
from tests.siting.cases import Case, case, referral_hospital
from tests.siting.test_propose import QUESTION, all_said

FIT = Verdict.FIT


def plan_of(start: Case, question: Question) -> Plan:
    """Propose on a case, without asking what would change it."""
    plan = propose(*start, question, questioned=False)
    total = float(plan.home_people.sum())
    for entry in plan.coverage:
        assert entry.served + entry.not_served == entry.people == total
        assert sum(people for _, people in entry.not_served_because) == entry.not_served
    for said in all_said(plan):
        for language in messages.LANGUAGES:
            assert "{" not in messages.say(said.code, language, **dict(said.values))
    return plan


def codes(plan: Plan) -> set[str]:
    """Codes of what the plan notes."""
    return {said.code for said in plan.notes}


def rows(plan: Plan, tier: Tier) -> list[int]:
    """Structures of one tier."""
    return [site.structure for site in plan.sites if site.tier is tier]


def care(start: Case, row: int, tier: Tier, functioning: Verdict = FIT) -> CarePoint:
    """Put care beside a structure."""
    return CarePoint(
        facility=f"Care {row}",
        tier=tier,
        functioning=functioning,
        x_m=float(start.town.structures.x_m[row]) + 1.0,
        y_m=float(start.town.structures.y_m[row]),
        report=ReportIndex(0),
    )


def with_care(start: Case, *points: CarePoint) -> Case:
    """Let care be known."""
    return start._replace(picture=replace(start.picture, care=points))


def test_points_keep_their_distance_and_the_loss_is_proven() -> None:
    """Asked to lie apart, points do; fewer people may be served, and that is the best there is."""
    start = case()
    free = plan_of(start, QUESTION)
    spacing_m = 60.0 + float(np.hypot(*_apart(start, free)))
    plan = plan_of(start, replace(QUESTION, spacing_m=spacing_m))
    assert float(np.hypot(*_apart(start, plan))) >= spacing_m
    assert plan.proof.objective <= free.proof.objective
    assert plan.proof.status is ProofStatus.OPTIMAL
    assert {"demand.spacing-kept", "demand.proof-under-rules"} <= codes(plan)
    assert "demand.proof-under-rules" not in codes(free)


def _apart(start: Case, plan: Plan) -> tuple[float, float]:
    """Metres east and north between the two points."""
    a, b = rows(plan, Tier.TSP)
    structures = start.town.structures
    return (
        float(structures.x_m[a] - structures.x_m[b]),
        float(structures.y_m[a] - structures.y_m[b]),
    )


def test_a_distance_that_the_town_does_not_have_is_no_plan() -> None:
    """Points that cannot lie so far apart are refused by name, not crowded together."""
    with pytest.raises(NoPlanError) as caught:
        plan_of(case(), replace(QUESTION, spacing_m=1e6))
    assert caught.value.code == "GH431"


def test_two_forced_points_too_near_are_named() -> None:
    """The two ids that contradict the distance are in the message."""
    start = case()
    ready = np.flatnonzero(candidates(start.screening.of(Tier.TSP)))[:2]
    ids = [str(start.town.structures.id[row]) for row in ready]
    forced = tuple(f"tsp={key}" for key in ids)
    with pytest.raises(NoPlanError) as caught:
        plan_of(start, replace(QUESTION, spacing_m=1e6, forced=forced))
    assert caught.value.code == "GH431"
    assert all(f"'{key}'" in caught.value.what for key in ids)


def test_a_budget_pays_for_fewer() -> None:
    """With money for two points out of three, two are opened, and the plan says what they cost."""
    start, costs = case(), Costs(tsp=10.0, field_hospital=100.0)
    asked = replace(QUESTION, n_tsp=3, costs=costs, budget=125.0)
    plan = plan_of(start, asked)
    assert (len(rows(plan, Tier.TSP)), len(rows(plan, Tier.FIELD_HOSPITAL))) == (2, 1)
    assert plan.proof.objective == plan_of(start, QUESTION).proof.objective
    said = {entry.code: dict(entry.values) for entry in plan.notes}
    assert said["demand.budget-kept"] == {"cost": "120", "budget": "125"}


def test_a_dear_structure_is_passed_by() -> None:
    """Where the best structure costs too much, another is taken."""
    start = case()
    best = plan_of(start, QUESTION).sites[0].structure_id
    costs = Costs(tsp=10.0, field_hospital=100.0, structure={best: 1000.0})
    plan = plan_of(start, replace(QUESTION, costs=costs, budget=500.0))
    assert best not in {site.structure_id for site in plan.sites}
    assert plan.proof.status is ProofStatus.OPTIMAL


def test_a_budget_for_nothing_and_a_cost_of_nothing_there() -> None:
    """What is forced beyond the budget is named, and so is a cost of a structure nobody knows."""
    start = case()
    key = plan_of(start, QUESTION).sites[0].structure_id
    dear = replace(QUESTION, forced=(f"tsp={key}",), budget=1.0)
    with pytest.raises(NoPlanError, match="costs 100,000") as caught:
        plan_of(start, dear)
    assert caught.value.code == "GH431"
    with pytest.raises(BadQuestionError, match="nowhere"):
        plan_of(start, replace(QUESTION, costs=Costs(structure={"nowhere": 1.0})))


def test_backup_counts_people_twice_covered_in_part() -> None:
    """The proof is over people and the backup's share; never fewer have one than without asking."""
    start = case()
    free = plan_of(start, QUESTION)
    plan = plan_of(start, replace(QUESTION, backup_share=1.0))
    served = plan.coverage[1].served
    assert served <= free.coverage[1].served
    assert plan.proof.objective >= free.proof.objective
    assert plan.proof.objective > served
    assert "demand.backup-counted" in codes(plan)


def test_the_worst_served_zone_comes_first() -> None:
    """Asked to leave nobody behind, the worst part of the town is served at least as well."""
    start = case(5)
    question = replace(QUESTION, tsp_clock_s=120.0, zones=2)
    fair = plan_of(start, replace(question, aim=Aim.WORST_ZONE))
    free = plan_of(start, question)
    said = {entry.code: dict(entry.values) for entry in fair.notes}
    percent = float(said["demand.worst-zone"]["percent"])
    assert float(said["demand.worst-zone"]["most"]) == percent
    assert fair.coverage[1].served <= free.coverage[1].served
    assert fair.proof.status is ProofStatus.OPTIMAL


def test_existing_care_counts_beside_what_is_asked_for() -> None:
    """A working point and hospital are sites of the plan that nobody needs to visit."""
    start = case()
    free = plan_of(start, QUESTION)
    ready = np.flatnonzero(candidates(start.screening.of(Tier.TSP)))
    row = int(next(r for r in ready if r not in {site.structure for site in free.sites}))
    plan = plan_of(with_care(start, care(start, row, Tier.TSP)), QUESTION)
    assert len(rows(plan, Tier.TSP)) == QUESTION.n_tsp + 1
    site = next(site for site in plan.sites if site.structure == row)
    assert site.standing is SiteStanding.EXISTING
    assert row not in {visit.structure for visit in plan.visits}
    assert plan.proof.objective >= free.proof.objective
    assert "demand.existing-counted" in codes(plan)
    unknown = [load for load in plan.load if np.isnan(load.capacity)]
    assert {plan.sites[load.site].structure for load in unknown} == {row}


def test_care_that_nobody_vouches_for_does_not_count() -> None:
    """Unknown, far from any structure, not wanted, or forbidden: no site, and all but it said."""
    start = case()
    far = replace(care(start, 3, Tier.TSP), x_m=1e7)
    unknown = care(start, 3, Tier.TSP, Verdict.UNKNOWN)
    broken = care(start, 3, Tier.TSP, Verdict.UNFIT)
    known = with_care(start, far, unknown, broken)
    plan = plan_of(known, QUESTION)
    assert len(plan.sites) == QUESTION.n_tsp + QUESTION.n_field_hospitals
    assert {"demand.existing-not-on-structure", "demand.existing-unknown"} <= codes(plan)
    working = with_care(start, care(start, 3, Tier.TSP))
    key = str(start.town.structures.id[3])
    for question in (
        replace(QUESTION, use_existing=False),
        replace(QUESTION, forbidden=(f"tsp={key}",)),
    ):
        assert 3 not in rows(plan_of(working, question), Tier.TSP)


def test_forbidden_for_one_tier_only() -> None:
    """A structure barred as a hospital may still be a point."""
    start = case()
    hospital = next(s for s in plan_of(start, QUESTION).sites if s.tier is Tier.FIELD_HOSPITAL)
    question = replace(
        QUESTION,
        forbidden=(f"field_hospital={hospital.structure_id}",),
        forced=(f"tsp={hospital.structure_id}",),
    )
    plan = plan_of(start, question)
    assert hospital.structure in rows(plan, Tier.TSP)
    assert hospital.structure not in rows(plan, Tier.FIELD_HOSPITAL)


def test_surgery_at_referral_needs_one_that_works_in_time() -> None:
    """Where field hospitals do not operate, nobody is served until a referral hospital is known."""
    start, question = case(), replace(QUESTION, surgery_at=SurgeryAt.REFERRAL)
    assert plan_of(start, question).proof.objective == 0
    near = with_care(start, referral_hospital(start.town, east_m=20))
    plan = plan_of(near, question)
    assert plan.proof.objective == plan_of(start, QUESTION).proof.objective
    assert plan.coverage[2].served == plan.proof.objective
    assert Resource.OPERATIONS not in {load.resource for load in plan.load}


MANY = Casualties(injured_share=1.0, over_days=20.0)


def test_care_that_runs_over_is_said() -> None:
    """With every twentieth hurt each day a point for one runs over, on mean days too."""
    start = case()
    plan = plan_of(
        start, replace(QUESTION, casualties=MANY, capacities=Capacities(tsp_patients_per_day=1))
    )
    over = [load for load in plan.load if load.over_mean > 0]
    assert over
    assert "demand.tsp-patients-short-mean" in codes(plan)
    assert all(load.over_busy > load.over_mean for load in over)
    patients = [
        load.mean
        for load in plan.load
        if load.tier is Tier.TSP and load.resource is Resource.PATIENTS
    ]
    assert sum(patients) == pytest.approx(plan.coverage[0].served / 20)


def test_few_casualties_do_not_run_over() -> None:
    """On a quiet front care is enough, and the plan says that too."""
    assert "demand.care-is-enough" in codes(plan_of(case(), QUESTION))


def test_limits_leave_people_out_by_name() -> None:
    """Where capacities limit, those beyond them are counted as not served, and why."""
    start = case()
    capacities = Capacities(tsp_patients_per_day=5, operations_per_day=1000, beds=10000)
    question = replace(QUESTION, casualties=MANY, capacities=capacities, capacity_limits=True)
    plan = plan_of(start, question)
    room = 5 / (1 / 20 * MANY.peak_factor)
    assert plan.coverage[1].served == pytest.approx(2 * room, abs=0.1)
    assert plan.proof.objective == plan.coverage[1].served
    assert "over-capacity" in dict(plan.coverage[1].not_served_because)
    assert "demand.capacity-kept" in codes(plan)


def test_limits_stand_beside_distances_and_a_budget() -> None:
    """Capacities, a distance and a budget in one question: each is kept, and the plan says so."""
    start = case()
    capacities = Capacities(tsp_patients_per_day=5, operations_per_day=1000, beds=10000)
    asked = replace(QUESTION, casualties=MANY, capacities=capacities, capacity_limits=True)
    costs = Costs(tsp=1.0, field_hospital=1.0)
    plan = plan_of(start, replace(asked, spacing_m=60.0, budget=3.0, costs=costs))
    tsp = rows(plan, Tier.TSP)
    x_m, y_m = start.town.structures.x_m, start.town.structures.y_m
    assert all(np.hypot(x_m[a] - x_m[b], y_m[a] - y_m[b]) >= 60.0 for a, b in combinations(tsp, 2))
    assert {"demand.spacing-kept", "demand.budget-kept", "demand.capacity-kept"} <= codes(plan)
    assert plan.proof.objective <= plan_of(start, asked).proof.objective
    poor = plan_of(start, replace(asked, budget=2.0, costs=costs))
    assert len(rows(poor, Tier.TSP)) == 1
    assert poor.proof.objective < plan.proof.objective


def test_enough_room_changes_nothing() -> None:
    """With capacities that nobody reaches as many are served as without a limit."""
    start = case()
    limited = plan_of(start, replace(QUESTION, capacity_limits=True))
    assert limited.proof.objective == plan_of(start, QUESTION).proof.objective


def test_equal_plans_are_settled_for_the_shortest_way() -> None:
    """No exchange of one point serves as many people in less time along the chain."""
    start = case(2, n_structures=40)
    plan = plan_of(start, replace(QUESTION, tsp_clock_s=400.0))
    best_s = _carried(start, plan, rows(plan, Tier.TSP))
    ready = np.flatnonzero(candidates(start.screening.of(Tier.TSP)))
    hospital = rows(plan, Tier.FIELD_HOSPITAL)
    for stays in rows(plan, Tier.TSP):
        for other in ready:
            if other != stays and other not in hospital:
                found = _carried(start, plan, [stays, int(other)])
                assert found[0] < best_s[0] or found[1] >= best_s[1] - 1e-6


def _carried(start: Case, plan: Plan, tsp: list[int]) -> tuple[float, float]:
    """People served by some points with the plan's hospital, and their seconds along the chain."""
    evacuation = Evacuation.of(
        start.town, start.picture, unknown_streets=plan.question.unknown_streets
    )
    points, everyone = np.array(tsp), np.arange(start.town.structures.n)
    reach = evacuation.carry_times(points, everyone, plan.question.tsp_clock_s)
    drive_s = evacuation.transfer_times(
        origins=points,
        destinations=np.array(rows(plan, Tier.FIELD_HOSPITAL)),
        limit_s=link_limit_s(plan.question),
    ).min(axis=1)
    soonest = np.full(len(everyone), np.inf)
    for j in range(len(points)):
        part = slice(reach.start[j], reach.start[j + 1])
        home = reach.home[part]
        soonest[home] = np.minimum(soonest[home], reach.seconds[part] + drive_s[j])
    people = whole_parts(start.picture.people.people)
    inside = np.isfinite(soonest)
    return float(people[inside].sum()), float(people[inside] @ soonest[inside])


def after(n_asked: int) -> Callable[[], bool]:
    """Stop once it was asked so often."""
    left = iter(range(n_asked))
    return lambda: next(left, None) is None


def test_stopped_at_once_and_stopped_later_never_lose_what_was_found() -> None:
    """However soon it is asked to stop, a plan comes with its bound, and says that it was cut."""
    start = case()
    whole = plan_of(start, QUESTION)
    for n_asked in range(6):
        plan = propose(*start, QUESTION, stop=after(n_asked), questioned=False)
        assert plan.proof.objective <= whole.proof.objective
        if plan.proof.ended is Ended.STOPPED:
            assert plan.id != whole.id
            assert "siting.stopped-early" in codes(plan)
    assert whole.proof.ended is Ended.PROVEN


def test_somebody_is_told_how_far_the_search_is() -> None:
    """What is told never promises more than the bound, and ends with the plan's own numbers."""
    told: list[tuple[float, float]] = []
    limited = replace(QUESTION, capacity_limits=True, spacing_m=30.0)
    for question in (QUESTION, replace(QUESTION, backup_share=0.5), limited):
        told.clear()
        plan = propose(*case(), question, told=lambda *words: told.append(words), questioned=False)
        assert told
        assert all(objective <= bound + 1e-6 for objective, bound in told)
        assert max(objective for objective, _ in told) == plan.proof.objective


@pytest.mark.parametrize(
    "words",
    [
        {"spacing_m": 30.0},
        {"backup_share": 0.4},
        {"budget": 1.35e6},
        {"aim": Aim.WORST_ZONE},
        {"capacity_limits": True},
        {"capacity_limits": True, "spacing_m": 30.0, "budget": 1.35e6},
    ],
    ids=str,
)
def test_rules_in_a_town_without_people(words: dict[str, object]) -> None:
    """With nobody known, every rule still gives a plan that says so."""
    start = case()
    people = replace(start.picture.people, people=np.zeros(80), total_best=0.0)
    empty = start._replace(picture=replace(start.picture, people=people))
    plan = plan_of(empty, replace(QUESTION, **words))  # type: ignore[arg-type]  # fields by name
    assert "siting.no-people" in codes(plan)
    assert plan.proof.objective == 0
    assert all(a != b for a, b in combinations([s.structure for s in plan.sites], 2))

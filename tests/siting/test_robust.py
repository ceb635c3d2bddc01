# SPDX-License-Identifier: Apache-2.0
"""Sites chosen for many worlds: the promise is what a recount says, and fresh worlds check it."""

from dataclasses import replace

import numpy as np
import pytest

from goldenhour.base.errors import BadQuestionError
from goldenhour.base.grades import Tier, UnknownStreets, Verdict
from goldenhour.base.messages import LANGUAGES, say
from goldenhour.picture import worlds
from goldenhour.siting.asking.question import Question, WorldGoal, Worlds
from goldenhour.siting.choosing.options import link_limit_s, whole_parts
from goldenhour.siting.plain.result import ProofStatus
from goldenhour.siting.plan import Plan
from goldenhour.siting.propose import propose
from goldenhour.siting.robust.promise import Promise, Tried
from goldenhour.siting.screening.verdicts import Case as Screened
from goldenhour.siting.screening.verdicts import by_hazard
from goldenhour.times.carry import Evacuation
from goldenhour.workflows.scheduler import in_threads
from tests.siting.cases import Case, case, danger, visited
from tests.times.pictures import picture_of

N = 5


def doubtful_case() -> Case:
    """Build a town with streets nobody reported on, and a pocket that may reach further."""
    start = case(3, n_structures=40)
    n = start.town.streets.n_edges
    people = start.picture.people
    picture = replace(
        picture_of(start.town, unknown=tuple(range(0, n, 3))),
        people=replace(people, total_low=people.total_best / 2, total_high=people.total_best * 2),
        hazards=(danger(start.town, 7, "armed_group", reach_m=20),),
    )
    return start._replace(picture=picture)


def question(goal: WorldGoal = WorldGoal.EXPECTED, n: int = N) -> Question:
    """Ask for two points and one hospital over some worlds."""
    return Question(n_tsp=2, n_field_hospitals=1, worlds=Worlds(n=n, goal=goal))


def plan_of(start: Case, asked: Question) -> Plan:
    """Propose."""
    return propose(start.town, start.picture, start.screening, asked)


def promise_of(plan: Plan) -> Promise:
    """Take the promise that must be there."""
    assert plan.promise is not None
    return plan.promise


def recounted(start: Case, plan: Plan, number: int) -> tuple[float, float]:
    """Count people and people served in one world by building that world from nothing."""
    doubts = worlds.doubts(start.town, start.picture)
    world = worlds.draw(doubts, seed=plan.question.seed, number=number)
    seen = worlds.in_world(start.picture, world)
    there = Evacuation.of(start.town, seen, unknown_streets=UnknownStreets.PASSABLE)
    screened = Screened.of(start.town, seen, start.screening.profiles)

    def usable(tier: Tier) -> list[int]:
        entry = start.screening.of(tier)
        bad = world.unfit[tier].copy()
        for reach in entry.requirements.reaches:
            bad |= by_hazard(screened, reach) == Verdict.UNFIT
        rows = [site.structure for site in plan.sites if site.tier is tier]
        return [row for row in rows if not bad[list(entry.parts(row))].any()]

    points, hospitals = usable(Tier.TSP), usable(Tier.FIELD_HOSPITAL)
    people = whole_parts(world.people)
    reached = np.zeros(start.town.structures.n, dtype=np.bool_)
    if hospitals:
        everybody = np.arange(start.town.structures.n)
        for row in points:
            drive_s = there.transfer_times(
                origins=np.array([row]), destinations=np.array(hospitals)
            )
            if drive_s.min() <= link_limit_s(plan.question):
                within = there.carry_times(np.array([row]), everybody, plan.question.tsp_clock_s)
                reached[within.home] = True
    return float(people.sum()), float(people[reached].sum())


@pytest.mark.parametrize("goal", list(WorldGoal))
def test_the_promise_is_what_each_world_says_when_it_is_built_from_nothing(
    goal: WorldGoal,
) -> None:
    """People and people served are the same as in towns drawn world by world."""
    start = doubtful_case()
    plan = plan_of(start, question(goal))
    promise = promise_of(plan)
    for tried in (promise.chosen_for, promise.fresh):
        for at in range(N):
            people, served = recounted(start, plan, tried.first + at)
            assert tried.people[at] == people
            assert tried.served[at] == served


def test_on_average_no_fewer_are_served_than_by_the_plain_plan() -> None:
    """The choice for many worlds is at least as good in them as the choice for the picture."""
    promise = promise_of(plan_of(doubtful_case(), question()))
    kept = promise.chosen_for
    assert promise.status is ProofStatus.OPTIMAL
    assert promise.objective == pytest.approx(kept.mean)
    assert kept.mean >= kept.served_plain.mean()
    assert np.all(kept.served <= kept.people)


def test_fresh_worlds_had_no_say() -> None:
    """Worlds that check the promise are others than those it was made for."""
    promise = promise_of(plan_of(doubtful_case(), question()))
    assert promise.chosen_for.first == 0
    assert promise.fresh.first == N
    assert not np.array_equal(promise.chosen_for.people, promise.fresh.people)


def test_threads_change_nothing() -> None:
    """The same plan and promise, whoever works the worlds out."""
    start = doubtful_case()
    alone = plan_of(start, question())
    threads = propose(start.town, start.picture, start.screening, question(), run=in_threads)
    assert alone.id == threads.id
    assert [site.structure for site in alone.sites] == [site.structure for site in threads.sites]
    one, two = promise_of(alone), promise_of(threads)
    assert np.array_equal(one.fresh.served, two.fresh.served)
    assert np.array_equal(one.chosen_for.served, two.chosen_for.served)


def test_without_worlds_there_is_no_promise() -> None:
    """Who asks for no worlds gets the plain plan, and another name for it."""
    start = doubtful_case()
    plain = plan_of(start, question(n=0))
    assert plain.promise is None
    assert plain.id != plan_of(start, question()).id


def test_a_structure_found_unfit_serves_in_no_world() -> None:
    """What a visit refused is not drawn fit again."""
    start = doubtful_case()
    picture = visited(start.picture, 0, Verdict.UNFIT)
    doubts = worlds.doubts(start.town, picture)
    assert doubts.unfit[Tier.TSP][0] == 1.0
    assert all(
        worlds.draw(doubts, seed=1, number=number).unfit[Tier.TSP][0] for number in range(20)
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"worlds": Worlds(n=-1)}, "GH433"),
        ({"worlds": Worlds(n=3, tail_share=0.0)}, "GH107"),
        ({"worlds": Worlds(n=3, tail_share=float("nan"))}, "GH433"),
        ({"worlds": Worlds(n=3), "spacing_m": 50.0}, "GH422"),
    ],
)
def test_worlds_that_make_no_sense_are_refused(change: dict[str, object], code: str) -> None:
    """A question over worlds that nobody can answer says which field is wrong."""
    with pytest.raises(BadQuestionError) as caught:
        plan_of(doubtful_case(), replace(question(), **change))  # type: ignore[arg-type] # each case fits its field
    assert caught.value.code == code


def test_a_broken_promise_is_said() -> None:
    """Where fresh worlds serve clearly fewer, the planner is told not to count on it."""

    def tried(first: int, served: float) -> Tried:
        spread = served + np.array([-1.0, 0.0, 1.0])
        return Tried(first=first, people=spread + 50, served=spread, served_plain=spread)

    promise = promise_of(plan_of(doubtful_case(), question()))
    broken = replace(promise, chosen_for=tried(0, 100.0), fresh=tried(3, 80.0))
    kept = replace(promise, chosen_for=tried(0, 100.0), fresh=tried(3, 99.5))
    assert not broken.holds
    assert kept.holds
    assert "siting.promise-broken" in {said.code for said in broken.notes()}
    for said in (*broken.notes(), *kept.notes()):
        for language in LANGUAGES:
            assert say(said.code, language, **dict(said.values))

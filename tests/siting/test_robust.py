# SPDX-License-Identifier: Apache-2.0
"""Sites chosen for many worlds: the promise is what a recount says, and fresh worlds check it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenhour.base.errors import BadQuestionError
from goldenhour.base.grades import Tier, UnknownStreets, Verdict
from goldenhour.base.messages import LANGUAGES, say
from goldenhour.picture import worlds
from goldenhour.siting.asking.question import Question, WorldGoal, Worlds
from goldenhour.siting.choosing.options import link_limit_s, whole_parts
from goldenhour.siting.plan import Plan
from goldenhour.siting.propose import propose
from goldenhour.siting.robust.pick import fit_chance
from goldenhour.siting.robust.promise import Promise, Tried
from goldenhour.siting.robust.trial import Trial
from goldenhour.siting.robust.views import WorldView
from goldenhour.siting.screening.verdicts import Case as Screened
from goldenhour.siting.screening.verdicts import by_hazard
from goldenhour.times.carry import Evacuation
from goldenhour.times.worlds import WorldCase, one_by_one
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


def test_the_choice_that_does_better_in_fresh_worlds_is_kept() -> None:
    """Sites chosen over worlds are kept only where worlds that had no say in it agree."""
    promise = promise_of(plan_of(doubtful_case(), question()))
    kept = promise.chosen_for
    assert promise.objective == pytest.approx(kept.mean)
    assert promise.bound >= promise.objective - 1e-9
    assert np.all(kept.served <= kept.people)
    trial = promise.trial
    assert trial is None or trial.is_better == (trial.served.mean() >= trial.served_plain.mean())


def test_fresh_worlds_had_no_say() -> None:
    """Worlds that check the promise are others than those it was made for."""
    promise = promise_of(plan_of(doubtful_case(), question()))
    assert promise.chosen_for.first == 0
    assert promise.fresh.first == 2 * N
    assert promise.trial is None or promise.trial.first == N
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
        ({"worlds": Worlds(n=1)}, "GH422"),
        ({"worlds": Worlds(n=10**9)}, "GH422"),
        ({"worlds": Worlds(goal=WorldGoal.CVAR)}, "GH422"),
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
        return Tried(first=first, people=spread + 50, served=spread)

    promise = promise_of(plan_of(doubtful_case(), question()))
    broken = replace(promise, chosen_for=tried(0, 100.0), fresh=tried(3, 80.0))
    kept = replace(promise, chosen_for=tried(0, 100.0), fresh=tried(3, 99.5))
    assert not broken.holds
    assert kept.holds
    assert "siting.promise-broken" in {said.code for said in broken.notes()}
    for said in (*broken.notes(), *kept.notes()):
        for language in LANGUAGES:
            assert say(said.code, language, **dict(said.values))


def trial(served: list[float], plain: list[float], goal: WorldGoal = WorldGoal.EXPECTED) -> Trial:
    """Let two choices meet in some worlds."""
    return Trial(
        goal=goal,
        tail_share=0.5,
        first=0,
        served=np.array(served, dtype=np.float64),
        served_plain=np.array(plain, dtype=np.float64),
    )


def test_a_trial_measures_by_the_goal() -> None:
    """More on average, more in the worst worlds and less regret are three different things."""
    served, plain = [10.0, 10.0, 10.0, 10.0], [4.0, 8.0, 14.0, 22.0]
    assert trial(served, plain).difference == 10 - 12
    assert trial(served, plain, WorldGoal.CVAR).difference == 10 - (12 + 6) / 2
    assert trial(served, plain, WorldGoal.REGRET).difference == 6 - 12


@pytest.mark.laws
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_leaving_worlds_out_gives_the_textbook_error_of_a_mean(seed: int) -> None:
    """For a mean the jackknife is the standard error of paired differences, to the digit."""
    rng = np.random.Generator(np.random.PCG64(seed))
    n = int(rng.integers(2, 40))
    served, plain = rng.normal(100, 20, n), rng.normal(100, 20, n)
    found = trial(served.tolist(), plain.tolist())
    textbook = (served - plain).std(ddof=1) / np.sqrt(n)
    assert found.standard_error == pytest.approx(textbook, rel=1e-9, abs=1e-9)
    assert found.difference == pytest.approx((served - plain).mean(), abs=1e-9)


@pytest.mark.parametrize(
    ("served", "plain", "code"),
    [
        ([9.0, 11.0, 10.0], [1.0, 3.0, 2.0], "siting.promise-better"),
        ([9.0, 11.0, 10.0], [12.0, 7.0, 10.0], "siting.promise-level"),
        ([9.0, 11.0, 10.0], [14.0, 7.0, 13.0], "siting.promise-level-plain"),
        ([1.0, 3.0, 2.0], [9.0, 11.0, 10.0], "siting.promise-plain"),
        (None, None, "siting.promise-same"),
    ],
)
def test_whether_choosing_over_worlds_paid_is_said(
    served: list[float] | None, plain: list[float] | None, code: str
) -> None:
    """Better, level or worse than the plain sites: each has its own words, in both languages."""
    promise = promise_of(plan_of(doubtful_case(), question()))
    met = trial(served, plain) if served and plain else None
    notes = replace(promise, trial=met).notes()
    assert code in {said.code for said in notes}
    for said in notes:
        for language in LANGUAGES:
            assert "{" not in say(said.code, language, **dict(said.values))


def test_few_worlds_are_called_few() -> None:
    """A mean that may be far off is not passed on without a word; one that is sure needs none."""
    promise = promise_of(plan_of(doubtful_case(), question()))
    wide = Tried(first=0, people=np.full(4, 99.0), served=np.array([1.0, 90.0, 5.0, 60.0]))
    sure = Tried(first=0, people=np.full(400, 99.0), served=np.full(400, 50.0))
    assert wide.enough > wide.n
    assert sure.enough <= sure.n
    few = "siting.promise-few"
    assert few in {said.code for said in replace(promise, fresh=wide).notes()}
    assert few not in {said.code for said in replace(promise, fresh=sure).notes()}
    assert sure.interval == (50.0, 50.0)


def test_people_without_bounds_are_called_sure() -> None:
    """Where no figure has bounds, the planner hears that people were not doubted."""
    start = doubtful_case()
    people = start.picture.people
    picture = replace(
        start.picture,
        people=replace(people, total_low=people.total_best, total_high=people.total_best),
    )
    code = "siting.promise-people-sure"
    sure = promise_of(plan_of(start._replace(picture=picture), question()))
    assert np.ptp(sure.fresh.people) == 0
    assert code in {said.code for said in sure.notes()}
    assert code not in {said.code for said in promise_of(plan_of(start, question())).notes()}


@pytest.mark.parametrize("after", [0, 2, N + 2, 2 * N + 2])
def test_who_stops_while_worlds_are_measured_gets_the_plain_plan_and_no_promise(after: int) -> None:
    """A promise from a part of the worlds would be none: the sites of the picture stand."""
    start, asked = doubtful_case(), question()
    seen: list[int] = []

    def stop() -> bool:
        return len(seen) > after

    def counting(
        work: Callable[[WorldCase, int], WorldView], about: WorldCase, numbers: Iterable[int]
    ) -> Iterator[WorldView]:
        for one in one_by_one(work, about, numbers):
            seen.append(one.number)
            yield one

    plan = propose(start.town, start.picture, start.screening, asked, stop=stop, run=counting)
    plain = plan_of(start, question(n=0))
    assert plan.promise is None
    assert "siting.worlds-stopped" in {said.code for said in plan.notes}
    assert [site.structure for site in plan.sites] == [site.structure for site in plain.sites]


def test_a_candidate_that_may_be_unfit_does_not_crowd_out_a_sure_one() -> None:
    """The chance of being fit weighs, that of all parts of a joined one together."""
    start = doubtful_case()
    screening = start.screening.of(Tier.TSP)
    unfit = np.zeros(start.town.structures.n)
    unfit[[3, 4]] = 0.5, 0.25
    group = np.arange(len(unfit), dtype=np.int32)
    joined = replace(screening, group=np.where(group == 4, 3, group).astype(np.int32))
    rows = np.array([2, 3, 4])
    assert fit_chance(rows, screening, unfit).tolist() == [1.0, 0.5, 0.75]
    assert fit_chance(rows[:2], joined, unfit).tolist() == [1.0, 0.5 * 0.75]

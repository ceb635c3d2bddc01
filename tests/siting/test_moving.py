# SPDX-License-Identifier: Apache-2.0
"""As the front moves: which site goes stale at which step, why, and where it moves."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenhour.base.errors import BadQuestionError, NoPlanError
from goldenhour.base.grades import Tier, UnknownStreets, Verdict
from goldenhour.base.messages import LANGUAGES
from goldenhour.picture.belief import Picture
from goldenhour.publish import moves_json, moves_words
from goldenhour.reports.said import HazardSaid, HazardStatus
from goldenhour.siting.asking.question import Question, Worlds
from goldenhour.siting.choosing.options import link_limit_s, whole_parts
from goldenhour.siting.moving.move import over_steps
from goldenhour.siting.moving.schedule import Schedule
from goldenhour.siting.moving.steps import Step
from goldenhour.siting.plain.result import ProofStatus
from goldenhour.siting.screening.screen import screen
from goldenhour.times.carry import Evacuation
from goldenhour.town.town import Town
from tests.picture.saying import tell
from tests.siting.cases import case, danger, visited

QUESTION = Question(n_tsp=2, n_field_hospitals=1, tsp_clock_s=120.0)


@cache
def start(seed: int) -> tuple[Town, Picture]:
    """A small town in which all streets are open."""
    made = case(seed, n_structures=40)
    said = HazardSaid(hazard="direct_fire", status=HazardStatus.CONFIRMED, radius_m=5)
    return made.town, replace(made.picture, reports=(tell(said, by="team"),))


def step(town: Town, picture: Picture) -> Step:
    """One moment."""
    return Step(
        picture=picture,
        screening=screen(town, picture),
        evacuation=Evacuation.of(town, picture, unknown_streets=UnknownStreets.PASSABLE),
    )


def schedule(
    town: Town, *pictures: Picture, price_people: float = 0.0, question: Question = QUESTION
) -> Schedule:
    """Choose over some moments."""
    steps = [step(town, picture) for picture in pictures]
    return over_steps(town, steps, question, price_people=price_people)


def recounted(town: Town, found: Schedule, at: int, picture: Picture) -> float:
    """Count who is served at a step from travel times alone."""
    there = Evacuation.of(town, picture, unknown_streets=UnknownStreets.PASSABLE)
    people = whole_parts(picture.people.people)
    stage, reached = found.stages[at], np.zeros(town.structures.n, dtype=np.bool_)
    for row in stage.sites:
        ends = np.array(stage.hospitals)
        drive_s = there.transfer_times(origins=np.array([row]), destinations=ends)
        assert drive_s.min() <= link_limit_s(QUESTION)
        within = there.carry_times(np.array([row]), np.arange(len(people)), QUESTION.tsp_clock_s)
        reached[within.home] = True
    return float(people[reached].sum())


@pytest.mark.laws
@settings(max_examples=6, deadline=None)
@given(st.integers(0, 200))
def test_nobody_moves_while_nothing_changes(seed: int) -> None:
    """The same picture three times: the same sites, and as many served as the best choice can."""
    town, picture = start(seed)
    found = schedule(town, picture, picture, picture)
    assert found.status is ProofStatus.OPTIMAL
    assert not found.moves
    for stage in found.stages:
        assert stage.sites == found.stages[0].sites
        assert stage.served == stage.served_staying == stage.served_anew
        assert not stage.idle


@pytest.mark.laws
@settings(max_examples=6, deadline=None)
@given(st.integers(0, 200), st.integers(0, 1))
def test_a_site_goes_stale_when_a_danger_reaches_it(seed: int, which: int) -> None:
    """A mine at an open site at the second step: it is stale there, and says so."""
    town, picture = start(seed)
    before = schedule(town, picture, picture)
    hit = before.stages[0].sites[which % len(before.stages[0].sites)]
    mined = replace(picture, hazards=(danger(town, hit, "explosive"),))
    found = schedule(town, picture, mined, picture)
    assert hit not in found.stages[1].sites
    refused = screen(town, mined).of(Tier.TSP).verdict == Verdict.UNFIT
    for stage in found.stages:
        assert stage.served <= stage.served_anew + 1e-9
        assert stage.served <= stage.people
    for row in found.stages[1].sites:
        assert not refused[row].any()
    assert recounted(town, found, 1, mined) == pytest.approx(found.stages[1].served)
    if hit in found.stages[0].sites and len(found.stages[1].sites) == QUESTION.n_tsp:
        move = next(one for one in found.moves if one.row == hit and one.step == 1)
        assert move.is_stale
        assert any("explosive" in one.said.code for one in move.why)
        assert all(one.reports == (0,) for one in move.why if "explosive" in one.said.code)
        assert move.to in found.stages[1].sites or move.to == -1


@pytest.mark.laws
@settings(max_examples=5, deadline=None)
@given(st.integers(0, 200))
def test_dearer_moves_are_never_more(seed: int) -> None:
    """A higher price on moves gives no more of them, and never more people served in all."""
    town, picture = start(seed)
    people = picture.people.people
    west = town.structures.x_m < np.median(town.structures.x_m)
    left, right = people * np.where(west, 3.0, 0.1), people * np.where(west, 0.1, 3.0)
    seen = [replace(picture, people=replace(picture.people, people=one)) for one in (left, right)]
    cheap, dear, fixed = (schedule(town, *seen, price_people=price) for price in (0.0, 20.0, 1e6))
    n_moves = [sum(move.tier is Tier.TSP for move in one.moves) for one in (cheap, dear, fixed)]
    served = [sum(stage.served for stage in one.stages) for one in (cheap, dear, fixed)]
    assert n_moves == sorted(n_moves, reverse=True)
    assert n_moves[-1] == 0
    assert served == sorted(served, reverse=True)
    for stage in fixed.stages:
        assert stage.served == stage.served_staying


def test_a_field_hospital_stays_until_it_cannot_be_used() -> None:
    """A mine at the hospital at the second step: another takes its place and keeps it."""
    town, picture = start(3)
    first = schedule(town, picture, picture).stages[0].hospitals
    mined = replace(picture, hazards=(danger(town, first[0], "explosive", reach_m=1),))
    found = schedule(town, picture, mined, picture)
    assert found.stages[0].hospitals == first
    assert first[0] not in found.stages[1].hospitals
    assert found.stages[2].hospitals == (found.stages[1].hospitals or first)
    moved = [one for one in found.moves if one.tier is Tier.FIELD_HOSPITAL]
    assert [one.row for one in moved] == list(first)
    assert moved[0].is_stale
    assert moved[0].why


def test_a_step_at_which_nothing_can_be_sited_serves_nobody_and_says_why() -> None:
    """Every structure found unfit at the second step: nobody served, a note, and all idle."""
    town, picture = start(3)
    none = picture
    for row in range(town.structures.n):
        none = visited(none, row, Verdict.UNFIT)
    found = schedule(town, picture, none, price_people=5.0)
    stage = found.stages[1]
    assert (stage.served, stage.n_candidates, stage.sites) == (0.0, 0, ())
    assert stage.notes
    assert {idle.row for idle in stage.idle} == set(found.stages[0].sites)
    assert all(idle.why for idle in stage.idle)
    with pytest.raises(NoPlanError):
        schedule(town, none, none)


def test_people_who_left_make_a_site_worth_moving() -> None:
    """Where a site could be used as before, but its people are gone, the plan says that."""
    town, picture = start(3)
    people = picture.people.people
    first = schedule(town, picture, picture).stages[0].sites
    near = np.hypot(
        town.structures.x_m - town.structures.x_m[first[0]],
        town.structures.y_m - town.structures.y_m[first[0]],
    )
    gone = replace(picture, people=replace(picture.people, people=np.where(near < 150, 0, people)))
    found = schedule(town, picture, gone)
    codes = {one.said.code for move in found.moves for one in move.why}
    assert codes <= {"moves.fewer-people", "moves.others-worth-more"}
    assert not any(move.is_stale for move in found.moves)


@pytest.mark.parametrize(
    "question", [replace(QUESTION, spacing_m=50.0), replace(QUESTION, worlds=Worlds(n=5))]
)
def test_rules_that_steps_cannot_keep_are_refused(question: Question) -> None:
    """Spacing or worlds together with steps is an error, not a schedule that ignores them."""
    town, picture = start(3)
    with pytest.raises(BadQuestionError) as refused:
        schedule(town, picture, picture, question=question)
    assert refused.value.code == "GH435"


def test_a_schedule_is_told_in_both_languages() -> None:
    """Every sentence of a schedule with moves, idle sites and notes is there in both."""
    town, picture = start(3)
    first = schedule(town, picture, picture).stages[0]
    fires = tuple(danger(town, row, "direct_fire", reach_m=1) for row in first.sites)
    pictures = (picture, replace(picture, hazards=fires), picture)
    found = schedule(town, *pictures, price_people=1.0)
    for language in LANGUAGES:
        told = list(moves_words.lines(town, found, language))
        assert len(told) >= 3
        assert not any("{" in line for line in told)
        assert len(moves_words.heads(language)) == len(moves_words.table(found, language)[0])
    content = moves_json.to_json(town, [step(town, one) for one in pictures], found)
    assert [one["served"] for one in content["steps"]] == [one.served for one in found.stages]
    assert len(content["moves"]) == len(found.moves)

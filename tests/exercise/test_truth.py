# SPDX-License-Identifier: Apache-2.0
"""The hidden truth: damage in clusters, rubble beside ruins, people where roofs still stand."""

import numpy as np
import pytest

from goldenhour.base import facts
from goldenhour.base.grades import StreetState
from goldenhour.exercise.exercise import Exercise, truth_tables
from goldenhour.exercise.pinned import to_plan
from goldenhour.town.layers import LayerKind


def test_hardly_a_building_is_undamaged(town: Exercise) -> None:
    """Grades come in the shares that the facts state."""
    share = np.bincount(town.truth.grade, minlength=4) / len(town.truth.grade)
    assert share == pytest.approx(facts.fact("exercise.grade_share").value, abs=0.01)


def test_damage_comes_in_clusters(town: Exercise) -> None:
    """A ruin's nearest neighbours are ruins far more often than chance would have it."""
    table = next(one.table for one in town.layers if one.kind is LayerKind.STRUCTURES)
    inside = table.geometry.representative_point()
    xy_m = to_plan(np.column_stack([inside.x, inside.y]))
    ruined = town.truth.grade >= 2
    near = []
    for row in np.flatnonzero(ruined)[:300]:
        order = np.argsort(np.hypot(*(xy_m - xy_m[row]).T))[1:6]
        near.append(ruined[order].mean())
    assert np.mean(near) > 1.5 * ruined.mean()


def test_nobody_lives_in_ruins(town: Exercise) -> None:
    """People are whole, live in houses and farms that stand, and most houses are empty."""
    truth = town.truth
    lived_in = truth.people > 0
    assert (truth.people == np.round(truth.people)).all()
    assert not lived_in[truth.grade == 3].any()
    assert set(truth.use[lived_in]) <= {"house", "farm"}
    assert lived_in.mean() < 0.4
    wanted = facts.number("exercise.people_inside") * len(truth.people) / 20_000
    assert truth.people.sum() == pytest.approx(wanted, rel=0.1)


def test_bridges_are_as_the_story_has_them(town: Exercise) -> None:
    """The Rummaneh bridge is down, Rawa is held, one vehicle at a time crosses the pontoon."""
    streets = next(one.table for one in town.layers if one.kind is LayerKind.STREETS)
    bridge = streets["bridge"].to_numpy()
    truth = town.truth
    assert sorted(truth.cause[bridge]) == ["armed group", "bridge down", "pontoon"]
    pontoon = bridge & (truth.cause == "pontoon")
    assert truth.state_vehicle[pontoon] == StreetState.RESTRICTED
    assert truth.delay_s[pontoon] > 0
    closed = bridge & ~pontoon
    assert (truth.state_vehicle[closed] == StreetState.CLOSED).all()


def test_rubble_closes_some_streets_and_not_most(town: Exercise) -> None:
    """Rubble stops vehicles more often than people on foot."""
    truth = town.truth
    rubble = truth.cause == "rubble"
    assert 0.01 < rubble.mean() < 0.25
    assert (truth.state_vehicle[rubble] == StreetState.CLOSED).all()
    assert (truth.state_stretcher[rubble] != StreetState.CLOSED).any()


def test_hazards_spare_most_of_the_town(town: Exercise) -> None:
    """There are two to four armed pockets and several explosive areas, all with an extent."""
    hazards = [area.hazard for area in town.truth.areas]
    assert 2 <= hazards.count("armed_group") <= 4
    assert hazards.count("explosive") >= 5
    assert all(area.shape.area > 0 and area.shape.is_valid for area in town.truth.areas)


def test_truth_is_saved_as_tables(small: Exercise) -> None:
    """Every table of the truth has a row a thing."""
    tables = truth_tables(small.truth)
    assert len(tables["structures"]) == len(small.truth.structure_id)
    assert len(tables["streets"]) == len(small.truth.street_id)
    assert len(tables["areas"]) == len(small.truth.areas)
    assert tables["totals"]["people_inside"][0] == small.truth.people.sum()

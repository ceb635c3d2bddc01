# SPDX-License-Identifier: Apache-2.0
"""What each tier asks: listed with sources, changed by the planner, and kept in the plan."""

from dataclasses import replace

import numpy as np
import pytest

from goldenhour.base import messages
from goldenhour.base.grades import Tier, Verdict
from goldenhour.siting.asking.question import Question
from goldenhour.siting.propose import propose
from goldenhour.siting.screening.requirements import (
    RULES,
    SITED_TIERS,
    listed,
    profiles,
    requirements,
)
from goldenhour.siting.screening.screen import screen
from tests.picture.saying import picture
from tests.siting.cases import case, verdict_of
from tests.towns import draw

TOWN = draw("A-B-C-D").town
ASKED = {Tier.TSP: {"floor_area_m2": 450.0}}


def test_every_number_asked_has_a_rule_a_unit_and_a_source() -> None:
    """The list for the reference page is whole: both sited tiers, and referral beside them."""
    needs = listed()
    assert {need.tier for need in needs} == set(Tier)
    by_tier = {tier: [n.key for n in needs if n.tier is tier] for tier in Tier}
    assert by_tier[Tier.TSP] == by_tier[Tier.FIELD_HOSPITAL]
    assert 0 < len(by_tier[Tier.REFERRAL]) < len(by_tier[Tier.TSP])
    for need in needs:
        assert need.rule in RULES
        assert need.tag in {"S", "C", "R", "A"}
        assert need.unit
        assert len(need.source) > 10
        assert np.isfinite(need.value)
        assert need.value >= 0


def test_a_field_hospital_asks_for_more_than_a_stabilisation_point() -> None:
    """More floor, beds, rooms, water and power, and a longer way from the front."""
    tsp, hospital = (requirements(tier) for tier in SITED_TIERS)
    more = ("floor_area_m2", "beds", "rooms", "water_m3_per_day", "water_store_m3", "power_kva")
    for key in (*more, "turning_vehicle_m", "front_not_nearer_m", "direct_fire_m"):
        assert hospital.value(key) > tsp.value(key)


def test_a_water_store_lasts_two_days() -> None:
    """What is to be stored is what 48 hours need."""
    for tier in SITED_TIERS:
        asked = requirements(tier)
        assert asked.value("water_store_m3") == pytest.approx(2 * asked.value("water_m3_per_day"))


def test_a_planners_number_counts_for_its_tier_only() -> None:
    """Asking 450 square metres of a stabilisation point refuses houses of 400, or 800 at most."""
    assert profiles().as_words() == {}
    asked = profiles(ASKED)
    assert asked.as_words() == {"tsp": {"floor_area_m2": 450.0}}
    usual, changed = screen(TOWN, picture(TOWN)), screen(TOWN, picture(TOWN), asked=asked)
    assert verdict_of(usual.of(Tier.TSP), 0, "floor-area") is Verdict.FIT
    assert verdict_of(changed.of(Tier.TSP), 0, "floor-area") is Verdict.UNKNOWN
    assert changed.profiles == asked
    same = changed.of(Tier.FIELD_HOSPITAL).verdict == usual.of(Tier.FIELD_HOSPITAL).verdict
    assert same.all()


def test_writing_the_usual_number_changes_nothing() -> None:
    """A line that repeats the default is no change, and names no other plan."""
    asked = profiles({Tier.TSP: {"floor_area_m2": 100}})
    assert asked.changed == ()
    assert asked == profiles()


def test_a_plan_says_what_was_changed_and_has_another_name() -> None:
    """The same town and question with other requirements is another plan that says so."""
    start = case()
    question = Question(n_tsp=2, n_field_hospitals=1, tsp_clock_s=150.0)
    usual = propose(start.town, start.picture, start.screening, question)
    asked = profiles({Tier.TSP: {"armed_group_m": 300}})
    other = screen(start.town, start.picture, asked=asked)
    plan = propose(start.town, start.picture, other, question)
    assert plan.id != usual.id
    (said,) = (note for note in plan.notes if note.code == "siting.requirement-changed")
    for language in messages.LANGUAGES:
        words = messages.say(said.code, language, **dict(said.values))
        assert all(part in words for part in ("requirements.tsp", "armed_group_m", "300", "250"))
    again = propose(start.town, start.picture, screen(start.town, start.picture), question)
    assert again.id == usual.id


def test_zero_metres_means_touching_not_nowhere() -> None:
    """A neighbour's distance of nothing still refuses the post itself."""
    structures = replace(TOWN.structures, use=np.array(["police", "", "", ""], dtype=np.object_))
    town = replace(TOWN, structures=structures)
    asked = profiles({tier: {"military_m": 0.0} for tier in SITED_TIERS})
    found = screen(town, picture(town), asked=asked).of(Tier.TSP)
    assert verdict_of(found, 0, "neighbours") is Verdict.UNFIT
    assert verdict_of(found, 1, "neighbours") is Verdict.UNKNOWN

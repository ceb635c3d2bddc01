# SPDX-License-Identifier: Apache-2.0
"""The story's distances and times come out of public points, and out of the streets."""

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from goldenhour.exercise.back_test import distances_off_m, in_words, leg
from goldenhour.exercise.exercise import Exercise
from goldenhour.exercise.pinned import pinned
from goldenhour.town.build import build


def test_straight_lines_are_as_published() -> None:
    """Rawa, Ana and Haditha lie as far away as published, within two kilometres."""
    off_m = distances_off_m()
    assert len(off_m) == 6
    assert max(off_m.values()) < 2000


def test_haditha_is_beyond_two_hours_at_convoy_speed() -> None:
    """At 60 km/h Haditha is 2.6 h away before any checkpoint, so surgery has to be local."""
    way = leg("husaybah", "haditha")
    assert way.drive_s == pytest.approx(2.6 * 3600, rel=0.02)
    assert not way.is_within_two_hours
    assert not leg("al_qaim", "haditha").is_within_two_hours


def test_only_speed_without_checkpoints_would_meet_the_clock() -> None:
    """At 80 km/h and with no stop Al Qaim reaches Haditha in 1.8 h; checkpoints undo it."""
    way = leg("al_qaim", "haditha", speed_kmh=80)
    assert way.drive_s == pytest.approx(1.8 * 3600, rel=0.05)
    assert way.is_within_two_hours
    assert way.drive_s + way.checkpoints_low_s > 7200


def test_ana_and_haditha_lie_on_two_sides_of_the_zone_line() -> None:
    """Grid numbers of the two cannot be subtracted; lengths are geodesic."""
    assert pinned("ana").lon < 42.0 < pinned("haditha").lon


def test_the_finding_is_said_in_both_languages() -> None:
    """A planner reads inputs and answer, in English and Arabic."""
    english, arabic = in_words("husaybah", "en"), in_words("husaybah", "ar")
    for words in (english, arabic):
        assert "131" in words
        assert "2.6" in words
    assert "is not met" in english
    assert "only without any checkpoint" in in_words("al_qaim", "en", speed_kmh=80)


def test_the_highway_is_really_that_long(small: Exercise) -> None:
    """The shortest way over the exercise's streets is the detour factor times the straight line."""
    streets = build(small.layers, name="EXERCISE")[0].streets
    graph = coo_array(
        (streets.length_m, (streets.tail, streets.head)), shape=(streets.n_nodes,) * 2
    ).tocsr()

    def nearest(key: str) -> int:
        point = pinned(key)
        far_m = np.hypot(streets.node_x_m - point.x_m, streets.node_y_m - point.y_m)
        return int(far_m.argmin())

    towns = ("rawa", "ana", "haditha")
    length_m = dijkstra(graph, directed=False, indices=nearest("al_qaim"))
    for key in towns:
        straight_m = leg("al_qaim", key).straight_m
        assert length_m[nearest(key)] == pytest.approx(1.2 * straight_m, rel=0.06), key
    assert length_m[nearest("haditha")] / 1000 / 60 > 2.0

# SPDX-License-Identifier: Apache-2.0
"""What closes a street, what slows it, and what is counted as not known."""

from dataclasses import replace

import numpy as np
import pytest

from goldenhour.base import messages
from goldenhour.base.grades import Mode, UnknownStreets
from goldenhour.picture.belief import Picture
from goldenhour.reports.said import HazardStatus
from goldenhour.times.evacuation import ClosedBy, StreetUse, build
from goldenhour.times.graph import Network
from goldenhour.town.town import Town
from tests.times.pictures import hazard, picture_of
from tests.towns import CRS, draw, make, make_streets, make_structures, words

PASSABLE = UnknownStreets.PASSABLE

ROW = "A---B---C"


def driven(town: Town, picture: Picture) -> tuple[Network, StreetUse]:
    """Build the vehicle network, unknown streets passable."""
    return build(town, picture, mode=Mode.VEHICLE, unknown_streets=PASSABLE)


def carried(town: Town, picture: Picture) -> tuple[Network, StreetUse]:
    """Build the stretcher network, unknown streets passable."""
    return build(town, picture, mode=Mode.STRETCHER, unknown_streets=PASSABLE)


def crossing() -> Town:
    """Lay a bridge over a street, with no junction where they cross."""
    x_m, y_m = np.array([0.0, 200.0, 100.0, 100.0]), np.array([0.0, 0.0, -100.0, 100.0])
    edges = np.array([[0, 1], [2, 3]], dtype=np.int32)
    streets = make_streets(edges, x_m=x_m, y_m=y_m, names=["below", "bridge-over"])
    return make(streets, make_structures(["s-0"], x_m=x_m[:1], y_m=y_m[:1]))


def test_a_bridge_over_a_closed_street_stays_open() -> None:
    """Closing the street below does not close the bridge above it."""
    town = crossing()
    net, use = driven(town, picture_of(town, closed=[0]))
    assert use.closed_by.tolist() == [ClosedBy.REPORTED, ClosedBy.OPEN]
    assert np.isinf(net.travel_times([0], [1])).all()
    assert np.isfinite(net.travel_times([2], [3])).all()


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("status", [HazardStatus.SUSPECTED, HazardStatus.CONFIRMED])
def test_a_dangerous_area_closes_the_streets_it_touches(mode: Mode, status: HazardStatus) -> None:
    """Suspected or confirmed, for everybody, even where the street was reported open."""
    town, _ = draw(ROW)
    danger = hazard(town.streets.line[0].centroid.buffer(1), status=status, level=0.01)
    _, use = build(town, picture_of(town, hazards=[danger]), mode=mode, unknown_streets=PASSABLE)
    assert use.closed_by.tolist() == [ClosedBy.HAZARD, ClosedBy.OPEN]


def test_released_faint_and_other_hazards_do_not_close() -> None:
    """A cleared area, an armed pocket long gone, and a flood report leave the street open."""
    town, _ = draw(ROW)
    spot = town.streets.line[0].centroid.buffer(1)
    harmless = [
        hazard(spot, status=HazardStatus.CLEARED),
        hazard(spot, kind="armed_group", level=0.05),
        hazard(spot, kind="contamination"),
    ]
    assert driven(town, picture_of(town, hazards=harmless))[1].is_open.all()
    pocket = hazard(spot, kind="armed_group", level=0.9)
    assert not driven(town, picture_of(town, hazards=[pocket]))[1].is_open[0]


def test_unknown_streets_are_what_the_question_says_and_are_counted() -> None:
    """Passable or closed, the kilometres nobody reported on are the same and are told."""
    town, _ = draw(ROW)
    picture = picture_of(town, unknown=[1])
    use = driven(town, picture)[1]
    careful = build(town, picture, mode=Mode.VEHICLE, unknown_streets=UnknownStreets.CLOSED)[1]
    assert use.is_open.tolist() == [True, True]
    assert careful.closed_by.tolist() == [ClosedBy.OPEN, ClosedBy.UNKNOWN]
    assert use.km_unknown == careful.km_unknown == pytest.approx(0.25)
    assert careful.km_closed_by(ClosedBy.UNKNOWN) == pytest.approx(0.25)
    assert careful.n_closed_by(ClosedBy.UNKNOWN) == 1


def test_likely_rubble_blocks_vehicles_unless_somebody_saw_the_street_open() -> None:
    """Rubble guessed from above yields to a report from the ground; stretchers get through."""
    town, _ = draw(ROW)
    picture = picture_of(town, unknown=[0], rubble_share=[0.9, 0.9])
    assert driven(town, picture)[1].closed_by.tolist() == [ClosedBy.RUBBLE, ClosedBy.OPEN]
    assert carried(town, picture)[1].is_open.all()


def test_vehicles_are_sent_where_rubble_is_possible_but_not_likely() -> None:
    """From one chance in four on a street counts as blocked; below it, it is slow and open."""
    town, _ = draw(ROW)
    use = driven(town, picture_of(town, unknown=[0, 1], rubble_share=[0.25, 0.24]))[1]
    assert use.closed_by.tolist() == [ClosedBy.RUBBLE, ClosedBy.OPEN]


def test_rubble_slows_by_its_chance() -> None:
    """Where rubble is sure, a vehicle takes three times and a stretcher twice as long."""
    town, _ = draw(ROW)
    clear, rubbled = picture_of(town), picture_of(town, rubble_share=[1.0, 0.5])
    for build_it, factors in ((driven, (3.0, 2.0)), (carried, (2.0, 1.5))):
        ratio = build_it(town, rubbled)[0].seconds / build_it(town, clear)[0].seconds
        assert ratio[:2].tolist() == pytest.approx(factors, rel=1e-3)
    use = driven(town, clear)[1]
    assert use.is_rubble_unknown.all()
    assert driven(town, rubbled)[1].km_rubble == pytest.approx(0.375)


def test_a_checkpoint_holds_vehicles_up() -> None:
    """The delay is added in both directions, once."""
    town, _ = draw(ROW)
    slow = driven(town, picture_of(town, delay_s=[900.0, 0.0]))[0].seconds
    free = driven(town, picture_of(town))[0].seconds
    assert (slow - free).tolist() == [900.0, 0.0, 900.0, 0.0]


def test_speeds_follow_class_posted_limit_and_convoy() -> None:
    """Nobody drives faster than the convoy, the posted limit or the class; unknown is slowest."""
    town, _ = draw("A-B-C-D-E-F-G")
    streets = replace(
        town.streets,
        length_m=np.full(6, 1000.0),
        highway=words(["trunk", "trunk", "primary", "", "footway", "construction"]),
        maxspeed_kmh=np.array([120, 30, np.nan, np.nan, np.nan, np.nan], dtype=np.float32),
    )
    town = replace(town, streets=streets)
    net, use = driven(town, picture_of(town))
    assert net.seconds[:4].tolist() == pytest.approx([60, 120, 90, 360], abs=0.02)
    assert use.closed_by[4:].tolist() == [ClosedBy.NOT_FOR_MODE] * 2
    assert use.is_class_unknown.tolist() == [False, False, False, True, False, False]
    on_foot = carried(town, picture_of(town))[1]
    assert on_foot.is_open.tolist() == [True] * 5 + [False]


def test_vehicles_obey_one_way_streets_and_stretchers_do_not() -> None:
    """Along the arrow only, or against it only, for vehicles; both ways on foot."""
    town, _ = draw(ROW)
    streets = replace(town.streets, oneway=np.array([1, -1], dtype=np.int8))
    town = replace(town, streets=streets)
    assert np.isfinite(driven(town, picture_of(town))[0].seconds).tolist() == [
        True,
        False,
        False,
        True,
    ]
    assert np.isfinite(carried(town, picture_of(town))[0].seconds).all()


@pytest.mark.parametrize("reason", list(ClosedBy))
def test_every_reason_has_a_sentence(reason: ClosedBy) -> None:
    """What closes a street can be said in both languages."""
    assert all(messages.say(reason.code, language) for language in messages.LANGUAGES)


def test_the_network_stands_in_the_towns_system() -> None:
    """Coordinates of nodes are the town's, and its system is named."""
    town, _ = draw(ROW)
    net, _ = driven(town, picture_of(town))
    assert net.crs == CRS
    assert net.x is town.streets.node_x_m

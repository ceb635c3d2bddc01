# SPDX-License-Identifier: Apache-2.0
"""GPX files, opened again as a navigation device would."""

import json
from pathlib import Path

import gpxpy
import pytest
from gpxpy.gpx import GPX
from shapely.geometry import LineString

from goldenhour.base.grades import Mode
from goldenhour.movement.route import Leg, Route
from goldenhour.publish import gpx, route_layer
from tests.plans import AS_OF, answer
from tests.towns import ORIGIN_X_M, ORIGIN_Y_M


def opened(path: Path) -> GPX:
    """Parse a file."""
    return gpxpy.parse(path.read_text(encoding="utf-8"))


def make_route(*, hazards: tuple[str, ...] = ()) -> Route:
    """A way of two legs and 300 m."""
    corners = [(0, 0), (200, 0), (200, 100)]
    return Route(
        start="s-3",
        end="القائم",
        mode=Mode.VEHICLE,
        as_of=AS_OF,
        line=LineString([(ORIGIN_X_M + x, ORIGIN_Y_M + y) for x, y in corners]),
        length_m=300,
        travel_s=60,
        unknown_share=0.5,
        legs=(
            Leg(name="Main & Co <1>", length_m=200, travel_s=40, unknown_share=0),
            Leg(name="شارع الجسر", length_m=100, travel_s=20, unknown_share=1),
        ),
        hazards=hazards,
    )


def test_visits_are_numbered_in_order_and_named_in_two_languages(tmp_path: Path) -> None:
    """The first waypoint is the most decisive visit; it says so in English and Arabic."""
    case = answer()
    gpx.write_visits(tmp_path / "visits.gpx", town=case.town, plan=case.plan)
    found = opened(tmp_path / "visits.gpx")
    assert [str(point.name)[:19] for point in found.waypoints] == [
        "EXERCISE Visit 01: ",
        "EXERCISE Visit 02: ",
    ]
    first = found.waypoints[0]
    assert "الزيارة 01" in str(first.name)
    assert "37S FU" in str(first.comment)
    assert "Confirms or refuses" in str(first.description)
    assert (round(first.longitude), round(first.latitude)) == (41, 34)


def test_an_exercise_is_marked_in_name_and_metadata(tmp_path: Path) -> None:
    """Nobody drives to a made-up visit by mistake."""
    case = answer()
    gpx.write_visits(tmp_path / "visits.gpx", town=case.town, plan=case.plan)
    found = opened(tmp_path / "visits.gpx")
    assert str(found.name).startswith("EXERCISE")
    assert found.keywords == "EXERCISE"
    assert "does not say that a place is safe" in str(found.description)


def test_a_route_has_its_shape_as_track_and_its_turns_as_route_points(tmp_path: Path) -> None:
    """A device draws the track and announces each street by name, Arabic and odd letters too."""
    town = answer().town
    gpx.write_route(tmp_path / "route.gpx", town=town, route=make_route())
    found = opened(tmp_path / "route.gpx")
    assert len(found.tracks[0].segments[0].points) == 3
    assert [point.name for point in found.routes[0].points] == [
        "Main & Co <1>",
        "شارع الجسر",
        "القائم",
    ]
    assert found.length_2d() == pytest.approx(300, rel=0.01)


def test_a_route_says_what_nobody_reported_and_what_it_touches(tmp_path: Path) -> None:
    """No known hazard is said in words and never as safety; a known one is named."""
    town = answer().town
    gpx.write_route(tmp_path / "a.gpx", town=town, route=make_route())
    gpx.write_route(
        tmp_path / "b.gpx", town=town, route=make_route(hazards=("explosive:suspected",))
    )
    clear, warned = (str(opened(tmp_path / name).description) for name in ("a.gpx", "b.gpx"))
    assert "50 % of the way has no report" in clear
    assert "does not mean that it is safe" in clear
    assert "Explosive hazard (suspected)" in warned
    assert "خطر متفجرات" in warned


def test_a_route_layer_is_geojson_of_the_whole_and_its_legs(tmp_path: Path) -> None:
    """Any map program opens the route; its legs end where they begin."""
    town = answer().town
    route_layer.write(tmp_path / "route.geojson", town=town, route=make_route())
    found = json.loads((tmp_path / "route.geojson").read_text(encoding="utf-8"))
    whole, first, second = found["features"]
    assert whole["properties"]["exercise"] is True
    assert whole["properties"]["as_of"] == "2017-11-10T06:00:00Z"
    assert first["geometry"]["coordinates"][-1] == second["geometry"]["coordinates"][0]
    assert whole["geometry"]["coordinates"][0][0] == pytest.approx(41.1, abs=0.1)

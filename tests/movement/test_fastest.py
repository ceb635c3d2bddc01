# SPDX-License-Identifier: Apache-2.0
"""The fastest open way, on towns that can be read like a map."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenhour.base.errors import NoRouteError
from goldenhour.base.grades import Mode, UnknownStreets
from goldenhour.movement.fastest import fastest_route
from goldenhour.movement.find_place import find_place
from goldenhour.movement.route import Route
from goldenhour.picture.belief import Picture
from goldenhour.town.town import Town
from tests.plans import make_picture
from tests.times.ruled import sign
from tests.towns import ORIGIN_X_M, ORIGIN_Y_M, draw, make_town

SQUARE = """
A-----x-----B
|           |
C-----------D
"""


def calm(town: Town, *, closed: tuple[int, ...] = ()) -> Picture:
    """A picture with nothing but some closed streets."""
    picture = make_picture(town, closed=closed)
    streets = replace(picture.streets, rubble_share=np.full(town.streets.n_edges, np.nan, "f4"))
    return replace(picture, hazards=(), care=(), streets=streets)


def go(town: Town, picture: Picture, start: str, end: str, *, mode: Mode = Mode.STRETCHER) -> Route:
    """Ask for a way between two names."""
    return fastest_route(
        town,
        picture,
        start=find_place(town, picture, start),
        end=find_place(town, picture, end),
        mode=mode,
    )


def refusal(town: Town, picture: Picture, start: str, end: str) -> NoRouteError:
    """Ask for a way that is not there."""
    with pytest.raises(NoRouteError) as caught:
        go(town, picture, start, end)
    return caught.value


def test_the_bridge_is_taken_while_it_stands() -> None:
    """A to B is the street A-B when nothing is known against it."""
    town = draw(SQUARE).town
    assert [leg.name for leg in go(town, calm(town), "s-A", "s-B").legs] == ["A-B"]


def test_a_bridge_down_sends_the_driver_round() -> None:
    """With A-B closed the way leads through C and D, and its line does too."""
    drawn = draw(SQUARE)
    route = go(drawn.town, calm(drawn.town, closed=tuple(drawn.blocked)), "s-A", "s-B")
    assert [leg.name for leg in route.legs] == ["A-C", "C-D", "B-D"]
    assert len(route.line.coords) == 4
    assert route.line.coords[0] == (ORIGIN_X_M, ORIGIN_Y_M)


def test_no_way_names_what_is_closed() -> None:
    """Where the only street is closed, the error names it and why."""
    drawn = draw("A-B-----x-----C-D")
    error = refusal(drawn.town, calm(drawn.town, closed=tuple(drawn.blocked)), "s-A", "s-D")
    assert "B-C (reported closed)" in error.what
    assert error.code == "GH401"


def test_streets_that_never_met_are_said_so() -> None:
    """Two pieces of town without a street between them are not called closed."""
    town = draw("A-B              C-D").town
    assert "closures apart" in refusal(town, calm(town), "s-A", "s-D").what


def test_a_point_far_from_any_street_is_refused() -> None:
    """A point in the desert joins no street; it is not moved to one."""
    town = draw(SQUARE).town
    picture = calm(town)
    desert = (ORIGIN_X_M + 1500.0, ORIGIN_Y_M, "the desert")
    with pytest.raises(NoRouteError) as caught:
        fastest_route(
            town,
            picture,
            start=desert,
            end=find_place(town, picture, "s-A"),
            mode=Mode.STRETCHER,
        )
    assert "the desert" in caught.value.what


def test_two_points_on_one_street_need_no_junction() -> None:
    """From a third to two thirds of a street is a third of its length, not twice round."""
    town = draw("A---B").town
    along_m = shapely.get_coordinates(town.streets.line[0])
    spots = [along_m[0] + share * (along_m[1] - along_m[0]) for share in (1 / 3, 2 / 3)]
    route = fastest_route(
        town,
        calm(town),
        start=(*spots[0], "one"),
        end=(*spots[1], "two"),
        mode=Mode.STRETCHER,
    )
    assert route.length_m == pytest.approx(town.streets.length_m[0] / 3)


def test_a_start_that_is_the_end_takes_no_time() -> None:
    """Going nowhere is a route of no metres, not an error."""
    town = draw(SQUARE).town
    route = go(town, calm(town), "s-A", "s-A")
    assert (route.length_m, route.travel_s, route.unknown_share) == (0, 0, 0)


def test_unknown_streets_are_counted_by_length() -> None:
    """A way over one reported and one unreported street is half unknown."""
    town = draw("A-B-C").town
    picture = calm(town)  # the first street is reported open, the second is not
    assert go(town, picture, "s-A", "s-C").unknown_share == pytest.approx(0.5)


def test_unknown_streets_can_be_ruled_out() -> None:
    """A convoy that uses proven streets only is told that none joins the two."""
    town = draw("A-B---------------C").town
    picture = calm(town)
    with pytest.raises(NoRouteError) as caught:
        fastest_route(
            town,
            picture,
            start=find_place(town, picture, "s-A"),
            end=find_place(town, picture, "s-C"),
            mode=Mode.STRETCHER,
            unknown_streets=UnknownStreets.CLOSED,
        )
    assert "no report" in str(caught.value) or "closed" in str(caught.value)


def test_a_hazard_that_does_not_close_the_way_is_named() -> None:
    """A reduced hazard area that the way touches is in the route's list."""
    town = draw("A-B").town
    picture = make_picture(town, closed=())
    area = replace(
        picture.hazards[0],
        status=picture.hazards[0].status.REDUCED,
        shape=town.streets.line[0].buffer(5),
    )
    route = go(town, replace(picture, hazards=(area,)), "s-A", "s-B")
    assert route.hazards == ("explosive:reduced",)


def test_legs_add_up() -> None:
    """Lengths and seconds of the legs are those of the whole way."""
    town = make_town(5)
    route = go(town, calm(town), "s-3", "s-20")
    assert sum(leg.length_m for leg in route.legs) == pytest.approx(route.length_m)
    assert sum(leg.travel_s for leg in route.legs) == pytest.approx(route.travel_s, abs=0.5)
    assert route.line.length == pytest.approx(route.length_m, rel=0.01)


@pytest.mark.laws
@settings(max_examples=40, deadline=None)
@given(st.integers(0, 40), st.integers(0, 60), st.integers(0, 60), st.data())
def test_closing_a_street_never_shortens_a_way(
    seed: int, start: int, end: int, data: st.DataObject
) -> None:
    """Whatever street closes, the way takes as long as before or longer, or there is none."""
    town = make_town(seed, n_structures=61)
    before = _seconds(town, calm(town), f"s-{start}", f"s-{end}")
    edge = data.draw(st.integers(0, town.streets.n_edges - 1))
    assert _seconds(town, calm(town, closed=(edge,)), f"s-{start}", f"s-{end}") >= before - 1e-6


def _seconds(town: Town, picture: Picture, start: str, end: str) -> float:
    """Travel time, without end where there is no way."""
    try:
        return go(town, picture, start, end).travel_s
    except NoRouteError:
        return float("inf")


WIDE = f"A{'-' * 12}B\n" + f"|{' ' * 12}|\n" * 12 + f"C{'-' * 12}D"


def test_a_driver_obeys_signs_and_a_stretcher_team_does_not() -> None:
    """Past C one may not turn to D: the driver goes round by A and B, the team straight on."""
    free = draw(WIDE).town
    town = sign(free, "A-C", "C-D")
    shut = calm(town, closed=(0,))
    by_car, on_foot = Mode.VEHICLE, Mode.STRETCHER
    ways = [
        (free, shut, "s-A", "s-D", by_car, ["A-C", "C-D"]),
        (town, calm(town, closed=()), "s-A", "s-D", by_car, ["A-B", "B-D"]),
        (town, shut, "s-A", "s-D", on_foot, ["A-C", "C-D"]),
        (town, shut, "s-D", "s-A", by_car, ["C-D", "A-C"]),
        (town, shut, "s-C", "s-D", by_car, ["C-D"]),
    ]
    for where, picture, start, end, mode, legs in ways:
        route = go(where, picture, start, end, mode=mode)
        assert [leg.name for leg in route.legs] == legs


def test_a_driver_whom_only_a_sign_stops_is_told() -> None:
    """With the other way closed only the sign is left: the closed street is named."""
    town = sign(draw(WIDE).town, "A-C", "C-D")
    with pytest.raises(NoRouteError, match=r"A-B \(reported closed\)"):
        go(town, calm(town, closed=(0,)), "s-A", "s-D", mode=Mode.VEHICLE)

# SPDX-License-Identifier: Apache-2.0
"""State of streets: newest valid word, expiry, contradictions."""

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from goldenhour.base.grades import Mode, StreetState
from goldenhour.reports.report import Report
from goldenhour.reports.said import AccessSaid, StreetSaid
from goldenhour.town.town import Town
from tests.picture.saying import (
    DAY,
    HOUR,
    ONE_DAY,
    at,
    codes,
    degrees,
    picture,
    street,
    tell,
)
from tests.towns import ORIGIN_X_M, ORIGIN_Y_M, draw, make, make_streets, make_structures, make_town

TOWN = draw("""
A--B--C
|  |  |
D--E--F
""").town
OPEN, RESTRICTED, CLOSED, UNKNOWN = (
    StreetState.OPEN,
    StreetState.RESTRICTED,
    StreetState.CLOSED,
    StreetState.UNKNOWN,
)
EDGE = {key: i for i, key in enumerate(TOWN.streets.id)}
STEP_M = float(TOWN.structures.x_m[1] - TOWN.structures.x_m[0])


def vehicle(*reports: Report, as_of: datetime = DAY, edge: str = "A-B") -> int:
    """Work out the state of one street for vehicles."""
    return int(picture(TOWN, *reports, as_of=as_of).streets.state_vehicle[EDGE[edge]])


def test_a_street_without_report_is_unknown() -> None:
    """Nobody said anything: unknown, not open, and nothing has expired."""
    found = picture(TOWN).streets
    assert (found.state_vehicle == UNKNOWN).all()
    assert (found.state_stretcher == UNKNOWN).all()
    assert np.isnat(found.expires_at).all()
    assert not found.expired.any()
    assert np.isnan(found.rubble_share).all()


def test_the_newest_word_wins() -> None:
    """Closed in the morning, open at noon: open; whichever message came first."""
    morning, noon = street(CLOSED, seen=DAY - 5 * HOUR), street(OPEN)
    assert vehicle(morning, noon) == vehicle(noon, morning) == OPEN
    assert vehicle(street(OPEN), street(CLOSED, by="b")) == CLOSED, "of a tie the worse"


def test_looked_at_but_unknown_overrules_nothing() -> None:
    """A driver who could not tell does not reopen a closed street."""
    assert vehicle(street(CLOSED, seen=DAY - HOUR), street(UNKNOWN)) == CLOSED


def test_modes_are_kept_apart() -> None:
    """Rubble stops cars; stretchers still pass, as somebody said."""
    cars = tell(StreetSaid(state=CLOSED, modes=(Mode.VEHICLE,)), about="A-B")
    found = picture(TOWN, street(OPEN, seen=DAY - HOUR), cars).streets
    assert found.state_vehicle[EDGE["A-B"]] == CLOSED
    assert found.state_stretcher[EDGE["A-B"]] == OPEN


def test_a_fallen_bridge_is_closed_to_all() -> None:
    """A bridge that is down stops stretchers too, and stays down for months."""
    said = StreetSaid(state=CLOSED, modes=(Mode.VEHICLE,), cause="Bridge down")
    report = tell(said, about="A-B")
    found = picture(TOWN, report, as_of=DAY + 60 * ONE_DAY).streets
    assert found.state_stretcher[EDGE["A-B"]] == found.state_vehicle[EDGE["A-B"]] == CLOSED


def test_a_bridge_is_found_from_its_foot() -> None:
    """A message about a bridge is put on the bridge, not on the lane beside the messenger."""
    town = make_town(3)
    bridge = int(np.flatnonzero(town.streets.bridge)[0])
    middle = shapely.line_interpolate_point(town.streets.line[bridge], 0.5, normalized=True)
    beside = degrees(shapely.affinity.translate(middle, 60, 0))
    found = picture(town, tell(StreetSaid(state=CLOSED, cause="bridge down"), where=beside))
    assert np.flatnonzero(found.streets.state_vehicle == CLOSED).tolist() == [bridge]


def test_after_expiry_it_is_unknown_again_and_says_so() -> None:
    """An open street is believed for two days, then nobody knows."""
    late = DAY + 3 * ONE_DAY
    found = picture(TOWN, street(OPEN), as_of=late)
    edge = EDGE["A-B"]
    assert found.streets.state_vehicle[edge] == UNKNOWN
    assert found.streets.expired[edge]
    assert found.streets.expires_at[edge] == np.datetime64("2017-11-06T06:00:00")
    assert [entry.since for entry in found.stale] == [DAY + 2 * ONE_DAY]
    assert found.streets.evidence.of(edge).tolist() == [0]
    assert not picture(TOWN, street(OPEN)).streets.expired.any()


def test_the_source_may_say_how_long_it_holds() -> None:
    """A pass until tonight ends tonight."""
    report = street(OPEN, until=DAY + HOUR)
    assert vehicle(report, as_of=DAY + HOUR) == OPEN
    assert vehicle(report, as_of=DAY + 2 * HOUR) == UNKNOWN


def test_an_expired_word_gives_way_to_an_older_one_that_holds() -> None:
    """The bridge fell last week; 'open' has expired since: it is down, not unknown."""
    down = street(CLOSED, cause="bridge down", seen=DAY - 9 * ONE_DAY)
    assert vehicle(down, street(OPEN, seen=DAY - 4 * ONE_DAY)) == CLOSED


def test_permission_does_not_clear_rubble() -> None:
    """An open checkpoint on a closed street: closed. A closed one on an open street: closed."""
    checkpoint = AccessSaid(access="checkpoint", state=OPEN, delay_s=1200.0)
    blocked = street(CLOSED, seen=DAY - HOUR)
    assert vehicle(blocked, tell(checkpoint, about="A-B")) == CLOSED
    shut = replace(checkpoint, state=CLOSED)
    assert vehicle(tell(shut, about="A-B", seen=DAY - HOUR), street(OPEN)) == CLOSED
    found = picture(TOWN, tell(checkpoint, about="A-B")).streets
    assert found.delay_s[EDGE["A-B"]] == 1200.0
    assert found.state_vehicle[EDGE["A-B"]] == OPEN


def test_points_lines_and_areas_find_their_streets() -> None:
    """A point takes the nearest street, a line those along it, an area all that it touches."""
    point = tell(StreetSaid(state=CLOSED), where=at(STEP_M / 2, 8))
    assert vehicle(point) == CLOSED
    line = degrees(shapely.LineString([*TOWN.streets.line[EDGE["A-B"]].coords])).buffer(0)
    assert line.is_empty, "a line has no area"
    drawn = degrees(shapely.affinity.translate(TOWN.streets.line[EDGE["A-B"]], 0, 4))
    found = picture(TOWN, tell(StreetSaid(state=CLOSED), where=drawn)).streets
    assert np.flatnonzero(found.state_vehicle == CLOSED).tolist() == [EDGE["A-B"]]
    area = degrees(shapely.box(*TOWN.streets.line[EDGE["A-B"]].buffer(5).bounds))
    touched = picture(TOWN, tell(StreetSaid(state=CLOSED), where=area)).streets
    names = {str(TOWN.streets.id[e]) for e in np.flatnonzero(touched.state_vehicle == CLOSED)}
    assert names == {"A-B", "A-D", "B-C", "B-E"}


def test_a_report_near_no_street_is_listed() -> None:
    """A closure in the desert is a finding and closes nothing."""
    found = picture(TOWN, tell(StreetSaid(state=CLOSED), where=at(0, 900)))
    assert codes(found) == {"report-without-street"}
    assert (found.streets.state_vehicle == UNKNOWN).all()


def test_sources_that_disagree_at_one_time_are_both_kept() -> None:
    """One driver says open, another an hour later says closed: a contradiction, newest first."""
    reports = street(OPEN, by="a", seen=DAY - HOUR), street(CLOSED, by="b")
    (clash,) = picture(TOWN, *reports).contradictions
    assert clash.subject == "street A-B"
    assert clash.reports == (1, 0)
    assert picture(TOWN, street(OPEN, by="a"), street(CLOSED, by="a")).contradictions == ()
    change = street(OPEN, by="a", seen=DAY - 20 * HOUR), street(CLOSED, by="b")
    assert picture(TOWN, *change).contradictions == (), "a day apart it is news"


ids = st.sampled_from([str(key) for key in TOWN.streets.id])
words = st.builds(
    street,
    st.sampled_from(StreetState),
    about=ids,
    by=st.sampled_from(["a", "b"]),
    seen=st.integers(0, 200).map(lambda n: DAY - n * HOUR),
    cause=st.sampled_from(["", "rubble", "bridge down"]),
)


@pytest.mark.laws
@settings(max_examples=60, deadline=None)
@given(st.lists(words, max_size=8), ids)
def test_a_new_closure_never_opens_a_street(reports: list[Report], about: str) -> None:
    """Adding 'closed now' never improves any street, and every state has its reports."""
    before = picture(TOWN, *reports).streets
    closing = street(CLOSED, about=about, by="c")
    after = picture(TOWN, *reports, closing).streets
    assert (after.state_vehicle >= before.state_vehicle).all()
    assert (after.state_stretcher >= before.state_stretcher).all()
    assert after.state_vehicle[EDGE[about]] == CLOSED
    known = (before.state_vehicle > 0) | (before.state_stretcher > 0) | before.expired
    assert (np.diff(before.evidence.start)[known] > 0).all()
    assert (~np.isnat(before.expires_at) >= known).all()


def over_and_under() -> Town:
    """Lay a short bridge over a street, with no junction where they cross."""
    x_m, y_m = np.array([0.0, 200.0, 100.0, 100.0]), np.array([0.0, 0.0, -8.0, 8.0])
    streets = make_streets(
        np.array([[0, 1], [2, 3]], dtype=np.int32),
        x_m=ORIGIN_X_M + x_m,
        y_m=ORIGIN_Y_M + y_m,
        names=["below", "bridge-over"],
    )
    return make(streets, make_structures(["s-0"], x_m=streets.node_x_m[:1], y_m=x_m[:1]))


def closed_by(town: Town, said: StreetSaid, where: BaseGeometry) -> list[str]:
    """List the streets that one report closes."""
    found = picture(town, tell(said, where=where)).streets
    return [str(name) for name in town.streets.id[found.state_vehicle == CLOSED]]


def test_a_report_on_the_street_below_does_not_close_the_bridge_above() -> None:
    """A point at the crossing, or a line along the street below, is about the street below."""
    town, said = over_and_under(), StreetSaid(state=CLOSED)
    assert closed_by(town, said, at(100, 0)) == ["below"]
    assert closed_by(town, said, degrees(town.streets.line[0])) == ["below"]


def test_a_report_on_the_bridge_does_not_close_the_street_below() -> None:
    """A word about a bridge at the crossing, or a line along it, is about the bridge."""
    town = over_and_under()
    fallen = StreetSaid(state=CLOSED, cause="bridge down")
    assert closed_by(town, fallen, at(100, 0)) == ["bridge-over"]
    along = degrees(town.streets.line[1])
    assert closed_by(town, StreetSaid(state=CLOSED), along) == ["bridge-over"]

# SPDX-License-Identifier: Apache-2.0
"""Areas to stay out of: decay, release, and what never fades."""

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenhour.base.grades import Reliability
from goldenhour.picture.belief import HazardArea, Picture
from goldenhour.reports.report import Report
from goldenhour.reports.said import HazardSaid, HazardStatus, IncidentSaid
from tests.picture.saying import DAY, ONE_DAY, at, codes, degrees, picture, tell
from tests.towns import ORIGIN_X_M, ORIGIN_Y_M, draw, make_town

TOWN = draw("A--B--C").town
SPOT = shapely.Point(ORIGIN_X_M, ORIGIN_Y_M)
CLEARED = HazardStatus.CLEARED


def hazard(
    name: str = "explosive",
    status: HazardStatus = HazardStatus.CONFIRMED,
    *,
    days_ago: int = 0,
    radius_m: float = 100.0,
    letter: Reliability = Reliability.F,
    east_m: float = 0.0,
) -> Report:
    """Report a hazard around a point."""
    return tell(
        HazardSaid(hazard=name, status=status, radius_m=radius_m),
        where=at(east_m, 0),
        seen=DAY - days_ago * ONE_DAY,
        letter=letter,
    )


def dangerous(found: Picture) -> list[HazardArea]:
    """List the areas that are not a release."""
    return [
        area
        for area in found.hazards
        if area.status in {HazardStatus.SUSPECTED, HazardStatus.CONFIRMED}
    ]


def test_an_explosive_hazard_does_not_fade() -> None:
    """A mined field is as dangerous after ten years, whatever validity somebody wrote on it."""
    (area,) = picture(TOWN, hazard(days_ago=3650)).hazards
    assert area.level == 1.0
    assert area.shape.area == pytest.approx(31400, rel=0.02)
    until = tell(
        HazardSaid(hazard="explosive", status=HazardStatus.SUSPECTED),
        where=at(0, 0),
        seen=DAY - 9 * ONE_DAY,
        until=DAY - ONE_DAY,
    )
    assert len(picture(TOWN, until).hazards) == 1


def test_pockets_and_shelling_fade_and_then_go_stale() -> None:
    """An armed pocket counts half after a week without news; shelling of last month is history."""
    (pocket,) = picture(TOWN, hazard("armed_group", days_ago=7)).hazards
    assert pocket.level == pytest.approx(0.5)
    old = picture(TOWN, hazard("shelling", days_ago=30))
    assert old.hazards == ()
    assert len(old.stale) == 1
    assert old.stale[0].since < DAY


def test_an_incident_is_a_weak_area_of_shelling() -> None:
    """One strike makes an area that fades; one known to 25 km says nothing of any street."""
    strike = tell(IncidentSaid(incident="air strike", radius_m=40.0), where=at(0, 0))
    (area,) = picture(TOWN, strike).hazards
    assert area.hazard == "shelling"
    assert area.level == pytest.approx(0.3)
    vague = picture(TOWN, tell(IncidentSaid(incident="attack", radius_m=25_000.0), where=at(0, 0)))
    assert vague.hazards == ()
    assert codes(vague) == {"incident-too-vague"}


def test_a_point_without_radius_still_reaches_around() -> None:
    """A hazard given as a bare point covers the usual reach of its kind; an area is itself."""
    (area,) = picture(TOWN, hazard(radius_m=0.0)).hazards
    assert area.shape.area == pytest.approx(3.14 * 50**2, rel=0.02)
    square = degrees(SPOT.buffer(30, cap_style="square"))
    said = HazardSaid(hazard="explosive", status=HazardStatus.SUSPECTED)
    (drawn,) = picture(TOWN, tell(said, where=square)).hazards
    assert drawn.shape.area == pytest.approx(3600, rel=1e-3)


def test_a_hazard_may_name_its_place() -> None:
    """A message with a place's name instead of a point is put on that place."""
    town = make_town(1)
    said = HazardSaid(hazard="armed_group", status=HazardStatus.SUSPECTED)
    (area,) = picture(town, tell(said, about="الضفة الشمالية")).hazards
    assert area.shape.equals(town.places.shape[0])
    assert codes(picture(town, tell(said, about="Atlantis"))) == {"hazard-without-place"}


@pytest.mark.parametrize(
    ("letter", "level"), [(Reliability.A, None), (Reliability.B, None), (Reliability.C, 0.5)]
)
def test_a_release_counts_as_far_as_its_source(letter: Reliability, level: float | None) -> None:
    """A trusted release takes the covered part away; a fair one halves it; it is listed itself."""
    found = picture(TOWN, hazard(days_ago=9), hazard(status=CLEARED, radius_m=200, letter=letter))
    assert [area.level for area in dangerous(found)] == ([] if level is None else [level])
    assert [area.status for area in found.hazards if area.report == 1] == [CLEARED]


def test_the_army_says_cleared_changes_nothing() -> None:
    """A release by a source that nobody graded is listed, and the area stays as it was."""
    found = picture(TOWN, hazard(days_ago=9), hazard(status=CLEARED, radius_m=200))
    assert [area.level for area in dangerous(found)] == [1.0]
    assert codes(found) == {"release-not-trusted"}
    assert len(found.hazards) == 2


def test_a_release_covers_only_its_own_ground_hazard_and_past() -> None:
    """Half a field cleared leaves the other half; other hazards and later finds stay."""
    trusted = Reliability.A
    half = picture(TOWN, hazard(days_ago=9), hazard(status=CLEARED, letter=trusted, east_m=100.0))
    (left,) = dangerous(half)
    assert 0 < left.shape.area < 31000
    pocket = picture(TOWN, hazard("armed_group"), hazard(status=CLEARED, letter=trusted))
    assert [area.level for area in dangerous(pocket)] == [1.0]
    later = picture(TOWN, hazard(), hazard(status=CLEARED, letter=trusted, days_ago=1))
    assert [area.level for area in dangerous(later)] == [1.0]


any_hazard = st.builds(
    hazard,
    st.sampled_from(["explosive", "armed_group", "shelling", "flood"]),
    st.sampled_from(HazardStatus),
    days_ago=st.integers(0, 20),
    radius_m=st.sampled_from([0.0, 60.0, 200.0]),
    letter=st.sampled_from(Reliability),
    east_m=st.sampled_from([0.0, 90.0, 400.0]),
)
DANGERS = st.sampled_from([HazardStatus.SUSPECTED, HazardStatus.CONFIRMED])


@pytest.mark.laws
@settings(max_examples=60, deadline=None)
@given(st.lists(any_hazard, max_size=6), DANGERS, st.sampled_from([0.0, 90.0, 400.0]))
def test_a_new_hazard_never_makes_a_place_safer(
    reports: list[Report], status: HazardStatus, east_m: float
) -> None:
    """Whatever was said, adding a danger lowers the level nowhere."""
    new = hazard("explosive", status, east_m=east_m)
    before, after = picture(TOWN, *reports), picture(TOWN, *reports, new)
    for x_m in (0.0, 50.0, 90.0, 150.0, 400.0):
        spot = shapely.Point(ORIGIN_X_M + x_m, ORIGIN_Y_M)
        assert level(after, spot) >= level(before, spot)
    assert level(after, shapely.Point(ORIGIN_X_M + east_m, ORIGIN_Y_M)) > 0


def level(found: Picture, spot: shapely.Point) -> float:
    """Find the highest level at a spot."""
    return max((a.level for a in dangerous(found) if a.shape.intersects(spot)), default=0.0)

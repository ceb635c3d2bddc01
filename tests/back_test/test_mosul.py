# SPDX-License-Identifier: Apache-2.0
"""Mosul, day by day, with nothing known that came later: distance bands, never metres."""

import pytest

from goldenhour.base import facts
from tests.back_test.mosul import Answer, Day, answer, days, drive_s, link_limit_s

_DIRECT_FIRE_KM, _MORTAR_KM = 2.0, 8.0
_PLACES_KM = 3.0  # how good the places are


def on(date: str, *, stand_off_km: float = _MORTAR_KM) -> Answer:
    """Answer one day."""
    return answer(_day(date), stand_off_km=stand_off_km)


def _day(date: str) -> Day:
    return next(day for day in days() if day.date.isoformat() == date)


@pytest.mark.parametrize("day", [day for day in days() if day.seen_tsp], ids=lambda d: str(d.date))
def test_stabilisation_point_goes_where_it_was_put(day: Day) -> None:
    """Gogjali in November 2016 and Albu Saif in February 2017, within a few km of the fighting."""
    found = answer(day, stand_off_km=_MORTAR_KM)
    assert found.tsp == day.seen_tsp
    assert found.tsp_km <= 2.0 + _PLACES_KM


@pytest.mark.parametrize("date", ["2016-11-04", "2017-02-25"])
def test_field_hospital_goes_to_the_town_it_was_put_in_once_mortars_count(date: str) -> None:
    """Bartalla in the east and Hammam al-Alil in the south, out of a heavy mortar's range."""
    wanted = {"2016-11-04": "bartalla", "2017-02-25": "hammam_al_alil"}[date]
    found = on(date)
    assert found.hospital == wanted
    assert 8.0 < found.hospital_km < 25.0


def test_direct_fire_alone_puts_the_hospital_too_near() -> None:
    """With the 2 km rule only, the answer is the stabilisation point's own town: a known miss."""
    assert on("2016-11-04", stand_off_km=_DIRECT_FIRE_KM).hospital == "gogjali"


@pytest.mark.parametrize("town", ["erbil", "shikhan"])
def test_erbil_and_shikhan_are_beyond_the_hour(town: str) -> None:
    """Far hospitals behind checkpoints never count within the hour."""
    speed_kmh = facts.number("times.convoy_kmh")
    assert drive_s("gogjali", town, speed_kmh=speed_kmh) > link_limit_s()


@pytest.mark.parametrize("date", ["2016-11-04", "2017-01-08"])
def test_gap_before_the_first_field_hospital_in_the_east_is_shown(date: str) -> None:
    """With what worked then, nobody was within the hour; one field hospital changes that."""
    found = on(date)
    assert found.served_by_open_share == 0.0
    assert found.served_share > 0.5


def test_hammam_al_alil_went_on_serving_the_old_city_within_the_hour() -> None:
    """24 km behind the front it is still inside the clock at convoy speed, and out of it below."""
    found = on("2017-06-10")
    assert found.hospital == "hammam_al_alil"
    assert found.hospital_km > 20.0
    minutes = found.link_min["hammam_al_alil"]
    slowest_kmh = facts.number("times.convoy_kmh") * minutes * 60 / link_limit_s()
    assert 35.0 < slowest_kmh < 42.0


def test_qayyarah_alone_would_not_have_done() -> None:
    """The hospital that worked in February 2017 was beyond the hour from the western front."""
    assert on("2017-02-25").served_by_open_share == 0.0
    assert on("2017-02-25").link_min["qayyarah"] > link_limit_s() / 60

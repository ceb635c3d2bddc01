# SPDX-License-Identifier: Apache-2.0
"""Strike sites: craters between two images."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from shapely import Point

from goldenhour.base.errors import MissingColumnError, UnreadableFileError
from goldenhour.reports.said import IncidentSaid
from goldenhour.sources import strikes
from goldenhour.sources.reading import Reading
from tests.sources.deliveries import NOW, codes, geojson

SITE: dict[str, object] = {
    "SensorDate": "2015/01/25",
    "DatePeriod": "06JUN14-25JAN15",
    "Cause": "Air Strike / Missile (SSM)",
    "ded1_Radius": 41.96,
}


def read(path: Path) -> Reading:
    """Read with a fixed moment."""
    assert strikes.recognises(path)
    return strikes.read(path, recorded_at=NOW, want=None)


def test_a_strike_happened_between_two_images(tmp_path: Path) -> None:
    """Cause and radius as given, seen from the image before to the image that shows it."""
    [report] = read(geojson(tmp_path / "a.geojson", [(SITE, Point(37, 36))])).reports
    assert report.said == IncidentSaid(incident="Air Strike / Missile (SSM)", radius_m=41.96)
    assert report.seen_from == datetime(2014, 6, 6, tzinfo=UTC)
    assert report.seen_to == datetime(2015, 1, 25, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    "period", ["Before 25JAN15", "", None, "99XYZ14-25JAN15", "01MAR15-25JAN15"]
)
def test_without_an_image_before_it_is_seen_on_the_day_of_the_image(
    tmp_path: Path, period: str | None
) -> None:
    """A period that says nothing, or nonsense, leaves the day of the image."""
    site = {**SITE, "DatePeriod": period}
    [report] = read(geojson(tmp_path / "a.geojson", [(site, Point(37, 36))])).reports
    assert report.seen_from == datetime(2015, 1, 25, tzinfo=UTC)


def test_sites_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    """No place, no date, a text date, no radius, a double: each has its finding."""
    rows = [
        (SITE, None),
        ({**SITE, "SensorDate": None}, Point(37.1, 36)),
        ({**SITE, "SensorDate": "in spring"}, Point(37.2, 36)),
        ({**SITE, "ded1_Radius": None}, Point(37.3, 36)),
        ({**SITE, "ded1_Radius": None}, Point(37.3, 36)),
    ]
    reading = read(geojson(tmp_path / "a.geojson", rows))
    assert len(reading.reports) == 1
    assert set(codes(reading.findings)) == {
        "no-place",
        "no-date",
        "unreadable-date",
        "no-radius",
        "repeated-rows",
    }


@pytest.mark.parametrize("content", [b"", b"{", b'{"type": "FeatureCollection", "features": []}'])
def test_nonsense_is_an_error_with_a_code(tmp_path: Path, content: bytes) -> None:
    """Empty and cut files are neither recognised nor a traceback."""
    path = tmp_path / "a.geojson"
    path.write_bytes(content)
    assert not strikes.recognises(path)
    with pytest.raises((MissingColumnError, UnreadableFileError)):
        strikes.read(path, recorded_at=NOW, want=None)


@pytest.mark.real_data
def test_aleppo_has_3364_strikes_one_of_them_twice(real_data: Path) -> None:
    """All strikes of 2013 to 2015 by their cause."""
    reading = read(real_data / "aleppo" / "strikes_hrw_2013_2015.geojson")
    said = [r.said for r in reading.reports if isinstance(r.said, IncidentSaid)]
    assert len(said) == 3363
    assert codes(reading.findings) == ["repeated-rows"]
    causes = Counter(each.incident for each in said)
    assert causes["Artillery (Mortar / Howitzer)"] == 401
    assert all(2 < each.radius_m < 80 for each in said)

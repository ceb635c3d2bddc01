# SPDX-License-Identifier: Apache-2.0
"""Explosive hazard areas: unsafe until released, and released by no slip of a pen."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import Point, Polygon, box

from goldenhour.base.errors import MissingColumnError, UnreadableFileError, WrongCrsError
from goldenhour.base.grades import Credibility, Reliability
from goldenhour.reports.said import HazardSaid, HazardStatus
from goldenhour.sources import hazard_areas, recognise
from goldenhour.sources.hazard_words import hazard_in, is_in_work, status_in
from goldenhour.sources.reading import Reading
from tests.sources.deliveries import NOW, codes, geojson, table, zipped

FIELD = box(40.0, 34.0, 40.001, 34.001)
HEADER = "hazard,status,date,lon,lat,radius_m,source,reliability"


def field(**cells: object) -> tuple[dict[str, Any], Polygon]:
    """One row of a made-up register."""
    row: dict[str, Any] = {
        "hazard_localid": "HA-1",
        "hazard_type": "SHA",
        "status": "Open",
        "survey_date": "2017-11-04",
        "operator": "a survey team",
    }
    return row | cells, FIELD


def write(path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    """Write a table."""
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return path


def read(path: Path) -> Reading:
    """Read with a fixed moment, through the one door."""
    assert hazard_areas.recognises(path)
    return recognise.read(path, recorded_at=NOW)


def hazards(reading: Reading) -> list[HazardSaid]:
    """List what was said."""
    return [r.said for r in reading.reports if isinstance(r.said, HazardSaid)]


@pytest.mark.parametrize("name", ["ha.geojson", "ha.gpkg", "ha.fgb", "ha.parquet"])
def test_a_shape_is_a_hazard_as_drawn(tmp_path: Path, name: str) -> None:
    """Outline, standing, day, and who surveyed it; nobody graded them."""
    rows = table([field()])
    if name.endswith("parquet"):
        rows.to_parquet(tmp_path / name)
    else:
        rows.to_file(tmp_path / name)
    reading = read(tmp_path / name)
    [report] = reading.reports
    assert hazards(reading) == [HazardSaid(hazard="explosive", status=HazardStatus.SUSPECTED)]
    assert report.where is not None
    assert report.where.equals_exact(FIELD, 1e-9) or report.where.equals(FIELD)
    assert report.seen_from == datetime(2017, 11, 4, tzinfo=UTC)
    assert (report.source.name, report.source.reference) == ("a survey team", "area HA-1")
    assert report.source.reliability is Reliability.F
    assert reading.findings == ()


def test_a_zipped_shapefile_cuts_names_and_comes_in_metres(tmp_path: Path) -> None:
    """Names of ten letters, another system, Arabic without a code page."""
    cells = {"hazard_loc": "HA-1", "hazard_typ": "منطقة خطرة مؤكدة", "survey_dat": "2017-11-04"}
    rows = table([(cells, FIELD)]).to_crs("EPSG:32637")
    reading = read(zipped(tmp_path / "minefields.zip", {"areas": rows}, without=[".cpg"]))
    assert hazards(reading)[0].status is HazardStatus.CONFIRMED
    where = reading.reports[0].where
    assert where is not None
    assert where.centroid.distance(FIELD.centroid) < 1e-6


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("SHA", "suspected"),
        ("Suspected Hazardous Area (SHA)", "suspected"),
        ("CHA", "confirmed"),
        ("confirmed_hazardous_area", "confirmed"),
        ("Defined Hazardous Area", "confirmed"),
        ("Cancelled", "cancelled"),
        ("canceled", "cancelled"),
        ("Reduced", "reduced"),
        ("  CLEARED ", "cleared"),
        ("مطهرة", "cleared"),
        ("مشتبه بها", "suspected"),
    ],
)
def test_terms_of_land_release(word: str, status: str) -> None:
    """Letters, whole names, brackets, underscores, Arabic."""
    assert status_in(word) is HazardStatus(status)


@pytest.mark.parametrize(
    "word",
    ["not cleared", "uncleared", "clearance ongoing", "partially cleared", "to be cleared",
     "released", "closed", "cleared (suspected)", "SHA cleared?", "", "1"],
)  # fmt: skip
def test_near_words_are_no_release(word: str) -> None:
    """What only sounds like a release is none."""
    assert status_in(word) is None
    assert not is_in_work(word)


@pytest.mark.parametrize(
    ("cells", "status", "is_noticed"),
    [
        ({"hazard_type": "CHA", "status": "Open"}, "confirmed", False),
        ({"hazard_type": "CHA", "status": "Cleared"}, "cleared", False),
        ({"hazard_type": "CHA", "status": "Closed"}, "confirmed", True),
        ({"hazard_type": "Cleared", "status": "Ongoing"}, "suspected", True),
        ({"hazard_type": "Cleared", "status": None}, "cleared", False),
        ({"hazard_type": "Cluster", "status": "Unknown"}, "suspected", True),
        ({"hazard_type": None, "status": "محتمل"}, "suspected", True),
    ],
)
def test_unknown_standing_stays_suspected(
    tmp_path: Path, cells: dict[str, Any], status: str, *, is_noticed: bool
) -> None:
    """The status goes before the type; what nobody understands stays a danger, and is said."""
    reading = read(geojson(tmp_path / "a.geojson", [field(**cells, reliability="B")]))
    assert hazards(reading)[0].status is HazardStatus(status)
    assert ("unknown-status" in codes(reading.findings)) is is_noticed


def test_points_with_a_radius_as_csv(tmp_path: Path) -> None:
    """Longitude, latitude, metres around; the source's own grades."""
    path = write(
        tmp_path / "a.csv",
        HEADER + ",credibility",
        "UXO,confirmed,2017-11-04,40.9,34.4,75,a clearance team,B,2",
    )
    reading = read(path)
    [report] = reading.reports
    assert hazards(reading) == [
        HazardSaid(hazard="explosive", status=HazardStatus.CONFIRMED, radius_m=75.0)
    ]
    assert report.where == Point(40.9, 34.4)
    assert report.source.reliability is Reliability.B
    assert report.credibility is Credibility.PROBABLE


def test_outlines_as_csv(tmp_path: Path) -> None:
    """WKT, with a system in front or broken; then the point serves, if there is one."""
    path = write(
        tmp_path / "hazardous_areas.csv",
        "wkt;status;date;lon;lat",
        f"{FIELD.wkt};CHA;2017-11-04;;",
        f"{FIELD.wkt};SHA;2017-11-04;;",
        "Polygon;CHA;2017-11-04;40.9;34.4",
        "Polygon;CHA;2017-11-04;;",
        "POLYGON ((40 34;CHA;2017-11-04;far;34.4",
    )
    reading = read(path)
    assert [r.where for r in reading.reports] == [FIELD, FIELD, Point(40.9, 34.4)]
    assert {"no-outline", "no-place", "unreadable-place"} <= set(codes(reading.findings))
    quoted = write(
        tmp_path / "imsma.csv", "geom,status,date", f'"SRID=4326;{FIELD.wkt}",CHA,2017-11-04'
    )
    assert [r.where for r in read(quoted).reports] == [FIELD]


def test_a_point_with_a_size_is_a_circle_of_that_size(tmp_path: Path) -> None:
    """Registers give a point and square metres: the danger is as large as they say."""
    path = write(
        tmp_path / "a.csv",
        "hazard_localid,hazard_type,areasize,longitude,latitude,dataentrydate",
        'HA-2,SHA,"31,416",40.9,34.4,2017-11-04 10:00:00',
        "HA-3,SHA,large,40.9,34.4,2017-11-04 10:00:00",
    )
    reading = read(path)
    assert hazards(reading)[0].radius_m == pytest.approx(100, rel=1e-4)
    assert hazards(reading)[1].radius_m == 0
    assert {"circle-of-its-size", "not-a-number"} <= set(codes(reading.findings))


def test_an_undated_danger_counts_and_an_undated_release_does_not(tmp_path: Path) -> None:
    """No date, or one that is not clearly a date."""
    path = write(
        tmp_path / "a.csv",
        HEADER,
        "mine,suspected,,40.9,34.4,,x,B",
        "mine,confirmed,04/05/2017,40.8,34.4,,x,B",
        "mine,cleared,,40.9,34.4,,x,B",
    )
    reading = read(path)
    assert [r.seen_from.date() for r in reading.reports] == [NOW.date(), NOW.date()]
    assert {"no-date", "unreadable-date", "release-without-date"} <= set(codes(reading.findings))


def test_the_order_of_day_and_month_is_told_by_the_column(tmp_path: Path) -> None:
    """Another row shows that the day stands first."""
    path = write(
        tmp_path / "a.csv",
        HEADER,
        "mine,suspected,04/05/2017,40.9,34.4,,x,B",
        "mine,suspected,26/05/2017,40.9,34.4,,x,B",
    )
    assert [r.seen_from.month for r in read(path).reports] == [5, 5]


def test_a_release_by_nobody_graded_is_said_to_lower_nothing(tmp_path: Path) -> None:
    """The report is kept with F; a letter that is none is F too."""
    path = write(
        tmp_path / "a.csv",
        HEADER + ",credibility",
        "mine,cleared,2017-11-04,40.9,34.4,,the army,,",
        "mine,cleared,2017-11-04,40.8,34.4,,x,good,very",
        "mine,cleared,2017-11-04,40.7,34.4,,y,A,1",
    )
    reading = read(path)
    assert [r.source.reliability.value for r in reading.reports] == ["F", "F", "A"]
    [found] = [f for f in reading.findings if f.code == "release-not-graded"]
    assert found.n_rows == 2
    assert sum(f.code == "unknown-grade" for f in reading.findings) == 2


def test_an_outline_that_crosses_itself_is_repaired(tmp_path: Path) -> None:
    """A bow tie, and a sliver without an area: both stay a danger."""
    bow = Polygon([(40, 34), (40.001, 34.001), (40.001, 34), (40, 34.001)])
    sliver = Polygon([(40, 34), (40.001, 34), (40, 34)])
    rows = [(field()[0], bow), (field(hazard_localid="HA-2")[0], sliver)]
    reading = read(geojson(tmp_path / "a.geojson", rows))
    shapes = [r.where for r in reading.reports]
    assert all(shape is not None and shape.is_valid and not shape.is_empty for shape in shapes)
    assert "invalid-shape" in codes(reading.findings)


def test_rows_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    """No place, not on earth, listed twice."""
    far = box(40, 89, 40.1, 95)
    rows = [field(), field(), (field()[0], None), (field()[0], far)]
    path = geojson(tmp_path / "a.geojson", rows)
    with pytest.raises(WrongCrsError):
        read(path)
    reading = read(geojson(path, rows[:3]))
    assert len(reading.reports) == 1
    assert {"repeated-rows", "no-place"} <= set(codes(reading.findings))
    text = write(
        tmp_path / "a.csv", HEADER, "mine,CHA,2017-11-04,40.9,95,,x,B", "mine,CHA,,0,0,,x,B"
    )
    assert {"impossible-report", "no-place"} <= set(codes(read(text).findings))


@pytest.mark.parametrize(
    ("cells", "hazard"),
    [
        (["UXO"], "explosive"),
        (["flood"], "flood"),
        (["Direct fire"], "direct_fire"),
        ([], "explosive"),
    ],
)
def test_the_danger_is_explosive_unless_said(cells: list[str], hazard: str) -> None:
    """Registers of mine action list explosives; a word of another danger is kept."""
    assert hazard_in(cells) == hazard


def test_other_files_are_not_claimed(tmp_path: Path) -> None:
    """Floods, quarries and plain outlines are not explosive hazards; a cut file is refused."""
    for name, cells in {
        "flood_zones": {"status": "active", "type": "river"},
        "coal_mines": {"status": "open", "name": "pit"},
        "minefields": {"name": "no standing"},
    }.items():
        table([(cells, FIELD)]).to_file(tmp_path / f"{name}.gpkg")
        assert not hazard_areas.recognises(tmp_path / f"{name}.gpkg")
    no_place = write(tmp_path / "a.csv", "hazard,status", "mine,CHA")
    with pytest.raises(MissingColumnError):
        hazard_areas.read(no_place, recorded_at=NOW, want=None)
    assert codes(read(write(tmp_path / "c.csv", HEADER)).findings) == ["no-rows"]
    path = tmp_path / "minefields.geojson"
    geojson(path, [field()])
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(UnreadableFileError):
        recognise.read(path, recorded_at=NOW, as_="hazard_areas")
    other = write(
        tmp_path / "b.csv", HEADER, "لغم,مؤكد,2017-11-04,40.9,34.4,,فريق,B", encoding="cp1256"
    )
    reading = read(other)
    assert hazards(reading)[0].status is HazardStatus.CONFIRMED
    assert "encoding-guessed" in codes(reading.findings)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    status=st.text("acdelrnoCHAS -", max_size=9),
    cells=st.lists(st.text("0123456789.-٣ ab/(", max_size=8), min_size=4, max_size=4),
)
def test_nothing_is_lost_and_no_word_by_chance_releases(
    tmp_path: Path, status: str, cells: list[str]
) -> None:
    """Every row is a report or a finding, and a danger unless its word is a release."""
    path = write(tmp_path / "a.csv", HEADER, f"mine,{status},{','.join(cells)},x,B")
    reading = read(path)
    n_refused = sum(f.n_rows for f in reading.findings if f.severity.value == "refused")
    assert len(reading.reports) + n_refused == 1
    for said in hazards(reading):
        is_release = said.status.value in {"cancelled", "reduced", "cleared"}
        assert is_release == (status_in(status) in set(HazardStatus) - {"suspected", "confirmed"})


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        ("Cleared", HazardStatus.CLEARED),
        ("Cleared (pending QA)", None),
        ("Not finished (cleared)", None),
        ("Cancelled land (cancelled)", HazardStatus.CANCELLED),
        ("Confirmed Hazardous Area (in the river bed)", HazardStatus.CONFIRMED),
        ("Suspected (cleared)", None),
    ],
)
def test_beside_a_release_every_word_must_be_understood(
    cell: str, status: HazardStatus | None
) -> None:
    """A remark that nobody understands takes a release back; it leaves a danger as it is."""
    assert status_in(cell) is status

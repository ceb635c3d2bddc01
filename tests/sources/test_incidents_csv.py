# SPDX-License-Identifier: Apache-2.0
"""Security incidents in whatever words a table has."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import Point

from goldenhour.base.errors import MissingColumnError, UnreadableFileError
from goldenhour.base.grades import Credibility, Reliability
from goldenhour.reports.said import IncidentSaid
from goldenhour.sources import date_columns, incidents_csv, recognise
from goldenhour.sources.date_columns import Order
from goldenhour.sources.reading import Reading
from tests.sources.deliveries import NOW, codes

HEADER = "Incident ID,Incident Date,Incident Type,District,Latitude,Longitude,Killed,Source"
ROW = "17,2017-11-04,Attack,Madeup,34.4012,40.9034,1,a field office"


def write(path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    """Write a table, header first."""
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return path


def read(path: Path) -> Reading:
    """Read with a fixed moment, through the one door."""
    assert incidents_csv.recognises(path)
    return recognise.read(path, recorded_at=NOW)


def incidents(reading: Reading) -> list[IncidentSaid]:
    """List the incidents."""
    return [r.said for r in reading.reports if isinstance(r.said, IncidentSaid)]


def test_an_incident_keeps_word_day_place_and_deaths(tmp_path: Path) -> None:
    """In the table's own words; from an unknown table nobody can judge it."""
    reading = read(write(tmp_path / "a.csv", HEADER, ROW))
    [report] = reading.reports
    [said] = incidents(reading)
    assert (said.incident, said.deaths) == ("Attack", 1)
    assert report.where == Point(40.9034, 34.4012)
    assert report.seen_from.date().isoformat() == "2017-11-04"
    assert report.source.name == "a field office"
    assert report.source.reference == "incident 17, Madeup"
    assert report.source.reliability is Reliability.F
    assert report.credibility is Credibility.CANNOT_JUDGE
    assert reading.findings == ()


def test_inso_is_named_and_trusted(tmp_path: Path) -> None:
    """A file named as INSO's is INSO's; it asks to be named."""
    reading = read(write(tmp_path / "INSO_incidents_2017.csv", HEADER, ROW))
    [report] = reading.reports
    assert (report.source.name, report.source.reliability) == ("INSO", Reliability.B)
    assert report.credibility is Credibility.PROBABLE
    assert codes(reading.findings) == ["attribution"]
    other = read(write(tmp_path / "insolence.csv", HEADER, ROW))
    assert other.reports[0].source.name != "INSO"


@pytest.mark.parametrize(
    "lines",
    [
        (
            "Year,Month,Day,Means of attack,Latitude,Longitude",
            "2017,11,4,Aerial bombardment,34.40,40.91",
        ),
        (
            "Date;Event Description;Weapon Carried/Used;Latitude;Longitude",
            "2017-11-04;x;Shell;34.40;40.91",
        ),
        ("# made up", "lon\tlat\tattack_type\tdate", "40.91\t34.40\tIED\t04 Nov 2017"),
        ("نوع الحادث,تاريخ الحادث,خط الطول,خط العرض", "قصف,٢٠١٧-١١-٠٤,٤٠.٩١,٣٤.٤٠"),  # noqa: RUF001
    ],
)
def test_words_of_many_tables(tmp_path: Path, lines: tuple[str, ...]) -> None:
    """Databases of aid workers, tabs and semicolons, Arabic: each is an incident of one day."""
    reading = read(write(tmp_path / "a.csv", *lines))
    [report] = reading.reports
    assert report.where == Point(40.91, 34.40)
    assert report.seen_from.date().isoformat() == "2017-11-04"
    assert incidents(reading)[0].incident != "unknown"


@pytest.mark.parametrize(
    ("word", "radius_m"),
    [
        ("Exact location", 500),
        ("near village", 2000),
        ("مدينة", 2000),
        ("District centroid", 25000),
        ("Governorate", 100000),
        ("2", 25000),
        ("", 1000),
    ],
)
def test_precision_is_a_radius(tmp_path: Path, word: str, radius_m: float) -> None:
    """The coarsest word counts; a word that nobody knows is taken as a district, and said."""
    path = write(tmp_path / "a.csv", HEADER + ",Geo Precision", f"{ROW},{word}")
    reading = read(path)
    assert incidents(reading)[0].radius_m == radius_m
    assert ("unknown-precision" in codes(reading.findings)) is (word == "2")


def test_rounded_positions_and_shared_points_are_blurred(tmp_path: Path) -> None:
    """One decimal is kilometres; three incidents on one point are a place's point."""
    coarse = ROW.replace("34.4012", "34.4").replace("40.9034", "40.9")
    [said] = incidents(read(write(tmp_path / "a.csv", HEADER, coarse)))
    assert 5000 < said.radius_m < 6000
    lines = [ROW.replace("17,", f"{n},", 1) for n in (17, 18, 19)]
    reading = read(write(tmp_path / "b.csv", HEADER, *lines))
    assert {said.radius_m for said in incidents(reading)} == {5000.0}
    assert "shared-points" in codes(reading.findings)
    stated = write(tmp_path / "c.csv", HEADER + ",radius_m", f"{ROW},300")
    assert incidents(read(stated))[0].radius_m == 300


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["04/11/2017", "26/04/2017"], Order.DAY_FIRST),
        (["04/11/2017", "04/26/2017"], Order.MONTH_FIRST),
        (["04/11/2017", "05/10/2017"], Order.UNCLEAR),
        (["26/04/2017", "04/26/2017"], Order.UNCLEAR),
        (["٢٦/٠٤/٢٠١٧"], Order.DAY_FIRST),
        (["2017-11-04", ""], Order.UNCLEAR),
    ],
)
def test_a_column_tells_the_order_of_day_and_month(cells: list[str], order: Order) -> None:
    """Only what other rows show decides; rows that disagree decide nothing."""
    assert date_columns.order_of(cells) is order


def test_unclear_dates_are_not_guessed(tmp_path: Path) -> None:
    """Alone, 04/11/2017 is refused; beside 26/04/2017 it is the fourth of November."""
    slashed = ROW.replace("2017-11-04", "04/11/2017")
    reading = read(write(tmp_path / "a.csv", HEADER, slashed))
    assert not reading.reports
    assert codes(reading.findings) == ["unreadable-cell"]
    later = ROW.replace("2017-11-04", "26/04/2017")
    reading = read(write(tmp_path / "b.csv", HEADER, slashed, later))
    assert [r.seen_from.date().isoformat() for r in reading.reports] == ["2017-11-04", "2017-04-26"]
    assert "date-order-concluded" in codes(reading.findings)


@pytest.mark.parametrize(
    ("cells", "first", "last"),
    [
        (("2016", "2", ""), "2016-02-01", "2016-02-29"),
        (("2016", "", ""), "2016-01-01", "2016-12-31"),
        (("2016.0", "2.0", "3.0"), "2016-02-03", "2016-02-03"),
    ],
)
def test_a_month_or_year_is_a_span(cells: tuple[str, str, str], first: str, last: str) -> None:
    """Without a day it happened somewhere in the month, without a month in the year."""
    found = date_columns.parts(*cells)
    assert found is not None
    assert tuple(when.isoformat() for when in found) == (first, last)
    assert date_columns.parts("", "2", "3") is None


def test_rows_without_place_type_or_sense(tmp_path: Path) -> None:
    """No position and no type are kept; no date, a wrong month and a pole are named."""
    lines = [
        ROW.replace("34.4012", ""),
        ROW.replace("34.4012", "0").replace("40.9034", "0"),
        ROW.replace("Attack", ""),
        ROW.replace("2017-11-04", ""),
        ROW.replace("2017-11-04", "2017-13-04"),
        ROW.replace("34.4012", "94.4"),
        ROW.replace(",1,", ",several,"),
        ROW + ",too,many",
        "18,2017-11-05",
    ]
    reading = read(write(tmp_path / "a.csv", HEADER, *lines))
    assert sum(r.where is None for r in reading.reports) == 2
    found = set(codes(reading.findings))
    assert found >= {
        "no-place",
        "no-type",
        "unreadable-cell",
        "impossible-report",
        "not-a-number",
        "too-many-cells",
        "too-few-cells",
    }


def test_grades_in_the_table_are_used(tmp_path: Path) -> None:
    """Columns reliability and credibility are Admiralty grades; others are refused."""
    header = HEADER + ",Reliability,Credibility"
    reading = read(write(tmp_path / "a.csv", header, f"{ROW},C,3", f"{ROW},Z,3"))
    [report] = reading.reports
    assert report.source.reliability is Reliability.C
    assert report.credibility is Credibility.POSSIBLE
    assert codes(reading.findings) == ["unreadable-cell"]


def test_other_tables_are_not_claimed(tmp_path: Path) -> None:
    """Points, messages and figures are other modules'; a missing column is named."""
    points = write(tmp_path / "a.csv", "lon,lat,type,name,date", "40.9,34.4,school,x,2017-11-04")
    assert not incidents_csv.recognises(points)
    with pytest.raises(MissingColumnError, match="when"):
        incidents_csv.read(
            write(tmp_path / "b.csv", "incident,lon,lat", "x,1,2"), recorded_at=NOW, want=None
        )
    with pytest.raises(MissingColumnError, match="where"):
        incidents_csv.read(
            write(tmp_path / "c.csv", "incident,date", "x,1"), recorded_at=NOW, want=None
        )
    assert codes(read(write(tmp_path / "e.csv", HEADER)).findings) == ["no-rows"]
    cut = tmp_path / "d.csv"
    cut.write_bytes((HEADER + "\n" + ROW + '\n19,"2017-').encode())
    reading = incidents_csv.read(cut, recorded_at=NOW, want=None)
    assert len(reading.reports) == 1
    assert {"too-few-cells", "unreadable-cell"} <= set(codes(reading.findings))
    cut.write_bytes(b"\x00\x01")
    with pytest.raises(UnreadableFileError):
        incidents_csv.read(cut, recorded_at=NOW, want=None)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(st.text("0123456789.-٣ ab/", max_size=8), min_size=8, max_size=8))
def test_every_row_is_a_report_or_a_finding(tmp_path: Path, cells: list[str]) -> None:
    """Whatever stands in the cells, nothing is lost silently."""
    reading = read(write(tmp_path / "a.csv", HEADER, ROW, ",".join(["x", *cells[1:]])))
    n_refused = sum(f.n_rows for f in reading.findings if f.severity.value == "refused")
    assert len(reading.reports) + n_refused == 2

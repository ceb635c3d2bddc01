# SPDX-License-Identifier: Apache-2.0
"""ACLED events: blurred as they say, peaceful ones kept apart, never to be passed on."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import Point

from goldenhour.base.errors import MissingColumnError, UnreadableFileError
from goldenhour.reports.said import ClaimSaid, IncidentSaid
from goldenhour.sources import acled, recognise
from goldenhour.sources.reading import Reading
from tests.sources.deliveries import NOW, codes

HEADER = (
    "event_id_cnty,event_date,year,time_precision,disorder_type,event_type,sub_event_type,actor1,"
    "location,latitude,longitude,geo_precision,source,notes,fatalities,timestamp"
)
SHELLING = "Explosions/Remote violence,Shelling/artillery/missile attack"


def event(  # noqa: PLR0913 - cells of one row, by name
    number: int,
    *,
    when: str = "2017-11-04",
    time: str = "1",
    kind: str = SHELLING,
    lon: str = "40.9",
    geo: str = "1",
    deaths: str = "2",
) -> str:
    """One line of the table; the place is made up."""
    return (
        f"IRQ{number},{when},2017,{time},Political violence,{kind},Unidentified,Madeup,"
        f'34.4,{lon},{geo},Somebody,"A note, with a comma",{deaths},1700000000'
    )


def write(path: Path, *lines: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
    """Write a table."""
    path.write_text("\n".join((header, *lines)) + "\n", encoding=encoding)
    return path


def read(path: Path) -> Reading:
    """Read with a fixed moment, through the one door."""
    assert acled.recognises(path)
    return recognise.read(path, recorded_at=NOW)


def incidents(reading: Reading) -> list[IncidentSaid]:
    """List the incidents."""
    return [r.said for r in reading.reports if isinstance(r.said, IncidentSaid)]


def test_an_event_keeps_its_word_day_and_deaths(tmp_path: Path) -> None:
    """ACLED's own sub-type; the day; who says so, with the event's number and place."""
    reading = read(write(tmp_path / "a.csv", event(7)))
    [report] = reading.reports
    [said] = incidents(reading)
    assert report.where == Point(40.9, 34.4)
    assert (said.incident, said.deaths) == ("Shelling/artillery/missile attack", 2)
    assert report.source.reference == "event IRQ7, Madeup"
    assert report.seen_from == datetime(2017, 11, 4, tzinfo=UTC)


def test_the_licence_is_said(tmp_path: Path) -> None:
    """Whom to name, and that rows may not be passed on."""
    reading = read(write(tmp_path / "a.csv", event(7)))
    assert codes(reading.findings) == ["attribution", "not-to-be-passed-on"]


@pytest.mark.parametrize(
    ("geo", "at_least_m"), [("1", 2000), ("2.0", 10000), ("3", 50000), ("", 50000), ("9", 50000)]
)
def test_precision_is_a_radius(tmp_path: Path, geo: str, at_least_m: float) -> None:
    """The finest class is a town's point; an unknown class is the widest, and named."""
    reading = read(write(tmp_path / "a.csv", event(1, geo=geo)))
    assert incidents(reading)[0].radius_m == at_least_m
    assert ("no-precision" in codes(reading.findings)) is (geo in {"", "9"})


def test_events_on_one_point_are_blurred(tmp_path: Path) -> None:
    """Three events on one point make it a gazetteer's."""
    lines = [event(1), event(2), event(3), event(4, lon="41.2")]
    reading = read(write(tmp_path / "a.csv", *lines))
    assert [said.radius_m for said in incidents(reading)] == [5000.0] * 3 + [2000.0]
    assert "shared-points" in codes(reading.findings)


@pytest.mark.parametrize(
    ("when", "time", "first", "last"),
    [
        ("2017-11-04", "1", "2017-11-04", "2017-11-04"),
        ("04 November 2017", "1", "2017-11-04", "2017-11-04"),
        ("4-Nov-17", "1", "2017-11-04", "2017-11-04"),
        ("2017-11-04", "2", "2017-11-01", "2017-11-07"),
        ("2017-02-15", "3", "2017-02-01", "2017-02-28"),
    ],
)
def test_days_in_every_style_and_precision(
    tmp_path: Path, when: str, time: str, first: str, last: str
) -> None:
    """A week or month in which it happened is the time in which it was seen."""
    [report] = read(write(tmp_path / "a.csv", event(1, when=when, time=time))).reports
    assert report.seen_from.date().isoformat() == first
    assert report.seen_to.date().isoformat() == last


@pytest.mark.parametrize(
    ("kind", "about"),
    [
        ("Protests,Peaceful protest", "security"),
        ("Strategic developments,Agreement", "security"),
        ("Strategic developments,Non-violent transfer of territory", "territory"),
        ("Protests,Excessive force against protesters", None),
        ("Strategic developments,Disrupted weapons use", None),
        ("Riots,Mob violence", None),
        ("Something new,Of a new kind", None),
    ],
)
def test_what_endangers_nobody_is_a_claim(tmp_path: Path, kind: str, about: str | None) -> None:
    """Protests and agreements move no plan; whatever is not known to be harmless does."""
    reading = read(write(tmp_path / "a.csv", event(1, kind=kind)))
    [report] = reading.reports
    if about is None:
        assert isinstance(report.said, IncidentSaid)
    else:
        assert isinstance(report.said, ClaimSaid)
        assert (report.said.about, report.said.confirmed) == (about, False)
        assert "A note, with a comma" in report.said.text
        assert "kept-as-claim" in codes(reading.findings)


def test_events_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    """No place, no date, a latitude beyond the pole; deaths that are no number lose no event."""
    lines = [
        event(1, lon=""),
        event(2, when=""),
        event(3, when="04/11/2017"),
        event(4).replace("34.4", "95.0"),
        event(5, deaths="many"),
        event(6),
        event(6),
    ]
    reading = read(write(tmp_path / "a.csv", *lines))
    assert [said.deaths for said in incidents(reading)] == [None, 2]
    assert {"unreadable-cell", "impossible-report", "not-a-number", "repeated-rows"} <= set(
        codes(reading.findings)
    )
    refused = sum(f.n_rows for f in reading.findings if f.severity.value == "refused")
    assert refused == 4


def test_capitals_semicolons_and_arabic(tmp_path: Path) -> None:
    """Older exports have capitals, Excel puts semicolons, names come in Arabic and other bytes."""
    line = event(1).replace('"A note, with a comma"', "قصف").replace("Madeup", "بلدة")
    header = HEADER.upper().replace(",", ";")
    path = write(tmp_path / "a.csv", line.replace(",", ";"), header=header, encoding="cp1256")
    reading = read(path)
    assert "encoding-guessed" in codes(reading.findings)
    assert reading.reports[0].source.reference == "event IRQ1, بلدة"


def test_a_table_without_its_columns_is_an_error(tmp_path: Path) -> None:
    """Another table is not recognised, and named as what it lacks; an empty one is refused."""
    path = write(tmp_path / "a.csv", "1,2", header="lon,lat")
    assert not acled.recognises(path)
    with pytest.raises(MissingColumnError):
        acled.read(path, recorded_at=NOW, want=None)
    assert "no-rows" in codes(read(write(tmp_path / "b.csv")).findings)
    path.write_bytes(b"")
    with pytest.raises(UnreadableFileError):
        acled.read(path, recorded_at=NOW, want=None)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(st.text("0123456789.,-٣ ab/", max_size=8), min_size=6, max_size=6))
def test_every_row_is_a_report_or_a_finding(tmp_path: Path, cells: list[str]) -> None:
    """Whatever stands in the cells, nothing is lost silently."""
    when, time, lon, geo, deaths, _ = ('"' + cell.replace('"', "") + '"' for cell in cells)
    line = event(1, when=when, time=time, lon=lon, geo=geo, deaths=deaths)
    reading = read(write(tmp_path / "a.csv", line))
    n_refused = sum(f.n_rows for f in reading.findings if f.severity.value == "refused")
    assert len(reading.reports) + n_refused == 1

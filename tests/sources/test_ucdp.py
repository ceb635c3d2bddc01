# SPDX-License-Identifier: Apache-2.0
"""UCDP events: never a pin."""

from pathlib import Path

import pytest
from shapely import Point

from goldenhour.base.errors import MissingColumnError, UnreadableFileError
from goldenhour.base.grades import Credibility
from goldenhour.reports.said import IncidentSaid
from goldenhour.sources import ucdp
from goldenhour.sources.reading import Reading
from tests.sources.deliveries import NOW, codes

HEADER = (
    "id,year,type_of_violence,dyad_name,where_prec,where_coordinates,latitude,longitude,"
    "event_clarity,date_prec,date_start,date_end,low,best,high"
)


def event(number: int, *, prec: str = "1.0", lon: str = "40.9", best: str = "2.0") -> str:
    """One line of the table."""
    return (
        f"{number}.0,2017.0,1.0,A - B,{prec},Town,34.4,{lon},1.0,1.0,"
        f"2017-11-03,2017-11-05,0.0,{best},3.0"
    )


def write(path: Path, *lines: str) -> Path:
    """Write a table."""
    path.write_text("\n".join((HEADER, *lines)) + "\n", encoding="utf-8")
    return path


def read(path: Path) -> Reading:
    """Read with a fixed moment."""
    assert ucdp.recognises(path)
    return ucdp.read(path, recorded_at=NOW, want=None)


def incidents(reading: Reading) -> list[IncidentSaid]:
    """List the incidents."""
    return [r.said for r in reading.reports if isinstance(r.said, IncidentSaid)]


def test_an_event_keeps_its_days_and_deaths(tmp_path: Path) -> None:
    """Seen from the first to the last day; best estimate of deaths; clarity as credibility."""
    reading = read(write(tmp_path / "a.csv", event(7)))
    [report] = reading.reports
    assert report.where == Point(40.9, 34.4)
    assert (report.seen_from.day, report.seen_to.day) == (3, 5)
    assert incidents(reading)[0].deaths == 2
    assert incidents(reading)[0].incident == "state-based violence"
    assert report.credibility is Credibility.PROBABLE
    assert report.source.reference == "event 7 (A - B)"


@pytest.mark.parametrize(("prec", "at_least_m"), [("1", 1000), ("2.0", 25000), ("", 100000)])
def test_no_event_is_a_pin(tmp_path: Path, prec: str, at_least_m: float) -> None:
    """Even the finest class has a radius; an unknown class has the widest."""
    [said] = incidents(read(write(tmp_path / "a.csv", event(1, prec=prec))))
    assert said.radius_m >= at_least_m


def test_events_on_one_point_are_blurred(tmp_path: Path) -> None:
    """Three events on one point make it a gazetteer's; the lone one elsewhere keeps its class."""
    lines = [event(1), event(2), event(3), event(4, lon="41.2")]
    reading = read(write(tmp_path / "a.csv", *lines))
    radii = [said.radius_m for said in incidents(reading)]
    assert radii[:3] == [5000.0] * 3
    assert radii[3] < 5000
    assert len({r.id for r in reading.reports}) == 4
    assert codes(reading.findings) == ["shared-points", "attribution"]


def test_events_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    """No coordinates, text in a number column, a latitude beyond the pole, a short row."""
    lines = [
        event(1, lon=""),
        event(2, best="many"),
        event(3).replace("34.4", "95.0"),
        event(4).rsplit(",", 8)[0],
        event(5),
    ]
    reading = read(write(tmp_path / "a.csv", *lines))
    assert len(reading.reports) == 1
    assert {"unreadable-cell", "impossible-report", "too-few-cells"} <= set(codes(reading.findings))


def test_a_table_without_its_columns_is_an_error(tmp_path: Path) -> None:
    """Another table is not recognised, and named as what it lacks."""
    path = tmp_path / "a.csv"
    path.write_text("lon,lat\n1,2\n", encoding="utf-8")
    assert not ucdp.recognises(path)
    with pytest.raises(MissingColumnError):
        ucdp.read(path, recorded_at=NOW, want=None)
    path.write_bytes(b"")
    with pytest.raises(UnreadableFileError):
        ucdp.read(path, recorded_at=NOW, want=None)


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "n_events", "n_points"),
    [
        ("aleppo/ucdp_ged_2016_2019.csv", 1072, 22),
        ("iraq/ucdp_ged_abu_kamal_2016_2019.csv", 574, 27),
    ],
)
def test_real_events_are_all_there_and_none_is_a_pin(
    real_data: Path, name: str, n_events: int, n_points: int
) -> None:
    """Every event once, on few points, each within a kilometre at best."""
    reading = read(real_data / name)
    assert len({r.id for r in reading.reports}) == n_events
    assert len({r.where for r in reading.reports}) == n_points
    assert min(said.radius_m for said in incidents(reading)) >= 1000
    assert "shared-points" in codes(reading.findings)

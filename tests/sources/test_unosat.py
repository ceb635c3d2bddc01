# SPDX-License-Identifier: Apache-2.0
"""UNOSAT damage points, with the quirks of twelve years of deliveries."""

import shutil
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import pyogrio
import pytest
import shapely
from shapely import Point

from goldenhour.base.errors import MissingColumnError, UnreadableFileError, WrongCrsError
from goldenhour.base.grades import Reliability, Sensitivity
from goldenhour.reports.said import DamageSaid
from goldenhour.sources import unosat
from goldenhour.sources.reading import Reading
from tests.sources.deliveries import NOW, Features, codes, geojson, table, zipped

HERE = Point(40.99, 34.39)


def read(path: Path) -> Reading:
    """Read with a fixed moment."""
    assert unosat.recognises(path)
    return unosat.read(path, recorded_at=NOW, want=None)


def said(reading: Reading) -> list[tuple[str, str]]:
    """List code and day of every report."""
    found = []
    for report in reading.reports:
        assert isinstance(report.said, DamageSaid)
        assert report.said.scale == "unosat"
        found.append((report.said.code, report.seen_from.date().isoformat()))
    return found


@pytest.mark.parametrize(
    ("native", "code"),
    [
        ("1", "1"),
        (2, "2"),
        (3.0, "3"),
        (" 4 ", "4"),
        ("5", "5"),
        ("6", "6"),
        (11, "11"),
        ("Destroyed", "1"),
        ("Severe Damage", "2"),
        ("moderate damage", "3"),
        ("No Visible Damage", "6"),
    ],
)
def test_a_class_is_one_code_however_it_is_written(
    tmp_path: Path, native: object, code: str
) -> None:
    """Number, text or word: the same class is the same code."""
    columns = {"SiteID": "Building", "SensorDate": "2017-10-21", "Main_Damage_Site_Class": native}
    path = geojson(tmp_path / "a.geojson", [(columns, HERE)])
    assert said(read(path)) == [(code, "2017-10-21")]


def test_a_report_is_dated_by_its_sensor_for_the_whole_day(tmp_path: Path) -> None:
    """Seen from midnight to the last second of the day of the image, by the named sensor."""
    columns = {"SensorDa_2": "2015/04/26", "SensorID_3": "Pleiades", "Main_Dam_2": "2"}
    [report] = read(geojson(tmp_path / "a.geojson", [(columns, HERE)])).reports
    assert report.seen_from == datetime(2015, 4, 26, tzinfo=UTC)
    assert report.seen_to == datetime(2015, 4, 26, 23, 59, 59, tzinfo=UTC)
    assert isinstance(report.said, DamageSaid)
    assert report.said.sensor == "Pleiades"
    assert report.source.name == "UNITAR-UNOSAT"
    assert report.source.reliability is Reliability.B
    assert report.sensitivity is Sensitivity.INTERNAL


def test_every_epoch_of_a_wide_table_is_its_own_report(tmp_path: Path) -> None:
    """Fourteen looks at one house, two of them empty, are twelve reports, none lost."""
    columns: dict[str, object] = {"SensorDate": "2023-05-01", "Main_Damage_Site_Class": 6}
    for k in range(2, 15):
        columns[f"SensorDate_{k}"] = f"2024-{k - 1:02d}-03" if k < 14 else "2025-01-03"
        columns[f"SensorID_{k}"] = "WV3"
        columns[f"Main_Damage_Site_Class_{k}"] = None if k in {3, 4} else (3 if k < 9 else 1)
    path = geojson(tmp_path / "wide.geojson", [(columns, HERE)])
    reading = read(path)
    assert len(reading.reports) == 12
    assert said(reading)[0] == ("6", "2023-05-01")
    assert said(reading)[-1] == ("1", "2025-01-03")
    assert reading.findings == ()


def test_names_cut_to_ten_letters_are_paired(tmp_path: Path) -> None:
    """A shapefile renumbers each cut name for itself; the looks stay together."""
    rows = table(
        [
            (
                {
                    "SiteID": "Building",
                    "SensorDate": "2013-10-22",
                    "SensorID": "A",
                    "Main_Damag": "6",
                    "SensorDa_1": "2015-05-29",
                    "SensorID_2": "B",
                    "Main_Dam_1": "3",
                    "SensorDa_2": "2017-10-21",
                    "SensorID_3": "C",
                    "Main_Dam_2": "1",
                },
                HERE,
            )
        ]
    )
    reading = read(zipped(tmp_path / "raqqa.zip", {"Damage_Sites": rows}))
    sensors = [r.said.sensor for r in reading.reports if isinstance(r.said, DamageSaid)]
    assert said(reading) == [("6", "2013-10-22"), ("3", "2015-05-29"), ("1", "2017-10-21")]
    assert sensors == ["A", "B", "C"]


def test_older_short_names_are_known(tmp_path: Path) -> None:
    """The Syrian packages of 2016 and 2017 use other short names."""
    aleppo = {"SensDt": "2013-09-23", "DmgCls": "Moderate Damage"}
    aleppo |= {"SensDt_2": "2014-05-23", "DmgCls_2": "Destroyed"}
    path = geojson(tmp_path / "a.geojson", [(aleppo, HERE)])
    assert said(read(path)) == [("3", "2013-09-23"), ("1", "2014-05-23")]


def test_milliseconds_of_map_servers_are_dates(tmp_path: Path) -> None:
    """An ArcGIS export writes dates as milliseconds since 1970."""
    columns = {"SensorDate": 1697500800000, "Main_Damage_Site_Class": 1}
    path = geojson(tmp_path / "a.geojson", [(columns, HERE)])
    assert said(read(path)) == [("1", "2023-10-17")]


def test_a_row_without_sensor_date_is_seen_within_the_days_of_the_others(tmp_path: Path) -> None:
    """The date is not invented: the report spans the file's own dates, and says so."""
    rows: Features = [
        ({"SensorDate": "2015/04/26", "Main_Damag": "1"}, HERE),
        ({"SensorDate": "2015/05/01", "Main_Damag": "2"}, Point(40.98, 34.39)),
        ({"SensorDate": None, "Main_Damag": "3"}, Point(40.97, 34.39)),
    ]
    reading = read(geojson(tmp_path / "a.geojson", rows))
    undated = reading.reports[2]
    assert undated.seen_from == datetime(2015, 4, 26, tzinfo=UTC)
    assert undated.seen_to == datetime(2015, 5, 1, 23, 59, 59, tzinfo=UTC)
    assert codes(reading.findings) == ["no-sensor-date"]


def test_a_file_without_any_date_gives_no_report(tmp_path: Path) -> None:
    """Damage of no known day would be believed today: it is refused."""
    rows = [({"SensorDate": None, "Main_Damag": "1"}, HERE)]
    reading = read(geojson(tmp_path / "a.geojson", rows))
    assert reading.reports == ()
    assert "no-date" in codes(reading.findings)


def test_an_unclear_date_is_not_guessed(tmp_path: Path) -> None:
    """03/04/2015 may be March or April: it counts as no date."""
    rows = [
        ({"SensorDate": "03/04/2015", "Main_Damag": "1"}, HERE),
        ({"SensorDate": "2015-05-01", "Main_Damag": "1"}, Point(40.98, 34.39)),
    ]
    reading = read(geojson(tmp_path / "a.geojson", rows))
    assert [day for _, day in said(reading)] == ["2015-05-01", "2015-05-01"]
    assert set(codes(reading.findings)) == {"unreadable-date", "no-sensor-date"}


def test_rows_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    """No place, a crater, a strange class, no class, a double: five findings, nothing silent."""
    dated = {"SensorDate": "2015-05-01"}
    rows: Features = [
        ({**dated, "SiteID": "Building", "Main_Damag": "1"}, None),
        ({**dated, "SiteID": "Impact Crater (Field)", "Main_Damag": "1"}, Point(40.9, 34.3)),
        ({**dated, "SiteID": "Building", "Main_Damag": "77"}, Point(40.91, 34.3)),
        ({**dated, "SiteID": "Building", "Main_Damag": None}, Point(40.92, 34.3)),
        ({**dated, "SiteID": "Building", "Main_Damag": "2"}, Point(40.93, 34.3)),
        ({**dated, "SiteID": "Building", "Main_Damag": "2"}, Point(40.93, 34.3)),
    ]
    reading = read(geojson(tmp_path / "a.geojson", rows))
    assert [code for code, _ in said(reading)] == ["77", "null", "2"]
    assert set(codes(reading.findings)) == {
        "no-place",
        "not-a-structure",
        "unknown-damage-class",
        "no-damage-class",
        "repeated-rows",
    }


def test_a_geopackage_in_metres_is_converted(tmp_path: Path) -> None:
    """Points in UTM land where they are on the globe."""
    rows = table([({"SensorDate": "2015-05-01", "Main_Damage_Site_Class": "1"}, HERE)])
    path = tmp_path / "unosat.gpkg"
    pyogrio.write_dataframe(rows.to_crs("EPSG:32637"), path)
    [report] = read(path).reports
    assert shapely.distance(report.where, HERE) < 1e-8


def test_a_zipped_geodatabase_is_read(tmp_path: Path) -> None:
    """The form in which UNOSAT delivers its wide tables today."""
    columns = {"SensorDate": "2023-05-01", "Main_Damage_Site_Class": 3.0}
    columns |= {"SensorDate_2": "2023-10-15", "Main_Damage_Site_Class_2": 1.0}
    folder = tmp_path / "unosat.gdb"
    pyogrio.write_dataframe(table([(columns, HERE)]), folder, layer="CDA", driver="OpenFileGDB")
    path = Path(shutil.make_archive(str(tmp_path / "cda"), "zip", tmp_path, folder.name))
    expected = [("3", "2023-05-01"), ("1", "2023-10-15")]
    assert said(read(path)) == said(read(folder)) == expected


def test_junk_in_front_of_the_zip_is_passed_over(tmp_path: Path) -> None:
    """154 stray bytes before the signature do not cost the file."""
    rows = table([({"SensorDate": "2015-05-01", "Main_Damag": "1"}, HERE)])
    path = zipped(tmp_path / "a.zip", {"Damage": rows}, junk=b"x" * 154)
    assert len(read(path).reports) == 1


def test_a_shapefile_without_crs_is_refused(tmp_path: Path) -> None:
    """Where a point lies is not guessed."""
    rows = table([({"SensorDate": "2015-05-01", "Main_Damag": "1"}, HERE)])
    path = zipped(tmp_path / "a.zip", {"Damage": rows}, without=[".prj"])
    with pytest.raises(WrongCrsError):
        unosat.read(path, recorded_at=NOW, want=None)


@pytest.mark.parametrize("name", ["a.geojson", "a.gpkg", "a.zip", "a.shp", "a.csv", "none"])
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut", b"{", b"\x00" * 50])
def test_nonsense_is_neither_recognised_nor_a_traceback(
    tmp_path: Path, name: str, content: bytes
) -> None:
    """Empty, cut and wrong files end in an error with a code."""
    path = tmp_path / name
    if name != "none":
        path.write_bytes(content)
    assert not unosat.recognises(path)
    with pytest.raises((UnreadableFileError, MissingColumnError)):
        unosat.read(path, recorded_at=NOW, want=None)


def test_a_cut_geojson_is_refused(tmp_path: Path) -> None:
    """Half a download is no smaller truth: nothing of it is read."""
    rows = [({"SensorDate": "2015-05-01", "Main_Damag": "1"}, HERE)] * 50
    path = geojson(tmp_path / "a.geojson", rows)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(UnreadableFileError):
        unosat.read(path, recorded_at=NOW, want=None)


@pytest.mark.real_data
def test_aleppo_has_the_published_counts(real_data: Path) -> None:
    """14,058 points of 2015 by class, in under two seconds (five on a busy machine)."""
    started = perf_counter()
    reading = read(real_data / "aleppo" / "unosat_damage_2015.geojson")
    assert perf_counter() - started < 5
    assert Counter(code for code, _ in said(reading)) == {"1": 2878, "2": 6879, "3": 4277, "6": 24}
    assert {day for _, day in said(reading)} == {"2015-04-26", "2015-05-01"}
    assert reading.findings == ()
    assert len({report.id for report in reading.reports}) == 14_058

# SPDX-License-Identifier: Apache-2.0
"""Figures of people as typed by hand, in English and Arabic; camps; displacement tables."""

import math
from datetime import UTC, datetime
from pathlib import Path

import pytest
from shapely import Point

from goldenhour.base.errors import (
    EmptyLayerError,
    InputError,
    MissingColumnError,
    UnreadableFileError,
)
from goldenhour.base.grades import Reliability
from goldenhour.reports.said import Measure, PeopleSaid
from goldenhour.sources import camps_csv, dtm, people_csv
from goldenhour.sources.reading import Reading
from goldenhour.town.layers import LayerKind
from tests.sources.deliveries import NOW, codes


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """Write a table."""
    path.write_bytes(text.encode(encoding))
    return path


def read(path: Path) -> Reading:
    """Read with a fixed moment."""
    assert people_csv.recognises(path)
    return people_csv.read(path, recorded_at=NOW, want=None)


def figures(reading: Reading) -> list[PeopleSaid]:
    """List the figures."""
    return [r.said for r in reading.reports if isinstance(r.said, PeopleSaid)]


def in_arabic(text: str) -> str:
    """Write digits as Arabic-Indic ones, and ``~`` as the Arabic thousands mark."""
    return text.translate({ord(str(k)): 0x660 + k for k in range(10)} | {ord("~"): 0x66C})


HEADER = "place,lon,lat,low,best,high,counted,measure,seen,source\n"


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (",63000,", (63000, 63000, 63000)),
        ('"60,000","63,000","65,000"', (60000, 63000, 65000)),
        ("60 000,,65\u00a0000", (60000, None, 65000)),
        ("350000,,", (350000, None, math.inf)),
        (",,5000", (0, None, 5000)),
        (in_arabic("60~000,63000,65000"), (60000, 63000, 65000)),
    ],
)
def test_a_figure_keeps_its_bounds(
    tmp_path: Path, cells: str, expected: tuple[float, float | None, float]
) -> None:
    """Commas, spaces, Arabic digits; at least and up to stay open on their side."""
    line = f"Al Obaidi camp,,,{cells},in camps,stock,2017-11-04,UNHCR\n"
    [said] = figures(read(write(tmp_path / "a.csv", HEADER + line)))
    assert (said.low, said.best, said.high) == expected
    assert said.measure is Measure.STOCK


def test_a_figure_is_where_it_says_or_about_the_place_it_names(tmp_path: Path) -> None:
    """Coordinates where there are some, else the name, Arabic as it stands."""
    text = HEADER + (
        "Rummaneh,41.07,34.40,,100,,residents,stock,2017-11-04T06:00:00Z,team 2\n"
        "القائم,,,,200,,سكان,stock,2017-11-04,الهلال الأحمر\n"
    )
    first, second = read(write(tmp_path / "a.csv", text)).reports
    assert first.where == Point(41.07, 34.40)
    assert first.seen_from == first.seen_to == datetime(2017, 11, 4, 6, tzinfo=UTC)
    assert second.where is None
    assert second.about == "القائم"
    assert second.source.name == "الهلال الأحمر"
    assert second.source.reliability is Reliability.F
    assert second.seen_to == datetime(2017, 11, 4, 23, 59, 59, tzinfo=UTC)


def test_an_arabic_header_is_understood(tmp_path: Path) -> None:
    """Columns may have Arabic names, and the file may come from Arabic Windows."""
    header = "المكان;العدد;الفئة;النوع;التاريخ;المصدر"
    line = "الرمانة;500;نازحون;موجودون;2017-11-04;المجلس المحلي"
    text = f"{header}\n{line}\n"
    reading = read(write(tmp_path / "a.csv", text, encoding="cp1256"))
    assert figures(reading)[0].best == 500
    assert reading.reports[0].about == "الرمانة"
    assert codes(reading.findings) == ["encoding-guessed"]


@pytest.mark.parametrize(
    "line",
    [
        "Camp,,,,350.000,,in camps,stock,2017-11-04,x",  # a fraction, or thousands?
        "Camp,,,,many,,in camps,stock,2017-11-04,x",
        "Camp,,,,-5,,in camps,stock,2017-11-04,x",
        "Camp,,,,,,in camps,stock,2017-11-04,x",
        "Camp,,,9,,3,in camps,stock,2017-11-04,x",
        "Camp,,,,5,,,stock,2017-11-04,x",
        "Camp,,,,5,,in camps,about,2017-11-04,x",
        "Camp,,,,5,,in camps,stock,04/11/2017,x",
        "Camp,,,,5,,in camps,stock,,x",
        ",,,,5,,in camps,stock,2017-11-04,x",
        "Camp,200,95,,5,,in camps,stock,2017-11-04,x",
    ],
)
def test_a_row_that_is_not_clear_is_named_not_guessed(tmp_path: Path, line: str) -> None:
    """One bad cell costs one row, with its line, and never the file."""
    good = "Camp,,,,7,,in camps,stock,2017-11-04,x\n"
    reading = read(write(tmp_path / "a.csv", HEADER + line + "\n" + good))
    assert [said.best for said in figures(reading)] == [7]
    [finding] = reading.findings
    assert (finding.code, finding.rows) == ("unreadable-row", ("2",))


def test_assumptions_are_said_aloud(tmp_path: Path) -> None:
    """No measure and no time zone are findings; a comment and a doubled row are no harm."""
    line = "Camp,,,,5,,in camps,,2017-11-04 06:00,x\n"
    reading = read(write(tmp_path / "a.csv", "# typed by hand\n" + HEADER + line + line))
    assert len(reading.reports) == 1
    assert set(codes(reading.findings)) == {"no-measure", "no-time-zone", "repeated-rows"}


def test_tables_that_cannot_be_used_are_errors_with_codes(tmp_path: Path) -> None:
    """Empty, binary, and without the columns that a figure needs."""
    for content, error in (
        (b"", UnreadableFileError),
        (b"\x00\x01\x02", UnreadableFileError),
        (b"place,best,seen\nCamp,5,2017-11-04\n", MissingColumnError),
    ):
        path = tmp_path / "a.csv"
        path.write_bytes(content)
        assert not people_csv.recognises(path)
        with pytest.raises(error):
            people_csv.read(path, recorded_at=NOW, want=None)


DTM_ROW = (
    "{seq},,,{families},Anbar,Same,Anbar,Al-Ka'im,,,{place},العبيدي,{place_id},41.2,34.42,,,,"
    + ",".join("0" * 13)
    + ",No,No,Yes,Yes,No,,,,,15-05-2014"
)


def dtm_row(seq: int, families: str, place: str = "Obaidi", place_id: str = "7") -> str:
    """One line of a table without header."""
    return DTM_ROW.format(seq=seq, families=families, place=place, place_id=place_id) + "\n"


def test_displaced_families_are_summed_by_place(tmp_path: Path) -> None:
    """Two origins in one place are one figure; families become persons within bounds."""
    text = dtm_row(1, '"1,000"') + dtm_row(2, "10") + dtm_row(3, "5", place="Ana", place_id="8")
    path = write(tmp_path / "DTM_28092014.csv", text)
    assert dtm.recognises(path)
    reading = dtm.read(path, recorded_at=NOW, want=None)
    assert [(s.low, s.best, s.high) for s in figures(reading)] == [
        (5050, 6060, 7070),
        (25, 30, 35),
    ]
    assert reading.reports[0].seen_from == datetime(2014, 9, 28, tzinfo=UTC)
    assert set(codes(reading.findings)) == {"dated-by-file-name", "rows-summed"}


def test_totals_and_broken_rows_are_not_people(tmp_path: Path) -> None:
    """A total would count everybody twice: it is left out, and said."""
    text = dtm_row(1, "10") + dtm_row(2, "10", place="TOTAL") + dtm_row(3, "ten", place_id="9")
    reading = dtm.read(write(tmp_path / "a_28092014.csv", text), recorded_at=NOW, want=None)
    assert len(reading.reports) == 1
    assert {"total-row", "unreadable-row"} <= set(codes(reading.findings))


def test_a_displacement_table_of_no_day_is_refused(tmp_path: Path) -> None:
    """Without a round's date or a day in its name nobody knows when people were counted."""
    path = write(tmp_path / "table.csv", dtm_row(1, "10"))
    with pytest.raises(InputError, match="when people were counted"):
        dtm.read(path, recorded_at=NOW, want=None)


def test_a_displacement_table_with_header_is_read(tmp_path: Path) -> None:
    """Later tables have names and the date of their round."""
    text = (
        "Place ID,Place,Longitude,Latitude,Master Families,Current Round Date\n"
        "7,Obaidi,41.2,34.42,10,15/11/2017\n"
    )
    path = write(tmp_path / "table.csv", text)
    assert dtm.recognises(path)
    reading = dtm.read(path, recorded_at=NOW, want=None)
    assert figures(reading)[0].best == 60
    assert reading.reports[0].seen_from == datetime(2017, 11, 15, tzinfo=UTC)


def test_a_mark_on_every_camp_is_not_a_count(tmp_path: Path) -> None:
    """One person in each of two camps is a column of marks; people stay unknown."""
    text = (
        "LOCATION,ID_CAMP,LATITUDE,LONGITUDE,plancapacity,Individual\n"
        "Khanke 1,da-10,36.76,42.76,8016,1\nKhanke 2,da-10,36.78,42.77, ,1\nNowhere,x,,,5,1\n"
    )
    path = write(tmp_path / "camps.csv", text)
    assert camps_csv.recognises(path)
    reading = camps_csv.read(path, recorded_at=NOW, want=LayerKind.PLACES)
    [layer] = reading.layers
    assert layer.table["people"].isna().all()
    assert layer.table["id"].is_unique
    assert set(codes(reading.findings)) == {"no-place", "same-value-everywhere"}
    with pytest.raises(EmptyLayerError):
        camps_csv.read(path, recorded_at=NOW, want=LayerKind.STREETS)


@pytest.mark.real_data
def test_the_real_tables_have_the_verified_counts(real_data: Path) -> None:
    """2,988 rows of DTM are 1,922 places, 2014-09-28; 26 camps without people."""
    table = dtm.read(real_data / "iraq" / "DTM_Dataset_28092014.csv", recorded_at=NOW, want=None)
    assert len({r.id for r in table.reports}) == 1922
    assert sum(said.best or 0 for said in figures(table)) == 6 * 292_217
    [camps] = camps_csv.read(real_data / "iraq" / "idpcamp.csv", recorded_at=NOW, want=None).layers
    assert len(camps.table) == 26
    assert camps.table["people"].isna().all()

# SPDX-License-Identifier: Apache-2.0
"""Tables of points as people save them."""

from pathlib import Path

import numpy as np
import pytest

from goldenhour.base.errors import (
    EmptyLayerError,
    InputError,
    MissingColumnError,
    UnreadableFileError,
    WrongCrsError,
)
from goldenhour.base.findings import Finding
from goldenhour.sources import points_csv
from goldenhour.sources.decoding import decode
from goldenhour.town.layers import Layer, LayerKind
from tests.sources.when import NOW


def read(
    tmp_path: Path, content: str | bytes, want: LayerKind | None = None
) -> tuple[Layer, dict[str, Finding]]:
    """Read a table; its layer, and findings by code."""
    path = tmp_path / "points.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    reading = points_csv.read(path, recorded_at=NOW, want=want)
    return reading.layers[0], {finding.code: finding for finding in reading.findings}


def test_a_table_with_a_header(tmp_path: Path) -> None:
    """Columns are found by name, in any order and case."""
    layer, found = read(tmp_path, "ID,Type,Latitude,Longitude,Name\n7,school,34.4,41.1,Noor\n")
    row = layer.table.iloc[0]
    assert row[["id", "use", "name"]].tolist() == ["7", "school", "Noor"]
    assert (row.geometry.x, row.geometry.y) == (41.1, 34.4)
    assert np.isnan(row["storeys"])
    assert set(found) == {"attribution-unknown"}


def test_a_table_without_a_header(tmp_path: Path) -> None:
    """Without a header the first two columns of degrees are the position, then type and name."""
    layer, found = read(tmp_path, "41.1,34.4,yes,\n41.2,34.5,hospital,مشفى\n")
    assert layer.table["use"].isna().tolist() == [True, False]
    assert layer.table["name_ar"].iloc[1] == "مشفى"
    assert layer.table["id"].tolist() == ["line-1", "line-2"]
    assert "no-header" in found


def test_longitude_is_told_by_its_range(tmp_path: Path) -> None:
    """Where a column leaves the range of latitudes, it is the longitude, whichever comes first."""
    layer, _ = read(tmp_path, "34.4,141.1,yes,\n34.5,141.2,yes,\n")
    assert layer.table.geometry.x.tolist() == [141.1, 141.2]


def test_text_in_number_columns_is_named(tmp_path: Path) -> None:
    """Rows without a number for a position are left out by line; other text becomes unknown."""
    layer, found = read(
        tmp_path,
        "# export of today\nlon,lat,type,floors\n41.1,34.4,house,two\n??,34.4,house,1\n"
        '41.2,34.5,house,"1,200"\n41.3,34.6,house,\n41.4,134.6,house,2\n',
    )
    assert layer.table["storeys"].fillna(-1).tolist() == [-1, 1200, -1]
    assert found["comment-lines"].n_rows == 1
    assert found["impossible-position"].rows == ("line 7",)
    assert "not-a-number" in found


def test_refused_rows_are_named_by_line(tmp_path: Path) -> None:
    """The finding names the file's line, counting comments and header."""
    _, found = read(tmp_path, "# a\n# b\nlon,lat\n41.1,34.4\nx,34.4\n")
    assert found["not-a-number"].rows == ("line 5",)


@pytest.mark.parametrize(
    ("encoding", "name", "expected"),
    [
        ("utf-8-sig", "مشفى القائم", "utf-8-sig"),
        ("utf-16", "مشفى القائم", "utf-16"),
        ("windows-1256", "مشفى القائم", "windows-1256"),
        ("latin-1", "Hôpital général, Café Zoé", "latin-1"),
    ],
)
def test_names_survive_their_encoding(
    encoding: str, name: str, expected: str, tmp_path: Path
) -> None:
    """UTF-8, UTF-16, Arabic Windows and Latin-1 are read; a guess is said."""
    content = f'lon,lat,name\n41.1,34.4,"{name}"\n'.encode(encoding)
    layer, found = read(tmp_path, content)
    assert layer.table["name"].iloc[0] == name
    assert decode(content).encoding == expected
    assert ("encoding-guessed" in found) == (expected in {"windows-1256", "latin-1"})


def test_semicolons_and_decimal_commas(tmp_path: Path) -> None:
    """A table from a French or German spreadsheet is read."""
    layer, _ = read(tmp_path, "lon;lat;name\n41,1;34,4;A\n41,25;34,5;B\n")
    assert layer.table.geometry.x.tolist() == [41.1, 41.25]


def test_short_rows_are_said(tmp_path: Path) -> None:
    """A row with cells missing is kept with unknown cells, and it is said."""
    layer, found = read(tmp_path, "lon,lat,type,name\n41.1,34.4\n41.2,34.4,house,A\n")
    assert len(layer.table) == 2
    assert found["short-row"].rows == ("line 2",)


def test_places_have_people(tmp_path: Path) -> None:
    """Asked for places, people are read with their thousands commas."""
    layer, _ = read(
        tmp_path, 'place_name,lon,lat,population\nUbaydi,41.2,34.4,"63,000"\n', LayerKind.PLACES
    )
    assert layer.table[["name", "people"]].iloc[0].tolist() == ["Ubaydi", 63_000]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"lon,lat\n", EmptyLayerError),
        (b"# only a comment\n", EmptyLayerError),
        (b"lon,lat\nx,y\n", EmptyLayerError),
        (b"name,where\nA,B\n", MissingColumnError),
        (b"lon,lat\n334596.1,4007704.2\n", WrongCrsError),
        (b"lon,lat\n34.4,141.1\n", WrongCrsError),
        (b"lon,lat\n\x00\x01,2\n", UnreadableFileError),
    ],
)
def test_what_cannot_be_a_table_of_points(
    content: bytes, error: type[InputError], tmp_path: Path
) -> None:
    """No rows, no position, metres, swapped axes, no text: each has its own error."""
    with pytest.raises(error):
        read(tmp_path, content)


def test_points_are_no_streets(tmp_path: Path) -> None:
    """Asked for streets, a table of points says that it holds none."""
    with pytest.raises(InputError):
        read(tmp_path, "lon,lat\n41.1,34.4\n", LayerKind.STREETS)


@pytest.mark.real_data
def test_aleppo_points(real_data: Path) -> None:
    """Aleppo's 21,313 points, no header: 69 hospitals, 440 schools, 11,169 of unknown use."""
    path = real_data / "aleppo" / "osm_building_points_2018.csv"
    assert points_csv.recognises(path)
    reading = points_csv.read(path, recorded_at=NOW, want=LayerKind.STRUCTURES)
    table = reading.layers[0].table
    assert len(table) == 21_313
    assert (table["use"] == "hospital").sum() == 69
    assert (table["use"] == "school").sum() == 440
    assert table["use"].isna().sum() == 11_169
    assert reading.layers[0].source.attribution == ""


@pytest.mark.real_data
def test_every_row_of_the_camps_table_is_accounted_for(real_data: Path) -> None:
    """Rows of the UNHCR table that have no position are refused by line; the sum is the file's."""
    path = real_data / "iraq" / "displacement_locations_unhcr.csv"
    reading = points_csv.read(path, recorded_at=NOW, want=LayerKind.PLACES)
    refused = sum(f.n_rows for f in reading.findings if f.code == "not-a-number")
    assert len(reading.layers[0].table) + refused == 13_733

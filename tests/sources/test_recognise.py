# SPDX-License-Identifier: Apache-2.0
"""The one door: any file, right or wrong, ends in a reading or a clear error."""

from datetime import datetime
from pathlib import Path

import geopandas as gpd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import Point

from goldenhour.base.errors import InputError, UnknownFormatError, UnreadableFileError
from goldenhour.base.findings import Severity
from goldenhour.sources import recognise
from goldenhour.sources.reading import Reading
from goldenhour.town.layers import LayerKind
from tests.sources.when import NOW


def test_every_format_has_a_name_and_a_label() -> None:
    """Names are unique, and each format says in a line what it is."""
    formats = recognise.formats()
    assert len({module.NAME for module in formats}) == len(formats) >= 9
    assert all(module.LABEL for module in formats)


@pytest.mark.parametrize("name", ["no.csv", "no.osm.pbf", ""])
def test_missing_files_and_folders(name: str, tmp_path: Path) -> None:
    """A file that is not there, and a folder, are refused with what to do."""
    with pytest.raises(UnreadableFileError) as error:
        recognise.read(tmp_path / name, recorded_at=NOW)
    assert error.value.do


@pytest.mark.parametrize("name", ["a.osm.pbf", "a.gpkg", "a.csv", "a.geojson", "a.zip", "a"])
def test_empty_files(name: str, tmp_path: Path) -> None:
    """A file of no bytes is called empty, whatever its name."""
    (tmp_path / name).touch()
    with pytest.raises(UnreadableFileError, match="empty"):
        recognise.read(tmp_path / name, recorded_at=NOW)


def test_unknown_types_name_what_is_understood(tmp_path: Path) -> None:
    """A file of no known type: the error lists the formats and --as."""
    (tmp_path / "notes.docx").write_bytes(b"PK hello")
    with pytest.raises(UnknownFormatError) as error:
        recognise.read(tmp_path / "notes.docx", recorded_at=NOW)
    assert "osm_pbf" in error.value.do
    assert "--as" in error.value.do


def test_a_format_that_does_not_exist(tmp_path: Path) -> None:
    """--as with a wrong name lists the right ones."""
    (tmp_path / "a.csv").write_text("lon,lat\n41.1,34.4\n")
    with pytest.raises(UnknownFormatError) as error:
        recognise.read(tmp_path / "a.csv", recorded_at=NOW, as_="word")
    assert "points_csv" in error.value.do


def test_a_person_may_name_the_format(tmp_path: Path) -> None:
    """With --as, the name of the file does not matter."""
    (tmp_path / "export.dat").write_text("lon,lat\n41.1,34.4\n")
    reading = recognise.read(tmp_path / "export.dat", recorded_at=NOW, as_="points_csv")
    assert len(reading.layers[0].table) == 1


@pytest.mark.parametrize("as_", [module.NAME for module in recognise.formats()])
def test_a_wrong_format_is_an_error_not_a_traceback(as_: str, tmp_path: Path) -> None:
    """A picture read as any format ends in an input error, or in refusals and nothing else."""
    path = tmp_path / "picture.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)
    try:
        reading = recognise.read(path, recorded_at=NOW, as_=as_)
    except InputError as error:
        assert error.do  # noqa: PT017 - either outcome is right
    else:
        assert not reading.layers
        assert not reading.reports
        assert {finding.severity for finding in reading.findings} >= {Severity.REFUSED}


def test_what_a_reader_throws_becomes_an_input_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A broken file that upsets a reader's libraries is called unreadable, with the file named."""

    def upset(_: Path, *, recorded_at: datetime, want: LayerKind | None) -> Reading:
        raise RuntimeError(f"bad block at {recorded_at:%Y}, {want}\nmore")

    path = tmp_path / "a.osm.pbf"
    path.write_bytes(b"x")
    monkeypatch.setattr("goldenhour.sources.osm_pbf.read", upset)
    with pytest.raises(UnreadableFileError, match="bad block") as error:
        recognise.read(path, recorded_at=NOW)
    assert error.value.where == "a.osm.pbf"
    assert "more" not in error.value.what


def test_wanting_a_layer_passes_over_formats_of_reports(tmp_path: Path) -> None:
    """Asked for structures, a file of damage points is read for its positions."""
    table = gpd.GeoDataFrame(
        {"Main_Damag": ["1"], "SensorDate": ["2015-04-26"]},
        geometry=[Point(41, 34)],
        crs="EPSG:4326",
    )
    table.to_file(tmp_path / "d.geojson")
    reading = recognise.read(tmp_path / "d.geojson", recorded_at=NOW, want=LayerKind.STRUCTURES)
    assert reading.reports == ()
    assert len(reading.layers) == 1


@pytest.mark.laws
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    content=st.binary(min_size=1, max_size=300),
    name=st.sampled_from(["a.osm.pbf", "a.osm", "a.geojson", "a.csv", "a.gpkg", "a.zip", "a.json"]),
)
def test_no_bytes_end_in_a_traceback(content: bytes, name: str, tmp_path: Path) -> None:
    """Whatever bytes stand in a file, reading it gives a reading or an input error."""
    path = tmp_path / name
    path.write_bytes(content)
    try:
        reading = recognise.read(path, recorded_at=NOW)
    except InputError as error:
        assert error.what  # noqa: PT017 - either outcome is right
    else:
        assert isinstance(reading, Reading)


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("aleppo/streets.parquet", "vector_file"),
        ("aleppo/neighbourhoods.geojson", "vector_file"),
        ("aleppo/osm_building_points_2018.csv", "points_csv"),
        ("osm_pbf/vavuniya.osm.pbf", "osm_pbf"),
        ("accessmod_demo/demo.zip", "vector_file"),
        ("aleppo/unosat_damage_2015.geojson", "unosat"),
        ("aleppo/strikes_hrw_2013_2015.geojson", "strikes"),
        ("aleppo/ucdp_ged_2016_2019.csv", "ucdp"),
        ("copernicus_ems/EMSR190_05VISSO_GRADING_OVERVIEW_v1_vector.zip", "copernicus_ems"),
    ],
)
def test_real_files_are_recognised(real_data: Path, file: str, name: str) -> None:
    """Every real file goes to the module that understands it, and no other takes it first."""
    path = real_data / file
    first = next(module for module in recognise.formats() if module.recognises(path))
    assert name == first.NAME

# SPDX-License-Identifier: Apache-2.0
"""Files of shapes: any format, any coordinate system, any column names."""

import json
import shutil
import zipfile
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
from shapely import LineString, Point, Polygon

from goldenhour.base.errors import (
    EmptyLayerError,
    InputError,
    UnknownFormatError,
    UnreadableFileError,
    WrongCrsError,
)
from goldenhour.sources import vector_file
from goldenhour.sources.reading import Reading
from goldenhour.sources.shaping import OSM_ATTRIBUTION
from goldenhour.town.layers import LayerKind
from tests.sources.when import NOW

LINES = [LineString([(41.0, 34.0), (41.001, 34.0)]), LineString([(41.001, 34.0), (41.002, 34.001)])]
AREA = Polygon([(41, 34), (41.001, 34), (41.001, 34.001)])


def read(path: Path, want: LayerKind | None = None) -> Reading:
    """Read a file."""
    return vector_file.read(path, recorded_at=NOW, want=want)


def streets(**columns: object) -> gpd.GeoDataFrame:
    """Make a table of two streets."""
    return gpd.GeoDataFrame(columns, geometry=LINES, crs="EPSG:4326")


@pytest.mark.parametrize("suffix", ["gpkg", "parquet", "geojson", "fgb", "shp", "zip"])
@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:32637"])
def test_every_format_and_system_gives_the_same_street(
    suffix: str, crs: str, tmp_path: Path
) -> None:
    """Whatever the file, streets come out in EPSG:4326 within a centimetre, with their names."""
    table = streets(fclass=["primary", "residential"], name=["A", "شارع"], oneway=["F", "B"])
    path = save(table if suffix == "geojson" else table.to_crs(crs), tmp_path, suffix)
    layer = read(path).layers[0]
    rows = layer.table.sort_values("name").reset_index(drop=True)
    assert layer.kind is LayerKind.STREETS
    assert rows["highway"].tolist() == ["primary", "residential"]
    assert rows["oneway"].tolist() == [1, 0]
    assert rows["name_ar"].fillna("").tolist() == ["", "شارع"]
    assert rows.geometry[0].hausdorff_distance(LINES[0]) < 1e-7


def save(table: gpd.GeoDataFrame, folder: Path, suffix: str) -> Path:
    """Write a table in a format."""
    path = folder / f"streets.{suffix}"
    if suffix == "parquet":
        table.to_parquet(path)
    elif suffix == "zip":
        table.to_file(folder / "streets.shp")
        with zipfile.ZipFile(path, "w") as pack:
            for part in sorted(folder.glob("streets.*")):
                if part.suffix != ".zip":
                    pack.write(part, f"inside/{part.name}")
            pack.writestr("__MACOSX/._streets.shp", "junk")
    else:
        table.to_file(path)
    return path


def test_a_zip_with_junk_in_front_is_read(tmp_path: Path) -> None:
    """Stray bytes before the zip do not matter."""
    path = save(streets(highway=["path", "path"]), tmp_path, "zip")
    path.write_bytes(b"x" * 154 + path.read_bytes())
    assert len(read(path).layers[0].table) == 2


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
@pytest.mark.parametrize("suffix", ["gpkg", "parquet", "shp"])
def test_a_missing_coordinate_system_is_refused(suffix: str, tmp_path: Path) -> None:
    """A file that names no system is refused, never assumed to be degrees."""
    table = streets(highway=["path", "path"])
    path = save(
        table if suffix == "shp" else table.set_crs(None, allow_override=True), tmp_path, suffix
    )
    if suffix == "shp":
        path.with_suffix(".prj").unlink()
    with pytest.raises(WrongCrsError):
        read(path)


def test_geojson_in_metres_is_refused(tmp_path: Path) -> None:
    """GeoJSON is WGS 84 by its standard; coordinates in metres are caught by their range."""
    path = tmp_path / "streets.geojson"
    feature = {
        "type": "Feature",
        "properties": {"highway": "path"},
        "geometry": {"type": "LineString", "coordinates": [[334596, 4007704], [334600, 4007704]]},
    }
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    with pytest.raises(WrongCrsError):
        read(path)


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("UTF-8", ["قلعة حلب", "الفرافرة"]),
        ("windows-1256", ["قلعة حلب", "الفرافرة"]),
        ("ISO-8859-1", ["Café", "Hôpital"]),
    ],
)
def test_a_shapefile_without_code_page_keeps_its_names(
    encoding: str, names: list[str], tmp_path: Path
) -> None:
    """Without a .cpg file, UTF-8, Arabic Windows and Latin-1 are told apart, and it is said."""
    path = tmp_path / "places.shp"
    pyogrio.write_dataframe(
        gpd.GeoDataFrame({"NAME_A": names}, geometry=[Point(41, 34)] * 2, crs="EPSG:4326"),
        path,
        encoding=encoding,
    )
    path.with_suffix(".cpg").unlink(missing_ok=True)
    reading = read(path, LayerKind.PLACES)
    assert reading.layers[0].table["name_ar"].tolist() == names
    assert "encoding-guessed" in [finding.code for finding in reading.findings]


def test_node_ids_may_be_missing_on_some_rows(tmp_path: Path) -> None:
    """Streets that a program added without node ids get -1, the others keep theirs exactly."""
    table = streets(highway=["path"] * 2, u=[1.0, None], v=[2.0, 3.0])
    rows = read(save(table, tmp_path, "parquet")).layers[0].table
    assert rows["u"].tolist() == [1, -1]
    assert rows["v"].tolist() == [2, 3]


def test_ids_stay_the_same_between_exports(tmp_path: Path) -> None:
    """An id column is used where it is complete and unique; else nodes and key; else the row."""
    ids = [
        read(save(table, tmp_path, "parquet")).layers[0].table["id"].tolist()
        for table in (
            streets(osm_id=[7.0, 8.0], highway=["path"] * 2),
            streets(osm_id=[7, 7], u=[1, 2], v=[2, 3], key=[0, 0], highway=["path"] * 2),
            streets(highway=["path"] * 2),
        )
    ]
    assert ids == [["7", "8"], ["1-2-0", "2-3-0"], ["row-1", "row-2"]]


@pytest.mark.parametrize(
    ("columns", "shape", "expected"),
    [
        ({"building": ["yes"]}, AREA, LayerKind.STRUCTURES),
        ({"place": ["town"]}, Point(41, 34), LayerKind.PLACES),
        ({"waterway": ["river"]}, LINES[0], LayerKind.BARRIERS),
        ({"fclass": ["canal"]}, LINES[0], LayerKind.BARRIERS),
        ({"any": ["thing"]}, LINES[0], LayerKind.STREETS),
    ],
)
def test_layers_are_told_by_form_and_columns(
    columns: dict[str, list[str]], shape: object, expected: LayerKind, tmp_path: Path
) -> None:
    """Lines are streets unless they are water; areas and points are told by their columns."""
    table = gpd.GeoDataFrame(columns, geometry=[shape], crs="EPSG:4326")
    table.to_file(tmp_path / "x.gpkg")
    assert read(tmp_path / "x.gpkg").layers[0].kind is expected


def test_unclear_shapes_are_asked_about(tmp_path: Path) -> None:
    """Areas without a telling column are not guessed: the error names the options."""
    gpd.GeoDataFrame({"n": [1]}, geometry=[AREA], crs="EPSG:4326").to_file(tmp_path / "x.gpkg")
    with pytest.raises(UnknownFormatError) as error:
        read(tmp_path / "x.gpkg")
    assert "--structures" in error.value.do
    assert len(read(tmp_path / "x.gpkg", LayerKind.STRUCTURES).layers[0].table) == 1


def test_a_package_of_several_tables(tmp_path: Path) -> None:
    """A GeoPackage with streets, buildings and notes gives both layers, or the one wanted."""
    path = tmp_path / "town.gpkg"
    streets(highway=["path"] * 2).to_file(path, layer="lines")
    houses = gpd.GeoDataFrame({"building": ["yes"]}, geometry=[AREA], crs="EPSG:4326")
    houses.to_file(path, layer="houses")
    other = gpd.GeoDataFrame({"n": [1]}, geometry=[Point(41, 34)], crs="EPSG:4326")
    other.to_file(path, layer="notes")
    reading = read(path)
    assert {layer.kind for layer in reading.layers} == {LayerKind.STREETS, LayerKind.STRUCTURES}
    assert "table-not-used" in [finding.code for finding in reading.findings]
    assert [layer.kind for layer in read(path, LayerKind.STREETS).layers] == [LayerKind.STREETS]
    with pytest.raises(EmptyLayerError):
        read(path, LayerKind.BARRIERS)


def test_attribution_is_concluded_or_asked_for(tmp_path: Path) -> None:
    """OpenStreetMap's columns name their source; where nothing does, the planner is told."""
    known = read(save(streets(highway=["path"] * 2), tmp_path, "gpkg"))
    unknown = read(save(streets(label=["a", "b"]), tmp_path, "parquet"))
    assert known.layers[0].source.attribution == OSM_ATTRIBUTION
    assert unknown.layers[0].source.attribution == ""
    assert "attribution-unknown" in [finding.code for finding in unknown.findings]


@pytest.mark.parametrize("suffix", ["gpkg", "parquet", "geojson", "fgb", "shp", "zip"])
@pytest.mark.parametrize("damage", ["cut", "junk"])
def test_damaged_files_are_refused(suffix: str, damage: str, tmp_path: Path) -> None:
    """A cut file and junk under any name are refused by name, never half read."""
    whole = save(streets(highway=["path"] * 2, name=["A", "B"]), tmp_path, suffix)
    folder = tmp_path / "damaged"
    folder.mkdir()
    path = Path(shutil.copy(whole, folder))
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) // 2] if damage == "cut" else b"hello world\n" * 50)
    with pytest.raises(UnreadableFileError) as error:
        read(path)
    assert error.value.where == path.name


def test_parquet_without_shapes_is_refused(tmp_path: Path) -> None:
    """A plain table in Parquet is refused with a sentence."""
    streets(a=[1, 2]).drop(columns="geometry").to_parquet(tmp_path / "t.parquet")
    with pytest.raises(InputError):
        read(tmp_path / "t.parquet")


@pytest.mark.real_data
def test_aleppo_neighbourhoods(real_data: Path) -> None:
    """Aleppo's 133 neighbourhoods with English and Arabic names."""
    path = real_data / "aleppo" / "neighbourhoods.geojson"
    table = read(path, LayerKind.PLACES).layers[0].table
    assert len(table) == 133
    assert table.loc[0, ["name", "name_ar"]].tolist() == ["Aleppo Citadel", "قلعة حلب"]


@pytest.mark.real_data
def test_aleppo_streets(real_data: Path) -> None:
    """Aleppo's streets come out of UTM with their OSM node ids and unique ids."""
    path = real_data / "aleppo" / "streets.parquet"
    table = read(path, LayerKind.STREETS).layers[0].table
    assert len(table) == table["id"].nunique() == 78_908
    assert (table["u"] > 0).all()
    west, south, east, north = table.total_bounds
    assert 36.8 < west < east < 37.4
    assert 36.0 < south < north < 36.4

# SPDX-License-Identifier: Apache-2.0
"""A town's ground from rasters into the workspace and into travel times; real heights too."""

import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import Affine

from goldenhour.base.crs import to_lon_lat, transformer
from goldenhour.base.errors import InputError, UnreadableFileError
from goldenhour.base.grades import UnknownStreets
from goldenhour.siting.asking.question import Question
from goldenhour.siting.screening.requirements import profiles
from goldenhour.sources import terrain_store
from goldenhour.times.carry import Evacuation
from goldenhour.times.unattached import WhyUnattached
from goldenhour.town.layers import LayerKind
from goldenhour.workflows.check import check_workspace
from goldenhour.workflows.moves import steps_of
from goldenhour.workflows.new import LayerFile, NewTown, new
from goldenhour.workflows.state import load_state
from goldenhour.workflows.steps_file import StepAsked
from goldenhour.workflows.terrain import TerrainFiles
from goldenhour.workflows.workspace import open_workspace
from tests.times.grounds import far_town, ground_of
from tests.towns import CRS, ORIGIN_X_M, ORIGIN_Y_M

NOW = datetime(2017, 11, 10, tzinfo=UTC)
Make = Callable[..., NewTown]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Make a workspace of one street and three structures, one of them far off."""
    x_m = ORIGIN_X_M + np.array([0.0, 1000.0, 500.0, 10.0, 990.0])
    y_m = ORIGIN_Y_M + np.array([0.0, 0.0, 600.0, 20.0, 20.0])
    lon, lat = to_lon_lat(x_m, y_m, CRS)
    xy = np.column_stack([lon, lat])
    street = gpd.GeoDataFrame(
        {"highway": ["residential"]}, geometry=[shapely.LineString(xy[:2])], crs="EPSG:4326"
    )
    structures = gpd.GeoDataFrame(
        {"building": ["yes"] * 3}, geometry=shapely.points(xy[2:]), crs="EPSG:4326"
    )
    street.to_file(tmp_path / "streets.geojson")
    structures.to_file(tmp_path / "structures.geojson")

    def run(name: str = "town", **files: object) -> NewTown:
        layers = [
            LayerFile(kind=LayerKind.STREETS, path=tmp_path / "streets.geojson"),
            LayerFile(kind=LayerKind.STRUCTURES, path=tmp_path / "structures.geojson"),
        ]
        ground = TerrainFiles(**files)  # type: ignore[arg-type] # as the test names them
        return new(tmp_path / name, files=layers, recorded_at=NOW, terrain_files=ground)

    return run


@pytest.fixture
def dem(tmp_path: Path) -> Path:
    """Heights of a gentle slope around that street."""
    place = Affine(30, 0, ORIGIN_X_M - 3000, 0, -30, ORIGIN_Y_M + 3000)
    row = np.mgrid[0:200, 0:240][0]
    with rasterio.open(
        tmp_path / "dem.tif", "w", driver="GTiff", width=240, height=200, count=1, crs=CRS,
        transform=place, dtype="float32", nodata=-9999,
    ) as target:  # fmt: skip
        target.write((200 + row).astype(np.float32), 1)
    return tmp_path / "dem.tif"


def test_ground_joins_a_far_structure_and_is_a_source_of_the_plan(make: Make, dem: Path) -> None:
    """With heights the structure 600 m off is attached; without them it is listed."""
    made = make(elevation=(dem,))
    assert made.terrain is not None
    assert made.terrain.frame.cell_m == 30
    state = load_state(made.workspace, as_of=NOW)
    assert [source.file for source in state.town.sources][-1] == "dem.tif"
    bare = Evacuation.of(state.town, state.picture, unknown_streets=UnknownStreets.PASSABLE)
    graph = Evacuation.of(
        state.town,
        state.picture,
        unknown_streets=UnknownStreets.PASSABLE,
        terrain=state.terrain,
    )
    assert bare.is_attached.tolist() == [False, True, True]
    assert graph.is_attached.all()
    assert all(entry.sound for entry in check_workspace(made.workspace))


def test_steps_of_a_schedule_know_the_ground_too(make: Make, dem: Path) -> None:
    """At every moment the structure 600 m off is attached, as it is in a plan."""
    made = make(elevation=(dem,))
    moments = tuple(StepAsked(at=NOW + timedelta(days=days)) for days in (0, 3))
    found = steps_of(made.workspace, moments, question=Question(), profiles=profiles())
    assert [step.evacuation.is_attached.all() for step in found.steps] == [True, True]


def test_without_heights_all_is_as_it_was(make: Make) -> None:
    """A workspace without ground has none, and says so when it is checked."""
    made = make()
    assert made.terrain is None
    assert load_state(made.workspace, as_of=NOW).terrain is None
    (found,) = (entry for entry in check_workspace(made.workspace) if entry.what == "terrain")
    assert found.sound
    assert "none" in found.found


def test_half_a_question_is_refused_before_anything_is_written(
    make: Make, dem: Path, tmp_path: Path
) -> None:
    """Land cover without heights, or a table without land cover: a named error, no folder."""
    for files in ({"land_cover": (dem,)}, {"elevation": (dem,), "table": dem}):
        with pytest.raises(InputError) as caught:
            make("half", **files)
        assert caught.value.code == "GH157"
        assert not (tmp_path / "half").exists()


def test_a_damaged_ground_is_told(make: Make, dem: Path) -> None:
    """A cut or foreign file in the workspace is named; nobody plans on half of it."""
    made = make(elevation=(dem,))
    path = made.workspace.layers / "terrain.tif"
    content = path.read_bytes()
    for spoilt in (content[: len(content) // 2], b"", dem.read_bytes()):
        path.write_bytes(spoilt)
        with pytest.raises(UnreadableFileError):
            load_state(open_workspace(made.workspace.folder), as_of=NOW)
        assert not all(entry.sound for entry in check_workspace(made.workspace))


def test_ground_is_kept_as_it_was(tmp_path: Path) -> None:
    """Cells, gaps, classes and sources come back from the file unchanged."""
    terrain = ground_of(far_town(1), 1)
    terrain_store.save(terrain, tmp_path / "terrain.tif")
    loaded = terrain_store.load(tmp_path / "terrain.tif")
    assert (loaded.frame, loaded.classes, loaded.sources) == (
        terrain.frame,
        terrain.classes,
        terrain.sources,
    )
    np.testing.assert_array_equal(loaded.elevation_m, terrain.elevation_m)
    np.testing.assert_array_equal(loaded.ground, terrain.ground)
    assert [entry.name for entry in tmp_path.iterdir()] == ["terrain.tif"]


@pytest.fixture(scope="module")
def demo(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """AccessMod's demo, unpacked."""
    folder = tmp_path_factory.mktemp("demo")
    with zipfile.ZipFile(real_data / "accessmod_demo" / "demo.zip") as pack:
        pack.extractall(folder, [name for name in pack.namelist() if name.startswith("demo/base/")])
    return folder / "demo" / "base"


@pytest.fixture(scope="module")
def rapid_city(demo: Path) -> NewTown:
    """Its roads, rivers, heights and land cover, with homes spread over the whole area."""
    rng = np.random.Generator(np.random.PCG64(1))
    x_m, y_m = rng.uniform(590_500, 608_500, 400), rng.uniform(4_914_500, 4_927_500, 400)
    lon, lat = transformer("EPSG:26713", "EPSG:4326").transform(x_m, y_m)
    points = gpd.points_from_xy(lon, lat)
    homes = gpd.GeoDataFrame({"building": ["yes"] * 400}, geometry=points, crs="EPSG:4326")
    homes.to_file(demo / "homes.geojson")
    speeds = demo / "speeds.csv"
    speeds.write_text("class,label,speed\n1,a,2\n2,b,3\n3,c,2\n4,d,4\n5,e,0\n6,f,5\n")
    named = (
        (LayerKind.STREETS, "road__demo/road__demo/road__demo.shp"),
        (LayerKind.STRUCTURES, "homes.geojson"),
        (LayerKind.BARRIERS, "barrier__demo_river/barrier__demo_river/barrier__demo_river.shp"),
    )
    return new(
        demo / "town",
        files=[LayerFile(kind=kind, path=demo / name) for kind, name in named],
        recorded_at=NOW,
        terrain_files=TerrainFiles(
            elevation=(demo / "DEM" / "dem__dem.GeoTIFF",),
            land_cover=(demo / "land_cover__demo" / "land_cover__demo.GeoTIFF",),
            table=speeds,
        ),
    )


@pytest.mark.real_data
def test_real_heights_and_covers_lie_where_they_lay(rapid_city: NewTown, demo: Path) -> None:
    """In another system, on another grid: the same heights and covers at the same places."""
    town, terrain = rapid_city.town, rapid_city.terrain
    assert terrain is not None
    assert terrain.frame.cell_m == 30
    row, column = terrain.frame.cell_of(town.structures.x_m, town.structures.y_m)
    to_raster = transformer(town.crs, "EPSG:26713")
    middles = to_raster.transform(*terrain.frame.middle(row, column))
    with rasterio.open(demo / "DEM" / "dem__dem.GeoTIFF") as source:
        heights, place, unknown = source.read(1), source.transform, source.nodata
    at_row = ((middles[1] - place.f) / place.e).astype(int)
    at_column = ((middles[0] - place.c) / place.a).astype(int)
    raw = np.where(heights[at_row, at_column] == unknown, np.nan, heights[at_row, at_column])
    off = np.abs(terrain.elevation_m[row, column] - raw)
    assert np.nanmedian(off) < 1.5
    assert np.nanquantile(off, 0.95) < 8
    assert np.isfinite(off).mean() > 0.95
    with rasterio.open(demo / "land_cover__demo" / "land_cover__demo.GeoTIFF") as source:
        covers = source.read(1)[at_row, at_column].astype(int)
    ground = terrain.ground[row, column]
    assert (ground == np.where(covers == 255, -1, covers)).mean() > 0.95
    assert {"elevation-unknown", "ground-unknown"} <= {f.code for f in rapid_city.findings}


@pytest.mark.real_data
def test_real_homes_far_from_roads_are_joined_over_open_ground(rapid_city: NewTown) -> None:
    """Most homes beyond 300 m of a road are carried to it; who stays cut off is listed."""
    state = load_state(rapid_city.workspace, as_of=NOW)
    town, terrain = state.town, state.terrain
    assert terrain is not None
    bare = Evacuation.of(town, state.picture, unknown_streets=UnknownStreets.PASSABLE)
    graph = Evacuation.of(
        town, state.picture, unknown_streets=UnknownStreets.PASSABLE, terrain=terrain
    )
    lost = ~bare.is_attached
    assert lost.sum() > 100
    joined = lost & graph.is_attached
    assert joined.sum() > 0.6 * lost.sum()
    assert graph.is_attached[bare.is_attached].all()
    assert graph.unattached.n == lost.sum() - joined.sum()
    assert graph.unattached.n_because(WhyUnattached.TOO_FAR) > 0
    every, limit_s = np.arange(town.structures.n), 7200.0
    before = bare.carry_times(every[:3], every, limit_s)
    after = graph.carry_times(every[:3], every, limit_s)
    assert len(after.home) > len(before.home)
    pairs = {
        (site, home): seconds
        for site in range(3)
        for home, seconds in zip(
            after.home[after.start[site] : after.start[site + 1]].tolist(),
            after.seconds[after.start[site] : after.start[site + 1]].tolist(),
            strict=True,
        )
    }
    for site in range(3):
        part = slice(before.start[site], before.start[site + 1])
        for home, seconds in zip(
            before.home[part].tolist(), before.seconds[part].tolist(), strict=True
        ):
            assert pairs[site, home] == seconds

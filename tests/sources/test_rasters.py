# SPDX-License-Identifier: Apache-2.0
"""Heights and land cover as they are sent: quirks are said, nothing unknown becomes a height."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from rasterio.transform import Affine

from goldenhour.base.crs import to_lon_lat
from goldenhour.base.errors import (
    EmptyLayerError,
    InputError,
    UnreadableFileError,
    WrongCrsError,
)
from goldenhour.base.findings import Finding
from goldenhour.sources.elevation import read_elevation, resolution_m
from goldenhour.sources.land_cover import read_classes, read_land_cover, worldcover
from goldenhour.town.terrain import Frame, GroundClass
from tests.towns import CRS, ORIGIN_X_M, ORIGIN_Y_M

FRAME = Frame(crs=CRS, west_m=ORIGIN_X_M, north_m=ORIGIN_Y_M, cell_m=30.0, n_rows=8, n_columns=10)
NORTH_UP = Affine(30, 0, ORIGIN_X_M, 0, -30, ORIGIN_Y_M)
Write = Callable[..., Path]
Cells = NDArray[Any]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write tiny rasters."""

    def make(cells: Cells, name: str = "dem.tif", **options: Any) -> Path:  # noqa: ANN401 - GDAL's
        bands = cells if cells.ndim == 3 else cells[None]
        profile = {"driver": "GTiff", "crs": CRS, "transform": NORTH_UP, "dtype": cells.dtype}
        shape = {"count": bands.shape[0], "height": bands.shape[1], "width": bands.shape[2]}
        with rasterio.open(tmp_path / name, "w", **(profile | shape | options)) as target:
            target.write(bands)
        return tmp_path / name

    return make


def slope(kind: str = "float32") -> Cells:
    """Heights that grow by 1 m a row and 2 m a column, from 200 m."""
    row, column = np.mgrid[0:8, 0:10]
    heights: Cells = (200 + row + 2 * column).astype(kind)
    return heights


def codes(findings: tuple[Finding, ...]) -> set[str]:
    """Say what was noticed."""
    return {entry.code for entry in findings}


def test_a_raster_on_the_towns_own_grid_is_taken_as_it_is(write: Write) -> None:
    """Where pixels and cells agree no height is changed and nothing is remarked."""
    heights, findings = read_elevation([write(slope(), nodata=-9999)], FRAME)
    assert heights.dtype == np.float32
    np.testing.assert_allclose(heights, slope(), atol=0.01)
    assert not findings


@pytest.mark.parametrize(
    ("kind", "unknown"), [("uint16", 65535), ("int16", -32768), ("float32", -9999), ("uint8", 255)]
)
def test_what_a_file_calls_unknown_stays_unknown(write: Write, kind: str, unknown: int) -> None:
    """A marked gap is no height, and does not bleed into the cells around it."""
    cells = slope(kind)
    cells[3, 4] = unknown
    heights, _ = read_elevation([write(cells, nodata=unknown)], FRAME)
    assert np.argwhere(np.isnan(heights)).tolist() == [[3, 4]]
    known = np.isfinite(heights)
    np.testing.assert_allclose(heights[known], slope()[known], atol=1)


@pytest.mark.parametrize(
    ("kind", "gap"), [("int16", -32768), ("uint16", 65535), ("float32", -9999)]
)
def test_a_gap_that_nobody_marked_is_found_and_said(write: Write, kind: str, gap: int) -> None:
    """A depth of 9999 m is no height, whatever the file says."""
    cells = slope(kind)
    cells[2, 2] = gap
    heights, findings = read_elevation([write(cells)], FRAME)
    assert np.isnan(heights[2, 2])
    assert np.nanmin(heights) >= 200
    assert "no-height" in codes(findings)


def test_zeros_amid_high_ground_are_a_gap(write: Write) -> None:
    """A hole filled with 0 in a town at 200 m is unknown, and said; marked zeros are trusted."""
    cells = slope("int16")
    cells[0, :3] = 0
    heights, findings = read_elevation([write(cells)], FRAME)
    assert np.isnan(heights[0, :3]).all()
    assert {"zero-heights", "no-unknown-value"} <= codes(findings)
    heights, findings = read_elevation([write(cells, nodata=-1)], FRAME)
    assert (heights[0, :3] == 0).all()
    assert not findings


def test_a_town_at_the_sea_keeps_its_zeros(write: Write) -> None:
    """Heights of 0 beside heights of 3 m are heights."""
    cells = (slope("int16") - 200).astype(np.int16)
    heights, findings = read_elevation([write(cells)], FRAME)
    assert heights[0, 0] == 0
    assert "zero-heights" not in codes(findings)


def test_a_raster_without_a_system_is_refused(write: Write) -> None:
    """Nobody can say where such a raster lies."""
    with pytest.raises(WrongCrsError, match="no coordinate system"):
        read_elevation([write(slope(), crs=None)], FRAME)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_raster_without_a_place_is_refused(write: Write) -> None:
    """A picture of numbers that has lost its world file lies nowhere."""
    with pytest.raises(WrongCrsError, match="no position"):
        read_elevation([write(slope(), transform=Affine.identity())], FRAME)


def test_degrees_called_metres_are_refused(write: Write) -> None:
    """A raster in degrees that claims a metric system, and the other way round."""
    place = Affine(1e-3, 0, 41.0, 0, -1e-3, 34.4)
    with pytest.raises(WrongCrsError, match="metres"):
        read_elevation([write(slope(), transform=place)], FRAME)
    with pytest.raises(WrongCrsError, match="degrees"):
        read_elevation([write(slope(), crs="EPSG:4326")], FRAME)


def test_heights_in_degrees_are_brought_to_the_towns_metres(write: Write) -> None:
    """A plane in longitude and latitude is the same plane on the town's grid."""
    x_m, y_m = FRAME.middle(*np.mgrid[0:8, 0:10].astype(np.int64))
    lon, lat = to_lon_lat(x_m, y_m, CRS)
    step = 2e-4
    place = Affine(step, 0, lon.min() - 3 * step, 0, -step, lat.max() + 3 * step)
    row, column = np.mgrid[0:40, 0:40]
    plane = 300 + 1e4 * (step * (column + 0.5) - 2 * step * (row + 0.5))
    path = write(plane.astype(np.float32), crs="EPSG:4326", transform=place)
    heights, _ = read_elevation([path], FRAME)
    expected = 300 + 1e4 * (lon - place.c + 2 * (lat - place.f))
    np.testing.assert_allclose(heights, expected, atol=0.3)
    assert resolution_m([path], CRS, ORIGIN_X_M, ORIGIN_Y_M) == pytest.approx(20.2, abs=0.3)


def test_a_turned_raster_is_turned_back(write: Write) -> None:
    """A raster whose rows run to the north-east gives the same heights, and says so."""
    turned = Affine.translation(ORIGIN_X_M - 200, ORIGIN_Y_M) @ Affine.rotation(30)
    turned = turned @ Affine.scale(10, -10)
    row, column = np.mgrid[0:80, 0:90]
    x_m, y_m = turned @ (column + 0.5, row + 0.5)
    plane = (500 + (x_m - ORIGIN_X_M) / 10 + (y_m - ORIGIN_Y_M) / 5).astype(np.float32)
    heights, findings = read_elevation([write(plane, transform=turned)], FRAME)
    x_m, y_m = FRAME.middle(*np.mgrid[0:8, 0:10].astype(np.int64))
    expected = 500 + (x_m - ORIGIN_X_M) / 10 + (y_m - ORIGIN_Y_M) / 5
    known = np.isfinite(heights)
    assert known.mean() > 0.8
    np.testing.assert_allclose(heights[known], expected[known], atol=1)
    assert codes(findings) == {"rotated-raster"}


def test_rows_that_run_from_south_to_north_are_read(write: Write) -> None:
    """Some programs store the bottom row first."""
    place = Affine(30, 0, ORIGIN_X_M, 0, 30, ORIGIN_Y_M - 8 * 30)
    heights, _ = read_elevation([write(slope()[::-1], transform=place)], FRAME)
    np.testing.assert_allclose(heights, slope(), atol=0.01)


def test_two_bands_are_refused(write: Write) -> None:
    """It is not ours to choose which of two bands holds the heights."""
    with pytest.raises(InputError, match="2 bands") as caught:
        read_elevation([write(np.stack([slope(), slope()]))], FRAME)
    assert caught.value.code == "GH155"


def test_complex_numbers_are_no_heights(write: Write) -> None:
    """A radar picture is refused."""
    with pytest.raises(InputError) as caught:
        read_elevation([write(slope().astype(np.complex64))], FRAME)
    assert caught.value.code == "GH155"


def test_heights_in_bytes_are_doubted(write: Write) -> None:
    """Whole numbers from 0 to 255 may be a shaded picture."""
    _, findings = read_elevation([write(slope("uint8"), nodata=0)], FRAME)
    assert codes(findings) == {"heights-in-bytes"}


def test_heights_in_feet_become_metres(write: Write) -> None:
    """The unit that the file names counts."""
    path = write((slope() / 0.3048).astype(np.float32))
    with rasterio.open(path, "r+") as target:
        target.units = ("ft",)
    heights, findings = read_elevation([path], FRAME)
    np.testing.assert_allclose(heights, slope(), atol=0.01)
    assert codes(findings) == {"heights-in-feet"}


def test_packed_heights_are_unpacked(write: Write) -> None:
    """Decimetres above 100 m, as the file says."""
    path = write(((slope() - 100) * 10).astype(np.int16), nodata=-1)
    with rasterio.open(path, "r+") as target:
        target.scales, target.offsets = (0.1,), (100.0,)
    heights, _ = read_elevation([path], FRAME)
    np.testing.assert_allclose(heights, slope(), atol=0.01)


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.9])
def test_a_cut_file_is_a_named_error(write: Write, kept: float) -> None:
    """Whatever part of a file was lost, no height of it is used."""
    fine = slope().repeat(40, axis=0).repeat(40, axis=1)
    path = write(fine, transform=NORTH_UP @ Affine.scale(1 / 40))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(UnreadableFileError):
        read_elevation([path], FRAME)


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04 no zip"])
def test_what_is_no_raster_is_a_named_error(tmp_path: Path, content: bytes) -> None:
    """Empty files, letters, broken zips, and files that are not there."""
    for name in ("dem.tif", "dem.zip"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(UnreadableFileError):
            read_elevation([tmp_path / name], FRAME)
    with pytest.raises(UnreadableFileError, match="no such file"):
        read_elevation([tmp_path / "nowhere.tif"], FRAME)


def test_names_in_arabic_are_read(write: Write) -> None:
    """A file may be called in any script."""
    heights, _ = read_elevation([write(slope(), name="ارتفاعات القائم.tif")], FRAME)
    np.testing.assert_allclose(heights, slope(), atol=0.01)


def test_a_raster_of_another_town_is_refused(write: Write) -> None:
    """Heights of a place far away help nobody."""
    far = Affine.translation(500_000, 0) @ NORTH_UP
    with pytest.raises(EmptyLayerError):
        read_elevation([write(slope(), transform=far)], FRAME)


def test_sheets_complete_each_other(write: Write) -> None:
    """A town on the edge of two sheets takes what each of them knows, the first first."""
    west = write(slope()[:, :5], name="west.tif")
    east = write(
        (slope() + 7)[:, 3:], name="east.tif", transform=NORTH_UP @ Affine.translation(3, 0)
    )
    heights, _ = read_elevation([west, east], FRAME)
    np.testing.assert_allclose(heights[:, :4], slope()[:, :4], atol=0.01)
    np.testing.assert_allclose(heights[:, 6:], slope()[:, 6:] + 7, atol=0.01)
    assert np.isfinite(heights).all()


def test_a_raster_larger_than_memory_is_read_where_the_town_lies(tmp_path: Path) -> None:
    """Of forty thousand million pixels only those below the town are read."""
    side, path = 200_000, tmp_path / "huge.tif"
    place = Affine(30, 0, ORIGIN_X_M - 1_500_000, 0, -30, ORIGIN_Y_M + 1_500_000)
    options = {"tiled": True, "sparse_ok": True, "bigtiff": "yes", "compress": "deflate"}
    with rasterio.open(
        path, "w", driver="GTiff", width=side, height=side, count=1, dtype="float32", crs=CRS,
        transform=place, nodata=-9999, **options,
    ) as target:  # fmt: skip
        target.write(slope(), 1, window=rasterio.windows.Window(50_000, 50_000, 10, 8))
    heights, _ = read_elevation([path], FRAME)
    np.testing.assert_allclose(heights, slope(), atol=0.01)


def test_fine_heights_are_averaged(write: Write) -> None:
    """A cell of 30 m takes the mean of the 36 pixels of 5 m in it, not one of them."""
    rng = np.random.Generator(np.random.PCG64(3))
    fine = (300 + 10 * rng.random((48, 60))).astype(np.float32)
    place = NORTH_UP @ Affine.scale(1 / 6)
    heights, _ = read_elevation([write(fine, transform=place)], FRAME)
    means = fine.reshape(8, 6, 10, 6).mean(axis=(1, 3))
    np.testing.assert_allclose(heights, means, atol=0.01)


def covers(cells: Cells) -> Cells:
    """Land cover of two halves: grass and water."""
    cells[:, :5], cells[:, 5:] = 30, 80
    return cells


@pytest.mark.parametrize("kind", ["uint8", "int32", "float32"])
def test_land_cover_keeps_its_numbers(write: Write, kind: str) -> None:
    """Classes are never mixed to others between them; gaps are unknown."""
    cells = covers(np.zeros((8, 10), dtype=kind))
    cells[0, 0] = 0
    ground, findings = read_land_cover([write(cells, nodata=0)], FRAME, worldcover())
    assert ground.dtype == np.int16
    assert set(np.unique(ground)) == {-1, 30, 80}
    assert ground[0, 0] == -1
    assert not findings


def test_fine_land_cover_takes_the_commonest_class(write: Write) -> None:
    """Where a cell holds many pixels, most of them say what it is."""
    fine = covers(np.zeros((8, 10), dtype=np.uint8)).repeat(3, axis=0).repeat(3, axis=1)
    fine[::3, ::3] = 10
    path = write(fine, transform=NORTH_UP @ Affine.scale(1 / 3))
    ground, _ = read_land_cover([path], FRAME, worldcover())
    assert np.array_equal(ground, covers(np.zeros((8, 10), dtype=np.int16)))


def test_a_class_without_speed_is_unknown_ground(write: Write) -> None:
    """A class that no table knows is counted, and nobody walks on it."""
    cells = covers(np.zeros((8, 10), dtype=np.uint8))
    cells[2:4, 2:4] = 77
    ground, findings = read_land_cover([write(cells)], FRAME, worldcover())
    assert (ground[2:4, 2:4] == -1).all()
    (found,) = findings
    assert (found.code, found.n_rows, found.rows) == ("class-without-speed", 4, ("class 77",))


@pytest.mark.parametrize("value", [3, 30.5])
def test_what_is_no_land_cover_of_ours_is_refused(write: Write, value: float) -> None:
    """Numbers of another legend need a table; heights are no classes."""
    with pytest.raises(InputError) as caught:
        read_land_cover([write(np.full((8, 10), value, dtype=np.float32))], FRAME, worldcover())
    assert caught.value.code == "GH156"


def test_a_table_gives_the_speeds(tmp_path: Path) -> None:
    """AccessMod's table: classes, labels, speeds and modes, whatever separates them."""
    path = tmp_path / "speeds.csv"
    path.write_text(
        "class;label;speed;mode\n1;Forest;2,5;WALKING\n2;ماء;0;WALKING\n1001;Road;80;MOTORIZED\n"
        "x;?;3;WALKING\n4;Fast;50;WALKING\n",
        encoding="utf-8",
    )
    classes, findings = read_classes(path)
    assert classes == (
        GroundClass(code=1, label="Forest", walking_kmh=2.5),
        GroundClass(code=2, label="ماء", walking_kmh=0.0),
    )
    assert codes(findings) == {"not-on-foot", "no-class", "no-walking-speed"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("klass,pace\n1,2\n", "GH103"),
        ("class,speed\n1,2\n1,3\n", "GH156"),
        ("class,speed\nx,y\n", "GH105"),
        ("", "GH101"),
    ],
)
def test_a_table_that_says_nothing_is_refused(tmp_path: Path, text: str, code: str) -> None:
    """No columns, two speeds for one class, no row: each is a named error."""
    path = tmp_path / "speeds.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_classes(path)
    assert caught.value.code == code

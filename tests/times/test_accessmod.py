# SPDX-License-Identifier: Apache-2.0
"""Going over ground as AccessMod does: its demo, its formulas, and GRASS beside it."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from rasterio import Affine
from rasterio.features import rasterize

from goldenhour.base.errors import InputError
from goldenhour.times import accessmod, coverage, pace
from goldenhour.times.accessmod import NO_TIME, NOTHING, Scenario
from goldenhour.times.pace import Bicycle, Mode
from goldenhour.times.surface import Surface
from tests.times import grass
from tests.times.accessmod_demo import (
    CELL_M,
    LIMIT_S,
    NORTH_M,
    RUN,
    WEST_M,
    Demo,
    bicycle_kmh_2015,
)
from tests.times.grid_oracle import BICYCLING, Scene, slow_dijkstra
from tests.times.grid_oracle import kmh as kmh_on_slope


def classes(grid: NDArray[np.float64]) -> NDArray[np.int64]:
    """Take a raster as classes."""
    return np.nan_to_num(grid, nan=NOTHING).astype(np.int64)


@pytest.fixture(scope="module")
def demo(real_data: Path) -> Demo:
    """AccessMod's demo."""
    return Demo(real_data / "accessmod_demo" / "demo.zip")


@pytest.fixture(scope="module")
def values(demo: Demo) -> NDArray[np.float64]:
    """Mode and speed of every cell of the demo."""
    table = demo.table("base/table_model__demo/table_model__demo.xlsx")
    scenario = {row["class"]: Scenario(Mode[row["mode"]], row["speed"]) for row in table}
    merged = demo.raster("analysis/land_cover_merged__demo/land_cover_merged__demo.GeoTIFF")
    cells, findings = accessmod.cell_values(classes(merged), scenario)
    assert not findings
    return cells


@pytest.fixture(scope="module")
def ground(demo: Demo, values: NDArray[np.float64]) -> Surface:
    """The demo's ground, by the rules of its day."""
    return accessmod.surface(
        values,
        elevation_m=demo.raster("base/DEM/dem__dem.GeoTIFF"),
        cell_m=CELL_M,
        bicycle=bicycle_kmh_2015,
        mean_speed=True,
    )


@pytest.fixture(scope="module")
def covered(demo: Demo, ground: Surface) -> coverage.Coverage:
    """Coverage of the demo's four chosen facilities, filled in the order of people in reach."""
    capacity = demo.table(f"analysis/table_capacity__{RUN}/table_capacity__{RUN}.xlsx")
    chosen = [demo.facilities()[row["cat_orig"]] for row in capacity]
    people = demo.raster("base/population__demo/population__demo.GeoTIFF")

    @cache
    def times(facility: int) -> NDArray[np.float32]:
        place = chosen[facility]
        return ground.travel_times([place.row], [place.column], limit_s=LIMIT_S)

    return coverage.fill(
        times,
        order=coverage.by_people_in_reach(times, len(chosen), people),
        capacity=[one.capacity for one in chosen],
        people=people,
        ring_s=1,
    )


@pytest.mark.real_data
def test_the_demos_cumulative_cost_is_reproduced(demo: Demo, ground: Surface) -> None:
    """
    Every cell within 0.2 s, by the rules of 2015, but four.

    These are cells of a road without a height: AccessMod gave them a time and went no further.
    """
    expected = demo.raster("analysis/cumulative_cost__demo/cumulative_cost__demo.GeoTIFF")
    seeds = [demo.facilities()[name] for name in (2, 3, 5, 6)]
    rows, columns = [one.row for one in seeds], [one.column for one in seeds]
    found = ground.travel_times(rows, columns, limit_s=LIMIT_S)
    is_timed, is_found = np.isfinite(expected), np.isfinite(found)
    has_height = np.isfinite(demo.raster("base/DEM/dem__dem.GeoTIFF"))
    assert np.array_equal(is_found, is_timed & has_height)
    assert (is_timed & ~is_found).sum() == 4
    assert is_timed.sum() == 253_624
    assert np.abs(found - expected)[is_found].max() < 0.2


@pytest.mark.real_data
def test_the_demos_rules_are_not_todays(demo: Demo, values: NDArray[np.float64]) -> None:
    """By today's rules hardly a cell agrees: why the test above goes by those of 2015."""
    expected = demo.raster("analysis/cumulative_cost__demo/cumulative_cost__demo.GeoTIFF")
    today = accessmod.surface(
        values, elevation_m=demo.raster("base/DEM/dem__dem.GeoTIFF"), cell_m=CELL_M
    )
    seeds = [demo.facilities()[name] for name in (2, 3, 5, 6)]
    found = today.travel_times([one.row for one in seeds], [one.column for one in seeds])
    assert (np.abs(found - expected) <= 1).mean() < 0.1
    assert [one.code for one in today.findings] == ["bicycle-as-accessmod"]


@pytest.mark.real_data
def test_the_demos_capacity_table_is_reproduced(demo: Demo, covered: coverage.Coverage) -> None:
    """Order, people in reach, rings and the share of the last: all as in the table, exactly."""
    table = demo.table(f"analysis/table_capacity__{RUN}/table_capacity__{RUN}.xlsx")
    assert [one.facility for one in covered.facilities] == [0, 1, 2, 3]
    for row, one in zip(table, covered.facilities, strict=True):
        assert one.capacity == row["capacity"]
        assert one.unused == row["amCapacityResidual"]
        assert one.in_reach == pytest.approx(row["amPopTimeMax"], abs=1e-6)
        assert one.first_ring == pytest.approx(row["amPopFirstCell"], abs=1e-9)
        assert (one.full_s, one.part_s) == (
            row["amTimeLimitInnerRing"],
            row["amTimeLimitOuterRing"],
        )
        assert one.part_share == pytest.approx(row["amPopPropRemovedOuterRing"], abs=1e-9)


@pytest.mark.real_data
def test_the_demos_catchments_are_reproduced(demo: Demo, covered: coverage.Coverage) -> None:
    """Each facility's catchment has as many cells as its polygons, and the same people are left."""
    polygons = demo.shapes(
        f"analysis/health_facilities_catchment__{RUN}/health_facilities_catchment__{RUN}"
    )
    cells = polygons.area.groupby(polygons["cat_orig"]).sum() / (CELL_M[0] * CELL_M[1])
    assert [one.catchment_cells for one in covered.facilities] == list(cells.round(3))
    left = demo.raster(f"analysis/population_residual__{RUN}/population_residual__{RUN}.GeoTIFF")
    assert np.allclose(covered.left, np.nan_to_num(left), atol=1e-9)


@pytest.mark.real_data
def test_the_demos_zonal_coverage_is_reproduced(demo: Demo, covered: coverage.Coverage) -> None:
    """People and people served of the three cities, and nobody is lost between them."""
    zones = demo.shapes("base/zone_admin__city/zone_admin__city")
    zone = rasterize(
        list(zip(zones.geometry, zones["id"].astype(int), strict=True)),
        out_shape=covered.left.shape,
        transform=Affine(CELL_M[1], 0, WEST_M, 0, -CELL_M[0], NORTH_M),
        fill=-1,
        dtype=np.int32,
    )
    people = demo.raster("base/population__demo/population__demo.GeoTIFF")
    found = coverage.by_zone(zone, people=people, left=covered.left)
    table = demo.table(f"analysis/table_zonal_coverage__{RUN}/table_zonal_coverage__{RUN}.xlsx")
    for row, one in zip(table, found, strict=True):
        assert (one.zone, one.people) == (row["id"], row["amPopSum"])
        assert one.served == pytest.approx(row["amPopCovered"], abs=1e-6)
        assert one.share * 100 == pytest.approx(row["amPopCoveredPercent"], abs=1e-9)
    served = sum(one.served for one in covered.facilities)
    assert served + covered.left.sum() == pytest.approx(np.nansum(people))


@pytest.mark.real_data
def test_the_demos_merged_land_cover_is_reproduced(demo: Demo, tmp_path: Path) -> None:
    """
    All 295,611 cells, diagonal bridges removed: restricted area, roads by class, river, land cover.

    GRASS makes the lines cells, densified as AccessMod has it.
    """
    base = f"/vsizip/{demo.archive}/demo/base"
    roads = [1001, 1002, 1003, 1004, 1005]
    lines = [
        f"r.in.gdal -o input={base}/DEM/dem__dem.GeoTIFF output=dem --q",
        "g.region raster=dem",
        f"v.in.ogr -o input={base}/road__demo/road__demo output=road --q",
        f"v.in.ogr -o input={base}/barrier__demo_river/barrier__demo_river output=river --q",
        f"v.in.ogr -o input={base}/barrier_restricted_area/barrier__demo output=area --q",
        "v.to.rast -d input=river type=line use=val value=1 output=river --q",
        "v.to.rast input=area type=area use=val value=1 output=area --q",
    ]
    lines += [
        f"v.to.rast -d input=road where=class={name} type=line use=val value={name} "
        f"output=r{name} --q"
        for name in roads
    ]
    lines += [
        f"r.out.ascii -h input={name} output={name}.txt null_value=* --q"
        for name in ("river", "area", *(f"r{name}" for name in roads))
    ]
    grass.run(tmp_path, "\n".join(lines))

    def grid(name: str) -> NDArray[np.float64]:
        return grass.read_grid(tmp_path / f"{name}.txt")

    found = accessmod.merge(
        [
            np.isfinite(grid("area")),
            *(classes(grid(f"r{name}")) for name in roads),
            np.isfinite(grid("river")),
            classes(demo.raster("base/land_cover__demo/land_cover__demo.GeoTIFF")),
        ]
    )
    merged = demo.raster("analysis/land_cover_merged__demo/land_cover_merged__demo.GeoTIFF")
    assert np.array_equal(found, classes(merged))


SLOPES = np.array([-0.10, -0.05, 0.05, 0.10, 0.20])


def test_cyclists_of_accessmod_hardly_feel_slopes() -> None:
    """15 km/h as its formula is called, slopes 100 times too weak; and as it was meant."""
    kept = pace.bicycle_kmh(15, SLOPES, Bicycle.AS_ACCESSMOD)
    mended = pace.bicycle_kmh(15, SLOPES, Bicycle.CORRECTED)
    assert kept == pytest.approx([15.59, 15.29, 14.71, 14.43, 13.89], abs=0.005)
    assert mended == pytest.approx([30.00, 30.00, 4.01, 2.23, 1.18], abs=0.005)


def newton_kmh(flat_kmh: float, slope: float) -> float:
    """Solve AccessMod's cubic as its program does: by Newton's method, in single precision."""
    one = np.float32
    air = one(0.5 * 0.445 * (1.293 - 0.00426 * 20) * np.exp(-500 / 7000))
    weight, flat = one(9.8 * 95), one(flat_kmh / 3.6)
    power = one((flat * weight * one(0.012) + flat**3 * air) / one(0.9))
    tires = one(weight * (one(slope) * one(0.01) + one(0.012)))
    speed = one(20)
    for _ in range(9):
        value = speed * (air * speed**2 + tires) - one(0.9) * power
        after = speed - value / (one(3) * air * speed**2 + tires)
        if abs(after - speed) < 0.05:
            return float(np.clip(after * one(3.6), 0, 2 * flat_kmh))
        speed = after
    return 0.0


def test_cyclists_ride_as_accessmods_program_has_it() -> None:
    """At every usual speed and slope our root is the one that its nine steps find."""
    slopes = np.linspace(-1, 1, 21)
    for flat_kmh in (5, 8, 10, 12, 15, 20, 25):
        found = pace.bicycle_kmh(flat_kmh, slopes, Bicycle.AS_ACCESSMOD)
        expected = [newton_kmh(flat_kmh, float(slope)) for slope in slopes]
        assert found == pytest.approx(expected, rel=2e-3)


def as_accessmod_kmh(mode: int, flat_kmh: float, slope: float) -> float:
    """Give the speed on a slope by AccessMod's formulas."""
    if mode == BICYCLING:
        return float(pace.bicycle_kmh(flat_kmh, np.array([slope]), Bicycle.AS_ACCESSMOD)[0])
    return kmh_on_slope(mode, flat_kmh, slope)


@pytest.mark.laws
@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32), st.sampled_from([8, 16]), st.booleans())
def test_times_are_those_of_accessmods_rules(seed: int, neighbours: int, towards: bool) -> None:  # noqa: FBT001 - hypothesis names it
    """Corners are passed, slopes hardly felt by cyclists: as the textbook finds it."""
    rng = np.random.Generator(np.random.PCG64(seed))
    speed = rng.choice([0.0, 0.0, 3.0, 5.0, 15.0, 60.0], (6, 5))
    mode = rng.integers(1, 4, speed.shape).astype(np.int8)
    scene = Scene(
        speed=speed,
        height=rng.uniform(0, 20, speed.shape),
        mode=mode,
        seeds={(0, 0): 0.0, (5, 2): 30.0},
        neighbours=neighbours,
        towards=towards,
    )
    cells = np.where(speed > 0, mode * 1e6 + speed * 1e3, np.nan)
    laid = accessmod.surface(cells, elevation_m=scene.height, cell_m=scene.cell_m)
    found = laid.travel_times(
        [0, 5], [0, 2], start_s=[0, 30], neighbours=neighbours, towards=towards
    )
    expected = slow_dijkstra(scene, speed_of=as_accessmod_kmh, past_corners=True)
    assert found == pytest.approx(expected, rel=2e-5)


def test_a_knight_may_cross_a_cell_without_height() -> None:
    """As in AccessMod a cell without height is no stop, but a knight's move goes over it."""
    heights = [[0.0, np.nan, 0.0], [0.0, 0.0, 0.0]]
    ground = accessmod.surface(np.full((2, 3), 1_003_600.0), elevation_m=heights, cell_m=1)
    times = ground.travel_times([0], [0], neighbours=16)
    assert np.isinf(times[0, 1])
    assert times[1, 2] == pytest.approx(5**0.5)


def test_a_cells_value_is_mode_and_speed() -> None:
    """Motor at 80 km/h is 3,080,000; speed 0 and what the scenario lacks are closed."""
    scenario = {1: Scenario(Mode.WALKING, 2.5), 2: Scenario(Mode.MOTORIZED, 80)}
    scenario[3] = Scenario(Mode.BICYCLING, 0)
    found, findings = accessmod.cell_values([[1, 2, 3], [NOTHING, 7, 7]], scenario)
    assert np.array_equal(found, [[1_002_500, 3_080_000, np.nan], [np.nan] * 3], equal_nan=True)
    assert [(one.code, one.n_rows, one.rows) for one in findings] == [
        ("class-not-in-scenario", 2, ("7",))
    ]


@pytest.mark.parametrize("speed_kmh", [-1, 1000, np.nan])
def test_a_scenarios_impossible_speed_is_a_named_error(speed_kmh: float) -> None:
    """A speed that would read as another mode is refused."""
    with pytest.raises(InputError) as caught:
        accessmod.cell_values([[1]], {1: Scenario(Mode.WALKING, speed_kmh)})
    assert caught.value.code == "GH138"


@pytest.mark.parametrize("value", [5.0, 4_000_000.0, -1.0, 1e9])
def test_a_value_of_no_mode_is_a_named_error(value: float) -> None:
    """A raster of plain speeds is refused, not read as closed ground."""
    with pytest.raises(InputError) as caught:
        accessmod.surface([[value]], elevation_m=[[0.0]], cell_m=30)
    assert caught.value.code == "GH139"


def drawn(picture: str) -> NDArray[np.int64]:
    """Read classes from a drawing: digits, ``.`` for nothing."""
    return np.array(
        [[NOTHING if cell == "." else int(cell) for cell in line] for line in picture.split()]
    )


def test_a_road_replaces_land_and_a_barrier_what_lies_below() -> None:
    """A river closes the land, a bridge crosses it, and a fence on top closes all."""
    road, land = drawn("...\n777\n..."), drawn("111\n111\n111")
    river = drawn(".1.\n.1.\n.1.") == 1
    assert np.array_equal(accessmod.merge([road, river, land]), drawn("1.1\n777\n1.1"))
    assert np.array_equal(accessmod.merge([river, road, land]), drawn("1.1\n7.7\n1.1"))


@pytest.mark.parametrize("turns", range(4))
def test_a_diagonal_bridge_of_one_cell_is_removed(turns: int) -> None:
    """A road cell that only a corner joins over a barrier is no bridge, whichever way it lies."""
    road = np.rot90(drawn("...\n...\n..7"), turns)
    barrier = np.rot90(drawn("...\n..1\n.1.") == 1, turns)
    land = np.rot90(drawn("111\n111\n111"), turns)
    expected = np.rot90(drawn("111\n11.\n1.."), turns)
    assert np.array_equal(accessmod.merge([road, barrier, land]), expected)


def test_layers_of_different_grids_are_a_named_error() -> None:
    """Nothing is merged that does not lie on one grid."""
    for layers in ([], [[[1]], [[1, 2]]]):
        with pytest.raises(InputError) as caught:
            accessmod.merge(layers)
        assert caught.value.code == "GH137"


def test_minutes_are_rounded_up() -> None:
    """One second is a minute, an hour is 60, a limit cuts, and 22 days are the most."""
    seconds = np.array([[0, 1, 60, 60.5, 3600, 32767 * 60, 32768 * 60, np.inf]], dtype=np.float32)
    free = accessmod.whole_minutes(seconds)
    assert free.tolist() == [[0, 1, 1, 2, 60, 32767, NO_TIME, NO_TIME]]
    assert free.dtype == np.int16
    cut = accessmod.whole_minutes(seconds, limit_minutes=1)
    assert cut.tolist() == [[0, 1, 1, *[NO_TIME] * 5]]

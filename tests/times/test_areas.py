# SPDX-License-Identifier: Apache-2.0
"""Reach areas: they nest, stop at rivers, hold every structure that is counted, and no more."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenhour.base.grades import UnknownStreets
from goldenhour.times.areas import Drawing, draw, reach_areas
from goldenhour.times.carry import Evacuation
from goldenhour.times.grid import grid_around
from goldenhour.times.service import (
    Direction,
    Means,
    Service,
    Site,
    by_means,
    serve,
    spots_of,
)
from goldenhour.town.town import Barriers, Town
from tests.times.pictures import picture_of
from tests.towns import MINUTE_M, make_town, words
from tests.towns import draw as draw_town

LIMITS_S = (60.0, 180.0, 600.0)


def evacuation_of(town: Town, **believed: object) -> Evacuation:
    """Build the graph of a town whose streets are open but for what is named."""
    return Evacuation.of(
        town,
        picture_of(town, **believed),  # type: ignore[arg-type] # passed on by name
        unknown_streets=UnknownStreets.PASSABLE,
    )


def at_structures(town: Town, *rows: int) -> tuple[Site, ...]:
    """Sites in structures."""
    built = town.structures
    return tuple(
        Site(label=f"S{row}", name=f"S{row}", x_m=float(built.x_m[row]), y_m=float(built.y_m[row]))
        for row in rows
    )


def drawn(evacuation: Evacuation, sites: tuple[Site, ...], **options: Direction) -> Drawing:
    """Draw what is within the limits of sites."""
    return draw(evacuation, spots_of(sites), LIMITS_S, **options)


def is_inside(town: Town, area: shapely.Geometry) -> np.ndarray:
    """Tell which structures lie in an area or on its edge."""
    return shapely.intersects_xy(area, town.structures.x_m, town.structures.y_m)


def bridge_of(town: Town) -> int:
    """Number of the only bridge."""
    return int(np.flatnonzero(town.streets.bridge)[0])


@pytest.mark.laws
@given(seed=st.integers(0, 10_000), direction=st.sampled_from(Direction))
@settings(max_examples=15, deadline=None)
def test_areas_nest_and_hold_every_counted_structure(seed: int, direction: Direction) -> None:
    """A longer limit holds all of a shorter one, and whoever is counted lies inside the line."""
    town = make_town(seed, n_structures=40)
    evacuation = evacuation_of(town)
    sites = at_structures(town, *np.flatnonzero(evacuation.is_attached)[[0, -1]])
    drawing = drawn(evacuation, sites, direction=direction)
    service = serve(evacuation, sites, limits_s=LIMITS_S, direction=direction)
    for shorter, longer in zip(drawing.within, drawing.within[1:], strict=False):
        assert shorter.difference(longer).area == pytest.approx(0, abs=1e-6)
    for limit_s, area in zip(LIMITS_S, drawing.within, strict=True):
        assert area.is_valid
        assert not (service.within(limit_s) & ~is_inside(town, area)).any()


@pytest.mark.laws
@given(seed=st.integers(0, 10_000), closed=st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_closing_a_street_never_widens_an_area(seed: int, closed: int) -> None:
    """With one street more closed, no ground comes within reach that was not before."""
    town = make_town(seed, n_structures=30)
    shut = closed % town.streets.n_edges
    before = drawn(evacuation_of(town), at_structures(town, 0, 1))
    after = drawn(evacuation_of(town, closed=[shut]), at_structures(town, 0, 1))
    for then, now in zip(before.within, after.within, strict=True):
        assert now.difference(then).area == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_no_area_crosses_the_river_without_a_bridge(seed: int) -> None:
    """When the bridge is closed, the far bank is blank, and the water is too."""
    town = with_long_river(make_town(seed))
    evacuation = evacuation_of(town, closed=[bridge_of(town)])
    south = np.flatnonzero((town.structures.y_m < middle_of_river(town)) & evacuation.is_attached)
    area = drawn(evacuation, at_structures(town, int(south[0]))).within[-1]
    river = town.barriers.shape[0]
    assert area.area > 0
    assert area.bounds[3] < river.bounds[3]
    assert area.intersection(river).area < 8 * 25  # the first steps onto the bridge at most


@pytest.mark.parametrize("seed", range(4))
def test_an_area_crosses_the_river_on_the_bridge_alone(seed: int) -> None:
    """When the bridge is open, the only water within reach is a narrow strip along it."""
    town = with_long_river(make_town(seed))
    evacuation = evacuation_of(town)
    south = np.flatnonzero((town.structures.y_m < middle_of_river(town)) & evacuation.is_attached)
    area = drawn(evacuation, at_structures(town, int(south[0]))).within[-1]
    river, bridge = town.barriers.shape[0], town.streets.line[bridge_of(town)]
    wet = area.intersection(river)
    assert area.intersection(shapely.box(-1e9, river.bounds[3], 1e9, 1e9)).area > 0
    assert wet.difference(shapely.buffer(bridge, 5)).area == pytest.approx(0, abs=1e-6)


def test_a_wall_that_is_a_line_parts_the_ground() -> None:
    """Beyond a wall without a gate nothing is drawn, however near the street runs to it."""
    town = draw_town("A------------B").town
    y_m = float(town.streets.node_y_m[0]) + 30
    wall = shapely.LineString([(-1e7, y_m), (1e7, y_m)])
    town = replace(
        town,
        barriers=Barriers(
            name=words(["wall"]), kind=words(["wall"]), shape=np.array([wall], dtype=object)
        ),
    )
    area = drawn(evacuation_of(town), at_structures(town, 0)).within[-1]
    assert area.area > 0
    assert area.bounds[3] <= y_m


def test_an_area_ends_where_the_time_runs_out() -> None:
    """Along one straight street, on a stretcher, the area ends within a cell of the true place."""
    town = draw_town("A" + "-" * 60 + "B").town
    evacuation = by_means(evacuation_of(town), Means.STRETCHER)
    drawing = drawn(evacuation, at_structures(town, 0))
    start_m = float(town.streets.node_x_m[0])
    drawn_per_m = (town.streets.node_x_m[1] - start_m) / town.streets.length_m[0]
    for limit_s, area in zip(LIMITS_S, drawing.within, strict=True):
        true_m = limit_s / 60 / 1.6 * MINUTE_M * drawn_per_m
        assert area.bounds[2] - start_m == pytest.approx(true_m, abs=2 * drawing.cell_m)


@pytest.mark.parametrize("seed", range(3))
def test_sites_share_the_area_out_among_them(seed: int) -> None:
    """The areas of nearest sites do not overlap, and together they are what is within reach."""
    town = make_town(seed)
    evacuation = evacuation_of(town)
    drawing = drawn(evacuation, at_structures(town, *np.flatnonzero(evacuation.is_attached)[:3]))
    for number, whole in enumerate(drawing.within):
        shares = [areas[number] for areas in drawing.nearest]
        bridges = shapely.buffer(town.streets.line[bridge_of(town)], 5)  # above other ground
        on_land = [share.difference(bridges).area for share in shares]
        assert sum(on_land) == pytest.approx(whole.difference(bridges).area)
        assert shapely.union_all(shares).symmetric_difference(whole).area == pytest.approx(0)


@pytest.mark.parametrize("seed", range(3))
def test_one_site_of_many_is_drawn_as_if_alone(seed: int) -> None:
    """The area of a site does not depend on who else was asked for."""
    town = make_town(seed)
    evacuation = evacuation_of(town)
    rows = np.flatnonzero(evacuation.is_attached)[:3]
    together = drawn(evacuation, at_structures(town, *rows)).of_site
    for row, areas in zip(rows, together, strict=True):
        alone = reach_areas(evacuation, [row], LIMITS_S[-1])[0]
        assert alone.symmetric_difference(areas[-1]).area == pytest.approx(0)


@pytest.mark.parametrize("seed", range(3))
def test_towards_a_site_is_timed_as_casualties_are(seed: int) -> None:
    """Times of homes to sites are those that plans are made with."""
    town = make_town(seed)
    evacuation = evacuation_of(town, closed=[2], closed_to_vehicles=[5])
    rows = np.array([0, 1])
    service = serve(evacuation, at_structures(town, *rows), limits_s=LIMITS_S)
    homes = np.arange(town.structures.n)
    plan = evacuation.carry_times(rows, homes, LIMITS_S[-1])
    for site in range(2):
        found = plan.home[plan.start[site] : plan.start[site + 1]]
        assert np.flatnonzero(seconds(service)[site] < np.inf).tolist() == found.tolist()
        assert (
            seconds(service)[site][found] == plan.seconds[plan.start[site] :][: len(found)]
        ).all()


@pytest.mark.parametrize("seed", range(3))
def test_outward_counts_the_way_from_the_site(seed: int) -> None:
    """Where streets are one-way, a team's way out differs from the casualty's way in."""
    town = make_town(seed)
    one_way = replace(town.streets, oneway=np.ones(town.streets.n_edges, dtype=np.int8))
    evacuation = evacuation_of(replace(town, streets=one_way))
    rows, homes = np.array([0, 1]), np.arange(town.structures.n)
    service = serve(
        evacuation,
        at_structures(town, *rows),
        limits_s=LIMITS_S,
        direction=Direction.OUTWARD,
    )
    out = evacuation.transfer_times(origins=rows, destinations=homes, limit_s=LIMITS_S[-1])
    assert (seconds(service) == out).all()


def test_less_means_never_reach_sooner() -> None:
    """A stretcher alone, or a vehicle alone, is never sooner than both in turn."""
    town = make_town(3)
    evacuation = evacuation_of(town)
    both, *less = (
        seconds(serve(by_means(evacuation, means), at_structures(town, 0), limits_s=(3600.0,)))
        for means in (Means.BOTH, Means.STRETCHER, Means.VEHICLE)
    )
    for alone in less:
        assert (alone >= both).all()
        assert np.isfinite(alone).any()


def test_no_site_draws_nothing() -> None:
    """Asked about no site, nothing is drawn and nothing fails."""
    assert reach_areas(evacuation_of(make_town(1)), [], 600) == []


def test_a_very_wide_town_gets_larger_cells() -> None:
    """Memory stays bounded: over 1,000 km the cells grow, and the drawing says how large."""
    far = np.array([0.0, 1e6])
    grid = grid_around(far, far, size_m=25, margin_m=300)
    assert grid.n_rows * grid.n_columns <= 4_000_000
    assert grid.size_m > 25
    assert (grid.number(far, far) >= 0).all()
    assert grid.number(np.array([np.nan, 2e6]), np.array([0.0, 0.0])).tolist() == [-1, -1]


def seconds(service: Service) -> np.ndarray:
    """Give a service's times in seconds."""
    return np.where(service.ticks < 2**31 - 1, service.ticks / 64, np.inf).astype(np.float32)


def with_long_river(town: Town) -> Town:
    """Let the river run on beyond the town, so that nobody walks around its end."""
    west_m, south_m, east_m, north_m = town.barriers.shape[0].bounds
    long = shapely.box(west_m - 1000, south_m, east_m + 1000, north_m)
    return replace(town, barriers=replace(town.barriers, shape=np.array([long], dtype=object)))


def middle_of_river(town: Town) -> float:
    """Northing of the river's middle."""
    return float(town.barriers.shape[0].centroid.y)

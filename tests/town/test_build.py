# SPDX-License-Identifier: Apache-2.0
"""A town from layers: what is kept, what is said, what is refused."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely import LineString, MultiLineString, MultiPolygon, Point, Polygon

from goldenhour.base.errors import EmptyLayerError, InputError, WrongCrsError
from goldenhour.base.findings import Finding, Severity
from goldenhour.sources.points_csv import read as read_points
from goldenhour.sources.vector_file import read as read_shapes
from goldenhour.town.build import build, with_reported
from goldenhour.town.layers import Layer, LayerKind
from goldenhour.town.town import Town
from tests.layers import layer
from tests.sources.when import NOW
from tests.towns import make_town

LON, LAT = 41.05, 34.45
STREETS, STRUCTURES = LayerKind.STREETS, LayerKind.STRUCTURES
PLACES, BARRIERS = LayerKind.PLACES, LayerKind.BARRIERS


def at(east: float, north: float) -> tuple[float, float]:
    """Give a point so many thousandths of a degree from the corner of the town."""
    return (LON + east / 1000, LAT + north / 1000)


HOUSE = layer(STRUCTURES, [Point(at(1, 1))])
ROAD = layer(STREETS, [LineString([at(0, 0), at(2, 0)])])


def built(*layers: Layer) -> tuple[Town, dict[str, Finding]]:
    """Build a town; findings by code."""
    town, findings = build(layers, name="test")
    return town, {finding.code: finding for finding in findings}


def test_streets_that_share_an_end_meet() -> None:
    """Two streets without node ids meet where their ends have the same coordinates."""
    town, _ = built(
        layer(STREETS, [LineString([at(0, 0), at(1, 0)]), LineString([at(1, 0), at(1, 1)])]), HOUSE
    )
    assert town.streets.n_nodes == 3
    assert town.streets.head[0] == town.streets.tail[1]
    assert set(town.streets.component) == {0}


def test_a_bridge_does_not_meet_the_street_below() -> None:
    """Streets that cross without a shared end stay apart, and the town says it is in two pieces."""
    town, found = built(
        layer(
            STREETS,
            [LineString([at(0, 1), at(2, 1)]), LineString([at(1, 0), at(1, 2)])],
            bridge=[False, True],
        ),
        HOUSE,
    )
    assert town.streets.n_nodes == 4
    assert town.streets.bridge.tolist() == [False, True]
    assert found["separate-pieces"].n_rows == 1


def test_node_ids_keep_stacked_junctions_apart() -> None:
    """Two junctions on one spot (a bridge over a crossing) stay two if the file gives them ids."""
    shapes = [LineString([at(0, 0), at(1, 0)]), LineString([at(1, 0), at(1, 1)])]
    town, _ = built(layer(STREETS, shapes, u=[1, 7], v=[2, 8]), HOUSE)
    assert town.streets.n_nodes == 4


def test_node_ids_listed_against_the_line_are_turned() -> None:
    """A street whose u and v run against its line keeps the line's direction, and it is said."""
    shapes = [
        LineString([at(0, 0), at(1, 0)]),
        LineString([at(2, 0), at(1, 0)]),
        LineString([at(1, 0), at(1, 1)]),
    ]
    town, found = built(layer(STREETS, shapes, u=[1, 2, 2], v=[2, 3, 4]), HOUSE)
    assert found["node-ids-turned"].rows == ("1",)
    assert town.streets.head[0] == town.streets.head[1] == town.streets.tail[2]


def test_node_ids_of_another_spot_are_doubted() -> None:
    """A street whose node id belongs to a spot far away joins by its coordinates instead."""
    shapes = [
        LineString([at(0, 0), at(1, 0)]),
        LineString([at(1, 0), at(2, 0)]),
        LineString([at(1, 0), at(1, 1)]),
        LineString([at(50, 50), at(51, 50)]),
    ]
    town, found = built(layer(STREETS, shapes, u=[1, 2, 2, 2], v=[2, 3, 4, 9]), HOUSE)
    assert found["node-ids-doubted"].rows == ("3",)
    assert town.streets.component.tolist().count(1) == 2


def test_streets_with_and_without_node_ids_meet() -> None:
    """A new street without ids joins the junction that has one, where their coordinates agree."""
    shapes = [LineString([at(0, 0), at(1, 0)]), LineString([at(1, 0), at(2, 0)])]
    town, _ = built(layer(STREETS, shapes, u=[1, -1], v=[2, -1]), HOUSE)
    assert town.streets.head[0] == town.streets.tail[1]
    assert town.streets.n_nodes == 3


def test_two_street_files_become_one_network() -> None:
    """Streets of a second file join those of the first at equal coordinates, under new ids."""
    first = layer(STREETS, [LineString([at(0, 0), at(1, 0)])], u=[1], v=[2])
    second = layer(STREETS, [LineString([at(1, 0), at(2, 0)])], file="more", u=[1], v=[2])
    town, _ = built(first, second, HOUSE)
    assert town.streets.id.tolist() == ["0", "2:0"]
    assert town.streets.n_nodes == 3
    assert len(town.sources) == 3


def test_unusable_street_rows_are_named() -> None:
    """Points, empty shapes, streets of no length: left out and named, never silently."""
    shapes = [
        LineString([at(0, 0), at(1, 0)]),
        Point(at(0, 0)),
        None,
        LineString([at(1, 0), at(1, 0)]),
        LineString([(np.inf, 1), (2, 3)]),
    ]
    town, found = built(layer(STREETS, shapes), HOUSE)
    assert town.streets.id.tolist() == ["0"]
    refused = {code: f.rows for code, f in found.items() if f.severity is Severity.REFUSED}
    assert refused == {
        "not-a-line": ("1",),
        "no-geometry": ("2",),
        "no-length": ("3",),
        "impossible-position": ("4",),
    }


def test_a_street_in_parts_becomes_several() -> None:
    """A multi-line becomes a street per part; the parts meet only where their ends agree."""
    parts = MultiLineString([[at(0, 0), at(1, 0)], [at(1, 0), at(2, 0)], [at(5, 5), at(6, 5)]])
    town, found = built(layer(STREETS, [parts], u=[1], v=[2]), HOUSE)
    assert town.streets.id.tolist() == ["0/1", "0/2", "0/3"]
    assert town.streets.n_nodes == 5
    assert found["split-line"].n_rows == 1


def test_repeated_streets_are_kept_and_reported() -> None:
    """A street listed twice, also backwards, is kept and reported; parallel ones are not."""
    line = LineString([at(0, 0), at(1, 1), at(2, 0)])
    other = LineString([at(0, 0), at(1, -1), at(2, 0)])
    town, found = built(layer(STREETS, [line, other, line.reverse()]), HOUSE)
    assert town.streets.n_edges == 3
    assert found["repeated-street"].rows == ("2",)


def test_lengths_are_right_across_the_zone_line() -> None:
    """A street of 0.2 degrees over 42°E measures the same as one that stays inside its zone."""
    across = LineString([(41.9, LAT), (42.0, LAT), (42.1, LAT)])
    inside = LineString([(41.6, LAT), (41.8, LAT)])
    town, _ = built(layer(STREETS, [across, inside]), layer(STRUCTURES, [Point(42, LAT)]))
    assert town.streets.length_m[0] == pytest.approx(town.streets.length_m[1], rel=1e-6)
    assert town.streets.length_m[0] == pytest.approx(18_378, abs=10)


def test_a_stray_street_does_not_move_the_zone() -> None:
    """One street on the wrong continent does not change the town's coordinate system."""
    home = [LineString([at(i, 0), at(i + 1, 0)]) for i in range(5)]
    town, _ = built(layer(STREETS, [*home, LineString([(-70, -30), (-70, -31)])]), HOUSE)
    assert town.crs == "EPSG:32637"


def test_outlines_give_area_and_a_point_inside() -> None:
    """An L-shaped house has its own area, and its point lies inside it, not in the yard."""
    shape = Polygon([at(0, 0), at(1, 0), at(1, 0.1), at(0.1, 0.1), at(0.1, 1), at(0, 1)])
    town, _ = built(ROAD, layer(STRUCTURES, [shape]))
    homes = town.structures
    assert shapely.contains_xy(homes.outline[0], homes.x_m[0], homes.y_m[0])
    assert homes.area_m2[0] == pytest.approx(shapely.area(homes.outline[0]))


def test_points_have_unknown_area() -> None:
    """A structure known as a point has no outline and an unknown area, not zero."""
    town, found = built(ROAD, HOUSE)
    assert np.isnan(town.structures.area_m2[0])
    assert town.structures.outline[0] is None
    assert found["no-outline"].n_rows == 1


def test_crossed_outlines_are_mended() -> None:
    """A bow-tie outline is mended and said; one that encloses nothing is refused."""
    bow = Polygon([at(0, 0), at(1, 1), at(1, 0), at(0, 1)])
    flat = Polygon([at(0, 0), at(1, 0), at(2, 0), at(0, 0)])
    town, found = built(ROAD, layer(STRUCTURES, [bow, flat]))
    assert town.structures.n == 1
    assert shapely.is_valid(town.structures.outline[0])
    assert found["mended-outline"].rows == ("0",)
    assert found["no-area"].rows == ("1",)


def test_a_wrapped_outline_is_unwrapped() -> None:
    """A multi-polygon of one part becomes that part; one of two parts keeps both."""
    a, b = Polygon([at(0, 0), at(1, 0), at(0, 1)]), Polygon([at(5, 5), at(6, 5), at(5, 6)])
    town, _ = built(ROAD, layer(STRUCTURES, [MultiPolygon([a]), MultiPolygon([a, b])]))
    assert [shape.geom_type for shape in town.structures.outline] == ["Polygon", "MultiPolygon"]


def test_a_structure_listed_twice_is_one() -> None:
    """Same spot and use: one structure, which keeps the name that either entry has."""
    spot = Point(at(1, 1))
    town, found = built(
        ROAD,
        layer(STRUCTURES, [spot, spot, spot], use=["clinic"] * 3, name=[None, "Salam", None]),
    )
    assert town.structures.id.tolist() == ["0"]
    assert town.structures.name.tolist() == ["Salam"]
    assert found["listed-twice"].rows == ("1", "2")


def test_two_names_on_one_spot_are_two_structures() -> None:
    """Two clinics in one building, by name, stay two; so do a house and a shop on one spot."""
    spot = Point(at(1, 1))
    town, found = built(
        ROAD,
        layer(
            STRUCTURES, [spot, spot, spot], use=["clinic", "clinic", "shop"], name=["A", "B", None]
        ),
    )
    assert town.structures.n == 3
    assert found["maybe-twice"].n_rows == 1


def test_shared_ids_are_told_apart() -> None:
    """Different structures under one id get ids of their own, and it is said."""
    town, found = built(ROAD, layer(STRUCTURES, [Point(at(1, 1)), Point(at(2, 2))], id=["7", "7"]))
    assert town.structures.id.tolist() == ["7", "7#2"]
    assert "repeated-id" in found


def test_structures_at_nowhere_are_refused() -> None:
    """Zero-zero coordinates and missing shapes are left out and named."""
    town, found = built(ROAD, layer(STRUCTURES, [Point(at(1, 1)), Point(0, 0), None, Point()]))
    assert town.structures.n == 1
    assert found["impossible-position"].rows == ("1",)
    assert found["no-geometry"].rows == ("2", "3")


@pytest.mark.parametrize("layers", [(), (HOUSE,), (ROAD,), (ROAD, layer(STRUCTURES, [None]))])
def test_a_town_needs_streets_and_structures(layers: tuple[Layer, ...]) -> None:
    """Without a usable street or structure there is no town, and the error says what to give."""
    with pytest.raises(EmptyLayerError) as error:
        build(layers, name="test")
    assert "--" in error.value.do


def test_swapped_axes_of_one_layer_are_named() -> None:
    """Structures read as latitude, longitude: the error names both readings and both files."""
    swapped = layer(STRUCTURES, [Point(LAT, LON)], file="houses.csv")
    with pytest.raises(WrongCrsError) as error:
        build([replace(ROAD, source=replace(ROAD.source, file="roads.gpkg")), swapped], name="x")
    assert "34.45" in error.value.what
    assert "41.05" in error.value.what
    assert "roads.gpkg" in error.value.what
    assert error.value.where == "houses.csv"


@pytest.mark.parametrize(("x", "y"), [(34.0, 141.0), (700_000.0, 3_800_000.0)])
def test_coordinates_off_the_earth_are_refused(x: float, y: float) -> None:
    """Latitudes beyond 90 and metres in a table of degrees are refused."""
    with pytest.raises(WrongCrsError):
        build([ROAD, layer(STRUCTURES, [Point(x, y)])], name="x")


def test_a_layer_in_metres_is_refused() -> None:
    """A table that says it is in UTM is refused rather than taken for degrees."""
    table = HOUSE.table.to_crs("EPSG:32637")
    with pytest.raises(WrongCrsError):
        build([ROAD, replace(HOUSE, table=table)], name="x")


def test_structures_of_another_town_are_reported() -> None:
    """Structures a thousand kilometres away, whichever way they are read, are kept and reported."""
    _, found = built(ROAD, layer(STRUCTURES, [Point(13.1, 42.9)]))
    assert "km away" in found["layers-apart"].what


def test_a_river_longer_than_the_town_is_no_stranger() -> None:
    """A river whose middle lies far away but which passes the town is taken without complaint."""
    river = LineString([at(-4000, 1), at(1, 1), at(200, 1)])
    town, found = built(ROAD, HOUSE, layer(BARRIERS, [river], kind=["river"]))
    assert town.barriers.n == 1
    assert "layers-apart" not in found


def test_places_without_a_name_are_refused() -> None:
    """A place that nobody can name is left out; one with only an Arabic name keeps that."""
    spots = [Point(at(1, 1)), Point(at(2, 2))]
    town, found = built(
        ROAD, HOUSE, layer(PLACES, spots, name=[None, None], name_ar=["القائم", ""])
    )
    assert town.places.name.tolist() == ["القائم"]
    assert found["no-name"].rows == ("1",)


def test_reported_structures_join_the_town() -> None:
    """A structure that only a report has placed is a point with everything else unknown."""
    town = make_town(1, n_structures=5)
    more = with_reported(
        town,
        ids=np.array(["r-1"], dtype=object),
        x_m=np.array([693_000.0]),
        y_m=np.array([3_805_000.0]),
    )
    assert (town.structures.n, more.structures.n) == (5, 6)
    assert more.structures.from_report.tolist() == [False] * 5 + [True]
    assert np.isnan(more.structures.area_m2[-1])
    assert more.streets is town.streets


def test_reported_ids_must_be_new() -> None:
    """An id that a structure of the town already has is refused."""
    town = make_town(1, n_structures=5)
    with pytest.raises(InputError):
        with_reported(town, ids=town.structures.id[:1], x_m=np.zeros(1), y_m=np.zeros(1))


@pytest.mark.real_data
def test_aleppo_is_built(real_data: Path) -> None:
    """Aleppo: every edge and point accounted for, 28 pieces, 4,812 km, duplicates said."""
    folder = real_data / "aleppo"
    streets = read_shapes(folder / "streets.parquet", recorded_at=NOW, want=STREETS)
    points = read_points(folder / "osm_building_points_2018.csv", recorded_at=NOW, want=STRUCTURES)
    quarters = read_shapes(folder / "neighbourhoods.geojson", recorded_at=NOW, want=PLACES)
    layers = (*streets.layers, *points.layers, *quarters.layers)
    town, found = built(*layers)
    assert (town.streets.n_edges, town.streets.n_nodes) == (78_908, 64_445)
    assert town.streets.component.max() + 1 == 28
    assert town.streets.length_m.sum() / 1000 == pytest.approx(4_812, abs=1)
    assert town.structures.n + found["listed-twice"].n_rows == 21_313
    assert np.isnan(town.structures.area_m2).all()
    assert (town.structures.use == "hospital").sum() == 69
    assert town.places.n == 133
    assert (town.places.name_ar != "").sum() == 132
    assert town.crs == "EPSG:32637"


@pytest.mark.real_data
def test_aleppo_swapped_is_refused(real_data: Path) -> None:
    """Aleppo lies near the diagonal: points with axes exchanged are within a degree, yet caught."""
    folder = real_data / "aleppo"
    streets = read_shapes(folder / "streets.parquet", recorded_at=NOW, want=STREETS)
    points = read_points(folder / "osm_building_points_2018.csv", recorded_at=NOW, want=STRUCTURES)
    table = points.layers[0].table
    swapped = table.set_geometry(
        shapely.points(table.geometry.y, table.geometry.x), crs="EPSG:4326"
    )
    with pytest.raises(WrongCrsError):
        build([*streets.layers, replace(points.layers[0], table=swapped)], name="x")

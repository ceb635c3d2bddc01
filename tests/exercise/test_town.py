# SPDX-License-Identifier: Apache-2.0
"""The made-up town: valid houses, clear of streets and river, one network."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from goldenhour.exercise.exercise import Exercise
from goldenhour.exercise.pinned import CRS, pinned
from goldenhour.town.build import build
from goldenhour.town.layers import LayerKind


@pytest.fixture(scope="module")
def metric(town: Exercise) -> dict[LayerKind, gpd.GeoDataFrame]:
    """The layers in the exercise's metric system."""
    return {layer.kind: layer.table.to_crs(CRS) for layer in town.layers}


def test_outlines_are_valid_and_plausible(metric: dict[LayerKind, gpd.GeoDataFrame]) -> None:
    """Houses are whole polygons on plots of a courtyard house's size."""
    outline = metric[LayerKind.STRUCTURES].geometry.to_numpy()
    area_m2 = shapely.area(outline)
    assert shapely.is_valid(outline).all()
    assert (shapely.get_type_id(outline) == shapely.GeometryType.POLYGON).all()
    assert 120 <= np.median(area_m2) <= 300
    assert area_m2.min() > 30
    assert (area_m2 > 800).any()


def test_no_house_stands_on_another(metric: dict[LayerKind, gpd.GeoDataFrame]) -> None:
    """Neighbours share walls, not rooms."""
    outline = metric[LayerKind.STRUCTURES].geometry.to_numpy()
    one, other = shapely.STRtree(outline).query(outline, predicate="intersects")
    pair = one < other
    shared_m2 = shapely.area(shapely.intersection(outline[one[pair]], outline[other[pair]]))
    assert pair.any()
    assert shared_m2.max() < 1.0


def test_houses_keep_off_streets_and_river(metric: dict[LayerKind, gpd.GeoDataFrame]) -> None:
    """A street is free from wall to wall, and nobody lives in the Euphrates."""
    outline = metric[LayerKind.STRUCTURES].geometry.to_numpy()
    lines = metric[LayerKind.STREETS].geometry.to_numpy()
    on_street, _ = shapely.STRtree(lines).query(outline, predicate="dwithin", distance=1.3)
    assert len(on_street) == 0
    river = metric[LayerKind.BARRIERS].geometry.iloc[0]
    assert river.is_valid
    assert not shapely.intersects(river, outline).any()


def test_only_bridges_cross_the_river(metric: dict[LayerKind, gpd.GeoDataFrame]) -> None:
    """Three bridges, and nothing else, join the banks."""
    river = metric[LayerKind.BARRIERS].geometry.iloc[0]
    streets = metric[LayerKind.STREETS]
    crossing = streets[streets.intersects(river)]
    assert crossing["bridge"].all()
    assert len(crossing) == 3
    assert (crossing["level"] == 1).all()


def test_towns_lie_on_their_banks(metric: dict[LayerKind, gpd.GeoDataFrame]) -> None:
    """Rummaneh and Rawa lie across the river from Al Qaim."""
    river = metric[LayerKind.BARRIERS].geometry.iloc[0]
    home = pinned("al_qaim")
    for key, across in (
        ("husaybah", False),
        ("karabilah", False),
        ("ubaydi", False),
        ("rummaneh", True),
    ):
        way = shapely.LineString([home.xy_m, pinned(key).xy_m])
        assert way.intersects(river) is across, key


def test_the_town_builds_without_findings_in_one_piece(town: Exercise) -> None:
    """The layers need no mending, and every street can be reached from every other."""
    built, findings = build(town.layers, name="EXERCISE")
    assert not findings, [str(finding) for finding in findings]
    assert built.is_exercise
    assert built.crs == CRS
    assert (built.streets.component == 0).all()
    assert built.structures.n == len(town.truth.structure_id)


def test_most_uses_are_unknown_and_places_are_named(small: Exercise) -> None:
    """A map of such a town says little of what a building was; towns have Arabic names."""
    tables = {layer.kind: layer.table for layer in small.layers}
    use = tables[LayerKind.STRUCTURES]["use"]
    assert (use == "").mean() > 0.5
    assert tables[LayerKind.STRUCTURES]["storeys"].isna().mean() > 0.4
    places = tables[LayerKind.PLACES]
    kinds = set(places["kind"])
    assert {"town", "border_crossing", "neighbourhood", "camp"} <= kinds
    arabic = " ".join(places["name_ar"])
    for name in ("حصيبة", "القائم", "الكرابلة", "العبيدي", "الرمانة", "راوة", "عنه", "حديثة"):
        assert name in arabic

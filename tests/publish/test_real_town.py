# SPDX-License-Identifier: Apache-2.0
"""Products of a real town stay light: Aleppo, 78,908 streets and 21,307 structures."""

from datetime import UTC, datetime
from pathlib import Path

import pyogrio
import pytest

from goldenhour.base.grades import Mode
from goldenhour.movement.fastest import fastest_route
from goldenhour.movement.find_place import find_place
from goldenhour.publish import geopackage
from goldenhour.publish.map_sheet import map_sheets
from goldenhour.sources import recognise
from goldenhour.town.build import build
from goldenhour.town.layers import Layer, LayerKind
from tests.plans import Case, make_picture, make_plan, make_reach, make_screening

pytestmark = [pytest.mark.real_data, pytest.mark.xdist_group("aleppo-products")]
FILES = {
    "streets.parquet": LayerKind.STREETS,
    "osm_building_points_2018.csv": LayerKind.STRUCTURES,
    "neighbourhoods.geojson": LayerKind.PLACES,
}


@pytest.fixture(scope="module")
def aleppo(real_data: Path) -> Case:
    """A hand-made plan on the real town."""
    layers: list[Layer] = []
    for name, kind in FILES.items():
        moment = datetime(2015, 5, 10, tzinfo=UTC)
        found = recognise.read(real_data / "aleppo" / name, recorded_at=moment, want=kind)
        layers.extend(found.layers)
    town, _ = build(layers, name="Aleppo")
    picture = make_picture(town)
    plan = make_plan(town, picture)
    return Case(town, picture, plan, make_screening(town), make_reach(town, plan))


def test_the_sheets_are_light(aleppo: Case) -> None:
    """The drawing of a whole city stays below two megabytes."""
    sheets = map_sheets(aleppo.town, aleppo.picture, aleppo.plan, aleppo.reach)
    assert len(sheets) > 1
    assert all(len(sheet.svg) < 2_000_000 for sheet in sheets)


def test_every_street_and_structure_is_in_the_geopackage(aleppo: Case, tmp_path: Path) -> None:
    """Nothing is left out for being many."""
    path = tmp_path / "plan.gpkg"
    geopackage.write(path, **aleppo._asdict())
    streets = pyogrio.read_info(path, layer="streets")
    structures = pyogrio.read_info(path, layer="structures")
    assert streets["features"] == aleppo.town.streets.n_edges
    assert structures["features"] == aleppo.town.structures.n


def test_a_way_across_the_city_is_found_by_arabic_names(aleppo: Case) -> None:
    """From al-Khaldiyeh to Hanano is some ten kilometres."""
    town, picture = aleppo.town, aleppo.picture
    ends = [find_place(town, picture, name) for name in ("الخالدية", "Hanano")]
    route = fastest_route(town, picture, start=ends[0], end=ends[1], mode=Mode.VEHICLE)
    assert 7_000 < route.length_m < 16_000
    assert route.unknown_share > 0.5

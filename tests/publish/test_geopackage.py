# SPDX-License-Identifier: Apache-2.0
"""The GeoPackage, opened again as a partner would."""

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest

from goldenhour.base.errors import StoreError
from goldenhour.publish import geopackage
from tests.plans import Case, answer

LAYERS = {
    "sites",
    "visits",
    "reach",
    "hazards",
    "structures",
    "outlines",
    "streets",
    "rules",
    "metadata",
}


def write(folder: Path, case: Case) -> Path:
    """Write a GeoPackage."""
    path = folder / "plan.gpkg"
    geopackage.write(path, **case._asdict())
    return path


def layer(path: Path, name: str) -> gpd.GeoDataFrame:
    """Open one layer."""
    return pyogrio.read_dataframe(path, layer=name)


def test_every_layer_opens_in_degrees(tmp_path: Path) -> None:
    """All layers are there, and all shapes are longitude and latitude near Al Qaim."""
    path = write(tmp_path, answer())
    shapes = {name for name, kind in pyogrio.list_layers(path) if kind}
    assert {name for name, _ in pyogrio.list_layers(path)} == LAYERS
    for name in shapes:
        table = layer(path, name)
        assert table.crs.to_epsg() == 4326
        west, south, east, north = table.total_bounds
        assert 41 < west <= east < 42
        assert 34 < south <= north < 35


def test_arabic_survives(tmp_path: Path) -> None:
    """Arabic reasons and names read back as they were written."""
    case = answer()
    case.town.structures.name_ar[case.plan.sites[0].structure] = "مدرسة القائم"
    path = write(tmp_path, case)
    sites = layer(path, "sites")
    assert sites.name_ar[0] == "مدرسة القائم"
    assert "متر مربع" in sites.reasons_ar[0]


def test_unknown_damage_is_a_word(tmp_path: Path) -> None:
    """A structure that nobody reported on is 'unknown', not undamaged and not empty."""
    case = answer()
    structures = layer(write(tmp_path, case), "structures")
    assert len(structures) == case.town.structures.n
    assert (structures.grade[structures.p_u == 1] == "unknown").all()
    assert (structures.grade == "unknown").any()


def test_a_refused_structure_names_its_rules(tmp_path: Path) -> None:
    """Each refusal can be looked up: rule codes in the layer, sentences in the table of rules."""
    path = write(tmp_path, answer())
    structures, rules = layer(path, "structures"), layer(path, "rules")
    refused = structures[structures.standing_tsp == "refused"]
    assert set(refused.refused_tsp) == {"damage"}
    sentence = rules[(rules.rule == "damage") & (rules.verdict == "unfit")]
    assert "damaged" in sentence.en.item()


def test_an_unreported_street_is_unknown_not_open(tmp_path: Path) -> None:
    """Streets without report say 'unknown'; rubble that nobody could judge stays empty."""
    streets = layer(write(tmp_path, answer()), "streets")
    assert set(streets.state_vehicle) == {"unknown", "open", "closed"}
    assert streets.rubble_share.isna().any()
    assert streets.closed.sum() == 1


def test_metadata_says_exercise_date_and_care_needed(tmp_path: Path) -> None:
    """A partner who opens the file sees what it is, as of when, and how to handle it."""
    table = layer(write(tmp_path, answer()), "metadata")
    words = dict(zip(table.key, table.value, strict=True))
    assert words["exercise"].startswith("EXERCISE")
    assert words["as_of"] == "2017-11-10 06:00 UTC"
    assert "targets" in words["sensitivity_en"]


def test_the_same_plan_gives_the_same_bytes(tmp_path: Path) -> None:
    """The file is dated by the plan, not by the clock of the laptop."""
    first = write(tmp_path, answer()).read_bytes()
    assert write(tmp_path, answer()).read_bytes() == first


def test_a_plan_without_sites_or_visits_can_be_written(tmp_path: Path) -> None:
    """An empty answer still gives a file with all its layers."""
    case = answer()
    plan = replace(case.plan, sites=(), visits=())
    path = write(tmp_path, case._replace(plan=plan, reach=()))
    assert len(layer(path, "sites")) == 0
    assert {name for name, _ in pyogrio.list_layers(path)} == LAYERS


def test_a_place_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    """No folder, no file: one clear error."""
    with pytest.raises(StoreError):
        write(tmp_path / "gone", answer())
    assert list(tmp_path.iterdir()) == []

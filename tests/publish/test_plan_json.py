# SPDX-License-Identifier: Apache-2.0
"""The plan as JSON: stable, complete, and honest about what nobody knows."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from goldenhour.base.errors import StoreError
from goldenhour.publish import plan_json
from tests.plans import Case, answer


def read(folder: Path, case: Case) -> dict[str, Any]:
    """Write a plan and read it back with a strict reader that knows no NaN."""
    path = folder / "plan.json"
    plan_json.write(
        path, town=case.town, picture=case.picture, plan=case.plan, screening=case.screening
    )

    def refuse(word: str) -> None:
        pytest.fail(f"{word} is not JSON")

    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)
    return content


def test_the_same_plan_gives_the_same_bytes(tmp_path: Path) -> None:
    """Two people who write the same plan hold the same file, byte for byte."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        read(tmp_path / name, answer())
    assert (tmp_path / "a/plan.json").read_bytes() == (tmp_path / "b/plan.json").read_bytes()


def test_nobody_disappears(tmp_path: Path) -> None:
    """Served and not served add up to all people, and so do the reasons of those not served."""
    for entry in read(tmp_path, answer())["coverage"]:
        assert entry["served"] + entry["not_served"] == pytest.approx(entry["people"])
        missed = sum(because["people"] for because in entry["not_served_because"])
        assert missed == pytest.approx(entry["not_served"])


def test_what_nobody_knows_is_null_and_named(tmp_path: Path) -> None:
    """An unknown floor area is null and listed; it is neither zero nor NaN."""
    case = answer()
    area_m2 = case.town.structures.area_m2.copy()
    area_m2[case.plan.sites[0].structure] = np.nan
    structures = replace(case.town.structures, area_m2=area_m2)
    content = read(tmp_path, case._replace(town=replace(case.town, structures=structures)))
    assert content["sites"][0]["area_m2"] is None
    assert "sites/0/area_m2" in content["not_known"]


def test_a_figure_without_upper_end_is_called_unbounded(tmp_path: Path) -> None:
    """'More than 900 people' keeps its lower end, and the missing upper end is named."""
    content = read(tmp_path, answer())
    assert content["figures"][0]["low"] == 900
    assert content["figures"][0]["high"] is None
    assert content["unbounded"] == ["figures/0/high", "question/budget"]


def test_sites_say_where_in_degrees_and_in_mgrs_and_why_in_two_languages(tmp_path: Path) -> None:
    """A site can be found with a phone and on a paper map, and its reasons read in Arabic."""
    site = read(tmp_path, answer())["sites"][0]
    assert site["label"] == "TSP 1"
    assert (round(site["lon"]), round(site["lat"])) == (41, 34)
    assert site["mgrs"].startswith("37S FU ")
    assert site["reasons"][0]["en"].startswith("Its known floor area")
    assert "متر مربع" in site["reasons"][0]["ar"]


def test_an_exercise_says_so(tmp_path: Path) -> None:
    """A made-up town is marked for programs and for readers."""
    content = read(tmp_path, answer())
    assert content["exercise"] is True
    assert content["headline"]["en"].startswith("EXERCISE")
    assert content["as_of"] == "2017-11-10T06:00:00Z"


def test_the_schema_names_every_part(tmp_path: Path) -> None:
    """What the schema requires is there, and there is nothing it does not describe."""
    path = Path(__file__).parents[2] / "docs" / "reference" / "plan.schema.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    content = read(tmp_path, answer())
    assert set(schema["properties"]) == set(content) == set(schema["required"])
    assert schema["properties"]["schema"]["const"] == content["schema"]
    site = schema["$defs"]["site"]
    assert set(site["properties"]) == set(content["sites"][0]) == set(site["required"])


def test_a_folder_that_is_not_there_leaves_nothing(tmp_path: Path) -> None:
    """Writing to a stick that was pulled out is one clear error, not a traceback."""
    with pytest.raises(StoreError) as caught:
        read(tmp_path / "gone", answer())
    assert caught.value.code == "GH500"
    assert list(tmp_path.iterdir()) == []

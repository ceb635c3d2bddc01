# SPDX-License-Identifier: Apache-2.0
"""`goldenhour screen` on the terminal: counts, one structure's reasons, and how it refuses."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import LineString, Point

from goldenhour.cli.main import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One street with a police post, a house beside it and a clinic a kilometre off."""
    folder = tmp_path_factory.mktemp("screen")
    lines = [LineString([(41.0, 34.4), (41.01, 34.4)]), LineString([(41.01, 34.4), (41.02, 34.4)])]
    streets = gpd.GeoDataFrame({"highway": ["residential", "primary"]}, geometry=lines, crs=4326)
    houses = gpd.GeoDataFrame(
        {
            "id": ["h-1", "h-2", "h-3"],
            "name": ["Clinic", "", ""],
            "name:ar": ["عيادة", "", "مخفر"],
            "use": ["clinic", "house", "police"],
        },
        geometry=[Point(41.001, 34.4001), Point(41.015, 34.4001), Point(41.016, 34.4001)],
        crs=4326,
    )
    streets.to_file(folder / "s.gpkg", driver="GPKG")
    houses.to_file(folder / "b.gpkg", driver="GPKG")
    made = folder / "town"
    arguments = ["--streets", str(folder / "s.gpkg"), "--structures", str(folder / "b.gpkg")]
    assert main(["new", str(made), *arguments]) == 0
    return made


@pytest.fixture
def run(town: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run `goldenhour screen` on that town."""
    capsys.readouterr()

    def screen(*arguments: str) -> tuple[int, str, str]:
        code = main(["screen", "--in", str(town), "--at", "2020-01-01", *arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return code, said.out, said.err

    before = sorted(town.rglob("*"))
    yield screen
    assert sorted(town.rglob("*")) == before  # it writes nothing


def test_it_counts_every_rule(run: Run) -> None:
    """Both tiers, every rule, and how many structures no rule refuses."""
    code, out, _ = run()
    assert code == 0
    assert "Trauma stabilisation point: 1 of 3 structures" in out
    assert "Field hospital: 1 of 3 structures" in out
    assert "neighbours                   0           2           1" in out


def test_it_says_why_of_one_structure(run: Run) -> None:
    """Each rule with its reason, and the NO-GO list with what refuses by number."""
    code, out, _ = run("--structure", "h-2", "--tier", "tsp")
    assert code == 0
    assert "A military or police post (مخفر) is" in out
    assert "refused by 1 rules" in out
    assert "   4  refuses" in out
    assert "   1  holds" in out


def test_it_speaks_arabic_with_arabic_names(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The structure's Arabic name and Arabic sentences, where Arabic is asked for."""
    monkeypatch.setenv("GOLDENHOUR_LANGUAGE", "ar")
    code, out, _ = run("--structure", "h-1")
    assert code == 0
    assert out.startswith("عيادة")
    assert "لم يعاينه أحد بعد." in out
    assert "قائمة الموانع" in out


def test_it_answers_programs(run: Run) -> None:
    """JSON holds counts, requirements, and reasons in both languages."""
    code, out, _ = run("--structure", "h-2", "--json")
    content = json.loads(out)
    assert code == 0
    assert content["schema"] == "goldenhour.screening/1"
    assert [tier["tier"] for tier in content["tiers"]] == ["tsp", "field_hospital"]
    for tier in content["tiers"]:
        for counts in tier["rules"].values():
            assert sum(counts.values()) == tier["n_structures"] == 3
    why = content["structure"][0]
    (neighbours,) = (entry for entry in why["reasons"] if entry["rule"] == "neighbours")
    assert (neighbours["verdict"], neighbours["no_go"]) == ("unfit", 4)
    assert neighbours["en"] != neighbours["ar"]
    assert not any(entry["changed_by_planner"] for entry in content["requirements"])


def test_a_structure_that_is_not_there_is_named(run: Run) -> None:
    """An unknown id ends with its name and exit code 2."""
    for key in ("h-9", "h-1+h-9"):
        code, _, err = run("--structure", key)
        assert code == 2
        assert "[GH108]" in err
        assert "'h-9'" in err


def test_requirements_in_town_toml_count(town: Path, run: Run) -> None:
    """A shorter distance to posts lets the house pass, and is marked as the planner's."""
    path = town / "town.toml"
    usual = path.read_text(encoding="utf-8")
    path.write_text(usual + "\n[requirements.tsp]\nmilitary_m = 20\n", encoding="utf-8")
    try:
        _, out, _ = run("--json")
        content = json.loads(out)
        assert [tier["n_candidates"] for tier in content["tiers"]] == [2, 1]
        (changed,) = (entry for entry in content["requirements"] if entry["changed_by_planner"])
        assert (changed["tier"], changed["key"], changed["value"]) == ("tsp", "military_m", 20)
        path.write_text(usual + "\n[requirements.tsp]\nmilitary_m = 'far'\n", encoding="utf-8")
        code, _, err = run()
        assert code == 2
        assert "[GH425]" in err
        assert "military_m" in err
    finally:
        path.write_text(usual, encoding="utf-8")

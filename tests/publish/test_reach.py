# SPDX-License-Identifier: Apache-2.0
"""What is within reach, read back from every file as a partner would."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from playwright.sync_api import Browser, ViewportSize, sync_playwright

from goldenhour.base.errors import StoreError
from goldenhour.base.grades import UnknownStreets
from goldenhour.picture.belief import Picture
from goldenhour.publish import reach_json, reach_tables, web_map
from goldenhour.publish.reach_words import duration, headline, notes
from goldenhour.siting.screening.table import Screening
from goldenhour.times.asked import Asked
from goldenhour.times.chances import chances
from goldenhour.times.reached import Reached, reached
from goldenhour.times.service import Direction, Means, Site
from goldenhour.town.town import Town
from tests.conftest import ROOT, missing
from tests.plans import make_picture
from tests.publish.map_blob import unpack_page
from tests.towns import make_town

TEMPLATE = ROOT / "src" / "goldenhour" / "publish" / "assets" / "map.html"
HOSTILE = "</script><img src=x onerror='window.hacked=1'>\u202egnp"
LIMITS_S = (120.0, 300.0)
N_WORLDS = 4


class Case(NamedTuple):
    """All that a product is written from."""

    town: Town
    picture: Picture
    reached: Reached


def make_case(name: str = "Clinic") -> Case:
    """Two sites in a made-up town, two limits, a few worlds."""
    town = make_town(7)
    picture, built = make_picture(town), town.structures
    sites = tuple(
        Site(label=label, name=called, x_m=float(built.x_m[row]), y_m=float(built.y_m[row]))
        for label, called, row in (("A", name, 3), ("B", "مدرسة القائم", 17))
    )
    asked = Asked(
        sites=sites,
        limits_s=LIMITS_S,
        direction=Direction.TO_SITE,
        means=Means.BOTH,
        unknown_streets=UnknownStreets.PASSABLE,
        n_worlds=N_WORLDS,
        seed=1,
    )
    counted = chances(town, picture, asked)
    return Case(town, picture, replace(reached(town, picture, asked), chances=counted))


@pytest.fixture(scope="module")
def case() -> Case:
    """The usual case."""
    return make_case()


def written_map(case: Case, folder: Path) -> Path:
    """Write the map, or say what is missing."""
    if not TEMPLATE.exists():
        missing("the map's front end is not built; run: make env")
    web_map.write(
        folder / "map.html",
        town=case.town,
        picture=case.picture,
        plan=None,
        screening=Screening(tiers=()),
        reached=case.reached,
    )
    return folder / "map.html"


def layer(path: Path, name: str) -> gpd.GeoDataFrame:
    """Open one layer."""
    return pyogrio.read_dataframe(path, layer=name)


def test_the_geopackage_holds_what_was_counted(case: Case, tmp_path: Path) -> None:
    """Bands, sites, streets and structures are in degrees, and their numbers are the answer's."""
    path = tmp_path / "reach.gpkg"
    reach_tables.write(path, **case._asdict())
    names = ["bands", "site_bands", "nearest", "sites", "structures", "streets", "metadata"]
    assert [name for name, _ in pyogrio.list_layers(path)] == names
    bands, structures = layer(path, "bands"), layer(path, "structures")
    assert bands.limit_s.tolist() == list(LIMITS_S)
    assert bands.crs.to_epsg() == 4326
    for limit_s, row in zip(LIMITS_S, bands.itertuples(), strict=True):
        assert (structures.seconds <= limit_s).sum() == row.n_structures
        within = structures[structures.seconds <= limit_s]
        assert within.people.sum() == pytest.approx(row.people)
        assert row.people_low <= row.people_expected <= row.people_high
    assert len(layer(path, "site_bands")) == len(layer(path, "nearest")) == 4
    assert set(layer(path, "streets").site) <= {"A", "B"}
    assert layer(path, "streets").length_m.sum() / 1000 == pytest.approx(bands.street_km.iloc[-1])
    assert structures["share_of_worlds_300_s"].between(0, 1).all()


def test_late_and_unreached_structures_have_no_band(case: Case, tmp_path: Path) -> None:
    """Who is beyond the longest limit has neither time nor site: not a zero."""
    reach_tables.write(tmp_path / "r.gpkg", **case._asdict())
    structures = layer(tmp_path / "r.gpkg", "structures")
    late = structures[structures.seconds.isna()]
    assert len(late) > 0
    assert late.within_s.isna().all()
    assert (late.site == "").all()


def test_the_geojson_draws_the_same_areas(case: Case, tmp_path: Path) -> None:
    """Any map opens it: nested bands, shares of the nearest sites, and the sites as points."""
    path = tmp_path / "reach.geojson"
    reach_json.write_geojson(path, **case._asdict())
    content = json.loads(path.read_text("utf-8"))
    kinds = [feature["properties"]["layer"] for feature in content["features"]]
    assert kinds == ["band"] * 2 + ["nearest"] * 4 + ["site"] * 2
    first, second = (
        shapely.from_geojson(json.dumps(feature["geometry"])) for feature in content["features"][:2]
    )
    assert first.difference(second).area == pytest.approx(0, abs=1e-12)
    assert content["exercise"] is True
    assert "unknown" in content["limits"]["en"].lower()


def test_the_json_says_what_it_rests_on(case: Case) -> None:
    """Question, numbers, assumptions, sources and both languages are there."""
    content = reach_json.to_json(**case._asdict())
    assert content["schema"] == reach_json.SCHEMA
    assert content["as_of"] == "2017-11-10T06:00:00Z"
    assert [band["limit_s"] for band in content["bands"]] == list(LIMITS_S)
    assert content["worlds"]["n_worlds"] == N_WORLDS
    assert {fact["name"] for fact in content["assumptions"]} >= {"times.carry_factor"}
    assert content["layers"][0]["sha256"] == "0" * 64
    assert content["report_sources"]
    assert set(content["headline"]) == set(content["notes"]) == {"en", "ar"}
    listed = {entry["structure_id"] for entry in content["unattached"]}
    ids = case.town.structures.id
    assert listed == {str(ids[row]) for row in case.reached.unattached.row}


def test_the_same_answer_is_written_in_the_same_bytes(case: Case, tmp_path: Path) -> None:
    """Written twice, each file is the same to the byte, whoever counted the worlds."""
    written = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        again = case if name == "one" else make_case()
        reach_json.write(folder / "r.json", **again._asdict())
        reach_json.write_geojson(folder / "r.geojson", **again._asdict())
        reach_tables.write(folder / "r.gpkg", **again._asdict())
        written.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert written[0] == written[1]


def test_a_place_that_cannot_be_written_is_told(case: Case, tmp_path: Path) -> None:
    """A missing folder is an error with a code, and leaves nothing."""
    for write, name in (
        (reach_json.write, "r.json"),
        (reach_json.write_geojson, "r.geojson"),
        (reach_tables.write, "r.gpkg"),
    ):
        with pytest.raises(StoreError):
            write(tmp_path / "nowhere" / name, **case._asdict())
    assert list(tmp_path.iterdir()) == []


def test_sentences_name_what_rests_on_unknown_streets(case: Case) -> None:
    """In both languages the notes tell unknown streets, worlds, and how exact the line is."""
    for language, words in (("en", ("no valid report", "worlds", "cells of 25 m")),
                            ("ar", ("بلا بلاغ", "الاحتمالات", "25 م"))):  # fmt: skip
        said = " ".join(notes(case.town, case.picture, case.reached, language))
        for word in words:
            assert word in said
    assert headline(case.town, case.reached, "en")[0].startswith("EXERCISE")


@pytest.mark.parametrize(
    ("seconds", "text"), [(600, "10 min"), (3600, "1 h"), (90, "90 s"), (5400, "90 min")]
)
def test_limits_are_written_in_whole_units(seconds: float, text: str) -> None:
    """The largest unit that leaves no rest."""
    assert duration(seconds, "en") == text


def test_the_map_holds_rings_and_times(case: Case, tmp_path: Path) -> None:
    """Bands do not overlap on the map, each structure has its time, and the focus is the area."""
    blob = unpack_page(written_map(case, tmp_path))
    assert set(blob.columns["band.owner"]) == {0, 1}
    seconds = np.array(blob.columns["structure.reach_s"])
    known = case.reached.service.soonest_s
    assert ((seconds >= 0) == np.isfinite(known)).all()
    assert (seconds[seconds >= 0] >= known[seconds >= 0]).all()
    assert max(blob.columns["structure.chance"]) <= 100
    west, south, east, north = blob.header["focus"]
    assert west < east
    assert south < north
    assert [site["label"] for site in blob.header["reach"]["sites"]] == ["A", "B"]


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A browser that can draw without a graphics card."""
    arguments = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader",
                 "--enable-unsafe-swiftshader", "--disable-background-networking"]  # fmt: skip
    with sync_playwright() as started:
        opened = started.chromium.launch(executable_path=chromium, args=arguments)
        yield opened
        opened.close()


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize(
    ("language", "viewport"),
    [("en", {"width": 1400, "height": 900}), ("ar", {"width": 360, "height": 740})],
)
def test_the_map_opens_with_its_bands(
    browser: Browser, tmp_path: Path, language: str, viewport: ViewportSize
) -> None:
    """Offline, on a desk and on a phone: bands, key, sites and notes; hostile names stay text."""
    path = written_map(make_case(HOSTILE), tmp_path)
    page, wrong = browser.new_page(viewport=viewport), list[Any]()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda asked: wrong.append(asked.url) if "http" in asked.url[:5] else None)
    page.goto(f"{path.as_uri()}#{language}")
    page.wait_for_selector("html[data-ready]", timeout=60_000)
    assert page.locator(".mark").count() == 2
    assert page.get_by_test_id("bands").locator("tbody tr").count() == 2
    assert page.get_by_test_id("reach-notes").locator("li").count() >= 4
    if language == "en":
        assert page.get_by_test_id("layer-bands").is_checked()
        assert not page.get_by_test_id("layer-damage").is_checked()
        drawn = page.evaluate(
            "window.__goldenhour.map.queryRenderedFeatures({layers: ['bands']}).length"
        )
        assert drawn > 0
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.evaluate("window.hacked") is None
    assert wrong == []
    page.close()

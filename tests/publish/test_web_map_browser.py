# SPDX-License-Identifier: Apache-2.0
"""The map in a browser: opened from disk, offline, in two languages, on a desk and on a phone."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import mgrs
import numpy as np
import pytest
from playwright.sync_api import (
    Browser,
    Page,
    Playwright,
    ViewportSize,
    expect,
    sync_playwright,
)

from goldenhour.publish import web_map
from goldenhour.siting.said import Said
from goldenhour.town.layers import LayerSource
from tests.conftest import ROOT, missing
from tests.plans import Case, answer

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

TEMPLATE = ROOT / "src" / "goldenhour" / "publish" / "assets" / "map.html"
HOSTILE = "</script><img src=x onerror='window.hacked=1'>\u202egnihtemos\u2066 <b>\u0000"
SOFTWARE_GL = (
    "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
)  # fmt: skip
QUIET = (
    "--no-sandbox", "--disable-background-networking", "--no-first-run",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
WIDE: ViewportSize = {"width": 1400, "height": 900}
NARROW: ViewportSize = {"width": 360, "height": 740}

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """The driver of browsers."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    """A browser that can draw without a graphics card."""
    started = playwright.chromium.launch(executable_path=chromium, args=[*QUIET, *SOFTWARE_GL])
    yield started
    started.close()


@pytest.fixture(scope="module")
def case() -> Case:
    """A hand-made plan, with attribution due."""
    made = answer()
    town = replace(
        made.town,
        sources=(
            *made.town.sources,
            LayerSource(
                file="streets.pbf",
                sha256="0" * 64,
                format="osm_pbf",
                attribution="© OpenStreetMap contributors",
            ),
        ),
    )
    return made._replace(town=town)


@pytest.fixture(scope="module")
def map_file(case: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The map of that plan."""
    return write(case, tmp_path_factory.mktemp("map"))


@pytest.fixture(scope="module")
def wrong() -> list[str]:
    """What any page asked from outside, or complained of."""
    return []


@pytest.fixture
def open_map(browser: Browser, map_file: Path, wrong: list[str]) -> Iterator[Open]:
    """Open a map; at the end nothing was asked from outside and nothing was complained of."""
    pages: list[Page] = []

    def opened(
        path: Path = map_file, *, language: str = "en", viewport: ViewportSize = WIDE
    ) -> Page:
        pages.append(browser.new_page(viewport=viewport))
        return load(pages[-1], path, language, wrong)

    yield opened
    for page in pages:
        page.close()
    assert wrong == []


@pytest.fixture(scope="module")
def shared(browser: Browser, map_file: Path, wrong: list[str]) -> Iterator[Page]:
    """A page in English that several tests read; each leaves it as it was."""
    page = load(browser.new_page(viewport=WIDE), map_file, "en", wrong)
    yield page
    page.close()


@pytest.fixture
def desk(shared: Page, wrong: list[str]) -> Iterator[Page]:
    """That page; nothing was asked from outside and nothing was complained of."""
    yield shared
    assert wrong == []


def load(page: Page, path: Path, language: str, wrong: list[str]) -> Page:
    """Open a file, note what goes wrong, wait until all is drawn."""
    page.on("request", lambda asked: note(asked.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: complain(said.type, said.text))

    def note(url: str) -> None:
        if not url.startswith((path.as_uri(), "blob:", "data:")):
            wrong.append(url)

    def complain(kind: str, text: str) -> None:
        # Reading the canvas back is slow on a real graphics card; Chromium says so, we know.
        if kind in {"error", "warning"} and "GPU stall" not in text:
            wrong.append(text)

    page.goto(f"{path.as_uri()}#{language}")
    page.wait_for_selector("html[data-ready]", timeout=60_000)
    return page


def redrawn(page: Page) -> None:
    """Wait until the map has drawn again all that there is to see."""
    page.evaluate("delete document.documentElement.dataset.ready")
    page.evaluate("window.__goldenhour.map.triggerRepaint()")
    page.wait_for_selector("html[data-ready]", timeout=60_000)


def write(case: Case, folder: Path, **other: None) -> Path:
    """Write a map, or say what is missing."""
    if not TEMPLATE.exists():
        missing("the map's front end is not built; run: make env")
    path = folder / "map.html"
    web_map.write(path, **(case._asdict() | other))
    return path


def test_opens_from_disk_and_asks_for_nothing(desk: Page, case: Case) -> None:
    """The file opens offline, says what it is, and names whom it must name."""
    assert desk.evaluate("window.__goldenhour_ready") is True
    assert desk.title() == case.town.name
    assert desk.locator(".exercise").is_visible()
    assert desk.get_by_test_id("credits").inner_text() == "© OpenStreetMap contributors"
    assert desk.get_by_test_id("credits").is_visible()
    assert "PROVISIONAL" in desk.get_by_test_id("standing").inner_text()
    assert "200 not reached" in desk.get_by_test_id("reached").inner_text()
    assert desk.locator(".mark").count() == len(case.plan.sites)
    assert re.search(r"\d+ (m|km)", desk.get_by_test_id("scale").inner_text())


def test_drawing_is_not_empty(desk: Page) -> None:
    """Streets, structures and water leave more than one colour on the canvas."""
    colours = desk.evaluate(
        """() => {
          const gl = window.__goldenhour.map.getCanvas();
          const flat = document.createElement("canvas");
          flat.width = gl.width; flat.height = gl.height;
          const pen = flat.getContext("2d");
          pen.drawImage(gl, 0, 0);
          const all = new Uint32Array(pen.getImageData(0, 0, gl.width, gl.height).data.buffer);
          return new Set(all).size;
        }"""
    )
    assert colours > 50


def test_arabic_reads_from_right_to_left(open_map: Open) -> None:
    """The page turns around, words are Arabic, and the map shapes Arabic letters."""
    page = open_map(language="ar")
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.locator("html").get_attribute("lang") == "ar"
    assert page.evaluate("window.__goldenhour.rtl()") == "loaded"
    assert re.search("[\u0600-\u06ff]{3}", page.get_by_test_id("lead").inner_text())
    drawn = page.evaluate("new OffscreenCanvas(1, 1).getContext('2d').direction")
    assert drawn == "ltr"  # else the brackets of labels are mirrored twice
    panel, pane = page.locator(".panel").bounding_box(), page.locator(".pane").bounding_box()
    assert panel is not None
    assert pane is not None
    assert panel["x"] > pane["x"]
    fonts = page.evaluate("[...document.fonts].filter((f) => f.status === 'loaded').length")
    assert fonts >= 7


def test_language_can_be_switched(desk: Page) -> None:
    """One button turns the page into Arabic and back."""
    english = desk.get_by_test_id("lead").inner_text()
    desk.get_by_test_id("language").click()
    expect(desk.locator("html")).to_have_attribute("dir", "rtl")
    assert desk.get_by_test_id("lead").inner_text() != english
    desk.get_by_test_id("language").click()
    assert desk.get_by_test_id("lead").inner_text() == english


def test_pointer_has_a_grid_reference(desk: Page) -> None:
    """The reference follows the pointer, in the town's grid square."""
    seen = set()
    for x in (500, 700, 900):
        desk.mouse.move(x, 500)
        seen.add(desk.get_by_test_id("mgrs").inner_text())
    assert len(seen) == 3
    assert all(re.fullmatch(r"37S FU \d{5} \d{5}", reference) for reference in seen)


def test_grid_references_agree_with_geotrans(desk: Page) -> None:
    """Ours and the reference implementation differ by a metre at most, on both sides of 42 E."""
    rng = np.random.default_rng(42)  # noqa: TID251 - a test draws its own points
    places = np.concatenate(
        [
            np.stack([rng.uniform(-180, 180, 300), rng.uniform(-79.9, 83.9, 300)], axis=1),
            np.stack([rng.uniform(41.9, 42.1, 200), rng.uniform(30, 37, 200)], axis=1),
        ]
    )
    ours = desk.evaluate(
        "(all) => all.map(([lon, lat]) => window.__goldenhour.mgrs(lon, lat))", places.tolist()
    )
    for (lon, lat), found in zip(places, ours, strict=True):
        theirs = mgrs.MGRS().toMGRS(lat, lon)
        zone, square, *metres = found.split(" ")
        assert theirs[:-10] == zone.zfill(3)[-len(theirs[:-12]) :] + square, (lon, lat)
        for mine, digits in zip(metres, (theirs[-10:-5], theirs[-5:]), strict=True):
            assert abs(int(mine) - int(digits)) <= 1, (lon, lat)


def test_a_structure_opens_with_its_reports(desk: Page, case: Case) -> None:
    """A click on a structure shows its damage and who said so, in the native code."""
    middle = desk.evaluate(
        """() => {
          const map = window.__goldenhour.map;
          const all = map.getSource("structures").serialize().data.features;
          map.jumpTo({ center: all.find((f) => f.id === 0).geometry.coordinates, zoom: 19 });
          const box = map.getCanvas().getBoundingClientRect();
          return [box.x + box.width / 2, box.y + box.height / 2];
        }"""
    )
    desk.get_by_test_id("layer-care").uncheck()
    redrawn(desk)
    desk.mouse.click(*middle)
    details = desk.get_by_test_id("details")
    expect(details).to_contain_text(str(case.town.structures.id[0]))
    assert "unosat: 2" in details.get_by_test_id("reports").inner_text()
    assert "driver, team 2" in details.get_by_test_id("reports").inner_text()
    desk.keyboard.press("Escape")
    expect(details).to_have_count(0)
    desk.get_by_test_id("layer-care").check()
    desk.get_by_role("button", name="Show the whole plan").click()


def test_sites_open_by_keyboard(desk: Page, case: Case) -> None:
    """Without a mouse: a site's reasons, what is unknown, its damage and the verdicts."""
    summary = desk.locator("[data-testid=sites] summary").nth(1)
    summary.focus()
    desk.keyboard.press("Enter")
    opened = desk.locator("[data-testid=sites] details[open]")
    assert "Not known" in opened.inner_text()
    assert re.search(r"37S FU \d{5} \d{5}", opened.inner_text())
    opened.get_by_role("button").focus()
    desk.keyboard.press("Enter")
    details = desk.get_by_test_id("details")
    expect(details).to_be_visible()
    text = re.sub("[\u2068\u2069]", "", details.inner_text())
    assert str(case.plan.sites[1].structure_id) in text
    assert "Nobody has visited it." in text
    assert "Trauma stabilisation point: candidate" in text
    assert "No report. Nothing is known." in text
    desk.keyboard.press("Escape")
    expect(details).to_have_count(0)


def test_layers_can_be_switched(desk: Page) -> None:
    """Each tick in the key hides and shows what it names."""
    visibility = "(id) => window.__goldenhour.map.getLayoutProperty(id, 'visibility')"
    for group, layer in (("damage", "structures"), ("streets", "street-3"), ("reach", "reach")):
        desk.get_by_test_id(f"layer-{group}").uncheck()
        assert desk.evaluate(visibility, layer) == "none"
        desk.get_by_test_id(f"layer-{group}").check()
        assert desk.evaluate(visibility, layer) == "visible"
    desk.get_by_test_id("layer-sites").uncheck()
    assert not desk.locator(".mark").first.is_visible()
    desk.get_by_test_id("layer-sites").check()
    assert desk.locator(".mark").first.is_visible()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_fits_a_phone(open_map: Open, language: str) -> None:
    """At 360 pixels nothing runs out of the page, and map and headline share the screen."""
    page = open_map(language=language, viewport=NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for part in (".canvas", ".standing", "[data-testid=key]", ".foot"):
        box = page.locator(part).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360, part
        assert box["y"] < 740, part
    page.locator(".larger").click()
    box = page.locator(".canvas").bounding_box()
    assert box is not None
    assert box["height"] > 600


def test_hostile_names_do_no_harm(open_map: Open, case: Case, tmp_path: Path) -> None:
    """Markup in a name is shown as text; control characters are gone."""
    structures = case.town.structures
    name = structures.name.copy()
    name[:] = HOSTILE
    places = case.town.places
    place_name = places.name.copy()
    place_name[:] = HOSTILE
    town = replace(
        case.town,
        name=HOSTILE,
        structures=replace(structures, name=name),
        places=replace(places, name=place_name),
    )
    plan = replace(case.plan, notes=(Said(code=f"siting.{HOSTILE}", values=(("x", HOSTILE),)),))
    page = open_map(write(case._replace(town=town, plan=plan), tmp_path))
    assert page.evaluate("window.hacked") is None
    assert page.locator("img").count() == 0
    heading = page.locator("h1").inner_text()
    assert heading.startswith("</script><img")
    assert "\u202e" not in heading


def test_huge_names_stay_inside(open_map: Open, case: Case, tmp_path: Path) -> None:
    """A name of two thousand letters without a space breaks no layout."""
    name = case.town.structures.name.copy()
    name[:] = "x" * 2000
    town = replace(
        case.town, name="\u0627" * 2000, structures=replace(case.town.structures, name=name)
    )
    page = open_map(write(case._replace(town=town), tmp_path), viewport=NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator("[data-testid=sites] summary").first.click()
    width = page.evaluate("(() => { const p = document.querySelector('.panel');"
                          "return p.scrollWidth - p.clientWidth; })()")  # fmt: skip
    assert width <= 0


def test_a_plan_without_people_or_sites_says_so(open_map: Open, case: Case, tmp_path: Path) -> None:
    """Nobody and nothing: the page opens and says it in words."""
    n = case.town.structures.n
    plan = replace(
        case.plan,
        sites=(),
        visits=(),
        unknowns=(),
        home_people=np.zeros(n),
        home_site=np.full(n, -1, dtype=np.int32),
        coverage=tuple(
            replace(entry, people=0.0, served=0.0, not_served=0.0, not_served_because=())
            for entry in case.plan.coverage
        ),
    )
    page = open_map(write(case._replace(plan=plan, reach=()), tmp_path))
    assert "No people are known here" in page.get_by_test_id("reached").inner_text()
    assert "no site" in page.get_by_test_id("sites").inner_text()
    assert "Treat that with care" in page.get_by_test_id("unknowns").inner_text()


def test_a_picture_alone_is_no_plan(open_map: Open, case: Case, tmp_path: Path) -> None:
    """Without a plan the page says so, counts what is known, and opens structures all the same."""
    page = open_map(write(case._replace(reach=()), tmp_path, plan=None))
    assert "No plan" in page.get_by_test_id("standing").inner_text()
    assert "60 structures" in page.get_by_test_id("known").inner_text().replace("\u2068", "")
    assert page.get_by_test_id("sites").count() == 0
    assert page.locator(".mark").count() == 0


def test_without_webgl_the_plan_is_in_words(
    playwright: Playwright, chromium: str, map_file: Path
) -> None:
    """A browser that cannot draw shows the plan all the same, and says what is missing."""
    browser = playwright.chromium.launch(
        executable_path=chromium, args=[*QUIET, "--disable-3d-apis", "--disable-gpu"]
    )
    wrong: list[str] = []
    page = load(browser.new_page(viewport=WIDE), map_file, "en", wrong)
    assert "cannot draw the map" in page.get_by_role("alert").inner_text()
    assert "TSP 1" in page.get_by_test_id("sites").inner_text()
    page.locator("[data-testid=sites] summary").first.click()
    page.locator("[data-testid=sites] .quiet").first.click()
    assert "Damage" in page.get_by_test_id("details").inner_text()
    assert wrong == []
    browser.close()


def test_print_shows_map_and_words(desk: Page) -> None:
    """On paper the whole plan follows the map; buttons stay away."""
    desk.emulate_media(media="print")
    assert not desk.locator(".zoom").is_visible()
    assert desk.get_by_test_id("sources").is_visible()
    panel, pane = desk.locator(".panel").bounding_box(), desk.locator(".pane").bounding_box()
    assert panel is not None
    assert pane is not None
    assert panel["y"] >= pane["y"] + pane["height"] - 1
    desk.emulate_media(media="screen")


def test_front_end_types_and_units() -> None:
    """The front end's own checks pass: strict types, and its unit tests."""
    npm, folder = shutil.which("npm"), ROOT / "web-map"
    if npm is None or not (folder / "node_modules").is_dir():
        pytest.skip("Node is not on this machine, or the map was not built here")
    for script in ("check", "test"):
        done = subprocess.run(
            [npm, "--prefix", str(folder), "run", "--silent", script],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

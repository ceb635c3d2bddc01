# SPDX-License-Identifier: Apache-2.0
"""What is written into the map file."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from goldenhour.base.errors import StoreError
from goldenhour.base.grades import Grade, StreetState, Tier, Verdict
from goldenhour.base.messages import catalogue
from goldenhour.publish import map_reports, web_map
from goldenhour.publish.map_data import UNSERVED_CELLS_M, squares
from goldenhour.publish.map_words import both, first_known
from goldenhour.reports import said
from goldenhour.sources import recognise
from goldenhour.town.build import build
from goldenhour.town.layers import LayerKind
from tests.conftest import ROOT, missing
from tests.plans import AS_OF, Case, answer, make_picture, make_plan, make_screening
from tests.publish.map_blob import Blob, unpack_page

TEMPLATE = ROOT / "src" / "goldenhour" / "publish" / "assets" / "map.html"


@pytest.fixture(scope="module")
def case() -> Case:
    """A hand-made plan."""
    return answer()


@pytest.fixture(scope="module")
def written(case: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The map of that plan."""
    if not TEMPLATE.exists():
        missing("the map's front end is not built; run: make env")
    path = tmp_path_factory.mktemp("map") / "map.html"
    web_map.write(path, **case._asdict())
    return path


@pytest.fixture(scope="module")
def blob(written: Path) -> Blob:
    """What is inside that map."""
    return unpack_page(written)


def test_every_street_and_structure_is_there(case: Case, blob: Blob) -> None:
    """Nothing of the town is left out, and states come as they are believed."""
    town, picture = case.town, case.picture
    assert set(blob.columns["street.owner"]) == set(range(town.streets.n_edges))
    assert blob.columns["street.vehicle"] == picture.streets.state_vehicle.tolist()
    assert blob.columns["structure.id"] == [str(entry) for entry in town.structures.id]
    dominant = np.array(blob.columns["structure.grade"]).reshape(-1, 5).argmax(axis=1)
    assert dominant.tolist() == blob.columns["structure.dominant"]
    assert len(blob.columns["screening.tsp"]) == town.structures.n * 3


def test_rubble_that_nobody_saw_is_not_zero(case: Case, blob: Blob) -> None:
    """A street without damage evidence says "not known", never "no rubble"."""
    unknown = np.isnan(case.picture.streets.rubble_share)
    assert np.array_equal(np.array(blob.columns["street.rubble"]) == 255, unknown)


def test_people_on_the_map_add_up(case: Case, blob: Blob) -> None:
    """The circles of people who are not reached hold exactly the people who are not reached."""
    chain = next(entry for entry in case.plan.coverage if entry.tier is Tier.FIELD_HOSPITAL)
    for name in UNSERVED_CELLS_M:
        circles = blob.columns[f"{name}.people"]
        assert sum(circles) / 10 == pytest.approx(chain.not_served, abs=0.05 * len(circles))


def test_squares_keep_everybody() -> None:
    """Summing over squares loses nobody, and puts each sum among its own people."""
    rng = np.random.default_rng(3)  # noqa: TID251 - a test draws its own homes
    x_m, y_m = rng.uniform(0, 1000, (2, 200))
    people = rng.uniform(1, 20, 200)
    middle_x_m, middle_y_m, sums = squares(x_m, y_m, people, 100.0)
    assert sums.sum() == pytest.approx(people.sum())
    for x, y, total in zip(middle_x_m, middle_y_m, sums, strict=True):
        inside = (x_m // 100 == x // 100) & (y_m // 100 == y // 100)
        assert people[inside].sum() == pytest.approx(total)


def test_a_picture_needs_no_plan(case: Case, tmp_path: Path) -> None:
    """Before anything is planned, the map shows what is known, and everybody's home."""
    web_map.write(tmp_path / "map.html", **(case._asdict() | {"plan": None, "reach": ()}))
    header, columns = unpack_page(tmp_path / "map.html")
    assert header["plan"] is None
    assert sum(header["known"]["structures"]) == case.town.structures.n
    assert sum(columns["unserved.people"]) / 10 == pytest.approx(case.picture.people.total_best)
    assert sum(header["known"]["streets_km"]) * 1000 == pytest.approx(
        case.town.streets.length_m.sum(), abs=200
    )


def test_every_sentence_is_in_both_languages(case: Case, blob: Blob) -> None:
    """The reader can switch language without a network."""
    assert set(blob.header["words"]) == {"en", "ar"}
    assert (
        len(blob.header["plan"]["headline"]["en"]) == len(blob.header["plan"]["headline"]["ar"]) > 2
    )
    for site in blob.header["plan"]["sites"]:
        for sentence in (*site["reasons"], *site["unknowns"]):
            assert set(sentence) == {"en", "ar"}
            assert not sentence["en"].startswith("siting.")
    assert blob.header["exercise"]["en"].startswith("EXERCISE") is case.town.is_exercise


def test_reports_can_be_opened(case: Case, blob: Blob) -> None:
    """Every structure leads to the reports behind it, with native code, source and trust."""
    assert blob.columns["structure.n_reports"][0] == 1
    report = blob.columns["structure.report"][0]
    words = blob.columns["report.said.words"]
    assert words[blob.columns["report.said"][report]] == "unosat: 2"
    assert len(blob.columns["report.kind"]) == len(case.picture.reports)


def test_sites_keep_their_radio_names(blob: Blob) -> None:
    """The same label in every product."""
    assert [site["label"] for site in blob.header["plan"]["sites"]] == ["TSP 1", "TSP 2", "FH 1"]


def test_same_plan_same_file(case: Case, written: Path, tmp_path: Path) -> None:
    """Writing twice gives the same bytes."""
    web_map.write(tmp_path / "again.html", **case._asdict())
    assert (tmp_path / "again.html").read_bytes() == written.read_bytes()


def test_page_leaves_no_marker(written: Path) -> None:
    """Title and data are in their places."""
    page = written.read_text(encoding="utf-8")
    assert web_map.DATA_MARKER not in page
    assert web_map.TITLE_MARKER not in page
    assert "<title>" in page


def test_nothing_half_written(case: Case, tmp_path: Path) -> None:
    """A folder that is not there is said so, and nothing is left behind."""
    with pytest.raises(StoreError):
        web_map.write(tmp_path / "none" / "map.html", **case._asdict())
    assert list(tmp_path.iterdir()) == []


def test_endless_figures_are_said_as_such(case: Case, tmp_path: Path) -> None:
    """The words "more than" have no upper bound; JSON has no infinity, so it is null."""
    people = replace(case.picture.people, total_high=float("inf"))
    picture = replace(case.picture, people=people)
    web_map.write(tmp_path / "map.html", **case._replace(picture=picture)._asdict())
    assert unpack_page(tmp_path / "map.html").header["people"]["high"] is None


def test_every_word_of_the_page_is_in_the_catalogue() -> None:
    """The page says no word that has no translation, and no translation lies idle."""
    source = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "web-map" / "src").rglob("*")
        if path.suffix in {".ts", ".svelte"}
    )
    known = set(catalogue("map"))
    said_as_is = set(re.findall(r"""say\(\s*["'`]([a-z0-9-]+)["'`]""", source))
    assert said_as_is <= known
    quoted = set(re.findall(r"""["'`]([a-z0-9-]+)["'`]""", source))
    for path in (ROOT / "src" / "goldenhour" / "publish").glob("*.py"):  # said for the page
        said = path.read_text(encoding="utf-8")
        quoted |= set(re.findall(r"""["']map\.([a-z0-9-]+)["']""", said))
    prefixes = (*re.findall(r"`([a-z]+-)\$\{", source), "kind-")
    idle = {code for code in known - quoted if not code.startswith(prefixes)}
    assert idle == set()


@pytest.mark.real_data
def test_a_whole_city_fits_in_one_small_file(real_data: Path, tmp_path: Path) -> None:
    """Aleppo, 78,908 streets and 21,307 structures, stays below eight megabytes."""
    if not TEMPLATE.exists():
        missing("the map's front end is not built; run: make env")
    files = {
        "streets.parquet": LayerKind.STREETS,
        "osm_building_points_2018.csv": LayerKind.STRUCTURES,
        "neighbourhoods.geojson": LayerKind.PLACES,
    }
    readings = [
        recognise.read(real_data / "aleppo" / name, recorded_at=AS_OF, want=kind)
        for name, kind in files.items()
    ]
    layers = [layer for reading in readings for layer in reading.layers]
    town, _ = build(layers, name="Aleppo")
    picture = make_picture(town)
    plan = make_plan(town, picture)
    path = tmp_path / "map.html"
    web_map.write(
        path, town=town, picture=picture, plan=plan, screening=make_screening(town), reach=()
    )
    assert path.stat().st_size < 8_000_000
    header, columns = unpack_page(path)
    assert header["credits"] == ["© OpenStreetMap contributors"]
    assert set(columns["street.owner"]) == set(range(town.streets.n_edges))


def test_a_code_without_a_sentence_is_shown() -> None:
    """A reason in a clumsy form is better than a reason that is missing."""
    assert both("siting.no-such-code", {"people": 5})["en"] == "siting.no-such-code people=5"
    assert first_known(("siting.no-such-code", "siting.too-far"))["en"].startswith("too far")
    assert first_known(("map.kind-x", "gas")) == {"en": "gas", "ar": "gas"}


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (said.DamageSaid(scale="ems", code="Damaged", sensor="WV-2"), "ems: Damaged (WV-2)"),
        (said.StreetSaid(state=StreetState.CLOSED, cause="crater"), "closed: crater"),
        (said.StreetSaid(state=StreetState.OPEN), "open"),
        (said.IncidentSaid(incident="shelling"), "shelling"),
        (said.ClaimSaid(text="95 % is free", about="territory"), "95 % is free"),
        (said.AccessSaid(access="checkpoint", state=StreetState.OPEN), "checkpoint: open"),
        (
            said.PeopleSaid(
                low=63_000, best=None, high=63_000, counted="in camps", measure=said.Measure.STOCK
            ),
            "in camps: 63000-63000",
        ),
        (
            said.VisitSaid(grade=Grade.G1, verdict=Verdict.UNFIT, reasons=("no-water",)),
            "G1, unfit, no-water",
        ),
        (
            said.CareSaid(facility="Clinic", tier=None, functioning=Verdict.UNKNOWN),
            "Clinic: unknown",
        ),
        (
            said.HazardSaid(hazard="explosive", status=said.HazardStatus.SUSPECTED),
            "explosive, suspected",
        ),
    ],
)
def test_reports_are_said_in_their_own_words(words: said.Said, shown: str) -> None:
    """Native codes and words stay as they came."""
    assert map_reports.said_in_short(words) == shown

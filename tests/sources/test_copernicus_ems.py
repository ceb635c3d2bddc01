# SPDX-License-Identifier: Apache-2.0
"""Copernicus EMS grading packages, both schemas, and the four real ones of October 2016."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from shapely import LineString, Point, box

from goldenhour.base.errors import MissingColumnError, UnreadableFileError
from goldenhour.base.grades import Mode, StreetState
from goldenhour.reports.report import Report
from goldenhour.reports.said import DamageSaid, StreetSaid
from goldenhour.sources import copernicus_ems
from goldenhour.sources.reading import Reading
from goldenhour.town.layers import Layer, LayerKind
from tests.sources.deliveries import NOW, codes, table, zipped

OLD = "EMSR190_05TOWN_02GRADING_v1_12500"
IMAGE = {
    "src_date": "2016-10-31",
    "ext_date": "2016-11-01",
    "source_nam": "Pleiades - 0.5m pansharpened imagery",
}


def read(path: Path, want: LayerKind | None = None) -> Reading:
    """Read with a fixed moment."""
    assert copernicus_ems.recognises(path)
    return copernicus_ems.read(path, recorded_at=NOW, want=want)


def house(number: int) -> shapely.Polygon:
    """Outline of a house in a row of houses."""
    west = 13.09 + number * 1e-3
    return box(west, 42.93, west + 1e-4, 42.93 + 1e-4)


def houses(*grades: str | None, **columns: Any) -> gpd.GeoDataFrame:  # noqa: ANN401 - cells of any type
    """Graded houses of the 2016 schema."""
    facts = {"settl_type": "Residential", "nam": "Unk", **IMAGE, **columns}
    return table([({"grading": grade, **facts}, house(k)) for k, grade in enumerate(grades)])


def damage(reading: Reading) -> list[DamageSaid]:
    """List what is said of structures."""
    return [report.said for report in reading.reports if isinstance(report.said, DamageSaid)]


def streets(reading: Reading) -> list[tuple[Report, StreetSaid]]:
    """List what is said of streets."""
    return [(r, r.said) for r in reading.reports if isinstance(r.said, StreetSaid)]


def layer(reading: Reading, kind: LayerKind) -> Layer:
    """Take the one layer of a kind."""
    [found] = [layer for layer in reading.layers if layer.kind is kind]
    return found


def old_package(tmp_path: Path, **tables: gpd.GeoDataFrame) -> Path:
    """Zip tables under the names of 2016, in metres, with 154 stray bytes in front."""
    named = {f"{OLD}_{name}": rows.to_crs("EPSG:32633") for name, rows in tables.items()}
    return zipped(tmp_path / "EMSR190_05TOWN_v1_vector.zip", named, junk=b"\x17" * 154)


def test_grades_are_said_of_the_outlines_they_belong_to(tmp_path: Path) -> None:
    """Every graded house has a report in the native word, about its own outline."""
    grades = ("Not Affected", "Negligible to slight damage", "Completely Destroyed", "Unk")
    reading = read(old_package(tmp_path, settlements_poly_grading=houses(*grades)))
    assert [said.code for said in damage(reading)] == list(grades)
    assert {said.scale for said in damage(reading)} == {"ems-2016"}
    assert [r.about for r in reading.reports] == list(
        layer(reading, LayerKind.STRUCTURES).table["id"]
    )
    for number, report in enumerate(reading.reports):
        assert report.where is not None
        assert shapely.within(report.where, house(number).buffer(1e-7))
        assert report.seen_from == datetime(2016, 10, 31, tzinfo=UTC)
        assert report.source.reference == "EMSR190_05TOWN_02GRADING_v1"


def test_one_outline_has_one_id_in_every_product(tmp_path: Path) -> None:
    """The monitoring product's grades find the houses of the first product."""
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()
    before = read(old_package(first, settlements_poly=houses("Not Affected", "Not Affected")))
    after = read(old_package(second, settlements_poly_grading=houses("Unknown", "Highly Damaged")))
    assert [r.about for r in before.reports] == [r.about for r in after.reports]


def test_houses_under_cloud_are_unknown(tmp_path: Path) -> None:
    """What the product calls not affected where it saw nothing was not seen."""
    cloud = table([({"subtype": "ZD020 - Void Collection Area"}, house(1).buffer(1e-4))])
    path = old_package(
        tmp_path,
        settlements_poly_grading=houses("Not Affected", "Not Affected"),
        general_information_poly=cloud,
    )
    reading = read(path)
    assert [said.code for said in damage(reading)] == ["Not Affected", "Unknown"]
    assert damage(reading)[1].sensor.endswith("'Not Affected' under cloud")
    assert "graded-under-cloud" in codes(reading.findings)


def test_an_old_outline_is_dated_by_its_interpretation(tmp_path: Path) -> None:
    """A map of March cannot show damage of October."""
    old = houses("Highly Damaged", src_date="2016-03-01")
    reading = read(old_package(tmp_path, settlements_poly_grading=old))
    assert reading.reports[0].seen_from == datetime(2016, 11, 1, tzinfo=UTC)
    assert "dated-by-interpretation" in codes(reading.findings)


def test_an_undated_grade_is_refused(tmp_path: Path) -> None:
    """Damage of no known day makes no report; the house stays in the layer."""
    undated = houses("Highly Damaged", src_date=None, ext_date=None)
    reading = read(old_package(tmp_path, settlements_poly_grading=undated))
    assert reading.reports == ()
    assert {"no-date", "no-grades"} <= set(codes(reading.findings))
    assert len(layer(reading, LayerKind.STRUCTURES).table) == 1


def roads(*grades: str | None) -> gpd.GeoDataFrame:
    """Graded roads side by side."""
    facts = {"road_type": "Local Road", "subtype": "AP030 - Road", "nam": "Via Roma", **IMAGE}
    return table(
        [
            (
                {"grading": grade, **facts},
                LineString([(13.09 + k / 1000, 42.93), (13.09 + k / 1000, 42.94)]),
            )
            for k, grade in enumerate(grades)
        ]
    )


@pytest.mark.parametrize(
    ("grade", "state", "modes"),
    [
        ("Completely Destroyed", StreetState.CLOSED, ()),
        ("Highly Damaged", StreetState.CLOSED, (Mode.VEHICLE,)),
        ("Moderately Damaged", StreetState.RESTRICTED, (Mode.VEHICLE,)),
        ("Unknown", StreetState.UNKNOWN, ()),
        ("Unk", StreetState.UNKNOWN, ()),
    ],
)
def test_a_graded_road_says_who_can_pass(
    tmp_path: Path, grade: str, state: StreetState, modes: tuple[Mode, ...]
) -> None:
    """Destroyed is closed to all, damaged to vehicles, unknown is unknown."""
    reading = read(old_package(tmp_path, transportation_line_grading=roads(grade)))
    [(report, said)] = streets(reading)
    assert (said.state, said.modes) == (state, modes)
    assert report.about == layer(reading, LayerKind.STREETS).table["id"].iloc[0]


@pytest.mark.parametrize("grade", ["Not Affected", "Not affected", "Not Applicable", "Null", None])
def test_a_road_that_looks_whole_is_not_said_to_be_open(tmp_path: Path, grade: str | None) -> None:
    """From above a road looks whole with a barrier across it: it stays unknown."""
    reading = read(old_package(tmp_path, transportation_line_grading=roads(grade, "Unknown")))
    assert [said.state for _, said in streets(reading)] == [StreetState.UNKNOWN]
    assert "road-grade-says-nothing" in codes(reading.findings)


def test_a_road_block_closes_the_road(tmp_path: Path) -> None:
    """A barrier seen on the image is a closed street at that point, whatever its own grade."""
    events = table(
        [
            ({"interpret": "Road Block", "grading": "Not Affected", **IMAGE}, Point(13.09, 42.93)),
            ({"interpret": "Landslide", "grading": "Not Affected", **IMAGE}, Point(13.09, 42.94)),
        ]
    )
    [(report, said)] = streets(read(old_package(tmp_path, crisis_information_point=events)))
    assert said.state is StreetState.CLOSED
    assert said.cause == "road block"
    assert report.where is not None
    assert shapely.distance(report.where, Point(13.09, 42.93)) < 1e-8


def test_roads_that_pass_a_junction_are_split_there(tmp_path: Path) -> None:
    """A side road that meets a through road mid-way can be turned into."""
    middle = (13.095, 42.93)
    facts = {"road_type": "Primary Route", "subtype": "AP030 - Road", "txt": "Unk", "nam": "Unk"}
    rows = table(
        [
            (facts, LineString([(13.09, 42.93), middle, (13.10, 42.93)])),
            ({**facts, "txt": "track"}, LineString([middle, (13.095, 42.94)])),
            ({**facts, "subtype": "Railway"}, LineString([(13.0, 42.9), (13.1, 42.9)])),
            ({**facts, "subtype": "AQ040 - Bridge"}, LineString([(13.2, 42.9), (13.21, 42.9)])),
        ]
    )
    reading = read(old_package(tmp_path, transportation_line=rows))
    table_ = layer(reading, LayerKind.STREETS).table
    assert list(table_["highway"]) == ["primary", "primary", "track", "primary"]
    assert list(table_["bridge"]) == [False, False, False, True]
    assert table_["id"].is_unique
    assert table_["name"].isna().all()
    assert {"streets-split", "not-a-road", "no-grades"} <= set(codes(reading.findings))


def test_water_and_area_become_layers_and_want_picks_one(tmp_path: Path) -> None:
    """The river is a barrier, the area of interest a place; asked for one layer, one comes."""
    path = old_package(
        tmp_path,
        hydrography_line=table(
            [({"subtype": "BH140 - River", "nam": "Nera"}, LineString([(13, 42.9), (13.1, 42.9)]))]
        ),
        hydrography_poly=table([({"subtype": "BH080 - Lake", "nam": "Unk"}, house(3))]),
        area_of_interest=table([({"name": "05TOWN"}, box(13, 42.9, 13.2, 43))]),
        settlements_poly_grading=houses("Not Affected"),
    )
    reading = read(path)
    assert list(layer(reading, LayerKind.BARRIERS).table["kind"]) == ["river", "lake"]
    assert list(layer(reading, LayerKind.PLACES).table["name"]) == ["05TOWN"]
    assert layer(reading, LayerKind.PLACES).source.attribution.startswith("© European Union")
    assert layer(reading, LayerKind.STRUCTURES).source.data_date == "2016-10-31"
    only = read(path, want=LayerKind.BARRIERS)
    assert [found.kind for found in only.layers] == [LayerKind.BARRIERS]
    assert only.reports == reading.reports


def current(grades: Mapping[str | None, object]) -> dict[str, gpd.GeoDataFrame | pd.DataFrame]:
    """Tables of the current schema: dates stand in a list of sources beside the layers."""
    rows = [
        (
            {"obj_type": "11-Residential", "damage_gra": grade, "dmg_src_id": source},
            house(number),
        )
        for number, (grade, source) in enumerate(grades.items())
    ]
    sources = pd.DataFrame(
        {
            "src_id": [1, 2],
            "eventphase": ["Pre-event", "Post-event"],
            "source_nam": ["OpenStreetMap", "Pleiades-1A"],
            "src_date": ["01/01/2020", "27/08/2023"],
        }
    )
    return {"builtUpA_r1_v1": table(rows), "source_r1_v1": sources}


def test_the_current_schema_is_dated_by_its_list_of_sources(tmp_path: Path) -> None:
    """Grades of today's products keep their words and the day of their own image."""
    grades: dict[str | None, object] = {
        "Destroyed": 2,
        "Possibly damaged": 2,
        "No visible damage": 2,
        "Not analysed": 9,
    }
    tables = {f"EMSR700_AOI01_GRA_PRODUCT_{k}": v for k, v in current(grades).items()}
    reading = read(zipped(tmp_path / "EMSR700_AOI01_GRA_PRODUCT_v1.zip", tables))
    assert [(said.scale, said.code) for said in damage(reading)] == [
        ("ems", "Destroyed"),
        ("ems", "Possibly damaged"),
        ("ems", "No visible damage"),
    ]
    assert {said.sensor for said in damage(reading)} == {"Pleiades-1A"}
    assert {r.seen_from for r in reading.reports} == {datetime(2023, 8, 27, tzinfo=UTC)}
    assert "no-date" in codes(reading.findings)
    assert list(layer(reading, LayerKind.STRUCTURES).table["use"]) == ["residential"] * 4


def test_a_geopackage_of_the_current_schema_is_read(tmp_path: Path) -> None:
    """The single file that the service offers now holds layers and sources."""
    path = tmp_path / "EMSR700_AOI01_GRA_PRODUCT_v1.gpkg"
    for name, rows in current({"Damaged": 2, None: 2}).items():
        pyogrio.write_dataframe(rows, path, layer=name)
    reading = read(path)
    assert [said.code for said in damage(reading)] == ["Damaged"]
    assert "not-graded" in codes(reading.findings)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut", b"\x00" * 400])
@pytest.mark.parametrize("name", ["EMSR190_05TOWN_v1_vector.zip", "EMSR190_x.gpkg"])
def test_a_damaged_package_is_an_error_with_a_code(
    tmp_path: Path, name: str, content: bytes
) -> None:
    """Empty, cut and wrong files never end in a traceback."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises((UnreadableFileError, MissingColumnError)):
        copernicus_ems.read(path, recorded_at=NOW, want=None)


def test_a_package_cut_in_the_middle_is_refused(tmp_path: Path) -> None:
    """A zip that lost its end is not opened at all."""
    path = old_package(tmp_path, settlements_poly_grading=houses("Not Affected"))
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(UnreadableFileError):
        copernicus_ems.read(path, recorded_at=NOW, want=None)


def test_other_zips_are_not_recognised(tmp_path: Path) -> None:
    """Streets of somebody else, zipped, are no package of the service."""
    path = zipped(tmp_path / "town.zip", {"roads": roads("Unknown")})
    assert not copernicus_ems.recognises(path)
    with pytest.raises(MissingColumnError):
        copernicus_ems.read(path, recorded_at=NOW, want=None)


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "n_structures", "destroyed", "damaged", "n_lines"),
    [
        ("EMSR190_05VISSO_GRADING_OVERVIEW_v1_vector", 1424, 0, 8, 660),
        ("EMSR190_05VISSO_GRADING_OVERVIEW-MONIT01_v1_vector", 1578, 35, 109, 660),
        ("EMSR190_25VISSOAERIAL_GRADING_OVERVIEW_v3_vector", 988, 21, 60, 179),
        ("EMSR190_12ARQUATADELTRONTO_GRADING_OVERVIEW_v1_vector", 1300, 96, 246, 44),
    ],
)
def test_the_real_packages_have_the_verified_counts(  # the columns of the table above
    real_data: Path, name: str, n_structures: int, destroyed: int, damaged: int, n_lines: int
) -> None:
    """Structures, damaged and destroyed of October 2016, as counted by hand."""
    reading = read(real_data / "copernicus_ems" / f"{name}.zip")
    table_ = layer(reading, LayerKind.STRUCTURES).table
    of_outlines = [r.said for r in reading.reports if r.about.startswith("ems-")]
    words = Counter(said.code for said in of_outlines if isinstance(said, DamageSaid))
    assert len(table_) == n_structures
    assert table_["id"].is_unique
    assert sum(words.values()) == n_structures
    assert words["Completely Destroyed"] == destroyed
    assert n_structures - words["Not Affected"] - words["Unknown"] == damaged
    [street_finding] = [f for f in reading.findings if f.code == "streets-split"]
    assert street_finding.rows == (f"{n_lines} lines",)


@pytest.mark.real_data
def test_visso_is_dated_by_its_images_and_keeps_its_clouds(real_data: Path) -> None:
    """621 houses under cloud on 27 October are unknown; 1,306 are found again on the 31st."""
    folder = real_data / "copernicus_ems"
    first = read(folder / "EMSR190_05VISSO_GRADING_OVERVIEW_v1_vector.zip")
    second = read(folder / "EMSR190_05VISSO_GRADING_OVERVIEW-MONIT01_v1_vector.zip")
    aerial = read(folder / "EMSR190_25VISSOAERIAL_GRADING_OVERVIEW_v3_vector.zip")
    days = [{r.seen_from.day for r in each.reports} for each in (first, second, aerial)]
    assert days == [{27}, {31}, {29}]
    assert sum(said.code == "Unknown" for said in damage(first)) == 621
    assert len({r.about for r in first.reports} & {r.about for r in second.reports}) == 1306


@pytest.mark.real_data
def test_arquata_has_three_graded_roads_and_six_road_blocks(real_data: Path) -> None:
    """One road closed to vehicles, two unknown, six barriers; 41 that look whole say nothing."""
    name = "EMSR190_12ARQUATADELTRONTO_GRADING_OVERVIEW_v1_vector.zip"
    path = real_data / "copernicus_ems" / name
    said = [said for _, said in streets(read(path))]
    assert Counter((s.state, s.cause) for s in said) == {
        (StreetState.CLOSED, "graded Highly Damaged from space"): 1,
        (StreetState.UNKNOWN, "graded Unknown from space"): 2,
        (StreetState.CLOSED, "road block"): 6,
    }

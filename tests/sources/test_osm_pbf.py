# SPDX-License-Identifier: Apache-2.0
"""OpenStreetMap files: streets, outlines, places, water, and what is left out."""

from pathlib import Path

import numpy as np
import osmium
import pytest
import shapely

from goldenhour.base.errors import EmptyLayerError, UnreadableFileError
from goldenhour.base.findings import Finding
from goldenhour.sources import osm_pbf
from goldenhour.sources.osm_tags import maxspeed_kmh, number, oneway
from goldenhour.sources.shaping import OSM_ATTRIBUTION
from goldenhour.town.build import build
from goldenhour.town.layers import Layer, LayerKind
from tests.sources.when import NOW

NODES = {  # id: east, north, in thousandths of a degree
    1: (0, 0), 2: (1, 0), 3: (2, 0), 4: (1, 1), 5: (1, -1), 6: (3, 3), 7: (4, 3), 8: (4, 4),
    9: (3, 4), 10: (3.5, 3.5), 11: (8, 8), 12: (8, 9), 13: (6, 6), 14: (7, 6), 15: (7, 7),
    16: (6.3, 6.1), 17: (6.6, 6.1), 18: (6.5, 6.2),
}  # fmt: skip


def xml(*things: str, tagged: dict[int, dict[str, str]] | None = None) -> str:
    """Write an OSM file of the nodes above, some of them with tags."""
    nodes = "".join(
        f'<node id="{i}" version="1" lon="{41 + x / 1000}" lat="{34 + y / 1000}">'
        f"{tags((tagged or {}).get(i, {}))}</node>"
        for i, (x, y) in NODES.items()
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><osm version="0.6">{nodes}{"".join(things)}</osm>'
    )


def tags(values: dict[str, str]) -> str:
    """Write tags."""
    return "".join(f'<tag k="{key}" v="{value}"/>' for key, value in values.items())


def way(number: int, refs: list[int], /, **values: str) -> str:
    """Write a way; ``_`` in a key stands for a colon."""
    named = {key.replace("_", ":"): value for key, value in values.items()}
    nodes = "".join(f'<nd ref="{ref}"/>' for ref in refs)
    return f'<way id="{number}" version="1">{nodes}{tags(named)}</way>'


def read(tmp_path: Path, text: str) -> tuple[dict[LayerKind, Layer], dict[str, Finding]]:
    """Read a file; layers by kind, findings by code."""
    path = tmp_path / "town.osm"
    path.write_text(text, encoding="utf-8")
    reading = osm_pbf.read(path, recorded_at=NOW, want=None)
    return {layer.kind: layer for layer in reading.layers}, {f.code: f for f in reading.findings}


def test_ways_are_split_where_they_meet(tmp_path: Path) -> None:
    """A street that another crosses at a shared node becomes two; a bridge over it stays one."""
    layers, _ = read(
        tmp_path,
        xml(
            way(100, [1, 2, 3], highway="residential", name="Main", name_ar="الشارع"),
            way(101, [4, 2], highway="service"),
            way(102, [4, 6, 5], highway="primary", bridge="yes", layer="1", maxspeed="30 mph"),
        ),
    )
    table = layers[LayerKind.STREETS].table.set_index("id")
    assert table.index.tolist() == ["way/100/1", "way/100/2", "way/101", "way/102"]
    assert table.loc["way/100/1", ["u", "v"]].tolist() == [1, 2]
    assert table.loc["way/100/2", ["u", "v"]].tolist() == [2, 3]
    assert table.loc["way/100/2", "name_ar"] == "الشارع"
    assert table.loc["way/102", ["bridge", "level"]].tolist() == [True, 1]
    assert table.loc["way/102", "maxspeed_kmh"] == pytest.approx(48.28, abs=0.01)
    assert layers[LayerKind.STREETS].source.attribution == OSM_ATTRIBUTION


def test_a_street_that_meets_itself_is_split(tmp_path: Path) -> None:
    """A lollipop (a stem and a loop in one way) becomes a stem and a loop."""
    layers, _ = read(tmp_path, xml(way(1, [1, 2, 4, 3, 2], highway="service")))
    table = layers[LayerKind.STREETS].table
    assert list(zip(table["u"], table["v"], strict=True)) == [(1, 2), (2, 2)]


def test_highways_that_are_no_streets_are_counted(tmp_path: Path) -> None:
    """Platforms and streets under construction are left out, counted by kind, and join nothing."""
    layers, found = read(
        tmp_path,
        xml(
            way(1, [1, 2, 3], highway="residential"),
            way(2, [4, 2], highway="construction"),
        ),
    )
    assert len(layers[LayerKind.STREETS].table) == 1
    assert found["not-a-street"].rows == ("way/2",)


def test_streets_over_the_edge_keep_what_is_known(tmp_path: Path) -> None:
    """Nodes that the extract does not hold cut a street; its known parts stay and it is said."""
    layers, found = read(tmp_path, xml(way(1, [1, 2, 999, 3, 4], highway="residential")))
    table = layers[LayerKind.STREETS].table
    assert list(zip(table["u"], table["v"], strict=True)) == [(1, 2), (3, 4)]
    assert found["cut-at-edge"].rows == ("way/1",)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"oneway": "yes"}, 1),
        ({"oneway": "1"}, 1),
        ({"oneway": "-1"}, -1),
        ({"oneway": "reverse"}, -1),
        ({"oneway": "no", "junction": "roundabout"}, 0),
        ({"junction": "roundabout"}, 1),
        ({"highway": "motorway"}, 1),
        ({"oneway": "reversible"}, 0),
        ({}, 0),
    ],
)
def test_one_way_rules(values: dict[str, str], expected: int) -> None:
    """One-way streets as tagged; roundabouts and motorways unless they say otherwise."""
    assert oneway({"highway": "residential"} | values) == expected


def test_speeds_and_numbers() -> None:
    """Speeds in km/h or mph are read; words are unknown, never zero."""
    assert maxspeed_kmh("50") == 50
    assert np.isnan(maxspeed_kmh("IQ:urban"))
    assert np.isnan(maxspeed_kmh(None))
    assert number("63,000") == 63_000
    assert np.isnan(number("many"))


def test_buildings_become_structures(tmp_path: Path) -> None:
    """Outlines, also with a yard, become structures; use comes from what the building serves as."""
    layers, found = read(
        tmp_path,
        xml(
            way(1, [6, 7, 8, 9, 6], building="yes", amenity="clinic", building_levels="2"),
            way(2, [13, 14, 15, 13]),
            way(3, [16, 17, 18, 16]),
            way(4, [1, 2, 3], building="house"),
            way(6, [6, 8, 7, 9, 6], building="house"),
            '<relation id="5" version="1"><member type="way" ref="2" role="outer"/>'
            '<member type="way" ref="3" role="inner"/><tag k="type" v="multipolygon"/>'
            '<tag k="building" v="yes"/></relation>',
        ),
    )
    table = layers[LayerKind.STRUCTURES].table.set_index("id")
    assert table.loc["way/1", ["use", "storeys"]].tolist() == ["clinic", 2.0]
    assert table["use"].isna().to_dict() == {"way/1": False, "relation/5": True}
    house = shapely.get_geometry(table.loc["relation/5", "geometry"], 0)
    assert shapely.get_num_interior_rings(house) == 1
    assert found["broken-outline"].rows == ("way/4", "way/6")


def test_grounds_are_structures_and_said_to_be_grounds(tmp_path: Path) -> None:
    """A school drawn as grounds without a building is kept, and it is said that it is grounds."""
    layers, found = read(tmp_path, xml(way(1, [6, 7, 8, 9, 6], amenity="school")))
    assert layers[LayerKind.STRUCTURES].table["use"].tolist() == ["school"]
    assert found["grounds"].rows == ("way/1",)


def test_a_clinic_point_tells_the_use_of_the_outline_around_it(tmp_path: Path) -> None:
    """A clinic's point inside a nameless outline names it; one outside stays a point."""
    layers, found = read(
        tmp_path,
        xml(
            way(1, [6, 7, 8, 9, 6], building="yes"),
            tagged={
                10: {"amenity": "clinic", "name": "Salam"},
                12: {"healthcare": "doctor", "name": "Dr"},
            },
        ),
    )
    table = layers[LayerKind.STRUCTURES].table.set_index("id")
    assert table.loc["way/1", ["use", "name"]].tolist() == ["clinic", "Salam"]
    assert table.loc["node/12", "use"] == "doctor"
    assert found["health-point"].rows == ("node/12",)


def test_places_and_water(tmp_path: Path) -> None:
    """Named places with their people; rivers as lines or areas, not ditches."""
    layers, _ = read(
        tmp_path,
        xml(
            way(1, [1, 2, 3], waterway="river", name="Euphrates"),
            way(2, [4, 5], waterway="ditch"),
            way(3, [6, 7, 8, 9, 6], natural="water", water="river"),
            tagged={
                11: {
                    "place": "town",
                    "name": "القائم",
                    "name:en": "Al Qaim",
                    "population": "74,100",
                }
            },
        ),
    )
    place = layers[LayerKind.PLACES].table.iloc[0]
    assert place[["name", "name_ar", "kind", "people"]].tolist() == [
        "Al Qaim", "القائم", "town", 74_100,
    ]  # fmt: skip
    water = layers[LayerKind.BARRIERS].table
    assert sorted(zip(water["id"], water["kind"], strict=True)) == [
        ("way/1", "river"),
        ("way/3", "river"),
    ]


def test_only_the_wanted_layer_is_given(tmp_path: Path) -> None:
    """Asked for streets, the reader gives streets alone."""
    path = tmp_path / "town.osm"
    path.write_text(
        xml(way(1, [1, 2], highway="path"), way(2, [6, 7, 8, 6], building="yes")), encoding="utf-8"
    )
    reading = osm_pbf.read(path, recorded_at=NOW, want=LayerKind.STREETS)
    assert [layer.kind for layer in reading.layers] == [LayerKind.STREETS]


def test_a_pbf_says_the_same_as_its_xml(tmp_path: Path) -> None:
    """The same town as PBF gives the same streets; and it is recognised whatever its name."""
    text, packed = tmp_path / "town.osm", tmp_path / "town.osm.pbf"
    text.write_text(xml(way(1, [1, 2, 3], highway="path")), encoding="utf-8")
    with osmium.SimpleWriter(str(packed)) as writer:
        for thing in osmium.FileProcessor(str(text)):
            writer.add(thing)
    one, two = (osm_pbf.read(p, recorded_at=NOW, want=None).layers[0] for p in (text, packed))
    assert one.table.equals(two.table)
    bare = packed.rename(tmp_path / "download")
    assert osm_pbf.recognises(bare)


@pytest.mark.parametrize("missing_bytes", [10, 200])
def test_a_cut_file_gives_nothing(missing_bytes: int, tmp_path: Path) -> None:
    """A file cut in the middle is refused whole: half a town would look like a small one."""
    text = xml(*(way(i, [1, 2, 3, 4], highway="path") for i in range(1, 200)))
    whole, cut = tmp_path / "town.osm.pbf", tmp_path / "cut.osm.pbf"
    source = tmp_path / "town.osm"
    source.write_text(text, encoding="utf-8")
    with osmium.SimpleWriter(str(whole)) as writer:
        for thing in osmium.FileProcessor(str(source)):
            writer.add(thing)
    cut.write_bytes(whole.read_bytes()[:-missing_bytes])
    with pytest.raises(UnreadableFileError) as error:
        osm_pbf.read(cut, recorded_at=NOW, want=None)
    assert error.value.where == "cut.osm.pbf"


def test_a_file_without_anything_is_said_to_be_empty(tmp_path: Path) -> None:
    """A file of nodes alone, such as one cut between blocks, gives an error and no empty town."""
    with pytest.raises(EmptyLayerError):
        read(tmp_path, xml())


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("file", "date", "n_ways", "n_outlines"),
    [
        ("vavuniya.osm.pbf", "2020-04-15", 2_501, 20_275),
        ("andorra.osm.pbf", "2013-05-28", 1_615, 294),
        ("liechtenstein-latest.osm.pbf", "2015-07-27", 4_660, 8_991),  # and one building=no
        ("Helsinki.osm.pbf", "", 2_650, 433),
        ("test.osm.pbf", "", 343, 2_219),
    ],
)
def test_real_extracts_are_accounted_for(
    real_data: Path, file: str, date: str, n_ways: int, n_outlines: int
) -> None:
    """Every highway and every building of a real extract is a row, or is named as left out."""
    path = real_data / "osm_pbf" / file
    reading = osm_pbf.read(path, recorded_at=NOW, want=None)
    tables = {layer.kind: layer.table for layer in reading.layers}
    assert reading.layers[0].source.data_date == date
    street_ids = tables[LayerKind.STREETS]["id"].str.split("/").str[1]
    left_out = sum(f.n_rows for f in reading.findings if f.code == "not-a-street")
    unknown_all_over = n_ways - left_out - street_ids.nunique()
    cut = sum(f.n_rows for f in reading.findings if f.code == "cut-at-edge")
    assert 0 <= unknown_all_over <= cut
    houses = tables[LayerKind.STRUCTURES]
    grounds = sum(f.n_rows for f in reading.findings if f.code == "grounds")
    broken = sum(f.n_rows for f in reading.findings if f.code == "broken-outline")
    relations = osmium.FileProcessor(str(path), osmium.osm.RELATION)
    n_relations = sum("building" in relation.tags for relation in relations)
    n_areas = int(houses["id"].str.match("way|relation").sum())
    assert n_areas - grounds + broken == n_outlines + n_relations
    town, _ = build(reading.layers, name=file)
    assert town.streets.n_edges == len(tables[LayerKind.STREETS])


@pytest.mark.real_data
def test_vavuniya_keeps_its_health_features(real_data: Path) -> None:
    """Vavuniya's health features stay recognisable by their use."""
    path = real_data / "osm_pbf" / "vavuniya.osm.pbf"
    reading = osm_pbf.read(path, recorded_at=NOW, want=LayerKind.STRUCTURES)
    uses = reading.layers[0].table["use"].value_counts()
    assert uses.get("hospital", 0) + uses.get("clinic", 0) + uses.get("doctors", 0) >= 5

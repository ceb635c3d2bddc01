# SPDX-License-Identifier: Apache-2.0
"""Turn restrictions, gates and access in OpenStreetMap files, as far as the town."""

from pathlib import Path

import numpy as np
import pytest

from goldenhour.base.findings import Finding
from goldenhour.sources import layer_store, osm_pbf
from goldenhour.sources.osm_access import access, maxweight_t, width_m
from goldenhour.sources.osm_tags import street_level
from goldenhour.town.build import build
from goldenhour.town.layers import Layer, LayerKind
from goldenhour.town.rules import Access
from goldenhour.town.town import Town
from tests.sources.test_osm_pbf import read, tags, way, xml
from tests.sources.when import NOW

CROSS = (  # 2 is the crossing; 1 west, 3 east, 4 north, 5 south of it
    way(10, [1, 2], highway="residential"),
    way(11, [2, 3], highway="residential"),
    way(12, [4, 2], highway="residential"),
    way(13, [2, 5], highway="residential", oneway="yes"),
    way(90, [6, 7, 8, 9, 6], building="yes"),
)


NO_LEFT = {"restriction": "no_left_turn"}


def relation(number: int, values: dict[str, str], *members: tuple[str, str, int]) -> str:
    """Write a restriction; members are role, type and id."""
    named = {"type": "restriction"} | values
    written = "".join(
        f'<member type="{kind}" ref="{ref}" role="{role}"/>' for role, kind, ref in members
    )
    return f'<relation id="{number}" version="1">{written}{tags(named)}</relation>'


def turn(number: int, come: int, go: int, values: dict[str, str], *, via: int = 2) -> str:
    """Write a restriction from way to way over a node."""
    members = (("from", "way", come), ("via", "node", via), ("to", "way", go))
    return relation(number, values, *members)


def town_of(
    tmp_path: Path, *things: str, tagged: dict[int, dict[str, str]] | None = None
) -> tuple[Town, dict[str, Finding]]:
    """Read a file and put the town together; findings by code."""
    layers, found = read(tmp_path, xml(*things, tagged=tagged))
    town, noticed = build(list(layers.values()), name="test")
    return town, found | {finding.code: finding for finding in noticed}


def rules(town: Town) -> list[tuple[str, str, bool]]:
    """List turns by the ids of their streets."""
    turns, ids = town.turns, town.streets.id
    return [
        (str(ids[turns.from_edge[i]]), str(ids[turns.to_edge[i]]), bool(turns.is_only[i]))
        for i in range(turns.n)
    ]


def test_signs_reach_the_town(tmp_path: Path) -> None:
    """A forbidden turn and a turn that alone is allowed, at their junction, binding everybody."""
    town, _ = town_of(
        tmp_path,
        *CROSS,
        turn(1, 10, 11, {"restriction": "no_straight_on"}),
        turn(2, 12, 13, {"restriction": "only_straight_on"}),
    )
    assert rules(town) == [("way/10", "way/11", False), ("way/12", "way/13", True)]
    assert len(set(town.turns.via.tolist())) == 1
    assert town.turns.ambulance.all()
    assert town.turns.car.all()
    assert town.turns.truck.all()


@pytest.mark.parametrize(
    ("values", "bound"),
    [
        ({"restriction": "no_left_turn", "except": "emergency"}, (False, True, True)),
        ({"restriction": "no_left_turn", "except": "psv;hgv"}, (True, True, False)),
        ({"restriction": "no_left_turn", "except": "motorcar; emergency"}, (False, False, True)),
        ({"restriction:hgv": "no_left_turn"}, (False, False, True)),
        ({"restriction:motorcar": "no_left_turn"}, (True, True, False)),
    ],
)
def test_signs_say_whom_they_bind(
    tmp_path: Path, values: dict[str, str], bound: tuple[bool, bool, bool]
) -> None:
    """Exceptions and signs for some vehicles are kept apart for ambulance, car and truck."""
    town, _ = town_of(tmp_path, *CROSS, turn(1, 10, 11, values))
    turns = town.turns
    assert (turns.ambulance[0], turns.car[0], turns.truck[0]) == bound


@pytest.mark.parametrize(
    ("sign", "code"),
    [
        (turn(1, 10, 11, {"restriction:conditional": "no_left_turn @ (Mo-Fr)"}), "turn-at-times"),
        (turn(1, 10, 11, NO_LEFT | {"hour_on": "07:00"}), "turn-at-times"),
        (turn(1, 10, 11, {"restriction": "give_way"}), "turn-not-read"),
        (turn(1, 10, 11, NO_LEFT | {"except": "motor_vehicle"}), "turn-for-others"),
        (
            relation(1, NO_LEFT, ("from", "way", 10), ("via", "way", 11), ("to", "way", 12)),
            "turn-via-way",
        ),
        (turn(1, 10, 99, NO_LEFT), "turn-without-street"),
        (turn(1, 10, 11, NO_LEFT, via=4), "turn-without-street"),
        (turn(1, 13, 11, NO_LEFT), "turn-without-street"),
        (relation(1, NO_LEFT, ("from", "way", 10), ("via", "node", 2)), "turn-without-street"),
        (turn(1, 14, 11, NO_LEFT), "turn-ambiguous"),
    ],
)
def test_signs_that_cannot_be_applied_are_counted(tmp_path: Path, sign: str, code: str) -> None:
    """By hours, over a way, for others, without streets, or unclear: a finding, never silence."""
    through = way(14, [6, 2, 8], highway="residential")
    town, found = town_of(tmp_path, *CROSS[:-1], through, CROSS[-1], sign)
    assert town.turns.n == 0
    assert found[code].rows == ("relation/1",)


def test_a_bollard_in_the_middle_of_a_street_splits_it(tmp_path: Path) -> None:
    """The street becomes two that meet at the bollard; beside the street it splits nothing."""
    town, found = town_of(
        tmp_path,
        way(10, [1, 2, 3], highway="residential"),
        CROSS[-1],
        tagged={2: {"barrier": "bollard"}, 5: {"barrier": "gate"}},
    )
    assert town.streets.id.tolist() == ["way/10/1", "way/10/2"]
    assert town.gates.kind.tolist() == ["bollard"]
    assert town.gates.id.tolist() == ["node/2"]
    assert town.gates.node[0] == town.streets.head[0] == town.streets.tail[1]
    assert found["gate-unknown"].n_rows == 1


def test_a_gate_right_on_a_junction_is_said(tmp_path: Path) -> None:
    """Where three streets meet at a gate, nobody knows which it closes."""
    _, found = town_of(tmp_path, *CROSS, tagged={2: {"barrier": "gate"}})
    assert found["gate-at-junction"].rows == ("node/2",)


def test_gates_keep_who_may_pass(tmp_path: Path) -> None:
    """An ambulance through the bollard for which the map lets it, nobody else on wheels."""
    town, _ = town_of(
        tmp_path,
        way(10, [1, 2, 3], highway="residential"),
        CROSS[-1],
        tagged={2: {"barrier": "bollard", "motor_vehicle": "no", "emergency": "yes"}},
    )
    who = town.gates.access
    assert (who.foot[0], who.ambulance[0], who.car[0], who.truck[0]) == (
        Access.UNKNOWN,
        Access.YES,
        Access.NO,
        Access.NO,
    )


def test_a_flat_kerb_is_no_obstacle(tmp_path: Path) -> None:
    """A lowered kerb lets wheels pass; a raised one is kept as a kerb."""
    for kerb, kind in (("lowered", "entrance"), ("raised", "kerb")):
        town, _ = town_of(
            tmp_path,
            way(10, [1, 2, 3], highway="residential"),
            CROSS[-1],
            tagged={2: {"barrier": "kerb", "kerb": kerb}},
        )
        assert town.gates.kind.tolist() == [kind]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, (None, None, None, None)),
        ({"access": "no"}, ("no", "no", "no", "no")),
        ({"access": "private"}, ("private",) * 4),
        ({"access": "no", "foot": "yes"}, ("yes", "no", "no", "no")),
        ({"motor_vehicle": "no"}, (None, "no", "no", "no")),
        ({"motor_vehicle": "no", "emergency": "yes"}, (None, "yes", "no", "no")),
        ({"motor_vehicle": "emergency"}, (None, "yes", "no", "no")),
        ({"access": "no", "bus": "yes"}, ("no", "private", "private", "private")),
        ({"hgv": "no"}, (None, None, None, "no")),
        ({"motorcar": "no"}, (None, "no", "no", "no")),
        ({"motorcar": "no", "hgv": "yes"}, (None, "no", "no", "yes")),
        ({"foot": "no"}, ("private", None, None, None)),
        ({"vehicle": "agricultural"}, (None, "private", "private", "private")),
        ({"access": "permissive"}, ("yes",) * 4),
        ({"access": "a word of nobody's"}, (None,) * 4),
    ],
)
def test_the_most_specific_tag_says_who_may_pass(
    values: dict[str, str], expected: tuple[str | None, ...]
) -> None:
    """From foot, emergency, motor_vehicle and the like down to access; an odd word says nothing."""
    found = access(values)
    assert (found["foot"], found["ambulance"], found["car"], found["truck"]) == expected


def test_widths_and_weights_are_read_or_unknown() -> None:
    """Metres and tonnes are read; feet, pounds and words are unknown, never zero."""
    assert (width_m("3.5"), width_m("3 m"), maxweight_t("7.5"), maxweight_t("7.5t")) == (
        3.5, 3, 7.5, 7.5,
    )  # fmt: skip
    assert np.isnan(
        [width_m("12'"), width_m(None), maxweight_t("16000 lbs"), maxweight_t("")]
    ).all()


def test_streets_keep_what_the_map_says_of_them(tmp_path: Path) -> None:
    """Surface, level, width, weight and access stand in the town."""
    town, _ = town_of(
        tmp_path,
        way(
            10, [1, 2], highway="track", surface="mud", layer="-1", width="2.5", maxweight="3.5",
            vehicle="private",
        ),
        CROSS[-1],
    )  # fmt: skip
    streets = town.streets
    assert streets.surface.tolist() == ["mud"]
    assert (streets.level[0], streets.width_m[0], streets.maxweight_t[0]) == (-1, 2.5, 3.5)
    assert (streets.access.foot[0], streets.access.car[0]) == (Access.UNKNOWN, Access.PRIVATE)


@pytest.mark.parametrize(
    ("values", "expected"),
    [({}, 0), ({"tunnel": "yes"}, -1), ({"tunnel": "yes", "layer": "-2"}, -2), ({"layer": "1"}, 1)],
)
def test_a_tunnel_lies_below_the_ground(values: dict[str, str], expected: int) -> None:
    """A tunnel without a level is one below; a passage through a house is on the ground."""
    assert street_level(values) == expected
    assert street_level({"tunnel": "building_passage"}) == 0


def test_rules_come_with_the_streets_and_survive_the_workspace(tmp_path: Path) -> None:
    """Asked for streets the reader gives turns and gates too; they are the same once stored."""
    path = tmp_path / "town.osm"
    path.write_text(
        xml(
            *CROSS,
            way(95, [5, 18, 16], highway="service"),
            turn(1, 10, 11, {"restriction": "no_straight_on"}),
            tagged={18: {"barrier": "gate"}},
        ),
        encoding="utf-8",
    )
    layers = osm_pbf.read(path, recorded_at=NOW, want=LayerKind.STREETS).layers
    assert [layer.kind for layer in layers] == [
        LayerKind.STREETS,
        LayerKind.TURNS,
        LayerKind.GATES,
    ]
    houses = osm_pbf.read(path, recorded_at=NOW, want=LayerKind.STRUCTURES).layers
    before, _ = build([*layers, *houses], name="test")
    stored = [_stored(layer, tmp_path) for layer in layers]
    after, _ = build([*stored, *houses], name="test")
    assert (before.turns.n, before.gates.n) == (1, 1)
    assert rules(before) == rules(after)
    assert before.gates.node.tolist() == after.gates.node.tolist()
    assert before.gates.access.car.tolist() == after.gates.access.car.tolist()


def _read_in(folder: Path, text: str) -> dict[LayerKind, Layer]:
    """Read a file in a folder of its own."""
    folder.mkdir()
    return read(folder, text)[0]


def _stored(layer: Layer, folder: Path) -> Layer:
    """Save a layer and open it again."""
    path = folder / f"{layer.kind.value}.parquet"
    layer_store.save(layer, path)
    return layer_store.load(path)


def test_layers_of_an_older_workspace_still_make_a_town(tmp_path: Path) -> None:
    """Streets without the newer columns, and no layers of rules: all of that is unknown."""
    layers, _ = read(tmp_path, xml(*CROSS))
    streets = layers[LayerKind.STREETS]
    newer = ["width_m", "maxweight_t", "foot", "ambulance", "car", "truck", "surface", "level"]
    older = Layer(kind=streets.kind, table=streets.table.drop(columns=newer), source=streets.source)
    town, _ = build([older, layers[LayerKind.STRUCTURES]], name="test")
    assert (town.turns.n, town.gates.n) == (0, 0)
    assert np.isnan(town.streets.width_m).all()
    assert (town.streets.access.car == Access.UNKNOWN).all()
    assert (town.streets.surface == "").all()


def test_rules_of_two_files_keep_to_their_own_streets(tmp_path: Path) -> None:
    """Two files that both have a way 10: each sign stands at its own file's junction."""
    first, second = (
        _read_in(tmp_path / str(come), xml(*CROSS, turn(1, come, 11, NO_LEFT))) for come in (10, 12)
    )
    parts = [*first.values(), second[LayerKind.STREETS], second[LayerKind.TURNS]]
    town, _ = build(parts, name="test")
    assert rules(town) == [("way/10", "way/11", False), ("2:way/12", "2:way/11", False)]
    without = [first[LayerKind.STREETS], *second.values()]
    town, _ = build(without, name="test")
    assert rules(town) == [("2:way/12", "2:way/11", False)]


def test_rules_without_their_streets_are_refused_with_a_finding(tmp_path: Path) -> None:
    """Turns and gates of a file whose streets were left at home are counted as left out."""
    layers, _ = read(
        tmp_path,
        xml(
            *CROSS,
            turn(1, 10, 11, {"restriction": "no_left_turn"}),
            tagged={2: {"barrier": "gate"}},
        ),
    )
    other = tmp_path / "other"
    other.mkdir()
    streets, _ = read(other, xml(way(30, [6, 8], highway="service")))
    rest = [layer for kind, layer in layers.items() if kind is not LayerKind.STREETS]
    town, findings = build([*streets.values(), *rest], name="test")
    codes = {finding.code for finding in findings}
    assert {"turn-nowhere", "gate-nowhere"} <= codes
    assert (town.turns.n, town.gates.n) == (0, 0)


def test_a_bridge_and_the_street_below_share_no_junction(tmp_path: Path) -> None:
    """Where the map shares no node the levels stay apart, even with a vertex on one spot."""
    above = way(30, [4, 18, 5], highway="primary", bridge="yes", layer="1")
    text = xml(way(10, [1, 2, 3], highway="residential"), above, CROSS[-1])
    at_2 = text.split('<node id="2" version="1" ')[1].split(">")[0]
    at_18 = text.split('<node id="18" version="1" ')[1].split(">")[0]
    layers, _ = read(tmp_path, text.replace(at_18, at_2))
    town, _ = build(list(layers.values()), name="test")
    streets = town.streets
    assert (streets.n_edges, streets.n_nodes) == (2, 4)
    assert not {*streets.tail[:1], *streets.head[:1]} & {*streets.tail[1:], *streets.head[1:]}
    assert streets.level.tolist() == [0, 1]


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("file", "turns", "relations", "gates"),
    [
        ("Helsinki.osm.pbf", 43, 45, 70),
        ("liechtenstein-latest.osm.pbf", 2, 3, 57),
        ("andorra.osm.pbf", 0, 0, 6),
    ],
)
def test_real_rules_are_accounted_for(
    real_data: Path, file: str, turns: int, relations: int, gates: int
) -> None:
    """Every restriction of a real extract is a turn or a finding; gates stand on streets."""
    path = real_data / "osm_pbf" / file
    reading = osm_pbf.read(path, recorded_at=NOW, want=None)
    town, findings = build(reading.layers, name=file)
    assert (town.turns.n, town.gates.n) == (turns, gates)
    passed = sum(f.n_rows for f in reading.findings if f.code.startswith("turn-"))
    assert town.turns.n + passed == relations
    assert not {f.code for f in findings} & {"turn-nowhere", "gate-nowhere"}
    for streets_end in (town.turns.from_edge, town.turns.to_edge):
        met = (town.streets.tail[streets_end] == town.turns.via) | (
            town.streets.head[streets_end] == town.turns.via
        )
        assert met.all()

# SPDX-License-Identifier: Apache-2.0
"""Signs and gates: which way a vehicle may go on at a junction."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from goldenhour.base.grades import Mode, StreetState, UnknownStreets
from goldenhour.picture.belief import Picture
from goldenhour.sources import osm_pbf
from goldenhour.times import layers
from goldenhour.times.evacuation import build
from goldenhour.times.modes import VehicleClass
from goldenhour.times.turns import junctions
from goldenhour.town import build as town_build
from goldenhour.town.rules import Gates, Turns
from goldenhour.town.town import Town
from tests.sources.when import NOW
from tests.times.oracle import may_turn
from tests.times.pictures import picture_of
from tests.times.ruled import gates, joined, random_turns, sign
from tests.times.test_carry import all_pairs, damaged, everywhere
from tests.towns import draw

PASSABLE = UnknownStreets.PASSABLE
KM_S = 1000 / (15 / 3.6)
"""One kilometre (twelve drawn minutes) driven on a residential street, in seconds."""

CROSS = """
      A
      |
      |
      |
      |
      |
      |
      |
      |
      |
      |
      |
      |
B-----M-----C-----D
      |     |     |
      |     |     |
      E-----F-----G
"""


def named(town: Town, name: str) -> int:
    """Look a junction up by its letter."""
    number: int = town.places.name.tolist().index(name)
    return number


def driven_s(
    town: Town,
    start: str,
    end: str,
    *,
    vehicle: VehicleClass = VehicleClass.AMBULANCE,
    picture: Picture | None = None,
) -> float:
    """Measure from the middle of a street to that of another, all the way in one vehicle."""
    net, _ = build(
        town,
        picture or picture_of(town),
        mode=Mode.VEHICLE,
        unknown_streets=PASSABLE,
        vehicle=vehicle,
    )
    ids, n_edges = town.streets.id.tolist(), town.streets.n_edges
    come, go = (np.array([ids.index(name), n_edges + ids.index(name)]) for name in (start, end))
    between = net.travel_times(net.head[come], net.tail[go])
    return float((net.seconds[come, None] / 2 + between + net.seconds[go] / 2).min())


def test_a_forbidden_turn_sends_the_ambulance_round() -> None:
    """From B-M one may not go on to M-C: the way leads by E and F, four minutes' walk longer."""
    town = draw(CROSS).town
    straight = driven_s(town, "B-M", "C-D")
    ruled = sign(town, "B-M", "M-C")
    assert straight == pytest.approx(10 * KM_S / 12, abs=0.5)
    assert driven_s(ruled, "B-M", "C-D") == pytest.approx(straight + 4 * KM_S / 12, abs=0.5)
    assert driven_s(ruled, "A-M", "C-D") == pytest.approx(driven_s(town, "A-M", "C-D"))


def test_a_sign_counts_in_its_direction_only() -> None:
    """What is forbidden from B to C is allowed from C to B."""
    town = draw(CROSS).town
    ruled = sign(town, "B-M", "M-C")
    assert driven_s(ruled, "C-D", "B-M") == driven_s(town, "C-D", "B-M")


def test_a_sign_that_allows_one_turn_forbids_all_others() -> None:
    """Only straight on from B-M to M-C: to E the way leads by C and F; turning round is no way."""
    town = sign(draw(CROSS).town, "B-M", "M-C", only=True)
    free = draw(CROSS).town
    assert driven_s(town, "B-M", "C-D") == driven_s(free, "B-M", "C-D")
    assert driven_s(town, "B-M", "E-F") > driven_s(free, "B-M", "E-F")
    ids = town.streets.id.tolist()
    come = ids.index("B-M")
    assert not may_turn(town, come, town.streets.n_edges + come)
    assert driven_s(town, "B-M", "A-M") > driven_s(free, "B-M", "A-M")


def test_a_vehicle_may_turn_round_unless_a_sign_forbids_it() -> None:
    """Forbidden straight on, one turns round at the next junction; with that forbidden, further."""
    road = draw("A------------B------------C------------D").town
    side = sign(road, "A-B", "B-C")
    assert np.isinf(driven_s(side, "A-B", "C-D"))
    fork = """
A------------B------------C
             |
             D------------E
"""
    town = sign(draw(fork).town, "A-B", "B-C")
    round_s = driven_s(town, "A-B", "B-C")
    assert round_s == pytest.approx(KM_S / 2 + 2 * KM_S / 12 + KM_S / 2, abs=0.5)
    strict = sign(town, "B-D", "B-D")
    assert driven_s(strict, "A-B", "B-C") == pytest.approx(round_s, abs=0.5)
    at_d = replace(strict.turns, via=np.array([named(town, "B"), named(town, "D")], dtype=np.int32))
    assert driven_s(replace(strict, turns=at_d), "A-B", "B-C") == pytest.approx(
        round_s + 2 * KM_S, abs=0.5
    )


def test_a_sign_that_spares_ambulances_binds_trucks() -> None:
    """Whom the sign spares goes straight on; whom it binds goes round."""
    free = draw(CROSS).town
    town = sign(free, "B-M", "M-C", spares=("ambulance",))
    assert driven_s(town, "B-M", "C-D") == driven_s(free, "B-M", "C-D")
    for vehicle in (VehicleClass.PICK_UP, VehicleClass.TRUCK):
        assert driven_s(town, "B-M", "C-D", vehicle=vehicle) > driven_s(
            free, "B-M", "C-D", vehicle=vehicle
        )


def test_a_bollard_stops_wheels_and_not_feet() -> None:
    """No vehicle passes the bollard at B, a stretcher does, and B itself is reached either way."""
    free = draw("A------------B------------C").town
    town = replace(free, gates=gates([named(free, "B")], ["bollard"]))
    assert np.isinf(driven_s(town, "A-B", "B-C"))
    assert np.isinf(driven_s(town, "B-C", "A-B"))
    feet = [
        build(each, picture_of(each), mode=Mode.STRETCHER, unknown_streets=PASSABLE)[0]
        for each in (free, town)
    ]
    a, b = named(free, "A"), named(free, "C")
    assert feet[0].travel_times([a], [b]) == feet[1].travel_times([a], [b])
    found = all_pairs(everywhere(town, picture_of(town)))
    assert found[a, named(free, "B")] == pytest.approx(180 + KM_S + 60, abs=0.5)
    assert found[a, b] == pytest.approx(2 * (180 + KM_S + 60), abs=0.5)


@pytest.mark.parametrize(
    ("kind", "said", "passes"),
    [
        ("gate", 0, True),
        ("lift_gate", 0, True),
        ("gate", 2, False),
        ("gate", 3, False),
        ("bollard", 0, False),
        ("bollard", 1, True),
        ("block", 0, False),
        ("a thing nobody has heard of", 0, False),
        ("cattle_grid", 0, True),
    ],
)
def test_gates_open_by_kind_unless_the_map_says_more(kind: str, said: int, passes: bool) -> None:  # noqa: FBT001 - a case
    """Gates that can be opened let pass, private ones and solid things do not; the tags decide."""
    free = draw("A------------B------------C").town
    access = np.zeros((4, 1), dtype=np.int8)
    access[1] = said
    town = replace(free, gates=gates([named(free, "B")], [kind], access))
    assert np.isfinite(driven_s(town, "A-B", "B-C")) == passes


def test_low_gates_stop_trucks_alone() -> None:
    """Under a height restrictor an ambulance passes and a truck does not."""
    free = draw("A------------B------------C").town
    town = replace(free, gates=gates([named(free, "B")], ["height_restrictor"]))
    assert np.isfinite(driven_s(town, "A-B", "B-C"))
    assert np.isinf(driven_s(town, "A-B", "B-C", vehicle=VehicleClass.TRUCK))


def test_arcs_are_the_same_for_every_vehicle_and_picture() -> None:
    """One order of nodes serves all: vehicle, closures and reports change times alone."""
    town, picture = damaged(11)
    assert town.turns.n
    assert town.gates.n
    built = [
        layers.build(town, each, unknown_streets=PASSABLE, vehicle=vehicle).network
        for vehicle in VehicleClass
        for each in (picture, picture_of(town))
    ]
    for other in built[1:]:
        assert np.array_equal(built[0].tail, other.tail)
        assert np.array_equal(built[0].head, other.head)
        assert np.array_equal(built[0].edge, other.edge)
        assert np.array_equal(built[0].x, other.x)


def test_only_junctions_with_rules_are_split() -> None:
    """A town without rules has two nodes a junction; a sign adds a few at its junction."""
    free = draw(CROSS).town
    ruled = sign(free, "B-M", "M-C")
    parts = junctions(free, VehicleClass.AMBULANCE)
    assert (len(parts.stands_on), len(parts.link_tail)) == (0, 0)
    parts = junctions(ruled, VehicleClass.AMBULANCE)
    assert set(parts.stands_on.tolist()) == {named(free, "M")}
    assert (parts.n_copies, len(parts.stands_on)) == (1, 1 + 4)


@pytest.mark.laws
@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.sampled_from(VehicleClass))
def test_every_turn_is_what_reading_the_signs_gives(seed: int, vehicle: VehicleClass) -> None:
    """Street by street, a vehicle gets from one onto the next exactly where the signs let it."""
    town, _ = damaged(seed)
    user = {"ambulance": "ambulance", "pick_up": "car", "truck": "truck"}[vehicle.value]
    town = replace(
        town, gates=_without_words(town.gates) if vehicle is VehicleClass.TRUCK else town.gates
    )
    parts, streets = junctions(town, vehicle), town.streets
    links = set(
        zip(
            parts.link_tail[parts.link_open].tolist(),
            parts.link_head[parts.link_open].tolist(),
            strict=True,
        )
    )
    kinds = np.array([kind not in ("steps", "footway") for kind in streets.highway])
    drivable = np.concatenate([kinds & (streets.oneway >= 0), kinds & (streets.oneway <= 0)])
    tails = np.concatenate([streets.tail, streets.head])
    heads = np.concatenate([streets.head, streets.tail])
    for come in np.flatnonzero(drivable).tolist():
        for go in np.flatnonzero(drivable & (tails == heads[come])).tolist():
            end, start = int(parts.end[come]), int(parts.start[go])
            joins = end == start or (end, start) in links
            assert joins == may_turn(town, come, go, user=user)


def _without_words(stand: Gates) -> Gates:
    """Leave out the gates that stop trucks by their height: the plain reading knows none."""
    return replace(stand, kind=np.where(stand.kind == "height_restrictor", "gate", stand.kind))


@pytest.mark.laws
@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_one_sign_or_gate_more_never_shortens_a_time(seed: int, more: int) -> None:
    """Whatever is forbidden, nobody gets anywhere sooner."""
    town, picture = damaged(seed)
    rng = np.random.Generator(np.random.PCG64(more))
    before = all_pairs(everywhere(town, picture))
    signs = random_turns(town.streets, rng, 3)
    banning = replace(signs, is_only=np.zeros(signs.n, dtype=np.bool_))
    stricter = replace(town, turns=joined(town.turns, banning))
    assert (all_pairs(everywhere(stricter, picture)) >= before).all()
    spot = rng.integers(0, town.streets.n_nodes, 2).tolist()
    barred = replace(town, gates=gates(spot, ["bollard", "block"]))
    open_to_all = replace(town, gates=Gates.none())
    unbarred = all_pairs(everywhere(open_to_all, picture))
    assert (all_pairs(everywhere(barred, picture)) >= unbarred).all()


@pytest.mark.laws
@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000))
def test_signs_and_gates_never_shorten_a_time(seed: int) -> None:
    """A town without its rules is never slower."""
    town, picture = damaged(seed)
    free = replace(town, turns=Turns.none(), gates=Gates.none())
    assert (all_pairs(everywhere(town, picture)) >= all_pairs(everywhere(free, picture))).all()


def test_an_unreported_street_with_a_sign_against_cars_is_closed_until_seen_open() -> None:
    """No motor vehicles by the map: closed; a driver who got through outranks the map."""
    free = draw("A------------B------------C").town
    access = free.streets.access
    no_cars = np.array([0, 3], dtype=np.int8)
    town = replace(free, streets=replace(free.streets, access=replace(access, ambulance=no_cars)))
    unseen, seen = picture_of(town, unknown=[0, 1]), picture_of(town)
    assert np.isinf(driven_s(town, "A-B", "B-C", picture=unseen))
    assert np.isfinite(driven_s(town, "A-B", "B-C", picture=seen))
    _, use = build(town, unseen, mode=Mode.VEHICLE, unknown_streets=PASSABLE)
    assert use.closed_by.tolist() == [0, 4]
    assert seen.streets.state_vehicle.tolist() == [StreetState.OPEN] * 2


def test_private_streets_count_as_open_and_are_counted() -> None:
    """Who is let in passes; how many kilometres rest on that is told."""
    free = draw("A------------B------------C").town
    let_in = np.array([2, 0], dtype=np.int8)
    access = replace(free.streets.access, foot=let_in, ambulance=let_in)
    town = replace(free, streets=replace(free.streets, access=access))
    for mode in Mode:
        _, use = build(town, picture_of(town, unknown=[0, 1]), mode=mode, unknown_streets=PASSABLE)
        assert use.is_open.all()
        assert use.km_private == pytest.approx(1.0)


@pytest.mark.real_data
def test_every_sign_of_a_real_town_holds(real_data: Path) -> None:
    """Helsinki: no forbidden turn is made on the spot, each that alone is allowed is."""
    path = real_data / "osm_pbf" / "Helsinki.osm.pbf"
    town, _ = town_build.build(osm_pbf.read(path, recorded_at=NOW, want=None).layers, name="x")
    turns, n_edges = town.turns, town.streets.n_edges
    picture = picture_of(town, unknown=range(n_edges))
    net, use = build(town, picture, mode=Mode.VEHICLE, unknown_streets=PASSABLE)
    come = _directed(town, turns.from_edge, turns.via == town.streets.head[turns.from_edge])
    go = _directed(town, turns.to_edge, turns.via == town.streets.tail[turns.to_edge])
    between = net.travel_times(net.head[come], net.tail[go]).diagonal()
    ruled = turns.ambulance & use.is_open[turns.from_edge] & use.is_open[turns.to_edge]
    assert np.count_nonzero(ruled) >= 35
    assert (between[ruled & ~turns.is_only] > 0).all()
    assert (between[ruled & turns.is_only] == 0).all()
    free, _ = build(
        replace(town, turns=Turns.none()), picture, mode=Mode.VEHICLE, unknown_streets=PASSABLE
    )
    assert (free.travel_times(free.head[come], free.tail[go]).diagonal()[ruled] == 0).all()


def _directed(town: Town, edge: NDArray[np.int32], along: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Number directed streets."""
    return np.where(along, edge, town.streets.n_edges + edge).astype(np.int64)

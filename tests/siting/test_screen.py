# SPDX-License-Identifier: Apache-2.0
"""Screening, rule by rule, on cases by hand."""

from dataclasses import replace

import numpy as np
import pytest
import shapely

from goldenhour.base import facts, messages
from goldenhour.base.grades import Grade, StreetState, Tier, Verdict
from goldenhour.picture.belief import Picture
from goldenhour.reports.said import HazardStatus
from goldenhour.siting.screening.requirements import RULES, SETTLED_BY_VISIT, requirements
from goldenhour.siting.screening.screen import candidates, screen
from goldenhour.town.town import Barriers, Town
from tests.siting.cases import case, danger, verdict_of, visited
from tests.times.pictures import picture_of
from tests.towns import draw, words

TOWN = draw("A-B-C-D").town


def dark(town: Town) -> Picture:
    """Nobody has reported anything."""
    return picture_of(town, unknown=range(town.streets.n_edges))


def with_grade(picture: Picture, row: int, **p: float) -> Picture:
    """Believe some grades of one structure."""
    p_grade = picture.damage.p_grade.copy()
    p_grade[row] = [p.get(grade.name, 0.0) for grade in Grade]
    return replace(picture, damage=replace(picture.damage, p_grade=p_grade))


def test_nothing_known_is_never_fit() -> None:
    """Where nobody reported anything, only what the map itself measures can be met."""
    screening = screen(TOWN, dark(TOWN))
    for tier in screening.tiers:
        for rule in RULES:
            verdicts = set(tier.verdict[:, tier.rules.index(rule)].tolist())
            allowed = {Verdict.UNKNOWN}
            if rule == "floor-area":
                allowed = {Verdict.FIT} if tier.tier is Tier.TSP else {Verdict.UNKNOWN}
                allowed |= {Verdict.UNFIT} if tier.tier is Tier.FIELD_HOSPITAL else set()
            assert verdicts <= allowed, (tier.tier, rule)


def test_a_fit_visit_settles_all_but_hazards() -> None:
    """A visit meets the rules a team can see; a clearance certificate it is not."""
    screening = screen(TOWN, visited(dark(TOWN), 1, Verdict.FIT, area_m2=900)).of(Tier.TSP)
    for rule in RULES:
        wanted = Verdict.FIT if rule in SETTLED_BY_VISIT else Verdict.UNKNOWN
        assert verdict_of(screening, 1, rule) is wanted, rule
        if rule != "floor-area":
            assert verdict_of(screening, 0, rule) is Verdict.UNKNOWN, rule


def test_an_unfit_visit_refuses() -> None:
    """What a team found unfit is no candidate, whatever the map says."""
    screening = screen(TOWN, visited(dark(TOWN), 1, Verdict.UNFIT)).of(Tier.TSP)
    assert candidates(screening).tolist() == [True, False, True, True]


@pytest.mark.parametrize(
    ("p", "wanted"),
    [
        ({"U": 1.0}, Verdict.UNKNOWN),
        ({"G0": 1.0}, Verdict.UNKNOWN),
        ({"G1": 1.0}, Verdict.UNKNOWN),
        ({"G1": 0.6, "G2": 0.4}, Verdict.UNKNOWN),
        ({"G1": 0.4, "G2": 0.3, "G3": 0.3}, Verdict.UNFIT),
        ({"G3": 1.0}, Verdict.UNFIT),
    ],
)
def test_damage_can_refuse_but_not_recommend(p: dict[str, float], wanted: Verdict) -> None:
    """Probably severe or worse is refused; seen undamaged from above is still unknown."""
    screening = screen(TOWN, with_grade(dark(TOWN), 2, **p)).of(Tier.TSP)
    assert verdict_of(screening, 2, "damage") is wanted


@pytest.mark.parametrize(
    ("hazard", "rule"),
    [
        ("explosive", "explosive-hazard"),
        ("armed_group", "armed-group"),
        ("direct_fire", "direct-fire"),
        ("shelling", "shelling"),
        ("contamination", "contamination"),
        ("flood", "flood-bed"),
    ],
)
def test_a_reported_hazard_refuses_what_it_touches(hazard: str, rule: str) -> None:
    """A structure that a hazard touches is unfit; one far away stays unknown."""
    picture = replace(dark(TOWN), hazards=(danger(TOWN, 0, hazard),))
    for tier in screen(TOWN, picture).tiers:
        assert verdict_of(tier, 0, rule) is Verdict.UNFIT
    assert verdict_of(screen(TOWN, picture).of(Tier.TSP), 3, rule) is not Verdict.FIT


def test_the_apron_around_explosives_counts() -> None:
    """A structure beside an explosive hazard is refused within the apron, and not beyond."""
    apron_m = facts.number("requirements.explosive_apron_m")
    west_m = float(TOWN.structures.x_m[0]) - 10  # structures are 20 m wide
    for gap_m, wanted in ((apron_m - 1, Verdict.UNFIT), (apron_m + 1, Verdict.UNKNOWN)):
        edge_m = west_m - gap_m
        south_m = float(TOWN.structures.y_m[0])
        area = replace(
            danger(TOWN, 0, "explosive"),
            shape=shapely.box(edge_m - 5, south_m - 5, edge_m, south_m + 5),
        )
        screening = screen(TOWN, replace(dark(TOWN), hazards=(area,))).of(Tier.TSP)
        assert verdict_of(screening, 0, "explosive-hazard") is wanted


def test_direct_fire_reaches_hospitals_farther_than_forward_points() -> None:
    """A stabilisation point may stand near the front; a field hospital may not."""
    picture = replace(dark(TOWN), hazards=(danger(TOWN, 0, "direct_fire"),))
    screening = screen(TOWN, picture)
    assert verdict_of(screening.of(Tier.TSP), 3, "direct-fire") is Verdict.UNKNOWN
    assert verdict_of(screening.of(Tier.FIELD_HOSPITAL), 3, "direct-fire") is Verdict.UNFIT


@pytest.mark.parametrize(
    "change", [{"status": HazardStatus.CLEARED}, {"level": 0.01}], ids=["cleared", "decayed"]
)
def test_what_was_released_or_faded_is_unknown_not_fit(change: dict[str, object]) -> None:
    """A cleared or faded hazard no longer refuses, and still proves nothing."""
    area = replace(danger(TOWN, 0, "explosive"), **change)  # type: ignore[arg-type] # two fields of two types
    screening = screen(TOWN, replace(dark(TOWN), hazards=(area,))).of(Tier.TSP)
    assert verdict_of(screening, 0, "explosive-hazard") is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("area_m2", "storeys", "wanted"),
    [
        (np.nan, np.nan, Verdict.UNKNOWN),
        (np.nan, 3, Verdict.UNKNOWN),
        (40, np.nan, Verdict.UNFIT),
        (60, np.nan, Verdict.UNKNOWN),
        (60, 1, Verdict.UNFIT),
        (60, 2, Verdict.FIT),
        (120, np.nan, Verdict.FIT),
    ],
)
def test_floor_area_counts_known_storeys(area_m2: float, storeys: float, wanted: Verdict) -> None:
    """Too small even with two storeys is refused; enough on the ground is enough; else unknown."""
    n = TOWN.structures.n
    structures = replace(
        TOWN.structures,
        area_m2=np.full(n, area_m2),
        storeys=np.full(n, storeys, dtype=np.float32),
    )
    town = replace(TOWN, structures=structures)
    assert requirements(Tier.TSP).floor_area_m2 == 100
    assert verdict_of(screen(town, dark(town)).of(Tier.TSP), 0, "floor-area") is wanted


def test_a_visit_measures_better_than_the_map() -> None:
    """A floor area measured on the spot replaces the outline's."""
    screening = screen(TOWN, visited(dark(TOWN), 0, Verdict.FIT, area_m2=30))
    assert verdict_of(screening.of(Tier.TSP), 0, "floor-area") is Verdict.UNFIT


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        (StreetState.OPEN, Verdict.FIT),
        (StreetState.UNKNOWN, Verdict.UNKNOWN),
        (StreetState.RESTRICTED, Verdict.UNKNOWN),
        (StreetState.CLOSED, Verdict.UNFIT),
    ],
)
def test_street_access_rests_on_what_was_reported(state: StreetState, wanted: Verdict) -> None:
    """Open streets give access, closed ones do not, and streets nobody reported on are unknown."""
    picture = dark(TOWN)
    states = np.full(TOWN.streets.n_edges, state, dtype=np.int8)
    picture = replace(picture, streets=replace(picture.streets, state_vehicle=states))
    assert verdict_of(screen(TOWN, picture).of(Tier.TSP), 1, "street-access") is wanted


@pytest.mark.parametrize(
    ("use", "wanted"),
    [
        ("", Verdict.UNKNOWN),
        ("house", Verdict.UNKNOWN),
        ("hospital", Verdict.UNKNOWN),
        ("school", Verdict.UNFIT),
        ("Military", Verdict.UNFIT),
        ("fountain", Verdict.UNFIT),
    ],
)
def test_use_on_the_map_can_refuse(use: str, wanted: Verdict) -> None:
    """Schools, posts and fountains are refused; a mapped hospital is still only a claim."""
    town = replace(TOWN, structures=replace(TOWN.structures, use=words([use, "", "", ""])))
    assert verdict_of(screen(town, dark(town)).of(Tier.TSP), 0, "use") is wanted


def test_a_name_can_tell_a_use_to_avoid() -> None:
    """A mosque by its Arabic name is refused though the map calls it a plain building."""
    names = words(["", "", "جامع عبد الله", ""])
    town = replace(TOWN, structures=replace(TOWN.structures, name_ar=names))
    screening = screen(town, dark(town)).of(Tier.TSP)
    assert verdict_of(screening, 2, "use") is Verdict.UNFIT
    assert verdict_of(screening, 1, "use") is Verdict.UNKNOWN


def test_neighbours_of_a_post_are_refused() -> None:
    """A structure too near a police post is refused, one farther off is unknown."""
    town = draw("A-B-C-D-E-F-G-H-I").town
    use = words(["police"] + [""] * (town.structures.n - 1))
    town = replace(town, structures=replace(town.structures, use=use))
    screening = screen(town, dark(town)).of(Tier.TSP)
    assert verdict_of(screening, 1, "neighbours") is Verdict.UNFIT
    assert verdict_of(screening, town.structures.n - 1, "neighbours") is Verdict.UNKNOWN


def test_beside_the_river_is_refused() -> None:
    """A structure in a river's bed is refused; a wall is no river."""
    line = shapely.LineString(
        [(TOWN.structures.x_m[0], TOWN.structures.y_m[0] + y) for y in (-99, 99)]
    )
    for kind, wanted in (("river", Verdict.UNFIT), ("wall", Verdict.UNKNOWN)):
        barriers = Barriers(name=words([""]), kind=words([kind]), shape=np.array([line], object))
        town = replace(TOWN, barriers=barriers)
        assert verdict_of(screen(town, dark(town)).of(Tier.TSP), 0, "flood-bed") is wanted


def test_every_rule_has_its_sentences() -> None:
    """Each rule can be said unfit, unknown and fit, in English and Arabic, without values."""
    for rule in RULES:
        for verdict in ("unfit", "unknown", "fit"):
            for language in messages.LANGUAGES:
                assert messages.say(f"siting.{rule}-{verdict}", language)


def test_screening_covers_every_structure_and_tier() -> None:
    """No structure drops out, whatever is missing about it."""
    town, _, screening = case(big=False)
    for tier in screening.tiers:
        assert tier.verdict.shape == (town.structures.n, len(RULES))
        assert set(np.unique(tier.verdict)) <= {int(verdict) for verdict in Verdict}

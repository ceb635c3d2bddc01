# SPDX-License-Identifier: Apache-2.0
"""Reasons agree with verdicts, carry their values and reports, and dangers only ever refuse."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenhour.base import messages
from goldenhour.base.grades import Grade, StreetState, Tier, Verdict
from goldenhour.picture.belief import Picture
from goldenhour.reports.report import Report
from goldenhour.reports.said import AccessSaid, HazardSaid, HazardStatus, VisitSaid
from goldenhour.siting.screening.reasons import Reason, reasons, reasons_of
from goldenhour.siting.screening.requirements import RULES, SITED_TIERS
from goldenhour.siting.screening.screen import candidates, screen
from goldenhour.siting.screening.verdicts import Case
from goldenhour.town.town import Town
from tests.picture.saying import DAY, HOUR, degrees, graded, picture, street, tell, visited
from tests.towns import ORIGIN_X_M, ORIGIN_Y_M, draw, make_town, words

TOWN = draw("A-B-C-D").town
KINDS = ("explosive", "armed_group", "direct_fire", "shelling", "contamination", "flood")
ALL_KINDS = (*KINDS, "mass_grave")


def danger(kind: str, x_m: float, y_m: float, *, reach_m: float = 20.0) -> Report:
    """Report a hazard at a point."""
    said = HazardSaid(hazard=kind, status=HazardStatus.SUSPECTED, radius_m=reach_m)
    return tell(said, where=degrees(shapely.Point(x_m, y_m)), by="mine action team")


def reason(town: Town, rule: str, *reports: Report, tier: Tier = Tier.TSP, row: int = 0) -> Reason:
    """Ask for one rule's reason on one structure."""
    known = picture(town, *reports)
    found = reasons(town, known, screen(town, known), row, tier)
    return next(entry for entry in found if entry.rule == rule)


def values(entry: Reason) -> dict[str, str]:
    """Values of a reason's sentence."""
    return dict(entry.said.values)


def random_reports(town: Town, chance: Random) -> list[Report]:
    """Let many people say many things about a town."""
    x_m, y_m = town.structures.x_m, town.structures.y_m
    told: list[Report] = []
    for kind in ALL_KINDS:
        for _ in range(chance.randrange(2)):
            row = chance.randrange(town.structures.n)
            told.append(danger(kind, x_m[row] + 30, y_m[row] + 30))
    for row in range(town.structures.n):
        key = str(town.structures.id[row])
        if chance.random() < 0.3:
            told.append(graded(chance.choice("1236"), about=key))
        if chance.random() < 0.2:
            verdict = chance.choice((Verdict.FIT, Verdict.UNFIT, Verdict.UNKNOWN))
            why = chance.choice((("no-water",), ("engineer-needed",), ("damage",), ()))
            tiers = chance.choice(((), (Tier.TSP,)))
            said = VisitSaid(grade=Grade.G0, verdict=verdict, reasons=why, tiers=tiers)
            told.append(tell(said, about=key, seen=DAY - chance.randrange(9) * HOUR))
    for edge in range(town.streets.n_edges):
        if chance.random() < 0.5:
            state = chance.choice((StreetState.OPEN, StreetState.CLOSED))
            told.append(street(state, about=str(town.streets.id[edge])))
    return told


@pytest.mark.laws
@settings(max_examples=12, deadline=None)
@given(st.integers(0, 500), st.randoms(use_true_random=False))
def test_every_reason_agrees_with_its_verdict(seed: int, chance: Random) -> None:
    """A reason for each rule, with the table's verdict, words in both languages, real reports."""
    town = make_town(seed, n_structures=25)
    known = picture(town, *random_reports(town, chance))
    screening = screen(town, known)
    case = Case.of(town, known, screening.profiles)
    for tier in screening.tiers:
        for row in range(town.structures.n):
            found = reasons_of(case, tier, row)
            assert tuple(entry.rule for entry in found) == RULES
            for column, entry in enumerate(found):
                assert entry.verdict == tier.verdict[row, column]
                assert all(0 <= at < len(known.reports) for at in entry.reports)
                for language in messages.LANGUAGES:
                    said = messages.say(entry.said.code, language, **values(entry))
                    assert "{" not in said


@pytest.mark.laws
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 500), st.randoms(use_true_random=False))
def test_a_report_of_a_danger_never_makes_a_candidate(seed: int, chance: Random) -> None:
    """One hazard more turns no UNFIT into anything better, alone or joined."""
    town = make_town(seed, n_structures=40)
    row = chance.randrange(town.structures.n)
    more = danger(
        chance.choice(ALL_KINDS),
        town.structures.x_m[row] + chance.uniform(-80, 80),
        town.structures.y_m[row],
        reach_m=chance.choice((5.0, 60.0)),
    )
    told = random_reports(town, chance)
    before = screen(town, picture(town, *told))
    after = screen(town, picture(town, *told, more))
    for tier in SITED_TIERS:
        was, now = before.of(tier), after.of(tier)
        assert not (candidates(now) & ~candidates(was)).any()
        assert (now.verdict[was.verdict == Verdict.UNFIT] == Verdict.UNFIT).all()


@pytest.mark.laws
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 500), st.sampled_from(ALL_KINDS), st.floats(0.0, 0.5))
def test_raising_a_danger_never_turns_unfit_into_fit(seed: int, kind: str, level: float) -> None:
    """A hazard believed more firmly refuses what it refused before, and perhaps more."""
    town = make_town(seed, n_structures=25)
    x_m, y_m = float(town.structures.x_m[0]), float(town.structures.y_m[0])
    known = picture(town, danger(kind, x_m, y_m, reach_m=40.0))
    low = replace(known, hazards=tuple(replace(area, level=level) for area in known.hazards))
    high = replace(known, hazards=tuple(replace(a, level=level + 0.5) for a in known.hazards))
    for tier in SITED_TIERS:
        was, now = screen(town, low).of(tier), screen(town, high).of(tier)
        assert (now.verdict[was.verdict == Verdict.UNFIT] == Verdict.UNFIT).all()


def test_a_danger_is_said_with_its_distance_and_the_report_behind_it() -> None:
    """The nearest suspected hazard is 40 m away and 50 m are asked; one report says so."""
    east_m = float(TOWN.structures.x_m[0]) - 10 - 40 - 20  # houses are 20 m wide
    told = danger("explosive", east_m, float(TOWN.structures.y_m[0]))
    found = reason(TOWN, "explosive-hazard", told)
    assert found.verdict is Verdict.UNFIT
    assert found.said.code == "screening.explosive-hazard-near"
    assert values(found) | {"source": "mine action team", "asked": "50"} == values(found)
    assert values(found)["distance"] in {"39", "40"}  # a circle of chords falls a little short
    known = picture(TOWN, told)
    assert [known.reports[at].id for at in found.reports] == [told.id]


def test_a_danger_farther_off_is_said_and_does_not_refuse() -> None:
    """A hazard beyond the apron is named with its distance; the rule stays unknown."""
    told = danger("explosive", float(TOWN.structures.x_m[0]) - 300, float(TOWN.structures.y_m[0]))
    found = reason(TOWN, "explosive-hazard", told)
    assert found.verdict is Verdict.UNKNOWN
    assert 260 < int(values(found)["distance"]) <= 270
    assert len(found.reports) == 1


@pytest.mark.parametrize(
    ("east_m", "tier", "verdict", "code"),
    [
        (300, Tier.TSP, Verdict.UNFIT, "unfit"),
        (1500, Tier.TSP, Verdict.UNKNOWN, "within"),
        (6000, Tier.TSP, Verdict.UNKNOWN, "far"),
        (1500, Tier.FIELD_HOSPITAL, Verdict.UNFIT, "unfit"),
        (6000, Tier.FIELD_HOSPITAL, Verdict.UNKNOWN, "within"),
    ],
)
def test_the_band_behind_the_front(east_m: float, tier: Tier, verdict: Verdict, code: str) -> None:
    """Too near refuses; inside the band and too far back are said, and prove nothing."""
    told = danger("direct_fire", ORIGIN_X_M - east_m, float(TOWN.structures.y_m[0]), reach_m=1)
    found = reason(TOWN, "front-depth", told, tier=tier)
    assert (found.verdict, found.said.code) == (verdict, f"screening.front-depth-{code}")


def test_weapons_in_reach_are_exposure_and_no_refusal() -> None:
    """Fighting 5 km off names the mortars and rockets that reach, and refuses nothing."""
    told = danger("armed_group", ORIGIN_X_M - 5000, float(TOWN.structures.y_m[0]))
    found = reason(TOWN, "indirect-fire", told)
    assert found.verdict is Verdict.UNKNOWN
    assert values(found)["weapons"] == "81/82 mm, 120 mm, 107 mm, 122 mm"
    far = danger("armed_group", ORIGIN_X_M - 9000, float(TOWN.structures.y_m[0]))
    assert values(reason(TOWN, "indirect-fire", far))["weapons"] == "122 mm"


def with_use(use: str, at: int, name_ar: str = "") -> Town:
    """Give one structure a use and a name."""
    n = TOWN.structures.n
    uses, names = [""] * n, [""] * n
    uses[at], names[at] = use, name_ar
    structures = replace(TOWN.structures, use=words(uses), name_ar=words(names))
    return replace(TOWN, structures=structures)


@pytest.mark.parametrize(
    ("use", "name_ar", "kind", "away_m"),
    [
        ("police", "", "military", 200),
        ("", "سيطرة الغربية", "checkpoint", 99),
        ("fuel", "", "fuel", 49),
        ("", "سوق القائم", "market", 49),
        ("mast", "", "mast", 49),
        ("", "مدرسة دجلة", "school", 9),
        ("mosque", "", "mosque", 9),
    ],
)
def test_each_kind_of_neighbour_refuses_up_to_its_distance(
    use: str, name_ar: str, kind: str, away_m: float
) -> None:
    """Told by use or by Arabic name, a neighbour refuses within its distance and not beyond."""
    for apart_m, verdict in ((away_m, Verdict.UNFIT), (away_m + 60, Verdict.UNKNOWN)):
        town = with_use(use, 1, name_ar)
        x_m = town.structures.x_m.copy()
        x_m[1] = x_m[0] + 20 + apart_m
        outline = town.structures.outline.copy()
        outline[1] = shapely.box(x_m[1] - 10, ORIGIN_Y_M - 10, x_m[1] + 10, ORIGIN_Y_M + 10)
        town = replace(town, structures=replace(town.structures, x_m=x_m, outline=outline))
        found = reason(town, "neighbours")
        assert found.verdict is verdict
        if verdict is Verdict.UNFIT:
            assert found.said.code == f"screening.neighbours-{kind}"
            assert values(found)["distance"] == str(int(away_m))
            assert values(found)["name"] == (name_ar or use)


def test_bridges_and_reported_checkpoints_are_neighbours_too() -> None:
    """A structure at the foot of a bridge or beside a reported checkpoint is refused."""
    bridge = TOWN.streets.bridge.copy()
    bridge[0] = True
    spanned = replace(TOWN, streets=replace(TOWN.streets, bridge=bridge))
    found = reason(spanned, "neighbours")
    assert (found.verdict, found.said.code) == (Verdict.UNFIT, "screening.neighbours-bridge")
    where = degrees(shapely.Point(TOWN.structures.x_m[0], TOWN.structures.y_m[0] + 60))
    told = tell(AccessSaid(access="checkpoint", state=StreetState.OPEN), where=where)
    found = reason(TOWN, "neighbours", told)
    assert found.said.code == "screening.neighbours-checkpoint"
    assert len(found.reports) == 1
    late = picture(TOWN, told, as_of=DAY + 30 * 24 * HOUR)
    assert verdicts(TOWN, late, "neighbours")[0] == Verdict.UNKNOWN


def verdicts(town: Town, known: Picture, rule: str) -> list[int]:
    """Verdicts of one rule for stabilisation points."""
    table = screen(town, known).of(Tier.TSP).verdict
    return [int(entry) for entry in table[:, RULES.index(rule)]]


def test_a_plant_nearby_is_a_question_and_reported_contamination_a_refusal() -> None:
    """A mapped refinery is named and holds; somebody's report of contamination refuses."""
    plant = with_use("refinery", 1)
    found = reason(plant, "contamination")
    assert found.verdict is Verdict.UNKNOWN
    assert found.said.code == "screening.contamination-plant"
    told = danger("contamination", float(TOWN.structures.x_m[0]) + 480, ORIGIN_Y_M)
    assert reason(plant, "contamination", told).verdict is Verdict.UNFIT


def test_a_visit_names_the_rule_that_it_found_broken() -> None:
    """A team that found no water refuses by that rule; the others stay unknown."""
    said = VisitSaid(grade=Grade.G0, verdict=Verdict.UNFIT, reasons=("no-water", "dust"))
    told = tell(said, about="s-A", by="team 3")
    found = reason(TOWN, "water", told)
    assert (found.verdict, found.said.code) == (Verdict.UNFIT, "screening.visit-said")
    assert values(found)["words"] == "no-water"
    assert values(found)["source"] == "team 3"
    assert reason(TOWN, "power", told).verdict is Verdict.UNKNOWN
    assert reason(TOWN, "visit", told).said.code == "screening.visit-unfit"


def test_a_visit_for_another_tier_settles_nothing_here() -> None:
    """A house found fit for stabilisation has not been seen as a hospital."""
    said = VisitSaid(grade=Grade.G0, verdict=Verdict.FIT, tiers=(Tier.TSP,))
    told = tell(said, about="s-A")
    assert reason(TOWN, "water", told).verdict is Verdict.FIT
    found = reason(TOWN, "water", told, tier=Tier.FIELD_HOSPITAL)
    assert found.verdict is Verdict.UNKNOWN
    assert values(found) == {"daily": "6", "store": "12"}
    other = reason(TOWN, "visit", told, tier=Tier.FIELD_HOSPITAL)
    assert other.said.code == "screening.visit-other-tier"


def test_damage_is_said_with_the_reports_that_tell_it() -> None:
    """How likely severe damage is, what refuses, and both reports."""
    found = reason(TOWN, "damage", graded("1"), graded("2", by="EMS"))
    assert found.verdict is Verdict.UNFIT
    assert found.no_go == 2
    assert int(values(found)["percent"]) > 90
    assert values(found)["asked"] == "50"
    assert len(found.reports) == 2


def test_streets_are_named_with_who_reported_them() -> None:
    """The street that gives access is named in Arabic where it has such a name."""
    streets = replace(TOWN.streets, name_ar=words(["شارع الجسر", "", ""]))
    town = replace(TOWN, streets=streets)
    told = street(StreetState.OPEN, about="A-B")
    found = reason(town, "street-access", told)
    assert (found.verdict, values(found)["street"]) == (Verdict.FIT, "شارع الجسر")
    assert len(found.reports) == 1
    closed = [street(StreetState.CLOSED, about=about) for about in ("A-B", "B-C")]
    shut = reason(town, "street-access", *closed)
    assert (shut.verdict, shut.said.code) == (Verdict.UNFIT, "screening.street-access-closed")


def test_an_empty_town_is_screened_to_nothing() -> None:
    """Without structures there is no verdict, and no error."""
    empty = replace(
        TOWN.structures,
        **{
            name: getattr(TOWN.structures, name)[:0]
            for name in type(TOWN.structures).__dataclass_fields__
        },
    )
    town = replace(TOWN, structures=empty)
    for tier in screen(town, picture(town)).tiers:
        assert tier.verdict.shape == (0, len(RULES))
        assert not len(candidates(tier))


def test_all_unknown_leaves_every_structure_a_candidate_that_nothing_recommends() -> None:
    """Points without outline, use, name or report: nobody refused, nothing fit."""
    n = TOWN.structures.n
    nothing = np.full(n, None, dtype=np.object_)
    bare = replace(TOWN.structures, area_m2=np.full(n, np.nan), outline=nothing)
    town = replace(TOWN, structures=bare)
    for tier in screen(town, picture(town)).tiers:
        assert candidates(tier).all()
        assert (tier.verdict == Verdict.UNKNOWN).all()


def test_a_visit_is_told_with_its_team() -> None:
    """Who looked is named, so that the planner can ask."""
    found = reason(TOWN, "visit", visited(Grade.G0, by="team 7"))
    assert (found.verdict, values(found)["source"]) == (Verdict.FIT, "team 7")

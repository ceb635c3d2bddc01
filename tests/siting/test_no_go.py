# SPDX-License-Identifier: Apache-2.0
"""The NO-GO list: each of its thirteen lines refuses or holds, and the tool names which."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
import shapely

from goldenhour.base import messages
from goldenhour.base.grades import Grade, StreetState, Tier, Verdict
from goldenhour.reports.report import Report
from goldenhour.reports.said import HazardSaid, HazardStatus, Measure, PeopleSaid, VisitSaid
from goldenhour.siting.screening.no_go import NUMBERS, NoGo, Standing, no_go
from goldenhour.siting.screening.reasons import reasons
from goldenhour.siting.screening.screen import candidates, screen
from goldenhour.town.town import Barriers, Town
from tests.picture.saying import DAY, HOUR, degrees, graded, picture, street, tell
from tests.towns import ORIGIN_X_M, ORIGIN_Y_M, draw, make, make_streets, make_structures, words

TOWN = draw("A-B-C-D").town


def hazard(kind: str, *, east_m: float = 0.0, reach_m: float = 5.0) -> Report:
    """Report a hazard so far east of structure A."""
    where = shapely.Point(ORIGIN_X_M + east_m, TOWN.structures.y_m[0])
    said = HazardSaid(hazard=kind, status=HazardStatus.CONFIRMED, radius_m=reach_m)
    return tell(said, where=degrees(where))


def visit(verdict: Verdict, *reasons_said: str, hours: int = 0) -> Report:
    """Report a visit to structure A."""
    said = VisitSaid(grade=Grade.G0, verdict=verdict, reasons=reasons_said)
    return tell(said, about="s-A", seen=DAY - 9 * HOUR + hours * HOUR)


def used_as(use: str, at: int) -> Town:
    """Let the map give one structure a use."""
    uses = [""] * TOWN.structures.n
    uses[at] = use
    return replace(TOWN, structures=replace(TOWN.structures, use=words(uses)))


def beside_a_wadi() -> Town:
    """Let a wadi run past structure A."""
    x_m, y_m = float(TOWN.structures.x_m[0]), float(TOWN.structures.y_m[0])
    line = shapely.LineString([(x_m - 30, y_m - 99), (x_m - 30, y_m + 99)])
    shape = np.array([line], dtype=np.object_)
    return replace(TOWN, barriers=Barriers(name=words([""]), kind=words(["wadi"]), shape=shape))


def across_one_bridge() -> Town:
    """Put structure A on the far bank of a river with one bridge."""
    x_m = ORIGIN_X_M + np.array([0.0, 200.0, 500.0, 800.0, 1100.0])
    y_m = np.full(5, ORIGIN_Y_M)
    edges = np.array([(0, 1), (1, 2), (2, 3), (3, 4)], dtype=np.int32)
    names = ["bank-0", "bridge-0", "town-0", "town-1"]
    streets = make_streets(edges, x_m=x_m, y_m=y_m, names=names)
    spots = ["s-A", "s-B"]
    structures = make_structures(spots, x_m=x_m[[0, 4]], y_m=y_m[[0, 4]] + 20)
    return make(streets, structures)


def displaced() -> Report:
    """Report displaced families in structure A."""
    said = PeopleSaid(low=20, best=30, high=40, counted="displaced", measure=Measure.STOCK)
    return tell(said, about="s-A")


class Line(NamedTuple):
    """What brings one line of the list to bear on structure A."""

    number: int
    rule: str
    town: Callable[[], Town]
    reports: tuple[Report, ...]


def as_drawn() -> Town:
    """Change nothing on the map."""
    return TOWN


LINES = (
    Line(1, "explosive-hazard", as_drawn, (hazard("explosive", east_m=60, reach_m=10),)),
    Line(2, "damage", as_drawn, (graded("unsafe", scale="atc-20", by="engineers"),)),
    Line(2, "damage", as_drawn, (graded("1"),)),
    Line(3, "engineer", as_drawn, (graded("D3", scale="ems-98", by="engineers"),)),
    Line(4, "armed-group", as_drawn, (hazard("armed_group", east_m=200),)),
    Line(4, "neighbours", lambda: used_as("police", 1), ()),
    Line(4, "use", lambda: used_as("barracks", 0), ()),
    Line(5, "consent", as_drawn, (visit(Verdict.UNFIT, "owner-refuses"),)),
    Line(5, "consent", as_drawn, (displaced(),)),
    Line(6, "direct-fire", as_drawn, (hazard("direct_fire", east_m=1900),)),
    Line(7, "egress", as_drawn, (visit(Verdict.UNFIT, "no-second-exit"),)),
    Line(8, "water", as_drawn, (visit(Verdict.UNFIT, "no-water"),)),
    Line(9, "mass-grave", as_drawn, (hazard("mass_grave", east_m=50),)),
    Line(10, "contamination", as_drawn, (hazard("contamination", east_m=400),)),
    Line(11, "flood-bed", beside_a_wadi, ()),
    Line(11, "flood-bed", as_drawn, (hazard("flood"),)),
    Line(12, "single-bridge", across_one_bridge, (street(StreetState.CLOSED, about="bridge-0"),)),
)

NAMES = [f"{line.number}-{line.rule}-{at}" for at, line in enumerate(LINES)]


def held_against(town: Town, *reports: Report, tier: Tier = Tier.FIELD_HOSPITAL) -> dict[int, NoGo]:
    """Hold structure A against the list."""
    known = picture(town, *reports)
    screening = screen(town, known)
    return {line.number: line for line in no_go(reasons(town, known, screening, 0, tier))}


@pytest.mark.parametrize("line", LINES, ids=NAMES)
def test_each_line_refuses_and_is_named(line: Line) -> None:
    """What the line is about refuses the structure, whatever else is known, by number and rule."""
    town = line.town()
    found = held_against(town, *line.reports)
    assert found[line.number].standing is Standing.REFUSES
    assert line.rule in {reason.rule for reason in found[line.number].reasons}
    known = picture(town, *line.reports)
    assert not candidates(screen(town, known).of(Tier.FIELD_HOSPITAL))[0]


@pytest.mark.parametrize("line", LINES, ids=NAMES)
def test_a_fit_visit_lifts_no_refusal_that_stands(line: Line) -> None:
    """A team that finds the structure fit does not overrule a danger or a mapped use."""
    if any(isinstance(report.said, VisitSaid) for report in line.reports) or line.number == 2:
        return  # here the newer visit is the newer word
    fit = visit(Verdict.FIT)
    assert held_against(line.town(), fit, *line.reports)[line.number].standing is Standing.REFUSES


def test_a_former_prison_is_held_until_it_was_searched() -> None:
    """A former detention site is no refusal; it waits for a search, even when found fit."""
    prison = used_as("prison", 0)
    assert held_against(prison)[13].standing is Standing.HOLDS
    assert held_against(prison)[13].reasons[0].said.code == "screening.prior-use-held"
    assert held_against(prison, visit(Verdict.FIT))[13].standing is Standing.HOLDS
    assert held_against(prison, visit(Verdict.FIT, "searched"))[13].standing is Standing.LIFTED
    assert held_against(as_drawn(), visit(Verdict.FIT))[13].standing is Standing.LIFTED


def test_an_engineers_signature_lifts_the_third_line() -> None:
    """EMS-98 grade 3 refuses until a later visit says that an engineer signed."""
    grade = graded("d3", scale="ems-98", by="engineers", seen=DAY - 8 * HOUR)
    signed = visit(Verdict.FIT, "engineer-signed", hours=3)
    early = tell(
        VisitSaid(grade=Grade.G1, verdict=Verdict.FIT, reasons=("engineer-signed",)),
        about="s-A",
        seen=DAY - 9 * HOUR,
    )
    assert held_against(as_drawn(), grade, signed)[3].standing is Standing.LIFTED
    assert held_against(as_drawn(), grade, early)[3].standing is Standing.REFUSES


def test_nothing_known_holds_every_line() -> None:
    """Without a report no line refuses, and none is lifted: unknown never scores as safe."""
    found = held_against(as_drawn())
    assert tuple(found) == NUMBERS == tuple(range(1, 14))
    assert {line.standing for line in found.values()} == {Standing.HOLDS}


def test_a_stabilisation_point_may_stand_nearer_to_the_front() -> None:
    """Direct fire a kilometre off refuses a field hospital, and only holds a forward point."""
    fire = hazard("direct_fire", east_m=1000)
    assert held_against(as_drawn(), fire)[6].standing is Standing.REFUSES
    assert held_against(as_drawn(), fire, tier=Tier.TSP)[6].standing is Standing.HOLDS


def test_the_list_reads_in_both_languages() -> None:
    """Every line and every standing has its words in English and Arabic."""
    for language in messages.LANGUAGES:
        for number in NUMBERS:
            assert messages.say(f"screening.no-go-{number}", language)
        for standing in Standing:
            assert messages.say(f"screening.{standing.value}", language)

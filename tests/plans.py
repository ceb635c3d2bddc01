# SPDX-License-Identifier: Apache-2.0
"""
A hand-made picture, screening and plan on a made-up town, for tests of products.

Nothing here is worked out: ``answer()`` gives a ``Case`` whose values are plausible and fixed, so
that tests of products do not wait for the rooms that compute them.
"""

from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
import shapely

from goldenhour.base.grades import Grade, StreetState, Tier, Verdict
from goldenhour.picture.belief import (
    CarePoint,
    Contradiction,
    DamageBelief,
    Evidence,
    Figure,
    HazardArea,
    PeopleBelief,
    Picture,
    ReportIndex,
    Stale,
    StreetBelief,
)
from goldenhour.publish.reach import ReachArea
from goldenhour.reports.make import make
from goldenhour.reports.report import Report, Source
from goldenhour.reports.said import DamageSaid, HazardSaid, HazardStatus, Measure, StreetSaid
from goldenhour.siting.asking.question import Question
from goldenhour.siting.plain.result import ProofStatus
from goldenhour.siting.plan import Coverage, Plan, Proof, Site, SiteStanding, VisitToDo
from goldenhour.siting.said import Said
from goldenhour.siting.screening.table import Screening, TierScreening
from goldenhour.town.town import Town
from tests.towns import make_town

AS_OF = datetime(2017, 11, 10, 6, 0, tzinfo=UTC)
RULES = ("damage", "explosive-hazard", "floor-area")
SITES = ((Tier.TSP, 3), (Tier.TSP, 17), (Tier.FIELD_HOSPITAL, 30))
DRIVER = Source(name="driver, team 2", reference="message 14", exercise=True)


class Case(NamedTuple):
    """All that a product is written from."""

    town: Town
    picture: Picture
    plan: Plan
    screening: Screening
    reach: tuple[ReachArea, ...]


def answer(*, seed: int = 7, n_structures: int = 60) -> Case:
    """Put a town, a picture and a plan together."""
    town = make_town(seed, n_structures=n_structures)
    picture = make_picture(town)
    plan = make_plan(town, picture)
    return Case(town, picture, plan, make_screening(town), make_reach(town, plan))


def make_picture(town: Town, *, closed: tuple[int, ...] = (1,)) -> Picture:
    """Believe something of every kind: each grade, a closed street, a hazard, assumed people."""
    reports = _reports()
    people = _people(town)
    return Picture(
        as_of=AS_OF,
        reports=reports,
        damage=_damage(town),
        streets=_streets(town, closed),
        hazards=_hazards(town),
        people=people,
        care=_care(town),
        figures=(
            Figure(
                counted="residents",
                low=900.0,
                high=float("inf"),
                unit="people",
                measure=Measure.STOCK,
                report=ReportIndex(0),
            ),
        ),
        contradictions=(
            Contradiction(
                subject="structure s-5",
                what="One source says severe damage, another says none.",
                reports=(ReportIndex(0), ReportIndex(1)),
            ),
        ),
        stale=(Stale(report=ReportIndex(1), since=AS_OF),),
        findings=(),
    )


def make_plan(town: Town, picture: Picture) -> Plan:
    """Choose three sites: one visited, two provisional; two thirds of the people are served."""
    people = picture.people.people
    home_site = np.where(np.arange(town.structures.n) % 3 == 2, -1, 0).astype(np.int32)
    home_site[1::3] = 1
    served = home_site >= 0
    total, reached = float(people.sum()), float(people[served].sum())
    missed = total - reached
    return Plan(
        id="0123456789abcdef0123456789abcdef",
        as_of=picture.as_of,
        question=Question(n_tsp=2, n_field_hospitals=1),
        sites=tuple(_site(town, tier, row, reached) for tier, row in SITES),
        coverage=tuple(
            Coverage(
                tier=tier,
                clock_s=clock_s,
                people=total,
                served=reached,
                not_served=missed,
                not_served_because=(("too-far", 0.75 * missed), ("no-open-street", 0.25 * missed)),
            )
            for tier, clock_s in ((Tier.TSP, 600.0), (Tier.FIELD_HOSPITAL, 3600.0))
        ),
        proof=Proof(
            status=ProofStatus.GAP,
            objective=reached,
            bound=reached * 1.01,
            gap_share=0.01,
            n_structures=town.structures.n,
            n_candidates=town.structures.n // 2,
            n_considered=town.structures.n // 3,
            greedy_objective=reached * 0.97,
        ),
        visits=tuple(
            VisitToDo(
                structure=row,
                structure_id=str(town.structures.id[row]),
                tier=tier,
                settles=(Said(code="siting.visit-confirms", values=(("people", "100"),)),),
            )
            for tier, row in SITES[1:]
        ),
        unknowns=(
            Said(code="siting.people-assumed"),
            Said(code="siting.streets-unknown-passable", values=(("percent", "87"),)),
        ),
        notes=(Said(code="siting.referral-unknown-note"),),
        home_people=people,
        home_tsp_s=np.where(served, 300, np.inf).astype(np.float32),
        home_site=home_site,
        home_served=served,
        findings=(),
    )


def make_screening(town: Town) -> Screening:
    """Refuse every fourth structure for its damage; nobody knows about explosives anywhere."""
    verdict = np.zeros((town.structures.n, len(RULES)), dtype=np.int8)
    verdict[:, 0] = Verdict.FIT
    verdict[::4, 0] = Verdict.UNFIT
    verdict[:, 2] = Verdict.FIT
    return Screening(
        tiers=tuple(
            TierScreening(tier=tier, rules=RULES, verdict=verdict)
            for tier in (Tier.TSP, Tier.FIELD_HOSPITAL)
        )
    )


def make_reach(town: Town, plan: Plan) -> tuple[ReachArea, ...]:
    """Draw a round area about each stabilisation point."""
    return tuple(
        ReachArea(
            structure=site.structure,
            clock_s=plan.question.tsp_clock_s,
            shape=shapely.Point(
                town.structures.x_m[site.structure], town.structures.y_m[site.structure]
            ).buffer(180),
        )
        for site in plan.sites
        if site.tier is Tier.TSP
    )


def _site(town: Town, tier: Tier, row: int, reached: float) -> Site:
    """Choose one structure; the first is confirmed by a visit."""
    visited = row == SITES[0][1]
    return Site(
        structure=row,
        structure_id=str(town.structures.id[row]),
        tier=tier,
        standing=SiteStanding.CONFIRMED if visited else SiteStanding.PROVISIONAL,
        people_served=reached if tier is Tier.FIELD_HOSPITAL else reached / 2,
        people_lost_if_removed=reached / 4,
        reasons=(
            Said(code="siting.area-known", values=(("area", "400"),)),
            Said(code="siting.forced-site"),
        ),
        unknowns=(Said(code="siting.explosive-hazard-unknown"), *(() if visited else _unvisited())),
    )


def _unvisited() -> tuple[Said, ...]:
    """Say what nobody knows of a structure that nobody has visited."""
    return (Said(code="siting.visit-unknown"), Said(code="siting.water-unknown"))


def _reports() -> tuple[Report, ...]:
    """Three reports by a driver."""
    return tuple(
        make(said, source=DRIVER, seen_from=AS_OF, recorded_at=AS_OF)
        for said in (
            DamageSaid(scale="unosat", code="2"),
            StreetSaid(state=StreetState.CLOSED, cause="bridge down"),
            HazardSaid(hazard="explosive", status=HazardStatus.SUSPECTED, radius_m=40),
        )
    )


def _damage(town: Town) -> DamageBelief:
    """Give every fifth structure each grade in turn, U among them; one was visited."""
    n = town.structures.n
    p_grade = np.zeros((n, len(Grade)), dtype=np.float32)
    p_grade[np.arange(n), np.arange(n) % len(Grade)] = 1
    visited = np.zeros(n, dtype=np.bool_)
    visited[SITES[0][1] : SITES[0][1] + 1] = True  # smaller towns have no such row
    return DamageBelief(
        p_grade=p_grade,
        visited=visited,
        verdict=np.where(visited, int(Verdict.FIT), int(Verdict.UNKNOWN)).astype(np.int8),
        visit_area_m2=np.where(visited, 240.0, np.nan),
        evidence=_evidence(n, report=0),
    )


def _streets(town: Town, closed: tuple[int, ...]) -> StreetBelief:
    """Close some streets, open every tenth, leave the rest unknown; one report has expired."""
    n = town.streets.n_edges
    state = np.full(n, int(StreetState.UNKNOWN), dtype=np.int8)
    state[::10] = StreetState.OPEN
    state[list(closed)] = StreetState.CLOSED
    expires_at = np.full(n, np.datetime64("NaT"), dtype="datetime64[s]")
    expires_at[state != StreetState.UNKNOWN] = np.datetime64("2017-11-13T06:00:00")
    expired = np.zeros(n, dtype=np.bool_)
    expired[-1:] = True
    rubble = np.full(n, np.nan, dtype=np.float32)
    rubble[::7] = 0.4
    return StreetBelief(
        state_stretcher=state,
        state_vehicle=state,
        delay_s=np.zeros(n, dtype=np.float32),
        rubble_share=rubble,
        expires_at=expires_at,
        expired=expired,
        evidence=_evidence(n, report=1),
    )


def _evidence(n: int, *, report: int) -> Evidence:
    """Let the first row rest on one report, the others on none."""
    start = np.ones(n + 1, dtype=np.int64)
    start[0] = 0
    return Evidence(start=start, report=np.array([report], dtype=np.int32))


def _hazards(town: Town) -> tuple[HazardArea, ...]:
    """Suspect explosives in the north-east corner."""
    x_m, y_m = town.streets.node_x_m.max(), town.streets.node_y_m.max()
    return (
        HazardArea(
            hazard="explosive",
            status=HazardStatus.SUSPECTED,
            level=1.0,
            shape=shapely.box(x_m - 90, y_m - 90, x_m, y_m),
            report=ReportIndex(2),
        ),
    )


def _people(town: Town) -> PeopleBelief:
    """Assume ten people a structure."""
    people = np.full(town.structures.n, 10.0)
    total = float(people.sum())
    return PeopleBelief(
        people=people,
        total_low=0.5 * total,
        total_best=total,
        total_high=2 * total,
        basis="assumed",
        rule="Ten people to a structure, because nobody has counted.",
        reports=(),
    )


def _care(town: Town) -> tuple[CarePoint, ...]:
    """Say that a hospital is on the first structure, and that nobody knows whether it works."""
    return (
        CarePoint(
            facility="Old hospital",
            tier=Tier.REFERRAL,
            functioning=Verdict.UNKNOWN,
            x_m=float(town.structures.x_m[0]),
            y_m=float(town.structures.y_m[0]),
            report=ReportIndex(0),
        ),
    )

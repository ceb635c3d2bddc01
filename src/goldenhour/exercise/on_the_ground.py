# SPDX-License-Identifier: Apache-2.0
"""What teams and soldiers would say: hazards, incidents, checkpoints and a few visits."""

from datetime import datetime, timedelta

import numpy as np
import shapely
from shapely.affinity import scale, translate

from goldenhour.base.grades import (
    Credibility,
    Grade,
    Reliability,
    Sensitivity,
    StreetState,
    Tier,
    Verdict,
)
from goldenhour.exercise.dangers import Danger
from goldenhour.exercise.from_the_sky import seen_as
from goldenhour.exercise.passable import TrueStreets
from goldenhour.exercise.pinned import pinned, value
from goldenhour.exercise.scene import AS_OF, Scene, area, at, between, place, source
from goldenhour.reports.make import make
from goldenhour.reports.report import Report
from goldenhour.reports.said import (
    AccessSaid,
    HazardSaid,
    HazardStatus,
    IncidentSaid,
    VisitSaid,
)

_UNREPORTED = "trapped-al_qaim"
_SHIFT_M, _TOO_LARGE = 35.0, (1.05, 1.5)
_PERMITTED_UNTIL = timedelta(days=2)
_POCKET_ERROR_M = 60.0
_NO_COUNT_SHARE = 0.6
_N_INCIDENTS, _LEAST_INCIDENTS = 14, 4
_N_VISITS, _LEAST_VISITS = 16, 6
_NEEDS_ENGINEER_SHARE, _VERDICT_WRONG_SHARE = 0.12, 0.05
_USABLE_SHARE = (0.7, 0.95)
_WORDS = {
    "armed_group": ("sniper fire", "shooting"),
    "explosive": ("device went off", "mine found"),
}


def hazard_reports(scene: Scene, rng: np.random.Generator) -> list[Report]:
    """
    Draw hazard areas: shifted, too large, one missing, one false, one said to be cleared.

    Parameters
    ----------
    scene
        What is really so.
    rng
        Source of all chance.

    Returns
    -------
    reports
        Areas as mine action teams and soldiers draw them.
    """
    reports = [_hazard(danger, rng) for danger in scene.dangers if danger.key != _UNREPORTED]
    trapped = next(one for one in scene.dangers if one.key == "trapped-husaybah")
    reports.append(
        make(
            HazardSaid(hazard="explosive", status=HazardStatus.CLEARED),
            source=source("army spokesman", Reliability.D, "statement"),
            where=area(trapped.shape),
            seen_from=at("11-05 12:00"),
            recorded_at=at("11-05 16:00"),
            credibility=Credibility.DOUBTFUL,
        )
    )
    nowhere = scene.city.xy_m[rng.integers(scene.city.buildings.n)]
    reports.append(
        make(
            HazardSaid(hazard="explosive", status=HazardStatus.SUSPECTED, radius_m=50.0),
            source=source("resident", Reliability.F, "hearsay"),
            where=place(nowhere),
            seen_from=at("11-06 09:00"),
            recorded_at=at("11-08 09:00"),
        )
    )
    return reports


def _hazard(danger: Danger, rng: np.random.Generator) -> Report:
    """Draw one danger as somebody saw it."""
    east_m, north_m = rng.normal(0.0, _SHIFT_M, 2)
    larger = rng.uniform(*_TOO_LARGE)
    seen_at = between(at("11-04 06:00"), at("11-09 12:00"), 1, rng)[0]
    armed = danger.hazard == "armed_group"
    drawn = translate(scale(danger.shape, larger, larger), east_m, north_m)
    known = danger.is_known
    return make(
        HazardSaid(
            hazard=danger.hazard,
            status=HazardStatus.CONFIRMED if known else HazardStatus.SUSPECTED,
        ),
        source=source("operations room" if armed else "mine action team", Reliability.B),
        where=area(shapely.simplify(drawn, 2.0)),
        seen_from=seen_at,
        recorded_at=seen_at + timedelta(hours=int(rng.integers(1, 20))),
        credibility=Credibility.PROBABLE if known else Credibility.POSSIBLE,
        sensitivity=Sensitivity.RESTRICTED,
    )


def incident_reports(scene: Scene, rng: np.random.Generator) -> list[Report]:
    """
    Draw incidents near true dangers.

    Parameters
    ----------
    scene
        What is really so.
    rng
        Source of all chance.

    Returns
    -------
    reports
        Points with a stated error.
    """
    n = scene.how_many(_N_INCIDENTS, least=_LEAST_INCIDENTS)
    reports = []
    for number, moment in enumerate(between(at("11-04 00:00"), AS_OF, n, rng)):
        danger = scene.dangers[number % len(scene.dangers)]
        spot = shapely.get_coordinates(danger.shape.centroid)[0]
        reports.append(
            make(
                IncidentSaid(
                    incident=_WORDS[danger.hazard][number % 2],
                    radius_m=2 * _POCKET_ERROR_M,
                    deaths=None if rng.random() < _NO_COUNT_SHARE else int(rng.integers(0, 4)),
                ),
                source=source("security log", Reliability.C, "daily log"),
                where=place(spot + rng.normal(0.0, _POCKET_ERROR_M, 2)),
                seen_from=moment,
                recorded_at=moment + timedelta(hours=int(rng.integers(1, 9))),
                credibility=Credibility.POSSIBLE,
                sensitivity=Sensitivity.RESTRICTED,
            )
        )
    return reports


def access_reports(streets: TrueStreets, rng: np.random.Generator) -> list[Report]:
    """
    Draw checkpoints with their waits, a permission that is still awaited, and a curfew.

    Parameters
    ----------
    streets
        Where checkpoints stand.
    rng
        Source of all chance.

    Returns
    -------
    reports
        One a checkpoint, then the crossing, the permission and the curfew.
    """
    convoy = source("logistics cell", Reliability.B, "route card")
    waits_s = np.round(streets.checkpoint_s * rng.uniform(0.8, 1.2, len(streets.checkpoint_s)), -1)
    reports = [
        make(
            AccessSaid(access="checkpoint", state=StreetState.RESTRICTED, delay_s=float(wait_s)),
            source=convoy,
            where=place(spot),
            seen_from=at("11-09 08:00"),
            recorded_at=at("11-09 15:00"),
            credibility=Credibility.PROBABLE,
        )
        for spot, wait_s in zip(streets.checkpoints, waits_s, strict=True)
    ]
    told = (
        ("crossing", StreetState.CLOSED, place(pinned("border_crossing").xy_m)),
        ("permission", StreetState.RESTRICTED, place(streets.checkpoints[0])),
        ("curfew", StreetState.RESTRICTED, None),
    )
    for access, state, where in told:
        reports.append(
            make(
                AccessSaid(access=access, state=state),
                source=source("coordination centre", Reliability.B, "letter"),
                where=where,
                seen_from=at("11-08 07:00"),
                recorded_at=at("11-08 09:00"),
                valid_until=at("11-08 09:00") + _PERMITTED_UNTIL + timedelta(days=2),
                credibility=Credibility.PROBABLE,
            )
        )
    return reports


def visit_reports(scene: Scene, rng: np.random.Generator) -> list[Report]:
    """
    Draw the first visits, made by trained people who still err.

    Parameters
    ----------
    scene
        What is really so.
    rng
        Source of all chance.

    Returns
    -------
    reports
        Mostly public buildings; one structure is visited twice, with two answers.
    """
    n = scene.how_many(_N_VISITS, least=_LEAST_VISITS)
    public = ~np.isin(scene.city.buildings.use, ("house", "farm", "industrial"))
    safe = scene.fitness.because != "armed-use"
    rows = rng.permutation(np.flatnonzero(public & safe))[:n]
    seen = seen_as(scene.damage.grade[rows], value("visit_like"), rng.random(len(rows)))
    times = between(at("11-08 06:00"), at("11-09 14:00"), len(rows), rng)
    reports = []
    for number, row in enumerate(rows):
        said = _found(scene, int(row), Grade(int(seen[number])), rng)
        reports.append(_visit(scene, int(row), said, times[number], team=1 + number % 3))
    if reports:
        row = int(rows[0])
        other = Grade.G2 if seen[0] < Grade.G2 else Grade.G1
        said = VisitSaid(grade=other, verdict=Verdict.UNKNOWN, reasons=("engineer-needed",))
        reports.append(_visit(scene, row, said, times[0] + timedelta(hours=5), team=3))
    return reports


def _found(scene: Scene, row: int, grade: Grade, rng: np.random.Generator) -> VisitSaid:
    """Say what a team found in one structure."""
    fit = bool(scene.fitness.tsp[row])
    if rng.random() < _VERDICT_WRONG_SHARE:
        fit = not fit
    if rng.random() < _NEEDS_ENGINEER_SHARE:
        return VisitSaid(grade=grade, verdict=Verdict.UNKNOWN, reasons=("engineer-needed",))
    if not fit:
        reason = str(scene.fitness.because[row]) or "damage"
        return VisitSaid(grade=grade, verdict=Verdict.UNFIT, reasons=(reason,))
    city = scene.city
    floor_m2 = float(shapely.area(city.buildings.outline[row]) * city.storeys[row])
    large = bool(scene.fitness.field_hospital[row])
    return VisitSaid(
        grade=grade,
        verdict=Verdict.FIT,
        tiers=(Tier.TSP, Tier.FIELD_HOSPITAL) if large else (Tier.TSP,),
        area_m2=round(floor_m2 * float(rng.uniform(*_USABLE_SHARE)), -1),
    )


def _visit(scene: Scene, row: int, said: VisitSaid, seen_at: datetime, *, team: int) -> Report:
    """Make one visit's report."""
    return make(
        said,
        source=source(f"assessment team {team}", Reliability.A, "form"),
        where=place(scene.city.xy_m[row]),
        about=scene.structure_id[row],
        seen_from=seen_at,
        seen_to=seen_at + timedelta(minutes=40),
        recorded_at=seen_at + timedelta(hours=3),
        credibility=Credibility.PROBABLE,
        sensitivity=Sensitivity.RESTRICTED,
    )

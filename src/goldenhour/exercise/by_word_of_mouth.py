# SPDX-License-Identifier: Apache-2.0
"""What offices and newsrooms would say: people, care and claims, with figures that disagree."""

from datetime import timedelta

import numpy as np
import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from goldenhour.base.grades import Credibility, Reliability, Tier, Verdict
from goldenhour.base.messages import say
from goldenhour.exercise.landmarks import hospital_point
from goldenhour.exercise.pinned import BUILT, pinned, value
from goldenhour.exercise.scene import Scene, area, at, place, source
from goldenhour.exercise.town_layers import camp_xy_m
from goldenhour.reports.make import make
from goldenhour.reports.report import Report
from goldenhour.reports.said import CareSaid, ClaimSaid, Measure, Modality, PeopleSaid

_ROUND_TO = 10.0
_UN_SPREAD = (0.85, 1.2)
_MAYOR_TIMES, _NGO_SPREAD, _NGO_BAND = 1.7, 0.25, 0.3
_FAMILY = 6.0
_RAWA_AREA_M = 1500.0
_LOOTED_TOWNS = ("ubaydi", "rawa", "ana")
_NEWS = "news agency"


def town_area(scene: Scene, town: str) -> BaseGeometry:
    """
    Draw around a town.

    Parameters
    ----------
    scene
        What is really so.
    town
        Its key.

    Returns
    -------
    shape
        Hull of its quarters, metric.
    """
    shapes = [one.shape for one in scene.city.quarters if one.town == town]
    return shapely.convex_hull(shapely.multipolygons(shapes))


def people_reports(scene: Scene, rng: np.random.Generator) -> list[Report]:
    """
    Draw figures of people that do not agree: the UN's, the mayor's, an NGO's.

    Parameters
    ----------
    scene
        What is really so.
    rng
        Source of all chance.

    Returns
    -------
    reports
        Each for an area of its own. The UN's figure holds for the full exercise and is scaled
        down with the town.
    """
    return [
        _un(scene),
        _mayor(scene),
        *(_ngo(scene, town, rng) for town in BUILT if town != "rummaneh"),
        _camp(scene, rng),
    ]


def _un(scene: Scene) -> Report:
    """Say how many are in Al Qaim and Rawa together."""
    shapes = [town_area(scene, town) for town in BUILT]
    shapes.append(Point(pinned("rawa").xy_m).buffer(_RAWA_AREA_M, quad_segs=4))
    best = _rounded(value("un_people") * scene.size)
    return make(
        PeopleSaid(
            low=_rounded(best * _UN_SPREAD[0]),
            best=best,
            high=_rounded(best * _UN_SPREAD[1]),
            counted="residents",
            measure=Measure.STOCK,
        ),
        source=source("UN humanitarian update", Reliability.B, "update"),
        where=area(shapely.unary_union(shapes)),
        seen_from=at("10-25 00:00"),
        seen_to=at("10-31 00:00"),
        recorded_at=at("11-02 09:00"),
        credibility=Credibility.POSSIBLE,
    )


def _mayor(scene: Scene) -> Report:
    """Let the mayor say far more of Husaybah than there are."""
    there = scene.people[scene.city.buildings.town == "husaybah"].sum()
    best = _rounded(there * _MAYOR_TIMES)
    return make(
        PeopleSaid(low=best, best=best, high=best, counted="residents", measure=Measure.STOCK),
        source=source("mayor's office", Reliability.D, "interview"),
        where=area(town_area(scene, "husaybah")),
        seen_from=at("11-07 10:00"),
        recorded_at=at("11-07 18:00"),
        credibility=Credibility.DOUBTFUL,
    )


def _ngo(scene: Scene, town: str, rng: np.random.Generator) -> Report:
    """Let a local NGO count families in one town, with honest bounds."""
    there = scene.people[scene.city.buildings.town == town].sum()
    guess = there * float(np.exp(rng.normal(0.0, _NGO_SPREAD)))
    best = max(_FAMILY, round(guess / _FAMILY) * _FAMILY)
    return make(
        PeopleSaid(
            low=_rounded(best * (1 - _NGO_BAND)),
            best=best,
            high=_rounded(best * (1 + _NGO_BAND)),
            counted="residents",
            measure=Measure.STOCK,
        ),
        source=source("local NGO", Reliability.C, "family count"),
        where=area(town_area(scene, town)),
        seen_from=at("11-06 06:00"),
        seen_to=at("11-08 16:00"),
        recorded_at=at("11-09 10:00"),
        credibility=Credibility.POSSIBLE,
    )


def _camp(scene: Scene, rng: np.random.Generator) -> Report:
    """Say how many wait in the camp outside."""
    best = _rounded(camp_people(scene) * float(rng.uniform(0.8, 1.3)))
    return make(
        PeopleSaid(
            low=_rounded(best * 0.8),
            best=best,
            high=float("inf"),
            counted="in camps",
            measure=Measure.STOCK,
        ),
        source=source("camp management", Reliability.B, "gate list"),
        where=place(camp_xy_m(scene.city)),
        seen_from=at("11-09 06:00"),
        recorded_at=at("11-09 19:00"),
        credibility=Credibility.PROBABLE,
    )


def camp_people(scene: Scene) -> float:
    """
    Give the true number of people in the camp outside.

    Parameters
    ----------
    scene
        What is really so.

    Returns
    -------
    people
        Persons, scaled with the town.
    """
    return float(round(value("camp_people") * scene.size))


def care_reports(scene: Scene) -> list[Report]:
    """
    Say what care is left: Haditha's hospital, and four that were looted.

    Parameters
    ----------
    scene
        What is really so.

    Returns
    -------
    reports
        Haditha at the town's public point; Al Qaim's at a building that the exercise made up.
    """
    working = make(
        CareSaid(
            facility=_hospital("haditha"),
            tier=Tier.REFERRAL,
            functioning=Verdict.FIT,
            beds=int(value("haditha_beds")),
        ),
        source=source("directorate of health", Reliability.C, "telephone"),
        where=place(pinned("haditha").xy_m),
        seen_from=at("11-06 08:00"),
        recorded_at=at("11-06 12:00"),
        credibility=Credibility.POSSIBLE,
    )
    spots = {"al_qaim": hospital_point(scene.city.buildings)[0]}
    for town in _LOOTED_TOWNS:
        spots[town] = pinned(town).xy_m
    looted = [
        make(
            CareSaid(facility=_hospital(town), tier=Tier.FIELD_HOSPITAL, functioning=Verdict.UNFIT),
            source=source("directorate of health", Reliability.C, "list of losses"),
            where=place(spot),
            seen_from=at("11-04 08:00"),
            recorded_at=at("11-05 10:00"),
            credibility=Credibility.PROBABLE,
        )
        for town, spot in spots.items()
    ]
    return [working, *looted]


def _hospital(town: str) -> str:
    """Name a town's hospital."""
    words = f"{say(f'exercise.{town}', 'en')} {say('exercise.hospital', 'en').lower()}"
    return say("exercise.named", "en", name=words)


def claim_reports() -> list[Report]:
    """
    Say what the news said: figures without a place, confirmed by nobody.

    Returns
    -------
    reports
        Claims of the dispatch; none has a location, none is confirmed.
    """
    camps, fled = float(value("news_in_camps")), float(value("news_fled"))
    land, freed = 100 * float(value("news_land_share")), float(value("news_freed"))
    clinics = float(value("news_mobile_clinics"))
    inf, reported = float("inf"), Modality.REPORTED
    claims = (
        _claim("camps", "displacement", (camps, camps), "people", Modality.ESTIMATED),
        _claim("fled", "displacement", (fled, fled), "people", Modality.ESTIMATED),
        _claim("land", "territory", (land, land), "% of land", reported),
        _claim("freed", "territory", (freed, inf), "people", reported),
        _claim("buildings", "damage", None, "", Modality.ASSERTED),
        _claim("waiting", "need", None, "", Modality.ASSERTED),
        _claim("clinics", "care", (clinics, clinics), "mobile clinics", Modality.PLANNED),
    )
    return [
        make(
            claim,
            source=source(_NEWS, Reliability.C, "dispatch, Nov 2017"),
            seen_from=at("11-08 00:00") + timedelta(hours=number),
            recorded_at=at("11-09 06:00"),
        )
        for number, claim in enumerate(claims)
    ]


def _claim(
    key: str,
    about: str,
    figure: tuple[float, float] | None,
    unit: str,
    modality: Modality,
) -> ClaimSaid:
    """Word one claim."""
    low, high = figure or (None, None)
    return ClaimSaid(
        text=say(f"exercise.claim-{key}", "en", n="" if low is None else f"{low:,.0f}"),
        about=about,
        low=low,
        high=high,
        unit=unit,
        measure=None if figure is None else Measure.STOCK,
        modality=modality,
    )


def _rounded(figure: float) -> float:
    """Round as people do who do not know exactly."""
    return max(_ROUND_TO, round(figure / _ROUND_TO) * _ROUND_TO)

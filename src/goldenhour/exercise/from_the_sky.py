# SPDX-License-Identifier: Apache-2.0
"""What analysts of satellite images would say: damaged sites only, displaced, and often wrong."""

from datetime import datetime

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.special import ndtr
from shapely.geometry import Point

from goldenhour.base.grades import Credibility, Grade, Reliability
from goldenhour.exercise.pinned import to_degrees, value
from goldenhour.exercise.scene import Scene, at, source
from goldenhour.reports.make import make
from goldenhour.reports.report import Report, Source
from goldenhour.reports.said import DamageSaid

_UNOSAT_CODE = {Grade.G1: "3", Grade.G2: "2", Grade.G3: "1"}
_POSSIBLE = "4"
_EMS_WORDS = (
    ("Not Affected", "Negligible to slight damage"),
    ("Moderately Damaged",),
    ("Highly Damaged",),
    ("Completely Destroyed",),
)
_EMS_TOWNS = ("ubaydi", "karabilah")
_EMS_ERROR_M = 1.5
_EMS_SEEN = ("11-05 08:10", "11-09 12:00")
_EPOCHS = (("10-31 08:05", "11-03 15:00"), ("11-06 08:20", "11-08 17:00"))
_SENSOR = "EXERCISE very high resolution optical"


def satellite_reports(scene: Scene, rng: np.random.Generator) -> list[Report]:
    """
    Draw damage reports of two analysts who look at the same roofs.

    Parameters
    ----------
    scene
        What is really so.
    rng
        Source of all chance.

    Returns
    -------
    reports
        UNOSAT-like points of two dates, then EMS-like grades of two towns. None names a structure.
    """
    n = scene.city.buildings.n
    together = np.sqrt(value("sky_dependence"))
    alone = np.sqrt(1.0 - value("sky_dependence"))
    roof = rng.standard_normal(n)
    first = ndtr(together * roof + alone * rng.standard_normal(n))
    second = ndtr(together * roof + alone * rng.standard_normal(n))
    return [*_unosat_like(scene, first, rng), *_ems_like(scene, second, rng)]


def grade_at(scene: Scene, moment: datetime) -> NDArray[np.int8]:
    """
    Give the true grades at an earlier moment.

    Parameters
    ----------
    scene
        What is really so.
    moment
        Aware UTC.

    Returns
    -------
    grade
        ``Grade`` numbers; G0 where the hit came later. Shape ``(n,)``, int8.
    """
    hit = scene.damage.damaged_at <= np.datetime64(moment.replace(tzinfo=None), "s")
    return np.where(hit, scene.damage.grade, np.int8(Grade.G0)).astype(np.int8)


def seen_as(
    grade: NDArray[np.int8], matrix: list[list[float]], chance: NDArray[np.float64]
) -> NDArray[np.int64]:
    """
    Blur grades by a confusion matrix.

    Parameters
    ----------
    grade
        True grades. Shape ``(n,)``.
    matrix
        Rows true, columns seen, shares.
    chance
        Uniform numbers, high ones see more damage. Shape ``(n,)``.

    Returns
    -------
    seen
        Grades as seen. Shape ``(n,)``.
    """
    steps = np.cumsum(np.array(matrix), axis=1)[:, :-1]
    return np.asarray((chance[:, None] > steps[grade]).sum(axis=1))


def _unosat_like(
    scene: Scene, chance: NDArray[np.float64], rng: np.random.Generator
) -> list[Report]:
    """List damaged sites as points with codes; what is not listed is not undamaged."""
    who = source("satellite analysis (UNOSAT-like)", Reliability.B, "damage sites")
    reports = []
    for seen_text, published in _EPOCHS:
        moment = at(seen_text)
        seen = seen_as(grade_at(scene, moment), value("unosat_like"), chance)
        doubt = rng.random(len(seen)) < value("possible_share")
        spots = _spots(scene, value("position_error_m"), rng)
        for row in np.flatnonzero(seen > Grade.G0):
            grade = Grade(int(seen[row]))
            weak = grade == Grade.G1 and doubt[row]
            said = DamageSaid(
                scale="unosat", code=_POSSIBLE if weak else _UNOSAT_CODE[grade], sensor=_SENSOR
            )
            reports.append(_damage(said, spots[row], who, moment, at(published)))
    return reports


def _ems_like(scene: Scene, chance: NDArray[np.float64], rng: np.random.Generator) -> list[Report]:
    """Grade every structure of two towns in words, some as Unknown."""
    who = source("rapid mapping (EMS-like)", Reliability.B, "grading product")
    seen_at, recorded_at = (at(text) for text in _EMS_SEEN)
    seen = seen_as(grade_at(scene, seen_at), value("ems_like"), chance)
    unknown = rng.random(len(seen)) < value("not_analysed_share")
    other_word = rng.integers(0, 2, len(seen))
    spots = _spots(scene, _EMS_ERROR_M, rng)
    reports = []
    for row in np.flatnonzero(np.isin(scene.city.buildings.town, _EMS_TOWNS)):
        words = _EMS_WORDS[seen[row]]
        word = "Unknown" if unknown[row] else words[other_word[row] % len(words)]
        said = DamageSaid(scale="ems-2016", code=word, sensor=_SENSOR)
        reports.append(_damage(said, spots[row], who, seen_at, recorded_at))
    return reports


def _spots(scene: Scene, error_m: float, rng: np.random.Generator) -> NDArray[np.object_]:
    """Put a point near each building, EPSG:4326, as far off as the analyst's image."""
    xy_m = scene.city.xy_m
    moved = to_degrees(xy_m + rng.normal(0.0, error_m, xy_m.shape))
    return np.asarray(shapely.points(moved.round(6)))


def _damage(
    said: DamageSaid, where: Point, who: Source, seen_at: datetime, recorded_at: datetime
) -> Report:
    """Make one damage report."""
    return make(
        said,
        source=who,
        where=where,
        seen_from=seen_at,
        recorded_at=recorded_at,
        credibility=Credibility.POSSIBLE,
    )

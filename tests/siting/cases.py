# SPDX-License-Identifier: Apache-2.0
"""Small towns with pictures and screenings, to be bent by each test."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import shapely

from goldenhour.base.grades import Tier, Verdict
from goldenhour.picture.belief import CarePoint, HazardArea, Picture, ReportIndex
from goldenhour.reports.said import HazardStatus
from goldenhour.siting.screening.screen import screen
from goldenhour.siting.screening.table import Screening, TierScreening
from goldenhour.town.town import Town
from tests.times.pictures import picture_of
from tests.towns import make_town


class Case(NamedTuple):
    """What a proposal starts from."""

    town: Town
    picture: Picture
    screening: Screening


def case(seed: int = 3, *, n_structures: int = 80, big: bool = True) -> Case:
    """Build a small town whose streets are all reported open; large structures unless told."""
    town = make_town(seed, n_structures=n_structures)
    if big:
        structures = replace(
            town.structures,
            area_m2=np.where(np.arange(n_structures) % 3 == 0, 900.0, 250.0),
            storeys=np.ones(n_structures, dtype=np.float32),
        )
        town = replace(town, structures=structures)
    rng = np.random.Generator(np.random.PCG64(seed))
    picture = picture_of(town)
    people = rng.integers(1, 12, n_structures).astype(np.float64) + 0.3
    picture = replace(
        picture,
        people=replace(picture.people, people=people, total_best=float(people.sum())),
    )
    return Case(town, picture, screen(town, picture))


def visited(picture: Picture, row: int, verdict: Verdict, *, area_m2: float = np.nan) -> Picture:
    """Let a team have looked at one structure; a FIT one was found undamaged."""
    damage = picture.damage
    seen, found = damage.visited.copy(), damage.verdict.copy()
    area, p_grade = damage.visit_area_m2.copy(), damage.p_grade.copy()
    seen[row], found[row], area[row] = True, verdict, area_m2
    p_grade[row] = [1, 0, 0, 0, 0] if verdict == Verdict.FIT else [0, 0, 0, 1, 0]
    changed = replace(damage, visited=seen, verdict=found, visit_area_m2=area, p_grade=p_grade)
    return replace(picture, damage=changed)


def danger(
    town: Town, row: int, hazard: str, *, level: float = 1.0, reach_m: float = 5
) -> HazardArea:
    """Put a hazard on one structure."""
    spot = shapely.Point(town.structures.x_m[row], town.structures.y_m[row])
    return HazardArea(
        hazard=hazard,
        status=HazardStatus.CONFIRMED,
        level=level,
        shape=spot.buffer(reach_m),
        report=ReportIndex(0),
    )


def referral_hospital(
    town: Town, *, east_m: float, functioning: Verdict = Verdict.FIT
) -> CarePoint:
    """Put a referral hospital so far east of the first street corner."""
    return CarePoint(
        facility="Haditha",
        tier=Tier.REFERRAL,
        functioning=functioning,
        x_m=float(town.streets.node_x_m[0] + east_m),
        y_m=float(town.streets.node_y_m[0]),
        report=ReportIndex(0),
    )


def verdict_of(screening: TierScreening, row: int, rule: str) -> Verdict:
    """Look one verdict up."""
    return Verdict(int(screening.verdict[row, screening.rules.index(rule)]))

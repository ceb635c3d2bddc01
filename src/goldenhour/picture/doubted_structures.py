# SPDX-License-Identifier: Apache-2.0
"""How likely a visit would find a structure unfit, by tier: what worlds draw structures from."""

import numpy as np
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.grades import Grade, Tier, Verdict
from goldenhour.picture.belief import Picture
from goldenhour.reports.said import VisitSaid

Floats = NDArray[np.float64]
_SITED = (Tier.TSP, Tier.FIELD_HOSPITAL)


def unfit_chance(picture: Picture) -> dict[Tier, Floats]:
    """
    Say how likely each structure turns out unfit.

    Two things refuse a structure that nobody visited for a tier: its damage, and what no report
    speaks of (whether its owner agrees, whether there is water). A visit settles both, but for a
    small rest.

    Parameters
    ----------
    picture
        What is believed.

    Returns
    -------
    chance
        By tier, 0 to 1. Shape ``(n_structures,)`` each.
    """
    by_grade = facts.fact("picture.world_unfit_damage_share").value
    weight = np.array([float(by_grade[grade.name]) for grade in Grade])
    by_damage = np.clip(picture.damage.p_grade.astype(np.float64) @ weight, 0, 1)
    return {tier: _for_tier(picture, tier, by_damage) for tier in _SITED}


def _for_tier(picture: Picture, tier: Tier, by_damage: Floats) -> Floats:
    """Put damage, what is unknown of a tier, and visits together."""
    unknown = float(facts.fact("picture.world_unfit_unknown_share").value[tier.value])
    after_visit = float(facts.fact("picture.world_unfit_after_visit_share").value[tier.value])
    chance = 1 - (1 - by_damage) * (1 - unknown)
    for row in np.flatnonzero(picture.damage.visited):
        verdict = picture.damage.verdict[row]
        if verdict != Verdict.UNKNOWN and _speaks_of(picture, int(row), tier):
            chance[row] = after_visit if verdict == Verdict.FIT else 1.0
    return chance


def _speaks_of(picture: Picture, row: int, tier: Tier) -> bool:
    """Whether the newest visit behind a structure is about a tier; no word of tiers means all."""
    visits = [
        (report.seen_to, report.id, report.said)
        for report in (picture.reports[i] for i in picture.damage.evidence.of(row))
        if isinstance(report.said, VisitSaid)
    ]
    if not visits:
        return True
    said = max(visits, key=lambda entry: entry[:2])[2]
    return not said.tiers or tier in said.tiers

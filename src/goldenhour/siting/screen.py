# SPDX-License-Identifier: Apache-2.0
"""Every structure against every rule of every tier."""

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.grades import Tier, Verdict
from goldenhour.picture.belief import Picture
from goldenhour.siting import verdicts
from goldenhour.siting.requirements import RULES, SETTLED_BY_VISIT, SITED_TIERS, requirements
from goldenhour.siting.screening import Screening, TierScreening
from goldenhour.town.town import Town


def screen(town: Town, picture: Picture) -> Screening:
    """
    Ask every rule about every structure.

    A rule that nothing speaks for is UNKNOWN, never FIT. A FIT visit settles the rules in
    ``SETTLED_BY_VISIT`` unless a report still breaks them; hazards stay unknown even then.

    Parameters
    ----------
    town
        The town.
    picture
        What is believed.

    Returns
    -------
    screening
        Verdicts for stabilisation points and field hospitals.
    """
    shared = _same_for_all_tiers(town, picture)
    return Screening(tiers=tuple(_screen_tier(town, picture, tier, shared) for tier in SITED_TIERS))


def candidates(screening: TierScreening) -> NDArray[np.bool_]:
    """
    Find the structures that no rule refuses.

    Parameters
    ----------
    screening
        One tier's verdicts.

    Returns
    -------
    candidate
        Shape ``(n_structures,)``, bool.
    """
    refused: NDArray[np.bool_] = np.any(screening.verdict == Verdict.UNFIT, axis=1)
    return ~refused


def _same_for_all_tiers(town: Town, picture: Picture) -> dict[str, verdicts.Verdicts]:
    """Rules that ask the same of every tier."""
    unknown = np.full(town.structures.n, Verdict.UNKNOWN, dtype=np.int8)
    return {
        "damage": verdicts.by_damage(picture),
        "street-access": verdicts.by_street_access(town, picture),
        "use": verdicts.by_use(town),
        "neighbours": verdicts.by_neighbours(town),
        "flood-bed": verdicts.by_water_bed(town),
        # Nothing but a visit speaks of these today.
        "consent": unknown,
        "water": unknown,
        "egress": unknown,
    }


def _screen_tier(
    town: Town, picture: Picture, tier: Tier, shared: dict[str, verdicts.Verdicts]
) -> TierScreening:
    """Ask every rule of one tier."""
    wanted = requirements(tier)
    verdict = dict(shared)
    verdict["visit"] = verdicts.by_visit(town, picture, tier)
    verdict["floor-area"] = verdicts.by_floor_area(town, picture, wanted.floor_area_m2)
    for reach in wanted.reaches:
        found = verdicts.by_hazard(town, picture, reach)
        verdict[reach.rule] = np.maximum(found, verdict.get(reach.rule, found))  # UNFIT wins
    table = np.stack([verdict[rule] for rule in RULES], axis=1)
    return TierScreening(tier=tier, rules=RULES, verdict=_settle(table))


def _settle(table: NDArray[np.int8]) -> NDArray[np.int8]:
    """Turn what a FIT visit settles from UNKNOWN to FIT."""
    settled = np.array([rule in SETTLED_BY_VISIT for rule in RULES])
    visited = table[:, RULES.index("visit")] == Verdict.FIT
    open_question = (table == Verdict.UNKNOWN) & settled[np.newaxis, :] & visited[:, np.newaxis]
    table[open_question] = Verdict.FIT
    return table

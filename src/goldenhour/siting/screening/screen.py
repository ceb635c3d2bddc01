# SPDX-License-Identifier: Apache-2.0
"""Every structure against every rule of every tier."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.grades import Verdict
from goldenhour.picture.belief import Picture
from goldenhour.siting.screening import joined, verdicts
from goldenhour.siting.screening.requirements import (
    NEIGHBOURS,
    RULES,
    SETTLED_BY_VISIT,
    SITED_TIERS,
    Profiles,
    Requirements,
    profiles,
)
from goldenhour.siting.screening.table import Screening, TierScreening
from goldenhour.siting.screening.verdicts import Case, Verdicts
from goldenhour.town.town import Town


def screen(town: Town, picture: Picture, *, asked: Profiles | None = None) -> Screening:
    """
    Ask every rule about every structure.

    A rule that nothing speaks for is UNKNOWN, never FIT. A FIT visit settles the rules in
    ``SETTLED_BY_VISIT`` unless a report still breaks them; hazards stay unknown even then.
    Structures that are too small alone are joined to their neighbours where that is enough.

    Parameters
    ----------
    town
        The town.
    picture
        What is believed.
    asked
        What every tier asks for; the facts' own numbers if left out.

    Returns
    -------
    screening
        Verdicts for stabilisation points and field hospitals.
    """
    asked = asked or profiles()
    case = Case.of(town, picture, asked)
    shared = _same_for_all_tiers(case)
    known: dict[tuple[str, str, float], Verdicts] = {}
    return Screening(
        tiers=tuple(_screen_tier(case, asked.of(tier), shared, known) for tier in SITED_TIERS)
    )


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
    return ~refused(screening.verdict)


def refused(table: NDArray[np.int8]) -> NDArray[np.bool_]:
    """
    Find the structures that some rule refuses.

    Parameters
    ----------
    table
        ``Verdict`` numbers. Shape ``(n_structures, n_rules)``, int8.

    Returns
    -------
    refused
        Shape ``(n_structures,)``, bool.
    """
    found: NDArray[np.bool_] = np.any(table == Verdict.UNFIT, axis=1)
    return found


def _same_for_all_tiers(case: Case) -> dict[str, Verdicts]:
    """Rules that ask the same of every tier, whatever a planner changes."""
    n = case.town.structures.n
    return {
        "engineer": _unfit_rows(n, case.told.engineer),
        "consent": _unfit_rows(n, case.told.displaced),
        "use": verdicts.by_use(case),
        "single-bridge": verdicts.by_single_bridge(case),
    }


def _screen_tier(
    case: Case,
    asked: Requirements,
    shared: dict[str, Verdicts],
    known: dict[tuple[str, str, float], Verdicts],
) -> TierScreening:
    """Ask every rule of one tier."""
    n = case.town.structures.n
    verdict = {rule: np.zeros(n, dtype=np.int8) for rule in RULES} | shared
    verdict["visit"] = verdicts.by_visit(case, asked.tier)
    verdict["damage"] = verdicts.by_damage(case.picture, asked.value("damage_unfit_share"))
    verdict["floor-area"] = verdicts.by_floor_area(case.town, case.picture, asked.floor_area_m2)
    verdict["street-access"] = verdicts.by_street_access(case, asked.value("street_access_m"))
    for rule, found in _near(case, asked, known):
        verdict[rule] = np.maximum(verdict[rule], found)  # UNFIT wins
    for rule, rows in case.told.refusals(asked.tier).items():
        verdict[rule] = np.maximum(verdict[rule], _unfit_rows(n, rows))
    table = _settle(np.stack([verdict[rule] for rule in RULES], axis=1), case)
    group = joined.join(case, asked, table)
    return TierScreening(
        tier=asked.tier,
        rules=RULES,
        verdict=joined.worst_of_parts(table, group),
        group=group,
        asked=asked,
    )


def _near(
    case: Case, asked: Requirements, known: dict[tuple[str, str, float], Verdicts]
) -> Iterable[tuple[str, Verdicts]]:
    """Ask what is too near; two tiers that ask the same get one answer."""
    for reach in asked.reaches:
        key = ("hazard", reach.hazard, reach.distance_m)
        if key not in known:
            known[key] = verdicts.by_hazard(case, reach)
        yield reach.rule, known[key]
    key = ("water", "", asked.value("water_bed_m"))
    if key not in known:
        known[key] = verdicts.by_water_bed(case, key[2])
    yield "flood-bed", known[key]
    for kind in NEIGHBOURS:
        key = ("neighbour", kind, asked.value(f"{kind}_m"))
        if key not in known:
            known[key] = verdicts.by_neighbours(case, kind, key[2])
        yield "neighbours", known[key]


def _unfit_rows(n: int, rows: Iterable[int]) -> Verdicts:
    """Refuse some rows and know nothing of the others."""
    verdict = np.zeros(n, dtype=np.int8)
    verdict[list(rows)] = Verdict.UNFIT
    return verdict


def _settle(table: NDArray[np.int8], case: Case) -> NDArray[np.int8]:
    """Turn what a FIT visit settles from UNKNOWN to FIT; what is held for a search stays held."""
    settled = np.array([rule in SETTLED_BY_VISIT for rule in RULES])
    visited = table[:, RULES.index("visit")] == Verdict.FIT
    open_question = (table == Verdict.UNKNOWN) & settled[np.newaxis, :] & visited[:, np.newaxis]
    open_question[verdicts.held_for_search(case), RULES.index("prior-use")] = False
    table[open_question] = Verdict.FIT
    return table

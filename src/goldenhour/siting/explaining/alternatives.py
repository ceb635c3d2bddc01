# SPDX-License-Identifier: Apache-2.0
"""
Other plans that serve nearly as many people from other places: not one magic answer.

Each is found by closing the ground around sites of the plans before it and choosing again; ground
that no near-optimal plan can do without is opened again, the dearest first. Kept are only plans
that stand elsewhere with at least so many sites. More may exist: none found is no proof.
"""

import numpy as np
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.grades import Tier
from goldenhour.siting.explaining.again import Answer, Standing
from goldenhour.siting.explanation import Alternative, OtherSite

Rows = NDArray[np.int64]
_TRIES = 5


def alternatives(standing: Standing, lost: tuple[float, ...]) -> tuple[Alternative, ...]:
    """
    Find a few near-optimal plans that differ.

    Parameters
    ----------
    standing
        The plan.
    lost
        People lost if each stabilisation point closes and nothing replaces it.

    Returns
    -------
    alternatives
        The best first; each differs from the plan and from the others.
    """
    least = standing.people * (1 - facts.number("siting.alternative_loss_share"))
    differs = int(facts.number("siting.alternative_differs"))
    found: list[Answer] = []
    if standing.people <= 0:
        return ()
    order = np.argsort(np.array(lost[: len(standing.tsp)]), kind="stable")
    for kept in _kept_open(standing, order):
        if len(found) >= facts.number("siting.alternatives_wanted"):
            break
        taken = [_at(standing, standing.tsp)[~np.isin(standing.tsp, standing.tsp[kept])]]
        taken += [_at(standing, one.tsp) for one in found]
        answer = _away_from(standing, np.concatenate(taken), standing.tsp[kept])
        if answer is None or answer.people < least:
            continue
        others: list[Answer | Standing] = [standing, *found]
        if all(n_elsewhere(standing, answer, one) >= differs for one in others):
            found.append(answer)
    found.sort(key=lambda answer: -answer.people)
    return tuple(_described(standing, answer) for answer in found)


def n_elsewhere(standing: Standing, answer: Answer, other: Answer | Standing) -> int:
    """
    Count the sites of one plan that stand elsewhere than those of another.

    Parameters
    ----------
    standing
        Knows where structures stand.
    answer
        One plan.
    other
        The other.

    Returns
    -------
    n
        Of both tiers.
    """
    return int(
        _is_elsewhere(standing, answer.tsp, other.tsp).sum()
        + _is_elsewhere(standing, answer.hospital, other.hospital).sum()
    )


def _kept_open(standing: Standing, order: Rows) -> list[Rows]:
    """
    Say around which sites the ground stays open, for each try.

    First none; then the one that most people depend on, the two, and so on; then turned round.
    """
    free = [int(at) for at in order if standing.tsp[at] not in standing.wanted[Tier.TSP].forced]
    steps = sorted({0, 1, len(free) // 3, len(free) // 2, max(0, len(free) - 2)})
    tries = [np.array(free[len(free) - n :] if n else [], dtype=np.int64) for n in steps]
    halves = [np.array(free[:cut], dtype=np.int64) for cut in (len(free) // 2,)]
    unique = {tuple(sorted(one.tolist())): one for one in (*tries, *halves)}
    return list(unique.values())[:_TRIES]


def _away_from(standing: Standing, spots_m: NDArray[np.float64], stays: Rows) -> Answer | None:
    """Choose again where the ground around some spots is closed, but for sites that stay."""
    apart_m = facts.number("siting.alternative_apart_m")
    core_rows = standing.options.tsp
    barred = core_rows[_near(_at(standing, core_rows), spots_m, apart_m)]
    forced = standing.wanted[Tier.TSP].forced
    barred = np.setdiff1d(barred, np.concatenate([forced, stays, standing.hospital]))
    return standing.answer(barred=barred)


def _at(standing: Standing, rows: Rows) -> NDArray[np.float64]:
    """Eastings and northings in metres. Shape ``(n, 2)``."""
    structures = standing.case.town.structures
    return np.column_stack([structures.x_m[rows], structures.y_m[rows]])


def _near(
    points_m: NDArray[np.float64], spots_m: NDArray[np.float64], apart_m: float
) -> NDArray[np.bool_]:
    """Find the points near any spot. Shape ``(n_points,)``."""
    near = np.zeros(len(points_m), dtype=np.bool_)
    for spot in spots_m:
        near |= np.hypot(*(points_m - spot).T) < apart_m
    return near


def _is_elsewhere(standing: Standing, rows: Rows, others: Rows) -> NDArray[np.bool_]:
    """Find the sites that have none of the others near. Shape ``(n,)``."""
    apart_m = facts.number("siting.alternative_apart_m")
    return ~_near(_at(standing, rows), _at(standing, others), apart_m)


def _described(standing: Standing, answer: Answer) -> Alternative:
    """Put an answer into the plan's words."""
    ids = standing.case.town.structures.id
    tiers = (
        (Tier.TSP, answer.tsp, standing.tsp),
        (Tier.FIELD_HOSPITAL, answer.hospital, standing.hospital),
    )
    sites = tuple(
        OtherSite(
            tier=tier, structure=int(row), structure_id=str(ids[row]), is_elsewhere=bool(away)
        )
        for tier, rows, now in tiers
        for row, away in zip(rows, _is_elsewhere(standing, rows, now), strict=True)
    )
    return Alternative(
        sites=sites,
        people=answer.people,
        people_fewer=standing.people - answer.people,
        gap_share=(standing.bound - answer.people) / answer.people,
        n_elsewhere=sum(site.is_elsewhere for site in sites),
    )

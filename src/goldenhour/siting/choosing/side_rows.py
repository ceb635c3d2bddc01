# SPDX-License-Identifier: Apache-2.0
"""The rules of a question, as the model takes them: distances, costs, zones."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from goldenhour.base.errors import BadQuestionError, NoPlanError
from goldenhour.base.grades import Tier
from goldenhour.siting.asking.question import Aim, Question
from goldenhour.siting.asking.wishes import Wishes
from goldenhour.siting.choosing.options import Homes, Options
from goldenhour.siting.models.side_rules import Rules
from goldenhour.town.town import Town

Rows = NDArray[np.int64]


def side_rules(
    town: Town,
    question: Question,
    wanted: dict[Tier, Wishes],
    options: Options,
    homes: Homes,
) -> Rules:
    """
    Put a question's rules into arrays over the options.

    Parameters
    ----------
    town
        Where structures stand.
    question
        Its rules.
    wanted
        Who must be chosen, and what is there already, by tier.
    options
        Candidates that are examined.
    homes
        Where people are.

    Returns
    -------
    rules
        For ``chain_ruled``.
    """
    has_budget = question.has_budget
    tsp, hospital = wanted[Tier.TSP], wanted[Tier.FIELD_HOSPITAL]
    return Rules(
        apart=_too_near(town, question.spacing_m, options.tsp, tsp.existing),
        site_cost=costs(town, question, tsp, options.tsp) if has_budget else None,
        hospital_cost=costs(town, question, hospital, options.hospital) if has_budget else None,
        budget=question.budget,
        at_most=has_budget,
        backup_share=question.backup_share,
        zone=zones(town, homes, question.zones) if question.aim is Aim.WORST_ZONE else None,
    )


def costs(town: Town, question: Question, wish: Wishes, rows: Rows) -> NDArray[np.float64]:
    """
    Look up what a site in each structure costs; what is there already costs nothing.

    Parameters
    ----------
    town
        Ids of structures.
    question
        Its costs.
    wish
        One tier.
    rows
        Structure rows. Shape ``(n,)``.

    Returns
    -------
    cost
        In the budget's money. Shape ``(n,)``.
    """
    usual = question.costs.tsp if wish.tier is Tier.TSP else question.costs.field_hospital
    special = question.costs.structure
    cost = [special.get(str(town.structures.id[row]), usual) for row in rows]
    return np.where(np.isin(rows, wish.existing), 0.0, np.array(cost, dtype=np.float64))


def require_room(town: Town, question: Question, wanted: dict[Tier, Wishes]) -> None:
    """
    Refuse what is forced against the distance or the budget, by name.

    Parameters
    ----------
    town
        Where structures stand.
    question
        Its rules.
    wanted
        Who must be chosen, by tier.

    Raises
    ------
    BadQuestionError
        If a cost is given for a structure that is not there.
    NoPlanError
        If two forced points stand too near, or all that is forced costs too much.
    """
    ids = town.structures.id
    if strange := sorted(set(question.costs.structure) - {str(key) for key in ids}):
        raise BadQuestionError(
            f"There is no structure '{strange[0]}' in the town.",
            where="[question.costs.structure]",
            do="Use an id as the map and plan.json show it.",
            code="GH432",
        )
    tsp = wanted[Tier.TSP]
    pairs = _too_near(town, question.spacing_m, tsp.forced, tsp.existing)
    for a, b in pairs[:1]:
        raise NoPlanError(
            f"'{ids[tsp.forced[a]]}' and '{ids[tsp.forced[b]]}' must both be sites, but lie less "
            f"than {question.spacing_m:g} m apart.",
            where="[question] spacing_m, forced",
            do="Force one of the two, or allow a shorter distance.",
            code="GH431",
        )
    needed = sum(float(costs(town, question, wish, wish.forced).sum()) for wish in wanted.values())
    if needed > question.budget:
        raise NoPlanError(
            f"What is forced costs {needed:,.0f}, and the budget is {question.budget:,.0f}.",
            where="[question] budget, forced",
            do="Raise the budget, or force less.",
            code="GH431",
        )


def _too_near(town: Town, spacing_m: float, rows: Rows, existing: Rows) -> NDArray[np.int32]:
    """Pairs of rows that lie nearer than allowed; two that are there already may."""
    if not spacing_m or len(rows) < 2:  # noqa: PLR2004 - a pair
        return np.zeros((0, 2), dtype=np.int32)
    spots = np.column_stack([town.structures.x_m[rows], town.structures.y_m[rows]])
    pairs = cKDTree(spots).query_pairs(spacing_m, output_type="ndarray")
    away_m = np.linalg.norm(spots[pairs[:, 0]] - spots[pairs[:, 1]], axis=1)
    stands = np.isin(rows, existing)
    keep = (away_m < spacing_m) & ~(stands[pairs[:, 0]] & stands[pairs[:, 1]])
    pairs = pairs[keep]
    ordered: NDArray[np.int32] = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))].astype(np.int32)
    return ordered


def zones(town: Town, homes: Homes, n: int) -> NDArray[np.int32]:
    """
    Cut the town into parts with as many people each, always across the longer side.

    Parameters
    ----------
    town
        Where structures stand.
    homes
        Where people are.
    n
        Number of parts.

    Returns
    -------
    zone
        Of each home; fewer parts where homes are fewer. Shape ``(n_homes,)``, int32.
    """
    x_m, y_m = town.structures.x_m[homes.row], town.structures.y_m[homes.row]
    zone = np.zeros(len(homes.row), dtype=np.int32)
    parts: list[tuple[Rows, int]] = [(np.arange(len(homes.row)), n)]
    number = 0
    while parts:
        inside, n_here = parts.pop()
        if n_here == 1 or len(inside) < 2:  # noqa: PLR2004 - nothing to cut
            zone[inside] = number
            number += bool(len(inside))
            continue
        wide = np.ptp(x_m[inside]) >= np.ptp(y_m[inside])
        order = inside[np.argsort((x_m if wide else y_m)[inside], kind="stable")]
        counted = np.cumsum(homes.people[order])
        first = n_here // 2
        at = int(np.searchsorted(counted, counted[-1] * first / n_here)) + 1
        at = min(max(at, 1), len(order) - 1)
        parts += [(order[at:], n_here - first), (order[:at], first)]
    return zone

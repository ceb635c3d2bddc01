# SPDX-License-Identifier: Apache-2.0
"""
Neighbouring structures that are too small alone and run as one.

The largest stands for the group: siting sees it with the joined floor area, and with the worst
verdict that any part has on every other rule.
"""

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.grades import Verdict
from goldenhour.siting.kernels import joined as kernel
from goldenhour.siting.said import Said
from goldenhour.siting.screening.requirements import DANGERS, RULES, Requirements
from goldenhour.siting.screening.surroundings import NO_STREET
from goldenhour.siting.screening.table import TierScreening
from goldenhour.siting.screening.verdicts import Case, floor_area_m2
from goldenhour.town.town import Objects, Town

Rows = NDArray[np.int64]
_AREA, _ALONE = RULES.index("floor-area"), -1


def join(case: Case, asked: Requirements, table: NDArray[np.int8]) -> NDArray[np.int32]:
    """
    Join structures that are too small alone, stand close and share a street.

    A group of which any part is refused is none.

    Parameters
    ----------
    case
        What is known.
    asked
        What the tier asks for.
    table
        ``Verdict`` numbers of each structure alone. Shape ``(n_structures, n_rules)``, int8.

    Returns
    -------
    group
        The structure that stands for each one, itself if it is not joined. Shape
        ``(n_structures,)``, int32.
    """
    group = np.arange(case.town.structures.n, dtype=np.int32)
    area_m2, _ = floor_area_m2(case.town, case.picture)
    street = case.ways.any_day.street
    rows = np.flatnonzero(_may_join(table) & (area_m2 > 0) & (street != NO_STREET))
    most = int(facts.number("requirements.joined_most"))
    if not len(rows) or area_m2[rows].max() * most < asked.floor_area_m2:
        return group
    start, near = _touching(case.around.body[rows], street[rows])
    head = kernel.grow(start, near, area_m2[rows], asked.floor_area_m2, most)
    head[np.isin(head, head[_in_danger(table[rows])])] = _ALONE
    is_joined = head != _ALONE
    group[rows[is_joined]] = rows[head[is_joined]]
    return group


def worst_of_parts(table: NDArray[np.int8], group: NDArray[np.int32]) -> NDArray[np.int8]:
    """
    Give each structure that stands for others the worst verdict of its parts, and enough area.

    Parameters
    ----------
    table
        ``Verdict`` numbers of each structure alone. Shape ``(n_structures, n_rules)``, int8.
    group
        The structure that stands for each one. Shape ``(n_structures,)``, int32.

    Returns
    -------
    table
        The same table otherwise. Shape ``(n_structures, n_rules)``, int8.
    """
    parts = np.flatnonzero(group != np.arange(len(group)))
    heads = group[parts]
    worst = table.copy()
    # No part is refused, so the worst is UNKNOWN, which is the least number.
    np.minimum.at(worst, heads, table[parts])
    worst[heads, _AREA] = Verdict.FIT
    return worst


def joined_area_m2(screening: TierScreening, area_m2: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Add up the floor area of what each structure stands for.

    Parameters
    ----------
    screening
        One tier's verdicts.
    area_m2
        Floor area of each structure alone in square metres, NaN if unknown. Shape
        ``(n_structures,)``.

    Returns
    -------
    area_m2
        Square metres; a part that another stands for keeps its own. Shape ``(n_structures,)``.
    """
    total_m2 = area_m2.copy()
    alone = np.arange(len(area_m2))
    heads = stands_for(screening, alone)
    parts = np.flatnonzero(heads != alone)
    np.add.at(total_m2, heads[parts], area_m2[parts])
    return total_m2


def stands_for(screening: TierScreening, rows: Rows) -> Rows:
    """
    Look up which structure stands for each of some.

    Parameters
    ----------
    screening
        One tier's verdicts.
    rows
        Structure rows. Shape ``(n,)``.

    Returns
    -------
    rows
        Themselves, or the largest of those they are joined with. Shape ``(n,)``.
    """
    return screening.group[rows].astype(np.int64) if len(screening.group) else rows


def joined_id(town: Town, screening: TierScreening, row: int) -> str:
    """
    Name a structure with those joined to it.

    Parameters
    ----------
    town
        The town.
    screening
        One tier's verdicts.
    row
        Structure row.

    Returns
    -------
    id
        Its own id, or ids in order, such as ``"w1+w2"``.
    """
    return "+".join(sorted(str(town.structures.id[part]) for part in screening.parts(row)))


def joined_said(
    town: Town, screening: TierScreening, row: int, area_m2: NDArray[np.float64]
) -> tuple[Said, ...]:
    """
    Say with what a structure is joined.

    Parameters
    ----------
    town
        The town.
    screening
        One tier's verdicts.
    row
        Structure row.
    area_m2
        Floor area of each structure alone in square metres. Shape ``(n_structures,)``.

    Returns
    -------
    said
        One sentence, or none.
    """
    parts = screening.parts(row)
    if len(parts) == 1:
        return ()
    others = ", ".join(str(town.structures.id[part]) for part in parts[1:])
    total_m2 = float(area_m2[list(parts)].sum())
    values = (("structures", others), ("area", f"{total_m2:,.0f}"))
    return (Said(code="siting.joined-with", values=values),)


def _may_join(table: NDArray[np.int8]) -> NDArray[np.bool_]:
    """
    Find what only its floor area refuses, dangers aside.

    Who is joined with whom must not hang on dangers: else a report of one could break a group up
    and so make a candidate of another.
    """
    refused = table == Verdict.UNFIT
    others: NDArray[np.bool_] = refused & ~_columns(DANGERS | {"floor-area"})
    found: NDArray[np.bool_] = refused[:, _AREA] & ~others.any(axis=1)
    return found


def _in_danger(table: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Find what a danger refuses."""
    found: NDArray[np.bool_] = ((table == Verdict.UNFIT) & _columns(DANGERS)).any(axis=1)
    return found


def _columns(rules: frozenset[str]) -> NDArray[np.bool_]:
    """Mark the columns of some rules."""
    return np.array([rule in rules for rule in RULES], dtype=np.bool_)


def _touching(body: Objects, street: Rows) -> tuple[Rows, Rows]:
    """List, as compressed rows, who stands close to whom on the same street."""
    gap_m = facts.number("requirements.joined_gap_m")
    one, other = shapely.STRtree(body).query(body, predicate="dwithin", distance=gap_m)
    kept = (one != other) & (street[one] == street[other])
    one, other = one[kept], other[kept]
    order = np.lexsort((other, one))
    start = np.zeros(len(body) + 1, dtype=np.int64)
    np.cumsum(np.bincount(one, minlength=len(body)), out=start[1:])
    return start, other[order].astype(np.int64)

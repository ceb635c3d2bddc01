# SPDX-License-Identifier: Apache-2.0
"""Care that is there already and known to work: it counts beside the sites that are asked for."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from goldenhour.base import facts
from goldenhour.base.grades import Tier, Verdict
from goldenhour.picture.belief import CarePoint, Picture
from goldenhour.siting.asking.question import Question
from goldenhour.siting.said import Said
from goldenhour.siting.screening.requirements import SITED_TIERS
from goldenhour.town.town import Town

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Existing:
    """
    Structures in which care works already, by tier.

    Parameters
    ----------
    rows
        Structure rows of each tier, ascending.
    notes
        What the planner must be told of care that counts, and of care that does not.
    """

    rows: dict[Tier, Rows]
    notes: tuple[Said, ...]

    def of(self, tier: Tier) -> Rows:
        """
        Look one tier up.

        Parameters
        ----------
        tier
            The tier.

        Returns
        -------
        rows
            Structure rows. Shape ``(n,)``.
        """
        return self.rows.get(tier, np.zeros(0, dtype=np.int64))


def existing_care(
    town: Town, picture: Picture, question: Question, *, attached: NDArray[np.bool_]
) -> Existing:
    """
    Find stabilisation points and field hospitals that are known to work.

    Unknown never counts: the newest word must say that it works, and must not have expired.

    Parameters
    ----------
    town
        The town.
    picture
        Care that is said to exist.
    question
        Whether existing care counts at all.
    attached
        True where a structure joins an open street. Shape ``(n_structures,)``, bool.

    Returns
    -------
    existing
        A structure in two tiers counts as the first of them only.
    """
    none: dict[Tier, Rows] = {tier: np.zeros(0, dtype=np.int64) for tier in SITED_TIERS}
    if not question.use_existing or not town.structures.n:
        return Existing(rows=none, notes=())
    taken: set[int] = set()
    found: dict[Tier, list[int]] = {tier: [] for tier in SITED_TIERS}
    names: list[str] = []
    notes: list[Said] = []
    for point, row in _placed(town, picture):
        if _is_forbidden(town, question, point, row):
            continue
        if code := _refused(point, row, attached):
            notes.append(Said(code=code, values=(("name", point.facility),)))
        elif point.tier is not None and row not in taken:
            taken.add(row)
            found[point.tier].append(row)
            names.append(point.facility)
    if names:
        values = (("n", str(len(names))), ("names", ", ".join(names)))
        notes.insert(0, Said(code="demand.existing-counted", values=values))
    rows = {tier: np.array(sorted(some), dtype=np.int64) for tier, some in found.items()}
    return Existing(rows=rows, notes=tuple(notes))


def _placed(town: Town, picture: Picture) -> Iterator[tuple[CarePoint, int]]:
    """Put care of the sited tiers into its nearest structure, -1 if none is near."""
    points = [
        point
        for point in picture.care
        if point.tier in SITED_TIERS and point.functioning is not Verdict.UNFIT
    ]
    if not points:
        return
    tree = cKDTree(np.column_stack([town.structures.x_m, town.structures.y_m]))
    away_m, row = tree.query([[point.x_m, point.y_m] for point in points])
    near_m = facts.number("demand.care_on_structure_m")
    for point, away, at in zip(points, away_m, row, strict=True):
        yield point, int(at) if away <= near_m else -1


def _is_forbidden(town: Town, question: Question, point: CarePoint, row: int) -> bool:
    """Whether the question does not want this care."""
    key = str(town.structures.id[row]) if row >= 0 else ""
    return bool({key, f"{point.tier}={key}"} & set(question.forbidden))


def _refused(point: CarePoint, row: int, attached: NDArray[np.bool_]) -> str:
    """Why care does not count; empty if it does."""
    if point.functioning is not Verdict.FIT:
        return "demand.existing-unknown"
    if row < 0:
        return "demand.existing-not-on-structure"
    return "" if attached[row] else "demand.existing-off-street"

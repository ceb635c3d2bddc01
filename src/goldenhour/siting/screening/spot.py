# SPDX-License-Identifier: Apache-2.0
"""One structure under one rule, and the words that reasons share."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from goldenhour.base.grades import Verdict
from goldenhour.picture.belief import HazardArea
from goldenhour.siting.said import Said
from goldenhour.siting.screening.requirements import Requirements
from goldenhour.siting.screening.table import TierScreening
from goldenhour.siting.screening.verdicts import Case

Told = tuple[Said, tuple[int, ...]] | None
"""A sentence and the reports behind it; None leaves it to the rule's own sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """
    One structure under one rule.

    Parameters
    ----------
    case
        What is known.
    screening
        Verdicts of the tier.
    row
        Structure row.
    rule
        The rule.
    verdict
        What the rule answered.
    """

    case: Case
    screening: TierScreening
    row: int
    rule: str
    verdict: Verdict

    @property
    def asked(self) -> Requirements:
        """What the tier asks for."""
        return self.screening.requirements

    @property
    def body(self) -> BaseGeometry:
        """The structure's outline, or point."""
        body: BaseGeometry = self.case.around.body[self.row]
        return body

    @property
    def is_unfit(self) -> bool:
        """True if the rule refuses it."""
        return self.verdict is Verdict.UNFIT

    @property
    def is_unknown(self) -> bool:
        """True if nobody knows."""
        return self.verdict is Verdict.UNKNOWN

    def heard(self, report: int) -> tuple[tuple[str, str], ...]:
        """
        Say who reported something, and when it was seen.

        Parameters
        ----------
        report
            Position in ``Picture.reports``.

        Returns
        -------
        values
            ``source`` and ``date``; ``"-"`` if the report is not at hand.
        """
        known = self.case.picture.reports
        if report >= len(known):
            return (("source", "-"), ("date", "-"))
        entry = known[report]
        return (("source", entry.source.name), ("date", f"{entry.seen_to:%Y-%m-%d}"))

    def nearest(self, areas: Sequence[HazardArea]) -> tuple[HazardArea, float] | None:
        """
        Find the nearest of some hazard areas.

        Parameters
        ----------
        areas
            Hazard areas.

        Returns
        -------
        area, distance
            Of two as near the one reported first; metres from the outline. None if there is none.
        """
        if not areas:
            return None
        away_m = shapely.distance([area.shape for area in areas], self.body)
        at = int(np.argmin(away_m))
        return areas[at], float(away_m[at])


def metres(value_m: float) -> str:
    """
    Write a distance so that it never looks safer than it is.

    Parameters
    ----------
    value_m
        Metres.

    Returns
    -------
    text
        Whole metres, rounded down.
    """
    return f"{np.floor(value_m + 1e-6):,.0f}"


def plain(value: float) -> str:
    """
    Write a number without needless digits.

    Parameters
    ----------
    value
        Any number.

    Returns
    -------
    text
        Such as ``"3.5"`` or ``"1,000"``.
    """
    return f"{value:,.10g}"

# SPDX-License-Identifier: Apache-2.0
"""Who joins no street that is open today, and why."""

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.grades import Mode
from goldenhour.times import modes
from goldenhour.times.access import Landing, land
from goldenhour.town.town import Barriers, Town


class WhyUnattached(IntEnum):
    """Why a structure joins no open street."""

    CLOSED = 0
    ACROSS_BARRIER = 1
    SCRAP = 2
    TOO_FAR = 3

    @property
    def code(self) -> str:
        """Code of the sentence that says it, such as ``"times.unattached-too-far"``."""
        return f"times.unattached-{self.name.lower().replace('_', '-')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unattached:
    """
    Structures that join no street open today.

    Parameters
    ----------
    row
        Structure rows, ascending. Shape ``(n,)``, int64.
    why
        ``WhyUnattached`` numbers. Shape ``(n,)``, int8.
    """

    row: NDArray[np.int64]
    why: NDArray[np.int8]

    @property
    def n(self) -> int:
        """How many there are."""
        return len(self.row)

    def n_because(self, reason: WhyUnattached) -> int:
        """
        Count those with one reason.

        Parameters
        ----------
        reason
            The reason.

        Returns
        -------
        n
            Number of structures.
        """
        return int(np.count_nonzero(self.why == reason))


def unattached(town: Town, landing: Landing, is_attached: NDArray[np.bool_]) -> Unattached:
    """
    Find out why structures join no street.

    Where the nearest streets are closed today nobody looks past them for others (see ``Landing``):
    such a structure is listed as closed in.

    Parameters
    ----------
    town
        The town.
    landing
        Where all structures step onto streets. Shape ``(n_structures, k)``.
    is_attached
        True for those that join an open street. Shape ``(n_structures,)``.

    Returns
    -------
    unattached
        Every structure that joins none, with its reason.
    """
    row = np.flatnonzero(~is_attached)
    why = np.full(len(row), WhyUnattached.CLOSED, dtype=np.int8)
    lost = np.flatnonzero(landing.edge[row, 0] < 0)
    if len(lost):
        x_m, y_m = town.structures.x_m[row[lost]], town.structures.y_m[row[lost]]
        why[lost] = np.where(
            _joins(town, x_m, y_m),
            WhyUnattached.SCRAP,
            np.where(
                _joins(_without_barriers(town), x_m, y_m),
                WhyUnattached.ACROSS_BARRIER,
                WhyUnattached.TOO_FAR,
            ),
        )
    return Unattached(row=row, why=why)


def _joins(town: Town, x_m: NDArray[np.float64], y_m: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which points come to any way at all, a bridge or a scrap of street included."""
    usable = modes.is_allowed(town.streets, mode=Mode.STRETCHER)
    return np.asarray(land(town, x_m, y_m, usable=usable, n_streets=1).edge[:, 0] >= 0)


def _without_barriers(town: Town) -> Town:
    """Take water and walls away."""
    none = np.zeros(0, dtype=np.object_)
    return replace(town, barriers=Barriers(name=none, kind=none, shape=none))

# SPDX-License-Identifier: Apache-2.0
"""
The closed-form cut of two tiers: planes above what open sites with open hospitals serve.

What is served of a group is concave in the fractions of open sites and hospitals: the maximum flow
from the sites that cover it to the hospitals that they reach. Its slope at any point is a plane
above it for every choice (Benders cuts; Cordeau, Furini and Ljubić 2019). Cutting every lane for
itself, as in Töreyen (2007), counts a hospital once for each of a group's sites; the flow counts it
once, which makes the program much tighter. One tier is the case without hospitals.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.engine.problem import Floats
from goldenhour.siting.kernels import chain_cuts as kernel
from goldenhour.siting.kernels.chain_cuts import Entries, Lanes
from goldenhour.siting.linear_rows import LinearRows


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """
    What a group is worth by the number of its lanes that are open: one, or two and more.

    Parameters
    ----------
    backup_share
        What a second lane adds, a share of what the first is worth, 0 to 1.
    """

    backup_share: float = 0.0

    @property
    def full(self) -> float:
        """Worth of a group with as many lanes as count."""
        return 1.0 + self.backup_share

    @property
    def parts(self) -> tuple[tuple[float, float], ...]:
        """What a lane is worth and how many count: parts that add up to the worth of a group."""
        parts = ((1.0 - self.backup_share, 1.0), (self.backup_share, 2.0))
        return tuple(part for part in parts if part[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Planes:
    """
    Planes ``constant + of_site @ x + of_hospital @ z`` above what is served.

    Parameters
    ----------
    of_site
        Shape ``(n_planes, n_sites)``.
    of_hospital
        Shape ``(n_planes, n_hospitals)``.
    constant
        Shape ``(n_planes,)``.
    """

    of_site: Floats
    of_hospital: Floats
    constant: Floats

    def rows(self, columns: NDArray[np.int64], n_columns: int, value: Floats) -> LinearRows:
        """
        Write the planes that a point is above as rows ``served - slope <= constant``.

        Sites come first among the columns, then hospitals.

        Parameters
        ----------
        columns
            Column that holds what each plane is above. Shape ``(n_planes,)``.
        n_columns
            Number of columns.
        value
            Column values. Shape ``(n_columns,)``.

        Returns
        -------
        rows
            Those that are broken.
        """
        slope = np.hstack([self.of_site, self.of_hospital])
        over = value[columns] - slope @ value[: slope.shape[1]] - self.constant
        broken = np.flatnonzero(over > _BROKEN * np.maximum(1.0, np.abs(self.constant)))
        table = np.zeros((len(broken), n_columns))
        table[:, : slope.shape[1]] = -slope[broken]
        table[np.arange(len(broken)), columns[broken]] = 1.0
        return LinearRows.from_dense(table, self.constant[broken])


_BROKEN = 1e-10


def planes(
    lanes: Lanes, entries: Entries, x: Floats, z: Floats, *, n_planes: int, worth: Worth
) -> Planes:
    """
    Touch what is served at a point.

    Parameters
    ----------
    lanes
        Groups, their sites and the hospitals of these.
    entries
        Plane and weight of each group, or of each of its worlds.
    x
        Fractions of open sites. Shape ``(n_sites,)``.
    z
        Fractions of open hospitals. Shape ``(n_hospitals,)``.
    n_planes
        Number of planes: clusters, or worlds times clusters.
    worth
        What a second lane adds.

    Returns
    -------
    planes
        Valid for every choice, exact at the point.
    """
    touching = Planes(
        of_site=np.zeros((n_planes, len(x))),
        of_hospital=np.zeros((n_planes, len(z))),
        constant=np.zeros(n_planes),
    )
    target = (touching.of_site, touching.of_hospital, touching.constant)
    for part in worth.parts:
        is_open, side = kernel.sides(lanes, x, z, part[1])
        kernel.add_planes(lanes, entries, is_open, side, part, target)
    return touching

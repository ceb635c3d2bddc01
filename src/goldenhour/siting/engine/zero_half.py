# SPDX-License-Identifier: Apache-2.0
"""
Zero-half cuts on the coverage of three groups, in closed form within the planes of the master.

The cuts are never rows of their own: each plane gives a part of the groups' weight to the cuts that
a point breaks most, and the rest to the groups themselves. So the program stays as small as before.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.kernels import zero_half as kernel
from goldenhour.siting.kernels.cover import Table, cover_at, merge_rows, sum_by, take_rows, turn
from goldenhour.siting.kernels.zero_half import Patterns

Floats = NDArray[np.float64]
_LEAST = 0.1
_MOST_PAIRS = 15_000
_MOST_FOUND = 6_000
_MOST_KEPT, _TIDIED = 16_000, 10_000
_TOGETHER = 3  # clusters that one plane may span


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """
    What one plane a joint cluster takes from the cuts.

    Parameters
    ----------
    joint
        Joint cluster of each cluster, numbered from 0. Shape ``(n_clusters,)``, int32.
    left
        Weight of each group that no cut took. Shape ``(n_groups,)``.
    constant
        What the cuts add to each plane. Shape ``(n_joint,)``.
    threes
        Groups of the cuts. Shape ``(n_threes, 3)``, int32.
    part
        Weight given to each. Shape ``(n_threes,)``.
    """

    joint: NDArray[np.int32]
    left: Floats
    constant: Floats
    threes: NDArray[np.int32]
    part: Floats


class ZeroHalf:
    """
    Cuts found so far for one table.

    Parameters
    ----------
    table
        Sites, groups and weights.
    cluster
        Cluster of each group. Shape ``(n_groups,)``, int32.
    n_clusters
        Number of clusters.
    """

    def __init__(self, table: Table, cluster: NDArray[np.int32], n_clusters: int) -> None:
        self._table, self._cluster, self._n_clusters = table, cluster, n_clusters
        self._threes: NDArray[np.int32] = np.zeros((0, 3), dtype=np.int32)

    def inherit(self, other: "ZeroHalf", group: NDArray[np.int32]) -> None:
        """
        Take over cuts that were found before groups merged.

        Parameters
        ----------
        other
            Of the larger table.
        group
            New group of each of its groups, -1 where none. Shape ``(n_groups_before,)``.
        """
        threes = np.sort(group[other._threes], axis=1)  # noqa: SLF001 - of the same class
        apart = (threes[:, 0] >= 0) & (np.diff(threes, axis=1) > 0).all(axis=1)
        self._threes = np.unique(threes[apart], axis=0)

    def find(self, usable: Floats) -> int:
        """
        Look for cuts that a point breaks.

        Parameters
        ----------
        usable
            Fractions in which sites are open and count. Shape ``(n_sites,)``.

        Returns
        -------
        n_found
            New and known ones.
        """
        cover = cover_at(self._table, usable)
        patterns, start, group = self._patterns(usable, cover)
        threes, gain = kernel.find(patterns, usable, _LEAST, _MOST_PAIRS, _MOST_FOUND)
        heaviest = threes[np.argsort(-gain, kind="stable")]
        found = kernel.into_groups(heaviest, start, group, self._table.weight, _MOST_FOUND)
        known = np.concatenate([self._threes, np.sort(found, axis=1)])
        self._threes = np.unique(known, axis=0)
        if len(self._threes) > _MOST_KEPT:
            over = kernel.broken(self._table, self._threes, usable, cover)
            self._threes = self._threes[np.sort(np.argsort(-over, kind="stable")[:_TIDIED])]
        return len(found)

    def _patterns(
        self, usable: Floats, cover: Floats
    ) -> tuple[Patterns, NDArray[np.int64], NDArray[np.int32]]:
        """Merge groups that look the same at a point; which groups each pattern stands for."""
        start, site = kernel.support(self._table, usable, cover)
        of_group, first = merge_rows(start, site, 1)
        held = np.flatnonzero(of_group >= 0).astype(np.int32)
        pattern_start, pattern_site = take_rows(start, site, first)
        site_start, site_pattern = turn(pattern_start, pattern_site, len(usable))
        patterns = Patterns(
            pattern_start,
            pattern_site,
            site_start,
            site_pattern,
            sum_by(of_group, self._table.weight, len(first)),
            cover[first],
        )
        own = np.arange(len(held) + 1, dtype=np.int64)
        groups_start, at = turn(own, of_group[held], len(first))
        return patterns, groups_start, held[at]

    def pack(self, usable: Floats, cover: Floats) -> Packed | None:
        """
        Give weight to the cuts that a point breaks, the most broken first.

        Parameters
        ----------
        usable
            Fractions in which sites are open and count. Shape ``(n_sites,)``.
        cover
            Their sum over each group. Shape ``(n_groups,)``.

        Returns
        -------
        packed
            None if no known cut is broken.
        """
        over = kernel.broken(self._table, self._threes, usable, cover)
        order = np.argsort(-over, kind="stable")
        if not len(order) or over[order[0]] <= 0:
            return None
        joint = kernel.join_clusters(
            self._threes, order, over, self._cluster, self._n_clusters, _TOGETHER
        )
        _, numbered = np.unique(joint, return_inverse=True)
        joint = numbered.astype(np.int32)
        of_group = joint[self._cluster]
        part, left = kernel.pack(self._threes, order, over, of_group, self._table.weight)
        used = part > 0
        threes = self._threes[used]
        return Packed(
            joint=joint,
            left=left,
            constant=np.bincount(
                of_group[threes[:, 0]], weights=part[used], minlength=int(joint.max()) + 1
            ).astype(np.float64),
            threes=threes,
            part=part[used],
        )

    def add_slopes(self, packed: Packed, slope: Floats) -> None:
        """
        Add what the cuts rise by with each site.

        Parameters
        ----------
        packed
            From ``pack``.
        slope
            Added to. Shape ``(n_joint, n_sites)``.
        """
        of_group = packed.joint[self._cluster]
        kernel.add_slopes(self._table, packed.threes, packed.part, of_group, slope)

# SPDX-License-Identifier: Apache-2.0
"""Demand that streams in, summed by the sites that cover it, never stored."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from goldenhour.base.errors import InputError
from goldenhour.siting.kernels import masks as kernel
from goldenhour.siting.kernels.cover import compress
from goldenhour.siting.plain.cover import Covers, DemandRows, as_rows
from goldenhour.siting.plain.inputs import require_people

_WORD = 64
_FIRST_ROOM = 4096


class MergedDemand:
    """
    Demand with the same covering sites, summed as it comes in.

    Every choice covers all of it or none, so that nothing is lost: ``mclp(merged.cover,
    merged.people, k)`` gives what ``mclp`` would give for all the demand at once. The sites as bits
    are the key (Cordeau, Furini and Ljubić 2019 merge in the same way), so that no two covers are
    ever taken for the same.

    Parameters
    ----------
    n_sites
        Number of sites.
    """

    def __init__(self, n_sites: int) -> None:
        self.n_sites = n_sites
        self.n_demand = 0
        self._n_words = max(1, -(-n_sites // _WORD))
        self._n = 0
        self._keys = np.zeros((_FIRST_ROOM, self._n_words), dtype=np.uint64)
        self._total = np.zeros(_FIRST_ROOM)
        self._table = kernel.index(self._keys, 0, 2 * _FIRST_ROOM)

    def add(self, cover: Covers, people: ArrayLike) -> None:
        """
        Take in a part of the demand.

        Parameters
        ----------
        cover
            Which demand each site covers: dense or sparse, shape ``(n_some, n_sites)``.
        people
            People of each demand. Shape ``(n_some,)``, all ``>= 0``.

        Raises
        ------
        InputError
            If people are negative or not a number, or the shapes do not meet.
        """
        counted = require_people(people)
        rows = as_rows(cover, len(counted))
        if rows.n_sites != self.n_sites:
            raise InputError(
                f"{self.n_sites} sites before, {rows.n_sites} now.", where="cover", code="GH121"
            )
        self._sum(kernel.of_rows(rows.start, rows.site, self._n_words), counted)

    def add_masks(self, mask: NDArray[np.uint64], people: ArrayLike) -> None:
        """
        Take in a part of the demand whose covering sites are bits.

        Parameters
        ----------
        mask
            Bit ``j % 64`` of word ``j // 64`` is set where site ``j`` covers. Shape
            ``(n_some, n_words)``, uint64, with as many words of 64 as hold all sites.
        people
            People of each demand. Shape ``(n_some,)``, all ``>= 0``.

        Raises
        ------
        InputError
            If people are negative or not a number, the shapes do not meet, or a bit stands for no
            site.
        """
        counted, bits = require_people(people), np.ascontiguousarray(mask, dtype=np.uint64)
        if bits.shape != (len(counted), self._n_words):
            raise InputError(
                f"{len(counted)} demands need masks of {self._n_words} words, not {bits.shape}.",
                where="mask",
                code="GH121",
            )
        beyond = self.n_sites - _WORD * (self._n_words - 1)
        if beyond < _WORD and len(bits) and int(bits[:, -1].max()) >> beyond:
            raise InputError("A bit of the mask stands for no site.", where="mask", code="GH121")
        self._sum(bits, counted)

    def _sum(self, bits: NDArray[np.uint64], people: NDArray[np.float64]) -> None:
        """Sum by key; make more room when there is none."""
        self.n_demand += len(people)
        row = 0
        while row < len(people):
            row, self._n = kernel.add(
                bits, people, row, self._table, self._keys, self._total, self._n
            )
            if self._n == len(self._keys):
                self._keys = np.concatenate([self._keys, np.zeros_like(self._keys)])
                self._total = np.concatenate([self._total, np.zeros_like(self._total)])
                self._table = kernel.index(self._keys, self._n, 2 * len(self._keys))

    @property
    def cover(self) -> DemandRows:
        """One row for each different cover, in the order in which they came."""
        start, site = compress(kernel.to_table(self._keys[: self._n], self.n_sites))
        return DemandRows(start=start, site=site, n_sites=self.n_sites)

    @property
    def people(self) -> NDArray[np.float64]:
        """People of each row of ``cover``. Shape ``(n_rows,)``."""
        return self._total[: self._n].copy()

# SPDX-License-Identifier: Apache-2.0
"""How long each demand needs to each site, taken from a table or a sparse array: nearest first."""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from goldenhour.base.errors import InputError
from goldenhour.siting.kernels.p_median import sort_rows

_TABLE = 2  # dimensions


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """
    How long each demand needs to each site that it reaches: one row a demand, nearest first.

    Parameters
    ----------
    start
        Shape ``(n_demand + 1,)``, int64.
    site
        Sites, nearest first within a row, the lower of equals first. Shape ``(n_pairs,)``, int32.
    time_s
        Seconds, or whatever is to be made least. Shape ``(n_pairs,)``.
    n_sites
        Number of sites.
    """

    start: NDArray[np.int64]
    site: NDArray[np.int32]
    time_s: NDArray[np.float64]
    n_sites: int

    @property
    def n_demand(self) -> int:
        """Number of demands."""
        return len(self.start) - 1

    @property
    def demand(self) -> NDArray[np.int32]:
        """Demand of each pair. Shape ``(n_pairs,)``, int32."""
        return np.repeat(np.arange(self.n_demand, dtype=np.int32), np.diff(self.start))

    def only(self, pairs: NDArray[np.bool_]) -> "Times":
        """
        Keep some of the pairs.

        Parameters
        ----------
        pairs
            True for those that stay. Shape ``(n_pairs,)``, bool.

        Returns
        -------
        times
            With the same demand and sites.
        """
        kept = np.concatenate([[0], np.cumsum(pairs)])
        return Times(
            start=kept[self.start].astype(np.int64),
            site=self.site[pairs],
            time_s=self.time_s[pairs],
            n_sites=self.n_sites,
        )

    def nearest(self, sites: tuple[int, ...]) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """
        Send each demand to the nearest of some sites, the lower of equals.

        Parameters
        ----------
        sites
            Open sites.

        Returns
        -------
        site_of, time_s
            Its site, -1 if none is reached; seconds to it, ``inf`` if none. Shape ``(n_demand,)``.
        """
        is_open = np.zeros(self.n_sites, dtype=np.bool_)
        is_open[list(sites)] = True
        pairs = np.flatnonzero(is_open[self.site])
        demand, first = np.unique(self.demand[pairs], return_index=True)
        site_of = np.full(self.n_demand, -1, dtype=np.int32)
        time_s = np.full(self.n_demand, np.inf)
        site_of[demand] = self.site[pairs[first]]
        time_s[demand] = self.time_s[pairs[first]]
        return site_of, time_s


TimesLike: TypeAlias = Any
"""``Times``, a table or a sparse array: rows are demand, columns sites."""


def as_times(times: TimesLike) -> Times:
    """
    Take times as the plain face gives them.

    Parameters
    ----------
    times
        Seconds, or any other cost of 0 or more; shape ``(n_demand, n_sites)``. In a table ``inf``
        is *cannot reach*; in a sparse array also an entry that is missing, while a 0 that is stored
        is 0 seconds. ``Times`` are taken as they are.

    Returns
    -------
    times
        Each demand's sites, nearest first.

    Raises
    ------
    InputError
        If it is no table, gives a pair twice, or holds NaN or less than 0.
    """
    if isinstance(times, Times):
        return times
    if sparse.issparse(times):
        start, site, time_s, n_sites = _from_sparse(times)
    else:
        start, site, time_s, n_sites = _from_table(times)
    if np.isnan(time_s).any() or np.any(time_s < 0):
        raise InputError(
            "A time is negative or not a number.",
            where="times",
            do="Give 0 or more; write inf where a site cannot be reached.",
            code="GH121",
        )
    whole = Times(start=start, site=site, time_s=time_s, n_sites=n_sites)
    reached = np.isfinite(time_s)
    whole = whole if reached.all() else whole.only(reached)
    sort_rows(whole.start, whole.site, whole.time_s)
    return whole


def _from_table(times: TimesLike) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], int]:
    """Copy a table into rows."""
    try:
        table = np.array(times, dtype=np.float64, order="C")
    except (TypeError, ValueError) as wrong:
        raise _no_table() from wrong
    if table.ndim != _TABLE:
        raise _no_table()
    n, n_sites = table.shape
    start = np.arange(n + 1, dtype=np.int64) * n_sites
    site = np.tile(np.arange(n_sites, dtype=np.int32), n)
    return start, site, table.reshape(-1), n_sites


def _from_sparse(times: TimesLike) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], int]:
    """Copy a sparse array into rows; what is stored twice would be summed, and is refused."""
    if times.ndim != _TABLE:
        raise _no_table()
    pairs = sparse.coo_array(times)
    rows = sparse.csr_array(times, dtype=np.float64, copy=True)
    rows.sum_duplicates()
    if rows.nnz != pairs.nnz:
        raise InputError(
            "A time is given twice for the same demand and site.",
            where="times",
            do="Give each pair once.",
            code="GH121",
        )
    start, site = rows.indptr.astype(np.int64), rows.indices.astype(np.int32)
    return start, site, rows.data, int(rows.shape[1])


def _no_table() -> InputError:
    """Say that the times are no table."""
    return InputError(
        "The times are not a table of numbers.",
        where="times",
        do="Give one row for each demand and one column for each site.",
        code="GH121",
    )

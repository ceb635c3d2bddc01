# SPDX-License-Identifier: Apache-2.0
"""Which homes each site covers, taken from a table, a sparse array or compressed rows."""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from goldenhour.base.errors import InputError
from goldenhour.siting.kernels.cover import compress, turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """
    Which homes each site covers, as compressed rows: one row a site.

    Parameters
    ----------
    start
        Shape ``(n_sites + 1,)``, int64.
    home
        Homes, ascending within a row. Shape ``(n_pairs,)``, int32.
    n_homes
        Number of homes.
    """

    start: NDArray[np.int64]
    home: NDArray[np.int32]
    n_homes: int

    @classmethod
    def from_dense(cls, covers: NDArray[np.bool_]) -> "Cover":
        """
        Take a table of yes and no, one row a site.

        Parameters
        ----------
        covers
            True where site ``j`` covers home ``i``. Shape ``(n_sites, n_homes)``, bool.

        Returns
        -------
        cover
            The same, compressed.
        """
        site, home = np.nonzero(np.asarray(covers, dtype=np.bool_))
        start = np.searchsorted(site, np.arange(covers.shape[0] + 1))
        return cls(
            start=start.astype(np.int64), home=home.astype(np.int32), n_homes=covers.shape[1]
        )

    @property
    def n_sites(self) -> int:
        """Number of sites."""
        return len(self.start) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandRows:
    """
    Which sites cover each demand, as compressed rows: one row a demand.

    Parameters
    ----------
    start
        Shape ``(n_demand + 1,)``, int64.
    site
        Sites, ascending within a row. Shape ``(n_pairs,)``, int32.
    n_sites
        Number of sites.
    """

    start: NDArray[np.int64]
    site: NDArray[np.int32]
    n_sites: int

    @property
    def n_demand(self) -> int:
        """Number of demands."""
        return len(self.start) - 1


Covers: TypeAlias = Any
"""A cover, a table or a sparse array: rows are demand, columns sites; anything but 0 covers."""


def as_cover(cover: Covers, n_homes: int) -> Cover:
    """
    Take a cover as the plain face gives it.

    Parameters
    ----------
    cover
        A ``Cover``, or a dense or sparse table of shape ``(n_homes, n_sites)`` in which anything
        but 0 covers.
    n_homes
        Number of homes that the people are given for.

    Returns
    -------
    cover
        One compressed row a site.

    Raises
    ------
    InputError
        If it is no table, holds NaN, or is not of that many homes.
    """
    if isinstance(cover, Cover):
        _require_homes(cover.n_homes, n_homes, "")
        return cover
    if isinstance(cover, DemandRows):
        _require_homes(cover.n_demand, n_homes, "")
        start, home = turn(cover.start, cover.site, cover.n_sites)
        return Cover(start=start, home=home, n_homes=cover.n_demand)
    return _compressed(_table(cover, n_homes))


def as_rows(cover: Covers, n_homes: int) -> DemandRows:
    """
    Take a cover as the plain face gives it, without turning it round.

    Parameters
    ----------
    cover
        As in ``as_cover``, or ``DemandRows``.
    n_homes
        Number of homes that the people are given for.

    Returns
    -------
    rows
        One compressed row a demand; of a sparse table in good order, the very same arrays.

    Raises
    ------
    InputError
        If it is no table, holds NaN, or is not of that many homes.
    """
    if isinstance(cover, DemandRows):
        _require_homes(cover.n_demand, n_homes, "")
        return cover
    if isinstance(cover, Cover):
        _require_homes(cover.n_homes, n_homes, "")
        start, site = turn(cover.start, cover.home, cover.n_homes)
        return DemandRows(start=start, site=site, n_sites=cover.n_sites)
    table = _table(cover, n_homes)
    if sparse.issparse(table):
        return _in_order(table)
    _require_finite(table)
    start, site = compress(np.ascontiguousarray(table != 0))
    return DemandRows(start=start, site=site, n_sites=table.shape[1])


def _in_order(table: Any) -> DemandRows:  # noqa: ANN401 - any sparse array
    """Sort rows and drop zeros of a checked sparse table, on a copy and only if need be."""
    rows = sparse.csr_array(table)
    _require_finite(rows.data)
    if not rows.has_canonical_format or not np.all(rows.data):
        rows = rows.copy()
        rows.sum_duplicates()
        rows.eliminate_zeros()
    return DemandRows(
        start=rows.indptr.astype(np.int64),
        site=rows.indices.astype(np.int32, copy=False),
        n_sites=int(rows.shape[1]),
    )


def _table(cover: Covers, n_homes: int) -> Any:  # noqa: ANN401 - dense or any sparse array
    """See that it is a table of that many homes."""
    table = cover if sparse.issparse(cover) else np.asarray(cover)
    if table.ndim != 2:  # noqa: PLR2004 - a table
        raise InputError(
            "The cover is not a table.",
            where="cover",
            do="Give one row for each demand and one column for each site.",
            code="GH121",
        )
    turned = "It seems to be turned round. " if table.shape[1] == n_homes else ""
    _require_homes(table.shape[0], n_homes, turned)
    return table


def _require_homes(found: int, wanted: int, hint: str) -> None:
    """See that the cover speaks of as many homes as the people."""
    if found != wanted:
        raise InputError(
            f"The cover has {found} rows, but people are given for {wanted}.",
            where="cover",
            do=f"{hint}Rows are demand, columns are sites.",
            code="GH121",
        )


def _compressed(table: Any) -> Cover:  # noqa: ANN401 - dense or any sparse array
    """Turn a checked table into one row a site."""
    columns = sparse.csc_array(table)
    _require_finite(columns.data)
    columns.sum_duplicates()
    columns.eliminate_zeros()
    columns.sort_indices()
    return Cover(
        start=columns.indptr.astype(np.int64),
        home=columns.indices.astype(np.int32),
        n_homes=int(columns.shape[0]),
    )


def _require_finite(values: NDArray[Any]) -> None:
    """Refuse what is no number; whole numbers, yes and no always are."""
    if values.dtype.kind not in "biu" and not np.all(np.isfinite(values)):
        raise InputError(
            "The cover holds a value that is not a number.",
            where="cover",
            do="Write 1 where a site covers a demand and 0 where it does not.",
            code="GH121",
        )

# SPDX-License-Identifier: Apache-2.0
"""
The inner problem of the covering models: merged homes, sites, links and what is fixed.

Homes with the same covering sites merge exactly: every plan covers both or neither. The link of a
site depends on the site alone (clocks add up on the safe side), so that nothing else tells homes
apart.
"""

from dataclasses import dataclass, replace
from math import gcd

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.errors import BadQuestionError, NoPlanError
from goldenhour.siting.kernels import cover as kernel
from goldenhour.siting.kernels.cover import Table
from goldenhour.siting.plain.choice import Choice
from goldenhour.siting.plain.cover import Cover, DemandRows

NO_CLASS = -1
NO_CLASH = -1
_GRAINS = 1024.0
_EXACT = 2.0**52


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """
    How many of one tier to open, and which may be.

    Parameters
    ----------
    n
        Number to open.
    forced
        True where it must be open. Shape ``(n_columns,)``, bool.
    allowed
        True where it may be open. Shape ``(n_columns,)``, bool.
    """

    n: int
    forced: NDArray[np.bool_]
    allowed: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Covering:
    """
    Sites cover groups of homes; a site counts only while a hospital of its class is open.

    Parameters
    ----------
    table
        Sites, groups and weights.
    grain
        Every weight is a whole multiple of this; 0 if no such number is known.
    sites
        What may be opened of the first tier.
    hospitals
        What may be opened of the second tier; none in models of one tier.
    class_of
        Link class of each site, ``NO_CLASS`` if it needs no hospital. Shape ``(n_sites,)``, int32.
    classes
        Hospitals that each class reaches. Shape ``(n_classes, n_hospitals)``, bool.
    clash
        Hospital in the same structure as each site, ``NO_CLASH`` if none. Shape ``(n_sites,)``.
    """

    table: Table
    grain: float
    sites: Level
    hospitals: Level
    class_of: NDArray[np.int32]
    classes: NDArray[np.bool_]
    clash: NDArray[np.int32]

    @property
    def n_sites(self) -> int:
        """Number of sites."""
        return len(self.class_of)

    @property
    def n_hospitals(self) -> int:
        """Number of hospitals."""
        return len(self.hospitals.allowed)

    def usable(self, open_hospital: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """
        Find the sites that count while some hospitals are open.

        Parameters
        ----------
        open_hospital
            Shape ``(n_hospitals,)``, bool.

        Returns
        -------
        usable
            Shape ``(n_sites,)``, bool.
        """
        free: NDArray[np.bool_] = self.class_of == NO_CLASS
        if not len(self.classes):
            return free
        linked = np.any(self.classes & open_hospital[np.newaxis, :], axis=1)
        usable: NDArray[np.bool_] = free | linked[np.maximum(self.class_of, 0)]
        return usable

    def value(self, sites: NDArray[np.int32], open_hospital: NDArray[np.bool_]) -> float:
        """
        Weigh the groups that a choice covers.

        Parameters
        ----------
        sites
            Open sites. Shape ``(n_open,)``.
        open_hospital
            Shape ``(n_hospitals,)``, bool.

        Returns
        -------
        weight
            Of all groups covered by a site that counts.
        """
        counting = sites[self.usable(open_hospital)[sites]]
        covered = kernel.covered_by(
            self.table.site_start, self.table.site_group, counting, len(self.table.weight)
        )
        return float(self.table.weight[covered].sum())


def build(
    cover: Cover,
    people: NDArray[np.float64],
    sites: Level,
    *,
    hospitals: Level | None = None,
    linked: NDArray[np.bool_] | None = None,
    clash: NDArray[np.int32] | None = None,
) -> Covering:
    """
    Merge homes and sort sites into link classes.

    Parameters
    ----------
    cover
        Which homes each site covers.
    people
        People of each home. Shape ``(n_homes,)``.
    sites
        First tier.
    hospitals
        Second tier; none if left out.
    linked
        True where a hospital is near enough to a site. Shape ``(n_sites, n_hospitals)``, bool.
    clash
        Hospital in the same structure as each site, -1 if none. Shape ``(n_sites,)``.

    Returns
    -------
    covering
        The inner problem.
    """
    start, site = kernel.turn(cover.start, cover.home, cover.n_homes)
    rows = DemandRows(start=start, site=site, n_sites=cover.n_sites)
    plain = of_rows(rows, people, sites)
    if hospitals is None and linked is None and clash is None:
        return plain
    class_of = np.full(cover.n_sites, NO_CLASS, dtype=np.int32)
    classes = np.zeros((0, 0), dtype=np.bool_)
    if linked is not None:
        classes, inverse = np.unique(linked, axis=0, return_inverse=True)
        class_of = inverse.astype(np.int32).reshape(-1)
    return replace(
        plain,
        hospitals=hospitals or plain.hospitals,
        class_of=class_of,
        classes=classes,
        clash=plain.clash if clash is None else clash,
    )


def of_rows(rows: DemandRows, people: NDArray[np.float64], sites: Level) -> Covering:
    """
    Merge demand that the same sites cover; one tier.

    Parameters
    ----------
    rows
        Which sites cover each demand.
    people
        People of each demand. Shape ``(n_demand,)``.
    sites
        What may be opened.

    Returns
    -------
    covering
        The inner problem.
    """
    none = np.zeros(0, dtype=np.bool_)
    table, _ = _merged(rows.start, rows.site, people, rows.n_sites)
    return Covering(
        table=table,
        grain=_grain(table.weight),
        sites=sites,
        hospitals=Level(n=0, forced=none, allowed=none),
        class_of=np.full(rows.n_sites, NO_CLASS, dtype=np.int32),
        classes=np.zeros((0, 0), dtype=np.bool_),
        clash=np.full(rows.n_sites, NO_CLASH, dtype=np.int32),
    )


def shrink(
    covering: Covering, keep: NDArray[np.int32], apart: NDArray[np.int32] | None = None
) -> tuple[Covering, NDArray[np.int32]]:
    """
    Keep some sites only, and merge again what now looks the same.

    Parameters
    ----------
    covering
        The inner problem.
    keep
        Sites to keep, ascending. Shape ``(n_kept,)``.
    apart
        Groups merge only if this is the same for both; None merges all. Shape ``(n_groups,)``.

    Returns
    -------
    covering, group
        With ``keep[j]`` as site ``j``, hospitals as before; and the new group of each old group,
        -1 where no kept site covers it. Shape ``(n_groups,)``.
    """
    table = covering.table
    new_number = np.full(covering.n_sites, -1, dtype=np.int32)
    new_number[keep] = np.arange(len(keep), dtype=np.int32)
    site = new_number[table.group_site]
    owner = np.repeat(np.arange(len(table.weight)), np.diff(table.group_start))
    stays = site >= 0
    start = np.zeros(len(table.weight) + 1, dtype=np.int64)
    np.cumsum(np.bincount(owner[stays], minlength=len(table.weight)), out=start[1:])
    merged, group = _merged(start, site[stays], table.weight, len(keep), apart)
    smaller = replace(
        covering,
        table=merged,
        sites=Level(
            n=covering.sites.n,
            forced=covering.sites.forced[keep],
            allowed=covering.sites.allowed[keep],
        ),
        class_of=covering.class_of[keep],
        clash=covering.clash[keep],
    )
    return smaller, group


def level(choice: Choice, n_columns: int, what: str) -> Level:
    """
    Check one tier's choice.

    Parameters
    ----------
    choice
        How many, forced and forbidden.
    n_columns
        How many there are.
    what
        What they are called in an error, such as ``"stabilisation points"``.

    Returns
    -------
    level
        The same as arrays.

    Raises
    ------
    BadQuestionError
        If a row is forced and forbidden, or does not exist.
    NoPlanError
        If more are wanted or forced than can be opened.
    """
    named = (*choice.forced, *choice.forbidden)
    if choice.n < 0 or any(not 0 <= row < n_columns for row in named):
        raise BadQuestionError(f"The {what} asked for do not exist.", where=what)
    if both := set(choice.forced) & set(choice.forbidden):
        raise BadQuestionError(
            f"Row {min(both)} is both forced and forbidden.", where=what, do="Drop one of the two."
        )
    forced, allowed = np.zeros(n_columns, np.bool_), np.ones(n_columns, np.bool_)
    forced[list(choice.forced)] = True
    allowed[list(choice.forbidden)] = False
    if forced.sum() > choice.n:
        raise NoPlanError(
            f"{choice.n} {what} wanted, but {forced.sum()} are forced.",
            where=what,
            do=f"Ask for {forced.sum()}, or force fewer.",
        )
    if allowed.sum() < choice.n:
        raise NoPlanError(
            f"{choice.n} {what} wanted, but only {allowed.sum()} structures pass.",
            where=what,
            do=f"Ask for at most {allowed.sum()}.",
        )
    return Level(n=choice.n, forced=forced, allowed=allowed)


def _merged(
    start: NDArray[np.int64],
    site: NDArray[np.int32],
    weight: NDArray[np.float64],
    n_sites: int,
    apart: NDArray[np.int32] | None = None,
) -> tuple[Table, NDArray[np.int32]]:
    """Merge rows with the same sites; rows without weight or site drop out of the search only."""
    group, first = kernel.merge_rows(start, site, 1)
    if apart is not None:
        group, first = _kept_apart(group, apart)
    summed = kernel.sum_by(group, weight, len(first))
    heavy = np.flatnonzero(summed > 0)
    group_start, group_site = kernel.take_rows(start, site, first[heavy].astype(np.int32))
    site_start, site_group = kernel.turn(group_start, group_site, n_sites)
    renumbered = np.full(len(first) + 1, -1, dtype=np.int32)
    renumbered[heavy] = np.arange(len(heavy), dtype=np.int32)
    table = Table(site_start, site_group, group_start, group_site, summed[heavy])
    return table, renumbered[group]  # -1 looks up the last entry, which stays -1


def _kept_apart(
    group: NDArray[np.int32], apart: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Split groups by a second number; empty rows stay in none."""
    held = np.flatnonzero(group >= 0)
    both = group[held].astype(np.int64) * (int(apart.max(initial=0)) + 1) + apart[held]
    _, first, number = np.unique(both, return_index=True, return_inverse=True)
    split = np.full(len(group), -1, dtype=np.int32)
    split[held] = number
    return split, held[first].astype(np.int32)


def _grain(people: NDArray[np.float64]) -> float:
    """Find a number that divides all people exactly, so that sums are exact and bounds round."""
    fine = people * _GRAINS
    if not np.array_equal(fine, np.rint(fine)) or fine.sum() >= _EXACT:
        return 0.0
    return gcd(*(int(value) for value in np.unique(fine))) / _GRAINS

# SPDX-License-Identifier: Apache-2.0
"""What a node leaves open, what its bound says of each column, and when a bound leaves room."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.engine.covering import NO_CLASH, Covering

Floats = NDArray[np.float64]
_HALF = 0.5
_SAME = 1e-7
_OF_A_GRAIN = 1 - 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """
    Bounds of a node: what is fixed open and what may still be opened.

    Parameters
    ----------
    lower
        1 where open. Shape ``(n_core + n_hospitals,)``.
    upper
        0 where shut. Shape ``(n_core + n_hospitals,)``.
    """

    lower: Floats
    upper: Floats

    def child(self, column: int, side: int) -> "Box":
        """
        Shut (0) or open (1) one column.

        Parameters
        ----------
        column
            Which.
        side
            0 or 1.

        Returns
        -------
        box
            The smaller one.
        """
        bounds = (self.upper if side == 0 else self.lower).copy()
        bounds[column] = side
        return replace(self, upper=bounds) if side == 0 else replace(self, lower=bounds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounded:
    """
    A proven bound, and what it says of each column.

    Parameters
    ----------
    bound
        No choice in the box covers more.
    if_opened
        Bound if a column were open. Shape ``(n_columns,)``.
    if_shut
        Bound if a column were shut. Shape ``(n_columns,)``.
    if_outside
        Bound if a site outside the core were open. Shape ``(n_outside,)``.
    """

    bound: float
    if_opened: Floats
    if_shut: Floats
    if_outside: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """
    The best sum of exactly so many scores within a box, and what moving one column would cost.

    Parameters
    ----------
    total
        The best sum; ``-inf`` if the box holds no choice.
    opening
        What it loses if a column is open. Shape ``(n_columns,)``.
    shutting
        What it loses if a column is shut. Shape ``(n_columns,)``.
    """

    total: float
    opening: Floats
    shutting: Floats


def ranked(score: Floats, lower: Floats, upper: Floats, n: int) -> Ranked:
    """
    Sort scores; what is fixed open counts first.

    Parameters
    ----------
    score
        Of each column. Shape ``(n_columns,)``.
    lower
        1 where open. Shape ``(n_columns,)``.
    upper
        0 where shut. Shape ``(n_columns,)``.
    n
        Columns to open.

    Returns
    -------
    ranked
        Best sum, and what a change would cost.
    """
    is_open = lower > _HALF
    free = (upper > _HALF) & ~is_open
    left = n - int(is_open.sum())
    order = np.argsort(-score[free], kind="stable")
    sorted_score = score[free][order]
    opening, shutting = np.full(len(score), -np.inf), np.full(len(score), -np.inf)
    if left < 0 or left > len(sorted_score):
        return Ranked(total=-np.inf, opening=opening, shutting=shutting)
    total = float(score[is_open].sum() + sorted_score[:left].sum())
    last = sorted_score[left - 1] if left else np.inf
    after = sorted_score[left] if left < len(sorted_score) else -np.inf
    rank = np.empty(len(sorted_score), dtype=np.int64)
    rank[order] = np.arange(len(sorted_score))
    chosen = rank < left
    opening[free] = np.where(chosen, 0.0, score[free] - last)
    shutting[free] = np.where(chosen, after - score[free], 0.0)
    opening[is_open] = 0.0
    shutting[~is_open & ~free] = 0.0
    return Ranked(total=total, opening=opening, shutting=shutting)


def beats(covering: Covering, bound: float, value: float) -> bool:
    """
    Whether a bound leaves room for a plan better than one in hand.

    Parameters
    ----------
    covering
        Knows the grain: plans differ by whole grains.
    bound
        A proven bound.
    value
        Value in hand.

    Returns
    -------
    room
        False if nothing better can lie below the bound.
    """
    if covering.grain:
        return bound >= value + covering.grain * _OF_A_GRAIN
    return bound > value * (1 + _SAME)


def able(covering: Covering, bounds: Floats, value: float) -> NDArray[np.bool_]:
    """
    Tell which of some bounds leave room for a better plan.

    Parameters
    ----------
    covering
        Knows the grain.
    bounds
        Proven bounds. Shape ``(n,)``.
    value
        Value in hand.

    Returns
    -------
    able
        Shape ``(n,)``, bool.
    """
    if covering.grain:
        return np.asarray(bounds >= value + covering.grain * _OF_A_GRAIN)
    return np.asarray(bounds > value * (1 + _SAME))


def fixed(covering: Covering, box: Box, bounded: Bounded, value: float) -> Box:
    """
    Fix columns whose other value cannot lead to anything better.

    Parameters
    ----------
    covering
        Knows the grain.
    box
        The node.
    bounded
        What its bound says of each column.
    value
        Value in hand.

    Returns
    -------
    box
        At most as wide.
    """
    shut = ~able(covering, bounded.if_opened, value)
    opened = ~able(covering, bounded.if_shut, value)
    free = box.lower != box.upper
    return Box(
        lower=np.where(free & opened & ~shut, 1.0, box.lower),
        upper=np.where(free & shut, 0.0, box.upper),
    )


def settle(covering: Covering, core: NDArray[np.int32], box: Box) -> Box | None:
    """
    Draw what follows from a box: one structure holds one tier, and counts are exact.

    Parameters
    ----------
    covering
        The inner problem.
    core
        Sites that are columns. Shape ``(n_core,)``.
    box
        The node.

    Returns
    -------
    box
        At most as wide; None if no choice is left in it.
    """
    lower, upper = box.lower.copy(), box.upper.copy()
    clash = covering.clash[core]
    paired = np.flatnonzero(clash != NO_CLASH)
    other = len(core) + clash[paired]
    upper[other[lower[paired] > _HALF]] = 0.0
    upper[paired[lower[other] > _HALF]] = 0.0
    if np.any(lower > upper):
        return None
    for part, n in (
        (slice(0, len(core)), covering.sites.n),
        (slice(len(core), None), covering.hospitals.n),
    ):
        if not lower[part].sum() <= n <= upper[part].sum():
            return None
        if lower[part].sum() == n:
            upper[part] = lower[part]
        elif upper[part].sum() == n:
            lower[part] = upper[part]
    return Box(lower=lower, upper=upper)

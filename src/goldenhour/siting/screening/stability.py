# SPDX-License-Identifier: Apache-2.0
"""
How far a ranking of candidates would hold if its weights and the damage were other than believed.

The preference counts unknown rules, then prefers the larger floor area. Each draw weighs every
unknown rule, and area, by another factor, and decides of each structure whether it turns out
severely damaged: as likely as its grades say, which rest on the confusion of each source, and as
likely as before any report where nobody reported.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.grades import Grade, Verdict
from goldenhour.picture.belief import Picture
from goldenhour.siting.said import Said
from goldenhour.siting.screening.joined import joined_area_m2, stands_for
from goldenhour.siting.screening.screen import candidates
from goldenhour.siting.screening.table import TierScreening
from goldenhour.siting.screening.verdicts import floor_area_m2
from goldenhour.town.town import Town

Rows = NDArray[np.int64]
Floats = NDArray[np.float64]
_SEVERE = [Grade.G2, Grade.G3]
_REFUSED = -1
_USUAL = (5, 95)  # percentiles: nine draws of ten lie between
_QUARTER = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """
    Candidates to be ranked, and what the ranking rests on.

    Parameters
    ----------
    row
        Structure rows. Shape ``(n,)``.
    unknown
        True where a rule is unknown. Shape ``(n, n_rules)``, bool.
    area_m2
        Known floor area in square metres, NaN if unknown. Shape ``(n,)``.
    p_severe
        Likelihood that it, or a structure joined to it, is severely damaged. Shape ``(n,)``.
    """

    row: Rows
    unknown: NDArray[np.bool_]
    area_m2: Floats
    p_severe: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Stability:
    """
    How a ranking held over the draws.

    Parameters
    ----------
    row
        Structure rows, as ranked before any draw. Shape ``(n,)``.
    n_equal
        How many others nothing known sets each apart from. Shape ``(n,)``, int64.
    place
        Place of each in every draw, 0 first, -1 where damage refuses it. Shape ``(n_draws, n)``,
        int32.
    first
        How many count as first.
    n_draws
        How many draws.
    overlap_share
        Share of the first that are first in a draw too, in the mean.
    kendall
        Kendall's rank correlation of the first with their order in a draw, in the mean: 1 the same
        order, 0 none, -1 the reverse. Those refused come last, as equals.
    """

    row: Rows
    n_equal: NDArray[np.int64]
    place: NDArray[np.int32]
    first: int
    n_draws: int
    overlap_share: float
    kendall: float

    @property
    def stays_first(self) -> NDArray[np.int64]:
        """Draws in which each is among the first. Shape ``(n,)``."""
        counted: NDArray[np.int64] = ((self.place >= 0) & (self.place < self.first)).sum(axis=0)
        return counted

    @property
    def stays_candidate(self) -> NDArray[np.int64]:
        """Draws in which damage does not refuse each. Shape ``(n,)``."""
        counted: NDArray[np.int64] = (self.place >= 0).sum(axis=0)
        return counted


def ranked(
    town: Town, picture: Picture, screening: TierScreening, rows: Rows | None = None
) -> Ranked:
    """
    Gather what a ranking rests on.

    Parameters
    ----------
    town
        The town.
    picture
        What is believed.
    screening
        One tier's verdicts.
    rows
        The structures to rank; all candidates if left out. Shape ``(n,)``.

    Returns
    -------
    ranked
        Not yet in order.
    """
    rows = np.flatnonzero(candidates(screening)) if rows is None else rows
    area_m2 = joined_area_m2(screening, floor_area_m2(town, picture)[0])
    return Ranked(
        row=rows,
        unknown=screening.verdict[rows] == Verdict.UNKNOWN,
        area_m2=area_m2[rows],
        p_severe=_p_severe(picture, screening)[rows],
    )


def stability(
    known: Ranked, *, first: int, rng: np.random.Generator, n_draws: int | None = None
) -> Stability:
    """
    Try a ranking with other weights and other damage.

    Parameters
    ----------
    known
        What the ranking rests on.
    first
        How many of the first count.
    rng
        Source of all chance.
    n_draws
        How many draws; ``requirements.stability_draws`` if left out.

    Returns
    -------
    stability
        How often each stays first, and stays a candidate.
    """
    n_draws = int(facts.number("requirements.stability_draws")) if n_draws is None else n_draws
    unknown, area = known.unknown.astype(np.float64), _area_share(known.area_m2)
    score = _score(unknown, area, np.ones(unknown.shape[1] + 1))
    order, n_equal = np.argsort(score, kind="stable"), _equals(score)
    unknown, area, p_severe = unknown[order], area[order], known.p_severe[order]
    n, spread = len(order), facts.number("requirements.weight_spread_share")
    first = min(first, n)
    place = np.full((n_draws, n), _REFUSED, dtype=np.int32)
    kendall = []
    for draw in range(n_draws):
        weight = rng.uniform(1 - spread, 1 + spread, unknown.shape[1] + 1)
        alive = rng.random(n) >= p_severe
        score = np.where(alive, _score(unknown, area, weight), np.inf)
        place[draw, np.argsort(score, kind="stable")] = np.arange(n)
        place[draw, ~alive] = _REFUSED
        kendall.append(_kendall(score[:first]))
    at_front = (place[:, :first] >= 0) & (place[:, :first] < first)
    return Stability(
        row=known.row[order],
        n_equal=n_equal[order],
        place=place,
        first=first,
        n_draws=n_draws,
        overlap_share=float(at_front.mean()) if at_front.size else 1.0,
        kendall=float(np.mean(kendall)) if kendall else 1.0,
    )


def site_stability(
    town: Town, picture: Picture, screening: TierScreening, row: int, *, seed: int
) -> Said:
    """
    Say how far a site would keep its place among the candidates around it.

    Parameters
    ----------
    town
        The town.
    picture
        What is believed.
    screening
        Verdicts of the site's tier.
    row
        Structure row of the site.
    seed
        The same seed gives the same draws.

    Returns
    -------
    said
        One sentence.
    """
    reach_m = facts.number("requirements.stability_rivals_m")
    x_m, y_m = town.structures.x_m, town.structures.y_m
    around = candidates(screening) & (np.hypot(x_m - x_m[row], y_m - y_m[row]) <= reach_m)
    around[row] = True
    rivals = np.flatnonzero(around)
    at_most = int(facts.number("requirements.stability_first"))
    found = stability(
        ranked(town, picture, screening, rivals),
        first=min(at_most, max(1, len(rivals) // _QUARTER)),
        rng=np.random.Generator(np.random.PCG64(seed)),
    )
    code, more = _kept(found, int(np.flatnonzero(found.row == row)[0]))
    counts = {"rivals": len(rivals), "metres": int(reach_m), "draws": found.n_draws} | more
    values = tuple((name, f"{count:,}") for name, count in counts.items())
    return Said(code=code, values=values)


def _kept(found: Stability, at: int) -> tuple[str, dict[str, int]]:
    """Choose the sentence: equals first, then the first, then those between two places."""
    more = {"candidate": int(found.stays_candidate[at])}
    if n_equal := int(found.n_equal[at]):
        return "siting.stays-equal", more | {"equal": n_equal}
    if at < found.first:
        stays = int(found.stays_first[at])
        return "siting.stays-first", more | {"first": found.first, "stays": stays}
    place = found.place[:, at]
    usual = np.percentile(place[place >= 0], _USUAL) if more["candidate"] else np.array([at, at])
    between = {"place": at + 1, "best": int(usual[0]) + 1, "worst": int(np.ceil(usual[1])) + 1}
    return "siting.stays-between", more | between


def _p_severe(picture: Picture, screening: TierScreening) -> Floats:
    """Tell how likely a structure, or one of those it stands for, is severely damaged."""
    p_grade = picture.damage.p_grade.astype(np.float64)
    prior = np.array(facts.fact("picture.prior_share").value, dtype=np.float64)
    p_sound = 1 - p_grade[:, _SEVERE].sum(axis=1) - p_grade[:, Grade.U] * prior[_SEVERE].sum()
    alone = np.arange(len(p_sound))
    heads = stands_for(screening, alone)
    parts = np.flatnonzero(heads != alone)
    all_sound = p_sound.copy()
    np.multiply.at(all_sound, heads[parts], p_sound[parts])
    p_severe: Floats = np.clip(1 - all_sound, 0, 1)
    return p_severe


def _area_share(area_m2: Floats) -> Floats:
    """Put areas on a scale from 0, unknown, to just below 1, the largest."""
    distinct, place = np.unique(np.nan_to_num(area_m2), return_inverse=True)
    share: Floats = place.reshape(-1) / max(1, len(distinct))
    return share


def _score(unknown: Floats, area: Floats, weight: Floats) -> Floats:
    """Weigh what is unknown, less what speaks for the area; lower goes first."""
    score: Floats = unknown @ weight[:-1] - weight[-1] * area
    return score


def _equals(score: Floats) -> NDArray[np.int64]:
    """Count, for each score, the others that are the same."""
    _, place, count = np.unique(score, return_inverse=True, return_counts=True)
    return np.asarray(count[place.reshape(-1)] - 1, dtype=np.int64)


def _kendall(score: Floats) -> float:
    """Compare the order of some scores with their positions (Kendall 1938, tau-a)."""
    n = len(score)
    if n < 2:  # noqa: PLR2004 - a pair
        return 1.0
    later = score[np.newaxis, :] > score[:, np.newaxis]
    pairs = np.triu_indices(n, k=1)
    agree, differ = int(later[pairs].sum()), int(later.T[pairs].sum())
    return (agree - differ) / len(pairs[0])

# SPDX-License-Identifier: Apache-2.0
"""What would change a plan: the next best sites, single facts, and near-optimal other plans."""

from dataclasses import dataclass
from enum import StrEnum

from goldenhour.base.grades import Tier
from goldenhour.siting.said import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class NextBest:
    """
    The best other candidate for one site, everything else as it is.

    Parameters
    ----------
    structure
        Structure row, -1 if there is none.
    structure_id
        Its stable id, empty if there is none.
    people_fewer
        People fewer that the chain would serve with it instead.
    """

    structure: int
    structure_id: str
    people_fewer: float


class FactKind(StrEnum):
    """What one fact would be about."""

    SITE_UNFIT = "site-unfit"
    STRUCTURE_FIT = "structure-fit"
    STREET_CLOSES = "street-closes"
    STREET_OPENS = "street-opens"
    PERMISSION = "permission"
    REFERRAL_WORKS = "referral-works"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """
    One fact, and what it would do to the plan.

    Parameters
    ----------
    kind
        What it is about.
    said
        The fact and its effect in words.
    people
        People more (less than 0: fewer) served once sites are chosen again; a plan that does it is
        known.
    people_if_kept
        The same if the sites stay where they are.
    at_most
        Proven: no choice of sites serves more people more than this once the fact holds.
    changes
        True if it is proven that other sites are then better than these.
    is_exact
        True if it is proven that no choice does better than ``people``.
    structure
        Structure row it is about, -1 if none.
    streets
        Street rows it is about.
    dropped
        Ids of sites that the other choice gives up.
    added
        Ids of sites that it takes instead.
    """

    kind: FactKind
    said: Said
    people: float
    people_if_kept: float
    at_most: float
    changes: bool
    is_exact: bool
    structure: int = -1
    streets: tuple[int, ...] = ()
    dropped: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    @property
    def weight(self) -> float:
        """People by whom it matters, for ranking."""
        return max(abs(self.people), abs(self.people_if_kept))


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherSite:
    """
    One site of another plan.

    Parameters
    ----------
    tier
        Its tier.
    structure
        Structure row.
    structure_id
        Its stable id.
    is_elsewhere
        True if no site of its tier in the plan itself stands near it.
    """

    tier: Tier
    structure: int
    structure_id: str
    is_elsewhere: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """
    Another plan that serves nearly as many people.

    Parameters
    ----------
    sites
        Its sites.
    people
        People served by the whole chain.
    people_fewer
        How many fewer than by the plan itself.
    gap_share
        How far below the proven bound it may be, a share of its people.
    n_elsewhere
        Sites that stand elsewhere than in the plan itself.
    """

    sites: tuple[OtherSite, ...]
    people: float
    people_fewer: float
    gap_share: float
    n_elsewhere: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """
    What would change a plan.

    Parameters
    ----------
    next_best
        One for each site of the plan, in its order.
    flips
        Single facts, those that matter to most people first.
    n_examined
        Facts that were looked at.
    n_left_out
        Facts of the same kinds that were not.
    left_out_at_most
        Proven: none of those left out costs more people than this if the sites stay.
    alternatives
        Other plans, the best first.
    """

    next_best: tuple[NextBest, ...]
    flips: tuple[Flip, ...]
    n_examined: int
    n_left_out: int
    left_out_at_most: float
    alternatives: tuple[Alternative, ...]

# SPDX-License-Identifier: Apache-2.0
"""Two plans side by side: what was asked, sites, people by clock, who gains and who loses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from goldenhour.base.grades import Tier
from goldenhour.siting.plain.result import ProofStatus
from goldenhour.siting.plan import SiteStanding

_T = TypeVar("_T")
_HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSite:
    """
    One site of a plan on file.

    Parameters
    ----------
    label
        Its label in that plan, such as ``TSP 1``.
    tier
        Its tier.
    structure_id
        Its stable id.
    name
        Its name, or its id.
    standing
        How sure it is.
    people_served
        People who go there.
    """

    label: str
    tier: Tier
    structure_id: str
    name: str
    standing: SiteStanding
    people_served: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """
    People within one clock.

    Parameters
    ----------
    tier
        The tier reached.
    clock_s
        The clock in seconds.
    people
        All people.
    served
        People within the clock, along the chain.
    """

    tier: Tier
    clock_s: float
    people: float
    served: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceServed:
    """
    One neighbourhood of a plan on file.

    Parameters
    ----------
    id
        Its id, empty for homes outside every neighbourhood.
    name
        Its name.
    served
        People there whom the whole chain serves.
    """

    id: str
    name: str
    served: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOnFile:
    """
    What a comparison needs of a plan.

    Parameters
    ----------
    id
        Its fingerprint.
    town
        The town's name.
    as_of
        Moment of its picture, as written.
    question
        What was asked, names of nested fields joined by dots.
    sites
        Its sites.
    coverage
        People by clock.
    status
        Optimal, or a gap remains.
    objective
        People served by the whole chain.
    bound
        No choice serves more; ``inf`` if none is known.
    places
        People by neighbourhood; None if the file does not say.
    reports
        Number of reports by who made them; None if the file does not say.
    layers
        Checksums of the town's layers.
    is_exercise
        Whether the town is made up.
    """

    id: str
    town: str
    as_of: str
    question: Mapping[str, str]
    sites: tuple[PlannedSite, ...]
    coverage: tuple[Within, ...]
    status: ProofStatus
    objective: float
    bound: float
    places: tuple[PlaceServed, ...] | None = None
    reports: Mapping[str, int] | None = None
    layers: tuple[str, ...] = ()
    is_exercise: bool = False

    @property
    def gap_share(self) -> float:
        """How far the bound lies above the people served, a share of them."""
        if self.bound <= self.objective:
            return 0.0
        return (self.bound - self.objective) / self.objective if self.objective else float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair(Generic[_T]):
    """
    One thing in both plans.

    Parameters
    ----------
    what
        Its name.
    a
        In the first plan.
    b
        In the second.
    """

    what: str
    a: _T
    b: _T


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """
    Two plans side by side.

    Parameters
    ----------
    a
        The first plan.
    b
        The second.
    asked
        Fields of the question that differ; empty text where one plan does not have them.
    kept
        Sites of both, as the second describes them.
    added
        Sites of the second only.
    dropped
        Sites of the first only.
    within
        People by tier; 0 people with an endless clock where one plan lacks the tier.
    gains
        Neighbourhoods in which more people are served, the largest change first.
    losses
        Those in which fewer are.
    reports
        Who made more or fewer reports, the largest change first.
    knows_places
        Whether both files say who is served where.
    knows_reports
        Whether both files say who made how many reports.
    same_layers
        Whether both rest on the same town layers.
    """

    a: PlanOnFile
    b: PlanOnFile
    asked: tuple[Pair[str], ...]
    kept: tuple[PlannedSite, ...]
    added: tuple[PlannedSite, ...]
    dropped: tuple[PlannedSite, ...]
    within: tuple[Pair[Within], ...]
    gains: tuple[Pair[float], ...] = field(default=())
    losses: tuple[Pair[float], ...] = field(default=())
    reports: tuple[Pair[int], ...] = field(default=())
    knows_places: bool = False
    knows_reports: bool = False
    same_layers: bool = True


def compare(a: PlanOnFile, b: PlanOnFile) -> Comparison:
    """
    Put two plans of one town side by side.

    Parameters
    ----------
    a
        The first plan.
    b
        The second.

    Returns
    -------
    comparison
        A plan against itself keeps every site and changes nothing.
    """
    of_a = {(site.tier, site.structure_id) for site in a.sites}
    of_b = {(site.tier, site.structure_id) for site in b.sites}
    places = _places(a, b)
    return Comparison(
        a=a,
        b=b,
        asked=_asked(a, b),
        kept=tuple(site for site in b.sites if (site.tier, site.structure_id) in of_a),
        added=tuple(site for site in b.sites if (site.tier, site.structure_id) not in of_a),
        dropped=tuple(site for site in a.sites if (site.tier, site.structure_id) not in of_b),
        within=_within(a, b),
        gains=tuple(place for place in places if place.b > place.a),
        losses=tuple(place for place in places if place.b < place.a),
        reports=_reports(a, b),
        knows_places=a.places is not None and b.places is not None,
        knows_reports=a.reports is not None and b.reports is not None,
        same_layers=sorted(a.layers) == sorted(b.layers),
    )


def _asked(a: PlanOnFile, b: PlanOnFile) -> tuple[Pair[str], ...]:
    """Fields of the question that differ."""
    names = dict.fromkeys((*a.question, *b.question))
    pairs = (
        Pair(what=name, a=a.question.get(name, ""), b=b.question.get(name, "")) for name in names
    )
    return tuple(pair for pair in pairs if pair.a != pair.b)


def _within(a: PlanOnFile, b: PlanOnFile) -> tuple[Pair[Within], ...]:
    """People by clock, tier by tier."""
    found = []
    for tier in Tier:
        one, other = (
            next((entry for entry in plan.coverage if entry.tier is tier), None) for plan in (a, b)
        )
        if one is not None or other is not None:
            none = Within(tier=tier, clock_s=float("inf"), people=0.0, served=0.0)
            found.append(Pair(what=tier.value, a=one or none, b=other or none))
    return tuple(found)


def _places(a: PlanOnFile, b: PlanOnFile) -> list[Pair[float]]:
    """People served by neighbourhood where that differs, the largest change first."""
    if a.places is None or b.places is None:
        return []
    served = [{place.id: place for place in plan.places or ()} for plan in (a, b)]
    pairs = []
    for key in dict.fromkeys((*served[0], *served[1])):
        one, other = served[0].get(key), served[1].get(key)
        known = other or one
        pairs.append(
            Pair(
                what=known.name if known else "",
                a=one.served if one else 0.0,
                b=other.served if other else 0.0,
            )
        )
    changed = [pair for pair in pairs if abs(pair.b - pair.a) >= _HALF]
    return sorted(changed, key=lambda pair: (-abs(pair.b - pair.a), pair.what))


def _reports(a: PlanOnFile, b: PlanOnFile) -> tuple[Pair[int], ...]:
    """Who made more or fewer reports."""
    if a.reports is None or b.reports is None:
        return ()
    pairs = [
        Pair(what=name, a=a.reports.get(name, 0), b=b.reports.get(name, 0))
        for name in dict.fromkeys((*a.reports, *b.reports))
    ]
    changed = [pair for pair in pairs if pair.a != pair.b]
    return tuple(sorted(changed, key=lambda pair: (-abs(pair.b - pair.a), pair.what)))

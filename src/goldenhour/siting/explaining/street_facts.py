# SPDX-License-Identifier: Apache-2.0
"""Which street or bridge, closed or opened, would matter to a plan, and by how much."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from goldenhour.base import facts
from goldenhour.base.grades import Mode, StreetState, Tier
from goldenhour.siting.choosing.options import link_limit_s
from goldenhour.siting.explaining.again import Answer, Standing, picked, timed
from goldenhour.siting.explanation import FactKind
from goldenhour.times import busy, modes
from goldenhour.times.carry import Evacuation
from goldenhour.times.evacuation import ClosedBy
from goldenhour.town.town import Town

Rows = NDArray[np.int64]
Floats = NDArray[np.float64]
_FOOT, _DRIVE = 0, slice(1, 3)
_HOSPITALS, _BEST = 6, 40
_LOOKS, _NEAR_M = 2, 500.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetFact:
    """
    One street, bridge or report of streets that may turn out otherwise.

    Parameters
    ----------
    kind
        Whether it closes or opens, or a permission comes.
    streets
        Street rows.
    at_most
        Proven: it matters to no more people than this, if the sites stay.
    """

    kind: FactKind
    streets: tuple[int, ...]
    at_most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """
    Facts to look at.

    Parameters
    ----------
    taken
        Those that can matter most.
    n_left_out
        How many others there are.
    left_out_at_most
        None of the others matters to more people than this, if the sites stay.
    """

    taken: tuple[StreetFact, ...]
    n_left_out: int
    left_out_at_most: float


def closings(standing: Standing) -> Listed:
    """
    List bridges and streets whose closure could cost most people their way.

    Parameters
    ----------
    standing
        The plan.

    Returns
    -------
    listed
        Bridges first; streets that touch one another count as one place.
    """
    town, case = standing.case.town, standing.case
    carried, driven = _people_on(standing)
    people = carried + driven
    bridge_of = _bridges(town)
    bridges = [
        StreetFact(
            kind=FactKind.STREET_CLOSES,
            streets=tuple(int(edge) for edge in edges),
            at_most=min(float(people[edges].sum()), float(case.homes.people.sum())),
        )
        for edges in bridge_of
        if people[edges].sum() > 0
    ]
    bridges.sort(key=lambda fact: (-fact.at_most, fact.streets))
    taken = bridges[: int(facts.number("siting.bridges_looked_at"))]
    taken += _streets_apart(town, carried, people, taken)
    seen = {edge for fact in taken for edge in fact.streets}
    others = [fact.at_most for fact in bridges if not set(fact.streets) & seen]
    plain = np.flatnonzero((people > 0) & ~town.streets.bridge)
    others += [float(people[edge]) for edge in plain if int(edge) not in seen]
    return Listed(
        taken=tuple(taken), n_left_out=len(others), left_out_at_most=max(others, default=0.0)
    )


def openings(standing: Standing) -> Listed:
    """
    List reports of closed streets and of delays that could turn out otherwise.

    Parameters
    ----------
    standing
        The plan.

    Returns
    -------
    listed
        The newest report behind a street speaks for it; those that could reach most people first.
    """
    reported = _reported(standing)
    if not reported:
        return Listed(taken=(), n_left_out=0, left_out_at_most=0.0)
    n = int(facts.number("siting.openings_looked_at"))
    any_of_them = _could_gain(standing, [edge for _, edges in reported for edge in edges])
    near = sorted(reported, key=lambda one: (-_unserved_near(standing, one[1]), one[1]))
    looked_at = [
        StreetFact(kind=kind, streets=edges, at_most=_could_gain(standing, list(edges)))
        for kind, edges in near[: _LOOKS * n]
        if any_of_them > 0
    ]
    looked_at.sort(key=lambda fact: (-fact.at_most, fact.streets))
    taken = tuple(fact for fact in looked_at[:n] if fact.at_most > 0)
    others = [any_of_them] * (len(near) > len(looked_at))
    others += [fact.at_most for fact in looked_at[n:]]
    return Listed(
        taken=taken,
        n_left_out=len(near) - len(taken),
        left_out_at_most=max(others, default=0.0),
    )


def after(standing: Standing, fact: StreetFact) -> Evacuation:
    """
    Let a fact hold.

    Parameters
    ----------
    standing
        The plan.
    fact
        What turns out otherwise.

    Returns
    -------
    evacuation
        With the times of its streets changed.
    """
    evacuation = standing.case.evacuation
    seconds, edges = busy.street_seconds(evacuation), list(fact.streets)
    if fact.kind is FactKind.STREET_CLOSES:
        seconds[:, edges] = np.inf
    elif fact.kind is FactKind.PERMISSION:
        delay_s = standing.case.picture.streets.delay_s[edges].astype(np.float64)
        seconds[_DRIVE, edges] = np.maximum(seconds[_DRIVE, edges] - delay_s, 0.0)
    else:
        _open(evacuation, seconds, edges)
    return busy.with_street_seconds(evacuation, seconds)


def people_if_kept(standing: Standing, there: Evacuation) -> float:
    """
    Count the people served if the sites stay and streets change.

    Parameters
    ----------
    standing
        The plan.
    there
        The evacuation graph with the change.

    Returns
    -------
    people
        Served by the whole chain.
    """
    question, homes = standing.case.question, standing.case.homes
    link_s = there.transfer_times(
        origins=standing.tsp, destinations=standing.hospital, limit_s=link_limit_s(question)
    )
    may = np.isfinite(standing.options.link_s[:, standing.served.hospital]).any(axis=0)
    usable = standing.tsp[np.isfinite(link_s[:, may]).any(axis=1)]
    reached = busy.is_reached(there, usable, homes.row, question.tsp_clock_s)
    return float(homes.people[reached].sum())


def choose_again(standing: Standing, there: Evacuation, *, bound: float) -> Answer | None:
    """
    Choose again among the core where streets have changed.

    Parameters
    ----------
    standing
        The plan.
    there
        The evacuation graph with the change.
    bound
        People that no plan exceeds.

    Returns
    -------
    answer
        None if there is no plan.
    """
    options = standing.options
    linked = np.isfinite(options.link_s).sum(axis=0)
    usual = np.argsort(-linked, kind="stable")[:_HOSPITALS]
    forced = np.isin(options.hospital, standing.wanted[Tier.FIELD_HOSPITAL].forced)
    hospitals = np.union1d(np.union1d(standing.served.hospital, usual), np.flatnonzero(forced))
    best = np.argsort(-standing.worth, kind="stable")[:_BEST]
    core = np.union1d(standing.alike, best).astype(np.int64)
    small = timed(picked(options, core, hospitals), standing.case, there)
    return standing.among(small, bound=bound, is_whole=False)


def people_over(
    standing: Standing, there: Evacuation, edges: tuple[int, ...], *, unserved: bool
) -> float:
    """
    Count the people who come to some streets within the first clock.

    Parameters
    ----------
    standing
        The plan.
    there
        The evacuation graph in which the streets are open.
    edges
        Street rows.
    unserved
        Whether to count only those whom the plan does not serve.

    Returns
    -------
    people
        Whatever the sites, the streets can matter to no more than these.
    """
    case = standing.case
    comes = busy.comes_to_street(there, edges, case.homes.row, limit_s=case.question.tsp_clock_s)
    return float(case.homes.people[comes & ~(unserved & standing.served.has_hospital)].sum())


def _people_on(standing: Standing) -> tuple[Floats, Floats]:
    """Count those whose way to care, and those whose way on from there, passes each street."""
    case, served = standing.case, standing.served
    usable = np.flatnonzero(served.hospital_of >= 0)
    carried = busy.people_by_street(
        case.evacuation,
        standing.tsp[usable],
        case.homes.row,
        case.homes.people,
        limit_s=case.question.tsp_clock_s,
    )
    inside = served.linked >= 0
    ends_at = np.bincount(
        served.linked[inside], weights=case.homes.people[inside], minlength=len(served.tsp)
    ).astype(np.float64)
    driven = busy.people_by_street(
        case.evacuation,
        standing.hospital,
        standing.tsp[usable],
        ends_at[usable],
        limit_s=link_limit_s(case.question),
    )
    return carried, driven


def _bridges(town: Town) -> list[Rows]:
    """Edges of each bridge: those that touch belong together."""
    edges = np.flatnonzero(town.streets.bridge)
    tail, head = town.streets.tail[edges], town.streets.head[edges]
    n = town.streets.n_nodes
    joined = coo_array((np.ones(len(edges)), (tail, head)), shape=(n, n))
    _, part = connected_components(joined, directed=False)
    return [edges[part[tail] == one] for one in np.unique(part[tail])]


def _streets_apart(
    town: Town, carried: Floats, people: Floats, taken: list[StreetFact]
) -> list[StreetFact]:
    """
    Take the streets over which most people come that touch none taken before.

    Ways on to a field hospital have time for a detour: they count in the bound only.
    """
    streets = town.streets
    used = np.zeros(streets.n_nodes, dtype=np.bool_)
    for fact in taken:
        used[streets.tail[list(fact.streets)]] = used[streets.head[list(fact.streets)]] = True
    found: list[StreetFact] = []
    for edge in np.argsort(-np.where(streets.bridge, 0.0, carried), kind="stable"):
        ends = [streets.tail[edge], streets.head[edge]]
        if len(found) >= facts.number("siting.streets_looked_at") or carried[edge] <= 0:
            break
        if not used[ends].any():
            used[ends] = True
            found.append(
                StreetFact(
                    kind=FactKind.STREET_CLOSES, streets=(int(edge),), at_most=float(people[edge])
                )
            )
    return found


def _reported(standing: Standing) -> list[tuple[FactKind, tuple[int, ...]]]:
    """Streets that reports close or slow, by the newest report behind each."""
    believed = standing.case.picture.streets
    shut = (believed.state_vehicle == StreetState.CLOSED) | (
        believed.state_stretcher == StreetState.CLOSED
    )
    slowed = ~shut & (believed.delay_s > 0)
    grouped: dict[tuple[FactKind, int], list[int]] = {}
    for kind, which in ((FactKind.STREET_OPENS, shut), (FactKind.PERMISSION, slowed)):
        for edge in np.flatnonzero(which):
            behind = believed.evidence.of(int(edge))
            report = int(behind[0]) if len(behind) else -1
            grouped.setdefault((kind, report), []).append(int(edge))
    return [(kind, tuple(edges)) for (kind, _), edges in grouped.items()]


def _could_gain(standing: Standing, edges: list[int]) -> float:
    """Count the people near enough to come over some streets, were they open, not served now."""
    seconds = busy.street_seconds(standing.case.evacuation)
    _open(standing.case.evacuation, seconds, edges)
    believed = standing.case.picture.streets
    delay_s = believed.delay_s[edges].astype(np.float64)
    seconds[_DRIVE, edges] = np.maximum(seconds[_DRIVE, edges] - delay_s, 0.0)
    there = busy.with_street_seconds(standing.case.evacuation, seconds)
    return people_over(standing, there, tuple(edges), unserved=True)


def _unserved_near(standing: Standing, edges: tuple[int, ...]) -> float:
    """Weigh the people not served now by how near they live, to look at likely streets first."""
    case = standing.case
    streets, structures = case.town.streets, case.town.structures
    rows = case.homes.row[~standing.served.has_hospital]
    people = case.homes.people[~standing.served.has_hospital]
    edge = list(edges)
    x_m = float(streets.node_x_m[streets.tail[edge]].mean())
    y_m = float(streets.node_y_m[streets.tail[edge]].mean())
    away_m = np.hypot(structures.x_m[rows] - x_m, structures.y_m[rows] - y_m)
    return float((people / (_NEAR_M + away_m)).sum())


def _open(evacuation: Evacuation, seconds: Floats, edges: list[int]) -> None:
    """Give streets that only a report closes the time they take when nothing is broken."""
    streets, there = evacuation.town.streets, evacuation.layers
    clear = {
        mode: modes.clear_seconds(streets, mode=mode, vehicle=there.vehicle_use.vehicle)
        for mode in (Mode.STRETCHER, Mode.VEHICLE)
    }
    for edge in edges:
        if there.foot_use.closed_by[edge] in (ClosedBy.OPEN, ClosedBy.REPORTED):
            seconds[_FOOT, edge] = min(seconds[_FOOT, edge], clear[Mode.STRETCHER][edge])
        if there.vehicle_use.closed_by[edge] == ClosedBy.REPORTED:
            ways = clear[Mode.VEHICLE][edge]
            seconds[1, edge] = ways if streets.oneway[edge] >= 0 else np.inf
            seconds[2, edge] = ways if streets.oneway[edge] <= 0 else np.inf

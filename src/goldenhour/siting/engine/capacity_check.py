# SPDX-License-Identifier: Apache-2.0
"""
An independent check of a choice with capacities: demand by demand, and nobody twice.

The flow is sent through the input as it came, not through merged groups, and then looked at: only
along cover and links, no more than there are people, no more than there is room.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.errors import GoldenHourError, NoPlanError
from goldenhour.siting.engine.min_cut import Measure
from goldenhour.siting.engine.problem import Bools, Branched
from goldenhour.siting.kernels import capacity as kernel
from goldenhour.siting.kernels.capacity import Flow, Tiers
from goldenhour.siting.kernels.flow import push
from goldenhour.siting.plain.cover import Cover

Floats = NDArray[np.float64]
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """
    Who is served, and where.

    Parameters
    ----------
    people
        Their sum.
    by_demand
        People served of each demand. Shape ``(n_demand,)``.
    load
        People served at each site. Shape ``(n_sites,)``.
    beyond
        People that each hospital takes, counted at the sites; empty in models of one tier. Shape
        ``(n_hospitals,)``.
    """

    people: float
    by_demand: Floats
    load: Floats
    beyond: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """
    The input as it came: who could be served where.

    Parameters
    ----------
    cover
        Which demand each site covers.
    people
        People of each demand. Shape ``(n_demand,)``.
    rooms
        People that each site takes, and each hospital, counted at the sites. Shapes ``(n_sites,)``
        and ``(n_hospitals,)``.
    measure
        Unit of flow.
    linked
        Hospitals that each site reaches; None in models of one tier. Shape
        ``(n_sites, n_hospitals)``.
    """

    cover: Cover
    people: Floats
    rooms: tuple[Floats, Floats]
    measure: Measure
    linked: NDArray[np.bool_] | None = None


def serve(offer: Offer, sites: tuple[int, ...], hospitals: tuple[int, ...] = ()) -> Served:
    """
    Serve as many people as the open sites, and their hospitals, can take.

    Parameters
    ----------
    offer
        The input.
    sites
        Open sites.
    hospitals
        Open hospitals.

    Returns
    -------
    served
        Checked against the input.

    Raises
    ------
    GoldenHourError
        If what was found breaks a rule of the input: a fault of ours, and the plan is not shown.
    """
    cover, unit = offer.cover, offer.measure.unit
    opened, beyond = np.array(sites, dtype=np.int32), np.array(hospitals, dtype=np.int32)
    flow = kernel.lay_out(_tiers(offer), opened, np.ones(len(opened)), beyond, np.ones(len(beyond)))
    push(flow.net, kernel.SOURCE, kernel.SINK)
    carried = (flow.net.room[flow.net.back[flow.carry]] * unit).astype(np.float64)
    rows = [cover.home[cover.start[j] : cover.start[j + 1]] for j in opened]
    demand = np.concatenate([np.zeros(0, dtype=np.int32), *rows])
    site = np.repeat(opened, np.diff(cover.start)[opened])
    onward = _onward(flow, len(opened), len(beyond)) * unit
    taken = np.zeros(len(offer.rooms[1]))
    taken[beyond] = onward.sum(axis=0)
    served = Served(
        people=float(carried.sum()),
        by_demand=_summed(demand, carried, cover.n_homes),
        load=_summed(site, carried, cover.n_sites),
        beyond=taken,
    )
    _require_kept(served, offer.people, offer.rooms)
    if offer.linked is not None:
        _require_linked(onward, served.load[opened], offer.linked[np.ix_(opened, beyond)])
    return served


def _tiers(offer: Offer) -> Tiers:
    """Count the input in units, rounded down, so that nobody is served twice."""
    total = float(offer.people.sum())
    room, beds = (offer.measure.down(np.minimum(tier, total)) for tier in offer.rooms)
    linked = offer.linked
    return Tiers(
        offer.cover.start,
        offer.cover.home,
        np.zeros(1, dtype=np.int64),  # not looked at when a network is laid out
        np.zeros(0, dtype=np.int32),
        offer.measure.down(offer.people),
        room,
        np.zeros((len(room), 0), dtype=np.bool_) if linked is None else linked,
        beds,
        two=linked is not None,
    )


def _summed(row: NDArray[np.int32], value: Floats, n: int) -> Floats:
    """Add up values by row."""
    return np.bincount(row, weights=value, minlength=n).astype(np.float64)


def _onward(flow: Flow, k: int, m: int) -> Floats:
    """Read what each site sends to each hospital. Shape ``(k, m)``."""
    sent = np.zeros((k, m))
    net, first = flow.net, kernel.FIRST + k
    for t in range(k if m else 0):
        for a in range(net.start[first + t], net.start[first + t + 1]):
            if net.head[a] >= first + k:
                sent[t, net.head[a] - first - k] = net.room[net.back[a]]
    return sent


def _require_kept(served: Served, people: Floats, rooms: tuple[Floats, Floats]) -> None:
    """See that nobody is served twice and nothing takes more than its room."""
    slack = _ROUNDING * max(1.0, float(people.sum()))
    kept = (
        np.all(served.by_demand <= people + slack)
        and np.all(served.load <= rooms[0] + slack)
        and np.all(served.beyond <= rooms[1] + slack)
    )
    if not kept:
        raise GoldenHourError(
            "A plan serves more people than there are, or than there is room for.",
            where="siting with capacities",
            do="Tell the maintainers; the plan is not shown.",
            code="GH417",
        )


def _require_linked(onward: Floats, load: Floats, linked: NDArray[np.bool_]) -> None:
    """See that whoever comes to a site goes on to a hospital that it reaches."""
    slack = _ROUNDING * max(1.0, float(load.sum()))
    if np.any(onward[~linked] > 0) or np.any(np.abs(onward.sum(axis=1) - load) > slack):
        raise GoldenHourError(
            "A plan sends people to a hospital out of reach, or nowhere.",
            where="siting with capacities",
            do="Tell the maintainers; the plan is not shown.",
            code="GH417",
        )


def settled(branched: Branched, objective: float) -> float:
    """
    Lower a bound to the objective where the tree found nothing between the two.

    Parameters
    ----------
    branched
        What the tree found.
    objective
        Value in hand, counted from the input.

    Returns
    -------
    bound
        Equal to the objective only if that is optimal.
    """
    met = branched.bound <= branched.value
    agrees = abs(branched.value - objective) <= _ROUNDING * max(1.0, abs(objective))
    return objective if met and agrees else max(branched.bound, objective)


def out_of_reach(cover: Cover, allowed: Bools) -> NDArray[np.int32]:
    """
    Find the demand that no site could serve, whatever is chosen.

    Parameters
    ----------
    cover
        Which demand each site covers.
    allowed
        Sites that may be opened. Shape ``(n_sites,)``.

    Returns
    -------
    demand
        Its rows, ascending.
    """
    reached = np.zeros(cover.n_homes, dtype=np.bool_)
    reached[cover.home[np.repeat(allowed, np.diff(cover.start))]] = True
    return np.flatnonzero(~reached).astype(np.int32)


def require_whole(chosen: Bools | None) -> Bools:
    """
    Refuse to go on without any choice.

    Parameters
    ----------
    chosen
        What a search found. Shape ``(n_open,)``.

    Returns
    -------
    chosen
        The same.

    Raises
    ------
    NoPlanError
        If it found nothing.
    """
    if chosen is None:
        raise NoPlanError(
            "The search ended before any whole plan was found.",
            where="sites with capacities",
            do="Allow more search nodes, or force and forbid less.",
            code="GH402",
        )
    return chosen

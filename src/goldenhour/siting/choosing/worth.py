# SPDX-License-Identifier: Apache-2.0
"""What each chosen site is worth: people lost without it, and what would stand in for it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.certificate import people_covered
from goldenhour.siting.choosing.options import Homes, Options
from goldenhour.siting.choosing.served import Served

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """
    The best other candidate for one site.

    Parameters
    ----------
    structure
        Structure row, -1 if there is none.
    people_fewer
        People fewer that the chain would serve with it instead.
    """

    structure: int
    people_fewer: float


def lost_without(
    options: Options, homes: Homes, served: Served
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Count the people who fall out of the chain if one site closes.

    Parameters
    ----------
    options
        Candidates and times.
    homes
        People.
    served
        What the choice does.

    Returns
    -------
    of_tsp, of_hospital
        People lost without each. Shapes ``(n_open,)`` and ``(n_open_hospitals,)``.
    """
    whole = people_with(options, homes, served.tsp, served.hospital)
    of_tsp = [
        whole - people_with(options, homes, np.delete(served.tsp, t), served.hospital)
        for t in range(len(served.tsp))
    ]
    of_hospital = [
        whole - people_with(options, homes, served.tsp, np.delete(served.hospital, h))
        for h in range(len(served.hospital))
    ]
    return np.array(of_tsp), np.array(of_hospital)


def tsp_stand_ins(options: Options, homes: Homes, served: Served) -> list[StandIn]:
    """
    Find the best other candidate for each stabilisation point.

    Parameters
    ----------
    options
        Candidates and times.
    homes
        People.
    served
        What the choice does.

    Returns
    -------
    stand_ins
        One for each chosen point.
    """
    cover, n_sites = options.cover, options.cover.n_sites
    filled = np.flatnonzero(np.diff(cover.start))
    usable = np.asarray(np.isfinite(options.link_s[:, served.hospital]).any(axis=1))
    free = usable & ~np.isin(options.tsp, options.hospital[served.hospital])
    free[served.tsp] = False
    whole = people_with(options, homes, served.tsp, served.hospital)
    stand_ins = []
    for t in range(len(served.tsp)):
        others = np.delete(served.tsp, t)
        left = homes.people.copy()
        for j in others[usable[others]]:
            left[cover.home[cover.start[j] : cover.start[j + 1]]] = 0.0
        gain = np.zeros(n_sites)
        gain[filled] = np.add.reduceat(left[cover.home], cover.start[filled])
        best = int(np.argmax(np.where(free, gain, -1.0)))
        if not free[best]:
            stand_ins.append(StandIn(structure=-1, people_fewer=0.0))
            continue
        with_it = people_with(options, homes, np.append(others, best), served.hospital)
        stand_ins.append(StandIn(structure=int(options.tsp[best]), people_fewer=whole - with_it))
    return stand_ins


def hospital_stand_ins(options: Options, homes: Homes, served: Served) -> list[StandIn]:
    """
    Find the best other candidate for each field hospital: most people, then the shortest drives.

    Parameters
    ----------
    options
        Candidates and times.
    homes
        People.
    served
        What the choice does.

    Returns
    -------
    stand_ins
        One for each chosen field hospital.
    """
    whole = people_with(options, homes, served.tsp, served.hospital)
    taken = np.isin(options.hospital, options.tsp[served.tsp])
    taken[served.hospital] = True
    stand_ins = []
    for h in range(len(served.hospital)):
        others = np.delete(served.hospital, h)
        link_s = options.link_s[np.ix_(served.tsp, others)].min(axis=1, initial=np.inf)
        drive_s = np.minimum(options.link_s[served.tsp], link_s[:, np.newaxis])
        linked = np.isfinite(drive_s)
        effort_s = np.where(linked, drive_s, 0.0).sum(axis=0)
        order = np.lexsort((effort_s, -linked.sum(axis=0), taken))
        best = int(order[0]) if len(order) else -1
        if best < 0 or taken[best]:
            stand_ins.append(StandIn(structure=-1, people_fewer=0.0))
            continue
        with_it = people_with(options, homes, served.tsp, np.append(others, best))
        stand_ins.append(
            StandIn(structure=int(options.hospital[best]), people_fewer=whole - with_it)
        )
    return stand_ins


def people_with(options: Options, homes: Homes, tsp: Rows, hospital: Rows) -> float:
    """
    Count the people served along the chain by some sites.

    Parameters
    ----------
    options
        Candidates and times.
    homes
        People.
    tsp
        Open stabilisation candidates, as positions in the options. Shape ``(n_open,)``.
    hospital
        Open hospital candidates, likewise. Shape ``(n_open_hospitals,)``.

    Returns
    -------
    people
        Counted home by home.
    """
    return people_covered(
        options.cover,
        homes.people,
        tuple(int(j) for j in tsp),
        linked=np.isfinite(options.link_s),
        field_hospitals=tuple(int(k) for k in hospital),
    )

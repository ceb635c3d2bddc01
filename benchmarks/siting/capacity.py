# SPDX-License-Identifier: Apache-2.0
"""
Capacities: a made town of 10,000 x 500 x 20, and the OR-Library's capacitated p-medians.

``python -m benchmarks.siting.capacity`` prints every run; ``bars`` gives those that are asked for.
HiGHS gets the same merged demand as one whole model, flows and all, for 100 s.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from time import process_time
from typing import NamedTuple

import highspy
import numpy as np
from benchmarks.bars import Bar, below
from benchmarks.siting.instances import Case, geometric, streets
from numpy.typing import NDArray

from goldenhour.siting.engine.covering import build, level
from goldenhour.siting.models import Effort, Solution, mclp_capacitated, p_median_capacitated
from goldenhour.siting.plain.choice import Choice
from goldenhour.siting.plain.cover import as_cover
from goldenhour.siting.plain.result import ProofStatus

_SHARES = (0.6, 0.8, 1.0)
_SPREAD = 0.5  # of the logarithm of a capacity
_LONG_S, _SHORT_S, _HIGHS_S = 60.0, 100.0, 100.0
_PMEDCAP = Path("facility_location") / "pmedcap" / "pmedcap1.txt"


class Run(NamedTuple):
    """One run: what, objective, bound, gap as a share, processor seconds."""

    what: str
    objective: float
    bound: float
    gap: float
    seconds: float


class Clock:
    """Ask to stop after so many processor seconds."""

    def __init__(self, limit_s: float) -> None:
        self._start, self._limit_s = process_time(), limit_s

    @property
    def seconds(self) -> float:
        """Since it was made."""
        return process_time() - self._start

    def is_over(self) -> bool:
        """Whether to stop."""
        return self.seconds > self._limit_s


def town(seed: int = 1) -> Case:
    """Give the town of all runs."""
    return streets(10_000, 500, 20, covers=20, seed=seed)


def scattered() -> Case:
    """Give a harder one: demand in clusters on a plain, so that much is near many sites."""
    return geometric(10_000, 500, 20, covers=20)


def rooms(case: Case, share: float, seed: int = 5) -> NDArray[np.float64]:
    """Draw uneven capacities: ``k`` sites of the mean have room for a share of all people."""
    n_sites = case.cover.shape[1]
    uneven = np.random.Generator(np.random.PCG64(seed)).lognormal(0.0, _SPREAD, n_sites)
    room = uneven / uneven.mean() * share * float(case.people.sum()) / case.k
    return np.maximum(1.0, np.rint(room))


def ours(case: Case, share: float, limit_s: float = _LONG_S) -> Run:
    """Solve with our engine."""
    clock = Clock(limit_s)
    found = mclp_capacitated(
        case.cover, case.people, rooms(case, share), case.k, effort=Effort(stop=clock.is_over)
    )
    return _run(f"{case.name}, room for {share:.0%}", found, clock)


def _run(what: str, found: Solution, clock: Clock) -> Run:
    """Put a solution on one line."""
    return Run(what, found.objective, found.bound, found.gap, clock.seconds)


def plain_highs(case: Case, share: float, limit_s: float = _HIGHS_S) -> Run:
    """Give the whole model on merged demand to HiGHS: ``y`` and a flow for each pair."""
    cover, k = as_cover(case.cover, len(case.people)), case.k
    people = np.asarray(case.people, dtype=np.float64)
    table = build(cover, people, level(Choice(n=k), cover.n_sites, "sites")).table
    n_sites, n_groups, n_pairs = cover.n_sites, len(table.weight), len(table.group_site)
    group = np.repeat(np.arange(n_groups), np.diff(table.group_start))
    solver = highspy.Highs()
    for name, value in (("output_flag", False), ("threads", 1), ("mip_rel_gap", 0.0)):
        solver.setOptionValue(name, value)
    solver.setOptionValue("time_limit", limit_s)
    n = n_sites + n_pairs
    upper = np.concatenate([np.ones(n_sites), table.weight[group]])
    solver.addVars(n, np.zeros(n), upper)
    cost = -np.concatenate([np.zeros(n_sites), np.ones(n_pairs)])
    solver.changeColsCost(n, np.arange(n, dtype=np.int32), cost)
    whole = np.full(n_sites, highspy.HighsVarType.kInteger)
    solver.changeColsIntegrality(n_sites, np.arange(n_sites, dtype=np.int32), whole)
    pair = np.arange(n_pairs, dtype=np.int32) + n_sites
    infinite, sites = highspy.kHighsInf, np.arange(n_sites, dtype=np.int32)
    solver.addRow(float(k), float(k), n_sites, sites, np.ones(n_sites))
    solver.addRows(
        n_groups,
        np.full(n_groups, -infinite),
        table.weight,
        n_pairs,
        table.group_start[:-1].astype(np.int32),
        pair,
        np.ones(n_pairs),
    )
    room = rooms(case, share)
    for site in range(n_sites):
        mine = pair[table.group_site == site]
        column = np.append(mine, site).astype(np.int32)
        solver.addRow(
            -infinite, 0.0, len(column), column, np.append(np.ones(len(mine)), -room[site])
        )
    clock = Clock(np.inf)
    solver.run()
    info = solver.getInfo()
    value, bound = -info.objective_function_value, -info.mip_dual_bound
    gap = (bound - value) / value if value > 0 else np.inf
    return Run(f"plain HiGHS, room for {share:.0%}", value, bound, gap, clock.seconds)


def or_library(path: Path, limit_s: float = _SHORT_S) -> Iterator[tuple[Run, float, bool]]:
    """Solve the 20 problems; gives each with the best known value and whether it is proven."""
    values = iter(int(word) for word in path.read_text(encoding="utf-8").split())
    for _ in range(next(values)):
        number, best, n, p, room = (next(values) for _ in range(5))
        rows = np.array([[next(values) for _ in range(4)] for _ in range(n)])
        # Planar, and cut to whole numbers: so the published values come out.
        away = np.floor(np.linalg.norm(rows[:, None, 1:3] - rows[None, :, 1:3], axis=2))
        clock = Clock(limit_s)
        effort = Effort(stop=clock.is_over)
        found = p_median_capacitated(away, None, room, p, load=rows[:, 3], effort=effort)
        is_proven = found.status is ProofStatus.OPTIMAL
        yield _run(f"pmedcap1 {number} ({n} x {p})", found, clock), float(best), is_proven


def _warm() -> None:
    """Compile, so that runs tell the work alone."""
    mclp_capacitated(np.eye(3), np.ones(3), 1.0, 1)
    p_median_capacitated(np.ones((3, 3)), None, 2.0, 2)


def bars(data: Path, scratch: Path) -> list[Bar]:
    """
    Measure what is asked for.

    Parameters
    ----------
    data
        Folder of public instances.
    scratch
        Not used.

    Returns
    -------
    bars
        Gap of town and plain at each tightness; OR-Library problems proven, and missed by how much.
    """
    del scratch
    _warm()
    case, seen = town(), []
    for one in (case, scattered()):
        for share in _SHARES:
            run = ours(one, share)
            seen.append(below(f"{run.what}: gap after 60 s", 2.0, 100 * run.gap, "%"))
    theirs = plain_highs(case, _SHARES[1])
    seen.append(
        Bar("the same in plain HiGHS after 100 s", 0.0, 100 * theirs.gap, "%", at_least=True)
    )
    if (data / _PMEDCAP).exists():
        runs = list(or_library(data / _PMEDCAP))
        proven = sum(is_proven for _, _, is_proven in runs)
        worst = max(run.objective / best - 1 for run, best, _ in runs)
        seen.append(Bar("pmedcap1: proven in 100 s each", 20, proven, "of 20", at_least=True))
        seen.append(below("pmedcap1: above best known, at most", 0.0, 100 * worst, "%"))
    return seen


def main() -> None:
    """Print every run."""
    _warm()
    case = town()
    for one in (case, scattered()):
        for share in _SHARES:
            _print(ours(one, share))
    _print(plain_highs(case, _SHARES[1]))
    if len(sys.argv) > 1:
        for run, best, _ in or_library(Path(sys.argv[1]) / _PMEDCAP):
            _print(run, f"best known {best:.0f}")


def _print(run: Run, more: str = "") -> None:
    """Print one line."""
    print(
        f"{run.what:45s} {run.objective:9.0f} {run.bound:11.1f} {run.gap:7.2%} "
        f"{run.seconds:6.1f} s {more}",
        flush=True,
    )


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""
Maximal covering on made towns: beside spopt as it comes, beside plain HiGHS, and far beyond both.

Ratios count where both prove the same optimum. Runs of the two alternate; medians are compared.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
from benchmarks.bars import Bar, bar_table, below, faster
from benchmarks.siting.instances import Case, geometric, quarters, streets
from benchmarks.siting.mclp_case import Told, load, save

from goldenhour.siting.engine.covering import Covering, level, of_rows
from goldenhour.siting.highs import LpStatus, MixedProgram, solve_mip
from goldenhour.siting.models import mclp
from goldenhour.siting.plain.choice import as_choice
from goldenhour.siting.plain.cover import as_rows
from goldenhour.siting.plain.result import ProofStatus

ROOT = Path(__file__).parents[2]
_SIZES = (
    (streets, 1000, 100, 10, 4.0, 40, 5),
    (streets, 3000, 200, 10, 6.0, 100, 3),
    (streets, 10_000, 500, 20, 10.0, 200, 1),
    (quarters, 10_000, 500, 20, 14.0, 200, 1),
)
_WHOLE = 0.5  # people are whole; solvers are not quite
_PEER_LIMIT_S, _HIGHS_NODES = 600, 1_000_000
_LARGEST, _MILLION, _CUSTOMERS = 10_000, 1_000_000, 20_000_000
_CORDEAU = ((3.25, 20), (4.0, 20), (4.75, 15), (5.5, 10), (6.25, 15))


def bars(data: Path, scratch: Path) -> list[Bar]:
    """
    Measure everything.

    Parameters
    ----------
    data
        Not needed: all towns are made.
    scratch
        Folder for made towns.

    Returns
    -------
    bars
        About ten minutes of one processor, most of it the peers'.
    """
    del data
    return [*_beside_peers(scratch), *_millions(scratch), *_customers()]


def merged(case: Case) -> Covering:
    """Merge demand that the same sites cover."""
    rows = as_rows(case.cover, len(case.people))
    people = case.people.astype(np.float64)
    return of_rows(rows, people, level(as_choice(case.k), rows.n_sites, "sites"))


def program(covering: Covering) -> MixedProgram:
    """Write the classic program: served at most once, and only where a covering site is open."""
    table, m = covering.table, covering.n_sites
    n, n_inside = len(table.weight), np.diff(table.group_start)
    start = np.concatenate([[0], m + np.cumsum(np.concatenate([[0], n_inside + 1]))])
    column, factor = np.empty(start[-1], np.int32), np.full(start[-1], -1.0)
    column[:m], factor[:m] = np.arange(m), 1.0
    first = start[1:-1]
    column[first], factor[first] = m + np.arange(n), 1.0
    others = np.ones(start[-1], dtype=np.bool_)
    others[:m] = others[first] = False
    column[others] = table.group_site
    return MixedProgram(
        profit=np.concatenate([np.zeros(m), table.weight]),
        upper=np.ones(m + n),
        whole=np.arange(m + n) < m,
        row_start=start.astype(np.int32),
        column=column,
        factor=factor,
        row_lower=np.concatenate([[0.0], np.full(n, -np.inf)]),
        row_upper=np.concatenate([[float(covering.sites.n)], np.zeros(n)]),
    )


def _beside_peers(scratch: Path) -> list[Bar]:
    """Small towns: spopt with CBC, whole; the largest also against HiGHS on merged demand."""
    found = []
    for town, n_demand, n_sites, k, covers, asked, times in _SIZES:
        case = town(n_demand, n_sites, k, covers=covers)
        path = save(scratch / f"{town.__name__}-{n_demand}.npz", case)
        mclp(case.cover, case.people, k)  # compiled
        runs = [(_ours(path), _spopt(path), _ours(path)) for _ in range(times)]
        ours = median(one[0] for run in runs for one in (run[0], run[2]))
        peers = median(run[1][0] for run in runs)
        ratio = faster(f"{case.name}, spopt {peers:.3g} s, ours {ours:.3g} s", asked, peers, ours)
        found.append(_if_same(ratio, [one[1] for run in runs for one in run]))
        if n_demand == _LARGEST:
            theirs, mine = _timed(lambda case=case: _highs(case)), _ours(path)
            name = f"{case.name}, HiGHS on merged demand {theirs[0]:.3g} s, ours {mine[0]:.3g} s"
            ratio = faster(name, 40, theirs[0], mine[0])
            found.append(_if_same(ratio, [theirs[1], mine[1]]))
    return found


def _if_same(ratio: Bar, optima: list[float]) -> Bar:
    """Let a ratio stand only where everybody proved the same optimum."""
    return ratio if np.ptp(optima) < _WHOLE else ratio._replace(seen=np.nan)


def _ours(path: Path) -> tuple[float, float]:
    """Processor seconds to the proof, from the sparse table, and the optimum."""
    cover, people, k = load(path)

    def solve() -> float:
        solution = mclp(cover, people, k)
        return solution.objective if solution.status is ProofStatus.OPTIMAL else np.nan

    return _timed(solve)


def _highs(case: Case) -> float:
    """Let HiGHS prove it on demand that is merged already; NaN if it cannot."""
    answer = solve_mip(program(merged(case)), nodes=_HIGHS_NODES)
    return answer.objective if answer.status is LpStatus.OPTIMAL else np.nan


def _timed(solve: Callable[[], float]) -> tuple[float, float]:
    """Processor seconds, and what was found."""
    begin_s = time.process_time()
    objective = solve()
    return time.process_time() - begin_s, objective


def _spopt(path: Path) -> tuple[float, float]:
    """Run spopt in a process of its own: seconds for building and solving, and the optimum."""
    script = str(Path(__file__).with_name("spopt_mclp.py"))
    told = _last_line([sys.executable, script, str(path), str(_PEER_LIMIT_S)])
    return told["whole_s"], told["objective"] if told["is_optimal"] else np.nan


def _millions(scratch: Path) -> list[Bar]:
    """Take a million demands: streets to the proof, denser streets, a plain that is hard."""
    found = []
    for town in (streets, quarters):
        case = town(_MILLION, 1000, 20, covers=20.0)
        seen = _alone("saved", save(scratch / f"{town.__name__}-1M.npz", case), 60)
        found += [
            below(f"{case.name}: until 1 % is left", 5, seen.near_s, "s"),
            below(f"{case.name}: optimum", 15, seen.seconds if seen.gap == 0 else np.nan, "s"),
            below(f"{case.name}: memory", 500, seen.peak_mb, "MB"),
        ]
    for town, covers, limit_s, asked in ((quarters, 33.0, 60, 1.0), (geometric, 33.0, 90, 0.5)):
        case = town(_MILLION, 1000, 20, covers=covers)
        seen = _alone("saved", save(scratch / f"{town.__name__}-dense.npz", case), limit_s)
        name = f"{case.name}, {covers:.0f} covering sites: gap after {limit_s} s"
        found.append(below(name, asked, 100 * seen.gap, "%"))
    return found


def _customers() -> list[Bar]:
    """Twenty million customers, never stored: drawn, merged and proven."""
    found = []
    for seed, (radius, k) in enumerate(_CORDEAU, 1):
        seen = _alone("customers", _CUSTOMERS, 100, k, radius, seed)
        name = f"{_CUSTOMERS:,} customers x 100 x {k}, radius {radius:g}, {seen.peak_mb:.0f} MB"
        found.append(below(name, 15, seen.seconds if seen.gap == 0 else np.nan, "s"))
    return found


def _alone(*words: object) -> Told:
    """Solve one case in a process of its own."""
    module = [sys.executable, "-m", "benchmarks.siting.mclp_case"]
    return Told(**_last_line([*module, *(str(word) for word in words)]))


def _last_line(command: list[str]) -> dict[str, float]:
    """Run a process and read the line that it ends with."""
    ended = subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return dict(json.loads(ended.stdout.decode().splitlines()[-1]))


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as scratch:
        print("\n".join(bar_table(bars(Path(scratch), Path(scratch)))))


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""
One large covering problem in a process of its own: ``python -m benchmarks.siting.mclp_case ...``.

``saved CASE.npz LIMIT_S`` solves a saved problem; ``customers N SITES K RADIUS SEED`` lets
Cordeau's customers stream in. Prints processor seconds, those until 1 % was left, gap and memory.
"""

import json
import sys
import time
from pathlib import Path
from typing import NamedTuple

import numba
import numpy as np
from benchmarks.siting.instances import Case, Customers, customers
from numpy.typing import NDArray
from scipy import sparse

from goldenhour.siting.models import mclp
from goldenhour.siting.plain.cover import Covers
from goldenhour.siting.plain.effort import Effort
from goldenhour.siting.plain.merged import MergedDemand

_CELLS, _SIDE = 600, 30.0
_NEAR_SHARE = 0.01


class Told(NamedTuple):
    """What one run showed."""

    seconds: float
    near_s: float
    gap: float
    peak_mb: float
    objective: float


def save(path: Path, case: Case) -> Path:
    """Write a problem so that a process that knows nothing of its making can read it."""
    np.savez(
        path,
        start=case.cover.indptr,
        site=case.cover.indices,
        shape=np.array(case.cover.shape),
        people=case.people,
        k=case.k,
    )
    return path


def load(path: Path) -> tuple[sparse.csr_array, NDArray[np.int64], int]:
    """Read a saved problem."""
    case = np.load(path)
    yes = np.ones(len(case["site"]), dtype=np.bool_)
    cover = sparse.csr_array((yes, case["site"], case["start"]), shape=tuple(case["shape"]))
    return cover, case["people"], int(case["k"])


def main() -> None:
    """Solve one."""
    kind, *words = sys.argv[1:]
    _warm()
    begin_s = time.process_time()
    if kind == "saved":
        cover, people, k = load(Path(words[0]))
        begin_s = time.process_time()
        told = _solved(cover, people, k, begin_s=begin_s, limit_s=float(words[1]))
    else:
        numbers = [int(word) for word in words[:3]]
        wanted = customers(*numbers, radius=float(words[3]), seed=int(words[4]))
        merged = streamed(wanted)
        told = _solved(merged.cover, merged.people, wanted.k, begin_s=begin_s, limit_s=np.inf)
    print(json.dumps(told._asdict()))


def streamed(wanted: Customers) -> MergedDemand:
    """Draw customers a chunk at a time and sum them by the sites that cover them."""
    merged = MergedDemand(len(wanted.site))
    field = _field(wanted.site, wanted.radius)
    for place, people in wanted.chunks():
        merged.add_masks(_masks(place, wanted.site, wanted.radius**2, *field), people)
    return merged


def _solved(
    cover: Covers, people: NDArray[np.float64], k: int, *, begin_s: float, limit_s: float
) -> Told:
    """Solve, and note when little was left."""
    near: list[float] = []

    def told(objective: float, bound: float) -> None:
        if not near and bound - objective <= _NEAR_SHARE * objective:
            near.append(time.process_time() - begin_s)

    effort = Effort(stop=lambda: time.process_time() - begin_s >= limit_s, told=told)
    found = mclp(cover, people, k, effort=effort)
    return Told(
        seconds=time.process_time() - begin_s,
        near_s=near[0] if near else np.inf,
        gap=found.gap,
        peak_mb=_peak_mb(),
        objective=found.objective,
    )


def _peak_mb() -> float:
    """Most memory of this program; ``ru_maxrss`` would tell its parent's too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak_kb = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return int(peak_kb) / 1000


def _warm() -> None:
    """Compile, on little."""
    few = customers(2000, 20, 3, radius=6.0)
    merged = streamed(few)
    mclp(merged.cover, merged.people, few.k)
    rng = np.random.Generator(np.random.PCG64(1))
    table = sparse.csr_array(rng.random((3000, 120)) < 0.1)
    mclp(table, rng.integers(1, 9, 3000), 8, effort=Effort(nodes=20))


def _field(site: NDArray[np.float64], radius: float) -> tuple[NDArray[np.uint64], ...]:
    """For each cell of a grid: sites that cover all of it, and those that cover a part."""
    side = _SIDE / _CELLS
    middle = (np.arange(_CELLS) + 0.5) * side
    half = side * np.sqrt(0.5) + 1e-9
    n_words = -(-len(site) // 64)
    whole = np.zeros((_CELLS * _CELLS, n_words), dtype=np.uint64)
    part = np.zeros_like(whole)
    for j, (x, y) in enumerate(site):
        away = np.hypot(middle[:, None] - x, middle[None, :] - y).ravel()
        bit = np.uint64(1) << np.uint64(j % 64)
        whole[away + half <= radius, j // 64] |= bit
        part[np.abs(away - radius) < half, j // 64] |= bit
    return whole, part


@numba.njit(cache=True)
def _masks(
    place: NDArray[np.float64],
    site: NDArray[np.float64],
    radius2: float,
    whole: NDArray[np.uint64],
    part: NDArray[np.uint64],
) -> NDArray[np.uint64]:
    """Covering sites of each place, as bits."""
    mask = np.empty((len(place), whole.shape[1]), dtype=np.uint64)
    for i in range(len(place)):
        x, y = place[i]
        column = min(int(x * (_CELLS / _SIDE)), _CELLS - 1)
        row = min(int(y * (_CELLS / _SIDE)), _CELLS - 1)
        cell = column * _CELLS + row
        for word in range(whole.shape[1]):
            bits, doubt = whole[cell, word], part[cell, word]
            j = 64 * word
            while doubt:
                away2 = (site[j, 0] - x) ** 2 + (site[j, 1] - y) ** 2
                if doubt & np.uint64(1) and away2 <= radius2:
                    bits |= np.uint64(1) << np.uint64(j % 64)
                doubt >>= np.uint64(1)
                j += 1
            mask[i, word] = bits
    return mask


if __name__ == "__main__":
    main()

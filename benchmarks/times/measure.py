# SPDX-License-Identifier: Apache-2.0
"""Processor time, memory, and a piece of work that tells how fast the machine is just now."""

import gc
import math
import resource
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from types import ModuleType
from typing import Any, NamedTuple, TypeVar

import numpy as np

_Result = TypeVar("_Result")


class Cost(NamedTuple):
    """Processor seconds of all threads, and wall seconds."""

    core_s: float
    wall_s: float


def cost(work: Callable[[], _Result]) -> tuple[Cost, _Result]:
    """Run once."""
    wall, core = time.perf_counter(), time.process_time()
    result = work()
    return Cost(time.process_time() - core, time.perf_counter() - wall), result


def typical(work: Callable[[int], object], rounds: int) -> Cost:
    """Run with round numbers 0, 1, …; the medians."""
    costs = [cost(lambda i=i: work(i))[0] for i in range(rounds)]  # type: ignore[misc] # mypy cannot infer a lambda's default
    return Cost(median(c.core_s for c in costs), median(c.wall_s for c in costs))


def calibration_ms() -> float:
    """Time a fixed walk through memory, as a search does it, and a sort: core-ms."""
    rng = np.random.Generator(np.random.PCG64(5))
    following, keys = rng.permutation(1 << 20), rng.random(1 << 18)

    def walk(_: int) -> None:
        at = np.arange(1 << 20)
        for _ in range(4):
            at = following[at]
        np.sort(keys)

    return 1000 * typical(walk, 5).core_s


def resident_mb() -> float:
    """Memory that this process holds now; NaN where the machine does not say."""
    gc.collect()
    pages = Path("/proc/self/statm")
    if not pages.exists():
        return math.nan
    return int(pages.read_text(encoding="ascii").split()[1]) * resource.getpagesize() / 1e6


def array_bytes(thing: object) -> int:
    """Add up all arrays that something holds on to, each once."""
    seen, owners, todo = set[int](), dict[int, int](), [thing]
    while todo:
        here = todo.pop()
        if id(here) in seen or isinstance(here, (type, ModuleType)) or callable(here):
            continue
        seen.add(id(here))
        if isinstance(here, np.ndarray):
            owner: Any = here
            while isinstance(owner.base, np.ndarray):
                owner = owner.base
            owners[id(owner)] = owner.nbytes
        else:
            todo += gc.get_referents(here)
    return sum(owners.values())

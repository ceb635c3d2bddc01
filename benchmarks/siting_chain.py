# SPDX-License-Identifier: Apache-2.0
"""
The chain of care on a made-up town, ours against the whole model in HiGHS's own tree.

Usage: ``python benchmarks/siting_chain.py``. Compiled code is warm, runs alternate, medians are
shown; a ratio counts only where both prove the same objective.
"""

import sys
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter

from goldenhour.siting.models.chain import chain
from goldenhour.siting.plain.choice import Choice
from goldenhour.siting.plain.effort import Effort
from goldenhour.siting.plain.result import Solution

# The tests' oracle serves here too.
sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.siting.oracle import Instance, streets_like, whole_model

RUNS = 3


def ours(instance: Instance) -> Solution:
    """Solve with our engine, to the end."""
    return chain(
        instance.cover,
        instance.links,
        instance.people,
        sites=instance.sites,
        hospitals=instance.hospitals,
        effort=Effort(gap_share=0.0, nodes=10_000),
    )


def main() -> None:
    """Print one line."""
    instance = replace(
        streets_like(1, n_homes=4000, n_sites=200, n_hospitals=40, radius=0.1),
        sites=Choice(n=8),
        hospitals=Choice(n=3),
    )
    ours(instance)  # compiles
    our_s, their_s = [], []
    for _ in range(RUNS):
        started = perf_counter()
        mine = ours(instance)
        our_s.append(perf_counter() - started)
        started = perf_counter()
        whole = whole_model(instance)
        their_s.append(perf_counter() - started)
    print("4,000 homes x 200 points x 40 hospitals, 8 and 3 open")
    print(f"ours          {median(our_s):8.3f} s  {mine.objective:.0f} {mine.status.value}")
    print(f"compact HiGHS {median(their_s):8.3f} s  {whole.objective:.0f} {whole.status.value}")
    print(f"ratio         {median(their_s) / median(our_s):8.1f}")


if __name__ == "__main__":
    main()

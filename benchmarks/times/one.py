# SPDX-License-Identifier: Apache-2.0
"""
One engine in a process of its own: values first, then speed.

Usage: ``python -m benchmarks.times.one PACKAGE GRAPH CASE ROUNDS OUT``; writes one JSON object.
"""

import importlib.metadata
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.times import case as cases
from benchmarks.times import graph as graphs
from benchmarks.times.case import N_CHECKED, Case
from benchmarks.times.graph import Floats, Graph, Ints
from benchmarks.times.measure import calibration_ms, cost, resident_mb, typical
from benchmarks.times.peers import ENGINES, Engine

LIMITS_S = (600.0, 3600.0)
_REACHES = 16
_FOR_EVER_S = 2**24  # longer than any way, shorter than a closed street anywhere


def measured(package: str, graph: Graph, case: Case, rounds: int) -> dict[str, Any]:
    """Ask one engine everything."""
    kind = ENGINES[package]
    warmed_up(kind)
    calibration, at_rest_mb = [calibration_ms()], resident_mb()
    set_up, engine = cost(lambda: kind(graph))
    seen: dict[str, Any] = {"version": importlib.metadata.version(package)}
    seen |= {"includes": kind.includes, "set_up_s": set_up.core_s}
    seen["before"] = agreement(engine, case, case.before)
    seen["memory_mb"] = resident_mb() - at_rest_mb
    seen["matrix_ms"] = per_source_ms(engine, case.sources, case.targets, kind.sources, rounds)
    seen["town_ms"] = per_source_ms(
        engine, case.town_sources, case.town_targets, kind.sources, rounds
    )
    seen["reached"] = [engine.reach(int(node), LIMITS_S[-1]) for node in case.sources[:_REACHES]]
    seen["reach_ms"] = [reach_ms(engine, case.sources, limit_s) for limit_s in LIMITS_S]
    seen["close_s"] = cost(lambda: engine.close(case.closed))[0].core_s
    seen["after"] = agreement(engine, case, case.after)
    seen["town_closed_ms"] = per_source_ms(
        engine, case.town_sources, case.town_targets, kind.sources, rounds
    )
    if package == "goldenhour":
        seen |= edits(engine, graph, case, rounds)
    calibration.append(calibration_ms())
    return seen | {"calibration_ms": calibration}


def warmed_up(kind: type[Engine]) -> None:
    """Import and compile: ask everything of a street with three junctions."""
    importlib.import_module(kind.module)
    tail, head, junction = np.array([[0, 1, 1, 2], [1, 0, 2, 1], [0, 1, 2, 0]], dtype=np.int32)
    place = junction[:3] / 100
    engine = kind(Graph(tail, head, tail + head, lon=place, lat=place, tile=junction[:3]))
    engine.matrix(junction[:3], junction[1:3])
    engine.reach(0, 1.0)
    engine.close(junction[:1])
    engine.matrix(junction[:3], junction[1:3])


def agreement(engine: Engine, case: Case, expected: Floats) -> dict[str, float]:
    """Compare with scipy: pairs that only one of them reaches, and the largest difference."""
    n = min(N_CHECKED, type(engine).sources)
    found, truth = engine.matrix(case.sources[:n], case.targets), expected[:n]
    reached, reachable = found < _FOR_EVER_S, np.isfinite(truth)
    both = reached & reachable
    return {
        "pairs": truth.size,
        "unreachable": int(np.count_nonzero(~reachable)),
        "mismatches": int(np.count_nonzero(reached != reachable)),
        "largest_s": float(np.abs(found[both] - truth[both]).max(initial=0.0)),
    }


def per_source_ms(engine: Engine, sources: Ints, targets: Ints, n: int, rounds: int) -> float:
    """Take the median of rounds over other sources each, after one to warm up."""

    def one_round(i: int) -> None:
        engine.matrix(np.roll(sources, -i * n)[:n], targets)

    one_round(rounds)
    return 1000 * typical(one_round, rounds).core_s / n


def reach_ms(engine: Engine, sources: Ints, limit_s: float) -> float | None:
    """Take the median over single sources."""
    if engine.reach(int(sources[0]), limit_s) is None:
        return None
    return 1000 * typical(lambda i: engine.reach(int(sources[i]), limit_s), _REACHES).core_s


def edits(engine: Engine, graph: Graph, case: Case, rounds: int) -> dict[str, float]:
    """Close other streets each time, then ask for the matrix of a town: medians, all cores."""
    rng = np.random.Generator(np.random.PCG64(13))
    closures = [cases.streets(graph, rng, cases.N_STREETS) for _ in range(rounds)]

    def edit(i: int) -> None:
        engine.close(closures[i])
        engine.matrix(case.town_sources, case.town_targets)

    typical_edit = typical(edit, rounds)
    return {"edit_s": typical_edit.core_s, "edit_wall_s": typical_edit.wall_s}


def main() -> None:
    """Measure and write; a failure is a result too."""
    package, graph, case, rounds, out = sys.argv[1:]
    try:
        seen = measured(package, graphs.load(Path(graph)), cases.load(Path(case)), int(rounds))
    except ModuleNotFoundError as missing:
        seen = {"failed": f"not installed ({missing.name})"}
    except Exception as reason:  # noqa: BLE001 - whatever a peer throws belongs into the table
        seen = {"failed": f"failed: {type(reason).__name__}: {reason}"}
    Path(out).write_text(json.dumps(seen), encoding="utf-8")


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""
Measure travel times beside other engines, print the tables, and draw them.

Usage: ``make bench-times``, or ``python -m benchmarks.times [--quick] [--write]``. Each engine runs
in a process of its own; nothing here ever fails a build.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks import bars
from benchmarks.times import case as cases
from benchmarks.times import end_to_end, grids, mosaic, plot, report
from benchmarks.times import graph as graphs
from benchmarks.times.peers import ENGINES
from benchmarks.times.towns import town_of

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "benchmarks" / "travel-times.md"
PICTURE = ROOT / "docs" / "images" / "travel-times.png"
START, END = "<!-- measured: start -->", "<!-- measured: end -->"
_LONGEST_S = 400
_SLOW = ("pandana",)  # --quick leaves it out


def main() -> None:
    """Make the graphs, run everything, print."""
    asked = _asked()
    asked.scratch.mkdir(parents=True, exist_ok=True)
    seen = json.loads(asked.again.read_text()) if asked.again else _everything(asked)
    (asked.scratch / "seen.json").write_text(json.dumps(seen), encoding="utf-8")
    lines = _page(seen)
    print("\n".join(lines))
    if asked.write:
        plot.draw(seen["mosaic"], PICTURE)
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(START)
        after = rest.partition(END)[2]
        text = "\n".join([before + START, "", *lines, "", END + after])
        PAGE.write_text(text, encoding="utf-8")


def _asked() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.times", description=__doc__)
    scratch = Path(tempfile.gettempdir()) / "goldenhour-bench"
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--scratch", type=Path, default=scratch, help="folder for the made graphs")
    parser.add_argument("--quick", action="store_true", help="one round; no country, no pandana")
    parser.add_argument("--write", action="store_true", help="put table and plot into docs/")
    parser.add_argument("--only", nargs="*", choices=[*ENGINES], help="only these engines")
    parser.add_argument("--again", type=Path, help="print an earlier seen.json")
    return parser.parse_args()


def _everything(asked: argparse.Namespace) -> dict[str, Any]:
    """Run every measurement in its own process."""
    rounds = 1 if asked.quick else 3
    small, large = mosaic.made(asked.data, asked.scratch)
    city = asked.scratch / "aleppo-layers.npz"
    graphs.save(end_to_end.layered(town_of(asked.data / end_to_end.ALEPPO)), city)
    seen: dict[str, Any] = {"machine": bars.machine(), "graphs": {}}
    for name, path in (("mosaic", small), ("aleppo", city)):
        graph, case = graphs.load(path), path.with_suffix(".case.npz")
        cases.save(cases.drawn(graph), case)
        seen["graphs"][name] = (graph.n_nodes, graph.n_arcs)
        seen[name] = {
            package: {"failed": "left out by --quick or --only"}
            if _is_left_out(package, asked)
            else _run("one", package, path, case, rounds, scratch=asked.scratch)
            for package in ENGINES
        }
    case = small.with_suffix(".case.npz")
    seen["cold"] = _cold(small, case, asked.scratch)
    for _ in range(2):  # the first fills the kernel cache
        seen["towns"] = _run("end_to_end", asked.data, scratch=asked.scratch)
    seen["grids"] = _run("grids", scratch=asked.scratch)
    if not asked.quick:
        seen["country"] = _run("country", large, rounds, scratch=asked.scratch)
    return seen


def _is_left_out(package: str, asked: argparse.Namespace) -> bool:
    """Tell what the command line leaves out."""
    return (asked.quick and package in _SLOW) or bool(asked.only and package not in asked.only)


def _run(script: str, *words: object, scratch: Path) -> Any:  # noqa: ANN401 - each script gives its own
    """Run a script that writes JSON; an end without a result is a result."""
    print(f"… {script} {words[0] if words else ''}", file=sys.stderr, flush=True)
    out = scratch / "out.json"
    out.unlink(missing_ok=True)
    command = [sys.executable, "-m", f"benchmarks.times.{script}", *map(str, words), str(out)]
    one_thread = ["env", "OMP_NUM_THREADS=1"]  # of those peers that would take all
    try:
        ended = subprocess.run(
            [*one_thread, *command], cwd=ROOT, timeout=_LONGEST_S, capture_output=True, check=False
        )
    except subprocess.TimeoutExpired:
        return {"failed": f"failed: longer than {_LONGEST_S} s"}
    if out.exists():
        return json.loads(out.read_text(encoding="utf-8"))
    last = (ended.stderr.decode(errors="replace").splitlines() or [""])[-1]
    return {"failed": f"failed: exit {ended.returncode} {last}"}


def _cold(graph: Path, case: Path, scratch: Path) -> dict[str, Any]:
    """Start fresh programs: first to compile and to keep the order, then on the clock."""
    words = ["-m", "benchmarks.times.cold", str(graph), str(case)]
    kept = str(scratch / "orders")
    seen: dict[str, Any] = {}
    for name, folder, rounds in (("", [kept], 1), ("kept", [kept], 3), ("made", [], 3)):
        command = [sys.executable, *words, *folder]
        try:
            costs = [_fresh(command) for _ in range(rounds)]
        except subprocess.CalledProcessError as ended:
            return {"failed": f"failed: {(ended.stderr.splitlines() or [''])[-1]}"}
        seen[f"{name}_core_s"], seen[f"{name}_s"] = np.median(costs, axis=0).tolist()
    return seen


def _fresh(command: list[str]) -> tuple[float, float]:
    """Run a program; processor and wall seconds."""
    before, started = os.times(), time.perf_counter()
    subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    wall_s, after = time.perf_counter() - started, os.times()
    core_s = after.children_user + after.children_system
    return core_s - before.children_user - before.children_system, wall_s


def _page(seen: dict[str, Any]) -> list[str]:
    """Put the tables together."""
    lines = [f"Measured on {seen['machine']}.", "", *bars.bar_table(report.bars(seen))]
    for name, title in (("mosaic", "The mosaic"), ("aleppo", "Aleppo, both layers of evacuation")):
        nodes, arcs = seen["graphs"][name]
        lines += ["", f"### {title}: {nodes:,} nodes, {arcs:,} arcs", ""]
        lines += report.engine_table(seen[name])
    lines += ["", "What each time includes:", "", *report.include_list(seen["mosaic"])]
    lines += ["", "### Open ground, 1,000 x 1,000 cells", ""]
    lines += (
        [seen["grids"]["failed"]]
        if "failed" in seen["grids"]
        else grids.table(seen["grids"]["rows"])
    )
    lines += ["", "### Ours alone", "", *report.alone(seen)]
    return lines


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""
Measure siting beside other tools and print the tables.

Usage: ``make bench-siting``, or ``python -m benchmarks.siting [--only NAME] [--write]``. Each part
runs in a process of its own on one thread; nothing here ever fails a build.
"""

import argparse
import importlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.bars import Bar, bar_table, machine

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "benchmarks" / "siting.md"
START, END = "<!-- measured: start -->", "<!-- measured: end -->"
PARTS = {
    "mclp": "Maximal covering, made towns",
    "cities": "Maximal covering, cities whose sites are their demand",
    "p_median": "p-median and p-centre",
    "capacity": "Capacities",
    "worlds": "Many worlds",
    "replan": "Aleppo, one bridge closed",
}
_LONGEST_S = 1800


def main() -> None:
    """Run the parts, print, and write if asked."""
    asked = _asked()
    if asked.part:
        seen = importlib.import_module(f"benchmarks.siting.{asked.part}")
        print(json.dumps([tuple(bar) for bar in seen.bars(asked.data, asked.scratch)]))
        return
    asked.scratch.mkdir(parents=True, exist_ok=True)
    lines = [f"Measured on {machine()}."]
    for part in asked.only or PARTS:
        lines += ["", f"### {PARTS[part]}", "", *_measured(part, asked)]
    print("\n".join(lines))
    if asked.write:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(START)
        text = "\n".join([before + START, "", *lines, "", END + rest.partition(END)[2]])
        PAGE.write_text(text, encoding="utf-8")


def _asked() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.siting", description=__doc__)
    scratch = Path(tempfile.gettempdir()) / "goldenhour-bench-siting"
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--scratch", type=Path, default=scratch, help="folder for made instances")
    parser.add_argument("--only", nargs="*", choices=[*PARTS], help="only these parts")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/")
    parser.add_argument("--part", choices=[*PARTS], help=argparse.SUPPRESS)
    return parser.parse_args()


def _measured(part: str, asked: argparse.Namespace) -> list[str]:
    """Run one part in a process of its own; an end without a result is a result."""
    print(f"… {part}", file=sys.stderr, flush=True)
    words = ["--part", part, "--data", str(asked.data), "--scratch", str(asked.scratch)]
    one_thread = ["env", "OMP_NUM_THREADS=1", "NUMBA_NUM_THREADS=1"]
    command = [*one_thread, sys.executable, "-m", "benchmarks.siting", *words]
    try:
        ended = subprocess.run(
            command, cwd=ROOT, timeout=_LONGEST_S, capture_output=True, check=True
        )
    except subprocess.TimeoutExpired:
        return [f"failed: longer than {_LONGEST_S} s"]
    except subprocess.CalledProcessError as failed:
        last = (failed.stderr.decode(errors="replace").splitlines() or [""])[-1]
        return [f"failed: {last}"]
    seen = json.loads(ended.stdout.decode().splitlines()[-1])
    return bar_table([Bar(*bar) for bar in seen])


if __name__ == "__main__":
    main()

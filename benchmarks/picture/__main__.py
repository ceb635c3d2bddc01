# SPDX-License-Identifier: Apache-2.0
"""
Measure the picture and print the tables.

Usage: ``make bench-picture``, or ``python -m benchmarks.picture [--write]``. Nothing here ever
fails a build.
"""

import argparse
from pathlib import Path

from benchmarks.bars import machine
from benchmarks.picture import damage

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "benchmarks" / "picture.md"
START, END = "<!-- measured: start -->", "<!-- measured: end -->"


def main() -> None:
    """Measure, print, and write if asked."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.picture", description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/")
    asked = parser.parse_args()
    lines = [f"Measured on {machine()}.", "", "### Damage", "", *damage.tables(asked.data)]
    print("\n".join(lines))
    if asked.write:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(START)
        text = "\n".join([before + START, "", *lines, "", END + rest.partition(END)[2]])
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""
What the chain says for Mosul, day by day, beside what was done.

Usage: ``python -m benchmarks.back_test [--write]`` prints the table, and puts it into
``docs/explanation/back-test.md``.
"""

import sys
from pathlib import Path

from benchmarks.bars import markdown

from tests.back_test.mosul import Answer, answer, days

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "explanation" / "back-test.md"
START, END = "<!-- made: start -->", "<!-- made: end -->"
_HEAD = (
    "day",
    "stand-off, km",
    "stabilisation point, km from the fighting",
    "field hospital, km from the fighting",
    "drive between, min",
    "done then",
    "within the hour with what worked",
)


def main() -> None:
    """Print, and write if asked."""
    rows = [
        _row(answer(day, stand_off_km=stand_off), stand_off)
        for day in days()
        for stand_off in (2.0, 8.0)
    ]
    lines = markdown(_HEAD, rows)
    print("\n".join(lines))
    if "--write" in sys.argv:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(START)
        text = "\n".join([before + START, "", *lines, "", END + rest.partition(END)[2]])
        PAGE.write_text(text, encoding="utf-8")


def _row(found: Answer, stand_off: float) -> tuple[str, ...]:
    """Say one day."""
    day = found.day
    done = ", ".join(_name(name) for name in (day.seen_tsp, day.seen_hospital) if name) or "-"
    return (
        f"{day.date}",
        f"{stand_off:g}",
        f"{_name(found.tsp)}, {found.tsp_km:.0f}",
        f"{_name(found.hospital)}, {found.hospital_km:.0f}",
        f"{found.link_min[found.hospital]:.0f}",
        done,
        f"{found.served_by_open_share:.0%} of the places fought over",
    )


def _name(place: str) -> str:
    """Write a place's name."""
    return place.replace("_", " ").title()


if __name__ == "__main__":
    main()

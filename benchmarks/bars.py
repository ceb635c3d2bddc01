# SPDX-License-Identifier: Apache-2.0
"""What was asked for and what was seen, as every benchmark page prints it."""

import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np


class Bar(NamedTuple):
    """One bar: what, what is asked for, what was seen (NaN if not measured)."""

    what: str
    asked: float
    seen: float
    unit: str
    at_least: bool

    @property
    def verdict(self) -> str:
        """Say it."""
        if np.isnan(self.seen):
            return "not measured"
        met = self.seen >= self.asked if self.at_least else self.seen <= self.asked
        return "met" if met else "**NOT met**"


def faster(what: str, asked: float, theirs: float, ours: float) -> Bar:
    """Ask for so many times faster."""
    return Bar(what, asked, theirs / ours if ours else np.nan, "x", at_least=True)


def below(what: str, asked: float, seen: float, unit: str) -> Bar:
    """Ask for no more than that."""
    return Bar(what, asked, seen, unit, at_least=False)


def bar_table(bars: Sequence[Bar]) -> list[str]:
    """Print the bars."""
    rows = [
        (
            bar.what,
            f"{'≥' if bar.at_least else '≤'} {bar.asked:g} {bar.unit}",
            "-" if np.isnan(bar.seen) else f"{rounded(bar.seen)} {bar.unit}",
            bar.verdict,
        )
        for bar in bars
    ]
    return markdown(("measure", "bar", "seen", ""), rows)


def machine() -> str:
    """Name processor, cores, interpreter, and how busy the machine is."""
    told = Path("/proc/cpuinfo")  # the platform module knows less
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    model = next((line.split(":")[1].strip() for line in lines if "model name" in line), "")
    return (
        f"{model or platform.machine()}, {os.cpu_count()} cores; "
        f"Python {platform.python_version()}, numpy {np.__version__}; "
        f"load {os.getloadavg()[0]:.1f} at the start"
    )


def markdown(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Lay out a table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return ["| " + " | ".join(line) + " |" for line in lines]


def rounded(value: float) -> str:
    """Show three digits."""
    if np.isnan(value):
        return "-"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"

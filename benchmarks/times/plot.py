# SPDX-License-Identifier: Apache-2.0
"""The engines side by side, on logarithmic axes."""

from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
from benchmarks.times.report import OURS, Seen
from matplotlib.axes import Axes

_OURS_COLOUR, _PEER_COLOUR = "#0b7a75", "#8a949e"
_N_SITES = 1_000


def draw(engines: dict[str, Seen], path: Path) -> None:
    """Draw three questions, one dot per engine that answered."""
    answered = {name: seen for name, seen in engines.items() if "failed" not in seen}
    panels = {
        "20,000 targets over the mosaic,\ncore-ms per source": {
            name: seen["matrix_ms"] for name, seen in answered.items()
        },
        "10,000 targets in one town,\ncore-ms per source": {
            name: seen["town_ms"] for name, seen in answered.items()
        },
        "3,000 streets closed, then 1,000 x 10,000\nin one town, core-s": {
            name: seen.get("edit_s", seen["close_s"] + seen["town_closed_ms"] * _N_SITES / 1000)
            for name, seen in answered.items()
        },
    }
    figure, axes = plt.subplots(1, len(panels), figsize=(12, 3.2), sharey=True)
    for axis, (title, values) in zip(axes, panels.items(), strict=True):
        _dots(axis, title, values)
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)


def _dots(axis: Axes, title: str, values: dict[str, float]) -> None:
    """Draw one question; a length would mean nothing on a logarithmic axis, so a dot."""
    for name, value in values.items():
        colour = _OURS_COLOUR if name == OURS else _PEER_COLOUR
        axis.plot([value], [name], "o", color=colour, markersize=9)
        axis.annotate(
            f"{value:.3g}", (value, name), (9, -3), textcoords="offset points", fontsize=8
        )
    axis.set_xscale("log")
    axis.set_xlim(min(values.values()) / 3, max(values.values()) * 8)
    axis.set_ylim(len(values) - 0.5, -0.5)
    axis.grid(axis="y", color="#e6e8ea")
    axis.set_axisbelow(True)
    axis.set_title(title, fontsize=10, loc="left")
    axis.spines[["top", "right"]].set_visible(False)

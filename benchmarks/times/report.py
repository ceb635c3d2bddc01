# SPDX-License-Identifier: Apache-2.0
"""What was seen, as tables in Markdown: bars first, then every engine, then ours alone."""

from typing import Any

import numpy as np
from benchmarks.bars import Bar, below, faster, markdown, rounded

Seen = dict[str, Any]
OURS, CCH, SCIPY, PANDANA = "goldenhour", "routingkit-cch", "scipy", "pandana"
GRID_BARS = {"GRASS r.walk": 4, "xarray-spatial": 1.5}
_ENGINE_COLUMNS = (
    "engine",
    "set-up, core-s",
    "memory, MB",
    "close 3,000 streets, core-s",
    "20,000 targets, core-ms per source",
    "in a town, core-ms per source",
    "within 10 min, core-ms",
    "within 60 min, core-ms",
    "largest difference, s",
    "machine, core-ms",
)


def bars(seen: Seen) -> list[Bar]:
    """Hold what was seen against what was asked for."""
    ours = seen["mosaic"].get(OURS, {})

    def matrix(peer: str, column: str, what: str, asked: float) -> Bar:
        theirs = seen["mosaic"].get(peer, {})
        return faster(
            f"{what}, against {peer}", asked, _number(theirs, column), _number(ours, column)
        )

    rebuild = _number(seen["mosaic"].get(PANDANA, {}), "close_s")
    country, cold = seen.get("country", {}), seen.get("cold", {})
    ratios = seen["grids"].get("ratios", {})
    whole = "K x 20,000 targets over the mosaic"
    return [
        matrix(CCH, "matrix_ms", whole, 20),
        matrix(SCIPY, "matrix_ms", whole, 120),
        matrix(PANDANA, "matrix_ms", whole, 800),
        matrix(CCH, "town_ms", "K x 10,000 targets in one town", 6),
        below(
            "close 3,000 streets, then 1,000 x 10,000, 2 cores",
            0.5,
            _number(ours, "edit_wall_s"),
            "s wall",
        ),
        faster("the same, against pandana's rebuild alone", 50, rebuild, _number(ours, "edit_s")),
        *(
            faster(f"grid of 1,000 x 1,000, against {peer}", asked, _number(ratios, peer), 1.0)
            for peer, asked in GRID_BARS.items()
        ),
        below("3.1 million nodes: order and build", 60, _number(country, "order_s"), "core-s"),
        below("3.1 million nodes: customise", 2, _number(country, "customise_s"), "core-s"),
        below("3.1 million nodes: memory", 200, _number(country, "bytes_per_node"), "B a node"),
        below("cold start to the first matrix, order kept", 2, _number(cold, "kept_s"), "s wall"),
    ]


def engine_table(engines: dict[str, Seen]) -> list[str]:
    """Print all engines on one graph; whoever is absent or failed has a line, too."""
    reached = engines.get(SCIPY, {}).get("reached")
    return markdown(_ENGINE_COLUMNS, [_engine_row(*item, reached) for item in engines.items()])


def _engine_row(name: str, seen: Seen, reached: list[int] | None) -> tuple[str, ...]:
    if "failed" in seen:
        return (name, seen["failed"], *[""] * (len(_ENGINE_COLUMNS) - 2))
    values = ("set_up_s", "memory_mb", "close_s", "matrix_ms", "town_ms")
    near, far = (rounded(ms) if ms is not None else "-" for ms in seen["reach_ms"])
    if seen["reached"][0] is not None and reached and seen["reached"] != reached:
        n = sum(one != other for one, other in zip(seen["reached"], reached, strict=True))
        far += f" ({n} of {len(reached)} sets differ in size)"
    checks = seen["before"], seen["after"]
    wrong = sum(check["mismatches"] for check in checks)
    apart = max(check["largest_s"] for check in checks)
    agreement = f"{apart:.3g}" + (f"; {wrong} pairs reached by one only" if wrong else "")
    machine = " → ".join(f"{ms:.0f}" for ms in seen["calibration_ms"])
    label = f"{name} {seen['version']}"
    return (label, *(rounded(seen[value]) for value in values), near, far, agreement, machine)


def include_list(engines: dict[str, Seen]) -> list[str]:
    """Say what each engine's time includes."""
    return [f"- {name}: {seen['includes']}" for name, seen in engines.items() if "includes" in seen]


def alone(seen: Seen) -> list[str]:
    """Print what only ours was asked."""
    ours, cold = seen["mosaic"].get(OURS, {}), seen["cold"]
    core_s, wall_s = (rounded(_number(ours, key)) for key in ("edit_s", "edit_wall_s"))
    kept, made = (
        f"{rounded(_number(cold, f'{name}_s'))} s wall, "
        f"{rounded(_number(cold, f'{name}_core_s'))} core-s"
        for name in ("kept", "made")
    )
    lines = [
        "- close 3,000 streets of the mosaic, then 1,000 x 10,000:",
        f"  - {core_s} core-s",
        f"  - {wall_s} s wall",
        "- fresh program to the first 1,000 x 10,000 on the mosaic:",
        f"  - {kept} with the order kept on disk",
        f"  - {made} without",
    ]
    if "failed" in cold:
        lines.append(f"- cold start: {cold['failed']}")
    return lines + _country(seen.get("country", {"failed": "left out"})) + _steps(seen["towns"])


def _country(seen: Seen) -> list[str]:
    """Print the size of a country."""
    if "failed" in seen:
        return [f"- size of a country: {seen['failed']}"]
    shown = {key: rounded(number) for key, number in seen.items() if isinstance(number, float)}
    return [
        f"- size of a country, {seen['nodes']:,} nodes and {seen['arcs']:,} arcs:",
        f"  - network {shown['network_s']} core-s",
        f"  - order and build {shown['order_s']} core-s, {shown['order_wall_s']} s wall",
        f"  - customise {shown['customise_s']} core-s, {shown['customise_wall_s']} s wall",
        f"  - {shown['bytes_per_node']} bytes a node in all arrays held",
        f"  - peak of the process {shown['peak_mb']} MB",
        f"  - 20,000 targets anywhere: {shown['matrix_ms']} core-ms per source",
    ]


def _steps(towns: dict[str, Any]) -> list[str]:
    """Print the steps of real towns."""
    if "failed" in towns:
        return [f"- real towns: {towns['failed']}"]
    rows = [
        (name, step, rounded(core_s), rounded(wall_s))
        for name, steps in towns.items()
        for step, (core_s, wall_s) in steps
    ]
    return ["", *markdown(("town", "step", "core-s", "s wall"), rows)]


def _number(seen: Seen, key: str) -> float:
    """Give a number, NaN where there is none."""
    return float(seen.get(key, np.nan))

# SPDX-License-Identifier: Apache-2.0
"""
Small made-up towns for tests: ``draw`` reads a drawing, ``make_town`` grows one from a seed.

Both stand near Al Qaim in ``CRS``, and both are marked as an exercise.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.town.layers import LayerSource
from goldenhour.town.town import Barriers, Places, Streets, Structures, Town

CRS = "EPSG:32637"
ORIGIN_X_M, ORIGIN_Y_M = 693_000.0, 3_805_000.0
MINUTE_M = 5_000 / 60
"""One minute's walk at 5 km/h, in metres."""
SOURCE = LayerSource(file="drawn", sha256="0" * 64, format="drawn", exercise=True)
ACROSS, DOWN = "-x", "|x"


class Drawn(NamedTuple):
    """A drawn town, and the edges that the drawing crosses out (they are in the town too)."""

    town: Town
    blocked: list[int]


def draw(drawing: str) -> Drawn:
    """
    Read a town from a drawing.

    Letters are junctions; node numbers follow the alphabet (the first letter is node 0). Each ``-``
    and ``|`` is one minute's walk, 83.3 m; a run of them between two letters is one street, named
    by its ends (``"A-B"``, the id too). A run with an ``x`` (also a minute) is there, and its edge
    number is in ``blocked``. Every letter has a structure ``"s-A"`` of 400 square metres on its
    junction and a place of that name. Lines are drawn straight and may be shorter than the
    street, as if it wound: ``length_m`` counts.
    """
    rows = drawing.strip("\n").splitlines()
    cells = {
        (r, c): mark for r, row in enumerate(rows) for c, mark in enumerate(row) if mark != " "
    }
    at = {cells[spot]: spot for spot in sorted(cells) if cells[spot].isupper()}
    letters = sorted(at)
    ends: list[tuple[int, int]] = []
    minutes: list[int] = []
    blocked: list[int] = []
    for letter in letters:
        for step, marks in (((0, 1), ACROSS), ((1, 0), DOWN)):
            run, other = _follow(cells, at[letter], step, marks)
            if run and other:
                if "x" in run:
                    blocked.append(len(ends))
                ends.append((letters.index(letter), letters.index(other)))
                minutes.append(len(run))
    x_m = np.array([ORIGIN_X_M + at[letter][1] * MINUTE_M / 2 for letter in letters])
    y_m = np.array([ORIGIN_Y_M - at[letter][0] * MINUTE_M / 2 for letter in letters])
    edges = np.array(ends, dtype=np.int32).reshape(-1, 2)
    names = [f"{letters[tail]}-{letters[head]}" for tail, head in ends]
    streets = make_streets(edges, x_m=x_m, y_m=y_m, names=names)
    streets = replace(streets, length_m=np.array(minutes, dtype=np.float64) * MINUTE_M)
    places = Places(
        id=words([f"p-{letter}" for letter in letters]),
        name=words(letters),
        name_ar=words([""] * len(letters)),
        kind=words(["junction"] * len(letters)),
        people=np.full(len(letters), np.nan),
        shape=np.asarray(shapely.points(x_m, y_m), dtype=np.object_),
    )
    structures = make_structures([f"s-{letter}" for letter in letters], x_m=x_m, y_m=y_m)
    return Drawn(make(streets, structures, places=places), blocked)


def make_town(seed: int, *, n_structures: int = 60, n_side: int = 6) -> Town:
    """
    Grow a small town: a street grid with some streets missing, a river with one bridge, houses.

    The river runs west to east between the two middle rows of streets; street ``bridge-0`` is the
    only way across. Places are ``North bank`` and ``South bank`` (polygons, with people). Some
    structures have no outline (area NaN), and about half have no known use.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    step_m, half = 100.0, n_side // 2
    column, row = np.meshgrid(np.arange(n_side), np.arange(n_side))
    x_m = ORIGIN_X_M + step_m * column.ravel() + rng.uniform(-15, 15, n_side**2)
    y_m = ORIGIN_Y_M + step_m * row.ravel() + rng.uniform(-15, 15, n_side**2)
    edges, names = [], []
    bridge_at = int(rng.integers(n_side))
    for r in range(n_side):
        for c in range(n_side):
            here = r * n_side + c
            if c + 1 < n_side:  # every row is whole, so only the banks can come apart
                edges.append((here, here + 1))
                names.append(f"row-{r}-{c}")
            crosses = r + 1 == half
            if r + 1 < n_side and (c == bridge_at if crosses else c == 0 or rng.random() < 0.8):
                edges.append((here, here + n_side))
                names.append("bridge-0" if crosses else f"column-{r}-{c}")
    streets = make_streets(np.array(edges, dtype=np.int32), x_m=x_m, y_m=y_m, names=names)
    east_m, north_m = x_m.max() + 50, y_m.max() + 50
    west_m, south_m = x_m.min() - 50, y_m.min() - 50
    river_m = ORIGIN_Y_M + step_m * (half - 0.5)
    river = shapely.box(west_m, river_m - 20, east_m, river_m + 20)
    north_bank = rng.random(n_structures) < 0.5
    structures = make_structures(
        [f"s-{i}" for i in range(n_structures)],
        x_m=rng.uniform(x_m.min(), x_m.max(), n_structures),
        y_m=np.where(
            north_bank,
            rng.uniform(river_m + 40, y_m.max(), n_structures),
            rng.uniform(y_m.min(), river_m - 40, n_structures),
        ),
        side_m=rng.uniform(8, 30, n_structures),
        bare=rng.random(n_structures) < 0.1,
        use=rng.choice(["", "house", "school", "yes"], n_structures, p=[0.3, 0.4, 0.05, 0.25]),
    )
    places = Places(
        id=words(["p-0", "p-1"]),
        name=words(["North bank", "South bank"]),
        name_ar=words(["الضفة الشمالية", "الضفة الجنوبية"]),
        kind=words(["neighbourhood", "neighbourhood"]),
        people=np.array([600.0, 400.0]),
        shape=np.array(
            [
                shapely.box(west_m, river_m + 20, east_m, north_m),
                shapely.box(west_m, south_m, east_m, river_m - 20),
            ]
        ),
    )
    barriers = Barriers(
        name=words(["The river"]), kind=words(["river"]), shape=np.array([river], dtype=object)
    )
    return make(streets, structures, places=places, barriers=barriers)


def make_streets(
    edges: NDArray[np.int32],
    *,
    x_m: NDArray[np.float64],
    y_m: NDArray[np.float64],
    names: list[str],
) -> Streets:
    """Lay straight streets between nodes; bridges are those whose name starts with ``bridge``."""
    tail, head = edges[:, 0].astype(np.int32), edges[:, 1].astype(np.int32)
    ends = np.stack([np.stack([x_m, y_m], axis=1)[end] for end in (tail, head)], axis=1)
    n = len(edges)
    return Streets(
        id=words(names),
        tail=tail,
        head=head,
        length_m=np.hypot(x_m[tail] - x_m[head], y_m[tail] - y_m[head]),
        highway=words(["residential"] * n),
        name=words(names),
        name_ar=words([""] * n),
        oneway=np.zeros(n, dtype=np.int8),
        bridge=np.array([name.startswith("bridge") for name in names], dtype=np.bool_),
        maxspeed_kmh=np.full(n, np.nan, dtype=np.float32),
        line=np.asarray(shapely.linestrings(ends), dtype=np.object_) if n else words([]),
        node_x_m=x_m,
        node_y_m=y_m,
        component=_pieces(len(x_m), tail, head),
    )


def make_structures(
    ids: list[str],
    *,
    x_m: NDArray[np.float64],
    y_m: NDArray[np.float64],
    side_m: float | NDArray[np.float64] = 20.0,
    bare: NDArray[np.bool_] | None = None,
    use: NDArray[np.str_] | None = None,
) -> Structures:
    """Build square structures; those in ``bare`` are points without outline."""
    n = len(ids)
    no_outline = np.zeros(n, dtype=np.bool_) if bare is None else bare
    half_m = np.broadcast_to(side_m, n) / 2
    outline = shapely.box(x_m - half_m, y_m - half_m, x_m + half_m, y_m + half_m)
    return Structures(
        id=words(ids),
        x_m=x_m,
        y_m=y_m,
        area_m2=np.where(no_outline, np.nan, (2 * half_m) ** 2),
        storeys=np.full(n, np.nan, dtype=np.float32),
        use=words([""] * n if use is None else list(use)),
        name=words([""] * n),
        name_ar=words([""] * n),
        outline=np.where(no_outline, np.array(None, dtype=np.object_), outline),
        from_report=np.zeros(n, dtype=np.bool_),
    )


def make(
    streets: Streets,
    structures: Structures,
    *,
    places: Places | None = None,
    barriers: Barriers | None = None,
) -> Town:
    """Put a town together."""
    none = words([])
    return Town(
        name="drawn",
        crs=CRS,
        streets=streets,
        structures=structures,
        places=places
        or Places(id=none, name=none, name_ar=none, kind=none, people=np.zeros(0), shape=none),
        barriers=barriers or Barriers(name=none, kind=none, shape=none),
        sources=(SOURCE,),
    )


def words(values: list[str]) -> NDArray[np.object_]:
    """Turn words into the arrays of objects that a town keeps."""
    out = np.empty(len(values), dtype=np.object_)
    out[:] = [str(value) for value in values]
    return out


def _follow(
    cells: dict[tuple[int, int], str], start: tuple[int, int], step: tuple[int, int], marks: str
) -> tuple[str, str]:
    """Walk along a run of street marks; give the run and the letter it ends at."""
    run, spot = "", (start[0] + step[0], start[1] + step[1])
    while cells.get(spot, " ") in marks:
        run += cells[spot]
        spot = (spot[0] + step[0], spot[1] + step[1])
    end = cells.get(spot, "")
    return run, end if end.isupper() else ""


def _pieces(n_nodes: int, tail: NDArray[np.int32], head: NDArray[np.int32]) -> NDArray[np.int32]:
    """Count connected pieces off, 0 the largest, by plain spreading."""
    near: list[list[int]] = [[] for _ in range(n_nodes)]
    for a, b in zip(tail.tolist(), head.tolist(), strict=True):
        near[a].append(b)
        near[b].append(a)
    piece = [-1] * n_nodes
    groups: list[list[int]] = []
    for start in range(n_nodes):
        if piece[start] < 0:
            group, piece[start] = [start], len(groups)
            for node in group:  # grows while it is walked
                for other in near[node]:
                    if piece[other] < 0:
                        piece[other] = len(groups)
                        group.append(other)
            groups.append(group)
    order = sorted(range(len(groups)), key=lambda g: -len(groups[g]))
    rank = {old: new for new, old in enumerate(order)}
    return np.array([rank[p] for p in piece], dtype=np.int32)

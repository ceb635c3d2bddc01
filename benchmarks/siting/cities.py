# SPDX-License-Identifier: Apache-2.0
"""
City covering problems whose sites are their demand, beside the best known covers.

Bronx and New York (Máximo, Cordeau and Nascimento 2023): places in degrees, great circle of radius
6,378,100 m in single precision. Nothing merges there, which is what makes them hard.
"""

import csv
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from benchmarks.bars import Bar, bar_table, below
from numpy.typing import NDArray
from scipy import sparse

from goldenhour.siting.models import mclp
from goldenhour.siting.plain.effort import Effort

_MOST_SHORT, _MOST_GAP, _LONGEST_S = 0.3, 1.5, 60.0
_EARTH_M = np.float32(6_378_100.0)


class City(NamedTuple):
    """One city: places in degrees or on a plane, people of each, and how far to measure."""

    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    people: NDArray[np.int64]
    is_planar: bool

    def cover(self, radius: float) -> sparse.csr_array:
        """Who covers whom within a radius, in metres or in units of the plane."""
        rows = [self._near(at, radius) for at in range(len(self.people))]
        start = np.cumsum([0, *(len(row) for row in rows)]).astype(np.int32)
        near = np.concatenate(rows).astype(np.int32)
        shape = (len(self.people), len(self.people))
        return sparse.csr_array((np.ones(len(near), dtype=np.bool_), near, start), shape=shape)

    def _near(self, at: int, radius: float) -> NDArray[np.int64]:
        """Places within a radius of one."""
        away = self._plane(at) if self.is_planar else self._sphere(at)
        away[at] = 0.0
        return np.flatnonzero(away <= radius)

    def _plane(self, at: int) -> NDArray[np.float64]:
        """Distances on a plane."""
        away = np.hypot(self.latitude - self.latitude[at], self.longitude - self.longitude[at])
        return np.asarray(away, dtype=np.float64)

    def _sphere(self, at: int) -> NDArray[np.float64]:
        """Great circles, in metres, in single precision as the best known covers were found."""
        lat, lon = np.radians(self.latitude), np.radians(self.longitude)
        straight = np.sin(lat[at]) * np.sin(lat) + np.cos(lat[at]) * np.cos(lat) * np.cos(
            lon - lon[at]
        )
        angle = np.arccos(np.clip(straight, -1.0, 1.0)).astype(np.float32)
        return np.asarray(angle * _EARTH_M, dtype=np.float64)


class Known(NamedTuple):
    """The best cover that anybody found."""

    instance: str
    p: int
    radius: float
    covered: int


def read_city(path: Path) -> City:
    """
    Read a city file.

    Parameters
    ----------
    path
        With a header, ``NODE_COORD_SECTION`` and ``DEMAND_SECTION``.

    Returns
    -------
    city
        In the file's order, which numbers the sites from 0.
    """
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    header = next(line for line in lines if line.startswith("DIMENSION"))
    n = int(header.split(":")[-1])
    first = next(at for at, line in enumerate(lines) if line.startswith("NODE_COORD_SECTION")) + 1
    places = np.array([[float(part) for part in row.split()] for row in lines[first : first + n]])
    begin = next(at for at, line in enumerate(lines) if line.startswith("DEMAND_SECTION")) + 1
    people = np.array([int(row) for row in lines[begin : begin + n]], dtype=np.int64)
    is_planar = bool(np.abs(places).max() > 180)
    return City(places[:, 0], places[:, 1], people, is_planar)


def best_known(path: Path) -> list[Known]:
    """
    Read the best known covers.

    Parameters
    ----------
    path
        ``best_known.csv``.

    Returns
    -------
    known
        In the file's order.
    """
    with path.open(encoding="utf-8", newline="") as lines:
        return [
            Known(
                row["instance"],
                int(row["p"]),
                float(row["radius_m"]),
                int(row["best_known_covered"]),
            )
            for row in csv.DictReader(lines)
        ]


def main() -> None:
    """Measure the cities and print the bars."""
    data = Path(__file__).parents[3] / "shared" / "data"
    print("\n".join(bar_table(bars(data, data))))


def bars(data: Path, scratch: Path) -> list[Bar]:  # noqa: ARG001 - as every part is called
    """
    Measure every city for a minute of processor time.

    Parameters
    ----------
    data
        Folder of real data.
    scratch
        Not needed.

    Returns
    -------
    bars
        Two a problem, and the worst of each.
    """
    folder = data / "facility_location" / "mclp"
    cities: dict[str, City] = {}
    found, worst = [], [-1.0, -1.0]
    for known in best_known(folder / "best_known.csv"):
        city = cities.setdefault(known.instance, read_city(folder / f"{known.instance}.txt"))
        short, gap = _measured(city, known)
        worst = [max(worst[0], short), max(worst[1], gap)]
        name = f"{known.instance}, {known.p} of {len(city.people):,} sites"
        found.append(below(f"{name}: below best known", _MOST_SHORT, short, "%"))
        found.append(below(f"{name}: gap", _MOST_GAP, gap, "%"))
    return [
        *found,
        below("the plan furthest from best known", _MOST_SHORT, worst[0], "%"),
        below(f"the widest gap after {_LONGEST_S:g} s", _MOST_GAP, worst[1], "%"),
    ]


def _measured(city: City, known: Known) -> tuple[float, float]:
    """Solve one problem; percent below the best known cover, and the gap in percent."""
    cover = city.cover(known.radius)
    started = time.process_time()
    effort = Effort(stop=lambda: time.process_time() - started >= _LONGEST_S)
    found = mclp(cover, city.people, known.p, effort=effort)
    return 100 * (1 - found.objective / known.covered), 100 * found.gap


if __name__ == "__main__":
    main()

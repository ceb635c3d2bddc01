# SPDX-License-Identifier: Apache-2.0
"""
AccessMod's own demo, read in place, and how AccessMod went over ground when the demo was made.

The demo's outputs are of May 2015. Its info files do not say by which rules; these were found by
asking of every cell which neighbour explains its time, and reproduce all of them:

- A move costs its distance by the **mean of the two speeds**. Today's ``r.walk.accessmod`` takes
  the mean of the times, so today's rules cannot reproduce the demo.
- Cyclists keep a power by the formula of kreuzotter.de/english/espeed.htm, as timeCostManager.h of
  fxi/AccessMod_r.walk has it, with its slips: ``+`` where a product belongs, integers divided (so
  that air is as dense as at sea level), the smallest root taken without its sign.
- 8 neighbours, slopes towards the facility, limit 7,200 s, not rounded, corners passed.
- Rings of coverage are whole seconds, cut off.
"""

import io
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import openpyxl
import rasterio
from numpy.typing import NDArray

LIMIT_S = 7200.0
CELL_M = (14000 / 467, 19000 / 633)  # height and width: EPSG:26713, not quite square
NORTH_M, WEST_M = 4928000.0, 590000.0
RUN = "demo_geog_cover_aniso_tow_120m_zones_orderPop"


class Facility(NamedTuple):
    """A facility of the demo: where it lies on the grid, and how many it can serve."""

    name: int
    row: int
    column: int
    capacity: float


class Demo:
    """The files inside ``demo.zip``."""

    def __init__(self, archive: Path) -> None:
        self.archive = archive

    def raster(self, path: str) -> NDArray[np.float64]:
        """Read a raster, NaN where it has no data."""
        with rasterio.open(f"/vsizip/{self.archive}/demo/{path}") as raster:
            band = raster.read(1, masked=True).astype(np.float64)
        return np.ma.filled(band, np.nan)

    def shapes(self, path: str) -> gpd.GeoDataFrame:
        """Read a shapefile."""
        return gpd.read_file(f"/vsizip/{self.archive}/demo/{path}")

    def table(self, path: str) -> list[dict[str, Any]]:
        """Read a table, row by row: the files name a drawing that they lack."""
        with zipfile.ZipFile(self.archive) as archive:
            content = io.BytesIO(archive.read(f"demo/{path}"))
        sheet = openpyxl.load_workbook(content, read_only=True).worksheets[0]
        sheet.reset_dimensions()
        header, *rows = sheet.iter_rows(values_only=True)
        return [dict(zip(map(str, header), row, strict=True)) for row in rows]

    def facilities(self) -> dict[int, Facility]:
        """Read all six facilities by their category."""
        read = self.shapes("base/health_facilities__demo/health_facilities__demo")
        return {
            int(one.cat): Facility(
                name=int(one.cat),
                row=int((NORTH_M - one.geometry.y) / CELL_M[0]),
                column=int((one.geometry.x - WEST_M) / CELL_M[1]),
                capacity=float(one.capacity),
            )
            for one in read.itertuples()
        }


def bicycle_kmh_2015(flat_kmh: float, slope: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the speed of a cyclist on slopes as AccessMod did in 2015, slips and all."""
    drag, rolling, bearing, chain, gravity, mass = 0.4, 0.008, 0.2, 1.09, 9.81, 12 + 80
    air = 1.225 * 373 / (20 + 273.15)
    flat = flat_kmh / 3.6
    flat_n = gravity * mass * rolling
    power = chain * flat * (drag * air / 2 * flat**2 + flat_n + flat + bearing)
    angle = np.arctan(slope)
    force = gravity * mass * (rolling * np.cos(angle) + np.sin(angle))
    cubic = np.zeros((len(slope), 3, 3))  # companion matrices: their eigenvalues are the roots
    cubic[:, 0, 2] = 2 * power / (chain * drag * air)
    cubic[:, 1, 2] = -2 * force / (drag * air)
    cubic[:, 2, 2] = -bearing * np.cos(angle) / (drag * air)
    cubic[:, 1, 0] = cubic[:, 2, 1] = 1
    roots = np.linalg.eigvals(cubic)
    real = np.where(np.abs(roots.imag) < 1e-9, roots.real, np.inf)
    return np.asarray(np.abs(real.min(axis=1)) * 3.6)

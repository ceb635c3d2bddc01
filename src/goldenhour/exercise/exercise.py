# SPDX-License-Identifier: Apache-2.0
"""What an exercise is: town layers and reports to plan from, and a truth that is kept apart."""

from dataclasses import dataclass
from datetime import datetime

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from goldenhour.base.crs import WGS84
from goldenhour.reports.report import Report
from goldenhour.town.layers import Layer
from goldenhour.town.town import Objects


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueArea:
    """
    One area that really is dangerous.

    Parameters
    ----------
    name
        What the exercise calls it.
    hazard
        ``"explosive"`` or ``"armed_group"``.
    shape
        shapely area, EPSG:4326.
    """

    name: str
    hazard: str
    shape: BaseGeometry


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """
    What is really so at ``as_of``. No planner sees it; it serves to measure decisions.

    Parameters
    ----------
    seed
        Seed of the exercise.
    as_of
        The moment, aware UTC.
    structure_id
        Ids as in the structures layer. Shape ``(n,)``, objects.
    grade
        ``Grade`` numbers G0 to G3, none unknown. Shape ``(n,)``, int8.
    damaged_at
        When it was last hit, NaT for G0. Shape ``(n,)``, datetime64[s].
    people
        Persons inside. Shape ``(n,)``, float64.
    use
        What it really was used for. Shape ``(n,)``, objects.
    storeys
        Storeys. Shape ``(n,)``, int8.
    fit_tsp
        True where a stabilisation point could really be set up. Shape ``(n,)``, bool.
    fit_field_hospital
        True where a field hospital could really be set up. Shape ``(n,)``, bool.
    unfit_because
        The first rule that refuses it, ``""`` if fit for a stabilisation point. Shape ``(n,)``,
        objects.
    street_id
        Ids as in the streets layer. Shape ``(n_edges,)``, objects.
    state_vehicle
        ``StreetState`` numbers for vehicles, none unknown. Shape ``(n_edges,)``, int8.
    state_stretcher
        Likewise for people on foot. Shape ``(n_edges,)``, int8.
    delay_s
        Extra seconds for a vehicle to pass. Shape ``(n_edges,)``, float64.
    cause
        Why it is not open, ``""`` if it is. Shape ``(n_edges,)``, objects.
    opened_at
        When it was opened again if it had been closed, else NaT. Shape ``(n_edges,)``,
        datetime64[s].
    areas
        Areas that really are dangerous.
    camp_people
        Persons in the camp outside the town.
    """

    seed: int
    as_of: datetime
    structure_id: Objects
    grade: NDArray[np.int8]
    damaged_at: NDArray[np.datetime64]
    people: NDArray[np.float64]
    use: Objects
    storeys: NDArray[np.int8]
    fit_tsp: NDArray[np.bool_]
    fit_field_hospital: NDArray[np.bool_]
    unfit_because: Objects
    street_id: Objects
    state_vehicle: NDArray[np.int8]
    state_stretcher: NDArray[np.int8]
    delay_s: NDArray[np.float64]
    cause: Objects
    opened_at: NDArray[np.datetime64]
    areas: tuple[TrueArea, ...]
    camp_people: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """
    A made-up town to plan on.

    Parameters
    ----------
    layers
        Streets, structures, places and barriers, EPSG:4326, all marked as exercise.
    reports
        What people said, oldest first; some say the same twice, some come late.
    truth
        What is really so.
    as_of
        The moment to plan at, aware UTC.
    """

    layers: tuple[Layer, ...]
    reports: tuple[Report, ...]
    truth: Truth
    as_of: datetime


def truth_tables(truth: Truth) -> dict[str, pd.DataFrame]:
    """
    Write the truth as tables, for saving beside a workspace.

    Parameters
    ----------
    truth
        What is really so.

    Returns
    -------
    tables
        ``structures``, ``streets``, ``areas`` (EPSG:4326) and ``totals``; each has a column
        ``exercise`` that says so.
    """
    structures = _columns(
        truth,
        "structure_id grade damaged_at people use storeys fit_tsp fit_field_hospital unfit_because",
    )
    streets = _columns(truth, "street_id state_vehicle state_stretcher delay_s cause opened_at")
    areas = gpd.GeoDataFrame(
        {
            "name": [area.name for area in truth.areas],
            "hazard": [area.hazard for area in truth.areas],
        },
        geometry=gpd.GeoSeries([area.shape for area in truth.areas], crs=WGS84),
    )
    totals = pd.DataFrame(
        {
            "seed": [truth.seed],
            "as_of": [truth.as_of.isoformat()],
            "people_inside": [float(truth.people.sum())],
            "camp_people": [truth.camp_people],
        }
    )
    tables = {"structures": structures, "streets": streets, "areas": areas, "totals": totals}
    for table in tables.values():
        table["exercise"] = "EXERCISE"
    return tables


def _columns(truth: Truth, names: str) -> pd.DataFrame:
    """Put some arrays of the truth side by side."""
    return pd.DataFrame({name: getattr(truth, name) for name in names.split()})

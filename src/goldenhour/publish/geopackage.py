# SPDX-License-Identifier: Apache-2.0
"""The plan as a GeoPackage, for QGIS and for partners' systems. EPSG:4326 throughout."""

from collections.abc import Sequence
from pathlib import Path

from goldenhour.picture.belief import Picture
from goldenhour.publish import answer_tables, town_tables
from goldenhour.publish.layers_file import NO_GEOMETRY, Layers, write_layers
from goldenhour.publish.reach import ReachArea
from goldenhour.siting.plan import Plan
from goldenhour.siting.screening.table import Screening
from goldenhour.town.town import Town


def write(
    path: Path,
    *,
    town: Town,
    picture: Picture,
    plan: Plan,
    screening: Screening,
    reach: Sequence[ReachArea],
) -> None:
    """
    Write every layer of a plan, whole or not at all.

    Layers: ``sites``, ``visits``, ``reach``, ``hazards``, ``structures`` (points), ``outlines``,
    ``streets``; tables: ``rules`` (what the rule codes mean) and ``metadata``.

    Parameters
    ----------
    path
        Where the file shall be.
    town
        The town.
    picture
        The picture the plan rests on.
    plan
        The plan.
    screening
        The screening it chose from.
    reach
        Areas within reach of each site.

    Raises
    ------
    StoreError
        If the disk is full or the place cannot be written.
    """
    layers: Layers = {
        "sites": (answer_tables.sites(town, picture, plan), "Point"),
        "visits": (answer_tables.visits(town, plan), "Point"),
        "reach": (answer_tables.reach(town, plan, reach), "MultiPolygon"),
        "hazards": (town_tables.hazards(town, picture), "MultiPolygon"),
        "structures": (town_tables.structures(town, picture, plan, screening), "Point"),
        "outlines": (town_tables.outlines(town, picture), "MultiPolygon"),
        "streets": (town_tables.streets(town, picture), "LineString"),
        "rules": (answer_tables.rules(screening), NO_GEOMETRY),
        "metadata": (answer_tables.metadata(town, picture, plan), NO_GEOMETRY),
    }
    write_layers(path, layers, written_at=plan.as_of)

# SPDX-License-Identifier: Apache-2.0
"""
What sources hand to the town: tables in one shape, EPSG:4326, whatever the file looked like.

Columns of each kind (all kinds: ``id`` text, unique within the layer, and ``geometry``):

``streets``
    LineString. ``highway`` OSM class or None; ``name``, ``name_ar``; ``oneway`` int8 (1 along the
    line, -1 against it, 0 both ways or not known); ``bridge`` bool; ``surface``; ``level`` int8
    (OSM ``layer``); ``maxspeed_kmh`` float, NaN if not stated; ``u``, ``v`` int64 end-node ids,
    -1 where the file has none (then ends join where their coordinates agree); ``width_m``,
    ``maxweight_t`` float, NaN if not stated; ``foot``, ``ambulance``, ``car``, ``truck``: who may
    use it (``yes``, ``private``, ``no`` or None).
``structures``
    Point or Polygon. ``use`` text or None; ``name``, ``name_ar``; ``storeys`` float, NaN if
    unknown.
``places``
    Point or Polygon. ``name``, ``name_ar``; ``kind``; ``people`` float, NaN if unknown.
``barriers``
    Line or Polygon. ``name``; ``kind`` (``river``, ``canal``, ``wall`` ...).
``turns``
    Point at the junction. ``from_street``, ``to_street`` ids in the streets layer of the same
    file; ``only`` bool (this turn alone is allowed; else it is forbidden);
    ``binds_ambulance``, ``binds_car``, ``binds_truck`` bool.
``gates``
    Point. ``street`` id of a street in the streets layer of the same file that ends there;
    ``kind`` OSM ``barrier`` value; ``foot``, ``ambulance``, ``car``, ``truck`` as for streets.

Turns and gates come with the streets of their file (``COMPANIONS``); a town needs neither.
"""

from dataclasses import dataclass
from enum import StrEnum

import geopandas as gpd


class LayerKind(StrEnum):
    """What a layer's rows are."""

    STREETS = "streets"
    STRUCTURES = "structures"
    PLACES = "places"
    BARRIERS = "barriers"
    TURNS = "turns"
    GATES = "gates"


COMPANIONS = {LayerKind.STREETS: (LayerKind.TURNS, LayerKind.GATES)}
"""Layers that belong to another layer of the same file and are taken along with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerSource:
    """
    Where a layer came from.

    Parameters
    ----------
    file
        The file's name, without its folder.
    sha256
        Checksum of the whole file.
    format
        The source module that read it, such as ``"osm_pbf"``.
    attribution
        The words a map must show, such as ``"© OpenStreetMap contributors"``; empty if none.
    data_date
        Date of the data (not of the file), ISO, or empty if unknown.
    exercise
        True if the data are made up.
    """

    file: str
    sha256: str
    format: str
    attribution: str = ""
    data_date: str = ""
    exercise: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """
    One table of the town, in the shape this module describes.

    Parameters
    ----------
    kind
        What the rows are.
    table
        The rows, EPSG:4326.
    source
        Where they came from.
    """

    kind: LayerKind
    table: gpd.GeoDataFrame
    source: LayerSource

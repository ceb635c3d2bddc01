# SPDX-License-Identifier: Apache-2.0
"""What a planner gets of the town: layers in the canonical shape, with the gaps of a real map."""

import hashlib

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.base.crs import WGS84
from goldenhour.base.messages import say
from goldenhour.exercise.city import City
from goldenhour.exercise.moving import Shapes, in_degrees
from goldenhour.exercise.network import ends
from goldenhour.exercise.pinned import TOWNS, Plan, named, pinned, value
from goldenhour.town.layers import Layer, LayerKind, LayerSource
from goldenhour.town.town import Objects

_STOREYS_UNKNOWN_SHARE = 0.65
_LANDMARK_UNKNOWN_SHARE = 0.1
_PLAIN = ("house", "farm")
_DATA_DATE = "2014-01-01"
_CAMP_M = (24_000.0, -450.0)  # east along the highway from Al Qaim, and aside


def structure_ids(city: City) -> Objects:
    """
    Name every building by its number.

    Parameters
    ----------
    city
        What stood.

    Returns
    -------
    ids
        Shape ``(n,)``, objects.
    """
    return _ids("structure", city.buildings.n)


def street_ids(city: City) -> Objects:
    """
    Name every street segment by its number.

    Parameters
    ----------
    city
        What stood.

    Returns
    -------
    ids
        Shape ``(n_edges,)``, objects.
    """
    return _ids("street", city.network.n)


def draw_layers(city: City, *, seed: int, rng: np.random.Generator) -> tuple[Layer, ...]:
    """
    Draw the four layers.

    Parameters
    ----------
    city
        What stood.
    seed
        Seed of the exercise, for the layers' names.
    rng
        Source of all chance: which uses and storeys a map would know.

    Returns
    -------
    layers
        Streets, structures, places and barriers, EPSG:4326, each marked as exercise.
    """
    tables = (
        (LayerKind.STREETS, _streets(city)),
        (LayerKind.STRUCTURES, _structures(city, rng)),
        (LayerKind.PLACES, _places(city)),
        (LayerKind.BARRIERS, _barriers(city)),
    )
    return tuple(
        Layer(kind=kind, table=table, source=_source(kind, table, seed)) for kind, table in tables
    )


def camp_xy_m(city: City) -> Plan:
    """
    Place the camp in the desert beside the highway.

    Parameters
    ----------
    city
        What stood.

    Returns
    -------
    xy_m
        Plan metres. Shape ``(2,)``.
    """
    highway = city.ground.roads[0].line
    along = highway.project(shapely.Point(pinned("al_qaim").xy_m)) + _CAMP_M[0]
    return np.asarray(shapely.get_coordinates(highway.interpolate(along))[0] + [0.0, _CAMP_M[1]])


def _ids(kind: str, n: int) -> Objects:
    """Give things of one kind their ids, from 1."""
    return np.array([f"exercise/{kind}/{number:06d}" for number in range(1, n + 1)], dtype=object)


def _source(kind: LayerKind, table: gpd.GeoDataFrame, seed: int) -> LayerSource:
    """Say where a layer comes from, with a checksum of what it says."""
    shapes = b"".join(shapely.to_wkb(table.geometry.to_numpy(), byte_order=1))
    words = table.drop(columns="geometry").to_csv(index=False).encode()
    return LayerSource(
        file=f"EXERCISE-al-qaim-{seed}-{kind.value}",
        sha256=hashlib.sha256(shapes + words).hexdigest(),
        format="exercise",
        attribution=say("exercise.attribution", "en"),
        data_date=_DATA_DATE,
        exercise=True,
    )


def _table(columns: dict[str, NDArray[np.generic] | Objects], shapes: Shapes) -> gpd.GeoDataFrame:
    """Put columns and shapes together, EPSG:4326."""
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(in_degrees(shapes), crs=WGS84))


def _streets(city: City) -> gpd.GeoDataFrame:
    """Draw the streets; only main roads have names."""
    network = city.network
    node = ends(network)
    trunk = network.highway == "trunk"
    return _table(
        {
            "id": street_ids(city),
            "highway": network.highway.astype(object),
            "name": _road_names(network.road, "en"),
            "name_ar": _road_names(network.road, "ar"),
            "oneway": np.zeros(network.n, dtype=np.int8),
            "bridge": network.bridge,
            "surface": np.where(network.highway == "track", "unpaved", "").astype(object),
            "level": network.bridge.astype(np.int8),
            "maxspeed_kmh": np.where(trunk, float(value("convoy_speed_kmh")), np.nan),
            "u": node[:, 0],
            "v": node[:, 1],
        },
        network.line,
    )


def _road_names(keys: NDArray[np.str_], language: str) -> Objects:
    """Name main roads."""
    words = {key: named(key, language) if key else "" for key in np.unique(keys).tolist()}
    return np.array([words[key] for key in keys.tolist()], dtype=object)


def _structures(city: City, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Draw the buildings, with as little known of them as a map of such a town tells."""
    table = city.buildings
    plain = np.isin(table.use, _PLAIN)
    chance = rng.random(table.n)
    known = chance >= np.where(plain, value("use_unknown_share"), _LANDMARK_UNKNOWN_SHARE)
    storeys_known = rng.random(table.n) >= _STOREYS_UNKNOWN_SHARE
    names = known & ~plain
    return _table(
        {
            "id": structure_ids(city),
            "use": np.where(known, table.use, "").astype(object),
            "name": _landmark_names(table.use, names, "en"),
            "name_ar": _landmark_names(table.use, names, "ar"),
            "storeys": np.where(storeys_known, city.storeys, np.nan),
        },
        table.outline,
    )


def _landmark_names(use: NDArray[np.str_], named_rows: NDArray[np.bool_], language: str) -> Objects:
    """Name and number the public buildings."""
    names = np.full(len(use), "", dtype=object)
    for word in np.unique(use[named_rows]).tolist():
        rows = np.flatnonzero(named_rows & (use == word))
        names[rows] = [named(word, language, number) for number in range(1, len(rows) + 1)]
    return names


def _places(city: City) -> gpd.GeoDataFrame:
    """Draw towns, the crossing, the junction, the camp and the quarters."""
    rows: list[tuple[str, str, str, str, shapely.Geometry]] = []
    kinds = {"border_crossing": "border_crossing", "rawa_junction": "junction"}
    for key in (*TOWNS, *kinds):
        at = shapely.Point(pinned(key).xy_m)
        rows.append((key, named(key, "en"), named(key, "ar"), kinds.get(key, "town"), at))
    rows.append(
        ("camp", named("camp", "en"), named("camp", "ar"), "camp", shapely.Point(camp_xy_m(city)))
    )
    for quarter in city.quarters:
        english, arabic = (
            say(
                "exercise.named",
                language,
                name=say(
                    "exercise.quarter",
                    language,
                    place=say(f"exercise.{quarter.town}", language),
                    number=quarter.number,
                ),
            )
            for language in ("en", "ar")
        )
        key = f"{quarter.town}-{quarter.number:02d}"
        rows.append((key, english, arabic, "neighbourhood", quarter.shape))
    keys, english_names, arabic_names, kind, shapes = zip(*rows, strict=True)
    return _table(
        {
            "id": np.array([f"exercise/place/{key}" for key in keys], dtype=object),
            "name": np.array(english_names, dtype=object),
            "name_ar": np.array(arabic_names, dtype=object),
            "kind": np.array(kind, dtype=object),
            "people": np.full(len(rows), np.nan),
        },
        np.array(shapes, dtype=object),
    )


def _barriers(city: City) -> gpd.GeoDataFrame:
    """Draw the Euphrates."""
    return _table(
        {
            "id": np.array(["exercise/barrier/euphrates"], dtype=object),
            "name": np.array([named("river", "en")], dtype=object),
            "kind": np.array(["river"], dtype=object),
        },
        np.array([city.ground.river], dtype=object),
    )

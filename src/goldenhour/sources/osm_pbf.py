# SPDX-License-Identifier: Apache-2.0
"""OpenStreetMap files (PBF and XML): streets, turns, gates, outlines, places, water in one pass."""

from datetime import datetime
from pathlib import Path

import numpy as np
import osmium
from numpy.typing import NDArray

from goldenhour.base.errors import EmptyLayerError, UnreadableFileError
from goldenhour.base.findings import Finding
from goldenhour.sources import osm_turns
from goldenhour.sources.osm_gates import GateNodes
from goldenhour.sources.osm_streets import StreetWays
from goldenhour.sources.osm_things import Things
from goldenhour.sources.osm_turns import TurnRelations
from goldenhour.sources.reading import Reading
from goldenhour.sources.shaping import OSM_ATTRIBUTION, source_of
from goldenhour.town.layers import COMPANIONS, Layer, LayerKind, LayerSource

NAME = "osm_pbf"
LABEL = "OpenStreetMap extract (.osm.pbf, .osm, .osm.xml): streets, outlines, places, water"

_SUFFIXES = (".pbf", ".osm", ".osm.xml", ".osm.bz2", ".osm.gz")
_AREA_KEYS = ("building", "amenity", "healthcare", "place", "natural", "waterway")
_KEYS = (*_AREA_KEYS, "highway", "barrier", *osm_turns.KEYS)
_PBF_MARK, _XML_MARK, _HEAD_BYTES = b"OSMHeader", b"<osm", 512
_WKB_LINE_HEAD_BYTES = 9  # byte order, type, count
_FEWEST_NODES = 2


def recognises(path: Path) -> bool:
    """
    Say if this looks like an OpenStreetMap file.

    Parameters
    ----------
    path
        Any file.

    Returns
    -------
    recognised
        Judged by name and first bytes; never raises.
    """
    if path.name.lower().endswith(_SUFFIXES):
        return True
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return False
    return _PBF_MARK in head or _XML_MARK in head


def read(path: Path, *, recorded_at: datetime, want: LayerKind | None) -> Reading:
    """
    Read an OpenStreetMap file.

    Parameters
    ----------
    path
        The file.
    recorded_at
        Not used: maps make no reports.
    want
        The one layer wanted (turns and gates come with streets); None for all that the file has.

    Returns
    -------
    reading
        Up to six layers.

    Raises
    ------
    UnreadableFileError
        If the file is cut or damaged; nothing of it is used then. (A file cut exactly between
        two of its blocks cannot be told from a small one.)
    EmptyLayerError
        If it holds nothing of what is wanted.
    """
    del recorded_at
    found = _Found(path.name)
    try:
        data_date = _data_date(path)
        _scan(path, found)
    except (RuntimeError, OSError) as error:
        raise UnreadableFileError(
            f"The OpenStreetMap file is cut or damaged: {error}.",
            where=path.name,
            do="Download or copy the file again; nothing of it was used.",
        ) from error
    source = source_of(path, NAME, attribution=OSM_ATTRIBUTION, data_date=data_date)
    wanted = set(LayerKind) if want is None else {want, *COMPANIONS.get(want, ())}
    layers, findings = found.streets_and_rules(source) if LayerKind.STREETS in wanted else ([], [])
    for kind in (LayerKind.STRUCTURES, LayerKind.PLACES, LayerKind.BARRIERS):
        if kind in wanted:
            layer, noticed = found.things.layer(kind, source)
            layers += [layer] if layer else []
            findings += noticed
    if not layers:
        raise EmptyLayerError(
            f"The file holds no {want.value if want else 'streets, buildings, places or water'}.",
            where=path.name,
            do="Check that it is of the right area, and that it was copied completely.",
        )
    return Reading(layers=tuple(layers), findings=tuple(findings))


class _Found:
    """What one pass over a file gathers."""

    def __init__(self, label: str) -> None:
        self.streets = StreetWays(label)
        self.turns = TurnRelations(label)
        self.gates = GateNodes()
        self.things = Things(label)

    def streets_and_rules(self, source: LayerSource) -> tuple[list[Layer], list[Finding]]:
        """Make the streets, and the turns and gates on them."""
        streets, pieces, noticed = self.streets.layer(source, gates=self.gates.tags)
        if streets is None or pieces is None:
            return [], list(noticed)
        turns, about_turns = self.turns.layer(pieces, source)
        layers = (streets, turns, self.gates.layer(pieces, source))
        return [layer for layer in layers if layer], [*noticed, *about_turns]


def _data_date(path: Path) -> str:
    """Read the extract's date from its header; empty if it has none."""
    reader = osmium.io.Reader(str(path), osmium.osm.osm_entity_bits.NOTHING)
    try:
        stamp: str = reader.header().get("osmosis_replication_timestamp")
    finally:
        reader.close()
    return stamp[:10]


def _scan(path: Path, found: _Found) -> None:
    """Go through the file once; filters, node positions and area assembly run in C++."""
    keep = osmium.filter.KeyFilter(*_KEYS)
    assemble = osmium.filter.KeyFilter(*_AREA_KEYS)
    writer = osmium.geom.WKBFactory()
    for thing in osmium.FileProcessor(str(path)).with_areas(assemble).with_filter(keep):
        if isinstance(thing, osmium.osm.Way):
            _take_way(thing, writer, found)
        elif isinstance(thing, osmium.osm.Area):
            _take_area(thing, writer, found.things)
        elif isinstance(thing, osmium.osm.Relation):
            _take_relation(thing, found)
        elif isinstance(thing, osmium.osm.Node):
            _take_node(thing, found)


def _take_node(node: "osmium.osm.Node", found: _Found) -> None:
    """Take a node, which may be a gate, a place or a clinic."""
    tags, here = dict(node.tags), node.location
    if "barrier" in tags:
        found.gates.add(node.id, tags, here.lon, here.lat)
    found.things.add_point(f"node/{node.id}", tags, here.lon, here.lat)


def _take_relation(relation: "osmium.osm.Relation", found: _Found) -> None:
    """Sort a relation into outlines in waiting and rules for turns."""
    if _is_building(relation.tags):
        found.things.expect(f"relation/{relation.id}")
    if any(key in relation.tags for key in osm_turns.KEYS):
        members = tuple((member.role, member.type, member.ref) for member in relation.members)
        found.turns.add(relation.id, dict(relation.tags), members)


def _take_way(way: "osmium.osm.Way", writer: "osmium.geom.WKBFactory", found: _Found) -> None:
    """Sort a way into streets, outlines in waiting, or water."""
    tags = way.tags  # asked one by one: most ways are buildings, whose areas tell the rest
    if _is_building(tags):
        found.things.expect(f"way/{way.id}")
    if "highway" in tags and len(way.nodes) >= _FEWEST_NODES:
        nodes = [node.ref for node in way.nodes]
        found.streets.add(way.id, dict(tags), nodes, _positions(way, writer))
    elif not way.is_closed() and ("waterway" in tags or "barrier" in tags):
        lon_lat = _positions(way, writer)
        there = np.isfinite(lon_lat).all(axis=1)
        if there.sum() >= _FEWEST_NODES:
            found.things.add_line(f"way/{way.id}", dict(tags), lon_lat[there])


def _is_building(tags: "osmium.osm.TagList") -> bool:
    """Say if tags draw a building."""
    return tags.get("building", "no") != "no"


def _take_area(area: "osmium.osm.Area", writer: "osmium.geom.WKBFactory", things: Things) -> None:
    """Take an area, unless its rings make none; then it stays among those expected."""
    try:
        shape = bytes.fromhex(writer.create_multipolygon(area))
    except RuntimeError:  # "invalid area": this one area is badly drawn, not the file
        return
    made_from = "way" if area.from_way() else "relation"
    things.add_area(f"{made_from}/{area.orig_id()}", dict(area.tags), shape)


def _positions(way: "osmium.osm.Way", writer: "osmium.geom.WKBFactory") -> NDArray[np.float64]:
    """Take a way's coordinates; NaN for nodes that the extract does not hold."""
    try:
        line = writer.create_linestring(way, osmium.geom.use_nodes.ALL)
    except osmium.InvalidLocationError:
        places = [node.location for node in way.nodes]
        return np.array([(p.lon, p.lat) if p.valid() else (np.nan, np.nan) for p in places])
    packed = np.frombuffer(bytes.fromhex(line), dtype="<f8", offset=_WKB_LINE_HEAD_BYTES)
    return packed.reshape(-1, 2)

# SPDX-License-Identifier: Apache-2.0
"""OpenStreetMap ``barrier`` nodes that stand on streets → gates."""

from dataclasses import dataclass, field

import numpy as np
import shapely

from goldenhour.sources.osm_access import USERS, access
from goldenhour.sources.osm_streets import Pieces
from goldenhour.sources.osm_tags import Tags
from goldenhour.sources.shaping import make_layer
from goldenhour.town.layers import Layer, LayerKind, LayerSource


@dataclass(slots=True)
class GateNodes:
    """Barrier nodes in the making; most of them stand beside streets, not on them."""

    tags: dict[int, Tags] = field(default_factory=dict)
    place: dict[int, tuple[float, float]] = field(default_factory=dict)

    def add(self, node_id: int, tags: Tags, lon: float, lat: float) -> None:
        """
        Take a node with a ``barrier`` tag.

        Parameters
        ----------
        node_id
            Its OSM id.
        tags
            Its tags.
        lon
            Longitude in degrees.
        lat
            Latitude in degrees.
        """
        self.tags[node_id] = tags
        self.place[node_id] = (lon, lat)

    def layer(self, pieces: Pieces, source: LayerSource) -> Layer | None:
        """
        Keep the gates on which a street ends; streets are split at gates.

        Parameters
        ----------
        pieces
            The streets.
        source
            Where they come from.

        Returns
        -------
        layer
            None if no gate stands on a street.
        """
        street = dict(zip(pieces.v.tolist(), pieces.id, strict=True))
        street |= dict(zip(pieces.u.tolist(), pieces.id, strict=True))
        on_street = [node for node in self.tags if node in street]
        if not on_street:
            return None
        passing = [access(self.tags[node]) for node in on_street]
        columns = {
            "id": [f"node/{node}" for node in on_street],
            "street": [street[node] for node in on_street],
            "kind": [_kind(self.tags[node]) for node in on_street],
            **{user: [said[user] for said in passing] for user in USERS},
        }
        points = np.asarray(shapely.points([self.place[node] for node in on_street]))
        return make_layer(LayerKind.GATES, columns, points, source=source)


def _kind(tags: Tags) -> str:
    """Name what stands there; a kerb that wheels can take is no obstacle."""
    is_flat = tags["barrier"] == "kerb" and tags.get("kerb") in {"lowered", "flush", "no"}
    return "entrance" if is_flat else tags["barrier"]

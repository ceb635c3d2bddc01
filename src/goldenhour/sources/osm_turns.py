# SPDX-License-Identifier: Apache-2.0
"""OpenStreetMap ``restriction`` relations → turns that signs forbid or demand."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import shapely

from goldenhour.base.findings import Finding
from goldenhour.sources.noticing import Noticed
from goldenhour.sources.osm_streets import Pieces
from goldenhour.sources.osm_tags import Tags
from goldenhour.sources.shaping import make_layer
from goldenhour.town.layers import Layer, LayerKind, LayerSource

VEHICLES = ("ambulance", "car", "truck")
_BOUND_BY = {  # whom a sign for some vehicles binds
    "restriction": VEHICLES,
    "restriction:motor_vehicle": VEHICLES,
    "restriction:vehicle": VEHICLES,
    "restriction:motorcar": ("ambulance", "car"),
    "restriction:hgv": ("truck",),
    "restriction:goods": ("truck",),
    "restriction:emergency": ("ambulance",),
}
_SPARED_BY = {
    "emergency": {"ambulance"},
    "motorcar": {"ambulance", "car"},
    "hgv": {"truck"},
    "goods": {"truck"},
    "motor_vehicle": set(VEHICLES),
    "vehicle": set(VEHICLES),
}
_AT_TIMES = ("restriction:conditional", "day_on", "day_off", "hour_on", "hour_off")
KEYS = (*_BOUND_BY, "restriction:conditional")
"""Tags by which such relations are found."""
_NOT_APPLIED = "Not applied: the turn counts as allowed."

Member = tuple[str, str, int]
"""Role, ``n``, ``w`` or ``r``, and OSM id."""


class _Sign(NamedTuple):
    """What a relation says, and to whom."""

    relation: int
    only: bool
    binds: frozenset[str]


class _Turn(NamedTuple):
    """A turn from street to street at a node."""

    sign: _Sign
    from_street: str
    to_street: str
    node: int


@dataclass(slots=True)
class TurnRelations:
    """
    Restriction relations in the making.

    Parameters
    ----------
    label
        The file's name.
    """

    label: str
    relations: list[tuple[int, Tags, tuple[Member, ...]]] = field(default_factory=list)

    def add(self, relation_id: int, tags: Tags, members: tuple[Member, ...]) -> None:
        """
        Take a relation.

        Parameters
        ----------
        relation_id
            Its OSM id.
        tags
            Its tags.
        members
            Its members.
        """
        if tags.get("type", "").startswith("restriction"):
            self.relations.append((relation_id, tags, members))

    def layer(
        self, pieces: Pieces, source: LayerSource
    ) -> tuple[Layer | None, tuple[Finding, ...]]:
        """
        Find the streets and junctions that the relations speak of.

        Parameters
        ----------
        pieces
            The streets.
        source
            Where they come from.

        Returns
        -------
        layer, findings
            None if no relation could be read. Those that could not are counted by reason.
        """
        noticed = Noticed(self.label)
        at = _Arms(pieces)
        turns = [
            turn
            for number, tags, members in self.relations
            for turn in _turns(number, tags, members, at, noticed)
        ]
        if not turns:
            return None, noticed.findings()
        columns: dict[str, object] = {
            "id": [f"relation/{turn.sign.relation}" for turn in turns],
            "from_street": [turn.from_street for turn in turns],
            "to_street": [turn.to_street for turn in turns],
            "only": [turn.sign.only for turn in turns],
            **{f"binds_{who}": [who in turn.sign.binds for turn in turns] for who in VEHICLES},
        }
        points = np.asarray(shapely.points([at.place[turn.node] for turn in turns]))
        return make_layer(LayerKind.TURNS, columns, points, source=source), noticed.findings()


class _Arms:
    """Which streets of a way start or end at a node, and may be driven to or from it."""

    def __init__(self, pieces: Pieces) -> None:
        self.place: dict[int, tuple[float, float]] = {}
        self._piece: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        self._pieces = pieces
        ends = zip(pieces.way.tolist(), pieces.u.tolist(), pieces.v.tolist(), strict=True)
        for piece, (way, u, v) in enumerate(ends):
            self._piece[way, u].append(piece)
            self._piece[way, v].append(piece)
        for ends_at, lon_lat in ((pieces.u, pieces.start), (pieces.v, pieces.end)):
            self.place |= dict(zip(ends_at.tolist(), map(tuple, lon_lat.tolist()), strict=True))

    def streets(self, way: int, node: int, *, towards: bool) -> list[str]:
        """Name the streets of a way that traffic may use towards a node, or away from it."""
        pieces = self._pieces
        fits = []
        for piece in dict.fromkeys(self._piece.get((way, node), ())):
            for ends_at, direction in ((pieces.v, 1), (pieces.u, -1)):
                sign = direction if towards else -direction
                if ends_at[piece] == node and pieces.oneway[piece] in {0, sign}:
                    fits.append(pieces.id[piece])
        return fits


def _turns(
    number: int, tags: Tags, members: Sequence[Member], at: _Arms, noticed: Noticed
) -> Iterator[_Turn]:
    """Read one relation; say why if it cannot be applied."""
    key = next((key for key in _BOUND_BY if key in tags), None)
    spared = set().union(
        *(_SPARED_BY.get(word.strip(), set()) for word in tags.get("except", "").split(";"))
    )
    binds = frozenset(_BOUND_BY[key]) - spared if key else frozenset()
    said, _, _ = tags[key].partition("_") if key else ("", "", "")
    via = [member for member in members if member[0] == "via"]
    why = _unfit(tags, said, binds, via)
    if why:
        noticed.note(why[0], f"relation/{number}", why[1], _NOT_APPLIED)
    else:
        yield from _pairs(_Sign(number, said == "only", binds), members, at, noticed)


def _unfit(
    tags: Tags, said: str, binds: frozenset[str], via: Sequence[Member]
) -> tuple[str, str] | None:
    """Say why a relation is passed over, if it is."""
    if any(key in tags for key in _AT_TIMES):
        return "turn-at-times", "Turn restrictions that hold at some hours only."
    if said not in {"no", "only"}:
        return "turn-not-read", "Turn restrictions of an unknown kind."
    if not binds:
        return "turn-for-others", "Turn restrictions that bind no ambulance, car or truck."
    if [member[1] for member in via] != ["n"]:
        return "turn-via-way", "Turn restrictions over a stretch of street, not at one junction."
    return None


def _pairs(sign: _Sign, members: Sequence[Member], at: _Arms, noticed: Noticed) -> Iterator[_Turn]:
    """Pair the streets by which one comes with those by which one would go on."""
    node = next(ref for role, _, ref in members if role == "via")
    sides = {
        role: [at.streets(ref, node, towards=role == "from") for r, _, ref in members if r == role]
        for role in ("from", "to")
    }
    found = [streets for side in sides.values() for streets in side]
    if not all(sides.values()) or not all(found):
        noticed.note(
            "turn-without-street",
            f"relation/{sign.relation}",
            "Turn restrictions whose streets are not in the file, or cannot be driven that way.",
            "Passed over.",
        )
    elif any(len(streets) > 1 for streets in found):
        noticed.note(
            "turn-ambiguous",
            f"relation/{sign.relation}",
            "Turn restrictions at a junction that one street passes: which part is meant?",
            _NOT_APPLIED,
        )
    else:
        for (come,) in sides["from"]:
            for (go,) in sides["to"]:
                yield _Turn(sign, come, go, node)

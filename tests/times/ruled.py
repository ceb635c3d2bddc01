# SPDX-License-Identifier: Apache-2.0
"""Signs, gates and surfaces put into towns: by hand, or at random."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from goldenhour.town.rules import Gates, Turns, Users
from goldenhour.town.town import Streets, Town
from tests.towns import words

GATES = ["gate", "bollard", "block", "lift_gate", "height_restrictor"]
SURFACES = ["", "asphalt", "gravel", "sand", "mud"]


def sign(
    town: Town, come: str, go: str, *, only: bool = False, spares: tuple[str, ...] = ()
) -> Town:
    """Put up one sign more, where two streets of these ids meet."""
    streets = town.streets
    one, other = (streets.id.tolist().index(name) for name in (come, go))
    shared = {streets.tail[one], streets.head[one]} & {streets.tail[other], streets.head[other]}
    more = turns(
        via=[int(min(shared))],
        come=[one],
        go=[other],
        only=[only],
        binds=[[user not in spares] for user in ("ambulance", "car", "truck")],
    )
    return replace(town, turns=joined(town.turns, more))


def turns(
    *,
    via: list[int],
    come: list[int],
    go: list[int],
    only: list[bool],
    binds: list[list[bool]],
) -> Turns:
    """Make turns from plain lists; ``binds`` has a row per user."""
    ambulance, car, truck = (np.array(row, dtype=np.bool_) for row in binds)
    return Turns(
        id=words([f"sign-{i}" for i in range(len(via))]),
        via=np.array(via, dtype=np.int32),
        from_edge=np.array(come, dtype=np.int32),
        to_edge=np.array(go, dtype=np.int32),
        is_only=np.array(only, dtype=np.bool_),
        ambulance=ambulance,
        car=car,
        truck=truck,
    )


def joined(one: Turns, other: Turns) -> Turns:
    """Put two lists of turns together."""
    return Turns(
        **{
            name: np.concatenate([getattr(one, name), getattr(other, name)])
            for name in Turns.__dataclass_fields__
        }
    )


def gates(node: list[int], kind: list[str], access: NDArray[np.integer] | None = None) -> Gates:
    """Make gates; ``access`` holds one number for foot, ambulance, car and truck of each."""
    said = np.zeros((4, len(node)), dtype=np.int8) if access is None else access
    return Gates(
        id=words([f"gate-{i}" for i in range(len(node))]),
        node=np.array(node, dtype=np.int32),
        kind=words(kind),
        access=users(said),
    )


def users(said: NDArray[np.integer]) -> Users:
    """Make access from one row per user."""
    foot, ambulance, car, truck = said.astype(np.int8)
    return Users(foot=foot, ambulance=ambulance, car=car, truck=truck)


def ruled(town: Town, rng: np.random.Generator, *, n_signs: int = 8, n_gates: int = 3) -> Town:
    """Put signs, gates, surfaces and access into a town at random."""
    streets, n = town.streets, town.streets.n_edges
    streets = replace(
        streets,
        surface=words(list(rng.choice(SURFACES, n))),
        width_m=np.where(rng.random(n) < 0.1, 2.5, np.nan).astype(np.float32),
        maxweight_t=np.where(rng.random(n) < 0.1, 3.5, np.nan).astype(np.float32),
        level=rng.choice([0, 0, 0, 0, -1], n).astype(np.int8),
        access=users(rng.choice(4, (4, n), p=[0.7, 0.1, 0.1, 0.1])),
    )
    return replace(
        town,
        streets=streets,
        turns=random_turns(streets, rng, n_signs),
        gates=gates(
            rng.integers(0, streets.n_nodes, n_gates).tolist(),
            list(rng.choice(GATES, n_gates)),
            rng.choice(4, (4, n_gates), p=[0.6, 0.2, 0.1, 0.1]),
        ),
    )


def random_turns(streets: Streets, rng: np.random.Generator, n: int) -> Turns:
    """Put up signs at random junctions, for random streets there, also against turning round."""
    via, come, go = [], [], []
    for node in rng.integers(0, streets.n_nodes, n).tolist():
        arms = np.flatnonzero((streets.tail == node) | (streets.head == node))
        if len(arms):
            via.append(node)
            come.append(int(rng.choice(arms)))
            go.append(int(rng.choice(arms)))
    flags = rng.random((4, len(via)))
    return turns(
        via=via, come=come, go=go, only=(flags[0] < 0.4).tolist(), binds=(flags[1:] < 0.8).tolist()
    )

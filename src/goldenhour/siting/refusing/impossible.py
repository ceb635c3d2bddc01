# SPDX-License-Identifier: Apache-2.0
"""Why there is no plan: the smallest conflict and what would do, carried by the error itself."""

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.errors import NoPlanError
from goldenhour.base.grades import UnknownStreets
from goldenhour.picture.belief import Picture
from goldenhour.siting.asking.existing import Existing
from goldenhour.siting.asking.question import Question
from goldenhour.siting.refusing.conflict import smallest_conflict
from goldenhour.siting.refusing.relax import relaxations
from goldenhour.siting.refusing.switches import Ground, can_be_met, demands_of, dropping
from goldenhour.siting.said import Said
from goldenhour.siting.screening.requirements import SITED_TIERS
from goldenhour.siting.screening.table import Screening
from goldenhour.times.carry import Evacuation
from goldenhour.town.town import Town


def explained(  # noqa: PLR0913 - all that the question rests on, by name
    error: NoPlanError,
    town: Town,
    picture: Picture,
    screening: Screening,
    question: Question,
    *,
    evacuation: Evacuation,
    existing: Existing,
) -> NoPlanError:
    """
    Say which demands conflict, and which change to one of them would make a plan.

    Parameters
    ----------
    error
        What went wrong; its words and its code stay.
    town
        The town.
    picture
        What is believed.
    screening
        Verdicts on every structure.
    question
        The question that no plan answers.
    evacuation
        The town's evacuation graph.
    existing
        Care that is there already.

    Returns
    -------
    error
        The same, with ``conflict`` and ``relaxations``; both empty if it was not proven that the
        demands conflict, for instance because only the search gave up.
    """
    ground = Ground(
        town=town,
        screening=screening,
        attached=evacuation.is_attached,
        attached_if_passable=_if_passable(town, picture, question, evacuation),
        existing=np.concatenate([existing.of(tier) for tier in SITED_TIERS]),
    )
    demands = demands_of(ground, question)
    found = smallest_conflict(
        len(demands), lambda kept: can_be_met(ground, dropping(question, demands, kept))
    )
    members = found.members if found else ()
    would_do = relaxations(ground, question, members)
    return NoPlanError(
        error.what,
        where=error.where,
        do=error.do,
        code=error.code,
        conflict=tuple(_coded(demands[member].said) for member in members),
        relaxations=tuple(_coded(entry.said) for entry in would_do),
    )


def _if_passable(
    town: Town, picture: Picture, question: Question, evacuation: Evacuation
) -> NDArray[np.bool_]:
    """Ask which structures join a street if those without a report are open."""
    if question.unknown_streets is UnknownStreets.PASSABLE:
        return evacuation.is_attached
    passable = Evacuation.of(
        town,
        picture,
        unknown_streets=UnknownStreets.PASSABLE,
        landing=evacuation.any_day,
        terrain=evacuation.footing,
    )
    return passable.is_attached


def _coded(said: Said) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Give code and values, as errors carry them."""
    return said.code, said.values

# SPDX-License-Identifier: Apache-2.0
"""A schedule as JSON, the same bytes every time."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from goldenhour.base.messages import LANGUAGES
from goldenhour.publish import moves_words
from goldenhour.publish.atomic import write_json
from goldenhour.publish.plain import Json, plain
from goldenhour.publish.words import sentence, structure_name
from goldenhour.siting.moving.schedule import Move, Schedule, Stage, Why
from goldenhour.siting.moving.steps import Step
from goldenhour.town.town import Town

SCHEMA = "goldenhour.moves/1"
"""Name and version of the shape; the number rises when a reader would have to change."""


def to_json(town: Town, steps: Sequence[Step], schedule: Schedule) -> Json:
    """
    Put a schedule into plain JSON values.

    Parameters
    ----------
    town
        The town.
    steps
        What each step rests on.
    schedule
        Which sites are open when.

    Returns
    -------
    content
        Sites by step, moves with their reasons and the reports behind each, and the proof.
    """
    values, not_known, unbounded = plain(
        {
            "schema": SCHEMA,
            "town": town.name,
            "exercise": town.is_exercise,
            "question": asdict(schedule.question),
            "price_people": schedule.price_people,
            "steps": [
                _stage(town, step, stage)
                for step, stage in zip(steps, schedule.stages, strict=True)
            ],
            "moves": [_move(town, steps[move.step], move) for move in schedule.moves],
            "objective": schedule.objective,
            "bound": schedule.bound,
            "status": schedule.status,
            "gap_share": schedule.gap_share,
            "n_examined": schedule.n_examined,
            "said": {
                language: list(moves_words.lines(town, schedule, language))
                for language in LANGUAGES
            },
        }
    )
    return {**values, "not_known": not_known, "unbounded": unbounded}


def name_of(content: Json) -> str:
    """
    Name a schedule by all that is in it.

    Parameters
    ----------
    content
        From ``to_json``.

    Returns
    -------
    name
        Twelve letters and digits.
    """
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def write(path: Path, content: Json) -> None:
    """
    Write a schedule, whole or not at all.

    Parameters
    ----------
    path
        Where the file shall be.
    content
        From ``to_json``.

    Raises
    ------
    StoreError
        If the disk is full or the place cannot be written.
    """
    write_json(path, content)


def _stage(town: Town, step: Step, stage: Stage) -> Json:
    """Put one step into values."""
    return {
        "at": stage.at,
        "n_reports": len(step.picture.reports),
        "n_assumed": len(step.assumed),
        "n_stale_reports": len(step.picture.stale),
        "sites": [_site(town, row) for row in stage.sites],
        "idle": [{**_site(town, idle.row), "why": _why(step, idle.why)} for idle in stage.idle],
        "hospitals": [_site(town, row) for row in stage.hospitals],
        "people": stage.people,
        "served": stage.served,
        "served_staying": stage.served_staying,
        "served_anew_at_most": stage.served_anew,
        "served_anew_is_proven": stage.is_proven_anew,
        "n_candidates": stage.n_candidates,
        "notes": [
            {language: sentence(note, language) for language in LANGUAGES} for note in stage.notes
        ],
    }


def _move(town: Town, step: Step, move: Move) -> Json:
    """Put one move into values."""
    return {
        "tier": move.tier.value,
        "step": move.step,
        "from": _site(town, move.row),
        "to": _site(town, move.to) if move.to >= 0 else None,
        "away_m": move.away_m,
        "is_stale": move.is_stale,
        "why": _why(step, move.why),
    }


def _why(step: Step, why: tuple[Why, ...]) -> list[Json]:
    """Put what is behind a stale site into values, with the reports behind each."""
    return [
        {
            "code": one.said.code,
            "said": {language: sentence(one.said, language) for language in LANGUAGES},
            "reports": [step.picture.reports[at].id for at in one.reports],
            "is_assumed": one.is_assumed,
        }
        for one in why
    ]


def _site(town: Town, row: int) -> Json:
    """Name a structure."""
    return {
        "structure_id": str(town.structures.id[row]),
        "name": structure_name(town, row, "en"),
    }

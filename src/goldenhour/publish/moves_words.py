# SPDX-License-Identifier: Apache-2.0
"""A schedule in a planner's words."""

from collections.abc import Iterator

from goldenhour.base.messages import say
from goldenhour.publish.words import moment_text, sentence, structure_name, tier_name
from goldenhour.siting.moving.schedule import Move, Schedule, Why
from goldenhour.siting.plain.result import ProofStatus
from goldenhour.siting.said import number
from goldenhour.town.town import Town


def heads(language: str) -> tuple[str, ...]:
    """
    Name the columns of the table of steps.

    Parameters
    ----------
    language
        ``"en"`` or ``"ar"``.

    Returns
    -------
    heads
        Moment, people served, staying, anew, candidates.
    """
    return tuple(
        say(f"moves.head-{name}", language)
        for name in ("moment", "served", "staying", "anew", "candidates")
    )


def table(schedule: Schedule, language: str) -> tuple[tuple[str, ...], ...]:
    """
    Put the steps into rows.

    Parameters
    ----------
    schedule
        Which sites are open when.
    language
        ``"en"`` or ``"ar"``.

    Returns
    -------
    rows
        One a step, of five texts.
    """
    return tuple(
        (
            moment_text(stage.at, language),
            number(stage.served),
            number(stage.served_staying),
            ("" if stage.is_proven_anew else "≤ ") + number(stage.served_anew),
            f"{stage.n_candidates:,}",
        )
        for stage in schedule.stages
    )


def lines(town: Town, schedule: Schedule, language: str) -> Iterator[str]:
    """
    Say what moves when and why, and how good the schedule is known to be.

    Parameters
    ----------
    town
        The town.
    schedule
        Which sites are open when.
    language
        ``"en"`` or ``"ar"``.

    Yields
    ------
    line
        One sentence.
    """
    for step, stage in enumerate(schedule.stages):
        at = moment_text(stage.at, language)
        for note in stage.notes:
            yield say("moves.at-step", language, at=at, said=sentence(note, language))
        for idle in stage.idle:
            name = structure_name(town, idle.row, language)
            said = " ".join(_why(one, language) for one in idle.why)
            yield say("moves.idle", language, at=at, name=name, why=said)
        for move in schedule.moves:
            if move.step == step:
                yield _moved(town, move, at, language)
    if not schedule.moves:
        yield say("moves.none", language)
    is_proven = schedule.status is ProofStatus.OPTIMAL
    yield say(
        "moves.proven" if is_proven else "moves.gap",
        language,
        n=f"{schedule.n_examined:,}",
        percent=f"{100 * schedule.gap_share:.1f}",
        price=number(schedule.price_people),
    )
    yield say("moves.hospitals", language)


def _moved(town: Town, move: Move, at: str, language: str) -> str:
    """Say what happens to one site."""
    words = {
        "at": at,
        "tier": tier_name(move.tier, language),
        "name": structure_name(town, move.row, language),
        "why": " ".join(_why(one, language) for one in move.why),
    }
    first = say("moves.stale" if move.is_stale else "moves.worth-moving", language, **words)
    if move.to < 0:
        return first
    away = number(move.away_m)
    to = structure_name(town, move.to, language)
    return f"{first} {say('moves.to', language, to=to, away=away)}"


def _why(one: Why, language: str) -> str:
    """Say why, and whether that is only expected."""
    said = sentence(one.said, language)
    return f"{said} ({say('moves.expected', language)})" if one.is_assumed else said

# SPDX-License-Identifier: Apache-2.0
"""What the planner demands, held against what passed: who may be chosen, or why no plan exists."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.errors import BadQuestionError, NoPlanError, UnknownPlaceError
from goldenhour.base.grades import Tier, Verdict
from goldenhour.siting.asking.existing import Existing
from goldenhour.siting.asking.question import Question
from goldenhour.siting.screening.joined import stands_for
from goldenhour.siting.screening.requirements import SITED_TIERS
from goldenhour.siting.screening.screen import candidates
from goldenhour.siting.screening.table import Screening, TierScreening
from goldenhour.town.town import Town

Rows = NDArray[np.int64]
_WORDS = {Tier.TSP: "stabilisation points", Tier.FIELD_HOSPITAL: "field hospitals"}
_FIELDS = {Tier.TSP: "n_tsp", Tier.FIELD_HOSPITAL: "n_field_hospitals"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """
    Who may and who must be chosen for one tier.

    Parameters
    ----------
    tier
        The tier.
    n
        Sites wanted, with those that are there already.
    candidates
        Structure rows that passed, are reachable and not forbidden. Shape ``(n_candidates,)``.
    forced
        Structure rows that must be chosen, among the candidates. Shape ``(n_forced,)``.
    existing
        Those of them in which care works already. Shape ``(n_existing,)``.
    kept_apart
        Structure rows that passed too, but are a part of what is offered as a field hospital.
        Shape ``(n_kept_apart,)``.
    """

    tier: Tier
    n: int
    candidates: Rows
    forced: Rows
    existing: Rows
    kept_apart: Rows


def wishes(
    town: Town,
    screening: Screening,
    question: Question,
    *,
    attached: NDArray[np.bool_],
    existing: Existing,
) -> dict[Tier, Wishes]:
    """
    Work out who may be chosen for each tier.

    Parameters
    ----------
    town
        The town.
    screening
        Verdicts on every structure.
    question
        What is wanted.
    attached
        True where a structure joins an open street. Shape ``(n_structures,)``, bool.
    existing
        Care that is there already; it counts beside what is wanted, whatever rules say.

    Returns
    -------
    wishes
        By tier.

    Raises
    ------
    NoPlanError
        If too few structures pass, or one that is demanded does not.
    UnknownPlaceError
        If a demanded structure is not in the town.
    """
    row_of = {str(key): row for row, key in enumerate(town.structures.id)}
    may = {tier: candidates(screening.of(tier)) & attached for tier in SITED_TIERS}
    for tier, passed in may.items():
        _bar(passed, screening.of(tier), np.concatenate(list(existing.rows.values())))
    _forbid(question, row_of, may, screening)
    forced = _forced(question, row_of, may, screening, existing)
    kept_apart = {Tier.TSP: _keep_apart(may, forced, screening.of(Tier.FIELD_HOSPITAL))}
    wanted = {Tier.TSP: question.n_tsp, Tier.FIELD_HOSPITAL: question.n_field_hospitals}
    for tier in SITED_TIERS:
        if question.has_budget and may[tier].any():
            wanted[tier] = min(wanted[tier], int(may[tier].sum()))
        _require_enough(screening.of(tier), may[tier], wanted[tier], attached)
        if len(forced[tier]) > wanted[tier]:
            raise NoPlanError(
                f"{wanted[tier]} {_WORDS[tier]} wanted, but {len(forced[tier])} are forced.",
                where=f"[question] {_FIELDS[tier]}",
                do=f"Ask for {len(forced[tier])}, or force fewer.",
            )
    return {
        tier: Wishes(
            tier=tier,
            n=wanted[tier] + len(existing.of(tier)),
            candidates=np.union1d(np.flatnonzero(may[tier]), existing.of(tier)),
            forced=np.union1d(sorted(forced[tier]), existing.of(tier)).astype(np.int64),
            existing=existing.of(tier),
            kept_apart=kept_apart.get(tier, np.zeros(0, dtype=np.int64)),
        )
        for tier in SITED_TIERS
    }


def tiers_and_row(town: Town, wish: str) -> tuple[tuple[Tier, ...], int]:
    """
    Read ``tier=id``, or an id alone, which is about either tier.

    Parameters
    ----------
    town
        The town; the id must be in it.
    wish
        As in ``Question.forced``.

    Returns
    -------
    tiers, row
        The tiers it is about, and the structure's row, -1 if there is none.
    """
    name, equals, key = wish.partition("=")
    named = equals and name in {tier.value for tier in SITED_TIERS}
    ids = town.structures.id
    whole = np.flatnonzero(ids == wish)
    if len(whole) or not named:
        return SITED_TIERS, int(whole[0]) if len(whole) else -1
    found = np.flatnonzero(ids == key)
    return (Tier(name),), int(found[0]) if len(found) else -1


def _bar(passed: NDArray[np.bool_], screening: TierScreening, rows: Rows) -> None:
    """Take some structures out, and whatever they are part of."""
    passed[rows] = False
    passed[stands_for(screening, rows)] = False


def _keep_apart(
    may: dict[Tier, NDArray[np.bool_]], forced: dict[Tier, set[int]], hospital: TierScreening
) -> Rows:
    """Offer no stabilisation point in a part of what is offered as a field hospital; list those."""
    rows = np.arange(len(may[Tier.TSP]))
    heads = stands_for(hospital, rows)
    demanded = np.array(sorted(forced[Tier.TSP]), dtype=np.int64)
    if clash := sorted(set(heads[demanded].tolist()) & forced[Tier.FIELD_HOSPITAL]):
        raise BadQuestionError(
            f"Row {clash[0]} is forced into both tiers.", where="[question] forced"
        )
    may[Tier.FIELD_HOSPITAL][heads[demanded[heads[demanded] != demanded]]] = False
    apart = may[Tier.TSP] & (heads != rows) & may[Tier.FIELD_HOSPITAL][heads]
    may[Tier.TSP] &= ~apart
    return np.flatnonzero(apart)


def _forbid(
    question: Question,
    row_of: dict[str, int],
    may: dict[Tier, NDArray[np.bool_]],
    screening: Screening,
) -> None:
    """Take out what is forbidden: ``tier=id``, or an id for both tiers."""
    for wish in question.forbidden:
        tiers, key = _tiers_named(wish, row_of)
        rows = _rows(row_of, key, "forbidden")
        for tier in tiers:
            _bar(may[tier], screening.of(tier), rows)


def _rows(row_of: dict[str, int], key: str, where: str) -> Rows:
    """Find a structure by id, or joined ones by their ids with ``+`` between them."""
    parts = [key] if key in row_of else key.split("+")
    for part in parts:
        if part not in row_of:
            raise UnknownPlaceError(
                f"There is no structure '{part}' in the town.",
                where=f"[question] {where}",
                do="Use an id as the map and plan.json show it.",
            )
    return np.array([row_of[part] for part in parts], dtype=np.int64)


def _forced(
    question: Question,
    row_of: dict[str, int],
    may: dict[Tier, NDArray[np.bool_]],
    screening: Screening,
    existing: Existing,
) -> dict[Tier, set[int]]:
    """Sort forced structures by tier: ``tier=id``, or the first tier whose rules it passes."""
    forced: dict[Tier, set[int]] = {tier: set() for tier in SITED_TIERS}
    for wish in question.forced:
        tiers, key = _tiers_named(wish, row_of)
        rows = _rows(row_of, key, "forced")
        if any(np.isin(rows, existing.of(tier)).any() for tier in tiers):
            continue  # it counts as it is
        heads = {tier: set(stands_for(screening.of(tier), rows).tolist()) for tier in tiers}
        passed = [
            tier for tier in tiers if len(heads[tier]) == 1 and may[tier][list(heads[tier])].all()
        ]
        if not passed:
            row = int(rows[0])
            raise NoPlanError(
                f"'{key}' is forced, but refused: {_refusals(screening.of(tiers[0]), row)}.",
                where="[question] forced",
                do="Drop it, or send a team: a newer report may lift the refusal.",
            )
        forced[passed[0]] |= heads[passed[0]]
    if both := forced[Tier.TSP] & forced[Tier.FIELD_HOSPITAL]:
        raise BadQuestionError(
            f"Row {min(both)} is forced into both tiers.", where="[question] forced"
        )
    return forced


def _tiers_named(wish: str, row_of: dict[str, int]) -> tuple[tuple[Tier, ...], str]:
    """Split ``tier=id``; an id alone means whichever tier it passes, the first first."""
    name, equals, key = wish.partition("=")
    if equals and wish not in row_of and name in {tier.value for tier in SITED_TIERS}:
        return (Tier(name),), key
    return SITED_TIERS, wish


def _refusals(screening: TierScreening, row: int) -> str:
    """Name the rules that refuse one structure."""
    rules = [
        rule
        for rule, verdict in zip(screening.rules, screening.verdict[row], strict=True)
        if verdict == Verdict.UNFIT
    ]
    return ", ".join(rules) or "no open street comes near it"


def _require_enough(
    screening: TierScreening,
    may: NDArray[np.bool_],
    wanted: int,
    attached: NDArray[np.bool_],
) -> None:
    """Refuse a question that asks for more sites than structures that pass."""
    n, words = int(may.sum()), _WORDS[screening.tier]
    if wanted <= n and n:
        return
    refused = (screening.verdict == Verdict.UNFIT).sum(axis=0)
    counts = [
        f"{rule} {count}" for rule, count in zip(screening.rules, refused, strict=True) if count
    ]
    if missing := int((~attached).sum()):
        counts.append(f"no open street near {missing}")
    listing = f" Refused or out of reach, of {len(may)}: {', '.join(counts)}." if counts else ""
    raise NoPlanError(
        f"{wanted} {words} wanted, {n} structures pass.{listing}",
        where=f"[question] {_FIELDS[screening.tier]}",
        do=f"Ask for {n} {words}." if n else "Send teams: only newer reports can lift refusals.",
        code="GH403" if not n else "GH400",
    )

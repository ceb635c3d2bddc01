# SPDX-License-Identifier: Apache-2.0
"""Why a site is open no longer: a rule refuses it now, it is cut off, or people have left."""

from typing import NamedTuple

import numpy as np

from goldenhour.base.grades import Tier, Verdict
from goldenhour.siting.moving.schedule import Why
from goldenhour.siting.moving.steps import Offer
from goldenhour.siting.said import Said, number
from goldenhour.siting.screening.reasons import reasons
from goldenhour.town.town import Town


class Before(NamedTuple):
    """People within reach of a site at the step before, and now."""

    served: float
    now: float


def why(  # noqa: PLR0913 - where, what, and what is known of it, most by name
    town: Town,
    one: Offer,
    row: int,
    tier: Tier,
    before: Before,
    *,
    is_usable: bool,
    is_linked: bool,
) -> tuple[Why, ...]:
    """
    Say why a site is open no longer.

    Parameters
    ----------
    town
        The town.
    one
        The first step without it.
    row
        Structure row.
    tier
        What it holds.
    before
        People within its reach before and now.
    is_usable
        Whether it may be a site at this step.
    is_linked
        Whether it drives to a usable field hospital in time.

    Returns
    -------
    why
        Never empty: each rule that refuses it now, or what else changed.
    """
    refused = _refused(town, one, row, tier)
    if refused:
        return refused
    if one.notes:
        return tuple(Why(said=said) for said in one.notes)
    if not one.step.evacuation.is_attached[row]:
        return (Why(said=Said(code="moves.no-street")),)
    if not is_usable:
        return (Why(said=Said(code="moves.part-of-another")),)
    if not is_linked:
        return (Why(said=Said(code="moves.no-hospital")),)
    values = (("before", number(before.served)), ("now", number(before.now)))
    code = "moves.fewer-people" if before.now < before.served else "moves.others-worth-more"
    return (Why(said=Said(code=code, values=values)),)


def _refused(town: Town, one: Offer, row: int, tier: Tier) -> tuple[Why, ...]:
    """Rules that refuse it, or one of the parts that it runs with, with the reports behind each."""
    step = one.step
    if not np.any(step.screening.of(tier).verdict[row] == Verdict.UNFIT):
        return ()
    return tuple(
        Why(
            said=reason.said,
            reports=reason.reports,
            is_assumed=any(step.picture.reports[at].id in step.assumed for at in reason.reports),
        )
        for reason in reasons(town, step.picture, step.screening, row, tier)
        if reason.verdict is Verdict.UNFIT
    )

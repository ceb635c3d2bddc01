# SPDX-License-Identifier: Apache-2.0
"""The NO-GO list: thirteen things of which any one rejects a site, or holds it until settled."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from goldenhour.base.grades import Verdict
from goldenhour.siting.screening.reasons import NO_GO_OF, Reason

NUMBERS = tuple(sorted(NO_GO_OF.values()))
"""The list's numbers; sentence ``screening.no-go-<number>`` says each."""


class Standing(StrEnum):
    """How a structure stands against one line of the list. What is not settled holds it."""

    REFUSES = "refuses"
    HOLDS = "holds"
    LIFTED = "lifted"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoGo:
    """
    One line of the list, held against one structure.

    Parameters
    ----------
    number
        Its number.
    standing
        Whether it refuses, holds or is lifted.
    reasons
        The reasons behind that.
    """

    number: int
    standing: Standing
    reasons: tuple[Reason, ...]


def no_go(reasons: Sequence[Reason]) -> tuple[NoGo, ...]:
    """
    Hold one structure against the whole list.

    Parameters
    ----------
    reasons
        What every rule says of it.

    Returns
    -------
    lines
        One for each number, in order.
    """
    return tuple(
        _line(number, [reason for reason in reasons if reason.no_go == number])
        for number in NUMBERS
    )


def _line(number: int, reasons: Sequence[Reason]) -> NoGo:
    """Let the worst verdict count; a line that no rule answers holds."""
    verdicts = {reason.verdict for reason in reasons}
    if Verdict.UNFIT in verdicts:
        standing, telling = Standing.REFUSES, Verdict.UNFIT
    elif verdicts == {Verdict.FIT}:
        standing, telling = Standing.LIFTED, Verdict.FIT
    else:
        standing, telling = Standing.HOLDS, Verdict.UNKNOWN
    kept = tuple(reason for reason in reasons if reason.verdict is telling)
    return NoGo(number=number, standing=standing, reasons=kept)

# SPDX-License-Identifier: Apache-2.0
"""What there is to choose from: candidates of both tiers, and the travel times that count."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.errors import BadQuestionError
from goldenhour.base.progress import Progress
from goldenhour.siting.asking.question import Question
from goldenhour.siting.models.chain import Links
from goldenhour.siting.plain.cover import Cover
from goldenhour.times.carry import Evacuation

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Homes:
    """
    Structures in which people are.

    Parameters
    ----------
    row
        Structure rows. Shape ``(n_homes,)``.
    people
        People, in whole 64ths so that sums are exact. Shape ``(n_homes,)``.
    """

    row: Rows
    people: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """
    Candidates that are examined together.

    Parameters
    ----------
    tsp
        Structure rows of stabilisation candidates. Shape ``(n_tsp,)``.
    hospital
        Structure rows of field-hospital candidates. Shape ``(n_hospitals,)``.
    cover
        Homes within the stabilisation clock of each candidate.
    seconds
        Carry time of each pair of the cover in seconds. Shape ``(n_pairs,)``, float32.
    link_s
        Seconds from stabilisation candidate to field-hospital candidate, ``inf`` beyond the link.
        Shape ``(n_tsp, n_hospitals)``, float32.
    """

    tsp: Rows
    hospital: Rows
    cover: Cover
    seconds: NDArray[np.float32]
    link_s: NDArray[np.float32]

    @property
    def links(self) -> Links:
        """Which links are in time, and which structures are offered for both tiers."""
        at = {int(row): k for k, row in enumerate(self.hospital)}
        same = np.array([at.get(int(row), -1) for row in self.tsp], dtype=np.int32)
        return Links(linked=np.isfinite(self.link_s), same=same)


def whole_parts(people: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Round people to whole 64ths, such that no total moves by more than one 64th.

    Parameters
    ----------
    people
        People of each structure. Shape ``(n_structures,)``.

    Returns
    -------
    people
        Whole 64ths: their sums are exact in any order. Shape ``(n_structures,)``.
    """
    parts = 64.0
    total = np.rint(np.cumsum(people) * parts)
    rounded: NDArray[np.float64] = np.diff(total, prepend=0.0) / parts
    return rounded


def link_limit_s(question: Question) -> float:
    """
    Reckon how long a casualty may take from stabilisation point to field hospital.

    Clocks add up on the safe side: even who used the whole first clock must arrive in time.

    Parameters
    ----------
    question
        Its clocks.

    Returns
    -------
    limit_s
        Seconds for loading, driving and unloading.

    Raises
    ------
    BadQuestionError
        If the clocks leave no time.
    """
    stabilising_s = facts.number("clocks.stabilising_s")
    limit_s = question.field_hospital_clock_s - question.tsp_clock_s - stabilising_s
    if limit_s <= 0:
        raise BadQuestionError(
            f"The clocks leave no time for the drive: {question.tsp_clock_s / 60:.0f} min to a "
            f"stabilisation point and {stabilising_s / 60:.0f} min there fill the "
            f"{question.field_hospital_clock_s / 60:.0f} min to a field hospital.",
            where="[question] field_hospital_clock_s",
            do="Widen this clock, or shorten the first.",
        )
    return limit_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Drives:
    """
    Drives from stabilisation candidates to field-hospital candidates.

    Parameters
    ----------
    tsp
        Structure rows, ascending. Shape ``(n_tsp,)``.
    hospital
        Structure rows. Shape ``(n_hospitals,)``.
    link_s
        Seconds, ``inf`` beyond the link. Shape ``(n_tsp, n_hospitals)``, float32.
    """

    tsp: Rows
    hospital: Rows
    link_s: NDArray[np.float32]


def measure_drives(
    evacuation: Evacuation,
    question: Question,
    *,
    tsp: Rows,
    hospital: Rows,
    progress: Progress,
) -> Drives:
    """
    Measure the drives to field hospitals, once for all candidates that may come in.

    Parameters
    ----------
    evacuation
        The town's evacuation graph.
    question
        Its clocks.
    tsp
        Structure rows, ascending. Shape ``(n_tsp,)``.
    hospital
        Structure rows. Shape ``(n_hospitals,)``.
    progress
        Told how far the work is.

    Returns
    -------
    drives
        One search for each hospital, however many points there are.
    """
    link_s = evacuation.transfer_times(
        origins=tsp, destinations=hospital, limit_s=link_limit_s(question), progress=progress
    )
    return Drives(tsp=tsp, hospital=hospital, link_s=link_s)


def measure(
    evacuation: Evacuation,
    question: Question,
    homes: Homes,
    *,
    tsp: Rows,
    drives: Drives,
    progress: Progress,
) -> Options:
    """
    Measure who is in reach of some stabilisation candidates.

    Parameters
    ----------
    evacuation
        The town's evacuation graph.
    question
        Its clocks.
    homes
        Where people are.
    tsp
        Structure rows, all of them among the drives'. Shape ``(n_tsp,)``.
    drives
        Drives to field hospitals.
    progress
        Told how far the work is.

    Returns
    -------
    options
        Candidates and times.
    """
    reach = evacuation.carry_times(tsp, homes.row, question.tsp_clock_s, progress=progress)
    return Options(
        tsp=tsp,
        hospital=drives.hospital,
        cover=Cover(start=reach.start, home=reach.home, n_homes=reach.n_homes),
        seconds=reach.seconds,
        link_s=drives.link_s[np.searchsorted(drives.tsp, tsp)],
    )


def join(first: Options, more: Options) -> Options:
    """
    Put the stabilisation candidates of two lots together.

    Parameters
    ----------
    first
        Comes first.
    more
        With the same field hospitals and homes.

    Returns
    -------
    options
        Both.
    """
    n_first = first.cover.start[-1]
    return Options(
        tsp=np.concatenate([first.tsp, more.tsp]),
        hospital=first.hospital,
        cover=Cover(
            start=np.concatenate([first.cover.start, n_first + more.cover.start[1:]]),
            home=np.concatenate([first.cover.home, more.cover.home]),
            n_homes=first.cover.n_homes,
        ),
        seconds=np.concatenate([first.seconds, more.seconds]),
        link_s=np.concatenate([first.link_s, more.link_s]),
    )

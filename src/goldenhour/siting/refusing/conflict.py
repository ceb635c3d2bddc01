# SPDX-License-Identifier: Apache-2.0
"""
The smallest set of demands that cannot all be met, from an oracle that tells what can.

Deletion filter first (Chinneck and Dravnieks 1991), then the smallest set through hitting sets of
correction sets (Ignatiev, Previti, Liffiton and Marques-Silva 2015): every conflict shares a demand
with whatever has to be dropped from all demands to leave a set that can be met. An oracle that
gives up says so; what it did not prove impossible is never called a conflict.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

Demands = frozenset[int]
Feasible = Callable[[Demands], bool | None]
"""Tells whether some demands can be met together; None where it gave up."""

_MOST_ASKED = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """
    Demands that cannot all be met.

    Parameters
    ----------
    members
        Numbers of the demands, ascending.
    is_smallest
        True if it is proven that no conflict has fewer members.
    is_irreducible
        True if it is proven that without any one of them the others can be met.
    n_asked
        How often the oracle was asked.
    """

    members: tuple[int, ...]
    is_smallest: bool
    is_irreducible: bool
    n_asked: int


class _Oracle:
    """Remembers answers: less than what can be met can be met, more than a conflict is one."""

    def __init__(self, feasible: Feasible, most_asked: int) -> None:
        self._feasible, self._left = feasible, most_asked
        self._met: list[Demands] = []
        self._broken: list[Demands] = []
        self._given_up: set[Demands] = set()
        self.n_asked = 0

    def __call__(self, demands: Demands) -> bool | None:
        if any(demands <= known for known in self._met):
            return True
        if any(known <= demands for known in self._broken):
            return False
        if demands in self._given_up or self.n_asked >= self._left:
            return None
        self.n_asked += 1
        answer = self._feasible(demands)
        if answer is None:
            self._given_up.add(demands)
        else:
            (self._met if answer else self._broken).append(demands)
        return answer

    @property
    def met(self) -> list[Demands]:
        """Sets that are known to be possible."""
        return self._met


def smallest_conflict(
    n_demands: int, feasible: Feasible, *, most_asked: int = _MOST_ASKED
) -> Conflict | None:
    """
    Find the smallest set of demands that cannot all be met.

    Parameters
    ----------
    n_demands
        How many demands there are; they are numbered from 0.
    feasible
        Tells whether some of them can be met together; None where it gave up. Dropping a demand
        must never make the others impossible.
    most_asked
        How often to ask at most; then what is known by then is given.

    Returns
    -------
    conflict
        None if it was not proven that the demands conflict at all.
    """
    oracle, every = _Oracle(feasible, most_asked), frozenset(range(n_demands))
    if oracle(every) is not False:
        return None
    filtered, is_irreducible = _filter(every, oracle)
    members, is_smallest = _smallest(every, filtered, oracle)
    return Conflict(
        members=tuple(sorted(members)),
        is_smallest=is_smallest,
        is_irreducible=is_irreducible or is_smallest,
        n_asked=oracle.n_asked,
    )


def _filter(every: Demands, oracle: _Oracle) -> tuple[Demands, bool]:
    """Drop demands one by one, and leave dropped what stays impossible."""
    kept, proven = every, True
    for demand in sorted(every, reverse=True):
        answer = oracle(kept - {demand})
        if answer is False:
            kept -= {demand}
        proven = proven and answer is not None
    return kept, proven


def _smallest(every: Demands, known: Demands, oracle: _Oracle) -> tuple[Demands, bool]:
    """Look for a smaller conflict than a known one, until none can be smaller."""
    to_hit = [every - met for met in oracle.met]
    while True:
        hitting = smallest_hitting_set(to_hit)
        if len(hitting) >= len(known):
            return known, True
        answer = oracle(hitting)
        if answer is False:
            return hitting, True
        if answer is None:
            return known, False
        to_hit.append(every - _grown(hitting, every, oracle))


def _grown(demands: Demands, every: Demands, oracle: _Oracle) -> Demands:
    """Add demands while all can still be met."""
    for demand in sorted(every - demands):
        if oracle(demands | {demand}):
            demands |= {demand}
    return demands


def smallest_hitting_set(sets: Collection[Demands]) -> Demands:
    """
    Find the fewest members that share one with every set.

    Parameters
    ----------
    sets
        None of them empty.

    Returns
    -------
    members
        Of equally few the same ones every time.
    """
    ordered = sorted(sets, key=lambda one: (len(one), sorted(one)))
    size = 0
    while True:
        found = _hit(ordered, frozenset(), size)
        if found is not None:
            return found
        size += 1


def _hit(sets: list[Demands], chosen: Demands, left: int) -> Demands | None:
    """Choose one member of the first set that is not hit, with so many choices left."""
    missed = [one for one in sets if not one & chosen]
    if not missed:
        return chosen
    if left == 0 or len(_apart(missed)) > left:
        return None
    for member in sorted(missed[0]):
        found = _hit(missed, chosen | {member}, left - 1)
        if found is not None:
            return found
    return None


def _apart(sets: list[Demands]) -> list[Demands]:
    """Take sets without a common member: each of them needs a choice of its own."""
    taken: list[Demands] = []
    for one in sets:
        if all(not one & other for other in taken):
            taken.append(one)
    return taken

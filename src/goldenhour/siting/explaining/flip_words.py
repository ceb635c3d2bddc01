# SPDX-License-Identifier: Apache-2.0
"""One sentence for each fact that would matter: what it is, and what it would do."""

from math import isfinite

import numpy as np

from goldenhour.siting.explaining.again import Answer, Standing
from goldenhour.siting.explanation import FactKind
from goldenhour.siting.said import Said, number
from goldenhour.town.town import Town

_HALF = 0.5
_MANY = 3


def said_of(  # noqa: PLR0913 - what there is to say, all by name
    standing: Standing,
    kind: FactKind,
    *,
    people: float,
    kept: float = 0.0,
    answer: Answer | None = None,
    structure: int = -1,
    streets: tuple[int, ...] = (),
    name: str = "",
) -> Said:
    """
    Put a fact and its effect into one coded sentence.

    Parameters
    ----------
    standing
        The plan.
    kind
        What the fact is about.
    people
        People more served once sites are chosen again, less than 0 for fewer.
    kept
        The same if the sites stay.
    answer
        What would be chosen; None where the sites stay in any case.
    structure
        Structure row it is about, -1 if none.
    streets
        Street rows it is about.
    name
        Of a hospital.

    Returns
    -------
    said
        Numbers are people without a sign.
    """
    values = {"people": number(abs(people)), "name": name}
    code = kind.value
    if structure >= 0:
        values["name"] = structure_words(standing, structure)
    if streets:
        values["name"] = street_words(standing.case.town, streets)
    if kind is not FactKind.REFERRAL_WORKS and answer is not None:
        values["kept"] = number(abs(kept))
        at_most = answer.at_most - standing.people
        values |= _exchange(standing, answer)
        code += _ending(kind, people, kept, at_most, is_exact=at_most - people < _HALF)
        if "could" in code:
            values["at_most"] = number(at_most)
    said = Said(code=f"siting.flip-{code}", values=())
    return Said(code=said.code, values=tuple(sorted(values.items())))


def structure_words(standing: Standing, row: int) -> str:
    """
    Name a structure: its label if it is a site, else its name or id.

    Parameters
    ----------
    standing
        The plan.
    row
        Structure row.

    Returns
    -------
    words
        Such as ``TSP 2``.
    """
    for short, rows in (("TSP", standing.tsp), ("FH", standing.hospital)):
        at = np.flatnonzero(rows == row)
        if len(at):
            return f"{short} {int(at[0]) + 1}"
    structures = standing.case.town.structures
    return str(structures.name[row] or structures.name_ar[row] or structures.id[row])


def street_words(town: Town, streets: tuple[int, ...]) -> str:
    """
    Name a street: by its name if it has one, and by its id.

    Parameters
    ----------
    town
        The town.
    streets
        Street rows.

    Returns
    -------
    words
        Of the first that has a name, and how many more there are.
    """
    named = [edge for edge in streets if town.streets.name[edge] or town.streets.name_ar[edge]]
    first = (named or list(streets))[0]
    name = str(town.streets.name[first] or town.streets.name_ar[first] or "")
    key = str(town.streets.id[first])
    more = f" +{len(streets) - 1}" if len(streets) > 1 else ""
    return f"{name} ({key}{more})" if name else f"{key}{more}"


def _exchange(standing: Standing, answer: Answer) -> dict[str, str]:
    """Name the sites that the other choice gives up, and those that it takes."""
    old, new = (
        np.concatenate([one.tsp, one.hospital]).astype(np.int64) for one in (standing, answer)
    )
    gone, come = np.setdiff1d(old, new), np.setdiff1d(new, old)
    return {"dropped": _list(standing, gone), "added": _list(standing, come)}


def _list(standing: Standing, rows: np.ndarray) -> str:
    """Name a few structures."""
    words = [structure_words(standing, int(row)) for row in rows[:_MANY]]
    more = [f"+{len(rows) - _MANY}"] if len(rows) > _MANY else []
    return ", ".join([*words, *more]) or "-"


def _ending(kind: FactKind, people: float, kept: float, at_most: float, *, is_exact: bool) -> str:
    """Choose how much may be said."""
    if kind is FactKind.SITE_UNFIT:
        if people > -_HALF:
            return "-equal"
        return "" if is_exact else "-known"
    moves = people > kept + _HALF
    if kind is FactKind.STREET_CLOSES:
        return "" if moves else "-stays"
    if moves:
        return ""
    could = not is_exact and isfinite(at_most)
    return "-could" if could else "-stays"

# SPDX-License-Identifier: Apache-2.0
"""Reasons that lie in a structure itself: visits, damage, size, use, who lives there, its needs."""

import numpy as np

from goldenhour.base import facts
from goldenhour.base.grades import Grade, Verdict
from goldenhour.reports.said import DamageSaid, VisitSaid
from goldenhour.siting.said import Said
from goldenhour.siting.screening.joined import joined_id, joined_said, stands_for
from goldenhour.siting.screening.requirements import NEIGHBOURS
from goldenhour.siting.screening.spot import Spot, Told, metres, plain
from goldenhour.siting.screening.testimony import is_about
from goldenhour.siting.screening.verdicts import floor_area_m2, held_for_search

_PERCENT = 100


def named_by_visit(spot: Spot) -> Told:
    """
    Say with which word a visit refused a structure by this very rule.

    Parameters
    ----------
    spot
        The structure.

    Returns
    -------
    told
        Sentence and reports.
    """
    said = spot.case.told.said.get(spot.row)
    if not spot.is_unfit or said is None or not is_about(said, spot.asked.tier):
        return None
    meaning = facts.fact("requirements.visit_reasons").value
    words = [word for word in said.reasons if meaning.get(word) == spot.rule]
    if said.verdict is not Verdict.UNFIT or not words:
        return None
    report = spot.case.told.visit[spot.row]
    values = (("words", ", ".join(words)), *spot.heard(report))
    return Said(code="screening.visit-said", values=values), (report,)


def visit(spot: Spot) -> Told:
    """
    Say who visited, when, and what came of it.

    Parameters
    ----------
    spot
        The structure.

    Returns
    -------
    told
        Sentence and reports.
    """
    report = spot.case.told.visit.get(spot.row)
    if report is None:
        return None
    said = spot.case.told.said[spot.row]
    values = spot.heard(report)
    if not is_about(said, spot.asked.tier):
        return Said(code="screening.visit-other-tier", values=values), (report,)
    words = ", ".join(said.reasons) or "-"
    if said.verdict is not spot.verdict:  # it stands for others that nobody has looked at
        return None
    code = f"screening.visit-{spot.verdict.name.lower()}"
    return Said(code=code, values=(*values, ("words", words))), (report,)


def damage(spot: Spot) -> Told:
    """
    Say how likely severe damage is, and who saw it.

    Parameters
    ----------
    spot
        The structure.

    Returns
    -------
    told
        Sentence and reports.
    """
    belief, known = spot.case.picture.damage, spot.case.picture.reports
    p_bad = float(belief.p_grade[spot.row, Grade.G2] + belief.p_grade[spot.row, Grade.G3])
    if belief.p_grade[spot.row, Grade.U] == 1 or spot.verdict is Verdict.FIT:
        return None
    asked = spot.asked.value("damage_unfit_share")
    values = (
        ("percent", f"{_PERCENT * p_bad:.0f}"),
        ("asked", f"{_PERCENT * asked:.0f}"),
    )
    behind = tuple(
        int(at)
        for at in belief.evidence.of(spot.row)
        if isinstance(known[at].said, DamageSaid | VisitSaid)
    )
    return Said(code="screening.damage-likely", values=values), behind


def engineer(spot: Spot) -> Told:
    """
    Say by whose grade an engineer has to sign.

    Parameters
    ----------
    spot
        The structure.

    Returns
    -------
    told
        Sentence and reports.
    """
    report = spot.case.told.engineer.get(spot.row)
    if report is None or not spot.is_unfit:
        return None
    said = spot.case.picture.reports[report].said
    code = f"{said.scale} {said.code}" if isinstance(said, DamageSaid) else "-"
    values = (("code", code), *spot.heard(report))
    return Said(code="screening.engineer-wanted", values=values), (report,)


def prior_use(spot: Spot) -> Told:
    """
    Say if a structure is held for a search.

    Parameters
    ----------
    spot
        The structure.

    Returns
    -------
    told
        Sentence and reports.
    """
    if not spot.is_unknown or not held_for_search(spot.case)[spot.row]:
        return None
    return Said(code="screening.prior-use-held"), ()


def floor_area(spot: Spot) -> Told:
    """
    Compare floor area with the need, joined structures together.

    Parameters
    ----------
    spot
        The structure.

    Returns
    -------
    told
        Sentence and reports.
    """
    least_m2, most_m2 = floor_area_m2(spot.case.town, spot.case.picture)
    joined = joined_said(spot.case.town, spot.screening, spot.row, least_m2)
    if joined:
        return joined[0], ()
    if (head := _head(spot)) != spot.row:
        ids = spot.case.town.structures.id
        values = (("structure", str(ids[head])), ("joined", _joined_id(spot, head)))
        return Said(code="screening.floor-area-part", values=values), ()
    low_m2, high_m2 = float(least_m2[spot.row]), float(most_m2[spot.row])
    asked = ("asked", plain(spot.asked.floor_area_m2))
    if np.isnan(low_m2):
        return Said(code="screening.floor-area-none", values=(asked,)), ()
    if low_m2 == high_m2:
        area = (("area", metres(low_m2)), asked)
        return Said(code="screening.floor-area-known", values=area), ()
    between = (("least", metres(low_m2)), ("most", metres(high_m2)), asked)
    return Said(code="screening.floor-area-between", values=between), ()


def use(spot: Spot) -> Told:
    """
    Name the use or the name that rules a structure out.

    Parameters
    ----------
    spot
        The structure.

    Returns
    -------
    told
        Sentence and reports.
    """
    if not spot.is_unfit:
        return None
    known = spot.case.town.structures
    words = (known.name_ar[spot.row] or known.name[spot.row], known.use[spot.row])
    kinds = [kind for kind in NEIGHBOURS if (spot.case.beside[kind].row == spot.row).any()]
    code = "screening.use-military" if "military" in kinds else "screening.use-on-map"
    return Said(code=code, values=(("words", ", ".join(str(w) for w in words if w)),)), ()


def consent(spot: Spot) -> Told:
    """
    Say who reported that displaced families live there.

    Parameters
    ----------
    spot
        The structure.

    Returns
    -------
    told
        Sentence and reports.
    """
    report = spot.case.told.displaced.get(spot.row)
    if report is None or not spot.is_unfit:
        return None
    return Said(code="screening.consent-displaced", values=spot.heard(report)), (report,)


def rooms(spot: Spot) -> Told:
    """
    Say how many rooms and beds are asked.

    Parameters
    ----------
    spot
        The structure.

    Returns
    -------
    told
        Sentence and reports.
    """
    return _asked(spot, rooms="rooms", beds="beds")


def gate(spot: Spot) -> Told:
    """
    Say how wide a gate is asked.

    Parameters
    ----------
    spot
        The structure.

    Returns
    -------
    told
        Sentence and reports.
    """
    return _asked(spot, width="gate_width_m")


def ambulance_turn(spot: Spot) -> Told:
    """
    Say how long a vehicle has to turn.

    Parameters
    ----------
    spot
        The structure.

    Returns
    -------
    told
        Sentence and reports.
    """
    return _asked(spot, length="turning_vehicle_m")


def water(spot: Spot) -> Told:
    """
    Say how much water is asked.

    Parameters
    ----------
    spot
        The structure.

    Returns
    -------
    told
        Sentence and reports.
    """
    return _asked(spot, daily="water_m3_per_day", store="water_store_m3")


def power(spot: Spot) -> Told:
    """
    Say how much power is asked.

    Parameters
    ----------
    spot
        The structure.

    Returns
    -------
    told
        Sentence and reports.
    """
    return _asked(spot, kva="power_kva")


def egress(spot: Spot) -> Told:
    """
    Say how many ways out are asked.

    Parameters
    ----------
    spot
        The structure.

    Returns
    -------
    told
        Sentence and reports.
    """
    return _asked(spot, ways="ways_out")


def _head(spot: Spot) -> int:
    """Look up the structure that stands for this one."""
    return int(stands_for(spot.screening, np.array([spot.row]))[0])


def _joined_id(spot: Spot, head: int) -> str:
    """Name the structures joined together."""
    return joined_id(spot.case.town, spot.screening, head)


def _asked(spot: Spot, **keys: str) -> Told:
    """Say what is asked where only a visit can tell."""
    if not spot.is_unknown:
        return None
    values = tuple((name, plain(spot.asked.value(key))) for name, key in keys.items())
    return Said(code=f"screening.{spot.rule}-asked", values=values), ()

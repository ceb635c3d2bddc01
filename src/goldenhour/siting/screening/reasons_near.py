# SPDX-License-Identifier: Apache-2.0
"""Reasons that lie around a structure: hazards, the front, water, streets, bridges, neighbours."""

import numpy as np
import shapely

from goldenhour.base import facts
from goldenhour.picture.belief import HazardArea
from goldenhour.siting.said import Said
from goldenhour.siting.screening import bridges
from goldenhour.siting.screening.neighbours import NO_REPORT, NO_ROW, Neighbours
from goldenhour.siting.screening.requirements import NEIGHBOURS
from goldenhour.siting.screening.spot import Spot, Told, metres, plain
from goldenhour.siting.screening.surroundings import NO_STREET
from goldenhour.siting.screening.verdicts import RELEASED, live_hazards, plants, water_beds

_KM_M = 1000.0


def explosive_hazard(spot: Spot) -> Told:
    """
    Say how near explosive hazards are, or who released them here.

    Parameters
    ----------
    spot
        The structure.

    Returns
    -------
    told
        Sentence and reports.
    """
    return _hazard(spot, "explosive", "explosive_apron_m") or _released(spot)


def armed_group(spot: Spot) -> Told:
    """
    Say how near armed groups are.

    Parameters
    ----------
    spot
        The structure.

    Returns
    -------
    told
        Sentence and reports.
    """
    return _hazard(spot, "armed_group", "armed_group_m")


def direct_fire(spot: Spot) -> Told:
    """
    Say how near direct fire is.

    Parameters
    ----------
    spot
        The structure.

    Returns
    -------
    told
        Sentence and reports.
    """
    return _hazard(spot, "direct_fire", "direct_fire_m")


def shelling(spot: Spot) -> Told:
    """
    Say how near shelled ground is.

    Parameters
    ----------
    spot
        The structure.

    Returns
    -------
    told
        Sentence and reports.
    """
    return _hazard(spot, "shelling", "")


def mass_grave(spot: Spot) -> Told:
    """
    Say how near mass graves are.

    Parameters
    ----------
    spot
        The structure.

    Returns
    -------
    told
        Sentence and reports.
    """
    return _hazard(spot, "mass_grave", "mass_grave_m")


def contamination(spot: Spot) -> Told:
    """
    Say how near contamination is, or a plant that may have left some.

    Parameters
    ----------
    spot
        The structure.

    Returns
    -------
    told
        Sentence and reports.
    """
    asked_m = spot.asked.value("contamination_m")
    return _hazard(spot, "contamination", "contamination_m") or _plant(spot, asked_m)


def front_depth(spot: Spot) -> Told:
    """
    Say how far behind the nearest reported front a structure lies.

    Parameters
    ----------
    spot
        The structure.

    Returns
    -------
    told
        Sentence and reports.
    """
    found = spot.nearest(live_hazards(spot.case.picture, "direct_fire"))
    if found is None:
        return None
    area, away_m = found
    least_m, most_m = (
        spot.asked.value("front_not_nearer_m"),
        spot.asked.value("front_not_farther_m"),
    )
    code = "unfit" if spot.is_unfit else "far" if away_m > most_m else "within"
    values = (
        ("distance", metres(away_m)),
        ("least", plain(least_m)),
        ("most", plain(most_m)),
        *spot.heard(area.report),
    )
    return Said(code=f"screening.front-depth-{code}", values=values), (int(area.report),)


def indirect_fire(spot: Spot) -> Told:
    """
    Name the mortars and rockets that reach here from where fighting is reported.

    Parameters
    ----------
    spot
        The structure.

    Returns
    -------
    told
        Sentence and reports.
    """
    picture = spot.case.picture
    areas = (*live_hazards(picture, "direct_fire"), *live_hazards(picture, "armed_group"))
    found = spot.nearest(areas)
    if found is None:
        return None
    area, away_m = found
    reach_m: dict[str, float] = facts.fact("requirements.indirect_fire_reach_m").value
    weapons = ", ".join(name for name, most_m in reach_m.items() if away_m <= most_m)
    values: tuple[tuple[str, str], ...] = (
        ("distance", metres(away_m)),
        *spot.heard(area.report),
    )
    if weapons:
        values = (*values, ("weapons", weapons))
    code = "exposed" if weapons else "beyond"
    return Said(code=f"screening.indirect-fire-{code}", values=values), (int(area.report),)


def flood_bed(spot: Spot) -> Told:
    """
    Say how near mapped water or a reported flood is.

    Parameters
    ----------
    spot
        The structure.

    Returns
    -------
    told
        Sentence and reports.
    """
    flooded = _hazard(spot, "flood", "")
    beds = water_beds(spot.case.town)
    if flooded or not len(beds):
        return flooded
    away_m = float(shapely.distance(beds, spot.body).min())
    asked_m = spot.asked.value("water_bed_m")
    if not _answers(spot, too_near=away_m <= asked_m):
        return None
    values = (("distance", metres(away_m)), ("asked", plain(asked_m)))
    return Said(code="screening.flood-bed-near", values=values), ()


def street_access(spot: Spot) -> Told:
    """
    Say how far the nearest street for vehicles is, and who reported it.

    Parameters
    ----------
    spot
        The structure.

    Returns
    -------
    told
        Sentence and reports.
    """
    ways, asked_m = spot.case.ways, spot.asked.value("street_access_m")
    for beside, code in (
        (ways.known_open, "open"),
        (ways.today, "unreported"),
        (ways.any_day, "closed"),
    ):
        away_m = float(beside.away_m[spot.row])
        if away_m <= asked_m:
            street = int(beside.street[spot.row])
            values = (
                ("street", _street_name(spot, street)),
                ("distance", metres(away_m)),
                ("asked", plain(asked_m)),
            )
            return Said(code=f"screening.street-access-{code}", values=values), _reports(
                spot, street
            )
    return Said(code="screening.street-access-none", values=(("asked", plain(asked_m)),)), ()


def single_bridge(spot: Spot) -> Told:
    """
    Name the bridge on which the way to a structure hangs.

    Parameters
    ----------
    spot
        The structure.

    Returns
    -------
    told
        Sentence and reports.
    """
    found = spot.case.ways.hanging
    street = int(spot.case.ways.any_day.street[spot.row])
    if found is None:
        return Said(code="screening.single-bridge-not-mapped"), ()
    if street == NO_STREET or not found.is_joined[street]:
        return Said(code="screening.single-bridge-not-joined"), ()
    bridge = int(found.bridge[street])
    if bridge == bridges.NONE:
        return None
    code = "screening.single-bridge-" + ("down" if spot.is_unfit else "one")
    said = Said(code=code, values=(("bridge", _street_name(spot, bridge)),))
    return said, _reports(spot, bridge)


def neighbours(spot: Spot) -> Told:
    """
    Name the neighbour that stands too near, the gravest kind first.

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
    for kind in NEIGHBOURS:
        known, asked_m = spot.case.beside[kind], spot.asked.value(f"{kind}_m")
        if len(known.shape):
            away_m = shapely.distance(known.shape, spot.body)
            at = int(np.argmin(away_m))
            if away_m[at] <= asked_m:
                values = (
                    ("distance", metres(float(away_m[at]))),
                    ("asked", plain(asked_m)),
                    ("name", _neighbour_name(spot, known, at)),
                )
                report = int(known.report[at])
                said = Said(code=f"screening.neighbours-{kind}", values=values)
                return said, () if report == NO_REPORT else (report,)
    return None


def _hazard(spot: Spot, hazard: str, key: str) -> Told:
    """Say how near the nearest area of one hazard is, and how far it should be."""
    found = spot.nearest(live_hazards(spot.case.picture, hazard))
    if found is None:
        return None
    area, away_m = found
    asked_m = spot.asked.value(key) if key else 0.0
    if not _answers(spot, too_near=away_m <= asked_m):
        return None
    values = (
        ("distance", metres(away_m)),
        ("asked", plain(asked_m)),
        *spot.heard(area.report),
    )
    return Said(code=f"screening.{spot.rule}-near", values=values), (int(area.report),)


def _answers(spot: Spot, *, too_near: bool) -> bool:
    """Whether a distance explains the verdict: refusals by what is near, doubt by what is not."""
    return too_near if spot.is_unfit else spot.is_unknown


def _released(spot: Spot) -> Told:
    """Say who released an explosive hazard here; that is not yet a certificate for it all."""
    areas: tuple[HazardArea, ...] = tuple(
        area
        for area in spot.case.picture.hazards
        if area.hazard == "explosive"
        and area.status in RELEASED
        and area.shape.intersects(spot.body)
    )
    if not areas or not spot.is_unknown:
        return None
    newest = areas[-1]
    values = spot.heard(newest.report)
    return Said(code="screening.explosive-hazard-released", values=values), (int(newest.report),)


def _plant(spot: Spot, asked_m: float) -> Told:
    """Name a plant nearby that may have left contamination."""
    around = spot.case.around
    rows = np.flatnonzero(plants(around))
    if not len(rows) or not spot.is_unknown:
        return None
    away_m = shapely.distance(around.body[rows], spot.body)
    at = int(np.argmin(away_m))
    if away_m[at] > asked_m:
        return None
    values = (("name", _name(spot, int(rows[at]))), ("distance", metres(float(away_m[at]))))
    return Said(code="screening.contamination-plant", values=values), ()


def _neighbour_name(spot: Spot, known: Neighbours, at: int) -> str:
    """Name a neighbour by its name, its use or its id."""
    row = int(known.row[at])
    return "-" if row == NO_ROW else _name(spot, row)


def _name(spot: Spot, row: int) -> str:
    """Name a structure."""
    known = spot.case.town.structures
    names = (known.name_ar[row], known.name[row], known.use[row], known.id[row])
    return next(str(name) for name in names if name)


def _street_name(spot: Spot, street: int) -> str:
    """Name a street."""
    known = spot.case.town.streets
    return str(known.name_ar[street] or known.name[street] or known.id[street])


def _reports(spot: Spot, street: int) -> tuple[int, ...]:
    """List the reports behind a street."""
    return tuple(int(at) for at in spot.case.picture.streets.evidence.of(street))

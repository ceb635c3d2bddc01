# SPDX-License-Identifier: Apache-2.0
"""Points and outlines of any file → structures, each once, with a point inside."""

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from goldenhour.base import facts
from goldenhour.base.crs import to_metric
from goldenhour.base.findings import Finding, Severity
from goldenhour.town.rows import Rows
from goldenhour.town.town import Objects, Structures

POINT, POLYGON, MULTI_POINT, MULTI_POLYGON = 0, 3, 4, 6  # shapely's type numbers
POSITION_PER_M = 100  # one position: the same centimetre


def build_structures(rows: Rows, crs: str) -> tuple[Structures, tuple[Finding, ...]]:
    """
    Turn rows into structures.

    Entries on the same centimetre with the same use, and no two different names or areas, are one
    structure listed twice: the first is kept, with the name that either has. Entries of one use
    that are merely close are kept apart and reported. Entries of different use on one spot are
    kept.

    Parameters
    ----------
    rows
        The structure rows of all layers.
    crs
        The town's metric system.

    Returns
    -------
    structures, findings
        The structures, and what was noticed.
    """
    rows, shape, findings = _clean(rows, crs)
    inside = shapely.point_on_surface(shape)
    x_m, y_m = shapely.get_x(inside), shapely.get_y(inside)
    is_area = shapely.get_dimensions(shape) == 2  # noqa: PLR2004 - an area has two dimensions
    area_m2 = np.where(is_area, shapely.area(shape), np.nan)
    names, names_ar = rows.text("name"), rows.text("name_ar")
    again, names, names_ar = _listed_twice(rows, x_m, y_m, area_m2, names, names_ar)
    findings += rows.notice(
        again,
        code="listed-twice",
        what="structures listed twice: same position, same use, no other name.",
        done="Merged into the first.",
    )
    kept = ~again
    x_m, y_m, is_area = x_m[kept], y_m[kept], is_area[kept]
    rows_kept = rows.take(kept)
    use = rows_kept.text("use")
    findings += _close(rows_kept, x_m, y_m, use)
    ids, repeated = _own_ids(rows_kept)
    findings += repeated
    findings += _without_outline(rows_kept, is_area)
    return (
        Structures(
            id=ids,
            x_m=x_m,
            y_m=y_m,
            area_m2=area_m2[kept],
            storeys=rows_kept.numbers("storeys").astype(np.float32),
            use=use,
            name=names[kept],
            name_ar=names_ar[kept],
            outline=np.where(is_area, shape[kept], np.array(None, dtype=np.object_)),
            from_report=np.zeros(rows_kept.n, dtype=np.bool_),
        ),
        tuple(findings),
    )


def to_town(shapes: Objects, crs: str) -> Objects:
    """
    Move shapes from EPSG:4326 to a town's metric system.

    Parameters
    ----------
    shapes
        shapely shapes in degrees. Shape ``(n,)``, objects.
    crs
        The town's metric system.

    Returns
    -------
    shapes
        In metres. Shape ``(n,)``, objects.
    """
    lon_lat = shapely.get_coordinates(shapes)
    x_m, y_m = to_metric(lon_lat[:, 0], lon_lat[:, 1], crs)
    return shapely.set_coordinates(shapes.copy(), np.stack([x_m, y_m], axis=1))


def mend(shapes: Objects) -> tuple[Objects, NDArray[np.bool_], NDArray[np.bool_]]:
    """
    Mend outlines that cross themselves.

    Parameters
    ----------
    shapes
        shapely shapes in the town's metric system. Shape ``(n,)``, objects.

    Returns
    -------
    shapes
        Mended. Shape ``(n,)``, objects.
    mended
        True where something was mended. Shape ``(n,)``.
    lost
        True where an outline encloses (next to) nothing even so. Shape ``(n,)``.
    """
    bad = ~shapely.is_valid(shapes)
    out = shapes.copy()
    if bad.any():
        out[bad] = shapely.make_valid(shapes[bad], method="structure", keep_collapsed=False)
    was_area = np.isin(shapely.get_type_id(shapes), (POLYGON, MULTI_POLYGON))
    lost = was_area & (shapely.area(out) < facts.number("town.least_area_m2"))
    return out, bad & ~lost, lost


def _clean(rows: Rows, crs: str) -> tuple[Rows, Objects, list[Finding]]:
    """Keep points and outlines that have a place; give their shapes in metres."""
    findings: list[Finding] = []
    kind = shapely.get_type_id(rows.shape)
    none = (kind < 0) | shapely.is_empty(rows.shape)
    findings += rows.refuse(none, code="no-geometry", what="structures without a position.")
    known = np.isin(kind, (POINT, POLYGON, MULTI_POINT, MULTI_POLYGON))
    findings += rows.refuse(
        ~none & ~known, code="not-a-structure", what="structures that are lines or mixtures."
    )
    bounds = np.asarray(shapely.bounds(rows.shape)).reshape(-1, 4)
    strange = ~none & (~np.isfinite(bounds).all(axis=1) | (bounds == 0).all(axis=1))
    findings += rows.refuse(
        strange, code="impossible-position", what="structures whose coordinates are no place."
    )
    rows = rows.take(~none & known & ~strange)
    shape, mended, lost = mend(to_town(rows.shape, crs))
    findings += rows.notice(
        mended, code="mended-outline", what="outlines that cross themselves.", done="Mended."
    )
    findings += rows.refuse(lost, code="no-area", what="outlines that enclose nothing.")
    return rows.take(~lost), _unwrapped(shape[~lost]), findings


def _unwrapped(shape: Objects) -> Objects:
    """Take collections of one part out of their wrapping."""
    one = (shapely.get_type_id(shape) >= MULTI_POINT) & (shapely.get_num_geometries(shape) == 1)
    out = shape.copy()
    if one.any():
        out[one] = shapely.get_geometry(shape[one], 0)
    return out


def _listed_twice(
    rows: Rows,
    x_m: NDArray[np.float64],
    y_m: NDArray[np.float64],
    area_m2: NDArray[np.float64],
    names: Objects,
    names_ar: Objects,
) -> tuple[NDArray[np.bool_], Objects, Objects]:
    """Find later entries of the same thing; hand their names to the first."""
    table = pd.DataFrame(
        {
            "x": np.rint(x_m * POSITION_PER_M),
            "y": np.rint(y_m * POSITION_PER_M),
            "area": np.nan_to_num(np.rint(area_m2), nan=-1),
            "use": rows.text("use"),
            "name": names,
            "name_ar": names_ar,
        }
    )
    again = np.zeros(rows.n, dtype=np.bool_)
    names, names_ar = names.copy(), names_ar.copy()
    key = ["x", "y", "area", "use"]
    alike = table[table.duplicated(key, keep=False)]
    for _, group in alike.groupby(key, sort=False):
        for column, words in (("name", names), ("name_ar", names_ar)):
            said = set(group[column]) - {""}
            if len(said) > 1:
                break
            words[group.index[0]] = next(iter(said), "")
        else:
            again[group.index[1:]] = True
    return again, names, names_ar


def _close(
    rows: Rows, x_m: NDArray[np.float64], y_m: NDArray[np.float64], use: Objects
) -> tuple[Finding, ...]:
    """Report entries of one use that are closer than two buildings can be."""
    limit_m = facts.number("town.same_structure_m")
    pairs = cKDTree(np.stack([x_m, y_m], axis=1)).query_pairs(limit_m, output_type="ndarray")
    same = pairs[use[pairs[:, 0]] == use[pairs[:, 1]]]
    near = np.zeros(rows.n, dtype=np.bool_)
    near[same[:, 1]] = True
    return rows.notice(
        near,
        code="maybe-twice",
        what=f"structures of one use within {limit_m:g} m of another: perhaps listed twice.",
        done="Kept apart.",
        severity=Severity.WARNING,
    )


def _own_ids(rows: Rows) -> tuple[Objects, tuple[Finding, ...]]:
    """Tell structures that share an id apart."""
    series = pd.Series(rows.id)
    again = series.duplicated().to_numpy()
    if not again.any():
        return rows.id, ()
    turn = series.groupby(series, sort=False).cumcount().to_numpy()
    out = rows.id.copy()
    out[again] = [f"{name}#{n + 1}" for name, n in zip(out[again], turn[again], strict=True)]
    found = rows.notice(
        again,
        code="repeated-id",
        what="structures share the id of another.",
        done="The second of them got '#2' at the end of its id, and so on.",
        severity=Severity.WARNING,
    )
    return out, found


def _without_outline(rows: Rows, is_area: NDArray[np.bool_]) -> tuple[Finding, ...]:
    """Say how many structures are mere points: their floor area stays unknown."""
    return rows.notice(
        ~is_area,
        code="no-outline",
        what="structures known only as a point: floor area unknown.",
        done="Kept, with unknown area.",
    )

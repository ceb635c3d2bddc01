# SPDX-License-Identifier: Apache-2.0
"""Read two plans from disk and put them side by side."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar

from goldenhour.base.errors import InputError, UnreadableFileError
from goldenhour.base.findings import Finding, Severity
from goldenhour.base.grades import Tier
from goldenhour.siting.explaining.compare import (
    Comparison,
    PlaceServed,
    PlannedSite,
    PlanOnFile,
    Within,
    compare,
)
from goldenhour.siting.plain.result import ProofStatus
from goldenhour.siting.plan import SiteStanding

Json = Mapping[str, Any]  # as JSON gives it, unchecked
_T = TypeVar("_T")
_KIND, _VERSION = "goldenhour.plan", 1
_AGAIN = "Write the plan again with `goldenhour plan`, or name another file."


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareResult:
    """
    Two plans side by side.

    Parameters
    ----------
    comparison
        What differs.
    findings
        What one of the files does not say.
    """

    comparison: Comparison
    findings: tuple[Finding, ...]


def compare_plans(first: Path, second: Path) -> CompareResult:
    """
    Compare two plans of one town.

    Parameters
    ----------
    first
        A plan's folder, or its ``plan.json``.
    second
        Likewise.

    Returns
    -------
    result
        Plans of an older program are compared as far as their files go; findings say what lacks.

    Raises
    ------
    UnreadableFileError
        If a file is missing, cut, or no plan (GH428), or of a newer program (GH430).
    InputError
        If the plans are of different towns (GH429).
    """
    a, b = read_plan(first), read_plan(second)
    if a.town != b.town:
        raise InputError(
            f"One plan is of '{a.town}', the other of '{b.town}'.",
            where=f"{first}, {second}",
            do="Name two plans of one town.",
            code="GH429",
        )
    result = compare(a, b)
    return CompareResult(comparison=result, findings=tuple(_findings(result, first, second)))


def read_plan(path: Path) -> PlanOnFile:
    """
    Read what a comparison needs from a plan on disk.

    Parameters
    ----------
    path
        A plan's folder, or its ``plan.json``.

    Returns
    -------
    plan
        Checked.

    Raises
    ------
    UnreadableFileError
        If the file is missing, cut, or no plan (GH428), or of a newer program (GH430).
    """
    file = path / "plan.json" if path.is_dir() else path
    words = _json(file)
    _require_version(words, file)
    try:
        return _plan(words)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        what = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
        raise UnreadableFileError(
            f"The plan is damaged: {what}.", where=str(file), do=_AGAIN, code="GH428"
        ) from error


def _json(file: Path) -> Json:
    """Read a JSON table."""
    try:
        words = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UnreadableFileError(
            "There is no plan here.",
            where=str(file),
            do="Name a plan's folder, such as aleppo/plans/0123456789ab, or its plan.json.",
            code="GH428",
        ) from error
    except (OSError, ValueError, RecursionError) as error:  # cut, not UTF-8, or no JSON at all
        raise UnreadableFileError(
            f"The plan cannot be read: {error}.", where=str(file), do=_AGAIN, code="GH428"
        ) from error
    if not isinstance(words, dict):
        raise UnreadableFileError("This file is no plan.", where=str(file), do=_AGAIN, code="GH428")
    return words


def _require_version(words: Json, file: Path) -> None:
    """Refuse what is no plan, and plans whose shape this program does not know yet."""
    kind, _, version = str(words.get("schema", "")).partition("/")
    if kind != _KIND or not version.isdecimal():
        raise UnreadableFileError(
            "This file is no plan: it does not name the shape of one.",
            where=str(file),
            do="Name a plan's folder or its plan.json.",
            code="GH428",
        )
    if int(version) > _VERSION:
        raise UnreadableFileError(
            f"This plan was written by a newer goldenhour ({kind}/{version}).",
            where=str(file),
            do="Compare it with that version.",
            code="GH430",
        )


def _plan(words: Json) -> PlanOnFile:
    """Take what is needed; a missing part of the core raises."""
    proof = words["proof"]
    bound = proof["bound"]
    return PlanOnFile(
        id=_text(words["id"]),
        town=_text(words["town"]),
        as_of=_text(words["as_of"]),
        question=dict(_flat(words["question"])),
        sites=tuple(_site(site) for site in words["sites"]),
        coverage=tuple(_within(entry) for entry in words["coverage"]),
        status=ProofStatus(proof["status"]),
        objective=_number(proof["objective"]),
        bound=float("inf") if bound is None else _number(bound),
        places=_if_said(words, "neighbourhoods", _places),
        reports=_if_said(words, "report_sources", _reports),
        is_exercise=words.get("exercise") is True,
        layers=tuple(_text(layer.get("sha256", "")) for layer in words.get("layers", ())),
    )


def _if_said(words: Json, name: str, read: Callable[[Any], _T]) -> _T | None:
    """Read a part that older plans do not have."""
    return read(words[name]) if name in words else None


def _text(value: object) -> str:
    """Take text as it is; anything else is damage."""
    if isinstance(value, str):
        return value
    raise TypeError(f"{value!r} stands where text should be")


def _number(value: object) -> float:
    """Take a number as it is; anything else is damage."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value):
        return float(value)
    raise TypeError(f"{value!r} stands where a number should be")


def _flat(table: Json, before: str = "") -> Iterator[tuple[str, str]]:
    """Write nested fields of a question as ``casualties.red_share``."""
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", _shown(value)


def _shown(value: object) -> str:
    """Write one value of a question for people."""
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return "" if value is None else str(value)


def _site(site: Json) -> PlannedSite:
    """Read one site."""
    return PlannedSite(
        label=_text(site["label"]),
        tier=Tier(site["tier"]),
        structure_id=_text(site["structure_id"]),
        name=_text(site.get("name") or site.get("name_ar") or site["structure_id"]),
        standing=SiteStanding(site["standing"]),
        people_served=_number(site["people_served"]),
    )


def _within(entry: Json) -> Within:
    """Read people within one clock."""
    return Within(
        tier=Tier(entry["tier"]),
        clock_s=_number(entry["clock_s"]),
        people=_number(entry["people"]),
        served=_number(entry["served"]),
    )


def _places(entries: list[Json]) -> tuple[PlaceServed, ...]:
    """Read people by neighbourhood."""
    return tuple(
        PlaceServed(
            id=_text(entry["id"]),
            name=_text(entry["name"] or entry["name_ar"]),
            served=_number(entry["served"]),
        )
        for entry in entries
    )


def _reports(entries: list[Json]) -> dict[str, int]:
    """Read how many reports each source made."""
    return {_text(entry["name"]): int(_number(entry["n_reports"])) for entry in entries}


def _findings(result: Comparison, first: Path, second: Path) -> Iterator[Finding]:
    """Say what could not be compared."""
    checks = (
        (result.knows_places, "no-neighbourhoods", "who is served in which neighbourhood"),
        (result.knows_reports, "no-report-counts", "who made how many reports"),
    )
    for known, code, what in checks:
        if not known:
            yield Finding(
                code=f"plan-{code}",
                layer=f"{first}, {second}",
                what=f"One of the plans does not say {what}.",
                done="This part is left out.",
                severity=Severity.NOTE,
            )
    if not result.same_layers:
        yield Finding(
            code="plans-of-different-layers",
            layer=f"{first}, {second}",
            what="The plans rest on different layers of the town.",
            done="They are compared by names and ids.",
        )

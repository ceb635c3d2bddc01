# SPDX-License-Identifier: Apache-2.0
"""What is within reach, on the terminal: a few sentences and two small tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenhour.base.messages import say
from goldenhour.base.settings import Settings
from goldenhour.cli.show import findings, out
from goldenhour.publish.reach_words import duration, headline, notes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goldenhour.times.reached import Reached
    from goldenhour.workflows.reach import ReachResult

_BANDS = ("within", "people", "on-known", "structures", "area", "street", "unknown")
_SITES = ("site", "within", "people", "nearest", "structures")


def reach(result: ReachResult, *, as_json: bool) -> None:
    """
    Show what is within reach, and where its files are.

    Parameters
    ----------
    result
        The answer.
    as_json
        Print ``reach.json`` instead of words.
    """
    findings(result.findings)
    if as_json:
        out((result.folder / "reach.json").read_text(encoding="utf-8"))
        return
    language = Settings.from_environment().language
    town, picture, reached = result.state.town, result.state.picture, result.reached
    out()
    for line in headline(town, reached, language)[: -len(reached.bands)]:
        out(line)
    out()
    _table(_columns(_BANDS, language), _band_rows(reached, language))
    if len(reached.asked.sites) > 1:
        out()
        _table(_columns(_SITES, language), _site_rows(reached, language))
    out()
    for note in notes(town, picture, reached, language):
        out(f"  - {note}")
    out()
    for path in result.files:
        out(f"{path.name:<14} {path}")


def _band_rows(reached: Reached, language: str) -> list[tuple[str, ...]]:
    """One row a limit."""
    return [
        (
            duration(band.limit_s, language),
            f"{band.people:,.0f}",
            f"{band.people_on_known:,.0f}",
            f"{band.n_structures:,}",
            f"{band.area_km2:,.1f}",
            f"{band.street_km:,.1f}",
            f"{band.unknown_km:,.1f}",
        )
        for band in reached.bands
    ]


def _site_rows(reached: Reached, language: str) -> list[tuple[str, ...]]:
    """One row a site and limit."""
    return [
        (
            reached.asked.sites[band.site].label,
            duration(band.limit_s, language),
            f"{band.people:,.0f}",
            f"{band.people_nearest:,.0f}",
            f"{band.n_structures:,}",
        )
        for band in reached.site_bands
    ]


def _columns(codes: Sequence[str], language: str) -> tuple[str, ...]:
    """Name columns."""
    return tuple(say(f"reach.column-{code}", language) for code in codes)


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write a table, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(columns, *rows, strict=True)]
    for row in (columns, *rows):
        out("  " + "  ".join(f"{value:>{width}}" for value, width in zip(row, widths, strict=True)))

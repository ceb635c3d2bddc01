# SPDX-License-Identifier: Apache-2.0
"""A schedule on the terminal: people by step, and what moves when and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenhour.base.settings import Settings
from goldenhour.cli.show import findings, out
from goldenhour.publish.moves_words import heads, lines, table

if TYPE_CHECKING:
    from goldenhour.workflows.moves import MovesResult

_FIRST, _OTHERS = 24, 18


def moves(result: MovesResult, *, as_json: bool) -> None:
    """
    Show a schedule.

    Parameters
    ----------
    result
        The schedule and its folder.
    as_json
        Print JSON instead of words.
    """
    findings(result.findings)
    path = result.folder / "moves.json"
    if as_json:
        out(path.read_text(encoding="utf-8").rstrip("\n"))
        return
    language = Settings.from_environment().language
    for first, *others in (heads(language), *table(result.schedule, language)):
        out(f"{first:<{_FIRST}}" + "".join(f"{text:>{_OTHERS}}" for text in others))
    out()
    for line in lines(result.town, result.schedule, language):
        out(line)
    out()
    out(str(path))

# SPDX-License-Identifier: Apache-2.0
"""Two plans side by side on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenhour.base.settings import Settings
from goldenhour.cli.show import findings, out
from goldenhour.publish.atomic import json_text
from goldenhour.publish.compare_words import sections, summary, table, to_json

if TYPE_CHECKING:
    from goldenhour.workflows.compare import CompareResult

_WIDTH = 34


def compare(result: CompareResult, *, as_json: bool) -> None:
    """
    Show two plans side by side.

    Parameters
    ----------
    result
        What differs.
    as_json
        Print JSON instead of words.
    """
    findings(result.findings)
    if as_json:
        out(json_text(to_json(result.comparison)))
        return
    language = Settings.from_environment().language
    for sentence in summary(result.comparison, language):
        out(sentence)
    out()
    rows = [("", "A", "B"), *table(result.comparison, language)]
    for what, a, b in rows:
        out(f"{what:<{_WIDTH}} {a:<{_WIDTH}} {b}".rstrip())
    for title, lines in sections(result.comparison, language):
        out()
        out(title)
        for line in lines:
            out(f"  {line}")

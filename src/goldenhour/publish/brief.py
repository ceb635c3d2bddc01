# SPDX-License-Identifier: Apache-2.0
"""The printed brief: A4, English then Arabic, with a map sheet to scale."""

import json
from collections.abc import Sequence
from datetime import UTC
from importlib.resources import as_file, files
from pathlib import Path

import typst

from goldenhour.base.errors import StoreError
from goldenhour.base.messages import LANGUAGES, say
from goldenhour.picture.belief import Picture
from goldenhour.publish.atomic import write_bytes
from goldenhour.publish.brief_content import content
from goldenhour.publish.map_sheet import MapSheet, map_sheets
from goldenhour.publish.reach import ReachArea
from goldenhour.publish.sheet_style import key
from goldenhour.publish.words import left_to_right
from goldenhour.siting.plan import Plan
from goldenhour.siting.screening.table import Screening
from goldenhour.town.town import Town

_FONTS = ("NotoSans_400Regular.ttf", "Vazirmatn_400Regular.ttf")


def write(
    path: Path,
    *,
    town: Town,
    picture: Picture,
    plan: Plan,
    screening: Screening,  # noqa: ARG001 - every product of a plan is written with the same words
    reach: Sequence[ReachArea],
) -> None:
    """
    Write the brief as PDF, whole or not at all; the same plan gives the same bytes.

    Parameters
    ----------
    path
        Where the file shall be.
    town
        The town.
    picture
        The picture the plan rests on.
    plan
        The plan.
    screening
        The screening it chose from.
    reach
        Areas within reach of each site.

    Raises
    ------
    StoreError
        If the disk is full, the place cannot be written, or this installation lacks its fonts.
    """
    sheets = map_sheets(town, picture, plan, reach)
    words = {
        "languages": [content(town, picture, plan, language) for language in LANGUAGES],
        "date": [plan.as_of.year, plan.as_of.month, plan.as_of.day],
        "sheets": [_about(sheet, i, len(sheets)) for i, sheet in enumerate(sheets)],
        "key": [entry._asdict() for entry in key(tsp_clock_s=plan.question.tsp_clock_s)],
    }
    drawings = {f"map-{i}": sheet.svg for i, sheet in enumerate(sheets)}
    write_bytes(path, _typeset(words, drawings, int(plan.as_of.astimezone(UTC).timestamp())))


def _about(sheet: MapSheet, position: int, n_sheets: int) -> dict[str, object]:
    """Say how the sheet lies and what its reader must know."""
    scale = f"{sheet.frame.scale:,}".replace(",", "\u202f")
    number = f"{position + 1} / {n_sheets}"
    return {
        "drawing": f"map-{position}",
        "landscape": sheet.frame.landscape,
        "width_mm": sheet.width_mm,
        "scale": {
            language: say("brief.scale", language, scale=left_to_right(f"1:{scale}", language))
            for language in LANGUAGES
        },
        "title": {
            language: say("brief.sheet", language, number=left_to_right(number, language))
            for language in LANGUAGES
        },
        "notes": sheet.notes,
    }


def _typeset(words: dict[str, object], drawings: dict[str, str], moment: int) -> bytes:
    """Lay words and map out, with our own fonts only: a field laptop may have none."""
    with as_file(files("goldenhour.publish")) as package:
        fonts = package / "assets" / "fonts"
        if not all((fonts / name).is_file() for name in _FONTS):
            raise StoreError(
                "This installation lacks the fonts of the brief.",
                where=str(fonts),
                do="Run `make env` again, or install the released wheel.",
                code="GH501",
            )
        pdf = typst.compile(
            package / "brief.typ",
            sys_inputs={"words": json.dumps(words, ensure_ascii=False), **drawings},
            font_paths=[fonts],
            ignore_system_fonts=True,
            timestamp=moment,
        )
    return bytes(pdf)

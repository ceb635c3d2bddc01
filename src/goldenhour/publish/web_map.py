# SPDX-License-Identifier: Apache-2.0
"""The map of a plan, or of a picture alone, as one file that opens offline in any browser."""

import html
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from goldenhour.base.errors import StoreError
from goldenhour.picture.belief import Picture
from goldenhour.publish.atomic import write_text
from goldenhour.publish.map_columns import Columns, plain
from goldenhour.publish.map_data import Shown, add_layers
from goldenhour.publish.map_panel import panel
from goldenhour.publish.reach import ReachArea
from goldenhour.siting.plan import Plan
from goldenhour.siting.screening.table import Screening
from goldenhour.times.reached import Reached
from goldenhour.town.town import Town

DATA_MARKER = "@@GOLDENHOUR_PLAN@@"
TITLE_MARKER = "@@GOLDENHOUR_TITLE@@"


def write(  # noqa: PLR0913 - all that goes on a map, by name
    path: Path,
    *,
    town: Town,
    picture: Picture,
    plan: Plan | None,
    screening: Screening,
    reach: Sequence[ReachArea] = (),
    reached: Reached | None = None,
) -> None:
    """
    Write the map of a plan, of what is within reach, or of a picture alone.

    It holds everything that the team knows, reports included: it is made for the team.

    Parameters
    ----------
    path
        The file to write; replaced whole or not at all.
    town
        The town.
    picture
        The picture that the plan rests on.
    plan
        The plan; None maps the picture alone.
    screening
        Why each structure is or is not a candidate.
    reach
        Areas within reach of each site.
    reached
        What is within reach of named places, if that was asked.

    Raises
    ------
    StoreError
        If the file cannot be written, or the front end was never built.
    """
    shown = Shown(
        town=town, picture=picture, plan=plan, screening=screening, reach=reach, reached=reached
    )
    columns = Columns()
    add_layers(columns, shown)
    page = _template()
    page = page.replace(TITLE_MARKER, html.escape(plain(town.name)), 1)
    page = page.replace(DATA_MARKER, columns.pack(panel(shown)), 1)
    write_text(path, page)


def _template() -> str:
    """Read the built front end."""
    try:
        return files(__package__).joinpath("assets", "map.html").read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise StoreError(
            "The map's front end has not been built.",
            where="goldenhour/publish/assets/map.html",
            do="Run: make env",
        ) from error

# SPDX-License-Identifier: Apache-2.0
"""Which structures could hold care, and why one of them could or could not."""

from dataclasses import dataclass
from datetime import datetime

from goldenhour.base.errors import UnknownPlaceError
from goldenhour.base.grades import Tier
from goldenhour.base.progress import Progress, quiet
from goldenhour.siting.screening.reasons import Reason, reasons_of
from goldenhour.siting.screening.requirements import SITED_TIERS
from goldenhour.siting.screening.screen import screen as screen_town
from goldenhour.siting.screening.table import Screening
from goldenhour.siting.screening.verdicts import Case
from goldenhour.town.town import Town
from goldenhour.workflows.requirements_file import requirements_from
from goldenhour.workflows.state import State, load_state
from goldenhour.workflows.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """
    One structure held against one tier.

    Parameters
    ----------
    tier
        The tier.
    row
        Structure row; of a joined structure the one that stands for it.
    reasons
        One a rule.
    """

    tier: Tier
    row: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenResult:
    """
    What screening found.

    Parameters
    ----------
    state
        Town and picture.
    screening
        Verdicts on every structure.
    tiers
        The tiers asked about.
    explained
        Why, for the structure asked about; empty if none was.
    """

    state: State
    screening: Screening
    tiers: tuple[Tier, ...]
    explained: tuple[Explained, ...]


def screen(
    workspace: Workspace,
    *,
    as_of: datetime,
    structure: str | None = None,
    tier: Tier | None = None,
    progress: Progress = quiet,
) -> ScreenResult:
    """
    Screen every structure, and explain one of them rule by rule.

    Parameters
    ----------
    workspace
        The town's folder.
    as_of
        Moment of the picture, aware UTC.
    structure
        Id of a structure to explain, or the ids of joined ones with ``+`` between them.
    tier
        The tier asked about; all that are sited if left out.
    progress
        Told how far the work is.

    Returns
    -------
    result
        Verdicts, and reasons with the reports behind them.

    Raises
    ------
    UnknownPlaceError
        If the structure is not in the town.
    """
    asked = requirements_from(workspace.requirements)
    state = load_state(workspace, as_of=as_of, progress=progress)
    row = None if structure is None else _row(state.town, structure)
    screening = screen_town(state.town, state.picture, asked=asked)
    tiers = SITED_TIERS if tier is None else (tier,)
    explained: tuple[Explained, ...] = ()
    if row is not None:
        case = Case.of(state.town, state.picture, asked)
        explained = tuple(
            Explained(tier=one, row=row, reasons=reasons_of(case, screening.of(one), row))
            for one in tiers
        )
    return ScreenResult(state=state, screening=screening, tiers=tiers, explained=explained)


def _row(town: Town, key: str) -> int:
    """Find a structure by its id; of joined ones the largest, which stands for them."""
    rows = {str(name): row for row, name in enumerate(town.structures.id)}
    parts = [key] if key in rows else key.split("+")
    for part in parts:
        if part not in rows:
            raise UnknownPlaceError(
                f"There is no structure '{part}' in the town.",
                where="--structure",
                do="Use an id as the map and plan.json show it.",
            )
    return rows[parts[0]]

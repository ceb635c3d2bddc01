# SPDX-License-Identifier: Apache-2.0
"""Aleppo planned again after one bridge is reported closed: to a plan, to its proof, to the end."""

import shutil
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import shapely
from benchmarks.bars import Bar, bar_table, below
from shapely.geometry.base import BaseGeometry

from goldenhour.base import crs
from goldenhour.base.grades import Credibility, Reliability, StreetState, Tier
from goldenhour.picture.work_out import work_out
from goldenhour.reports.ledger import Ledger
from goldenhour.reports.make import make
from goldenhour.reports.report import Source
from goldenhour.reports.said import StreetSaid
from goldenhour.siting.asking.question import Question
from goldenhour.siting.plan import Plan
from goldenhour.siting.propose import propose
from goldenhour.siting.screening.screen import screen
from goldenhour.times.access import Landing
from goldenhour.times.carry import Evacuation
from goldenhour.town.layers import LayerKind
from goldenhour.workflows import hierarchy_store
from goldenhour.workflows.new import LayerFile, new
from goldenhour.workflows.plan import plan
from goldenhour.workflows.read import read
from goldenhour.workflows.state import State, load_state
from goldenhour.workflows.workspace import Workspace, open_workspace

_BEFORE, _AFTER = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
_PLAN_S, _PROOF_S = 2.0, 10.0
_FIRST_S, _WHOLE_S = 5.0, 10.0  # no bar of this page: what a planner would still call quick


@dataclass
class Watch:
    """Processor seconds since the bridge was reported, and what a search told by then."""

    started_s: float
    first_s: float = np.nan

    def told(self, objective: float, bound: float) -> None:  # noqa: ARG002 - as searches tell
        """Note the first plan."""
        if np.isnan(self.first_s) and objective > 0:
            self.first_s = self.seconds()

    def seconds(self) -> float:
        """Tell the time."""
        return time.process_time() - self.started_s


def bars(data: Path, scratch: Path) -> list[Bar]:
    """Plan, close the bridge nearest to its sites, and plan again; then the whole command."""
    workspace = _workspace(data / "aleppo", scratch / "aleppo")
    state = load_state(workspace, as_of=_BEFORE)
    before, evacuation, _ = _planned(state, workspace, Watch(time.process_time()))
    _close_a_bridge(state, before, workspace)
    with Ledger.open(workspace.ledger) as ledger:
        reports = ledger.reports(as_of=_AFTER)
    watch = Watch(time.process_time())
    picture = work_out(state.town, reports, as_of=_AFTER)
    again, _, proof_s = _planned(
        replace(state, picture=picture), workspace, watch, landing=evacuation.any_day
    )
    _warn_if_unproven(again)
    whole = Watch(time.process_time())
    plan(workspace, as_of=_AFTER, told=whole.told)
    return [
        below("to the plan, town and reports at hand", _PLAN_S, watch.first_s, "s"),
        below("to its proof, town and reports at hand", _PROOF_S, proof_s, "s"),
        below("the whole command, from disk to the first plan", _FIRST_S, whole.first_s, "s"),
        below("the whole command, to the last product", _WHOLE_S, whole.seconds(), "s"),
    ]


def _workspace(data: Path, folder: Path) -> Workspace:
    """Make the town once; later runs start from a copy of its first ledger."""
    if not folder.is_dir():
        layers = (
            (LayerKind.STREETS, "streets.parquet"),
            (LayerKind.STRUCTURES, "osm_building_points_2018.csv"),
            (LayerKind.PLACES, "neighbourhoods.geojson"),
        )
        files = [LayerFile(kind=kind, path=data / name) for kind, name in layers]
        made = new(folder, files=files, recorded_at=_BEFORE).workspace
        named = ("unosat_damage_2015.geojson", "strikes_hrw_2013_2015.geojson")
        read(made, files=[data / name for name in named], recorded_at=_BEFORE)
        shutil.copy(made.ledger, folder / "first.db")
    for left in folder.glob("ledger.db*"):
        left.unlink()
    shutil.copy(folder / "first.db", folder / "ledger.db")
    return open_workspace(folder)


def _planned(
    state: State, workspace: Workspace, watch: Watch, *, landing: Landing | None = None
) -> tuple[Plan, Evacuation, float]:
    """Screen, build the evacuation graph and propose."""
    question = Question()
    screening = screen(state.town, state.picture)
    evacuation = Evacuation.of(
        state.town,
        state.picture,
        unknown_streets=question.unknown_streets,
        terrain=state.terrain,
        landing=landing,
    )
    hierarchy_store.prepare(evacuation.layers.network, workspace.cache)
    answer = propose(
        state.town,
        state.picture,
        screening,
        question,
        evacuation=evacuation,
        told=watch.told,
        questioned=False,
    )
    return answer, evacuation, watch.seconds()


def _close_a_bridge(state: State, answer: Plan, workspace: Workspace) -> None:
    """Report the bridge nearest to a point as down; where none is mapped, the main street."""
    streets, structures = state.town.streets, state.town.structures
    is_main = np.isin(streets.highway.astype(str), ("trunk", "primary", "secondary"))
    bridges = np.flatnonzero(streets.bridge if streets.bridge.any() else is_main)
    sites = [site.structure for site in answer.sites if site.tier is Tier.TSP]
    spots = shapely.multipoints(np.stack([structures.x_m[sites], structures.y_m[sites]], axis=1))
    away_m = shapely.distance(streets.line[bridges], spots)
    bridge = int(bridges[np.argmin(away_m)])
    report = make(
        StreetSaid(state=StreetState.CLOSED, cause="bridge down"),
        source=Source(name="benchmark", reliability=Reliability.A),
        seen_from=_AFTER,
        recorded_at=_AFTER,
        where=_in_degrees(streets.line[bridge], state.town.crs),
        about=str(streets.id[bridge]),
        credibility=Credibility.CONFIRMED,
    )
    with Ledger.open(workspace.ledger) as ledger:
        ledger.add([report])


def _in_degrees(line: BaseGeometry, system: str) -> BaseGeometry:
    """Turn a line of the town into longitude and latitude."""
    x_m, y_m = shapely.get_coordinates(line).T
    lon, lat = crs.to_lon_lat(x_m, y_m, system)
    return shapely.LineString(np.column_stack([lon, lat]))


def _warn_if_unproven(answer: Plan) -> None:
    """Say what the search ended with, if that is no proof."""
    if answer.proof.gap_share > 0:
        print(f"gap left open: {answer.proof.gap_share:.2%}")


def main() -> None:
    """Print the table."""
    root = Path(__file__).parents[3] / "shared" / "data"
    print("\n".join(bar_table(bars(root, Path("/tmp/goldenhour-bench-siting")))))  # noqa: S108


if __name__ == "__main__":
    main()

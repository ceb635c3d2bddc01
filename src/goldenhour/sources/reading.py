# SPDX-License-Identifier: Apache-2.0
"""The one face of every source module: what reading a file gives."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from goldenhour.base.findings import Finding
from goldenhour.reports.report import Report
from goldenhour.town.layers import Layer, LayerKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """
    All that a file holds for us.

    Parameters
    ----------
    layers
        Town layers.
    reports
        Reports.
    findings
        What was noticed and done on the way.
    """

    layers: tuple[Layer, ...] = ()
    reports: tuple[Report, ...] = ()
    findings: tuple[Finding, ...] = field(default=())


class SourceModule(Protocol):
    """What each module in ``sources`` offers, as module-level names."""

    NAME: str
    """Format name for ``--as``, such as ``"unosat"``."""

    LABEL: str
    """One line for ``goldenhour sources``."""

    def recognises(self, path: Path) -> bool:
        """Say if this looks like the format, from the name and the first bytes; never raises."""

    def read(self, path: Path, *, recorded_at: datetime, want: LayerKind | None) -> Reading:
        """
        Read the file.

        ``recorded_at`` (aware UTC) goes into the reports. ``want`` names the layer a person asked
        for (``goldenhour new --streets FILE``); None means whatever the file holds.
        """

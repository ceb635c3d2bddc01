# SPDX-License-Identifier: Apache-2.0
"""One module per outside format: bytes in; town layers, reports and findings out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from goldenhour.base.findings import Finding
    from goldenhour.reports.report import Report
    from goldenhour.town.layers import Layer


class Contents(NamedTuple):
    """What a file holds: layers of the town, and reports."""

    layers: tuple[Layer, ...]
    reports: tuple[Report, ...]


def read(
    path: str | Path, as_: str | None = None, *, recorded_at: datetime | None = None
) -> tuple[Contents, tuple[Finding, ...]]:
    """
    Read any file that goldenhour understands.

    Parameters
    ----------
    path
        The file.
    as_
        Name of its format, as ``goldenhour sources`` lists it; recognised if left out.
    recorded_at
        The moment of reading, aware UTC, which goes into the reports; now if left out.

    Returns
    -------
    contents, findings
        Layers in WGS 84 and reports; and what was noticed and done on the way.

    Raises
    ------
    UnreadableFileError
        If the file is missing, empty, cut, or a folder.
    UnknownFormatError
        If no format fits, or ``as_`` names none.
    """
    # Here, since every module of this room would else load all readers.
    from goldenhour.base.clock import now  # noqa: PLC0415 - see above
    from goldenhour.sources import recognise  # noqa: PLC0415 - see above

    reading = recognise.read(Path(path), recorded_at=recorded_at or now(), as_=as_)
    return Contents(reading.layers, reading.reports), reading.findings

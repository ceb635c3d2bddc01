# SPDX-License-Identifier: Apache-2.0
"""What we noticed in data: where, what, and what was done about it. Dirty data is normal."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters to a planner."""

    NOTE = "note"
    WARNING = "warning"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """
    One thing noticed in data.

    Parameters
    ----------
    code
        Stable kebab-case code, such as ``"swapped-axes"``; tests assert it.
    layer
        The file or layer it was noticed in.
    what
        One sentence: what is wrong.
    done
        What was done about it; empty if nothing.
    severity
        ``refused`` marks rows or files that were left out.
    n_rows
        How many rows it concerns.
    rows
        The first few row numbers or ids, for looking them up.
    """

    code: str
    layer: str
    what: str
    done: str = ""
    severity: Severity = Severity.WARNING
    n_rows: int = 1
    rows: tuple[str, ...] = ()

    def __str__(self) -> str:
        done = f" {self.done}" if self.done else ""
        rows = f" First: {', '.join(self.rows)}." if self.rows else ""
        return f"{self.severity.value}: {self.layer}: {self.what}{done}{rows} [{self.code}]"


def first_rows(rows: Iterable[object], n: int = 5) -> tuple[str, ...]:
    """
    Name the first few rows of many, for a finding.

    Parameters
    ----------
    rows
        Row numbers or ids.
    n
        How many to name.

    Returns
    -------
    names
        As text.
    """
    return tuple(str(row) for _, row in zip(range(n), rows, strict=False))

# SPDX-License-Identifier: Apache-2.0
"""What each part of the picture notices beside its belief: contradictions, what went stale."""

from dataclasses import dataclass, field

from goldenhour.base.findings import Finding, Severity, first_rows
from goldenhour.picture.belief import Contradiction, Stale

_LAYER = "reports"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """
    Notes of one part of the picture.

    Parameters
    ----------
    contradictions
        What cannot all be right.
    stale
        What has expired.
    findings
        What was noticed.
    """

    contradictions: tuple[Contradiction, ...] = field(default=())
    stale: tuple[Stale, ...] = field(default=())
    findings: tuple[Finding, ...] = field(default=())

    def __add__(self, other: "Notes") -> "Notes":
        return Notes(
            contradictions=self.contradictions + other.contradictions,
            stale=self.stale + other.stale,
            findings=self.findings + other.findings,
        )


def finding(code: str, what: str, *, done: str, ids: list[str]) -> tuple[Finding, ...]:
    """
    Note something that concerns some reports.

    Parameters
    ----------
    code
        Kebab-case code.
    what
        One sentence.
    done
        What follows from it.
    ids
        Ids of the reports.

    Returns
    -------
    findings
        One, or none if no report is concerned.
    """
    if not ids:
        return ()
    return (
        Finding(
            code=code,
            layer=_LAYER,
            what=what,
            done=done,
            severity=Severity.WARNING,
            n_rows=len(ids),
            rows=first_rows(ids),
        ),
    )

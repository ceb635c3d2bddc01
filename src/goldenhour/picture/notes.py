# SPDX-License-Identifier: Apache-2.0
"""What each part of the picture notices beside its belief: contradictions, what went stale."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from goldenhour.base.findings import Finding, Severity, first_rows
from goldenhour.base.messages import say
from goldenhour.picture.belief import Contradiction, ReportIndex, Stale

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


def contradiction(code: str, *, subject: str, rows: Iterable[int], **values: str) -> Contradiction:
    """
    Put a contradiction into words.

    Parameters
    ----------
    code
        Key of its sentence among this room's.
    subject
        What the reports disagree about.
    rows
        Positions of the reports, newest first.
    **values
        What the sentence's placeholders stand for.

    Returns
    -------
    contradiction
        In English, with what it takes to say it in another language.
    """
    return Contradiction(
        subject=subject,
        what=say(f"picture.{code}", "en", **values),
        reports=tuple(ReportIndex(row) for row in rows),
        code=f"picture.{code}",
        values=tuple(values.items()),
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

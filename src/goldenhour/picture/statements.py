# SPDX-License-Identifier: Apache-2.0
"""What reports say of streets, put on the streets they speak of, with the time they expire."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from goldenhour.base import facts
from goldenhour.base.grades import Mode, StreetState
from goldenhour.picture.known import Known, seconds
from goldenhour.picture.snapping import Edges, Snapper
from goldenhour.reports.report import Report
from goldenhour.reports.said import AccessSaid, ReportKind, StreetSaid

_STREET = "street"
_BRIDGE_WORDS = ("bridge", "جسر")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """
    One report about streets.

    Parameters
    ----------
    row
        Position of the report.
    track
        ``"street"`` for the ground, else the kind of permission: news of one never overrules the
        other.
    state
        What it says.
    modes
        Whom it concerns.
    delay_s
        Extra seconds to pass.
    edges
        Streets it speaks of. Shape ``(n,)``.
    expires_s
        When it goes stale, seconds since 1970.
    is_valid
        True if it has not.
    """

    row: int
    track: str
    state: StreetState
    modes: tuple[Mode, ...]
    delay_s: float
    edges: Edges
    expires_s: int
    is_valid: bool


def statements(known: Known, snapper: Snapper) -> list[Statement]:
    """
    Put every report about streets on its streets.

    Parameters
    ----------
    known
        What is known.
    snapper
        Index of the streets.

    Returns
    -------
    statements
        Oldest first; of two at one moment the worse state goes last, and so prevails.
    """
    made = [
        _statement(known, row, snapper)
        for row in known.of_kind(ReportKind.STREET, ReportKind.ACCESS)
    ]
    made.sort(key=lambda entry: (known.reports[entry.row].seen_to, entry.state, entry.row))
    return made


def expiry(report: Report) -> datetime:
    """
    Say when a report about streets goes stale.

    Parameters
    ----------
    report
        About a street or about permission to pass.

    Returns
    -------
    expires
        Its own word, else the rule of its kind; aware UTC.
    """
    if report.valid_until is not None:
        return report.valid_until
    said = report.said
    if isinstance(said, AccessSaid):
        spans = facts.fact("picture.access_valid_s").value
        span_s = spans.get(said.access, min(spans.values()))
    else:
        spans = facts.fact("picture.street_valid_s").value
        closed_bridge = is_bridge_down(report)
        state = said.state.name.lower() if isinstance(said, StreetSaid) else "open"
        span_s = spans["bridge down"] if closed_bridge else spans.get(state, spans["open"])
    return report.seen_to + timedelta(seconds=span_s)


def is_bridge_down(report: Report) -> bool:
    """
    Tell a fallen bridge from other closures.

    Parameters
    ----------
    report
        Any report.

    Returns
    -------
    down
        True if a street is closed and the cause names a bridge.
    """
    said = report.said
    return (
        isinstance(said, StreetSaid)
        and said.state is StreetState.CLOSED
        and _names_bridge(said.cause)
    )


def _names_bridge(text: str) -> bool:
    """Tell whether a cause is about a bridge."""
    return any(word in text.casefold() for word in _BRIDGE_WORDS)


def _statement(known: Known, row: int, snapper: Snapper) -> Statement:
    """Read one report."""
    report = known.reports[row]
    said = report.said
    expires = expiry(report)
    if not isinstance(said, StreetSaid | AccessSaid):
        raise TypeError("only reports about streets and access have a state")
    on_bridge = isinstance(said, StreetSaid) and _names_bridge(said.cause)
    modes = said.modes if isinstance(said, StreetSaid) and not is_bridge_down(report) else ()
    return Statement(
        row=row,
        track=_STREET if isinstance(said, StreetSaid) else said.access,
        state=said.state,
        modes=modes or tuple(Mode),
        delay_s=said.delay_s,
        edges=snapper.edges(report.about, known.shape[row], prefers_bridge=on_bridge),
        expires_s=seconds(expires),
        is_valid=known.as_of <= expires,
    )

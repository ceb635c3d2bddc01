# SPDX-License-Identifier: Apache-2.0
"""The program that verbs are added to; each parses, calls one workflow, and shows what came."""

import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="goldenhour",
    help="Decide where to set up trauma care in a damaged town, and show why.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Workspace_ = Annotated[Path, typer.Option("--in", metavar="FOLDER", help="The town's workspace.")]
At = Annotated[
    str,
    typer.Option(
        "--at",
        metavar="DATE",
        help="Moment of the picture, such as 2017-11-04 or 2017-11-04T18:00+03:00. Default: now.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
HERE = Path()


def moment(text: str, default: datetime | None, *, option: str = "--at") -> datetime:
    """
    Read a moment; a date alone means the end of that day, so that its reports count.

    Parameters
    ----------
    text
        As typed; empty if nothing was.
    default
        What stands for nothing; now if that is None.
    option
        Which option it was, for the error.

    Returns
    -------
    moment
        Aware UTC.

    Raises
    ------
    InputError
        If it is no date.
    """
    from goldenhour.base.clock import now
    from goldenhour.base.errors import InputError

    if not text:
        return default or now()
    try:
        found = datetime.fromisoformat(_plain_digits(text))
        if len(text) <= len("2017-11-04"):
            found = found.replace(hour=23, minute=59, second=59)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise InputError(
            f"'{text}' is not a date.",
            where=option,
            do="Write it like 2017-11-04, or 2017-11-04T18:00+03:00 (without a zone it is UTC).",
            code="GH113",
        ) from error


def _plain_digits(text: str) -> str:
    """Write the digits of any script, such as ٢٠١٧, as 2017."""
    digits = (unicodedata.digit(letter, None) for letter in text)
    return "".join(
        letter if digit is None else str(digit) for letter, digit in zip(text, digits, strict=True)
    )

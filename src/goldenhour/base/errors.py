# SPDX-License-Identifier: Apache-2.0
"""What goes wrong, said so that a person can act on it: what, where, what to do, a stable code."""

from typing import ClassVar

Coded = tuple[str, tuple[tuple[str, str], ...]]
"""A coded sentence with its values, put into words by ``base.messages``."""


class GoldenHourError(Exception):
    """
    Something stopped the work, and a person should know what, where and what to do.

    Parameters
    ----------
    what
        One sentence: what is wrong.
    where
        The file, layer, row, setting or option it is about.
    do
        One sentence: what to do now.
    code
        A stable code to look up and to test for; the class's own code if left out.
    """

    default_code: ClassVar[str] = "GH000"
    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, *, where: str = "", do: str = "", code: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.do = do
        self.code = code or self.default_code

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        advice = f" {self.do}" if self.do else ""
        return f"[{self.code}] {self.what}{place}{advice}"


class InputError(GoldenHourError, ValueError):
    """A person can mend the data, the option or the setting."""

    default_code = "GH100"
    exit_code = 2


class UnreadableFileError(InputError):
    """A file is cut, empty, of the wrong type or otherwise cannot be opened."""

    default_code = "GH101"


class UnknownFormatError(InputError):
    """No source module recognises the file."""

    default_code = "GH102"


class MissingColumnError(InputError):
    """A table lacks a column that the work needs."""

    default_code = "GH103"


class WrongCrsError(InputError):
    """A layer has no coordinate system, or coordinates that cannot be of the one it names."""

    default_code = "GH104"


class EmptyLayerError(InputError):
    """A layer has no usable row."""

    default_code = "GH105"


class BadReportError(InputError):
    """A report breaks the rules of its kind."""

    default_code = "GH106"


class BadQuestionError(InputError):
    """The planner's question contradicts itself or leaves the allowed range."""

    default_code = "GH107"


class UnknownPlaceError(InputError):
    """A named site or place is not in the town, or names several."""

    default_code = "GH108"


class WorkspaceError(InputError):
    """The folder is not a workspace, or already is one."""

    default_code = "GH109"


class SourceError(GoldenHourError, OSError):
    """An outside service failed; try later."""

    default_code = "GH300"
    exit_code = 3


class NoPlanError(GoldenHourError):
    """
    The question has no answer; the message names the conflict.

    Parameters
    ----------
    what
        One sentence: what is wrong.
    where
        The file, layer, row, setting or option it is about.
    do
        One sentence: what to do now.
    code
        A stable code to look up and to test for.
    conflict
        The smallest set of demands that cannot all be met, as coded sentences.
    relaxations
        Changes, each of which alone would make a plan possible, as coded sentences.
    """

    default_code = "GH400"
    exit_code = 4

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        do: str = "",
        code: str = "",
        conflict: tuple[Coded, ...] = (),
        relaxations: tuple[Coded, ...] = (),
    ) -> None:
        super().__init__(what, where=where, do=do, code=code)
        self.conflict = conflict
        self.relaxations = relaxations


class NoRouteError(NoPlanError):
    """No open way joins the two places."""

    default_code = "GH401"


class StoreError(GoldenHourError):
    """The workspace cannot be read or written."""

    default_code = "GH500"
    exit_code = 5

# SPDX-License-Identifier: Apache-2.0
"""What a user may set in the environment; read once, at the face, and passed down."""

import os
from dataclasses import dataclass, field, fields

from goldenhour.base.errors import InputError


def _setting(default: str, help_text: str) -> str:
    """Declare one setting with its default and its one-sentence help."""
    value: str = field(default=default, metadata={"help": help_text})
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """
    Settings of one run. Each is read from ``GOLDENHOUR_<NAME>``.

    Parameters
    ----------
    language
        Language of the terminal's sentences, ``en`` or ``ar``.
    traceback
        ``yes`` shows Python's traceback of an unexpected error.
    """

    language: str = _setting("en", "Language of the terminal's sentences: `en` or `ar`.")
    traceback: str = _setting(
        "no", "`yes` shows Python's traceback when something unexpected goes wrong."
    )

    @classmethod
    def from_environment(cls) -> "Settings":
        """
        Read the settings.

        Returns
        -------
        settings
            With defaults where the environment says nothing.

        Raises
        ------
        InputError
            If a value is not one of those allowed.
        """
        found = {
            entry.name: os.environ[f"GOLDENHOUR_{entry.name.upper()}"]
            for entry in fields(cls)
            if f"GOLDENHOUR_{entry.name.upper()}" in os.environ
        }
        settings = cls(**found)
        for name, allowed in (("language", ("en", "ar")), ("traceback", ("yes", "no"))):
            if getattr(settings, name) not in allowed:
                raise InputError(
                    f"'{getattr(settings, name)}' is not allowed.",
                    where=f"GOLDENHOUR_{name.upper()}",
                    do=f"Use one of: {', '.join(allowed)}.",
                    code="GH112",
                )
        return settings

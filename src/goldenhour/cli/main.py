# SPDX-License-Identifier: Apache-2.0
"""The door: turns every error into one message with a code, and the exit code of its kind."""

import errno
import gc
import io
import os
import sys
import traceback
from pathlib import Path

from goldenhour.base.errors import GoldenHourError, NoPlanError, StoreError
from goldenhour.base.settings import Settings
from goldenhour.cli import commands, commands_plan, commands_upkeep  # noqa: F401 - verbs add themselves, in this order
from goldenhour.cli.app import app

_INTERRUPTED, _UNEXPECTED = 130, 70
_STOPPED = "\nStopped. Nothing half-written was left behind.\n"


def run() -> None:
    """Run the command line and leave with its exit code; it speaks UTF-8 on every machine."""
    sys.stdout = sys.stdout or _nowhere()  # a parent may have closed either
    sys.stderr = sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    gc.disable()  # one command, then the process ends: a tenth of a plan's time would go into it
    sys.exit(main(sys.argv[1:]))


def _nowhere() -> io.TextIOWrapper:
    """Give a stream that nobody reads."""
    return Path(os.devnull).open("w", encoding="utf-8")


def main(arguments: list[str]) -> int:
    """
    Run one command.

    Parameters
    ----------
    arguments
        As typed, without the program's name.

    Returns
    -------
    exit_code
        0 done, 2 mend the input, 3 an outside service failed, 4 no plan, 5 cannot read or write.
    """
    try:
        Settings.from_environment()  # a wrong setting is told before any work
        app(arguments)
    except SystemExit as left:
        if left.code == _INTERRUPTED:  # the command line's library took Ctrl-C to itself
            sys.stderr.write(_STOPPED)
        return left.code if isinstance(left.code, int) else 0
    except KeyboardInterrupt:
        sys.stderr.write(_STOPPED)
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader has gone; point stdout at nothing so that closing it stays quiet.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the last door: nobody shall meet a traceback
        return _answer(error)
    return 0


def _answer(error: Exception) -> int:
    """Choose the words and the exit code for what went wrong."""
    if isinstance(error, GoldenHourError):
        return _tell(error)
    if isinstance(error, OSError):
        return _tell(_store_error(error))
    return _unexpected(error)


def _tell(error: GoldenHourError) -> int:
    """Print what, where and what to do."""
    where = f"\n  where: {error.where}" if error.where else ""
    do = f"\n  do:    {error.do}" if error.do else ""
    sys.stderr.write(f"goldenhour: [{error.code}] {error.what}{where}{do}\n")
    if isinstance(error, NoPlanError):
        _tell_conflict(error)
    return error.exit_code


def _tell_conflict(error: NoPlanError) -> None:
    """Print which demands cannot all be met, and what would do instead."""
    from goldenhour.base.messages import say

    language = Settings.from_environment().language
    lists = (("siting.conflict", error.conflict), ("siting.would-do", error.relaxations))
    for title, entries in lists:
        if entries:
            sys.stderr.write(f"  {say(title, language)}\n")
        for code, values in entries:
            sys.stderr.write(f"    - {say(code, language, **dict(values))}\n")


def _store_error(error: OSError) -> StoreError:
    """Say what the disk or the folder did not allow."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return StoreError(
        f"{error.strerror or error}.",
        where=str(error.filename or ""),
        do="Make room on the disk." if full else "Check the folder and your rights to it.",
    )


def _unexpected(error: Exception) -> int:
    """Admit a defect of ours, without a traceback unless it is asked for."""
    if Settings.from_environment().traceback == "yes":
        traceback.print_exception(error)
    last = traceback.extract_tb(error.__traceback__)[-1]
    sys.stderr.write(
        f"goldenhour: [GH999] Something unexpected went wrong: {type(error).__name__}: {error}\n"
        f"  where: {Path(last.filename).name}, line {last.lineno}\n"
        "  do:    Please report it; GOLDENHOUR_TRACEBACK=yes shows more.\n"
    )
    return _UNEXPECTED

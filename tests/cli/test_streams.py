# SPDX-License-Identifier: Apache-2.0
"""The program in a shell: pipes that close, consoles that know no Arabic, Ctrl-C."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

DOOR = "from goldenhour.cli.main import run; run()"
pytestmark = pytest.mark.skipif(os.name != "posix", reason="pipes and signals of POSIX shells")


def shell(line: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a line in which ``$GH`` is the program."""
    told = {**os.environ, "GH": f'{sys.executable} -c "{DOOR}"', **environment}  # noqa: TID251 - a shell
    return subprocess.run(
        ["/bin/sh", "-c", line.replace("$GH", told["GH"])],
        cwd=folder,
        env=told,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("line", ["$GH sources | head -c 1", "$GH sources >&-", "$GH sources 2>&-"])
def test_a_reader_that_leaves_is_no_trouble(line: str, tmp_path: Path) -> None:
    """A closed pipe or a missing stream ends quietly."""
    done = shell(line, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


def test_a_console_without_arabic_gets_it_nevertheless(tmp_path: Path) -> None:
    """Names in any script go out as UTF-8, whatever the machine's own encoding is."""
    done = shell("$GH plan --in القائم", tmp_path, PYTHONIOENCODING="ascii", PYTHONUTF8="1")
    assert done.returncode == 2, done.stderr
    assert "القائم" in done.stderr


def test_ctrl_c_is_confirmed(tmp_path: Path) -> None:
    """Who stops the program learns that nothing half-written lies about."""
    hold = (
        "import os, signal\n"
        "from goldenhour.cli import commands, main\n"
        "import goldenhour.workflows.demo as demo\n"
        "demo.demo = lambda *a, **k: os.kill(os.getpid(), signal.SIGINT)\n"
        "main.sys.argv = ['goldenhour', 'demo']\n"
        "main.run()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", hold],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 128 + signal.SIGINT, done.stderr
    assert "Nothing half-written" in done.stderr
    assert not list(tmp_path.iterdir())

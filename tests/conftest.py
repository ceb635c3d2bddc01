# SPDX-License-Identifier: Apache-2.0
"""What a machine may lack, said aloud: real data, a browser. In CI their absence is a failure."""

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
IN_CI = bool(os.environ.get("CI"))  # noqa: TID251 - tests are a face, they may look


def missing(what: str) -> None:
    """Skip for a user, fail in CI."""
    if IN_CI:
        pytest.fail(f"CI must have it: {what}")
    pytest.skip(what)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of real data, read in place."""
    named = os.environ.get("GOLDENHOUR_DATA")  # noqa: TID251 - tests are a face, they may look
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    if not (folder / "aleppo").is_dir():
        missing(f"the real data folder is not at {folder}; set GOLDENHOUR_DATA")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium that Playwright can drive."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    missing("no Chromium is installed; on Debian: apt-get install chromium")
    return ""

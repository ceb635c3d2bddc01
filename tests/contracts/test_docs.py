# SPDX-License-Identifier: Apache-2.0
"""Documents agree with the program."""

import importlib.util
import re
import subprocess
import sys
import time
from types import ModuleType

import pytest

from tests.conftest import ROOT


def reference() -> ModuleType:
    """Load the script that writes the reference pages."""
    spec = importlib.util.spec_from_file_location("reference", ROOT / "scripts" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["cli.md", "errors.md", "settings.md", "facts.md"])
def test_reference_pages_are_fresh(name: str) -> None:
    """A reference page says what the code says; `python scripts/reference.py` writes it."""
    made = reference()
    assert (made.FOLDER / name).read_text(encoding="utf-8") == made.PAGES[name]()


def test_error_codes_are_unique() -> None:
    """One code, one kind of error."""
    codes = [kind.default_code for kind in reference().all_errors()]
    assert len(codes) == len(set(codes))


def test_help_is_quick_and_light() -> None:
    """`goldenhour --help` answers at once, because it loads nothing heavy."""
    script = (
        "import sys; from goldenhour.cli.main import main; code = main(['--help']); "
        "heavy = {'geopandas', 'numba', 'sqlalchemy', 'highspy', 'shapely', 'numpy'}; "
        "sys.exit(code or bool(heavy & set(sys.modules)))"
    )
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert done.returncode == 0
    assert time.monotonic() - started < 10  # a hang, not a benchmark: see benchmarks/


def test_readme_commands_exist() -> None:
    """Every `goldenhour` command and option in the README is one that the program has."""
    known = reference().cli_page()
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for block in re.findall(r"```(?:sh|console)?\n(.*?)```", text, re.DOTALL):
        for line in re.findall(r"goldenhour ([a-z-]+[^\n#]*)", block.replace("\\\n", " ")):
            verb = line.split()[0]
            assert f"## goldenhour {verb}\n" in known, line
            for option in re.findall(r"(?<!\S)--[a-z-]+", line):
                assert f"`{option}`" in known, line


def test_links_between_documents_hold() -> None:
    """A link from one document to another file leads somewhere."""
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"

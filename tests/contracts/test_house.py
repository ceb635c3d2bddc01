# SPDX-License-Identifier: Apache-2.0
"""The house keeps its shape: imports one way, small modules, no attic."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

SOURCE = ROOT / "src" / "goldenhour"
MODULES = sorted(SOURCE.rglob("*.py"))
ATTIC = {"utils.py", "common.py", "misc.py", "helpers.py", "manager.py"}


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    """Every function of a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            yield node


def test_rooms_import_one_way() -> None:
    """Every import contract holds."""
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports; exit(lint_imports())"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_modules_are_small_and_licensed(path: Path) -> None:
    """A module has at most 500 lines, one licence line, and a name that says what it knows."""
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# SPDX-License-Identifier: Apache-2.0"
    assert len(lines) <= 500
    assert path.name not in ATTIC


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_functions_are_short(path: Path) -> None:
    """A function's body, its docstring aside, has at most 60 lines."""
    for node in functions(path):
        first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
        length = (node.end_lineno or 0) - first.lineno + 1
        assert length <= 60, f"{node.name}: {length} lines"


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("__init__.py")), ids=str)
def test_packages_import_nothing_heavy(path: Path) -> None:
    """A package's own file brings no reader, table or kernel with it."""
    heavy = ("geopandas", "pyogrio", "osmium", "numba", "sqlalchemy", "shapely", "pandas")
    top = ast.parse(path.read_text(encoding="utf-8")).body
    for node in top:
        if isinstance(node, ast.Import | ast.ImportFrom):
            assert not any(name in ast.unparse(node) for name in heavy), ast.unparse(node)

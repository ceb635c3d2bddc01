# SPDX-License-Identifier: Apache-2.0
"""What is public says its shapes, its units and its coordinate system."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable
from typing import Any

import pytest
from numpydoc.validate import validate

import goldenhour

UNIT_WORDS = {
    "s": "second",
    "m": "metre",
    "m2": "square metre",
    "kmh": "km/h",
    "share": "share",
    "deg": "degree",
}


def public_functions() -> list[Callable[..., Any]]:
    """Every public function of the package."""
    found: dict[str, Callable[..., Any]] = {}
    for module in pkgutil.walk_packages(goldenhour.__path__, "goldenhour."):
        if module.name.endswith(("kernel", "__main__")) or ".cli" in module.name:
            continue
        loaded = importlib.import_module(module.name)
        for name, thing in vars(loaded).items():
            if (
                inspect.isfunction(thing)
                and thing.__module__ == module.name
                and not name.startswith("_")
            ):
                found[f"{module.name}.{name}"] = thing
    return [found[name] for name in sorted(found)]


def entry(doc: str, name: str) -> str:
    """Find the description of one parameter."""
    match = re.search(rf"^\*{{0,2}}{re.escape(name)}\n((?:    .*\n?|\n)+)", doc, re.MULTILINE)
    return match.group(1) if match else ""


@pytest.mark.parametrize(
    "function", public_functions(), ids=lambda entry: f"{entry.__module__}.{entry.__name__}"
)
def test_units_and_shapes_are_said(function: Callable[..., Any]) -> None:
    """A name with a unit spells it, an array says its shape, a layer says its system."""
    doc = inspect.getdoc(function) or ""
    for name, annotation in inspect.get_annotations(function).items():
        if name == "return":
            continue
        text = entry(doc, name)
        assert text, f"{name}: describe it"
        if unit := re.search(r"_(s|m2|m|kmh|share|deg)$", name):
            assert UNIT_WORDS[unit.group(1)] in text.lower(), f"{name}: say the unit"
        if "NDArray" in str(annotation):
            assert "Shape ``(" in text, f"{name}: say the shape"
        if "GeoDataFrame" in str(annotation):
            assert "EPSG" in text or "metric" in text, f"{name}: say the CRS"


# What numpydoc checks beyond ruff: every parameter described, none invented, in order.
NUMPYDOC = {"PR01", "PR02", "PR03", "RT01", "RT03", "YD01"}


@pytest.mark.parametrize(
    "function", public_functions(), ids=lambda entry: f"{entry.__module__}.{entry.__name__}"
)
def test_docstrings_follow_numpydoc(function: Callable[..., Any]) -> None:
    """Every parameter and result of a public function is described, in its order."""
    name = f"{function.__module__}.{function.__name__}"
    found = [entry for entry in validate(name)["errors"] if entry[0] in NUMPYDOC]
    assert not found, found

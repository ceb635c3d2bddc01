# SPDX-License-Identifier: Apache-2.0
"""Write the reference pages that say what the code says: CLI, errors, settings, facts."""

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import typer

from goldenhour.base import errors, facts
from goldenhour.base.settings import Settings
from goldenhour.cli.main import app

FOLDER = Path(__file__).parents[1] / "docs" / "reference"
_MADE = "<!-- Made by scripts/reference.py; do not edit by hand. -->\n\n"


def cli_page() -> str:
    """Describe every command and option."""
    group = typer.main.get_command(app)
    lines = [_MADE + "# Commands\n", f"{app.info.help}\n"]
    for name, command in sorted(group.commands.items()):  # type: ignore[attr-defined]  # a group
        lines += [f"## goldenhour {name}\n", f"{command.help}\n"]
        lines += ["| | what |", "|---|---|"]
        for parameter in command.params:
            words = getattr(parameter, "help", "") or ""
            names = ", ".join(
                f"`{entry}`" for entry in (*parameter.opts, *parameter.secondary_opts)
            )
            shown = (
                names if parameter.param_type_name == "option" else f"`{parameter.name.upper()}`"
            )
            lines.append(f"| {shown} | {words} |")
        lines.append(f"\n{command.epilog}\n")
    return "\n".join(lines)


def errors_page() -> str:
    """List every error class with its code and exit code."""
    lines = [_MADE + "# Errors\n"]
    lines += [
        "Every message names what is wrong, where, and what to do. Its code does not change.\n",
        "| code | class | exit | when |",
        "|---|---|---:|---|",
    ]
    for kind in sorted(all_errors(), key=lambda entry: entry.default_code):
        first = (kind.__doc__ or "").strip().splitlines()[0]
        lines.append(f"| {kind.default_code} | `{kind.__name__}` | {kind.exit_code} | {first} |")
    return "\n".join(lines) + "\n"


def all_errors() -> list[type[errors.GoldenHourError]]:
    """Collect every error class."""
    found: list[type[errors.GoldenHourError]] = [errors.GoldenHourError]
    for kind in found:
        found += kind.__subclasses__()
    return found


def settings_page() -> str:
    """List every setting of the environment."""
    lines = [_MADE + "# Settings\n", "| variable | default | what |", "|---|---|---|"]
    lines += [
        f"| `GOLDENHOUR_{entry.name.upper()}` | `{entry.default}` | {entry.metadata['help']} |"
        for entry in fields(Settings)
    ]
    return "\n".join(lines) + "\n"


def facts_page() -> str:
    """List every number from the world with its source."""
    lines = [_MADE + "# Facts\n"]
    lines.append(
        "Tags: **S** read in the cited source · **C** computed from S · **R** from general "
        "knowledge of the named document, verify first · **A** our own planning assumption.\n"
    )
    for room in facts.rooms():
        lines += [f"## {room}\n", "| fact | value | unit | tag | source |", "|---|---|---|---|---|"]
        for fact in facts.room(room).values():
            key = fact.name.partition(".")[2]
            note = f" {fact.note}" if fact.note else ""
            lines.append(
                f"| `{key}` | {_cell(fact.value)} | {fact.unit} | {fact.tag} "
                f"| {_cell(fact.source)}.{note} |"
            )
        lines.append("")
    return "\n".join(lines)


def _cell(value: object) -> str:
    """Write a value so that it fits a table cell."""
    return str(value).replace("|", "/")


PAGES: dict[str, Callable[[], str]] = {
    "cli.md": cli_page,
    "errors.md": errors_page,
    "settings.md": settings_page,
    "facts.md": facts_page,
}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")
        print(FOLDER / name)

# SPDX-License-Identifier: Apache-2.0
"""The verbs that look after a workspace and this installation."""

from pathlib import Path
from typing import Annotated

import typer

from goldenhour.cli.app import HERE, Workspace_, app


@app.command(epilog="Example: goldenhour merge --in al-qaim other-laptop/ledger.db")
def merge(
    other: Annotated[Path, typer.Argument(help="Another ledger of the same town.")],
    workspace: Workspace_ = HERE,
) -> None:
    """Take over another ledger's reports; in whatever order, twice or partly, the union results."""
    from goldenhour.cli import show
    from goldenhour.workflows.merge import merge as run_merge
    from goldenhour.workflows.workspace import open_workspace

    show.read(run_merge(open_workspace(workspace), other=other))


@app.command(epilog="Example: goldenhour sources")
def sources() -> None:
    """List the formats that `new` and `read` understand."""
    from goldenhour.cli import show
    from goldenhour.sources.recognise import formats

    show.sources(formats())


@app.command(epilog="Example: goldenhour check --in aleppo")
def check(
    workspace: Annotated[
        Path | None, typer.Option("--in", metavar="FOLDER", help="A workspace to look at too.")
    ] = None,
) -> None:
    """Tell whether this installation, and a workspace, are sound."""
    from goldenhour.cli import show
    from goldenhour.workflows.check import check_installation, check_workspace
    from goldenhour.workflows.workspace import open_workspace

    checks = check_installation()
    if workspace is not None:
        checks += check_workspace(open_workspace(workspace))
    show.checks(checks)
    if not all(entry.sound for entry in checks):
        raise typer.Exit(5)

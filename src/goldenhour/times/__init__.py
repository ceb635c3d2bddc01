# SPDX-License-Identifier: Apache-2.0
"""How long it takes to carry a casualty through the damaged town."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from goldenhour.times.graph import Network
    from goldenhour.times.plain import network

__all__ = ["Network", "network"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - what a module hands out may be anything
    """Load the compiled kernels only when somebody measures."""
    if name in __all__:
        from goldenhour.times import graph, plain  # noqa: PLC0415 - numba takes 0.3 s to import

        return graph.Network if name == "Network" else plain.network
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

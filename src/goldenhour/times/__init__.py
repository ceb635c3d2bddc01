# SPDX-License-Identifier: Apache-2.0
"""How long it takes to carry a casualty through the damaged town."""

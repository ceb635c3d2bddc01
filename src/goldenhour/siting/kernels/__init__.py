# SPDX-License-Identifier: Apache-2.0
"""Compiled kernels of the siting models: numpy and numba only."""

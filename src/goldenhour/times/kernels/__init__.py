# SPDX-License-Identifier: Apache-2.0
"""Compiled searches: numpy and numba only, arrays in, arrays out."""

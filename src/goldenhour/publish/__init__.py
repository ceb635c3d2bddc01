# SPDX-License-Identifier: Apache-2.0
"""Handing over: map, brief, GeoPackage, GPX."""

# SPDX-License-Identifier: Apache-2.0
"""Siting models, one module each, under their literature names."""

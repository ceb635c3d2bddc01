# SPDX-License-Identifier: Apache-2.0
"""Siting measured beside other tools, one module a family of models."""

# SPDX-License-Identifier: Apache-2.0
"""The terminal face: parse, call one workflow, show."""

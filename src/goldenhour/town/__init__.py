# SPDX-License-Identifier: Apache-2.0
"""The town as typed arrays: what was there before asking what is broken."""

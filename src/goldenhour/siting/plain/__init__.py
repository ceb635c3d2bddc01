# SPDX-License-Identifier: Apache-2.0
"""The plain face of the models: what they take and what they give, on arrays."""

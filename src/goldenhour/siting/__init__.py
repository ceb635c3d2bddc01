# SPDX-License-Identifier: Apache-2.0
"""Where to set up: screening, models, plan and explanation."""

"""The coordinators' web pages. Empty until the figures have their definitions (docs/decisions)."""

"""The coordinators' web pages. Only the team's calendars until the figures have their definitions (docs/decisions)."""

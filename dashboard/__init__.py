"""The coordinators' web pages, and the calendars of the team."""

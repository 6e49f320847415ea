"""Pictures of flows and tables, for coordinators and partners: words, layout, and last of all the drawing itself."""

"""Alembic runs the migrations on the connection that it is given."""

from __future__ import annotations

from alembic import context

from store.dashboard_tables import Table  # not of `store.tables`: this way all tables are known

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Table.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()

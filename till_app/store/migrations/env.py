"""Alembic's entry: runs the steps on the connection that it is handed, all in one transaction."""

from alembic import context

from till_app.store.ledger_tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()

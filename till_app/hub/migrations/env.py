"""Alembic's entry: migrates on the connection that `run.migrate` hands over."""

from alembic import context

from till_app.hub.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()

"""A mark for the import that is going in, so that it is finished after a crash."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "accepted_import",
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("accepted_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_accepted_import")),
    )
    op.create_index("ix_import_key_line", "import_key", ["line", "import_id"])


def downgrade() -> None:
    op.drop_index("ix_import_key_line", "import_key")
    op.drop_table("accepted_import")

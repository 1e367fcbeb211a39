"""The language that a stranger asked for is kept with their address until they join."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("addresses", sa.Column("language", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("addresses", "language")

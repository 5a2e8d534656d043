"""Data keys in the database, wrapped by a key-encryption key that lies outside it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
PRIMARY = sa.text("state = 'primary'")


def upgrade() -> None:
    op.create_table(
        "data_key",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("wrapped", sa.LargeBinary),
        sa.Column("public_key", sa.LargeBinary(32)),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("primary_from", MOMENT),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_key")),
        sa.UniqueConstraint("number", name=op.f("uq_data_key_number")),
        sa.CheckConstraint(
            "purpose IN ('identity', 'narrative', 'pack', 'account', 'audit', 'index', 'signing')",
            name=op.f("ck_data_key_purpose"),
        ),
        sa.CheckConstraint(
            "state IN ('staged', 'primary', 'decrypt_only', 'retired', 'destroyed')", name=op.f("ck_data_key_state")
        ),
        sa.CheckConstraint("(state = 'destroyed') = (wrapped IS NULL)", name=op.f("ck_data_key_wrapped")),
        sa.CheckConstraint("(purpose = 'signing') = (public_key IS NOT NULL)", name=op.f("ck_data_key_public_key")),
        sa.CheckConstraint("state <> 'staged' OR primary_from IS NULL", name=op.f("ck_data_key_primary_from")),
    )
    op.create_index(
        "uq_data_key_primary",
        "data_key",
        ["purpose"],
        unique=True,
        sqlite_where=PRIMARY,
        postgresql_where=PRIMARY,
    )


def downgrade() -> None:
    op.drop_table("data_key")

"""Evidence of the audit log: digests of sealed values, signed checkpoints, anchors, verifications, and no way back."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
HASH = sa.LargeBinary(32)
ADDED = ("audit_checkpoint", "audit_anchor", "audit_verification")
REFUSAL = "the audit log is only ever added to"


def upgrade() -> None:
    op.add_column("audit_event", sa.Column("sealed_digests", sa.Text))
    op.create_table(
        "audit_checkpoint",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("root", HASH, nullable=False),
        sa.Column("head", HASH, nullable=False),
        sa.Column("frontier", sa.LargeBinary, nullable=False),
        sa.Column("signed_at", MOMENT, nullable=False),
        sa.Column("key_number", sa.BigInteger, nullable=False),
        sa.Column("signature", sa.LargeBinary(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_checkpoint")),
        sa.UniqueConstraint("size", name=op.f("uq_audit_checkpoint_size")),
    )
    op.create_table(
        "audit_anchor",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("checkpoint_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_anchor")),
        sa.ForeignKeyConstraint(["checkpoint_id"], ["audit_checkpoint.id"], name=op.f("fk_audit_anchor_checkpoint_id")),
        sa.CheckConstraint("kind IN ('pack', 'export', 'anchor_file')", name=op.f("ck_audit_anchor_kind")),
    )
    op.create_index(op.f("ix_audit_anchor_checkpoint_id"), "audit_anchor", ["checkpoint_id"])
    op.create_table(
        "audit_verification",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("verified_at", MOMENT, nullable=False),
        sa.Column("checked", sa.BigInteger, nullable=False),
        sa.Column("head", HASH, nullable=False),
        sa.Column("cells", sa.BigInteger, nullable=False),
        sa.Column("fault", sa.Text),
        sa.Column("position", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_verification")),
    )
    if op.get_bind().dialect.name == "postgresql":
        _refuse_changes()
    else:
        _refuse_changes_on_sqlite()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_refuse() CASCADE")  # and the triggers that call it
    else:
        op.execute("DROP TRIGGER audit_event_update")
        op.execute("DROP TRIGGER audit_event_delete")
    for table in ("audit_verification", "audit_anchor", "audit_checkpoint"):
        op.drop_table(table)
    op.drop_column("audit_event", "sealed_digests")


def _refuse_changes() -> None:
    """Triggers for rows and for TRUNCATE that also fire for a session in the replication role (ENABLE ALWAYS)."""
    op.execute(
        "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$"
    )
    for table in ("audit_event", *ADDED):
        for name, moment in (("change", "UPDATE OR DELETE"), ("truncate", "TRUNCATE")):
            level = "STATEMENT" if name == "truncate" else "ROW"
            op.execute(
                f"CREATE TRIGGER {table}_{name} BEFORE {moment} ON {table} "
                f"FOR EACH {level} EXECUTE FUNCTION audit_refuse()"
            )
            op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_{name}")


def _refuse_changes_on_sqlite() -> None:
    """INSERT OR REPLACE deletes without firing these, unless the connection has PRAGMA recursive_triggers=ON."""
    for table in ("audit_event", *ADDED):
        for moment in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_{moment.lower()} BEFORE {moment} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )

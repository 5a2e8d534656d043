"""Honeytokens, the second look at events, the checkpoint on packs, the role of the information governance lead.

Going down takes that role away from those who have it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ADDED = "information_governance"
BEFORE = ("coordinator", "chair", "member", "officer", "administrator")
AFTER = ("coordinator", "chair", "member", "officer", ADDED, "administrator")


def sealed(table: str, column: str) -> list[sa.Column | sa.CheckConstraint]:
    """A column that holds nothing but sealed values, with the CHECK that says so."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    mark = f"substr({column}, 1, 1) = x'D1'" if sqlite else f"get_byte({column}, 0) = 209"
    check = f"{column} IS NULL OR (length({column}) >= 35 AND {mark})"
    return [
        sa.Column(column, sa.LargeBinary, nullable=False),
        sa.CheckConstraint(check, name=op.f(f"ck_{table}_{column}")),
    ]


def allow(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """Change which roles there are. SQLite builds the table anew, and does not say which checks it has."""
    user = sa.ForeignKey("app_user.id", name=op.f("fk_user_role_user_id"), ondelete="CASCADE")
    table = sa.Table(
        "user_role",
        sa.MetaData(),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, user, nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.CheckConstraint(one_of(before), name=op.f("ck_user_role_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_role")),
        sa.UniqueConstraint("user_id", "role", name=op.f("uq_user_role_user_id_role")),
    )
    with op.batch_alter_table("user_role", copy_from=table) as batch:
        batch.drop_constraint(op.f("ck_user_role_role"), type_="check")
        batch.create_check_constraint(op.f("ck_user_role_role"), one_of(after))


def one_of(roles: tuple[str, ...]) -> str:
    return "role IN ({})".format(", ".join(f"'{role}'" for role in roles))


def upgrade() -> None:
    op.create_table(
        "honeytoken",
        sa.Column("id", sa.Uuid, nullable=False),
        *sealed("honeytoken", "case_sealed"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_honeytoken")),
    )
    op.create_table(
        "audit_review",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("reviewed_by_id", sa.Uuid, nullable=False),
        sa.Column("reviewed_by_label", sa.Text, nullable=False),
        sa.Column("reviewed_at", MOMENT, nullable=False),
        *sealed("audit_review", "note_sealed"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_review")),
        sa.UniqueConstraint("event_id", name=op.f("uq_audit_review_event_id")),
        sa.ForeignKeyConstraint(["event_id"], ["audit_event.id"], name=op.f("fk_audit_review_event_id")),
    )
    op.add_column("pack", sa.Column("checkpoint_size", sa.BigInteger))
    allow(BEFORE, AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM user_role WHERE role = 'information_governance'")
    allow(AFTER, BEFORE)
    op.drop_column("pack", "checkpoint_size")
    op.drop_table("audit_review")
    op.drop_table("honeytoken")

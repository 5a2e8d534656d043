"""Thirteen roles, each held for an organisation; leads; proposed accounts; statements of confidentiality.

Every role that somebody has is held for the organisation that they work for. Going down takes away the roles that were
not there before, and with them the accounts’ rights.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
BEFORE = ("coordinator", "chair", "member", "officer", "information_governance", "administrator")
ADDED = (
    "reporter",
    "contributor",
    "case_guest",
    "action_owner",
    "alerts_coordinator",
    "pin_member",
    "senior_owner",
)
AFTER = (*BEFORE, *ADDED)
USER, BODY = "fk_user_role_user_id", "fk_user_role_organisation_id"


def upgrade() -> None:
    _hold_roles_for_organisations()
    _refer("organisation", "lead_id", "app_user")
    op.add_column("app_user", sa.Column("statement_version", sa.Integer))
    op.add_column("app_user", sa.Column("statement_accepted_at", MOMENT))
    _remember_who_notified()
    _make_proposals()
    op.create_table(
        "meeting_acceptance",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("meeting_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("accepted_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_acceptance")),
        sa.UniqueConstraint(
            "meeting_id", "user_id", "version", name=op.f("uq_meeting_acceptance_meeting_id_user_id_version")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_acceptance_meeting_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_meeting_acceptance_user_id")),
    )


def downgrade() -> None:
    op.drop_table("meeting_acceptance")
    op.drop_table("account_proposal_role")
    op.drop_table("account_proposal")
    op.drop_index(op.f("ix_case_notification_logged_by_id"), "case_notification")
    op.drop_column("case_notification", "logged_by_id")
    op.drop_column("app_user", "statement_accepted_at")
    op.drop_column("app_user", "statement_version")
    op.drop_column("organisation", "lead_id")
    _hold_roles_as_before()


def _hold_roles_for_organisations() -> None:
    table = _user_role(BEFORE)
    with op.batch_alter_table("user_role", copy_from=table) as batch:
        batch.add_column(sa.Column("organisation_id", sa.Uuid))
        batch.drop_constraint(op.f("ck_user_role_role"), type_="check")
        batch.create_check_constraint(op.f("ck_user_role_role"), _one_of(AFTER))
    op.execute(
        "UPDATE user_role SET organisation_id = "
        "(SELECT organisation_id FROM app_user WHERE app_user.id = user_role.user_id)"
    )
    with op.batch_alter_table("user_role", copy_from=_user_role(AFTER, sa.Column("organisation_id", sa.Uuid))) as batch:
        batch.alter_column("organisation_id", nullable=False)
        batch.create_foreign_key(op.f(BODY), "organisation", ["organisation_id"], ["id"])
        batch.create_index(op.f("ix_user_role_organisation_id"), ["organisation_id"])


def _hold_roles_as_before() -> None:
    op.execute(sa.delete(sa.table("user_role", sa.column("role"))).where(sa.column("role").in_(ADDED)))
    op.drop_index(op.f("ix_user_role_organisation_id"), "user_role")
    body = sa.Column("organisation_id", sa.Uuid, sa.ForeignKey("organisation.id", name=op.f(BODY)), nullable=False)
    with op.batch_alter_table("user_role", copy_from=_user_role(AFTER, body)) as batch:
        batch.drop_constraint(op.f(BODY), type_="foreignkey")
        batch.drop_column("organisation_id")
        batch.drop_constraint(op.f("ck_user_role_role"), type_="check")
        batch.create_check_constraint(op.f("ck_user_role_role"), _one_of(BEFORE))


def _user_role(roles: tuple[str, ...], *more: sa.Column) -> sa.Table:
    """The table as it stands: SQLite has to build it anew, and does not say which checks it has."""
    return sa.Table(
        "user_role",
        sa.MetaData(),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column(
            "user_id", sa.Uuid, sa.ForeignKey("app_user.id", name=op.f(USER), ondelete="CASCADE"), nullable=False
        ),
        sa.Column("role", sa.String(40), nullable=False),
        *more,
        sa.CheckConstraint(_one_of(roles), name=op.f("ck_user_role_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_role")),
        sa.UniqueConstraint("user_id", "role", name=op.f("uq_user_role_user_id_role")),
    )


def _one_of(values: tuple[str, ...], column: str = "role") -> str:
    return "{} IN ({})".format(column, ", ".join(f"'{value}'" for value in values))


def _refer(table: str, column: str, target: str) -> None:
    """Add a column that refers to ``target``; SQLite takes it only in these words without building the table anew."""
    kind = "CHAR(32)" if op.get_bind().dialect.name == "sqlite" else "UUID"
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} {kind} CONSTRAINT fk_{table}_{column} REFERENCES {target} (id)"
    )


def _remember_who_notified() -> None:
    """Who logged a notification stands in the log already."""
    _refer("case_notification", "logged_by_id", "app_user")
    op.create_index(op.f("ix_case_notification_logged_by_id"), "case_notification", ["logged_by_id"])
    op.execute(
        "UPDATE case_notification SET logged_by_id = (SELECT audit_event.actor_id FROM audit_event "
        "WHERE audit_event.case_id = case_notification.case_id "
        "AND audit_event.code IN ('case.notified', 'case.imported') "
        "AND audit_event.actor_id IN (SELECT id FROM app_user) ORDER BY audit_event.position LIMIT 1)"
    )


def _make_proposals() -> None:
    op.create_table(
        "account_proposal",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid, nullable=False),
        sa.Column("decided_by_id", sa.Uuid),
        sa.Column("user_id", sa.Uuid),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_proposal")),
        *(
            sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_account_proposal_{column}"))
            for column, target in (
                ("organisation_id", "organisation"),
                ("proposed_by_id", "app_user"),
                ("decided_by_id", "app_user"),
                ("user_id", "app_user"),
            )
        ),
        sa.UniqueConstraint("user_id", name=op.f("uq_account_proposal_user_id")),
        sa.CheckConstraint(
            _one_of(("proposed", "confirmed", "declined", "withdrawn"), "status"),
            name=op.f("ck_account_proposal_status"),
        ),
        sa.CheckConstraint("(status = 'confirmed') = (user_id IS NOT NULL)", name=op.f("ck_account_proposal_account")),
        sa.CheckConstraint("(status = 'proposed') = (decided_by_id IS NULL)", name=op.f("ck_account_proposal_decided")),
        sa.CheckConstraint(
            "status <> 'confirmed' OR decided_by_id <> proposed_by_id", name=op.f("ck_account_proposal_second_person")
        ),
    )
    op.create_index(op.f("ix_account_proposal_organisation_id"), "account_proposal", ["organisation_id"])
    op.create_table(
        "account_proposal_role",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("proposal_id", sa.Uuid, nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_proposal_role")),
        sa.UniqueConstraint("proposal_id", "role", name=op.f("uq_account_proposal_role_proposal_id_role")),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["account_proposal.id"],
            name=op.f("fk_account_proposal_role_proposal_id"),
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(_one_of(AFTER), name=op.f("ck_account_proposal_role_role")),
    )

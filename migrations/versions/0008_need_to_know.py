"""Need to know: recusals, restrictions, guests, cases opened in an emergency, and which case a pack speaks of.

What was issued before can be told from the agendas. A case that has been taken off its agenda since cannot: it is left
out of the packs issued before, because nobody can tell who may not see it.
"""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
GROUNDS = {
    "case_recusal": ("knew_the_person", "treated_the_person", "involved", "complaint", "interest", "other"),
    "case_break_glass": ("risk_to_life", "safeguarding", "legal_deadline", "nobody_reachable", "other"),
}
OPEN = sa.text("lifted_at IS NULL")


def sealed(table: str, column: str, *, nullable: bool = False) -> list[sa.Column | sa.CheckConstraint]:
    """A column that holds nothing but sealed values, with the CHECK that says so."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    mark = f"substr({column}, 1, 1) = x'D1'" if sqlite else f"get_byte({column}, 0) = 209"
    check = f"{column} IS NULL OR (length({column}) >= 35 AND {mark})"
    return [
        sa.Column(column, sa.LargeBinary, nullable=nullable),
        sa.CheckConstraint(check, name=op.f(f"ck_{table}_{column}")),
    ]


def ground(table: str) -> list[sa.Column | sa.CheckConstraint]:
    """The coded reason."""
    known = ", ".join(f"'{each}'" for each in GROUNDS[table])
    return [
        sa.Column("ground", sa.String(40), nullable=False),
        sa.CheckConstraint(f"ground IN ({known})", name=op.f(f"ck_{table}_ground")),
    ]


def refers(table: str, column: str, to: str, *, nullable: bool = False, cascade: bool = False) -> list:
    """A column with its foreign key."""
    rule = "CASCADE" if cascade else None
    return [
        sa.Column(column, sa.Uuid, nullable=nullable),
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=rule),
    ]


def make(table: str, *columns: sa.schema.SchemaItem) -> None:
    """A table with its key."""
    op.create_table(
        table,
        sa.Column("id", sa.Uuid, nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def times() -> list[sa.Column]:
    return [sa.Column("created_at", MOMENT, nullable=False), sa.Column("updated_at", MOMENT, nullable=False)]


def lifted(table: str) -> list:
    """Who lifted it and why, if anybody did."""
    both = "(lifted_at IS NULL) = (lifted_by_id IS NULL)"
    why = "(lifted_at IS NULL) = (lifting_reason_sealed IS NULL)"
    return [
        sa.Column("lifted_at", MOMENT),
        *refers(table, "lifted_by_id", "app_user", nullable=True),
        *sealed(table, "lifting_reason_sealed", nullable=True),
        sa.CheckConstraint(both, name=op.f(f"ck_{table}_lifted_by")),
        sa.CheckConstraint(why, name=op.f(f"ck_{table}_lifted_why")),
    ]


def index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def only_one(table: str, *columns: str) -> None:
    """Of those that are not lifted, one at a time."""
    op.create_index(f"uq_{table}_open", table, list(columns), unique=True, sqlite_where=OPEN, postgresql_where=OPEN)


def upgrade() -> None:
    make_recusals()
    make_restrictions()
    make_guests()
    make_break_glass()
    make_packed_cases()


def make_recusals() -> None:
    make(
        "case_recusal",
        *refers("case_recusal", "case_id", "dard_case", cascade=True),
        *refers("case_recusal", "user_id", "app_user"),
        *ground("case_recusal"),
        *refers("case_recusal", "made_by_id", "app_user"),
        *sealed("case_recusal", "reason_sealed", nullable=True),
        *lifted("case_recusal"),
        sa.CheckConstraint(
            "lifted_by_id IS NULL OR lifted_by_id <> user_id", name=op.f("ck_case_recusal_lifted_by_another")
        ),
        *times(),
    )
    index("case_recusal", "case_id", "user_id")
    only_one("case_recusal", "case_id", "user_id")


def make_restrictions() -> None:
    make(
        "case_restriction",
        *refers("case_restriction", "case_id", "dard_case", cascade=True),
        *refers("case_restriction", "made_by_id", "app_user"),
        *sealed("case_restriction", "reason_sealed"),
        *lifted("case_restriction"),
        *times(),
        sa.Column("version", sa.Integer, nullable=False),
    )
    index("case_restriction", "case_id")
    only_one("case_restriction", "case_id")
    make(
        "restriction_person",
        *refers("restriction_person", "restriction_id", "case_restriction", cascade=True),
        *refers("restriction_person", "user_id", "app_user"),
        sa.UniqueConstraint("restriction_id", "user_id", name=op.f("uq_restriction_person_restriction_id_user_id")),
    )
    index("restriction_person", "user_id")


def make_guests() -> None:
    make(
        "case_guest",
        *refers("case_guest", "case_id", "dard_case", cascade=True),
        *refers("case_guest", "user_id", "app_user"),
        sa.Column("pseudonym", sa.String(20), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        *refers("case_guest", "given_by_id", "app_user"),
        *sealed("case_guest", "reason_sealed"),
        sa.Column("ended_at", MOMENT),
        *refers("case_guest", "ended_by_id", "app_user", nullable=True),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name=op.f("ck_case_guest_ended_by")),
        *times(),
    )
    index("case_guest", "case_id", "user_id")


def make_break_glass() -> None:
    make(
        "case_break_glass",
        *refers("case_break_glass", "case_id", "dard_case", cascade=True),
        *refers("case_break_glass", "user_id", "app_user"),
        *ground("case_break_glass"),
        sa.Column("until", MOMENT, nullable=False),
        *sealed("case_break_glass", "reason_sealed"),
        *times(),
    )
    index("case_break_glass", "case_id", "user_id")


def make_packed_cases() -> None:
    make(
        "pack_case",
        *refers("pack_case", "pack_id", "pack", cascade=True),
        *refers("pack_case", "case_id", "dard_case"),
        sa.Column("pseudonym", sa.String(20), nullable=False),
        sa.UniqueConstraint("pack_id", "pseudonym", name=op.f("uq_pack_case_pack_id_pseudonym")),
    )
    index("pack_case", "case_id")
    pack = sa.table("pack", sa.column("id", sa.Uuid), sa.column("meeting_id", sa.Uuid))
    item = sa.table(
        "agenda_item", sa.column("meeting_id", sa.Uuid), sa.column("case_id", sa.Uuid), sa.column("pseudonym")
    )
    packed = sa.table(
        "pack_case",
        sa.column("id", sa.Uuid),
        sa.column("pack_id", sa.Uuid),
        sa.column("case_id", sa.Uuid),
        sa.column("pseudonym"),
    )
    issued = sa.select(pack.c.id, item.c.case_id, item.c.pseudonym).join_from(
        pack, item, pack.c.meeting_id == item.c.meeting_id
    )
    rows = [
        {"id": uuid.uuid4(), "pack_id": pack_id, "case_id": case_id, "pseudonym": pseudonym}
        for pack_id, case_id, pseudonym in op.get_bind().execute(issued)
    ]
    if rows:
        op.bulk_insert(packed, rows)


def downgrade() -> None:
    for table in (
        "pack_case", "case_break_glass", "case_guest", "restriction_person", "case_restriction", "case_recusal"
    ):  # fmt: skip
        op.drop_table(table)

"""Documents in sealed chunks. An uploaded file that waits to be confirmed is one from now on.

What waits during this step cannot be sealed anew, because migrations have no keys: it is marked as discarded and its
content is dropped, in either direction, and whoever uploaded it must upload it again. No audit event says so.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KEPT = "ck_import_batch_content_kept"
SEALED = "ck_import_batch_content_sealed"
USER = "fk_import_batch_uploaded_by_id"
CONTENT = "fk_import_batch_content_id"
ONCE = "uq_import_batch_content_id"


def upgrade() -> None:
    _make_documents()
    op.execute(
        "UPDATE import_batch SET status = 'discarded', content_sealed = NULL, version = version + 1 "
        "WHERE status = 'previewed'"
    )
    with op.batch_alter_table("import_batch", copy_from=_import_batch(*_content_sealed())) as table:
        table.drop_constraint(op.f(KEPT), type_="check")
        table.drop_constraint(op.f(SEALED), type_="check")
        table.drop_column("content_sealed")
        table.add_column(sa.Column("content_id", sa.Uuid))
        table.create_foreign_key(op.f(CONTENT), "sealed_document", ["content_id"], ["id"])
        table.create_unique_constraint(op.f(ONCE), ["content_id"])
        table.create_check_constraint(op.f(KEPT), "(status = 'previewed') = (content_id IS NOT NULL)")


def downgrade() -> None:
    op.execute(
        "UPDATE import_batch SET status = 'discarded', content_id = NULL, version = version + 1 "
        "WHERE status = 'previewed'"
    )
    with op.batch_alter_table("import_batch", copy_from=_import_batch(*_content_id())) as table:
        table.drop_constraint(op.f(KEPT), type_="check")
        table.drop_constraint(op.f(CONTENT), type_="foreignkey")
        table.drop_constraint(op.f(ONCE), type_="unique")
        table.drop_column("content_id")
        table.add_column(sa.Column("content_sealed", sa.LargeBinary))
        table.create_check_constraint(op.f(SEALED), _sealed("content_sealed"))
        table.create_check_constraint(op.f(KEPT), "(status = 'previewed') = (content_sealed IS NOT NULL)")
    op.drop_table("sealed_chunk")
    op.drop_table("sealed_document")


def _make_documents() -> None:
    op.create_table(
        "sealed_document",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("owner_id", sa.Uuid, nullable=False),
        sa.Column("chunks", sa.Integer, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("size_sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_document")),
        sa.CheckConstraint("chunks > 0", name=op.f("ck_sealed_document_chunks")),
        sa.CheckConstraint(_sealed("size_sealed"), name=op.f("ck_sealed_document_size_sealed")),
    )
    op.create_table(
        "sealed_chunk",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("document_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("chunks", sa.Integer, nullable=False),
        sa.Column("chunk_sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_chunk")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["sealed_document.id"], name=op.f("fk_sealed_chunk_document_id"), ondelete="CASCADE"
        ),
        sa.UniqueConstraint("document_id", "position", name=op.f("uq_sealed_chunk_document_id_position")),
        sa.CheckConstraint(_sealed("chunk_sealed"), name=op.f("ck_sealed_chunk_chunk_sealed")),
    )


def _import_batch(*content: sa.schema.SchemaItem) -> sa.Table:
    """The table as it stands: SQLite has to build it anew, and does not say which checks it has."""
    return sa.Table(
        "import_batch",
        sa.MetaData(),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("profile", sa.String(40), nullable=False),
        sa.Column("uploaded_by_id", sa.Uuid, sa.ForeignKey("app_user.id", name=op.f(USER))),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("created", sa.Integer),
        sa.Column("unchanged", sa.Integer),
        sa.Column("errors", sa.Integer),
        sa.Column("confirmed_at", MOMENT),
        *content,
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
        sa.CheckConstraint("status IN ('previewed', 'confirmed', 'discarded')", name=op.f("ck_import_batch_status")),
    )


def _content_sealed() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("content_sealed", sa.LargeBinary),
        sa.CheckConstraint(_sealed("content_sealed"), name=op.f(SEALED)),
        sa.CheckConstraint("(status = 'previewed') = (content_sealed IS NOT NULL)", name=op.f(KEPT)),
    ]


def _content_id() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("content_id", sa.Uuid, sa.ForeignKey("sealed_document.id", name=op.f(CONTENT))),
        sa.UniqueConstraint("content_id", name=op.f(ONCE)),
        sa.CheckConstraint("(status = 'previewed') = (content_id IS NOT NULL)", name=op.f(KEPT)),
    ]


def _sealed(column: str) -> str:
    """The CHECK of a sealed column."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    mark = f"substr({column}, 1, 1) = x'D1'" if sqlite else f"get_byte({column}, 0) = 209"
    return f"{column} IS NULL OR (length({column}) >= 35 AND {mark})"

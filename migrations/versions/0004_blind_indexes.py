"""Blind indexes over name and birth, and a second column for each index, for when its key is replaced.

The key of an index is derived from more than before (table, fields and version), so the indexes of NHS numbers are
emptied here, in either direction; a migration has no keys. ``dard init`` fills all of them after the migrations. The
version before this one fills an index only when the case is corrected: after a step down it does not notice that a
person is known already.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ADDED = (
    "nhs_number_index_next",
    "name_birth_index",
    "name_birth_index_next",
    "sound_birth_index",
    "sound_birth_index_next",
)


def upgrade() -> None:
    for column in ADDED:
        op.add_column("case_person", sa.Column(column, sa.LargeBinary(16)))
        op.create_index(op.f(f"ix_case_person_{column}"), "case_person", [column])
    op.execute("UPDATE case_person SET nhs_number_index = NULL")


def downgrade() -> None:
    op.execute("UPDATE case_person SET nhs_number_index = NULL")
    for column in reversed(ADDED):
        op.drop_index(op.f(f"ix_case_person_{column}"), table_name="case_person")
        op.drop_column("case_person", column)

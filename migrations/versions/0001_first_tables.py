"""The first tables: accounts, audit, agreements, cases, panels, summaries and packs, actions, imports."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def recorded() -> list[sa.Column]:
    return [sa.Column("created_at", MOMENT, nullable=False), sa.Column("updated_at", MOMENT, nullable=False)]


def versioned() -> list[sa.Column]:
    return [*recorded(), sa.Column("version", sa.Integer, nullable=False)]


def sealed(table: str, *columns: str, nullable: bool = True) -> list[sa.Column | sa.CheckConstraint]:
    """Columns that hold nothing but sealed values, with the CHECK that says so."""
    parts: list[sa.Column | sa.CheckConstraint] = []
    for name in columns:
        sqlite = op.get_bind().dialect.name == "sqlite"
        mark = f"substr({name}, 1, 1) = x'D1'" if sqlite else f"get_byte({name}, 0) = 209"
        check = f"{name} IS NULL OR (length({name}) >= 35 AND {mark})"
        parts += [
            sa.Column(name, sa.LargeBinary, nullable=nullable),
            sa.CheckConstraint(check, name=op.f(f"ck_{table}_{name}")),
        ]
    return parts


def choice(table: str, name: str, *values: str) -> list[sa.Column | sa.CheckConstraint]:
    """A column that holds one of a few codes, with the CHECK that says so."""
    listed = ", ".join(f"'{value}'" for value in values)
    return [
        sa.Column(name, sa.String(40), nullable=False),
        sa.CheckConstraint(f"{name} IN ({listed})", name=op.f(f"ck_{table}_{name}")),
    ]


def upgrade() -> None:
    op.create_table(
        "agreement",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("effective_from", sa.Date, nullable=False),
        sa.Column("effective_to", sa.Date, nullable=False),
        *choice("agreement", "status", "draft", "in_force", "terminated"),
        *versioned(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.CheckConstraint("effective_to >= effective_from", name=op.f("ck_agreement_dates")),
        sa.UniqueConstraint("title", name=op.f("uq_agreement_title")),
    )
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("occurred_at", MOMENT, nullable=False),
        sa.Column("actor_id", sa.Uuid),
        sa.Column("actor_label", sa.Text, nullable=False),
        sa.Column("organisation_id", sa.Uuid),
        sa.Column("session_id", sa.Uuid),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("object_type", sa.String(40), nullable=False),
        sa.Column("object_id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        *sealed("audit_event", "reason_sealed"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_event_hash")),
        sa.UniqueConstraint("position", name=op.f("uq_audit_event_position")),
    )
    op.create_index(op.f("ix_audit_event_actor_id"), "audit_event", ["actor_id"])
    op.create_index(op.f("ix_audit_event_case_id"), "audit_event", ["case_id"])
    op.create_index(op.f("ix_audit_event_object_id"), "audit_event", ["object_id"])
    op.create_table(
        "dard_case",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("reference", sa.String(20), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        *choice(
            "dard_case",
            "stream",
            "drug_related_death",
            "alcohol_related_death",
            "near_fatal_overdose",
            "death_in_treatment",
        ),
        *choice(
            "dard_case",
            "status",
            "notified",
            "open",
            "information_gathering",
            "ready_for_triage",
            "scheduled",
            "reviewed",
            "actions_open",
            "closed",
            "out_of_scope",
            "on_hold",
        ),
        sa.Column("event_date", sa.Date),
        *choice(
            "dard_case", "event_date_precision", "exact", "estimated", "found", "reported", "month", "year", "unknown"
        ),
        sa.Column("district", sa.Text),
        *versioned(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dard_case")),
        sa.CheckConstraint(
            "(event_date IS NULL) = (event_date_precision = 'unknown')", name=op.f("ck_dard_case_event_date")
        ),
        sa.UniqueConstraint("reference", name=op.f("uq_dard_case_reference")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_dard_case_year_number")),
    )
    op.create_index(op.f("ix_dard_case_event_date"), "dard_case", ["event_date"])
    op.create_index(op.f("ix_dard_case_status"), "dard_case", ["status"])
    op.create_table(
        "meeting",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        *choice("meeting", "status", "planned", "held", "cancelled"),
        *versioned(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    op.create_index(op.f("ix_meeting_starts_at"), "meeting", ["starts_at"])
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        *choice(
            "organisation",
            "kind",
            "council",
            "treatment_provider",
            "police",
            "ambulance",
            "acute_trust",
            "mental_health_trust",
            "integrated_care_board",
            "coroner",
            "prison_probation",
            "housing",
            "primary_care",
            "voluntary",
            "other",
        ),
        sa.Column("active", sa.Boolean, nullable=False),
        *versioned(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("name", name=op.f("uq_organisation_name")),
    )
    op.create_table(
        "agenda_item",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column(
            "meeting_id",
            sa.Uuid,
            sa.ForeignKey("meeting.id", name=op.f("fk_agenda_item_meeting_id"), ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column(
            "case_id", sa.Uuid, sa.ForeignKey("dard_case.id", name=op.f("fk_agenda_item_case_id")), nullable=False
        ),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("pseudonym", sa.String(20), nullable=False),
        *recorded(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
        sa.UniqueConstraint("meeting_id", "case_id", name=op.f("uq_agenda_item_meeting_id_case_id")),
        sa.UniqueConstraint("meeting_id", "pseudonym", name=op.f("uq_agenda_item_meeting_id_pseudonym")),
    )
    op.create_index(op.f("ix_agenda_item_case_id"), "agenda_item", ["case_id"])
    op.create_table(
        "agreement_party",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column(
            "agreement_id",
            sa.Uuid,
            sa.ForeignKey("agreement.id", name=op.f("fk_agreement_party_agreement_id"), ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column(
            "organisation_id",
            sa.Uuid,
            sa.ForeignKey("organisation.id", name=op.f("fk_agreement_party_organisation_id")),
            nullable=False,
        ),
        *choice("agreement_party", "state", "invited", "signed", "declined", "withdrawn"),
        sa.Column("signatory_name", sa.Text),
        sa.Column("signatory_office", sa.Text),
        sa.Column("signed_on", sa.Date),
        *recorded(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_party")),
        sa.CheckConstraint(
            "(signed_on IS NULL) = (signatory_name IS NULL)", name=op.f("ck_agreement_party_signatory_name")
        ),
        sa.CheckConstraint(
            "(signed_on IS NULL) = (signatory_office IS NULL)", name=op.f("ck_agreement_party_signatory_office")
        ),
        sa.CheckConstraint(
            "(state IN ('signed', 'withdrawn')) = (signed_on IS NOT NULL)", name=op.f("ck_agreement_party_signed_on")
        ),
        sa.UniqueConstraint(
            "agreement_id", "organisation_id", name=op.f("uq_agreement_party_agreement_id_organisation_id")
        ),
    )
    op.create_index(op.f("ix_agreement_party_organisation_id"), "agreement_party", ["organisation_id"])
    op.create_table(
        "app_user",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column(
            "organisation_id",
            sa.Uuid,
            sa.ForeignKey("organisation.id", name=op.f("fk_app_user_organisation_id")),
            nullable=False,
        ),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("password_hash", sa.Text),
        sa.Column("second_factor_confirmed_at", MOMENT),
        sa.Column("last_totp_step", sa.BigInteger, nullable=False),
        sa.Column("last_signed_in_at", MOMENT),
        sa.Column("joining_token_hash", sa.LargeBinary(32)),
        sa.Column("joining_expires_at", MOMENT),
        *sealed("app_user", "totp_secret_sealed"),
        *versioned(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_user")),
        sa.UniqueConstraint("email", name=op.f("uq_app_user_email")),
        sa.UniqueConstraint("joining_token_hash", name=op.f("uq_app_user_joining_token_hash")),
    )
    op.create_index(op.f("ix_app_user_organisation_id"), "app_user", ["organisation_id"])
    op.create_table(
        "case_event",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column(
            "case_id",
            sa.Uuid,
            sa.ForeignKey("dard_case.id", name=op.f("fk_case_event_case_id"), ondelete="CASCADE"),
            nullable=False,
        ),
        *choice(
            "case_event",
            "place",
            "own_home",
            "others_home",
            "private_home",
            "hostel",
            "care_home",
            "hotel",
            "street",
            "public_space",
            "public_toilet",
            "public_building",
            "venue",
            "vehicle",
            "workplace",
            "hospital",
            "treatment_service",
            "prison",
            "custody",
            "other",
            "unknown",
            "not_recorded",
        ),
        *sealed("case_event", "narrative_sealed"),
        *versioned(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_event")),
        sa.UniqueConstraint("case_id", name=op.f("uq_case_event_case_id")),
    )
    op.create_table(
        "case_notification",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column(
            "case_id",
            sa.Uuid,
            sa.ForeignKey("dard_case.id", name=op.f("fk_case_notification_case_id"), ondelete="CASCADE"),
            nullable=False,
        ),
        *choice(
            "case_notification",
            "source",
            "treatment_provider",
            "police",
            "coroner",
            "ambulance",
            "hospital",
            "medical_examiner",
            "gp",
            "prison",
            "probation",
            "housing",
            "adult_social_care",
            "family_or_public",
            "patient_safety",
            "other_area",
            "other",
        ),
        sa.Column("received_at", MOMENT, nullable=False),
        *sealed("case_notification", "source_reference_sealed"),
        *sealed("case_notification", "notifier_name_sealed"),
        *sealed("case_notification", "notifier_contact_sealed"),
        *recorded(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_notification")),
        sa.UniqueConstraint("case_id", name=op.f("uq_case_notification_case_id")),
    )
    op.create_table(
        "case_person",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column(
            "case_id",
            sa.Uuid,
            sa.ForeignKey("dard_case.id", name=op.f("fk_case_person_case_id"), ondelete="CASCADE"),
            nullable=False,
        ),
        *choice("case_person", "sex", "female", "male", "other", "unknown", "not_recorded"),
        sa.Column("age", sa.Integer),
        sa.Column("nhs_number_index", sa.LargeBinary(16)),
        *sealed("case_person", "full_name_sealed"),
        *sealed("case_person", "aliases_sealed"),
        *sealed("case_person", "date_of_birth_sealed"),
        *sealed("case_person", "nhs_number_sealed"),
        *sealed("case_person", "address_sealed"),
        *sealed("case_person", "postcode_sealed"),
        *versioned(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_person")),
        sa.CheckConstraint("age BETWEEN 0 AND 120", name=op.f("ck_case_person_age")),
        sa.UniqueConstraint("case_id", name=op.f("uq_case_person_case_id")),
    )
    op.create_index(op.f("ix_case_person_nhs_number_index"), "case_person", ["nhs_number_index"])
    op.create_table(
        "case_substance",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column(
            "case_id",
            sa.Uuid,
            sa.ForeignKey("dard_case.id", name=op.f("fk_case_substance_case_id"), ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("code", sa.String(60), nullable=False),
        *choice("case_substance", "role", "suspected", "confirmed"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_substance")),
        sa.UniqueConstraint("case_id", "code", name=op.f("uq_case_substance_case_id_code")),
    )
    op.create_index(op.f("ix_case_substance_code"), "case_substance", ["code"])
    op.create_table(
        "imported_row",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("profile", sa.String(40), nullable=False),
        sa.Column("row_key", sa.LargeBinary(32), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(32), nullable=False),
        sa.Column(
            "case_id",
            sa.Uuid,
            sa.ForeignKey("dard_case.id", name=op.f("fk_imported_row_case_id"), ondelete="CASCADE"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_row")),
        sa.UniqueConstraint("profile", "row_key", name=op.f("uq_imported_row_profile_row_key")),
    )
    op.create_index(op.f("ix_imported_row_case_id"), "imported_row", ["case_id"])
    op.create_table(
        "action",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("reference", sa.String(20), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("case_id", sa.Uuid, sa.ForeignKey("dard_case.id", name=op.f("fk_action_case_id")), nullable=False),
        sa.Column(
            "meeting_id", sa.Uuid, sa.ForeignKey("meeting.id", name=op.f("fk_action_meeting_id")), nullable=False
        ),
        sa.Column(
            "owner_organisation_id",
            sa.Uuid,
            sa.ForeignKey("organisation.id", name=op.f("fk_action_owner_organisation_id")),
            nullable=False,
        ),
        sa.Column("owner_id", sa.Uuid, sa.ForeignKey("app_user.id", name=op.f("fk_action_owner_id"))),
        sa.Column("due_on", sa.Date, nullable=False),
        *choice("action", "priority", "high", "medium", "low"),
        *choice("action", "status", "agreed", "in_progress", "blocked", "awaiting_sign_off", "closed", "rejected"),
        sa.Column(
            "assigned_by_id",
            sa.Uuid,
            sa.ForeignKey("app_user.id", name=op.f("fk_action_assigned_by_id")),
            nullable=False,
        ),
        sa.Column("ended_at", MOMENT),
        sa.Column("ended_by_id", sa.Uuid, sa.ForeignKey("app_user.id", name=op.f("fk_action_ended_by_id"))),
        *sealed("action", "text_sealed", nullable=False),
        *sealed("action", "outcome_sealed"),
        *versioned(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action")),
        sa.CheckConstraint(
            "(status IN ('closed', 'rejected')) = (ended_at IS NOT NULL)", name=op.f("ck_action_ended_at")
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name=op.f("ck_action_ended_by")),
        sa.UniqueConstraint("reference", name=op.f("uq_action_reference")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_action_year_number")),
    )
    op.create_index(op.f("ix_action_case_id"), "action", ["case_id"])
    op.create_index(op.f("ix_action_due_on"), "action", ["due_on"])
    op.create_index(op.f("ix_action_meeting_id"), "action", ["meeting_id"])
    op.create_index(op.f("ix_action_owner_id"), "action", ["owner_id"])
    op.create_index(op.f("ix_action_owner_organisation_id"), "action", ["owner_organisation_id"])
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("profile", sa.String(40), nullable=False),
        sa.Column("uploaded_by_id", sa.Uuid, sa.ForeignKey("app_user.id", name=op.f("fk_import_batch_uploaded_by_id"))),
        *choice("import_batch", "status", "previewed", "confirmed", "discarded"),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("created", sa.Integer),
        sa.Column("unchanged", sa.Integer),
        sa.Column("errors", sa.Integer),
        sa.Column("confirmed_at", MOMENT),
        *sealed("import_batch", "content_sealed"),
        *versioned(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
        sa.CheckConstraint(
            "(status = 'previewed') = (content_sealed IS NOT NULL)", name=op.f("ck_import_batch_content_kept")
        ),
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column(
            "meeting_id",
            sa.Uuid,
            sa.ForeignKey("meeting.id", name=op.f("fk_invitation_meeting_id"), ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("user_id", sa.Uuid, sa.ForeignKey("app_user.id", name=op.f("fk_invitation_user_id")), nullable=False),
        *choice("invitation", "reply", "awaited", "accepted", "declined"),
        *recorded(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("meeting_id", "user_id", name=op.f("uq_invitation_meeting_id_user_id")),
    )
    op.create_index(op.f("ix_invitation_user_id"), "invitation", ["user_id"])
    op.create_table(
        "pack",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("meeting_id", sa.Uuid, sa.ForeignKey("meeting.id", name=op.f("fk_pack_meeting_id")), nullable=False),
        sa.Column(
            "recipient_id", sa.Uuid, sa.ForeignKey("app_user.id", name=op.f("fk_pack_recipient_id")), nullable=False
        ),
        sa.Column(
            "organisation_id",
            sa.Uuid,
            sa.ForeignKey("organisation.id", name=op.f("fk_pack_organisation_id")),
            nullable=False,
        ),
        sa.Column("edition", sa.Integer, nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column(
            "issued_by_id", sa.Uuid, sa.ForeignKey("app_user.id", name=op.f("fk_pack_issued_by_id")), nullable=False
        ),
        *sealed("pack", "content_sealed", nullable=False),
        *recorded(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack")),
        sa.UniqueConstraint(
            "meeting_id", "recipient_id", "edition", name=op.f("uq_pack_meeting_id_recipient_id_edition")
        ),
        sa.UniqueConstraint("number", name=op.f("uq_pack_number")),
    )
    op.create_index(op.f("ix_pack_recipient_id"), "pack", ["recipient_id"])
    op.create_table(
        "sign_in_session",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column(
            "user_id",
            sa.Uuid,
            sa.ForeignKey("app_user.id", name=op.f("fk_sign_in_session_user_id"), ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        *recorded(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_session_token_hash")),
    )
    op.create_index(op.f("ix_sign_in_session_user_id"), "sign_in_session", ["user_id"])
    op.create_table(
        "summary",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, sa.ForeignKey("dard_case.id", name=op.f("fk_summary_case_id")), nullable=False),
        *choice("summary", "status", "draft", "submitted", "approved"),
        sa.Column(
            "written_by_id",
            sa.Uuid,
            sa.ForeignKey("app_user.id", name=op.f("fk_summary_written_by_id")),
            nullable=False,
        ),
        sa.Column("approved_by_id", sa.Uuid, sa.ForeignKey("app_user.id", name=op.f("fk_summary_approved_by_id"))),
        sa.Column("approved_at", MOMENT),
        *sealed("summary", "text_sealed", nullable=False),
        *sealed("summary", "return_note_sealed"),
        *versioned(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summary")),
        sa.CheckConstraint("(status = 'approved') = (approved_at IS NOT NULL)", name=op.f("ck_summary_approved_at")),
        sa.CheckConstraint("(status = 'approved') = (approved_by_id IS NOT NULL)", name=op.f("ck_summary_approved_by")),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> written_by_id", name=op.f("ck_summary_second_person")
        ),
        sa.UniqueConstraint("case_id", name=op.f("uq_summary_case_id")),
    )
    op.create_table(
        "user_role",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column(
            "user_id",
            sa.Uuid,
            sa.ForeignKey("app_user.id", name=op.f("fk_user_role_user_id"), ondelete="CASCADE"),
            nullable=False,
        ),
        *choice("user_role", "role", "coordinator", "chair", "member", "officer", "administrator"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_role")),
        sa.UniqueConstraint("user_id", "role", name=op.f("uq_user_role_user_id_role")),
    )
    op.create_table(
        "action_update",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column(
            "action_id",
            sa.Uuid,
            sa.ForeignKey("action.id", name=op.f("fk_action_update_action_id"), ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column(
            "author_id", sa.Uuid, sa.ForeignKey("app_user.id", name=op.f("fk_action_update_author_id")), nullable=False
        ),
        *choice(
            "action_update", "status", "agreed", "in_progress", "blocked", "awaiting_sign_off", "closed", "rejected"
        ),
        *sealed("action_update", "text_sealed", nullable=False),
        *recorded(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_update")),
    )
    op.create_index(op.f("ix_action_update_action_id"), "action_update", ["action_id"])


def downgrade() -> None:
    op.drop_table("action_update")
    op.drop_table("user_role")
    op.drop_table("summary")
    op.drop_table("sign_in_session")
    op.drop_table("pack")
    op.drop_table("invitation")
    op.drop_table("import_batch")
    op.drop_table("action")
    op.drop_table("imported_row")
    op.drop_table("case_substance")
    op.drop_table("case_person")
    op.drop_table("case_notification")
    op.drop_table("case_event")
    op.drop_table("app_user")
    op.drop_table("agreement_party")
    op.drop_table("agenda_item")
    op.drop_table("organisation")
    op.drop_table("meeting")
    op.drop_table("dard_case")
    op.drop_table("audit_event")
    op.drop_table("agreement")

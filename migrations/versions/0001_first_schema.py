"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _feeds()
    _setbacks()
    _webpages()
    _alerts()
    _texts()
    _matches()
    _over_time()
    _deliveries()
    _verdicts()
    _rules()
    _silences()
    _access()


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for index, *_ in _FULL_TEXT:
            op.drop_table(index)
    for table in (
        "audit",
        "sessions",
        "sign_ins",
        "tokens",
        "tallies",
        "slots",
        "silenced",
        "silences",
        "acknowledgements",
        "notices",
        "notice_retries",
        "secrets",
        "rule_files",
        "rule_revisions",
        "verdicts",
        "leaders",
        "service",
        "refusals",
        "deliveries",
        "subscriptions",
        "outages",
        "findings",
        "near_misses",
        "matches",
        "reports",
        "alert_texts",
        "alert_tags",
        "alert_keys",
        "alert_revisions",
        "threads",
        "alerts",
        "webpages",
        "setbacks",
        "articles",
        "feed_states",
        "feeds",
    ):
        op.drop_table(table)


def _feeds() -> None:
    op.create_table(
        "feeds",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("interval", sa.Float(), nullable=False),
        sa.Column("vital", sa.Boolean(), nullable=False),
        sa.Column("full_text", sa.Boolean(), nullable=False),
        sa.Column("from_config", sa.Boolean(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("added", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feeds"),
    )
    op.create_table(
        "feed_states",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("first_polled", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_polled", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_good", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_new", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("moved_to", sa.Text(), nullable=True),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("recent", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["feed"], ["feeds.id"], name="fk_feed_states_feed", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("feed", name="pk_feed_states"),
    )
    op.create_table(
        "articles",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("published", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fetched", sa.DateTime(timezone=True), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("analysed", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_articles"),
    )
    op.create_index("ix_articles_fetched_id", "articles", ["fetched", "id"])
    op.create_index("ix_articles_feed_fetched", "articles", ["feed", "fetched"])
    op.create_index(
        "ix_articles_pending",
        "articles",
        ["fetched", "id"],
        sqlite_where=sa.text("analysed IS NULL"),
        postgresql_where=sa.text("analysed IS NULL"),
    )


def _setbacks() -> None:
    op.create_table(
        "setbacks",
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("failed", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name="fk_setbacks_article", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article", name="pk_setbacks"),
    )


def _webpages() -> None:
    op.create_table(
        "webpages",
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("settled", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name="fk_webpages_article", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article", name="pk_webpages"),
    )
    unsettled = sa.text("settled IS NULL")
    op.create_index(
        "ix_webpages_unsettled",
        "webpages",
        ["until"],
        sqlite_where=unsettled,
        postgresql_where=unsettled,
    )


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("shadow", sa.Boolean(), nullable=False),
        sa.Column("opened", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("date", sa.Date()),
        sa.Column("figure", sa.Integer()),
        sa.Column("published", sa.DateTime(timezone=True)),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
    )
    op.create_index("ix_alerts_number", "alerts", ["number"], unique=True)
    op.create_index(
        "ix_alerts_number_opened_level_standing_shadow_status",
        "alerts",
        ["number", "opened", "level", "standing", "shadow", "status"],
    )
    op.create_table(
        "alert_revisions",
        sa.Column("alert", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert"], ["alerts.id"], name="fk_alert_revisions_alert", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("alert", "revision", name="pk_alert_revisions"),
    )
    op.create_index("ix_alert_revisions_number", "alert_revisions", ["number"], unique=True)
    op.create_table(
        "threads",
        sa.Column("alert", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alert"], ["alerts.id"], name="fk_threads_alert", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("alert", "channel", "target", name="pk_threads"),
    )
    op.create_table(
        "alert_keys",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("alert", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alert"], ["alerts.id"], name="fk_alert_keys_alert", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", "alert", name="pk_alert_keys"),
    )
    op.create_index("ix_alert_keys_alert", "alert_keys", ["alert"])
    op.create_table(
        "alert_tags",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("number", _NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["alerts.number"], name="fk_alert_tags_number", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("kind", "value", "number", name="pk_alert_tags"),
    )
    op.create_index("ix_alert_tags_number_kind_value", "alert_tags", ["number", "kind", "value"])
    op.create_table(
        "reports",
        sa.Column("alert", sa.Text(), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alert"], ["alerts.id"], name="fk_reports_alert", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("alert", "article", name="pk_reports"),
    )
    op.create_index("ix_reports_article", "reports", ["article"])


def _texts() -> None:
    op.create_table(
        "alert_texts",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["alerts.number"], name="fk_alert_texts_number", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name="pk_alert_texts"),
    )
    if op.get_bind().dialect.name == "postgresql":
        _text_indexes()
    else:
        for index, column, tokenizer in _FULL_TEXT:
            _full_text(index, column, tokenizer)


# On SQLite. Words are parted, and both columns folded, before they come here; hence the plainest tokenizers.
_FULL_TEXT = (("alert_parts", "folded", "trigram case_sensitive 1"), ("alert_words", "words", "ascii"))


def _full_text(index: str, column: str, tokenizer: str) -> None:
    """One FTS5 table over a column of `alert_texts`, kept in step by triggers."""
    forget = f"INSERT INTO {index} ({index}, rowid, {column}) VALUES ('delete', old.number, old.{column})"  # noqa: S608 - names from _FULL_TEXT
    learn = f"INSERT INTO {index} (rowid, {column}) VALUES (new.number, new.{column})"  # noqa: S608 - as above
    op.execute(
        f"CREATE VIRTUAL TABLE {index} USING fts5"
        f"({column}, content='alert_texts', content_rowid='number', tokenize='{tokenizer}')"
    )
    for event, done in (("INSERT", [learn]), ("DELETE", [forget]), ("UPDATE", [forget, learn])):
        op.execute(
            f"CREATE TRIGGER {index}_{event.lower()} AFTER {event} ON alert_texts "
            f"BEGIN {'; '.join(done)}; END"
        )


def _text_indexes() -> None:
    """On PostgreSQL; the one of pg_trgm where the extension is there or we may make it."""
    op.execute("CREATE INDEX ix_alert_texts_words ON alert_texts USING gin (string_to_array(words, ' '))")
    bind = op.get_bind()
    try:
        with bind.begin_nested():
            bind.execute(sa.text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
            bind.execute(
                sa.text("CREATE INDEX ix_alert_texts_parts ON alert_texts USING gin (folded gin_trgm_ops)")
            )
    except sa.exc.DBAPIError:
        pass  # search reads the texts through


def _matches() -> None:
    op.create_table(
        "matches",
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("alert", sa.Text(), nullable=True),
        sa.Column("found", sa.DateTime(timezone=True), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alert"], ["alerts.id"], name="fk_matches_alert", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name="fk_matches_article", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article", "position", name="pk_matches"),
    )
    op.create_index("ix_matches_alert", "matches", ["alert"])
    op.create_index("ix_matches_rule_found", "matches", ["rule", "found"])
    op.create_index("ix_matches_rule_date", "matches", ["rule", "date"])
    op.create_table(
        "near_misses",
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("found", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article"], ["articles.id"], name="fk_near_misses_article", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article", "position", name="pk_near_misses"),
    )
    op.create_index("ix_near_misses_found", "near_misses", ["found"])
    op.create_index("ix_near_misses_rule_found", "near_misses", ["rule", "found"])


def _over_time() -> None:
    op.create_table(
        "findings",
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("holds", sa.Text(), nullable=False),
        sa.Column("alert", sa.Text(), nullable=True),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alert"], ["alerts.id"], name="fk_findings_alert", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("rule", "date", "zone", name="pk_findings"),
    )
    op.create_index("ix_findings_alert", "findings", ["alert"])
    op.create_table(
        "outages",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("began", sa.Date(), nullable=False),
        sa.Column("ended", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("feed", "began", name="pk_outages"),
    )


def _deliveries() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("muted", sa.Text(), nullable=False),
        sa.Column("min_level", sa.Integer(), nullable=False),
        sa.Column("actors", sa.Text(), nullable=False),
        sa.Column("places", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("min_grade", sa.Text(), nullable=False),
        sa.Column("timing", sa.Text(), nullable=False),
        sa.Column("notices", sa.Boolean(), nullable=False),
        sa.Column("daily", sa.Text(), nullable=True),
        sa.Column("escalate_to", sa.Text(), nullable=False),
        sa.Column("escalate_after", sa.Float(), nullable=False),
        sa.Column("asked", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("from_config", sa.Boolean(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("trial", sa.Boolean(), nullable=False),
        sa.Column("updates", sa.Boolean(), nullable=False),
        sa.Column("feed_renewed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscriptions"),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("alert", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("subscription", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held", sa.Text(), nullable=True),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("repeated", sa.Boolean(), nullable=False),
        sa.Column("revived", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["alert"], ["alerts.id"], name="fk_deliveries_alert", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_alert", "deliveries", ["alert"])
    op.create_index("ix_deliveries_created", "deliveries", ["created"])
    op.create_index(
        "ix_deliveries_pending",
        "deliveries",
        ["next_at"],
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_deliveries_batch",
        "deliveries",
        ["batch"],
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "slots",
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("taken", sa.Float(), nullable=False),
        sa.Column("free", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("place", name="pk_slots"),
    )
    op.create_table(
        "refusals",
        sa.Column("alert", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("subscription", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["alert"], ["alerts.id"], name="fk_refusals_alert", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("alert", "revision", "subscription", name="pk_refusals"),
    )
    op.create_table(
        "service",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("beat", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_service"),
    )
    op.create_table(
        "leaders",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("beat", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leaders"),
    )


def _verdicts() -> None:
    op.create_table(
        "verdicts",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("alert", sa.Text(), nullable=False),
        sa.Column("analyst", sa.Text(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("given", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alert"], ["alerts.id"], name="fk_verdicts_alert", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number", name="pk_verdicts"),
    )
    op.create_index("ix_verdicts_alert", "verdicts", ["alert"])


def _rules() -> None:
    op.create_table(
        "rule_revisions",
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("first", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("rule", "first", name="pk_rule_revisions"),
    )
    op.create_table(
        "rule_files",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_rule_files"),
    )
    op.create_table(
        "secrets",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_secrets"),
    )
    op.create_table(
        "notices",
        sa.Column("subscription", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("told", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription"], ["subscriptions.id"], name="fk_notices_subscription", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("subscription", "subject", name="pk_notices"),
    )
    op.create_table(
        "notice_retries",
        sa.Column("subscription", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription"], ["subscriptions.id"], name="fk_notice_retries_subscription", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("subscription", name="pk_notice_retries"),
    )


def _silences() -> None:
    op.create_table(
        "acknowledgements",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("alert", sa.Text(), nullable=False),
        sa.Column("analyst", sa.Text(), nullable=False),
        sa.Column("given", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert"], ["alerts.id"], name="fk_acknowledgements_alert", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name="pk_acknowledgements"),
    )
    op.create_index("ix_acknowledgements_alert", "acknowledgements", ["alert"])
    op.create_table(
        "silences",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("max_level", sa.Integer(), nullable=False),
        sa.Column("actors", sa.Text(), nullable=False),
        sa.Column("places", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_silences"),
    )
    op.create_table(
        "silenced",
        sa.Column("silence", sa.Text(), nullable=False),
        sa.Column("alert", sa.Text(), nullable=False),
        sa.Column("subscription", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["silence"], ["silences.id"], name="fk_silenced_silence", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["alert"], ["alerts.id"], name="fk_silenced_alert", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("silence", "alert", "subscription", name="pk_silenced"),
    )


def _access() -> None:
    op.create_table(
        "tallies",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_tallies"),
    )
    op.create_table(
        "tokens",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_tokens"),
    )
    op.create_table(
        "sign_ins",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("onward", sa.Text(), nullable=False),
        sa.Column("used", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("digest", name="pk_sign_ins"),
    )
    op.create_index("ix_sign_ins_person", "sign_ins", ["person"])
    op.create_table(
        "sessions",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_sessions"),
    )
    op.create_index("ix_sessions_person", "sessions", ["person"])
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("thing", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])

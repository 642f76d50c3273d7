"""The schema. Migrations follow it; a test holds the two together.

A noun that the database filters by lies in columns. What is only ever read whole (an alert, a report, a
match) lies as JSON in `body`, and beside it stand the columns that queries need.
"""

from monitor.storage.tables.access import audit, secrets, sessions, sign_ins, tokens
from monitor.storage.tables.alerting import (
    acknowledgements,
    alert_keys,
    alert_revisions,
    alert_tags,
    alert_texts,
    alerts,
    reports,
    threads,
    verdicts,
)
from monitor.storage.tables.incoming import articles, feed_states, feeds, setbacks, webpages
from monitor.storage.tables.rules import findings, matches, near_misses, outages, rule_files, rule_revisions
from monitor.storage.tables.running import leaders, service, tallies
from monitor.storage.tables.schema import metadata
from monitor.storage.tables.sending import (
    deliveries,
    notice_retries,
    notices,
    refusals,
    silenced,
    silences,
    slots,
    subscriptions,
)

REVISION = "0001"  # newest migration; revisions are numbers, so that an older program knows a newer schema

__all__ = [
    "REVISION",
    "acknowledgements",
    "alert_keys",
    "alert_revisions",
    "alert_tags",
    "alert_texts",
    "alerts",
    "articles",
    "audit",
    "deliveries",
    "feed_states",
    "feeds",
    "findings",
    "leaders",
    "matches",
    "metadata",
    "near_misses",
    "notice_retries",
    "notices",
    "outages",
    "refusals",
    "reports",
    "rule_files",
    "rule_revisions",
    "secrets",
    "service",
    "sessions",
    "setbacks",
    "sign_ins",
    "silenced",
    "silences",
    "slots",
    "subscriptions",
    "tallies",
    "threads",
    "tokens",
    "verdicts",
    "webpages",
]

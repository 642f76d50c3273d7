"""The nouns of the product: frozen values in which the stages meet.

Words follow the glossary in CONTRIBUTING.md. All times are aware and in UTC; dates of events are local
to the place of the event.
"""

from monitor.model.alerting import (
    Acknowledgement,
    Alert,
    AlertVerdict,
    Decision,
    Delivery,
    DeliveryState,
    Digest,
    Held,
    Message,
    Notice,
    Opinion,
    Reason,
    Revision,
    Silence,
    Stage,
    Subscription,
    Thread,
    Turn,
    delivery_id,
    digest_id,
    notice_id,
)
from monitor.model.extraction import Count, Event, Mention, Need, Reading, Span
from monitor.model.feeds import Article, Feed, FeedState, Identity, Standing, article_id
from monitor.model.matching import Evidence, Match, NearMiss, RuleRevision, Verdict
from monitor.model.overtime import Finding, Holds, Outage, Sign
from monitor.model.reports import Bearing, Report
from monitor.model.timing import Every, Quiet, Rhythm, Timing
from monitor.model.vocabulary import Answers, Entity, Kind, Term, Vocabulary
from monitor.model.words import Because, Level, Status

__all__ = [
    "Acknowledgement",
    "Alert",
    "AlertVerdict",
    "Answers",
    "Article",
    "Bearing",
    "Because",
    "Count",
    "Decision",
    "Delivery",
    "DeliveryState",
    "Digest",
    "Entity",
    "Event",
    "Every",
    "Evidence",
    "Feed",
    "FeedState",
    "Finding",
    "Held",
    "Holds",
    "Identity",
    "Kind",
    "Level",
    "Match",
    "Mention",
    "Message",
    "NearMiss",
    "Need",
    "Notice",
    "Opinion",
    "Outage",
    "Quiet",
    "Reading",
    "Reason",
    "Report",
    "Revision",
    "Rhythm",
    "RuleRevision",
    "Sign",
    "Silence",
    "Span",
    "Stage",
    "Standing",
    "Status",
    "Subscription",
    "Term",
    "Thread",
    "Timing",
    "Turn",
    "Verdict",
    "Vocabulary",
    "article_id",
    "delivery_id",
    "digest_id",
    "notice_id",
]

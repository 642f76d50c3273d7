"""The nouns of the product: frozen values in which the stages meet.

Words follow the glossary in CONTRIBUTING.md. All times are aware and in UTC; dates of events are local
to the place of the event.
"""

from monitor.model.alerting import (
    Alert,
    AlertVerdict,
    Decision,
    Delivery,
    DeliveryState,
    Message,
    Opinion,
    Reason,
    Report,
    Subscription,
    delivery_id,
)
from monitor.model.extraction import Count, Event, Mention, Need, Reading, Span
from monitor.model.feeds import Article, Feed, FeedState, Identity, Standing, article_id
from monitor.model.matching import Evidence, Match, NearMiss, Verdict
from monitor.model.overtime import Finding, Holds, Outage, Sign
from monitor.model.vocabulary import Entity, Kind, Term, Vocabulary
from monitor.model.words import Because, Level, Status

__all__ = [
    "Alert",
    "AlertVerdict",
    "Article",
    "Because",
    "Count",
    "Decision",
    "Delivery",
    "DeliveryState",
    "Entity",
    "Event",
    "Evidence",
    "Feed",
    "FeedState",
    "Finding",
    "Holds",
    "Identity",
    "Kind",
    "Level",
    "Match",
    "Mention",
    "Message",
    "NearMiss",
    "Need",
    "Opinion",
    "Outage",
    "Reading",
    "Reason",
    "Report",
    "Sign",
    "Span",
    "Standing",
    "Status",
    "Subscription",
    "Term",
    "Verdict",
    "Vocabulary",
    "article_id",
    "delivery_id",
]

"""The webhook's payload: an alert as plain JSON values. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.alerting.text import encodable
from monitor.model import Alert, Count, Delivery, Report


def payload(
    alert: Alert, delivery: Delivery, *, changes: Sequence[str] = (), **lines: str
) -> dict[str, object]:
    """The webhook's payload: plain JSON values, times in ISO 8601 with offset, slugs as in the rules."""
    return {
        **lines,
        "alert": alert.id,
        "revision": alert.revision,
        "reason": delivery.reason.value,
        "subscription": delivery.subscription,
        "repeated": delivery.repeated,
        "stage": alert.stage.value,
        "changes": list(changes),
        "level": str(alert.level),
        "status": alert.status.value,
        "rules": [
            {"id": rule, "title": title} for rule, title in zip(alert.rules, alert.titles, strict=True)
        ],
        "event": {
            "actors": list(alert.actors),
            "action": alert.action,
            "objects": list(alert.objects),
            "recipients": list(alert.recipients),
            "places": list(alert.places),
            "date": alert.date.isoformat() if alert.date else None,
            "count": _count(alert.count),
        },
        "opened": alert.opened.isoformat(),
        "updated": alert.updated.isoformat(),
        "reports": [_report(each) for each in alert.reports],
    }


def _report(report: Report) -> dict[str, object]:
    return {
        "article": report.article,
        "publisher": encodable(report.publisher),
        "grade": report.grade,
        "source": report.source,
        "bearing": report.bearing.value,
        "retracted": report.retracted,
        "disputed_by": encodable(report.disputed_by),
        "taken_back_by": encodable(report.taken_back_by),
        "url": encodable(report.url),
        "title": encodable(report.title),
        "published": report.published.isoformat() if report.published else None,
        "fetched": report.fetched.isoformat(),
        "sentence": encodable(report.sentence.text),
        "evidence": [
            {
                "field": each.span.field,
                "start": each.span.start,
                "end": each.span.end,
                "text": encodable(each.span.text),
                "role": each.role,
            }
            for each in report.evidence
        ],
        "rules": list(report.rules),
        "count": _count(report.count),
    }


def _count(count: Count | None) -> dict[str, object] | None:
    return None if count is None else {"min": count.min, "max": count.max, "text": encodable(count.text)}

"""An alert to a message: its first lines, the webhook's payload, plain text and HTML."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from monitor.alerting.origins import one_text, origins
from monitor.alerting.payload import payload
from monitor.alerting.phrase import count_text, phrase, shown
from monitor.alerting.text import calm, encodable
from monitor.model import (
    Alert,
    Bearing,
    Count,
    Delivery,
    Digest,
    Evidence,
    Message,
    Notice,
    Reason,
    Report,
    Span,
    Stage,
)

SEOUL = ZoneInfo("Asia/Seoul")  # Korea and Japan keep the same time, without summer time
_REPORTS_SHOWN = 10
_ALERTS_SHOWN = 100  # in a digest; mail programs cut longer ones off
_PUBLISHERS_NAMED = 2
_NEWS: Mapping[Reason, str] = {
    Reason.CORRECTED: "CORRECTED",
    Reason.DISPUTED: "DISPUTED",
    Reason.UPDATED: "UPDATED",
}
_FEWEST_DAYS = 2  # a pause shorter than this is not worth a word
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(enabled_extensions=("html.j2",)),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(
    alert: Alert,
    delivery: Delivery,
    *,
    names: Mapping[str, str],
    last_before: dt.datetime | None = None,
    changes: Sequence[str] = (),
    zone: str = "UTC",
) -> Message:
    """The message for one delivery.

    `names` gives display texts by slug; `last_before` is when an alert of this kind was last opened before
    this one, None where there is none or nobody looked; `changes` is what changed since the subscriber was
    last told; `zone` is the subscriber's own.
    """
    headline = _headline(alert, lead_report(alert, delivery.reason), names, now=delivery.created)
    report = shown_report(alert, delivery.reason)
    standing = _standing_line(alert, delivery.reason, last_before, names)
    return Message(
        delivery=delivery,
        alert=alert,
        headline=headline,
        standing_line=standing,
        sentence=calm(report.sentence.text),
        marks=_marks(report),
        changes=() if delivery.reason is Reason.FIRST else tuple(changes),
        zone=zone,
        links=tuple(dict.fromkeys(each.url for each in (report, *alert.reports) if is_link(each.url))),
        data=payload(alert, delivery, headline=headline, standing_line=standing, changes=changes),
    )


def page_of(alert: Alert, address: str) -> str:
    """The alert's page, of a service whose pages are at that address; "" for nowhere."""
    return f"{address}/alerts/{alert.id}" if address else ""


def lead_report(alert: Alert, reason: Reason) -> Report:
    """The report that lends its words: of those that raised the level, or of all, the fullest of the best grade."""
    standing = alert.standing_reports
    raising = [report for report in standing if report.level == alert.level]
    asked = raising if reason is Reason.LEVEL_RAISED and raising else standing
    return max(
        asked,
        key=lambda report: (
            report.count is not None and report.count == alert.count,
            len({each.role for each in report.evidence}),
            -ord(report.grade),  # A before F
        ),
    )


def shown_report(alert: Alert, reason: Reason) -> Report:
    """The report whose sentence stands under the first lines: where it is denied, the denial."""
    if alert.denials and (alert.stage is Stage.WITHDRAWN or reason is Reason.DISPUTED):
        return alert.denials[-1]
    return lead_report(alert, reason)


def first_lines(
    alert: Alert, *, names: Mapping[str, str], now: dt.datetime, last_before: dt.datetime | None = None
) -> tuple[str, str, str]:
    """The alert as it stands now, for lists: the headline, who told it, the sentence."""
    report = lead_report(alert, Reason.FIRST)
    pause = "" if last_before is None else _pause(alert, last_before)
    known = (_stage(alert), *_told_by(alert, names), pause)
    headline = _headline(alert, report, names, now=now)
    sentence = shown_report(alert, Reason.FIRST).sentence.text
    return headline, calm(" · ".join(part for part in known if part)), calm(sentence)


def segments(message: Message) -> list[tuple[str, str]]:
    """The sentence in pieces, each with the role it plays, or "" for none; joined they are the sentence."""
    return _pieces(message.sentence, message.marks)


def pieces_of(report: Report) -> list[tuple[str, str]]:
    """The report's sentence, as `segments` gives that of a message."""
    return _pieces(calm(report.sentence.text), _marks(report))


def plain_text(message: Message | Digest | Notice) -> str:
    """The message as a plain text that reads well."""
    return _filled("txt", message)


def html(message: Message | Digest | Notice) -> str:
    """The message as an HTML document, for light and dark screens; everything from outside is escaped."""
    return _filled("html", message)


def both_times(moment: dt.datetime, zone: str = "UTC") -> str:
    """As in `12 Mar 2026 07:52 KST (11 Mar 22:52 UTC)`; with a third time where the zone has another."""
    others = [moment.astimezone(dt.UTC), moment.astimezone(ZoneInfo(zone))]
    if others[1].utcoffset() in {others[0].utcoffset(), moment.astimezone(SEOUL).utcoffset()}:
        del others[1]
    told = ", ".join(f"{each:%-d %b %H:%M %Z}" for each in others)
    return f"{moment.astimezone(SEOUL):%-d %b %Y %H:%M} KST ({told})"


def is_link(url: str) -> bool:
    """Whether the address may be linked: a web address without tricks."""
    try:
        return url.isprintable() and urlsplit(url).scheme in {"http", "https"}
    except ValueError:
        return False


def _pieces(sentence: str, marks: Sequence[Evidence]) -> list[tuple[str, str]]:
    pieces: list[tuple[str, str]] = []
    done = 0
    for mark in sorted(marks, key=lambda each: (each.span.start, -each.span.end)):
        if mark.span.start < done:  # within a longer mark
            continue
        pieces += [
            (sentence[done : mark.span.start], ""),
            (sentence[mark.span.start : mark.span.end], mark.role),
        ]
        done = mark.span.end
    return [(text, role) for text, role in (*pieces, (sentence[done:], "")) if text]


def _headline(alert: Alert, report: Report, names: Mapping[str, str], *, now: dt.datetime) -> str:
    parts = (
        str(alert.level).upper(),
        _status(alert),
        phrase(alert, report, names),
        _time(alert, now=now),
    )
    return calm(" · ".join(part for part in parts if part))


def _status(alert: Alert) -> str:
    if alert.stage is Stage.WITHDRAWN:
        return "withdrawn"
    if any(each.bearing is not Bearing.DISOWNS for each in alert.denials):
        return "disputed"
    return "resolved" if alert.closed else "over time" if alert.said else alert.status.value


def _time(alert: Alert, *, now: dt.datetime) -> str:
    """When it was first reported; the day of the event before that, where it is another."""
    first = (alert.updated if alert.said else first_report(alert)).astimezone(SEOUL)
    year = "" if first.year == now.astimezone(SEOUL).year else f" {first.year}"
    reported = f"{first:%-d %b}{year} {first:%H:%M} KST"
    if alert.said or alert.date in (None, first.date()):
        return reported
    return f"{alert.date:%-d %b}{'' if alert.date.year == first.year else f' {alert.date.year}'}, told {reported}"


def first_report(alert: Alert) -> dt.datetime:
    """When the first of its reports came out."""
    return min(report.published or report.fetched for report in alert.reports)


def _stage(alert: Alert) -> str:
    """The stage, where it says more than that it was reported."""
    plain = {Stage.REPORTED, Stage.CORROBORATED} if alert.said else {Stage.REPORTED}
    return "" if alert.stage in plain else alert.stage.value


def _standing_line(
    alert: Alert, reason: Reason, last_before: dt.datetime | None, names: Mapping[str, str]
) -> str:
    first = reason in {Reason.FIRST, Reason.ESCALATED} and alert.stage is not Stage.WITHDRAWN
    parts = (
        _news(alert, reason),
        *_told_by(alert, names),
        "" if not first or alert.said or last_before is None else _pause(alert, last_before),
    )
    return calm(" · ".join(part for part in parts if part))


def _news(alert: Alert, reason: Reason) -> str:
    """What the message brings, in a word or two."""
    if alert.closed:
        return "ENDED"
    if alert.stage is Stage.WITHDRAWN:
        return "WITHDRAWN"
    if reason is Reason.LEVEL_RAISED:
        return f"RAISED to {str(alert.level).upper()}"
    return _NEWS.get(reason, "NEW")


def _told_by(alert: Alert, names: Mapping[str, str]) -> Sequence[str]:
    """Who stands behind it, and where they disagree; of a withdrawn alert, who told it before."""
    told = _sources(alert.standing_reports, names)
    if alert.stage is Stage.WITHDRAWN:
        return [_deniers(alert, "taken back by"), f"was told by {told}"]
    return [told, _deniers(alert, "disputed by"), _disagreement(alert.standing_reports)]


def _deniers(alert: Alert, word: str) -> str:
    """Who denies it, each once: `disputed by Pyongyang`."""
    return f"{word} {_named(alert.deniers)}" if alert.deniers else ""


def _sources(reports: Sequence[Report], names: Mapping[str, str]) -> str:
    """`JCS and Japan MOD (2 origins, 5 reports)`, and whether they all print one text."""
    told = f"{len(reports)} report{'s' if len(reports) > 1 else ''}"
    found = origins(reports)
    known = list(dict.fromkeys(filter(None, (_origin(each, names) for each in found))))
    if not known:
        return told
    if len({each.publisher for each in reports if each.publisher}) > 1:
        copies = ", one text" if one_text(reports) else ""
        told = f"{len(found)} origin{'s' if len(found) > 1 else ''}, {told}{copies}"
    return f"{_named(known)} ({told})"


def _origin(report: Report, names: Mapping[str, str]) -> str:
    return shown(report.source, names) if report.source else report.publisher


def _named(publishers: Sequence[str]) -> str:
    *first, last = publishers
    if len(first) >= _PUBLISHERS_NAMED:
        first, last = first[:_PUBLISHERS_NAMED], f"{len(publishers) - _PUBLISHERS_NAMED} more"
    return " and ".join([", ".join(first), last] if first else [last])


def _disagreement(reports: Sequence[Report]) -> str:
    """The counts, where no number fits them all: "at least 2" does not speak against 3."""
    counts = list(dict.fromkeys((each.count.min, each.count.max) for each in reports if each.count))
    told = [count_text(Count(min=least, max=most, text="")) for least, most in counts]
    least = max((low for low, _ in counts), default=0)
    most = min((high for _, high in counts if high is not None), default=least)
    return f"counts differ {'/'.join(told)}" if least > most else ""


def _pause(alert: Alert, last_before: dt.datetime) -> str:
    days = (alert.opened - last_before).days
    return f"first in {days} days" if days >= _FEWEST_DAYS else ""


def _marks(report: Report) -> tuple[Evidence, ...]:
    """The evidence within the sentence, with offsets that count from its start."""
    return tuple(
        replace(each, span=_within(each.span, report.sentence))
        for each in report.evidence
        if each.span.field == report.sentence.field
        and report.sentence.start <= each.span.start < each.span.end <= report.sentence.end
    )


def _within(span: Span, sentence: Span) -> Span:
    return replace(span, start=span.start - sentence.start, end=span.end - sentence.start)


def _filled(kind: str, message: Message | Digest | Notice) -> str:
    if isinstance(message, Digest):
        return encodable(_TEMPLATES.get_template(f"digest.{kind}.j2").render(**_digest_view(message)))
    if isinstance(message, Notice):
        return encodable(_TEMPLATES.get_template(f"notice.{kind}.j2").render(notice=message))
    return encodable(_TEMPLATES.get_template(f"alert.{kind}.j2").render(**_view(message)))


def _digest_view(digest: Digest) -> dict[str, object]:
    return {
        "digest": digest,
        "shown": digest.messages[:_ALERTS_SHOWN],
        "more": max(len(digest.messages) - _ALERTS_SHOWN, 0),
        "segments": segments,
        "rules": lambda message: list(zip(message.alert.rules, message.alert.titles, strict=True)),
    }


def _view(message: Message) -> dict[str, object]:
    """What the templates may speak of."""
    alert = message.alert
    return {
        "message": message,
        "alert": alert,
        "segments": segments(message),
        "rules": list(zip(alert.rules, alert.titles, strict=True)),
        "source": _calm(shown_report(alert, message.delivery.reason)),
        "first": both_times(first_report(alert), message.zone),
        "alerted": both_times(alert.opened, message.zone),
        "reports": [
            (_calm(each), both_times(each.published or each.fetched, message.zone)) for each in _newest(alert)
        ],
        "more": max(len(alert.reports) - _REPORTS_SHOWN, 0),
        "is_link": is_link,
        "level": str(alert.level),
    }


def _calm(report: Report) -> Report:
    return replace(report, publisher=calm(report.publisher), title=calm(report.title))


def _newest(alert: Alert) -> Sequence[Report]:
    """The first report and the latest, in their order, as many as are shown."""
    if len(alert.reports) <= _REPORTS_SHOWN:
        return alert.reports
    return (alert.reports[0], *alert.reports[1 - _REPORTS_SHOWN :])

"""Alerts in the Common Alerting Protocol 1.2, for emergency centres: restricted, so that nobody rebroadcasts them.

https://docs.oasis-open.org/emergency/cap/v1.2/CAP-v1.2.html; the order of the elements is that of its schema.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from monitor.exports.about import About
from monitor.exports.xml import add, document, moment
from monitor.model import Alert, Level, Status

_CAP = "urn:oasis:names:tc:emergency:cap:1.2"
_SENDER = "bongsu"
_SEVERITY = {
    Level.CRITICAL: "Severe",
    Level.HIGH: "Moderate",
    Level.MEDIUM: "Minor",
    Level.LOW: "Minor",
    Level.INFORMATIONAL: "Unknown",
}
_TWO = 2  # publishers


def write(alerts: Sequence[Alert], about: About) -> str:
    """A CAP alert; several stand in one envelope, each complete in itself."""
    if len(alerts) == 1:
        return document(_alert(alerts[0], about))
    root = ET.Element("alerts")
    for alert in alerts:
        root.append(_alert(alert, about))
    return document(root)


def _alert(alert: Alert, about: About) -> ET.Element:
    headline, standing, sentence = about.lines(alert)
    root = ET.Element("alert", xmlns=_CAP)
    add(root, "identifier", f"{alert.id}.{alert.revision}")
    add(root, "sender", _SENDER)
    add(root, "sent", moment(alert.updated))
    add(root, "status", "Actual")
    add(root, "msgType", "Alert" if alert.revision == 1 else "Update")
    add(root, "scope", "Restricted")
    add(root, "restriction", "For those who subscribed; from open sources, not verified")
    if alert.revision > 1:
        add(root, "references", f"{_SENDER},{alert.id}.{alert.revision - 1},{moment(alert.opened)}")
    info = add(root, "info")
    add(info, "language", "en")
    add(info, "category", "Security")
    add(info, "event", alert.titles[0])
    add(info, "responseType", "Assess")
    add(info, "urgency", "Unknown")
    add(info, "severity", _SEVERITY[alert.level])
    add(info, "certainty", _certainty(alert))
    add(info, "senderName", "Bongsu")
    add(info, "headline", headline)
    add(info, "description", f"{standing}\n{sentence}")
    if link := about.link(alert):
        add(info, "web", link)
    _parameter(info, "level", str(alert.level))
    for rule in alert.rules:
        _parameter(info, "rule", rule)
    places = [about.names.get(place, place) for place in alert.places]
    add(add(info, "area"), "areaDesc", ", ".join(places) or "not told")
    return root


def _parameter(info: ET.Element, name: str, value: str) -> None:
    parameter = add(info, "parameter")
    add(parameter, "valueName", name)
    add(parameter, "value", value)


def _certainty(alert: Alert) -> str:
    """Observed is for what the sender saw himself: of reports the most is likely."""
    publishers = {report.publisher for report in alert.reports}
    return "Likely" if alert.status is Status.OCCURRED and len(publishers) >= _TWO else "Possible"

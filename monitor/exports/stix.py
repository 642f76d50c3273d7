"""Alerts as a STIX 2.1 bundle: a report for each alert, with those who act, the places and the sentence as objects.

https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html. Ids are made from ours (UUID 5), so that the same alert
is the same object in every export.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Sequence

from monitor.exports.about import URN, About
from monitor.model import Alert

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, URN)
_Object = dict[str, object]


def write(alerts: Sequence[Alert], about: About) -> str:
    """One bundle, in which each object stands once."""
    objects: dict[str, _Object] = {}
    for alert in alerts:
        objects |= {str(each["id"]): each for each in _objects(alert, about)}
    known = "".join(sorted(objects))
    bundle = {"type": "bundle", "id": _id("bundle", known), "objects": list(objects.values())}
    return json.dumps(bundle, ensure_ascii=False, indent=2) + "\n"


def _objects(alert: Alert, about: About) -> Iterable[_Object]:
    headline, standing, sentence = about.lines(alert)
    actors = [_identity(slug, about) for slug in (*alert.actors, *alert.recipients)]
    places = [_location(slug, about) for slug in alert.places]
    maker = _maker()
    told = [maker, *actors, *places]
    note = _common("note", f"{alert.id} sentence", alert.opened, alert.updated)
    yield from told
    yield {
        **note,
        "abstract": standing,
        "content": sentence,
        "object_refs": [_id("report", alert.id)],
        "created_by_ref": maker["id"],
    }
    yield {
        **_common("report", alert.id, alert.opened, alert.updated),
        "name": headline,
        "description": f"{standing}\n{sentence}",
        "report_types": ["indicator"],
        "published": _moment(alert.opened),
        "labels": list(alert.rules),
        "confidence": 50 if len({report.publisher for report in alert.reports}) > 1 else 30,
        "created_by_ref": maker["id"],
        "external_references": [
            {"source_name": report.publisher or "unknown publisher", "url": report.url}
            for report in alert.reports
            if report.url
        ],
        "object_refs": [str(each["id"]) for each in told],
    }


_BEGINNING = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)  # the objects of names do not change


def _maker() -> _Object:
    return {**_common("identity", "bongsu"), "name": "Bongsu", "identity_class": "system"}


def _identity(slug: str, about: About) -> _Object:
    return {
        **_common("identity", slug),
        "name": about.names.get(slug, slug),
        "identity_class": "organization",
        **_elsewhere(slug, about),
    }


def _location(slug: str, about: About) -> _Object:
    return {
        **_common("location", slug),
        "name": about.names.get(slug, slug),
        "region": "eastern-asia",
        **_elsewhere(slug, about),
    }


def _elsewhere(slug: str, about: About) -> _Object:
    """The same thing at Wikidata, where its item is known."""
    item = about.wikidata.get(slug)
    if item is None:
        return {}
    return {
        "external_references": [
            {
                "source_name": "wikidata",
                "external_id": item,
                "url": f"https://www.wikidata.org/entity/{item}",
            }
        ]
    }


def _common(
    kind: str, name: str, created: dt.datetime = _BEGINNING, modified: dt.datetime = _BEGINNING
) -> _Object:
    return {
        "type": kind,
        "spec_version": "2.1",
        "id": _id(kind, name),
        "created": _moment(created),
        "modified": _moment(modified),
    }


def _id(kind: str, name: str) -> str:
    return f"{kind}--{uuid.uuid5(_NAMESPACE, f'{kind} {name}')}"


def _moment(at: dt.datetime) -> str:
    """To the millisecond, as STIX has it."""
    return at.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

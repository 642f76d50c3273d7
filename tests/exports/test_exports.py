"""Every format is read back by somebody else's reader."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import feedparser
import pytest
import stix2
from builders import NAMES, NOW, alert, report, span
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.exports import FORMATS, About
from monitor.model import Alert, Level

CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
ABOUT = About(now=NOW, names=NAMES, address="https://alerts.example.org")
ODD = "<b>“A & B”</b> ]]> \x00\x1b ￿ {x} $5 % #1 _y_ ~ ^ \\ 央行"


def written(form: str, *alerts: Alert) -> str:
    return FORMATS[form].write(alerts, ABOUT)


def odd(text: str = ODD) -> Alert:
    told = report(title=text, publisher=text, sentence=span(text, within=text), evidence=())
    return alert(titles=(text,), reports=(told,))


def test_atom_is_read_by_feedparser() -> None:
    found = feedparser.parse(written("atom", alert(), alert(id="b" * 16)))
    assert not found.bozo
    assert found.version == "atom10"
    first, second = found.entries
    assert (first.id, second.id) == ("urn:bongsu:alert:a1b2c3d4e5f60718", "urn:bongsu:alert:" + "b" * 16)
    assert first.link == "https://alerts.example.org/alerts/a1b2c3d4e5f60718"
    assert "DPRK fired 2 SRBMs" in first.title


def test_json_feed_has_what_version_1_1_asks_for() -> None:
    found = json.loads(written("jsonfeed", alert()))
    assert found["version"] == "https://jsonfeed.org/version/1.1"
    (item,) = found["items"]
    assert set(item) >= {"id", "url", "title", "content_text", "date_published", "tags"}
    assert dt.datetime.fromisoformat(item["date_published"]) == NOW


def test_stix_is_read_by_its_own_library() -> None:
    bundle = stix2.parse(written("stix", alert(), alert(id="b" * 16), odd()), allow_custom=False)
    kinds = [each.type for each in bundle.objects]
    assert kinds.count("report") == 2
    assert kinds.count("identity") == 2
    assert written("stix", alert()) == written("stix", alert())


def test_stix_says_what_else_an_actor_is_known_as() -> None:
    about = replace(ABOUT, wikidata={"dprk": "Q423"})
    bundle = stix2.parse(FORMATS["stix"].write([alert(actors=("dprk", "kpa"))], about), allow_custom=False)
    items = {
        each.name: [ref.external_id for ref in each.get("external_references", [])]
        for each in bundle.objects
        if each.type == "identity"
    }
    assert items[NAMES.get("dprk", "dprk")] == ["Q423"]
    assert items[NAMES.get("kpa", "kpa")] == []


CAP_ORDER = [
    *("identifier", "sender", "sent", "status", "msgType", "source", "scope", "restriction", "addresses"),
    *("code", "note", "references", "incidents", "info"),
]
INFO_ORDER = [
    *("language", "category", "event", "responseType", "urgency", "severity", "certainty", "audience"),
    *("eventCode", "effective", "onset", "expires", "senderName", "headline", "description", "instruction"),
    *("web", "contact", "parameter", "resource", "area"),
]


@pytest.mark.parametrize("revision", [1, 3])
def test_cap_has_its_elements_in_the_order_of_the_schema(revision: int) -> None:
    root = ET.fromstring(written("cap", alert(revision=revision, level=Level.CRITICAL)))
    info = root.find(f"{CAP}info")
    assert info is not None
    for element, order in ((root, CAP_ORDER), (info, INFO_ORDER)):
        places = [order.index(child.tag.removeprefix(CAP)) for child in element]
        assert places == sorted(places)
    assert root.findtext(f"{CAP}sent") == "2026-03-11T23:00:00+00:00"
    assert root.findtext(f"{CAP}scope") == "Restricted"
    assert root.findtext(f"{CAP}msgType") == ("Alert" if revision == 1 else "Update")
    assert info.findtext(f"{CAP}severity") == "Severe"


def test_bibtex_escapes_what_tex_would_take_for_its_own() -> None:
    text = written("bibtex", odd())
    assert "@misc{bongsu-a1b2c3d4e5f60718," in text
    assert r"\{x\} \$5 \% \#1 \_y\_" in text


@pytest.mark.fault("WB19")
@given(st.text(max_size=200))
@settings(max_examples=60)
def test_no_text_from_outside_breaks_a_format(text: str) -> None:
    told = odd(text)
    ET.fromstring(written("atom", told))
    ET.fromstring(written("cap", told))
    json.loads(written("jsonfeed", told))
    json.loads(written("stix", told))
    json.loads(written("json", told))
    rows = list(csv.reader(io.StringIO(written("csv", told), newline="")))
    assert len(rows) == 2
    assert len(set(map(len, rows))) == 1

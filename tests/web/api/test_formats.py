"""The formats of the exports, chosen by name or by what the client likes."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest
from apiworld import World
from builders import alert

from monitor.exports import FORMATS
from monitor.web.api.formats import MEDIA_TYPES


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "application/json"),
        ("", "application/json"),
        ("text/csv", "text/csv"),
        ("text/*;q=0.4, application/atom+xml;q=0.8", "application/atom+xml"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json"),
        ("application/json;q=0, */*;q=0.1", "text/csv"),
        ("application/stix+json;q=nonsense, application/x-bibtex", "application/x-bibtex"),
        ("APPLICATION/CAP+XML", "application/cap+xml"),
    ],
)
async def test_a_client_gets_what_it_likes_best(world: World, accept: str, kind: str) -> None:
    world.save(alert())
    answer = await world.client.get("/api/v1/alerts", headers={"accept": accept})
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == kind
    assert "accept" in answer.headers["vary"]


async def test_what_we_do_not_write_is_told(world: World) -> None:
    answer = await world.client.get("/api/v1/alerts", headers={"accept": "application/pdf"})
    assert answer.status_code == 406
    assert "text/csv" in answer.json()["detail"]
    await world.get("/alerts", 422, format="docx")


@pytest.mark.parametrize("form", FORMATS)
async def test_alerts_are_written_in_every_format(world: World, form: str) -> None:
    world.save(alert(), alert(id="b" * 16))
    page = await world.client.get("/api/v1/alerts", params={"format": form, "limit": 1})
    one = await world.client.get(f"/api/v1/alerts/{alert().id}", params={"format": form})
    for answer in (page, one):
        assert answer.status_code == 200
        assert answer.headers["content-type"].partition(";")[0] == MEDIA_TYPES[form]
        if "json" in MEDIA_TYPES[form]:
            json.loads(answer.text)
        elif "xml" in MEDIA_TYPES[form]:
            ET.fromstring(answer.text)
    assert alert().id in one.text or form == "stix"
    again = await world.client.get(f"/api/v1/alerts{page.links['next']['url']}")  # relative to the page
    assert again.status_code == 200
    assert "next" not in again.links

"""Changing a rule on the pages: checked, tried on what is stored, saved as the user's own file."""

from __future__ import annotations

import html
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from builders import NOW, article
from fakes import FakeClock, FakeReader
from pages import World, open_world

from monitor import resources
from monitor.app import App
from monitor.config import Config
from monitor.matching.load import load_pack
from monitor.model import Record
from monitor.storage import articles

pytestmark = pytest.mark.xdist_group("rules")
SHIPPED = "dprk-missile-launch"
OWN = """\
id: shots
title: North Korea fires something
level: high
when: {actor: $dprk, action: $launch, object: $missile}
examples:
  match:
    - text: North Korea fired a short-range missile on Monday, Seoul said.
"""
EDITED = "/indicators/shots/edit"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "shots.yml").write_text(OWN, encoding="utf-8")
    async with open_world(tmp_path, web={"edit_rules": True}) as opened:
        opened.client.timeout = httpx.Timeout(120)  # all shipped rules are read with each text
        yield opened


def own(world: World, name: str = "shots.yml") -> Path:
    return world.app.parts.config.own_rules / name


async def sent(world: World, do: str, text: str, path: str = EDITED, **fields: str) -> httpx.Response:
    """The form as the page shows it, with this text, sent by that button."""
    shown = (await world.client.get(path)).text
    seen = shown.partition('name="seen" value="')[2].partition('"')[0]
    return await world.form(path, **{"do": do, "text": text, "seen": seen, **fields})


def audited(world: World) -> list[Record]:
    return [each for each in world.audited() if each.thing.startswith("rule ")]


async def test_the_form_holds_the_file_as_it_stands(world: World) -> None:
    shown = html.unescape((await world.client.get(EDITED)).text)
    assert OWN in shown
    assert "Your file" in shown
    shipped = html.unescape((await world.client.get(f"/indicators/{SHIPPED}/edit")).text)
    assert f"id: {SHIPPED}\n" in shipped
    assert "The shipped rule." in shipped
    assert (await world.client.get("/indicators/nothing/edit")).status_code == 404


async def test_every_mistake_is_told_with_its_line_and_a_mark_below(world: World) -> None:
    wrong = OWN.replace("level: high", "level: hihg").replace("$dprk", "$dprkk")
    for do in ("check", "preview", "save"):
        answer = await sent(world, do, wrong.replace("\n", "\r\n"))
        assert answer.status_code == 422
        shown = html.unescape(answer.text)
        assert "2 mistakes" in shown
        assert "level: hihg\n" in shown
        assert "when: {actor: $dprkk, action: $launch, object: $missile}\n" in shown
        assert '\n<span class="taken">^^^^^</span>' in shown
        assert '\n<span class="taken">       ^^^^^</span>' in shown
        assert "did you mean '$dprk'?" in shown
    assert own(world).read_text("utf-8") == OWN
    assert not audited(world)


async def test_the_id_stays(world: World) -> None:
    answer = await sent(world, "save", OWN.replace("id: shots", "id: other"))
    assert answer.status_code == 422
    assert "the id stays" in answer.text


async def test_a_sound_text_is_saved_and_noted(world: World) -> None:
    text = OWN.replace("level: high", "level: low")
    checked = await sent(world, "check", text)
    assert "No mistake." in checked.text
    assert own(world).read_text("utf-8") == OWN
    answer = await sent(world, "save", text.replace("\n", "\r\n"))
    assert (answer.status_code, answer.headers["location"]) == (303, f"{EDITED}?saved")
    assert own(world).read_text("utf-8") == text
    assert [each.name for each in own(world).parent.iterdir()] == ["shots.yml"]
    (record,) = audited(world)
    assert (record.who, record.what, record.thing) == ("local", "change", "rule shots")


async def test_a_shipped_rule_is_overridden_and_never_touched(world: World) -> None:
    path = f"/indicators/{SHIPPED}/edit"
    shipped = next(resources.path("rules").rglob(f"{SHIPPED}.yml"))
    before = shipped.read_text("utf-8")
    text = before.replace("level: ", "# ours\nlevel: ", 1)
    assert (await sent(world, "save", text, path)).status_code == 303
    assert own(world, f"north-korea/{SHIPPED}.yml").read_text("utf-8") == text
    assert shipped.read_text("utf-8") == before
    assert "in the place of the shipped rule" in (await world.client.get(path)).text
    back = await sent(world, "back", "", path)
    assert back.headers["location"] == f"/indicators/{SHIPPED}"
    assert not own(world, f"north-korea/{SHIPPED}.yml").exists()
    assert next(each.note for each in audited(world)) == "as shipped"
    assert (await sent(world, "back", "", path)).status_code == 409


async def test_what_somebody_else_saved_meanwhile_is_not_lost(world: World) -> None:
    answer = await sent(world, "save", OWN, seen="what I read an hour ago")
    assert answer.status_code == 409
    assert "changed the file meanwhile" in answer.text
    assert not audited(world)


async def test_a_form_of_another_site_saves_nothing(world: World) -> None:
    await world.client.get(EDITED)
    foreign = {"sec-fetch-site": "cross-site"}
    data = {"do": "save", "text": OWN}
    assert (await world.client.post(EDITED, data=data, headers=foreign)).status_code == 403
    assert (await world.client.post(EDITED, data=data)).status_code == 403


async def test_nobody_changes_rules_unless_the_config_says_so(tmp_path: Path) -> None:
    async with open_world(tmp_path, web={}) as world:
        path = f"/indicators/{SHIPPED}/edit"
        assert (await world.client.get(path)).status_code == 404


@pytest.mark.model
async def test_the_preview_shows_what_is_gained_and_lost_over_the_stored_articles(world: World) -> None:
    config = world.app.parts.config
    world.app.pack = load_pack(config.rule_folders)
    said = [
        ("a", "North Korea fired a short-range missile on Monday, Seoul said."),
        ("b", "North Korea fired an ICBM on Tuesday, Seoul said."),
        ("c", "North Korea held a parade on Wednesday."),
    ]
    with world.app.parts.database.write() as conn:
        told = [article(key=key, title="", text=text, fetched=NOW, published=NOW) for key, text in said]
        articles.add(conn, told)
    answer = await sent(world, "preview", OWN.replace("$missile", "icbm"))
    shown = html.unescape(answer.text)
    assert answer.status_code == 200
    assert "Over 3 articles of the last 30 days" in shown
    assert "0 gained" in shown
    assert "1 lost" in shown
    assert own(world).read_text("utf-8") == OWN
    again = html.unescape((await sent(world, "preview", OWN)).text)
    assert "0 lost" in again


async def test_a_saved_rule_is_taken_up_by_the_running_service(tmp_path: Path) -> None:
    """Even where there was no folder of own rules when it started."""
    config = Config.model_validate({"web": {"edit_rules": True}}, context={"folder": tmp_path})
    clock = FakeClock(NOW)
    async with App.open(config, clock=clock, reader=lambda: FakeReader({}), channels={}) as app:
        before = {rule.id: rule.revision for rule in app.pack.every}
        own_file = tmp_path / "rules" / "shots.yml"
        own_file.parent.mkdir()
        own_file.write_text(OWN, encoding="utf-8")
        await app.reload()  # sees a change
        await app.reload()  # which has come to rest
        assert set(after := {rule.id for rule in app.pack.every}) - set(before) == {"shots"}, after

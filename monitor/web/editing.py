"""Changing an indicator: the rule's text checked, tried on the stored articles, and saved as the user's own file.

Only where `[web] edit_rules` offers it. A running service takes up the file by itself, as it does what an editor saves.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from monitor.backtest import Difference, Side, difference
from monitor.errors import Mistake, RuleError
from monitor.history import PREVIEW
from monitor.matching import draft, marks
from monitor.matching.draft import Override
from monitor.matching.load import Pack
from monitor.model import Alert
from monitor.storage import articles, feeds
from monitor.web import access, forms
from monitor.web.board import Card, card
from monitor.web.site import Site, of, page

_MOST = 4_000  # articles, the newest, that a preview reads
_SHOWN = 20  # alerts gained, and lost
_READERS = 2  # processes beside the service, where there is much to read
_MEANWHILE = (
    "Somebody changed the file meanwhile. Your text stands below, not saved; to save it now replaces theirs."
)
_HEIGHT = 44  # lines of the text at most


@dataclass(frozen=True, kw_only=True)
class Marked:
    """A mistake as the page shows it."""

    where: str  # "line 12", or file and line of another file
    what: str
    hint: str
    line: str  # "" where there is none to show
    caret: str  # to stand below the line


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What the draft would have changed."""

    read: int  # articles
    days: int
    found: Difference
    gained: Sequence[Card]
    lost: Sequence[Card]


def form(request: Request) -> Response:
    """The rule's text, to be changed."""
    found = _override(request)
    saved = "saved" in request.query_params and found.exists
    return _shown(request, found, found.text, seen=_seen(found), saved=saved)


async def edit(request: Request) -> Response:
    """Check the text, try it, save it, or go back to the shipped rule, as the button says."""
    fields = await forms.received(request, key=of(request).key)
    found = _override(request)
    text, seen, do = (str(fields.get(name, "")) for name in ("text", "seen", "do"))
    text = text.replace("\r\n", "\n").strip("\n") + "\n"  # browsers end lines as mails do
    if do in {"save", "back"} and seen != _seen(found):
        return _shown(request, found, text, seen=_seen(found), problem=_MEANWHILE, status=409)
    if do == "back":
        return _go_back(request, found)
    try:
        pack = await asyncio.to_thread(_pack, of(request), found, text)
    except RuleError as error:
        marked = _marked(error.mistakes, found, of(request), text)
        return _shown(request, found, text, seen=seen, mistakes=marked, status=422)
    if do == "save":
        return _save(request, found, text, pack)
    tried = await _tried(of(request), found.rule, pack) if do == "preview" else None
    return _shown(request, found, text, seen=seen, sound=True, tried=tried)


# --- how ---------------------------------------------------------------------------------------------


def _override(request: Request) -> Override:
    """The file of the rule that the address names; 404 where there is none, or none may be changed."""
    config = of(request).app.parts.config
    shipped, own = config.rule_folders[0], config.own_rules
    if not config.web.edit_rules or own.resolve() == shipped.resolve():
        raise HTTPException(404, "Rules are not changed here: [web] edit_rules in the config is not true.")
    found = draft.override(request.path_params["rule"], shipped=shipped, own=own)
    if found is None:
        raise HTTPException(404, "There is no such indicator.")
    return found


def _pack(site: Site, found: Override, text: str) -> Pack:
    config = site.app.parts.config
    return draft.with_draft(found, text, shipped=config.rule_folders[0], own=config.own_rules)


def _save(request: Request, found: Override, text: str, pack: Pack) -> Response:
    """Write the file, and who did so, or neither."""
    revision = next(rule.revision for rule in pack.every if rule.id == found.rule)
    with of(request).app.parts.database.write() as conn:
        access.note(
            conn, request, request.state.actor, what="change", thing=f"rule {found.rule}", comment=revision
        )
        draft.save(found.path, text)
    return RedirectResponse(f"{request.url.path}?saved", status_code=303)


def _go_back(request: Request, found: Override) -> Response:
    if not (found.exists and found.shipped):
        raise HTTPException(409, "There is no file of yours in the place of a shipped one.")
    with of(request).app.parts.database.write() as conn:
        access.note(
            conn,
            request,
            request.state.actor,
            what="change",
            thing=f"rule {found.rule}",
            comment="as shipped",
        )
        found.path.unlink()
    return RedirectResponse(f"/indicators/{found.rule}", status_code=303)


async def _tried(site: Site, rule: str, pack: Pack) -> Preview | None:
    """What the draft gains and loses; None for a rule over time. 503 while another is tried: each takes a while."""
    if all(each.id != rule for each in pack.rules):
        return None
    if site.previewing.locked():
        raise HTTPException(503, "Another change is being tried just now; try again in a minute.")
    async with site.previewing:
        return await asyncio.to_thread(_preview, site, rule, pack)


def _preview(site: Site, rule: str, pack: Pack) -> Preview:
    parts = site.app.parts
    with parts.database.read() as conn:
        past = articles.since(conn, site.now - PREVIEW, most=_MOST)
        known = feeds.all(conn)
    sides = [Side(pack=each, rules=frozenset({rule})) for each in (site.app.pack, pack)]
    memory = parts.config.folder / "data" / "readings.db"
    model = parts.config.analysis.model
    found = difference(past, *sides, feeds=known, model=model, memory=memory, processes=_READERS)

    def cards(told: Sequence[Alert]) -> list[Card]:
        return [card(each, names=site.names, now=site.now) for each in told[: -_SHOWN - 1 : -1]]

    gained, lost = cards(found.gained), cards(found.lost)
    return Preview(read=len(past), days=PREVIEW.days, found=found, gained=gained, lost=lost)


def _marked(mistakes: Sequence[Mistake], found: Override, site: Site, text: str) -> list[Marked]:
    """Each with its line, the mistakes of other files without."""
    name = found.path.relative_to(site.app.parts.config.own_rules)
    lines = text.split("\n")
    return [_mark(each, name, lines) for each in mistakes]


def _mark(mistake: Mistake, name: Path, lines: Sequence[str]) -> Marked:
    file, number, column = marks.place(mistake.where)
    if Path(file) != name or not 0 < number <= len(lines):
        return Marked(where=mistake.where, what=mistake.what, hint=mistake.hint, line="", caret="")
    line = lines[number - 1]
    caret = " " * (column - 1) + "^" * max(1, len(marks.word(line, column)))
    return Marked(where=f"line {number}", what=mistake.what, hint=mistake.hint, line=line, caret=caret)


def _seen(found: Override) -> str:
    """What tells whether the file is still the one that the form showed."""
    return hashlib.sha256(found.text.encode()).hexdigest()[:16]


def _shown(
    request: Request,
    found: Override,
    text: str,
    *,
    seen: str,
    status: int = 200,
    problem: str = "",
    saved: bool = False,
    sound: bool = False,
    mistakes: Sequence[Marked] = (),
    tried: Preview | None = None,
) -> Response:
    values: Mapping[str, object] = {
        "rule": found,
        "file": found.path.relative_to(of(request).app.parts.config.own_rules),
        "text": text,
        "seen": seen,
        "height": min(text.count("\n") + 2, _HEIGHT),
        "problem": problem,
        "saved": saved,
        "sound": sound,
        "mistakes": mistakes,
        "tried": tried,
    }
    return page(request, "edit", status=status, **values)

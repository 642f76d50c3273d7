"""The fast path: plain RSS 2.0 read by expat alone, in a fraction of feedparser's time, with the very same outcome.

It reads only what it knows in full: well-formed RSS 2.0 without a document type, its elements and attributes among
those listed below or of namespaces that feedparser does not know either. At anything else, be it one attribute of one
item, it steps back, and feedparser reads the whole. What it makes of an element is what feedparser 6.0 makes of it,
quirks included; the tests hold both against each other.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from feedparser.api import StrictFeedParser

VERSION = "rss20"

_KNOWN = {uri.lower(): prefix for uri, prefix in StrictFeedParser.namespaces.items()}
_PREFIXES = frozenset(_KNOWN.values()) - {""}
_OTHER = "*"  # any element of a namespace that feedparser does not know

_ATOM = "{http://www.w3.org/2005/Atom}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_MEDIA = "{http://search.yahoo.com/mrss/}"
_SLASH = "{http://purl.org/rss/1.0/modules/slash/}"
_SY = "{http://purl.org/rss/1.0/modules/syndication/}"
_WFW = "{http://wellformedweb.org/CommentAPI/}"
_WORDPRESS = "com-wordpress:feed-additions:1"  # the one that is in use as a default

_READ = {  # of an item, with feedparser's names
    "title": "title",
    "link": "link",
    "guid": "id",
    "description": "summary",
    f"{_CONTENT}encoded": "content",
    "pubdate": "published",
    f"{_DC}date": "updated",
    "author": "author",
    f"{_DC}creator": "author",
}
# Each element with the attributes that it may have.
_Known = Mapping[str, frozenset[str]]
_NONE: frozenset[str] = frozenset()
_CHANNEL: _Known = {
    **dict.fromkeys(
        ("title", "link", "description", "language", "copyright", "generator", "docs", "ttl"), _NONE
    ),
    **dict.fromkeys(("pubdate", "lastbuilddate", "managingeditor", "webmaster", "image"), _NONE),
    **dict.fromkeys((f"{_SY}updateperiod", f"{_SY}updatefrequency", f"{_DC}language", f"{_DC}date"), _NONE),
    f"{{{_WORDPRESS}}}site": _NONE,
    f"{_ATOM}link": frozenset({"href", "rel", "type", "title"}),
    "category": frozenset({"domain"}),
    "cloud": frozenset({"domain", "port", "path", "protocol", "registerProcedure"}),
}
_PICTURE: _Known = dict.fromkeys(("title", "link", "url", "width", "height", "description"), _NONE)
_MEDIUM: _Known = {
    f"{_MEDIA}thumbnail": frozenset({"url", "width", "height"}),
    f"{_MEDIA}credit": frozenset({"role", "scheme"}),
    f"{_MEDIA}copyright": _NONE,
}
_ITEM: _Known = {
    **dict.fromkeys(_READ, _NONE),
    **dict.fromkeys(("comments", f"{_SLASH}comments", f"{_WFW}commentrss", f"{_DC}subject"), _NONE),
    **_MEDIUM,
    f"{_MEDIA}content": frozenset({"url", "type", "medium", "width", "height", "fileSize", "expression"}),
    f"{{{_WORDPRESS}}}post-id": _NONE,
    "guid": frozenset({"isPermaLink"}),
    "category": frozenset({"domain"}),
    "enclosure": frozenset({"url", "length", "type"}),
    "source": frozenset({"url"}),
}
_WITHIN: Mapping[str, _Known] = {"image": _PICTURE, f"{_MEDIA}content": _MEDIUM}

_TYPED = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_CONTROLS = re.compile("[\x80-\x9f]")  # feedparser takes them for characters of Windows
_MANY_SLASHES = re.compile(r"[A-Za-z][A-Za-z0-9+-.]*:///")  # feedparser takes some away
_LIKE_ENTITY = re.compile(r"&([A-Za-z0-9_]+);")


class _NotPlainError(Exception):
    """The document holds something that only feedparser can be asked about."""


def entries(text: str) -> Sequence[dict[str, Any]] | None:
    """The items as feedparser gives them, as far as they are read; None where it must be asked itself."""
    if _TYPED.search(text):
        return None
    try:
        return [_item(each) for each in _items(_root(text))]
    except (ET.ParseError, _NotPlainError):
        return None


def _root(text: str) -> ET.Element:
    """The whole tree, whose prefixes mean what feedparser takes them for."""
    # Without a document type there are no entities to blow up, and this runs in a child with limits.
    events = ET.iterparse(io.BytesIO(text.encode()), events=("start-ns",))  # noqa: S314 - see above
    for _, (prefix, uri) in events:
        meant = _KNOWN.get(uri.lower())
        if meant is None:
            _require(prefix.lower() not in _PREFIXES if prefix else uri == _WORDPRESS)
            _require("userland" not in uri.lower())  # of which it knows more than are listed
        else:
            _require(prefix == meant if meant else prefix.lower() not in _PREFIXES)
    root: ET.Element = events.root  # type: ignore[attr-defined]  # there once all is read
    return root


def _items(root: ET.Element) -> Iterator[ET.Element]:
    _require(
        root.tag == "rss" and set(root.attrib) == {"version"} and root.attrib["version"].startswith("2.")
    )
    _require([child.tag for child in root] == ["channel"])
    (channel,) = root
    _require(not channel.attrib)
    for child in channel:
        if child.tag == "item":
            _require(not child.attrib)
            yield child
        else:
            _known(child, _CHANNEL)


def _item(item: ET.Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    permalink = False
    for child in item:
        key = _READ.get(_known(child, _ITEM))
        if key is None:
            continue
        _require(key not in found)
        found[key] = _value(child)
        if key == "id":
            permalink = child.attrib.get("isPermaLink", "true") == "true"
            _require(not permalink or not _MANY_SLASHES.match(found[key]))
    _combine(found, permalink=permalink)
    return found


def _combine(found: dict[str, Any], *, permalink: bool) -> None:
    """What feedparser gathers from several elements: where the item's page is, and what it says."""
    link = found.get("link")
    if link is not None:
        _require(not _MANY_SLASHES.match(link))
        found["link"] = _LIKE_ENTITY.sub(r"&\1", link.replace("&amp;", "&"))
        found["links"] = [{"rel": "alternate", "href": found["link"]}] if link else []
    elif permalink:
        found["link"] = found["id"]
    if "content" in found:
        found.setdefault("summary", found["content"])
        found["content"] = [{"value": found["content"]}]


def _known(element: ET.Element, known: _Known) -> str:
    """The element's name, which must be known with all that it has and holds."""
    uri, _, local = element.tag.rpartition("}")
    if uri and uri[1:].lower() not in _KNOWN and uri[1:] != _WORDPRESS:
        _foreign(element)
        return _OTHER
    name = f"{uri}}}{local.lower()}" if uri else local.lower()
    _require(name in known and known[name].issuperset(element.attrib))
    _require(name in _WITHIN or not len(element))
    for child in element:
        _known(child, _WITHIN[name])
    return name


def _foreign(element: ET.Element) -> None:
    """An element of an unknown namespace, which tells nothing of what we read, and all in it."""
    for each in element.iter():
        uri, _, _ = each.tag.rpartition("}")
        _require(bool(uri) and uri[1:].lower() not in _KNOWN)
        _require(all(name != "base" and not name.startswith("{") for name in each.attrib))


def _value(element: ET.Element) -> str:
    """The text, mended as feedparser does where UTF-8 was taken for Latin-1 and encoded once more."""
    text = (element.text or "").strip()
    if text.isascii():
        return text
    with contextlib.suppress(UnicodeError):
        text = text.encode("iso-8859-1").decode("utf-8")
    _require(not _CONTROLS.search(text))
    return text


def _require(what: bool) -> None:  # noqa: FBT001 - reads as an assertion
    if not what:
        raise _NotPlainError

"""XML documents: built as a tree, so that nothing from outside becomes markup."""

from __future__ import annotations

import datetime as dt
import re
from xml.etree import ElementTree as ET

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2


def add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    """A child with this text, without what XML cannot hold."""
    child = ET.SubElement(parent, name, attributes)
    if text:
        child.text = _FORBIDDEN.sub("\ufffd", text)
    return child


def document(root: ET.Element) -> str:
    """The whole document."""
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def moment(at: dt.datetime) -> str:
    """To the second, in UTC with `+00:00`, which Atom, CAP and JSON Feed all take."""
    return at.astimezone(dt.UTC).replace(microsecond=0).isoformat()

"""Feed documents of every kind, small."""

from __future__ import annotations

ITEM = (
    "<item><guid>1</guid><title>Ships sail</title><link>https://news.example/1</link>"
    "<description>Three ships left port.</description><pubDate>Wed, 11 Mar 2026 21:00:00 +0900</pubDate></item>"
)


def rss(*items: str, head: str = "", prolog: str = '<?xml version="1.0" encoding="UTF-8"?>') -> bytes:
    """An RSS 2.0 document of these items."""
    channel = f"<title>News</title><link>https://news.example/</link>{head}{''.join(items)}"
    return f'{prolog}<rss version="2.0"><channel>{channel}</channel></rss>'.encode()


def item(**values: str) -> str:
    """An item with these elements, as written: `guid="1"`."""
    return "<item>" + "".join(f"<{name}>{value}</{name}>" for name, value in values.items()) + "</item>"


RSS_091 = f'<?xml version="1.0"?><rss version="0.91"><channel><title>News</title>{ITEM}</channel></rss>'
RSS_092 = f'<?xml version="1.0"?><rss version="0.92"><channel><title>News</title>{ITEM}</channel></rss>'
RSS_20 = rss(ITEM).decode()
RDF = (
    '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    ' xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    '<channel rdf:about="https://news.example/"><title>News</title></channel>'
    '<item rdf:about="https://news.example/1"><title>Ships sail</title><link>https://news.example/1</link>'
    "<description>Three ships left port.</description><dc:date>2026-03-11T12:00:00Z</dc:date></item></rdf:RDF>"
)
ATOM_03 = (
    '<?xml version="1.0"?><feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>News</title>'
    '<entry><id>1</id><title>Ships sail</title><link rel="alternate" type="text/html"'
    ' href="https://news.example/1"/><issued>2026-03-11T12:00:00Z</issued>'
    '<content type="text/html" mode="escaped">&lt;p&gt;Three ships left port.&lt;/p&gt;</content></entry></feed>'
)
ATOM_10 = (
    '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>'
    '<entry><id>1</id><title type="html">Ships &lt;b&gt;sail&lt;/b&gt;</title><link href="https://news.example/1"/>'
    "<published>2026-03-11T12:00:00Z</published><updated>2026-03-11T13:00:00Z</updated>"
    '<summary>Ships.</summary><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">'
    "<p>Three ships left port.</p></div></content></entry></feed>"
)
JSON_10 = (
    '{"version":"https://jsonfeed.org/version/1","title":"News","items":[{"id":1,"url":"https://news.example/1",'
    '"title":"Ships sail","content_html":"<p>Three ships left port.</p>","author":{"name":"A. Writer"},'
    '"date_published":"2026-03-11T12:00:00Z"}]}'
)
JSON_11 = (
    '{"version":"https://jsonfeed.org/version/1.1","title":"News","items":[{"id":"1","title":"Ships sail",'
    '"url":"https://news.example/1","content_text":"Three ships left port.","authors":[{"name":"A. Writer"}],'
    '"date_published":"2026-03-11T21:00:00+09:00"}]}'
)
KINDS = {
    "rss-0.91": RSS_091,
    "rss-0.92": RSS_092,
    "rss-2.0": RSS_20,
    "rdf": RDF,
    "atom-0.3": ATOM_03,
    "atom-1.0": ATOM_10,
    "json-1.0": JSON_10,
    "json-1.1": JSON_11,
}

PAGE = "<!DOCTYPE html><html><head><title>Log in</title>{}</head><body><p>Please log in.</p></body></html>"


def entity_bomb() -> bytes:
    """Entities within entities: a billion words of three letters when unfolded."""
    nested = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    prolog = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a0 "lol">{nested}]>'
    return rss(item(guid="1", title="&a9;"), prolog=prolog)


def attribute_bomb() -> bytes:
    """One tag with so many attributes that feedparser works on it for a minute."""
    many = " ".join(f'a{n}="x"' for n in range(200_000))
    return rss(f"<item {many}><title>x</title></item>")

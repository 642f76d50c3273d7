from __future__ import annotations

from pathlib import Path

import pytest
from commands import Monitor

OPML = """<?xml version="1.0"?>
<opml version="2.0"><head><title>x</title></head><body>
<outline text="Korea">
  <outline type="rss" text="Daily &amp; Weekly" xmlUrl="https://a.example/rss"/>
  <outline type="rss" text="Daily &amp; Weekly" xmlUrl="https://b.example/rss"/>
</outline>
<outline type="rss" text="북한 뉴스" xmlUrl="https://c.example/rss"/>
</body></opml>"""


@pytest.fixture(autouse=True)
def _installed(monitor: Monitor) -> None:
    del monitor  # it has gone to a folder of its own
    Path("config.toml").write_text("")
    Path("list.opml").write_text(OPML)


def test_feeds_of_an_opml_file_are_added_once(monitor: Monitor) -> None:
    said = monitor("feeds", "import", "list.opml", "--grade", "C")
    assert (said.status, "3 feeds added, 0 known already" in said.out) == (0, True)
    rows = {row["id"]: row for row in monitor("feeds", "list", "--json").json}
    assert set(rows) == {"daily-weekly", "daily-weekly-2", "feed"}
    assert (rows["daily-weekly"]["group"], rows["daily-weekly"]["grade"]) == ("Korea", "C")
    assert rows["feed"]["name"] == "북한 뉴스"
    assert "0 feeds added, 3 known already" in monitor("feeds", "import", "list.opml").out


def test_a_dry_run_adds_nothing(monitor: Monitor) -> None:
    assert "3 feeds would be added" in monitor("feeds", "import", "list.opml", "--dry-run").out
    assert monitor("feeds", "list", "--json").json == []


def test_what_is_exported_can_be_imported(monitor: Monitor) -> None:
    monitor("feeds", "import", "list.opml")
    assert monitor("feeds", "export", "-o", "out.opml").status == 0
    for row in monitor("feeds", "list", "--json").json:
        monitor("feeds", "remove", row["id"])
    assert "3 feeds added" in monitor("feeds", "import", "out.opml").out
    groups = {row["group"] for row in monitor("feeds", "list", "--json").json}
    assert groups == {"Korea", "other"}


@pytest.mark.parametrize("text", ["", "no xml", "<opml><body/></opml>", "<html></html>"])
def test_a_file_that_is_no_list_of_feeds_is_refused(monitor: Monitor, text: str) -> None:
    Path("bad.opml").write_text(text)
    assert monitor("feeds", "import", "bad.opml").status == 2


def test_an_address_that_is_none_is_refused_and_nothing_is_added(monitor: Monitor) -> None:
    Path("bad.opml").write_text(OPML.replace("https://b.example/rss", "javascript:alert(1)"))
    assert monitor("feeds", "import", "bad.opml").status == 2
    assert monitor("feeds", "list", "--json").json == []


BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
DOCTYPES = [
    "<!DOCTYPE opml [<!ENTITY x SYSTEM 'file://{secret}'>]>",
    "<!DOCTYPE opml SYSTEM 'file://{secret}'>",
    f"<!DOCTYPE opml [<!ENTITY a0 'lol'>{BOMB}<!ENTITY x '&a9;'>]>",
]


@pytest.mark.fault("WB19")
@pytest.mark.parametrize("doctype", DOCTYPES, ids=["entity", "dtd", "bomb"])
def test_a_list_of_feeds_reads_no_file_and_does_not_unfold(monitor: Monitor, doctype: str) -> None:
    secret = Path("secret.txt").resolve()
    secret.write_text("zqcanaryqz")
    head = doctype.replace("{secret}", str(secret))
    outline = '<outline type="rss" text="&x;" xmlUrl="https://a.example/rss"/>'
    Path("bad.opml").write_text(
        f'<?xml version="1.0"?>{head}<opml version="2.0"><body>{outline}</body></opml>'
    )
    answer = monitor("feeds", "import", "bad.opml")
    assert answer.status in {0, 2}
    listed = monitor("feeds", "list", "--json").out
    assert "zqcanaryqz" not in answer.out + answer.err + listed
    assert len(listed) < 5_000


@pytest.mark.fault("WB19")
def test_a_list_of_many_feeds_is_taken(monitor: Monitor) -> None:
    many = "".join(
        f'<outline type="rss" text="Feed {n}" xmlUrl="https://a.example/{n}"/>' for n in range(5_000)
    )
    Path("many.opml").write_text(f'<opml version="2.0"><head/><body>{many}</body></opml>')
    said = monitor("feeds", "import", "many.opml", "--dry-run")
    assert (said.status, "5000 feeds would be added" in said.out) == (0, True)

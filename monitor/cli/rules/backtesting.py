"""`monitor rules backtest`: what a change of rules would have changed."""

from __future__ import annotations

import contextlib
import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from monitor.archive import SUFFIXES
from monitor.backtest import Difference, Replay, Side, Told, compare, replay
from monitor.cli.folders import Processes, Ray
from monitor.cli.options import ConfigFile, Json, read_config_if_any
from monitor.cli.output import counted, shown, to_json
from monitor.cli.rules.choice import Folder, chosen, folders
from monitor.cli.rules.past import (
    STORED_SINCE,
    archive_audience,
    archived_past,
    judge_folder_past,
    judge_past,
    line,
    stored_past,
)
from monitor.config import Config
from monitor.errors import UsageError
from monitor.matching.load import load_pack
from monitor.model import Alert, Finding

_SHOWN = 40  # alerts in each list


def backtest(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[RULE]... [FILE|DIR]",
            help="Rules, else all; an archive of JSON lines, may be .gz, or Parquet; or a folder of such files.",
        ),
    ] = None,
    *,
    since: Annotated[
        str,
        typer.Option(
            help="Articles since then: 90d, 2026-03-01; of an archive else all, of those stored 90d."
        ),
    ] = "",
    against: Annotated[
        str, typer.Option(metavar="GIT-REV|DIR", help="The rules to compare with; else the shipped ones.")
    ] = "",
    fail_on_lost: Annotated[bool, typer.Option("--fail-on-lost", help="1 when an alert is lost.")] = False,
    processes: Processes = None,
    ray: Ray = "",
    rules: Folder = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Which alerts a change of rules gains and loses over stored articles or an archive, and who gets how many."""
    settings = read_config_if_any(config)
    ids, archive = _asked(words or [])
    with _sides(settings, folders(settings, rules), ids, against) as (before, after, told):
        sides = [before, after] if before else [after]
        if archive is not None and archive.is_dir():
            audience = archive_audience(settings)
            done, record = judge_folder_past(archive, since, sides, settings, processes=processes, ray=ray)
        elif ray:
            raise UsageError("--ray spreads the files of a folder; give one")
        else:
            past = (
                archived_past(settings, archive, since)
                if archive
                else stored_past(settings, since or STORED_SINCE)
            )
            audience = past.audience
            done, record = judge_past(past, sides, settings, processes=processes)
        replays = [replay(held, side, record, audience) for held, side in zip(done, sides, strict=True)]
    difference = compare(replays[0] if before else Replay(), replays[-1])
    if as_json:
        typer.echo(to_json(_as_dict(difference, replays[-1].held)))
    else:
        _print(difference, replays[-1].held, against=told)
    if fail_on_lost and difference.lost:
        raise typer.Exit(1)


# --- what is compared --------------------------------------------------------------------------------


def _asked(words: Sequence[str]) -> tuple[list[str], Path | None]:
    """Rule ids, and the archive where one of the words is a file or a folder."""
    files = [Path(word) for word in words if Path(word).suffix in SUFFIXES or Path(word).exists()]
    if len(files) > 1:
        raise UsageError(f"one archive at a time, not {', '.join(map(str, files))}")
    return [word for word in words if Path(word) not in files], files[0] if files else None


@contextlib.contextmanager
def _sides(
    config: Config, now: list[Path], ids: list[str], against: str
) -> Iterator[tuple[Side | None, Side, str]]:
    """The rules to compare with, those of today, and what the former are called."""
    rules = frozenset(ids)
    pack = load_pack(now)
    chosen(pack, ids)
    after = Side(pack=pack, rules=rules)
    own = now[-1]
    with tempfile.TemporaryDirectory(prefix="rules-") as temporary:
        if Path(against).is_dir() and against:
            former = [*now[:1], Path(against)]  # beside the shipped ones, as one's own are
        elif against:
            former = [*now[:-1], _from_git(own, against, Path(temporary))]
        elif len(now) > 1:
            former = config.rule_folders[:1]
        else:
            yield None, after, "nothing"
            return
        yield Side(pack=load_pack(former), rules=rules), after, against or "the shipped rules"


def _from_git(folder: Path, revision: str, into: Path) -> Path:
    """The folder as it was in that revision; UsageError where git does not know it."""
    if revision.startswith("-"):  # no revision does, and git would take it for an option
        raise UsageError(f"'{revision}' is no folder and no git revision")
    command = ["git", "-C", str(folder), "archive", "--format=tar", revision, "--", "."]
    try:
        done = subprocess.run(command, capture_output=True, check=True)  # noqa: S603 - no shell; git reads a name
    except FileNotFoundError as error:
        raise UsageError("git is not installed; give a folder after --against") from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().splitlines()
        raise UsageError(
            f"'{revision}' is no folder and no git revision of {folder}: {said[0] if said else 'git failed'}"
        ) from error
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(into, filter="data")
    return into


# --- what is told ------------------------------------------------------------------------------------


def _print(found: Difference, held: Sequence[Finding], *, against: str) -> None:
    console = Console(highlight=False, soft_wrap=True)  # a line is an alert, for grep
    console.print(
        f"[bold]{counted(found.before, 'alert')} with {against}, {found.after} with the rules of today:[/] "
        f"[green]{len(found.gained)} gained[/], [red]{len(found.lost)} lost[/], "
        f"{len(found.raised)} raised, {len(found.lowered)} lowered"
    )
    for title, mark, alerts in (("Gained", "green", found.gained), ("Lost", "red", found.lost)):
        _list(console, title, mark, alerts)
    for title, changes in (("Raised", found.raised), ("Lowered", found.lowered)):
        if changes:
            console.print(f"\n[bold]{title}[/]")
        for each in changes[:_SHOWN]:
            console.print(f"  {line(each.after, before=each.before)}", markup=False)
    _held(console, held)
    _weeks(console, found)
    _messages(console, found)


def _list(console: Console, title: str, mark: str, alerts: Sequence[Alert]) -> None:
    if not alerts:
        return
    console.print(f"\n[bold {mark}]{title}[/]")
    for alert in alerts[:_SHOWN]:
        console.print(f"  {line(alert)}", markup=False)
    if len(alerts) > _SHOWN:
        console.print(f"  and {len(alerts) - _SHOWN} more; --json has them all")


def _held(console: Console, held: Sequence[Finding]) -> None:
    """Absences that are none for all we know, so that nobody wonders why there is no alert."""
    if held:
        console.print("\n[bold]Held, with the rules of today[/]")
    for each in held[:_SHOWN]:
        console.print(f"  {each.date} {each.rule}  {shown(each.said)}", markup=False)


def _weeks(console: Console, found: Difference) -> None:
    weeks = found.weeks()
    if not weeks:
        return
    table = Table(title="by week", title_justify="left", box=None, pad_edge=False)
    table.add_column("week of")
    for name in ("gained", "lost"):
        table.add_column(name, justify="right")
    table.add_column("")
    most = max(gained + lost for _, gained, lost in weeks)
    for week, gained, lost in weeks:
        width = 40 / most
        bar = f"[green]{'█' * round(gained * width)}[/][red]{'█' * round(lost * width)}[/]"
        table.add_row(f"{week}", str(gained), str(lost), bar)
    console.print()
    console.print(table)


def _messages(console: Console, found: Difference) -> None:
    """Who would have got how many; how many of them digests and escalated, and what silences held back, if any."""
    if not found.messages:
        return
    several = [each for pair in found.messages.values() for each in pair]
    parts = [name for name in _PARTS if name == "messages" or any(getattr(each, name) for each in several)]
    table = Table(title="messages", title_justify="left", box=None, pad_edge=False)
    table.add_column("subscription")
    for part in parts:
        for when in ("before", "after"):
            table.add_column(when if part == "messages" else f"{_PARTS[part]} {when}", justify="right")
    for name, pair in found.messages.items():
        table.add_row(name, *(str(getattr(each, part)) for part in parts for each in pair))
    console.print()
    console.print(table)


_PARTS = {
    "messages": "messages",
    "digests": "digests among them",
    "escalated": "escalated among them",
    "silenced": "alerts silenced",
}


def _as_dict(found: Difference, held: Sequence[Finding]) -> dict[str, object]:
    return {
        "before": found.before,
        "after": found.after,
        "gained": [_alert(each) for each in found.gained],
        "lost": [_alert(each) for each in found.lost],
        "raised": [{"from": str(each.before.level), **_alert(each.after)} for each in found.raised],
        "lowered": [{"from": str(each.before.level), **_alert(each.after)} for each in found.lowered],
        "weeks": [{"week": week, "gained": gained, "lost": lost} for week, gained, lost in found.weeks()],
        "held": [{"rule": each.rule, "date": each.date, "said": each.said} for each in held],
        "messages": {name: _told(*pair) for name, pair in found.messages.items()},
    }


def _told(before: Told, after: Told) -> dict[str, object]:
    parts = ("digests", "escalated", "silenced")
    return {
        "before": before.messages,
        "after": after.messages,
        **{part: {"before": getattr(before, part), "after": getattr(after, part)} for part in parts},
    }


def _alert(alert: Alert) -> dict[str, object]:
    whole = asdict(alert)
    return {
        **{name: whole[name] for name in ("rules", "opened", "actors", "places", "date")},
        "level": str(alert.level),
        "articles": [report.article for report in alert.reports],
        "said": alert.said,
        "title": alert.reports[0].title,
        "sentence": alert.reports[0].sentence.text,
    }

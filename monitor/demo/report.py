"""Prints what came of a run: the alerts and why, what was let pass and why, where everything lies."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from monitor.alerting.channels.console import BADGES
from monitor.demo.outcome import Missed, Outcome, Told, telling
from monitor.model import Because, Reason, Standing

_BADGE = 10  # characters
_REASON = 12

BECAUSE = {
    Because.NEGATED: "the text says it did not happen",
    Because.DENIED: "somebody denies it",
    Because.PLANNED: "it is planned, and has not happened",
    Because.THREATENED: "it is a threat in words",
    Because.HYPOTHETICAL: "it could happen, and has not",
    Because.HISTORICAL: "it happened long ago",
    Because.EXERCISE: "it was part of an exercise",
    Because.ACTOR: "another actor did it",
    Because.RECIPIENT: "it was directed at somebody else",
    Because.OBJECT: "it was about something else",
    Because.PLACE: "it happened elsewhere",
    Because.TOPIC: "the article is about something else",
    Because.PASSING: "the text tells it only in passing",
    Because.NO_EVENT: "it names the words, and tells no event",
}


def print_outcome(outcome: Outcome, console: Console) -> None:
    """The whole report, from the alerts to the files."""
    console.rule(f"[bold]{len(outcome.told)} alerts[/], as they stand after the week", style="dim")
    console.print()
    for told in outcome.told:
        _print_told(told, console)
    console.print()
    _print_held(outcome, console)
    print_missed(outcome, console)
    print_delivered(outcome, console)
    console.rule("[bold]To look around[/]", style="dim")
    console.print(Padding(_places(outcome), (1, 2)))


def print_missed(outcome: Outcome, console: Console) -> None:
    """What was nearly an alert, a few of each reason."""
    console.rule("[bold]Not alerted[/], and why", style="dim")
    console.print()
    for missed in telling(outcome.missed):
        _print_missed(missed, console)
    counts = Counter(each.miss.because for each in outcome.missed)
    words = ", ".join(f"{because} {count}" for because, count in counts.most_common())
    console.print(Padding(Text(f"all near misses: {words}", style="dim"), (1, 2)))


def print_delivered(outcome: Outcome, console: Console) -> None:
    """How many messages were sent on each channel, and what the receivers say."""
    console.rule("[bold]Delivered[/]", style="dim")
    console.print(Padding(_channels(outcome), (1, 2)))


def _print_told(told: Told, console: Console) -> None:
    headline, message = told.message.headline, told.message
    known = message.standing_line.removeprefix("NEW · ")
    line = Table.grid(padding=(0, 1, 0, 0))
    line.add_column(width=_BADGE, no_wrap=True)
    line.add_column()
    level = str(told.alert.level).upper()
    line.add_row(
        Text(f" {level} ", style=BADGES[told.alert.level]),
        Text(_news(headline, without=f"{level} · "), "bold"),
    )
    line.add_row("", Text(f"{' + '.join(told.alert.rules)} · {known}", style="dim"))
    console.print(Padding(line, (0, 2)))


def _news(headline: str, *, without: str = "") -> str:
    """The headline without what stands beside it, and without the status that is the rule."""
    return headline.removeprefix(without).replace("occurred · ", "", 1)


def _print_held(outcome: Outcome, console: Console) -> None:
    if not outcome.held:
        return
    console.rule(
        "[bold]Stored, not sent[/]: there before the service came, too old, or in shadow", style="dim"
    )
    table = Table.grid(padding=(0, 1, 0, 0))
    for told in outcome.held:
        why = told.alert.standing if told.alert.standing is not Standing.LIVE else Reason.SHADOW
        news = _news(told.message.headline)
        own = f"{news} · {' + '.join(told.alert.rules)}" if why is Reason.SHADOW else news
        table.add_row(Text(f"{why:<{_BADGE}}", style="yellow"), own)
    console.print(Padding(table, (1, 2)))


def _print_missed(missed: Missed, console: Console) -> None:
    miss = missed.miss
    sentence = Text(miss.sentence.text)
    if miss.cue and miss.cue.field == miss.sentence.field:
        start = miss.sentence.start
        sentence.stylize("bold yellow", miss.cue.start - start, miss.cue.end - start)
    line = Table.grid(padding=(0, 1, 0, 0))
    line.add_column(width=_REASON)
    line.add_column()
    line.add_row(Text(str(miss.because), style="yellow"), Text.assemble("“", sentence, "”"))
    line.add_row("", Text(f"{BECAUSE[miss.because]} · {miss.rule}", style="dim"))
    console.print(Padding(line, (0, 2)))


def _channels(outcome: Outcome) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("channel", "to", "sent", "received", "repeats"):
        table.add_column(column, justify="right" if column in {"sent", "received", "repeats"} else "left")
    deliveries = [delivery for told in outcome.told for delivery in told.deliveries]
    for channel, target in sorted({(delivery.channel, delivery.target) for delivery in deliveries}):
        sent = sum(delivery.channel == channel and delivery.sent is not None for delivery in deliveries)
        got = [receipt for receipt in outcome.receipts if receipt.channel == channel]
        fresh = str(sum(not receipt.repeat for receipt in got)) if got else "–"
        again = str(sum(receipt.repeat for receipt in got)) if got else "–"
        table.add_row(channel, target, str(sent), fresh, again)
    if outcome.waiting:
        table.add_row("[yellow]waiting[/]", "not yet taken by a receiver", str(outcome.waiting))
    return table


def _places(outcome: Outcome) -> Table:
    run = outcome.run
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    table.add_row("the history", f"monitor alerts list -c {_near(run.config)}")
    table.add_row("what was sent", f"{_near(run.received / 'messages')}")
    table.add_row("the log", f"{_near(run.log)}")
    return table


def _near(path: Path) -> Path:
    """The path as one would type it from here."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path

"""Prints what came of a run: the alerts and why, what was let pass and why, where everything lies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from monitor.alerting.render import segments
from monitor.demo.outcome import Missed, Outcome, Told, telling
from monitor.demo.sample import START
from monitor.model import Because, Level, Message

ROLE_STYLES = {
    "actor": "bold red",
    "action": "bold yellow",
    "object": "bold cyan",
    "recipient": "bold magenta",
    "place": "green",
}
LEVEL_STYLES = {
    Level.INFORMATIONAL: "black on white",
    Level.LOW: "black on green",
    Level.MEDIUM: "black on yellow",
    Level.HIGH: "bold white on red",
    Level.CRITICAL: "bold white on magenta",
}
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
    Because.NO_EVENT: "it names the words, and tells no event",
}


def print_outcome(outcome: Outcome, console: Console) -> None:
    """The whole report, from the alerts to the files."""
    console.print()
    console.rule(f"[bold]{len(outcome.told)} alerts[/], and why", style="dim")
    for told in outcome.told:
        _print_told(told, console)
    _print_legend(console)
    _print_held(outcome, console)
    console.rule("[bold]Not alerted[/], and why", style="dim")
    for missed in telling(outcome.missed):
        _print_missed(missed, console)
    _print_counts(outcome.missed, console)
    console.rule("[bold]Delivered[/]", style="dim")
    console.print(Padding(_channels(outcome), (1, 2)))
    console.rule("[bold]To look around[/]", style="dim")
    console.print(Padding(_places(outcome), (1, 2)))


def _print_told(told: Told, console: Console) -> None:
    message, alert = told.message, told.alert
    level = Text(f" {alert.level:<8} ".upper(), style=LEVEL_STYLES[alert.level])
    headline = message.headline.partition(" · ")[2]
    console.print(Padding(Text.assemble(level, "  ", (headline, "bold")), (1, 0, 0, 2)))
    console.print(Padding(marked(message), (0, 2, 0, 14)))
    for line in (message.standing_line, " + ".join(alert.rules), *message.links[:1]):
        console.print(Padding(Text(line, style="dim", overflow="fold"), (0, 2, 0, 14)))


def marked(message: Message) -> Text:
    """The sentence, each piece of evidence in the style of its role."""
    return Text.assemble(*((text, ROLE_STYLES.get(role, "")) for text, role in segments(message)))


def _print_legend(console: Console) -> None:
    roles = (Text(role, style=style) for role, style in ROLE_STYLES.items())
    console.print(Padding(Text.assemble(("marked: ", "dim"), Text(" · ", "dim").join(roles)), (1, 2)))


def _print_held(outcome: Outcome, console: Console) -> None:
    if not outcome.held:
        return
    console.rule("[bold]Stored, not sent[/]: they were there before the service came", style="dim")
    console.print()
    for told in outcome.held:
        reason = Text(f"{told.alert.standing:<9}", style="yellow")
        console.print(Padding(Text.assemble(reason, told.message.headline), (0, 2, 0, 2)))
    console.print()


def _print_missed(missed: Missed, console: Console) -> None:
    miss = missed.miss
    head = Text.assemble((f"{miss.because:<13}", "yellow"), f"{BECAUSE[miss.because]}  ", (miss.rule, "dim"))
    sentence = Text(miss.sentence.text)
    if miss.cue and miss.cue.field == miss.sentence.field:
        sentence.stylize(
            "bold yellow", miss.cue.start - miss.sentence.start, miss.cue.end - miss.sentence.start
        )
    console.print(Padding(head, (1, 2, 0, 2)))
    console.print(Padding(sentence, (0, 2, 0, 15)))


def _print_counts(missed: Iterable[Missed], console: Console) -> None:
    counts = Counter(each.miss.because for each in missed)
    words = ", ".join(f"{because} {count}" for because, count in counts.most_common())
    console.print(Padding(Text(f"all near misses: {words}", style="dim"), (1, 2)))


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
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    table.add_row("database", str(run.database))
    table.add_row("messages", str(run.received / "messages"))
    table.add_row("ledger", str(run.ledger))
    table.add_row("log", str(run.log))
    table.add_row("replayed", f"{START:%d %B %H:%M} to {outcome.until:%d %B %Y %H:%M} UTC")
    return table

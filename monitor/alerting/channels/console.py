"""Alerts on the terminal, for trying things out and for a screen on the wall."""

from __future__ import annotations

import datetime as dt
import io

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from monitor.alerting.channels.settings import ConsoleSettings
from monitor.alerting.render import segments, shown_report
from monitor.alerting.text import calm
from monitor.errors import DeliveryError
from monitor.model import Digest, Level, Message, Notice

BADGES = {
    Level.INFORMATIONAL: "black on white",
    Level.LOW: "black on white",
    Level.MEDIUM: "bold white on blue",
    Level.HIGH: "bold black on yellow",
    Level.CRITICAL: "bold white on red",
}
MARKS = {
    "actor": "bold cyan",
    "action": "bold yellow",
    "object": "bold green",
    "recipient": "bold magenta",
    "place": "magenta",
}
_MARK = "bold"  # for the other roles


class ConsoleChannel:
    """Prints each message; what feeds wrote is shown as text, never read as markup or terminal codes."""

    def __init__(self, settings: ConsoleSettings, *, console: Console) -> None:
        self._width = settings.width
        self._console = console

    async def send(self, message: Message | Digest | Notice, *, now: dt.datetime) -> None:
        """Print the message in one piece; DeliveryError when the terminal is gone."""
        del now
        text = self._printed(message)
        try:  # written here, as rich would end the program on a broken pipe
            self._console.file.write(text)
            self._console.file.flush()
        except (OSError, ValueError) as error:  # ValueError: closed, or letters that it cannot show
            raise DeliveryError(f"the terminal did not take the alert: {error}") from error

    def _printed(self, message: Message | Digest | Notice) -> str:
        like = self._console
        paper = Console(
            file=io.StringIO(),
            width=self._width or like.width,
            force_terminal=like.is_terminal,
            color_system=like.color_system,  # type: ignore[arg-type]  # rich types its own names as str
        )
        with paper.capture() as printed:
            if isinstance(message, Notice):
                paper.print(_notice(message))
            if isinstance(message, Digest):
                paper.print(_opening(message))
            for each in _alerts(message):
                paper.print(_view(each))
                paper.print(_source(each), soft_wrap=True)  # unbroken, so that it can be clicked
                paper.print(_foot(each))
        return printed.get()


def marked(message: Message) -> Text:
    """The sentence in quotation marks, each piece of evidence in the colour of its role."""
    pieces = ((calm(text), _style(role) if role else "") for text, role in segments(message))
    return Text.assemble("“", *pieces, "”")


def _alerts(message: Message | Digest | Notice) -> tuple[Message, ...]:
    if isinstance(message, Digest):
        return message.messages
    return () if isinstance(message, Notice) else (message,)


def _notice(notice: Notice) -> Text:
    lines = "".join(f"  {calm(line)}\n" for line in (*notice.lines, notice.link) if line)
    return Text.assemble((calm(notice.headline), "bold"), "\n", lines)


def _opening(digest: Digest) -> Text:
    repeated = " · may be a repeat" if digest.repeated else ""
    note = f"  {calm(digest.note)}\n" if digest.note else ""
    told = f"{note}  {calm(digest.standing_line)} · digest {digest.id}{repeated}\n"
    return Text.assemble((calm(digest.headline), "bold underline"), "\n", (told, "dim"))


def _view(message: Message) -> Group:
    rules = zip(message.alert.titles, message.alert.rules, strict=True)
    parts = [marked(message), _legend(message), *(_rule(title, rule) for title, rule in rules)]
    said = [_plain(line) for line in (message.standing_line, message.note) if line]
    said += [Text.assemble(("changed ", "dim"), calm(each)) for each in message.changes]
    return Group(_headline(message), Padding(Group(*said, *parts), (0, 0, 0, 2), expand=False))


def _headline(message: Message) -> Table:
    """The level as a badge, the rest of the line beside it."""
    level = str(message.alert.level).upper()
    rest = calm(message.headline).removeprefix(level).removeprefix(" · ")
    line = Table.grid(padding=(0, 1, 0, 0))
    line.add_column(no_wrap=True)
    line.add_row(Text(f" {level} ", BADGES[message.alert.level]), Text(rest, "bold"))
    return line


def _legend(message: Message) -> Text:
    """Each role with its words: the key to the colours, and all there is where none are shown."""
    words: dict[str, list[str]] = {}
    for text, role in segments(message):
        words.setdefault(role, []).append(calm(text))
    words.pop("", None)
    return Text(" · ").join(
        Text.assemble((f"{role} ", "dim"), (", ".join(said), _style(role))) for role, said in words.items()
    )


def _rule(title: str, rule: str) -> Text:
    return Text.assemble(("rule ", "dim"), calm(title), (f" ({calm(rule)})", "dim"))


def _source(message: Message) -> Text:
    report = shown_report(message.alert, message.delivery.reason)
    said = f"{calm(report.publisher) or 'unknown publisher'}, grade {report.grade} "
    return Text.assemble("  ", ("source ", "dim"), said, (calm("".join(message.links[:1])), "underline"))


def _foot(message: Message) -> Text:
    repeated = " · may be a repeat" if message.delivery.repeated else ""
    return Text(f"  alert {message.alert.id} · delivery {message.delivery.id}{repeated}\n", style="dim")


def _plain(line: str) -> Text:
    return Text(calm(line))


def _style(role: str) -> str:
    return MARKS.get(role, _MARK)

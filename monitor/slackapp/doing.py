"""What is asked from Slack, done in the database by the functions that commands and pages use.

Slack may hand us the same thing twice, after a lost answer or a new connection. So whatever is done here is done once:
a second time finds it done, changes nothing and writes no second line into the audit log.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from monitor import history
from monitor.alerting.channels.slackbuttons import Button
from monitor.config import Config, SubscriptionEntry, entry
from monitor.errors import MonitorError, UsageError
from monitor.matching.load import Pack, load_pack
from monitor.model import (
    SCOPES,
    Acknowledgement,
    Alert,
    AlertVerdict,
    Level,
    Opinion,
    Record,
    Subscription,
)
from monitor.slackapp.asked import Asked, Asker, Command, Press
from monitor.storage import (
    Connection,
    Database,
    acknowledgements,
    alerts,
    audit,
    silences,
    subscriptions,
    verdicts,
)

_HERE = "here"
_OPINIONS = {Button.TRUE: Opinion.TRUE, Button.FALSE: Opinion.FALSE}
HELP = """\
{name} list: what you and this Slack channel are told
{name} subscribe [here] [LEVEL] [RULE ...]: alerts to you, or to this Slack channel
{name} unsubscribe [here]
{name} mute RULE [here], {name} unmute RULE [here]
{name} ack ALERT [NOTE], {name} true ALERT [NOTE], {name} false ALERT [NOTE]
{name} silence RULE 24h REASON: nobody is told for that time, unless it is critical"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """What came of it, in words."""

    answer: str  # to whoever asked, alone
    note: str = ""  # to everybody in the alert's thread, where something changed


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Does what is asked, as far as the asker may; one Slack channel of the config."""

    config: Config
    channel: str  # its name there
    database: Database
    clock: Callable[[], dt.datetime]
    pack: Callable[[], Pack] | None = None  # the rules to know names by; None: those of the config, read anew

    def do(self, asked: Asked) -> Done:
        """Do it, once however often it is asked. Whatever is wrong is answered in words."""
        try:
            self._may(asked.asker, "read")
            return self._press(asked) if isinstance(asked, Press) else self._command(asked)
        except MonitorError as error:
            return Done(answer=str(error))

    def _may(self, asker: Asker, scope: str) -> None:
        """UsageError unless the config lets them."""
        settings = self.config.channels[self.channel]
        assert settings.kind == "slack"
        role = settings.people.get(asker.user) if asker.workspace in settings.workspaces else None
        if role is None:
            raise UsageError(
                "You are not among those whom this app answers. Whoever runs it can list you, by your Slack id, in "
                f"people of [channels.{self.channel}]."
            )
        if scope not in SCOPES[role]:
            raise UsageError(
                f"You are a {role.value}, and may not do this. Whoever runs this app can change that in people of "
                f"[channels.{self.channel}]."
            )

    # --- buttons ---------------------------------------------------------------------------------

    def _press(self, press: Press) -> Done:
        with self.database.write() as conn:
            if press.button is Button.MUTE:
                rules = _known(conn, press.alert).rules
                return self._muted(conn, press.asker, press.subscription, frozenset(rules), muted=True)
            self._may(press.asker, "write")
            given = min(press.at, self.clock())
            if press.button is Button.ACKNOWLEDGE:
                return self._acknowledge(conn, press.asker, press.alert, given=given)
            return self._judge(conn, press.asker, press.alert, _OPINIONS[press.button], given=given)

    def _acknowledge(
        self, conn: Connection, asker: Asker, alert: str, *, given: dt.datetime, note: str = ""
    ) -> Done:
        found = _known(conn, alert)
        if any(each.analyst == asker.analyst for each in acknowledgements.of(conn, found.id)):
            return Done(answer=f"You have acknowledged {found.id[:8]} already.")
        acknowledgements.add(
            conn, Acknowledgement(alert=found.id, analyst=asker.analyst, given=given, note=note)
        )
        self._note(conn, asker, "acknowledge", f"alert {found.id}")
        return Done(
            answer=f"You take care of {found.id[:8]}. It is not passed on to others.",
            note=f"{_name(asker)} takes care of it.",
        )

    def _judge(
        self,
        conn: Connection,
        asker: Asker,
        alert: str,
        opinion: Opinion,
        *,
        given: dt.datetime,
        note: str = "",
    ) -> Done:
        found = _known(conn, alert)
        own = [each for each in verdicts.of(conn, [found.id])[found.id] if each.analyst == asker.analyst]
        if own and (own[-1].opinion is opinion or own[-1].given >= given):  # the latter was pressed before it
            return Done(answer=f"{found.id[:8]} is {own[-1].opinion}, as you have said already.")
        said = AlertVerdict(alert=found.id, analyst=asker.analyst, opinion=opinion, given=given, note=note)
        verdicts.add(conn, said)
        self._note(conn, asker, "verdict", f"alert {found.id}", comment=opinion)
        return Done(
            answer=f"{found.id[:8]} is {opinion}, you say.", note=f"{_name(asker)} holds it to be {opinion}."
        )

    # --- the slash command -----------------------------------------------------------------------

    def _command(self, command: Command) -> Done:
        known: Mapping[str, Callable[[Command, list[str]], Done]] = {
            "list": self._list,
            "subscribe": self._subscribe,
            "unsubscribe": self._unsubscribe,
            "mute": self._mute,
            "unmute": self._unmute,
            "ack": self._ack,
            "true": self._verdict,
            "false": self._verdict,
            "silence": self._silence,
        }
        word, *rest = (*command.words, "help")[: max(len(command.words), 1)]
        do = known.get(word.lower())
        return do(command, rest) if do else Done(answer=HELP.format(name=command.name))

    def _list(self, command: Command, rest: list[str]) -> Done:
        del rest
        with self.database.read() as conn:
            every = subscriptions.all(conn)
        mine = [each for each in every if each.channel == self.channel and each.target in _places(command)]
        told = [_described(each) for each in mine]
        return Done(answer="\n".join(told) or f"Nothing yet: {command.name} subscribe")

    def _subscribe(self, command: Command, rest: list[str]) -> Done:
        here, rest = _split(rest)
        self._may(command.asker, "write" if here else "read")
        levels = {str(each) for each in Level}
        level = rest.pop(0).lower() if rest and rest[0].lower() in levels else "medium"
        target = _target(command, here=here)
        wish = entry(
            SubscriptionEntry,
            {"id": _id(target), "channel": self.channel, "target": target, "rules": rest, "min_level": level},
        ).subscription(from_config=False)
        if rest and (unknown := history.unknown_words(wish, self._pack())):
            raise UsageError("; ".join(unknown))
        with self.database.write() as conn:
            before = subscriptions.get(conn, wish.id)
            if before is None:
                subscriptions.add(conn, wish)
            else:
                wish = replace(before, rules=wish.rules, min_level=wish.min_level, paused=False)
                if wish == before:
                    return Done(answer=f"It is so already. {_described(before)}")
                subscriptions.change(conn, wish)
            what = "change" if before else "add"
            self._note(
                conn, command.asker, what, f"subscription {wish.id}", comment=f"channel {wish.channel}"
            )
        return Done(answer=_described(wish))

    def _unsubscribe(self, command: Command, rest: list[str]) -> Done:
        here, _ = _split(rest)
        self._may(command.asker, "write" if here else "read")
        name = _id(_target(command, here=here))
        with self.database.write() as conn:
            if subscriptions.get(conn, name) is None:
                return Done(answer="There is no subscription that was made from here.")
            subscriptions.remove(conn, name)
            self._note(conn, command.asker, "remove", f"subscription {name}")
        return Done(answer="No more alerts by this subscription.")

    def _mute(self, command: Command, rest: list[str], *, muted: bool = True) -> Done:
        here, rules = _split(rest)
        if len(rules) != 1:
            raise UsageError(f"Say which rule: {command.name} {'mute' if muted else 'unmute'} RULE")
        if muted and rules[0] not in {rule.id for rule in self._pack().every}:
            raise UsageError(f"no rule is called '{rules[0]}'")
        with self.database.write() as conn:
            name = _id(_target(command, here=here))
            return self._muted(conn, command.asker, name, frozenset(rules), muted=muted)

    def _unmute(self, command: Command, rest: list[str]) -> Done:
        return self._mute(command, rest, muted=False)

    def _ack(self, command: Command, rest: list[str]) -> Done:
        self._may(command.asker, "write")
        alert, note = _alert(command, rest)
        with self.database.write() as conn:
            return self._acknowledge(conn, command.asker, alert, given=self.clock(), note=note)

    def _verdict(self, command: Command, rest: list[str]) -> Done:
        self._may(command.asker, "write")
        alert, note = _alert(command, rest)
        opinion = Opinion(command.words[0].lower())
        with self.database.write() as conn:
            return self._judge(conn, command.asker, alert, opinion, given=self.clock(), note=note)

    def _silence(self, command: Command, rest: list[str]) -> Done:
        self._may(command.asker, "write")
        if len(rest) < 3:  # noqa: PLR2004 - rule, time and a word of reason
            raise UsageError(f"Say which rule, for how long and why: {command.name} silence RULE 24h REASON")
        rule, until, *why = rest
        if rule not in {each.id for each in self._pack().every}:
            raise UsageError(f"no rule is called '{rule}'")
        asked = history.silence(
            author=command.asker.analyst, reason=" ".join(why), until=until, rules=[rule], now=self.clock()
        )
        asked = replace(asked, id=hashlib.sha256(command.trigger.encode()).hexdigest()[:8])
        with self.database.write() as conn:
            if known := silences.get(conn, asked.id):
                return Done(answer=f"{rule} is silent until {known.until:%-d %b %H:%M} UTC.")
            hidden = history.would_hide(conn, asked, now=self.clock())
            silences.add(conn, asked)
            told = f"{rule}: {asked.reason}"
            self._note(conn, command.asker, "add", f"silence {asked.id}", comment=told)
        return Done(
            answer=f"{rule} is silent until {asked.until:%-d %b %H:%M} UTC, unless it is critical. In the last 30 days "
            f"that would have hidden {len(hidden)} alert{'' if len(hidden) == 1 else 's'}."
        )

    # --- what several need -----------------------------------------------------------------------

    def _muted(
        self, conn: Connection, asker: Asker, name: str, rules: frozenset[str], *, muted: bool
    ) -> Done:
        found = subscriptions.get(conn, name)
        if found is None or found.channel != self.channel:
            raise UsageError("There is no such subscription any more.")
        self._may(asker, "read" if found.target == asker.user else "write")
        if found.from_config:
            raise UsageError(
                f"subscription {name} is written in the config; change it there, or silence the rule for a time by "
                "the slash command"
            )
        wish = replace(found, muted=found.muted | rules if muted else found.muted - rules)
        told = ", ".join(sorted(rules))
        if wish != found:
            subscriptions.change(conn, wish)
            what = "mute" if muted else "unmute"
            self._note(conn, asker, what, f"subscription {name}", comment=told)
        return Done(answer=f"{'Muted' if muted else 'No longer muted'} for {name}: {told}")

    def _note(self, conn: Connection, asker: Asker, what: str, thing: str, *, comment: str = "") -> None:
        """In the audit log, in the transaction of what was done."""
        at, origin = self.clock(), f"slack {asker.workspace}"
        audit.add(
            conn,
            Record(at=at, who=asker.analyst, what=what, thing=thing, origin=origin, note=comment),
        )

    def _pack(self) -> Pack:
        return self.pack() if self.pack else load_pack(self.config.rule_folders)


def _known(conn: Connection, alert: str) -> Alert:
    found = alerts.get(conn, alert) if alert else None
    if found is None:
        raise UsageError("There is no such alert.")
    return found


def _alert(command: Command, rest: list[str]) -> tuple[str, str]:
    if not rest:
        raise UsageError(
            f"Say which alert: {command.name} {command.words[0]} ALERT; its id is in its last line"
        )
    return rest[0], " ".join(rest[1:])


def _split(words: list[str]) -> tuple[bool, list[str]]:
    """Whether `here` is among the words, and the others."""
    return _HERE in words, [each for each in words if each != _HERE]


def _target(command: Command, *, here: bool) -> str:
    return command.room if here else command.asker.user


def _places(command: Command) -> set[str]:
    return {command.room, command.asker.user} - {""}


def _id(target: str) -> str:
    """The id of the subscription that is made from Slack for that user or Slack channel."""
    return f"slack-{target.lower()}"


def _name(asker: Asker) -> str:
    return f"{asker.name} ({asker.user})" if asker.name else asker.user


def _described(subscription: Subscription) -> str:
    about = ", ".join(sorted(subscription.rules)) or "every rule"
    muted = f", without {', '.join(sorted(subscription.muted))}" if subscription.muted else ""
    paused = "; paused" if subscription.paused else ""
    return f"{subscription.id}: alerts of {about}{muted}, from {subscription.min_level} on{paused}"

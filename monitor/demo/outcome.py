"""What came of a run, as values: for the printed report and for `--json`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.demo.ledger import Receipt
from monitor.demo.runs import Run
from monitor.model import Alert, Article, Delivery, Message, NearMiss

_SHOWN_PER_REASON = 2
_OF_ONE_DELIVERY = frozenset({"alert", "reason", "subscription", "repeated", "standing_line"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """An alert as it reads now, and the deliveries it caused."""

    message: Message
    deliveries: tuple[Delivery, ...]

    @property
    def alert(self) -> Alert:
        """The alert itself."""
        return self.message.alert


@dataclass(frozen=True, kw_only=True, slots=True)
class Missed:
    """A near miss and the article it was found in."""

    miss: NearMiss
    article: Article


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """All that a run has to show."""

    run: Run
    told: tuple[Told, ...]  # sent alerts, oldest first
    held: tuple[Told, ...]  # stored, and not sent: baseline, old, of rules in shadow
    missed: tuple[Missed, ...]
    receipts: tuple[Receipt, ...]
    waiting: int  # deliveries that are neither sent nor given up
    until: dt.datetime  # of the replay


def telling(missed: Iterable[Missed]) -> list[Missed]:
    """A few near misses of each reason, no sentence and no rule with its reason twice, in order of time.

    Only such as one condition kept from firing; those first in which a word decided and most else held.
    """
    chosen: list[Missed] = []
    near = [each for each in missed if each.miss.held > 1 and not each.miss.also]
    for each in sorted(near, key=lambda each: (each.miss.cue is None, -each.miss.held)):
        same = [other for other in chosen if other.miss.because == each.miss.because]
        if len(same) < _SHOWN_PER_REASON and not _alike(each, chosen, same):
            chosen.append(each)
    return sorted(chosen, key=lambda each: each.article.when)


def _alike(each: Missed, chosen: Sequence[Missed], same: Sequence[Missed]) -> bool:
    sentences = {other.miss.sentence.text for other in chosen}
    titles = {other.article.title for other in chosen}
    rules = {other.miss.rule for other in same}
    return each.miss.sentence.text in sentences or each.article.title in titles or each.miss.rule in rules


def as_json(outcome: Outcome) -> dict[str, object]:
    """The object that `--json` prints."""
    return {
        "alerts": [_alert(told) for told in outcome.told],
        "near_misses": [_missed(missed) for missed in outcome.missed],
        "deliveries": [
            _delivery(delivery, outcome.receipts)
            for told in (*outcome.told, *outcome.held)
            for delivery in told.deliveries
        ],
    }


def _alert(told: Told) -> dict[str, object]:
    """The webhook's payload without what it says of one delivery, and the sentence that is the reason."""
    message = told.message
    payload = {key: value for key, value in message.data.items() if key not in _OF_ONE_DELIVERY}
    marks = [
        {"role": each.role, "start": each.span.start, "end": each.span.end, "text": each.span.text}
        for each in message.marks
    ]
    return {"id": told.alert.id, **payload, "sentence": message.sentence, "evidence": marks}


def _missed(missed: Missed) -> dict[str, object]:
    miss, article = missed.miss, missed.article
    return {
        "rule": miss.rule,
        "because": str(miss.because),
        "sentence": miss.sentence.text,
        "cue": miss.cue and miss.cue.text,
        "title": article.title,
        "url": article.url,
        "publisher": article.publisher,
        "published": article.published and article.published.isoformat(),
    }


def _delivery(delivery: Delivery, receipts: Sequence[Receipt]) -> dict[str, object]:
    got = [
        receipt for receipt in receipts if delivery.id in receipt.id and delivery.channel == receipt.channel
    ]
    return {
        "id": delivery.id,
        "alert": delivery.alert,
        "revision": delivery.revision,
        "subscription": delivery.subscription,
        "channel": delivery.channel,
        "target": delivery.target,
        "reason": str(delivery.reason),
        "state": str(delivery.state),
        "attempts": delivery.attempts,
        "repeated": delivery.repeated,
        "received": sum(not receipt.repeat for receipt in got),  # the console keeps no ledger
        "repeats": sum(receipt.repeat for receipt in got),
    }

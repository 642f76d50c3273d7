"""What a revision changes: compared with the alert before it, in words, with the stage it brings. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from monitor.alerting.origins import is_corroborated, origins
from monitor.alerting.text import calm
from monitor.model import Alert, Bearing, Count, Report, Stage, Status, Turn

_RANGES = frozenset({"srbm", "mrbm", "irbm", "icbm", "slbm", "cruise-missile", "hypersonic-missile"})
_STATUSES = (Status.OCCURRED, Status.CLAIMED)  # what happened outweighs what is only said to happen
_INITIALS = frozenset({"eez", "adiz", "kadiz", "jadiz", "mdl", "nll", "dmz", "us"})
_SMALL = frozenset({"of", "the", "and"})


def revised(before: Alert, after: Alert, *, article: str, now: dt.datetime) -> Alert:
    """`after`, which is `before` with the article's report new, renewed or retracted.

    The revision rises when what is told changes, with the words for it; a mere further report keeps it.
    """
    staged = replace(after, stage=_stage(before, after))
    if staged == before:
        return before
    words = _changes(before, staged, article)
    if not words:
        return replace(staged, updated=now)
    turn = _turn(before, staged)
    if turn is Turn.CORRECTED:
        staged = replace(staged, stage=Stage.CORRECTED)
    return replace(staged, turn=turn, changes=words, revision=before.revision + 1, updated=now)


def best_status(reports: Iterable[Report], default: Status) -> Status:
    """What the reports that stand make of the event: what happened outweighs what is said to have happened."""
    told = {each.status for each in reports}
    return next((each for each in _STATUSES if each in told), default)


def _stage(before: Alert, after: Alert) -> Stage:
    if not any(each.stands for each in after.reports):
        return Stage.WITHDRAWN
    if before.stage is Stage.CORRECTED:
        return Stage.CORRECTED
    return Stage.CORROBORATED if is_corroborated(after.standing_reports) else Stage.REPORTED


def _turn(before: Alert, after: Alert) -> Turn:
    if after.stage is Stage.WITHDRAWN:
        return Turn.WITHDRAWN
    if before.stage is Stage.WITHDRAWN or _retracted(before, after) or _fell(before, after):
        return Turn.CORRECTED
    if any(_denied(before, after, each) for each in (Bearing.DENIES, Bearing.RETRACTS)):
        return Turn.DISPUTED
    held_back = (before.standing, before.shadow, before.trial)
    return Turn.PASSED if held_back != (after.standing, after.shadow, after.trial) else Turn.UPDATED


def _changes(before: Alert, after: Alert, article: str) -> tuple[str, ...]:
    """Each change of what is told, in words; empty where there is none."""
    words = [*_of_reports(before, after, article), *_of_facts(before, after)]
    return tuple(word for word in words if word)


def _of_reports(before: Alert, after: Alert, article: str) -> Iterable[str]:
    told = next((each for each in after.reports if each.article == article), None)
    if told is None:
        yield "a denial was taken back"
    elif told.bearing is Bearing.TELLS:
        yield from _of_teller(before, after, told)
    elif not any(each == told for each in before.reports):
        yield _of_denial(before, after, told)


def _of_teller(before: Alert, after: Alert, told: Report) -> Iterable[str]:
    who = _publisher(told)
    if told.retracted and _retracted(before, after):
        ended = "withdrawn: " if after.stage is Stage.WITHDRAWN else ""
        yield f"{ended}{who} corrected its report and tells it no more"
    elif before.stage is Stage.WITHDRAWN and after.stage is not Stage.WITHDRAWN:
        yield f"reported again by {who}"
    elif _fell(before, after) and (told.corrects or _edited(before, told.article)):
        yield f"{told.who if told.corrects else who} corrected its report"
    if told.disputed_by and told.disputed_by not in before.deniers:
        yield f"disputed: {told.disputed_by} denies it ({who})"
    if before.stage is Stage.REPORTED and after.stage is Stage.CORROBORATED:
        yield f"corroborated by {_newcomer(before, after, who)}"
    if before.stage is Stage.CORROBORATED and after.stage is Stage.REPORTED:
        yield "no longer told by a second source"


def _of_denial(before: Alert, after: Alert, told: Report) -> str:
    who, by = told.who, f" ({_publisher(told)})" if told.voice else ""
    if after.stage is Stage.WITHDRAWN:
        return "" if before.stage is Stage.WITHDRAWN else f"withdrawn: {who} takes it back{by}"
    if _retracted(before, after):
        return f"{who} takes its report back, others stand{by}"
    return (
        f"disputed: {who} {'denies it' if told.bearing is Bearing.DISOWNS else 'says it did not happen'}{by}"
    )


def _of_facts(before: Alert, after: Alert) -> Iterable[str]:
    if before.level != after.level:
        yield f"level {before.level} to {after.level}"
    if before.status != after.status:
        yield f"{before.status.value} to {after.status.value}"
    if _figures(before.count) != _figures(after.count):
        yield (
            f"count {_said(before.count)} to {_said(after.count)}"
            if before.count
            else f"count {_said(after.count)}"
        )
    if places := [each for each in after.places if each not in before.places]:
        yield f"place {', '.join(map(_words, places))}"
    if ranges := [each for each in after.objects if each in _RANGES and each not in before.objects]:
        yield f"also told as {', '.join(each.upper() if 'bm' in each else each.replace('-', ' ') for each in ranges)}"
    if before.date != after.date and after.date:
        yield (
            f"day {before.date:%-d %b} to {after.date:%-d %b}" if before.date else f"day {after.date:%-d %b}"
        )
    if before.standing is not after.standing:
        yield "told anew, not only by old entries"
    if (before.shadow, before.trial) != (after.shadow, after.trial):
        yield "now by a rule in force" if not (after.shadow or after.trial) else "now by a rule in test"


def _fell(before: Alert, after: Alert) -> bool:
    """Whether what was told is taken back: the status, or the count, which once corrected is told until it rests."""
    if before.status is Status.OCCURRED and after.status is not Status.OCCURRED:
        return True
    if after.level < before.level:
        return True
    if before.count is None or after.count is None:
        return False
    changed = _figures(before.count) != _figures(after.count)
    # "At least 1" takes nothing of 2 back: the most that it allows must be less.
    fell = after.count.max is not None and after.count.max < before.count.min
    return fell or (changed and before.stage is Stage.CORRECTED)


def _edited(before: Alert, article: str) -> bool:
    return any(each.article == article for each in before.reports)


def _retracted(before: Alert, after: Alert) -> bool:
    """Whether reports that stood, or that came with what takes them back, stand no longer."""
    return _fallen(after) > _fallen(before)


def _fallen(alert: Alert) -> int:
    return sum(each.bearing is Bearing.TELLS and not each.stands for each in alert.reports)


def _denied(before: Alert, after: Alert, bearing: Bearing) -> bool:
    """Whether a denial of that kind is new."""
    return _denials(after, bearing) > _denials(before, bearing)


def _denials(alert: Alert, bearing: Bearing) -> int:
    return sum(each.bearing is bearing for each in alert.reports)


def _newcomer(before: Alert, after: Alert, who: str) -> str:
    """The publisher of the origin that was not there before; else of the report that came."""
    known = {each.article for each in origins(before.standing_reports)}
    new = (each for each in origins(after.standing_reports) if each.article not in known)
    return next((_publisher(each) for each in new), who)


def _publisher(report: Report) -> str:
    return calm(report.publisher) or "an unknown publisher"


def _figures(count: Count | None) -> tuple[int, int | None] | None:
    return (count.min, count.max) if count else None


def _said(count: Count | None) -> str:
    if count is None:
        return "unknown"
    if count.max is None:
        return f"at least {count.min}"
    return str(count.min) if count.min == count.max else f"{count.min}-{count.max}"


def _words(slug: str) -> str:
    """`Sea of Japan` for sea-of-japan, `Japan EEZ` for japan-eez."""
    return " ".join(_word(word, first=not at) for at, word in enumerate(slug.split("-")))


def _word(word: str, *, first: bool) -> str:
    if word in _INITIALS:
        return word.upper()
    return word if word in _SMALL and not first else word.capitalize()

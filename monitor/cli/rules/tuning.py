"""`monitor rules tune`: guards learnt from what analysts judged false."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from monitor import examples
from monitor.backtest import Difference, Side, compare, replay
from monitor.cli.options import ConfigFile, Json, read_config_if_any
from monitor.cli.output import complain, counted, shown, to_json
from monitor.cli.rules.choice import Folder, event_rules, folders
from monitor.cli.rules.past import judge_past, line, stored_past
from monitor.config import Config
from monitor.errors import RuleError, UsageError
from monitor.extraction.extractor import Extractor
from monitor.history import open_database, utc_now
from monitor.matching import copies, draft
from monitor.matching.insert import with_guard
from monitor.matching.load import Pack, load_pack
from monitor.matching.rule import Rule
from monitor.matching.tune import Case, Proposal, fires, guarded, propose
from monitor.model import Alert, AlertVerdict, Article, Opinion, Report
from monitor.storage import alerts, articles, verdicts
from monitor.storage.query import AlertQuery

_SHOWN = 40  # alerts lost by one proposal
_CHANCE = 2  # false alerts that a guard must remove to be written: what stands in one alone may stand there by chance


@dataclass(frozen=True, kw_only=True)
class _Judged:
    """The alerts of a rule on which analysts agree, and what the articles of each say."""

    alerts: Mapping[str, Alert]
    articles: Mapping[str, Sequence[Article]]  # by alert
    opinions: Mapping[str, Opinion]  # by alert: true or false
    disputed: int

    def of(self, opinion: Opinion) -> list[str]:
        return [name for name, said in self.opinions.items() if said is opinion]


def tune(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="The rule's id.")],
    *,
    since: Annotated[str, typer.Option(help="Try each on the articles stored since then.")] = "90d",
    limit: Annotated[int, typer.Option(min=1, max=20, help="Proposals to show.")] = 3,
    write: Annotated[
        bool, typer.Option("--write", help="Add the first to your own copy of the rule.")
    ] = False,
    processes: Annotated[int | None, typer.Option(min=1, help="Else one for each core.")] = None,
    rules: Folder = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Propose guards that remove alerts judged false and lose none judged true, each tried on the stored articles."""
    settings = read_config_if_any(config)
    used = folders(settings, rules)
    pack = load_pack(used)
    (asked,) = event_rules(pack, [rule])
    judged = _judged(settings, rule)
    false, true, own = _cases(judged, asked, pack, model=settings.analysis.model)
    found = propose(asked, false, [*true, *own], pack.vocabulary)[:limit]
    tried = _tried(settings, pack, asked, found, since=since, processes=processes)
    left = [case.name for case in false if fires(asked, case)]
    told = _Told(rule=asked, judged=judged, left=left, examples=len(own))
    if as_json:
        typer.echo(to_json(_as_dict(told, found, tried)))
    else:
        _print(told, found, tried, since=since)
    if write and found:
        _written(used, asked, found[0], false, true)


# --- the two sides -----------------------------------------------------------------------------------


def _judged(config: Config, rule: str) -> _Judged:
    with open_database(config, now=utc_now()) as database, database.read() as conn:
        raised = {alert.id: alert for alert in alerts.search(conn, AlertQuery(rule=rule, limit=None))}
        said = {name: _opinions(each) for name, each in verdicts.of(conn, raised).items()}
        agreed = {name: min(held) for name, held in said.items() if len(held) == 1}
        told = {
            name: [
                articles.get(conn, report.article) or _from_report(report)
                for report in raised[name].reports
                if rule in report.rules
            ]
            for name in agreed
        }
    if Opinion.FALSE not in agreed.values():
        raise UsageError(
            f"no alert of '{rule}' is judged false; say so of one by `monitor alerts verdict ID false`"
        )
    disputed = sum(len(held) > 1 for held in said.values())
    return _Judged(alerts=raised, articles=told, opinions=agreed, disputed=disputed)


def _opinions(given: Sequence[AlertVerdict]) -> set[Opinion]:
    """What the analysts hold now: the latest of each counts, and duplicates say nothing of the rule."""
    latest = {each.analyst: each.opinion for each in given}
    return set(latest.values()) - {Opinion.DUPLICATE}


def _from_report(report: Report) -> Article:
    """Its sentence, where the article is no longer stored."""
    in_title = report.sentence.field == "title"
    return Article(
        id=report.article,
        feed="",
        key=report.article,
        url=report.url,
        title=report.title,
        text="" if in_title else report.sentence.text,
        published=report.published,
        fetched=report.fetched,
    )


def _cases(
    judged: _Judged, rule: Rule, pack: Pack, *, model: str
) -> tuple[list[Case], list[Case], list[Case]]:
    """The false, the true, and the examples of the rule's own file on which it must fire."""
    reader = Extractor(pack.vocabulary, [c.need for c in rule.when], model=model, gated=False)

    def read(names: Sequence[str]) -> list[Case]:
        return [Case(name=name, readings=tuple(reader.read(judged.articles[name]))) for name in names]

    matching = [each for each in rule.examples if each.because is None and not each.known_miss]
    own = [
        Case(name=each.where, readings=tuple(reader.read([examples.article_of(each)]))) for each in matching
    ]
    return read(judged.of(Opinion.FALSE)), read(judged.of(Opinion.TRUE)), own


# --- tried on the past -------------------------------------------------------------------------------


def _tried(
    config: Config, pack: Pack, rule: Rule, found: Sequence[Proposal], *, since: str, processes: int | None
) -> list[Difference]:
    """What each would have changed; nothing where no article is stored."""
    if not found:
        return []
    try:
        past = stored_past(config, since)
    except UsageError as error:
        complain(f"nothing was tried: {error}")
        return []
    sides = [_side(pack, each) for each in (rule, *(guarded(rule, proposal.guard) for proposal in found))]
    done, record = judge_past(past, sides, config, processes=processes)
    before, *after = (replay(held, side, record) for held, side in zip(done, sides, strict=True))
    return [compare(before, each) for each in after]


def _side(pack: Pack, rule: Rule) -> Side:
    """That rule alone, on the lists of the pack."""
    return Side(pack=replace(pack, rules=(rule,), over_time=()), rules=frozenset({rule.id}))


# --- written -----------------------------------------------------------------------------------------


def _written(
    used: Sequence[Path], rule: Rule, proposal: Proposal, false: Sequence[Case], true: Sequence[Case]
) -> None:
    """Write the guard, read all rules anew as the service will, and say what the rule now makes of the verdicts."""
    if len(proposal.removes) < _CHANCE:
        raise UsageError(
            "nothing was written: the guard removes one false alert only, and its word may stand there by chance;"
            " judge more alerts, or paste it yourself"
        )
    path, before = _place(used, rule)
    _write(path, Path(rule.path), proposal)
    try:
        pack = load_pack(used)
    except RuleError:
        _restore(path, before)
        raise
    (now,) = event_rules(pack, [rule.id])
    removed, kept = (sum(fires(now, case) for case in cases) for cases in (false, true))
    typer.echo(
        f"Wrote {path}. All {len(pack.every)} rules were read anew and are sound; this one now fires on {removed} of"
        f" {counted(len(false), 'false alert')} and {kept} of {len(true)} true."
        f" A running service takes it up within some seconds. Next: `monitor rules test {rule.id}`.",
        err=True,
    )


def _place(used: Sequence[Path], rule: Rule) -> tuple[Path, str | None]:
    """The user's file of the rule, and what it holds where it is there."""
    if len(used) == 1:
        raise UsageError(
            "there is no folder of your own to write to; make one by `monitor init`, or name it by --rules"
        )
    shipped, own = used[0], used[-1]
    path = Path(rule.path)
    mine = path if path.is_relative_to(own) else own / path.relative_to(shipped)
    if mine != path and mine.exists() and mine not in copies.unchanged(own):
        raise UsageError(f"{mine} is there already and holds another rule; paste the guard yourself")
    return mine, mine.read_text(encoding="utf-8") if mine.exists() else None


def _write(mine: Path, source: Path, proposal: Proposal) -> None:
    """The rule of `source` with the guard; a shipped file stays as it is."""
    try:
        text = with_guard(source.read_text(encoding="utf-8"), proposal.yaml)
        draft.save(mine, text)
    except ValueError as error:
        raise UsageError(f"{source}: {error}; paste it yourself") from error
    except OSError as error:
        raise UsageError(f"cannot write {mine}: {error.strerror}") from error


def _restore(path: Path, before: str | None) -> None:
    if before is None:
        path.unlink()
    else:
        draft.save(path, before)


# --- told --------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Told:
    """What the proposals rest on."""

    rule: Rule
    judged: _Judged
    left: Sequence[str]  # alerts judged false on which the rule of today still fires
    examples: int


def _print(told: _Told, found: Sequence[Proposal], tried: Sequence[Difference], *, since: str) -> None:
    console = Console(highlight=False, soft_wrap=True)  # a line is an alert, for grep
    console.print(Text.assemble((told.rule.id, "bold"), f": {_basis(told)}"))
    if not told.left:
        console.print("The rule of today fires on none of those judged false: there is nothing to remove.")
    elif not found:
        console.print(
            "No single word tells them from the true: change the conditions, or add a list of words that do."
        )
    for number, proposal in enumerate(found, start=1):
        removed = f"removes {len(proposal.removes)} of {counted(len(told.left), 'false alert')}"
        console.print(Text.assemble("\n", (f"{number}. {removed}", "bold")))
        if len(proposal.removes) < _CHANCE:
            console.print("It rests on one alert, so its word may stand there by chance: judge more of them.")
        console.print(Text(f"unless:\n  {proposal.yaml}\n", "cyan"))
        for name in sorted(proposal.removes):
            console.print(f"  {line(told.judged.alerts[name])}", markup=False)
        if tried:
            _print_lost(console, told.judged, tried[number - 1], since=since)


def _basis(told: _Told) -> str:
    judged = told.judged
    false, true = len(judged.of(Opinion.FALSE)), len(judged.of(Opinion.TRUE))
    parts = [f"{counted(false, 'alert')} judged false, {true} true"]
    if judged.disputed:
        parts.append(f"{judged.disputed} disputed and left out")
    if gone := false - len(told.left):
        parts.append(f"{gone} of the false no longer raised by the rule of today")
    return "; ".join([*parts, f"{counted(told.examples, 'example')} that must go on holding"])


def _print_lost(console: Console, judged: _Judged, difference: Difference, *, since: str) -> None:
    console.print(
        f"\n  Tried on the articles since {since}: {len(difference.lost)} of {counted(difference.before, 'alert')} lost"
    )
    for alert in difference.lost[:_SHOWN]:
        console.print(f"  {_said(judged, alert)}  {line(alert)}", markup=False)
    if len(difference.lost) > _SHOWN:
        console.print(f"  and {len(difference.lost) - _SHOWN} more; --json has them all")


def _said(judged: _Judged, alert: Alert) -> str:
    """`false`, `true` or `not judged`: alerts of the past are made anew, so they are known by their articles."""
    own = {report.article for report in alert.reports}
    found = {
        str(opinion)
        for name, opinion in judged.opinions.items()
        if own & {article.id for article in judged.articles[name]}
    }
    return " and ".join(sorted(found)) or "not judged"


def _as_dict(told: _Told, found: Sequence[Proposal], tried: Sequence[Difference]) -> dict[str, Any]:
    return {
        "rule": told.rule.id,
        "false": told.judged.of(Opinion.FALSE),
        "true": told.judged.of(Opinion.TRUE),
        "disputed": told.judged.disputed,
        "still_raised": told.left,
        "examples": told.examples,
        "proposals": [
            {
                "yaml": each.yaml,
                "role": each.role,
                "name": each.name,
                "removes": sorted(each.removes),
                "tried": _lost(told.judged, tried[number]) if tried else None,
            }
            for number, each in enumerate(found)
        ],
    }


def _lost(judged: _Judged, difference: Difference) -> dict[str, Any]:
    return {
        "before": difference.before,
        "lost": [
            {
                "judged": _said(judged, alert),
                "opened": alert.opened,
                "level": str(alert.level),
                "title": shown(alert.reports[0].title),
                "articles": [report.article for report in alert.reports],
            }
            for alert in difference.lost
        ],
    }

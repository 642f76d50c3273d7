"""`monitor rules new`: a first rule file from an indicator's name, or from pasted headlines."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import ConfigFile, read_config_if_any
from monitor.cli.rules.choice import Folder, folders
from monitor.errors import UsageError
from monitor.matching.load import Pack, load_pack
from monitor.matching.vocabulary import SLUG

if TYPE_CHECKING:
    from monitor.matching.propose import Proposal
    from monitor.model import Vocabulary

_MOST = 500  # headlines
_LONGEST = 500  # characters of one
_SHOWN = 20  # words that no list holds

Headlines = Annotated[
    Path | None,
    typer.Option("--headlines", metavar="FILE|-", help="One headline a line; - for stdin."),
]
Out = Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Where to; else to stdout.")]


def new(
    rule: Annotated[str, typer.Argument(metavar="ID", help="The rule's id to be, such as dprk-dam-release.")],
    title: Annotated[str, typer.Option(help="One line for people; else made of the id.")] = "",
    headlines: Headlines = None,
    out: Out = None,
    *,
    rules: Folder = None,
    config: ConfigFile = None,
) -> None:
    """Propose a rule: the lists that its name or its headlines call for, with the headlines as examples."""
    from monitor.matching import propose  # noqa: PLC0415 - `--help` need not wait for it

    settings = read_config_if_any(config)
    pack = load_pack(folders(settings, rules))
    _check(rule, out, pack)
    title = title or _title(rule, pack.vocabulary)
    if headlines is None:
        proposal = propose.propose_by_name(f"{rule} {title}", pack.vocabulary)
        unlisted, verbs = Counter[str](), Counter[str]()
    else:
        proposal, unlisted, verbs = _read(
            _lines(headlines), pack, model=settings.analysis.model, now=dt.datetime.now(dt.UTC)
        )
    if not proposal.conditions:
        raise UsageError(_no_action(unlisted, named=headlines is None))
    text = propose.write(proposal, rule=rule, title=title)
    if out is None:
        typer.echo(text, nl=False)
    else:
        _save(out, text)
    _warn(propose.broad(proposal, pack.vocabulary), verbs)
    _tell(proposal, unlisted, out)


def _check(rule: str, out: Path | None, pack: Pack) -> None:
    if not re.fullmatch(SLUG, rule):
        raise UsageError(f"'{rule}' is no id: small letters, digits and hyphens")
    if any(each.id == rule for each in pack.rules):
        raise UsageError(f"there is a rule '{rule}' already; `monitor rules list` shows its file")
    if out is not None and (out.exists() or not out.parent.is_dir()):
        raise UsageError(
            f"{out} {'is there already' if out.exists() else 'lies in no folder'}; nothing was written"
        )


def _title(rule: str, vocabulary: Vocabulary) -> str:
    """The words of the id; what lists write in capitals, such as US and DPRK, in capitals."""
    terms = (term.text for entity in vocabulary.entities.values() for term in entity.terms)
    capitals = {text for text in terms if text.isupper()}
    words = [word.upper() if word.upper() in capitals else word for word in rule.split("-")]
    said = " ".join(words)
    return said[:1].upper() + said[1:]


def _save(out: Path, text: str) -> None:
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {out}: {error.strerror}") from error


def _lines(path: Path) -> list[str]:
    from monitor.archive import opened  # noqa: PLC0415 - only headlines need it

    with opened(path) as file:
        lines = [" ".join(line.split()) for line in file]
    found = list(dict.fromkeys(line for line in lines if line))
    if not found:
        raise UsageError(f"{path} holds no headline")
    if len(found) > _MOST or max(map(len, found)) > _LONGEST:
        raise UsageError(
            f"{path} holds more than {_MOST} headlines, or one of more than {_LONGEST} characters"
        )
    return found


def _read(
    lines: Sequence[str], pack: Pack, *, model: str, now: dt.datetime
) -> tuple[Proposal, Counter[str], Counter[str]]:
    """The proposal, the words that no list holds with the number of headlines that have them, and the verbs."""
    from monitor.extraction.extractor import Extractor  # noqa: PLC0415 - a second that a name alone does not need
    from monitor.extraction.leftover import unlisted  # noqa: PLC0415 - same
    from monitor.matching.propose import Headline, propose  # noqa: PLC0415 - same
    from monitor.model import Article  # noqa: PLC0415 - same

    articles = [
        Article(id=line, feed="", key=line, url="", title=line, text="", published=now, fetched=now)
        for line in lines
    ]
    readings = Extractor(pack.vocabulary, (), model=model, gated=False).read(articles)
    headlines = [Headline(text=line, reading=found) for line, found in zip(lines, readings, strict=True)]
    words = Counter(word for each in zip(articles, readings, strict=True) for word in unlisted(*each))
    verbs = Counter(event.action.span.text.lower() for found in readings for event in found.events)
    return propose(headlines, pack.vocabulary), words, verbs


def _no_action(unlisted: Counter[str], *, named: bool) -> str:
    if named:
        return "no list of actions is called like that; give some headlines: --headlines FILE"
    return (
        "no list of actions covers these headlines, and a rule needs something that was done; "
        f"add one with the verbs among: {_listed(unlisted)}"
    )


def _warn(broad: Sequence[str], verbs: Counter[str]) -> None:
    if broad:
        among = f", with the verbs that matter among: {_listed(verbs)}" if verbs else ""
        typer.echo(
            f"{' and '.join(broad)} would hold on nearly any deed. Make a list of your own{among}; "
            "the README shows how, under a rule of your own.",
            err=True,
        )


def _tell(proposal: Proposal, unlisted: Counter[str], out: Path | None) -> None:
    """On stderr, for the rule may go to stdout."""
    if proposal.silent_on:
        typer.echo(f"Does not fire yet on {len(proposal.silent_on)}, now under known_misses.", err=True)
    if unlisted:
        typer.echo(f"In no list: {_listed(unlisted)}", err=True)
    where = f"Wrote {out}. " if out else ""
    typer.echo(f"{where}Next: read it, add what to ignore, then `monitor rules check` and `test`.", err=True)


def _listed(words: Counter[str]) -> str:
    shown = ", ".join(word for word, _ in words.most_common(_SHOWN))
    return shown + (" and more" if len(words) > _SHOWN else "") or "(nothing)"

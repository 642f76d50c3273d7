"""`monitor alerts export`: the history in the formats of other programs."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.alerts.options import Actor, LevelOption, Place, Rule, Since, TextOption, Until
from monitor.cli.alerts.stored import found_by
from monitor.cli.options import ConfigFile, read_config
from monitor.errors import UsageError
from monitor.exports import FORMATS, About
from monitor.history import display_names, question, utc_now, vocabulary, wikidata_ids

Form = StrEnum("Form", {name.upper(): name for name in FORMATS})  # type: ignore[misc]  # mypy wants a literal
_JSON = Form("json")


def export(
    *,
    form: Annotated[Form, typer.Option("--format", help="In what format.")] = _JSON,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Else stdout.")
    ] = None,
    rule: Rule = None,
    level: LevelOption = "informational",
    actor: Actor = None,
    place: Place = None,
    text: TextOption = "",
    since: Since = "",
    until: Until = "",
    config: ConfigFile = None,
) -> None:
    """Write out the history; of an article no more than the sentence that mattered."""
    settings = read_config(config)
    query = question(
        rule=rule,
        level=level,
        actor=actor,
        place=place,
        text=text,
        since=since,
        until=until,
        limit=None,
        now=utc_now(),
    )
    found, said = found_by(settings, query)
    known = vocabulary(settings)
    about = About(
        now=utc_now(),
        names=display_names(known),
        wikidata=wikidata_ids(known),
        address=settings.web.address,
        verdicts=said,
    )
    written = FORMATS[form.value].write(found, about)
    if output is None:
        sys.stdout.write(written)
        return
    try:
        output.write_text(written, encoding="utf-8", newline="")
    except OSError as error:
        raise UsageError(f"cannot write {output}: {error.strerror}") from error
    typer.echo(f"Wrote {len(found)} alerts to {output}.", err=True)

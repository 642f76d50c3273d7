"""YAML that people write, read with the place of every value, so that a mistake can be shown.

PyYAML's C composer gives nodes with marks; the scalars are resolved here as YAML 1.2 does, so that NO, on and
22:00 stay what they look like. Aliases, tags and repeated keys are mistakes.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from monitor.errors import Mistake
from monitor.matching import copies

_WORDS = {"null": None, "~": None, "": None, "true": True, "false": False}
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?[0-9]{1,17}\.[0-9]{1,17}")
MAX_BYTES = 1_000_000  # of one file; the largest of ours has 20 kB
MAX_DEPTH = 20
MAX_OPENED = (
    400  # signs that open something; with fewer no file is nested so deep that composing it is a danger
)
_SUSPECT = re.compile("[&*!]")  # without these, no alias, anchor or tag
_OPENING = (
    *(yaml.FlowSequenceStartToken, yaml.FlowMappingStartToken),
    *(yaml.BlockSequenceStartToken, yaml.BlockMappingStartToken),
)
_CLOSING = (yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken, yaml.BlockEndToken)
_SIGNS = {"alias": "*", "anchor": "&", "tag": "!"}
_PLAINLY = {  # where pydantic speaks to programmers
    "model_type": "keys with values belong here",
    "dict_type": "keys with values belong here",
    "list_type": "a list belongs here",
    "string_type": "text belongs here",
}
_NAME = "small letters, digits and single hyphens only, such as dprk-launch"
_QUOTES = "a value that begins with {!r} needs quotes around it"
_MENDING = (  # part of YAML's complaint, what to do
    ("mapping values are not allowed", "a value with a colon and a space in it needs quotes around it"),
    ("did not find expected ',' or", "close the bracket, or put the value into quotes"),
    ("unexpected end of stream", "close the quotes"),
    ("another document", "one file, one rule or list"),
)

Place = tuple[int, int]  # line and column, both from 1
Path_ = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, kw_only=True)
class Source:
    """One file as plain values, with the place of each."""

    name: str  # how the file is called in messages
    value: object
    places: Mapping[Path_, Place]
    mistakes: tuple[Mistake, ...] = ()

    def where(self, path: Path_) -> str:
        """Give "file:line:column" of a value, or of the nearest thing that encloses it."""
        while path and path not in self.places:
            path = path[:-1]
        line, column = self.places.get(path, (1, 1))
        return f"{self.name}:{line}:{column}"


@dataclass(kw_only=True)
class _Reader:
    """Turns nodes into values and notes what is wrong on the way."""

    name: str
    places: dict[Path_, Place] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def read(self, node: yaml.Node, path: Path_) -> object:
        self.places.setdefault(path, _place(node))
        if len(path) > MAX_DEPTH:
            self._wrong(node, f"nesting deeper than {MAX_DEPTH} is not allowed")
            return None
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item, (*path, index)) for index, item in enumerate(node.value)]
        assert isinstance(node, yaml.MappingNode)
        return self._mapping(node, path)

    def _mapping(self, node: yaml.MappingNode, path: Path_) -> dict[str, object]:
        result: dict[str, object] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if not isinstance(key_node, yaml.ScalarNode) or key == "<<":
                self._wrong(key_node, "a key must be a plain word")
                continue
            if key in result:
                self._wrong(key_node, f"key {key!r} stands here twice")
            self.places[(*path, key)] = _place(key_node)
            result[key] = self.read(value_node, (*path, key))
        return result

    def _scalar(self, node: yaml.ScalarNode) -> object:
        if node.style or node.tag == "!":
            return node.value
        text = str(node.value)
        if text.lower() in _WORDS and text in {"", "~", text.lower()}:
            return _WORDS[text.lower()]
        if _INTEGER.fullmatch(text):
            return int(text)
        if _FLOAT.fullmatch(text):
            return float(text)
        return text

    def _wrong(self, node: yaml.Node, what: str) -> None:
        line, column = _place(node)
        self.mistakes.append(Mistake(where=f"{self.name}:{line}:{column}", what=what))


def files(folder: Path) -> list[Path]:
    """The YAML files below a folder, in order; neither editors' backup and lock files nor unchanged copies."""
    copied = copies.unchanged(folder)
    return [path for path in yaml_files(folder) if path not in copied]


def yaml_files(folder: Path) -> list[Path]:
    """The YAML files below a folder, in order, copies too."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".yml", ".yaml"} and not path.name.startswith((".", "#"))
    ]


def fingerprint(paths: Iterable[Path]) -> bytes:
    """One word for all that the files hold; of those that `read` refuses, for their names."""
    digest = hashlib.blake2b()
    for path in paths:
        held = b""
        with suppress(OSError):  # whoever reads it says so
            if path.is_file() and path.stat().st_size <= MAX_BYTES:
                held = path.read_bytes()
        digest.update(f"{path}\0{len(held)}\0".encode() + held)
    return digest.digest()


def read(path: Path, *, name: str | None = None) -> Source:
    """The file's values; what cannot be read becomes mistakes, never an exception."""
    name = name or str(path)
    try:
        if not path.is_file() and path.exists():  # reading a pipe would wait for ever
            return _unreadable(name, "is no plain file")
        if path.stat().st_size > MAX_BYTES:
            return _unreadable(name, f"larger than {MAX_BYTES:,} bytes")
        return read_text(path.read_text(encoding="utf-8"), name=name)
    except (OSError, UnicodeDecodeError) as error:
        return _unreadable(name, f"cannot be read: {error}")


def read_text(text: str, *, name: str) -> Source:
    """As `read`, from text already at hand."""
    reader = _Reader(name=name)
    try:
        found = _forbidden(text, name) if _SUSPECT.search(text) or _opened(text) > MAX_OPENED else []
        if found:
            return Source(name=name, value=None, places={}, mistakes=tuple(found))
        node = yaml.compose(text, Loader=yaml.CBaseLoader)  # resolves nothing: that is done here
    except yaml.MarkedYAMLError as error:
        return _malformed(name, text, error)
    except (yaml.YAMLError, ValueError) as error:
        return _unreadable(name, f"not valid YAML: {str(error).partition(chr(10))[0]}")
    value = reader.read(node, ()) if node is not None else None
    return Source(name=name, value=value, places=reader.places, mistakes=tuple(reader.mistakes))


def validate(source: Source, model: type[Model]) -> tuple[Model | None, list[Mistake]]:
    """The file as `model`, or every mistake in it with its place."""
    mistakes = list(source.mistakes)
    if source.value is None and not mistakes:
        mistakes.append(Mistake(where=source.where(()), what="the file is empty"))
    if source.value is None:
        return None, mistakes
    try:
        parsed = model.model_validate(source.value)
    except ValidationError as error:
        return None, [*mistakes, *(_mistake(source, dict(detail), model) for detail in error.errors())]
    return (None if mistakes else parsed), mistakes


def suggest(word: str, known: Iterable[str]) -> str:
    """Ask "did you mean 'x'?", or say nothing when no known word is near."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean {near[0]!r}?" if near else ""


def _mistake(source: Source, detail: Mapping[str, object], model: type[BaseModel]) -> Mistake:
    loc = detail["loc"]
    assert isinstance(loc, tuple)
    path = tuple(part for part in loc if not _branch_of_union(part, source))
    key = next((part for part in reversed(path) if isinstance(part, str)), "")
    if detail["type"] == "extra_forbidden":
        hint = _of_unknown_key(key, detail["input"], _keys(model))
        return Mistake(where=source.where(path), what=f"unknown key {key!r}", hint=hint)
    if detail["type"] == "missing":
        return Mistake(where=source.where(path), what=f"key {key!r} is missing")
    hint = ""
    if detail["type"] in {"literal_error", "enum"} and isinstance(detail["input"], str):
        context = detail.get("ctx")
        hint = suggest(detail["input"], re.findall(r"'([^']+)'", str(context)))
    message = _PLAINLY.get(str(detail["type"])) or str(detail["msg"]).removeprefix("Value error, ")
    if detail["type"] == "string_pattern_mismatch" and "a-z0-9" in message:
        message = _NAME
    if detail["type"] == "list_type" and isinstance(detail["input"], dict):
        hint = "begin each of its lines with '- '"
    message = f"{message[0].lower()}{message[1:]}"
    return Mistake(where=source.where(path), what=f"{key}: {message}" if key else message, hint=hint)


def _of_unknown_key(key: str, value: object, known: Collection[str]) -> str:
    if key in known:
        return "there is such a key, but not here; look how far its line is indented"
    if value is None and " " in key:  # in curly brackets a comma ends a value
        return "a text with a comma in it needs quotes around it"
    return suggest(key, known)


def _branch_of_union(part: str | int, source: Source) -> bool:
    """Pydantic puts the name of the branch of a union into the path; no file has such a key."""
    return isinstance(part, str) and not any(part in path for path in source.places) and "[" in part


def _keys(model: type[BaseModel]) -> set[str]:
    """Every key that the model or one inside it takes."""
    keys: set[str] = set()
    for schema in [model.model_json_schema(), *model.model_json_schema().get("$defs", {}).values()]:
        keys.update(schema.get("properties", {}))
    return keys


def _forbidden(text: str, name: str) -> list[Mistake]:
    """Aliases, anchors and tags: found among the tokens, before anything is expanded."""
    words = {yaml.AliasToken: "alias", yaml.AnchorToken: "anchor", yaml.TagToken: "tag"}
    depth = 0
    for token in yaml.scan(text, Loader=yaml.CSafeLoader):
        depth += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
        what = words.get(type(token)) or (f"nesting deeper than {MAX_DEPTH}" if depth > MAX_DEPTH else None)
        if what:
            mark = token.start_mark
            hint = _QUOTES.format(_SIGNS[what]) if what in _SIGNS else ""
            where = f"{name}:{mark.line + 1}:{mark.column + 1}"
            return [Mistake(where=where, what=f"{what} is not allowed", hint=hint)]
    return []


def _opened(text: str) -> int:
    """At least as many as there are levels in the text, and cheap to count."""
    return sum(map(text.count, "[{-?:"))


def _place(node: yaml.Node) -> Place:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _malformed(name: str, text: str, error: yaml.MarkedYAMLError) -> Source:
    mark = error.problem_mark or error.context_mark
    at = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else f"{name}:1:1"
    what = ", ".join(part for part in (error.context, error.problem) if part)
    sign = text.splitlines()[mark.line][mark.column : mark.column + 1] if mark and mark.column else ""
    if "cannot start any token" in what and not sign.isspace() and sign:
        hint = _QUOTES.format(sign)
    elif "cannot start any token" in what:
        hint = "indent with spaces, not with tabs"
    else:
        hint = next((hint for part, hint in _MENDING if part in what), "")
    return _unreadable(name, f"not valid YAML: {what}", at=at, hint=hint)


def _unreadable(name: str, what: str, *, at: str | None = None, hint: str = "") -> Source:
    mistake = Mistake(where=at or f"{name}:1:1", what=what, hint=hint)
    return Source(name=name, value=None, places={}, mistakes=(mistake,))

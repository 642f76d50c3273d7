"""One guard more in the text of a rule file; comments and all else stay as a person wrote them. Pure."""

from __future__ import annotations

import yaml

_KEY = "unless"


def with_guard(text: str, item: str) -> str:
    """The text of a rule with `- {mentions: x}` as its last guard. ValueError where no place is found for it."""
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    if not isinstance(root, yaml.MappingNode):
        raise ValueError("the file holds no rule")  # noqa: TRY004 - the text is wrong, not the caller's type
    values = {key.value: (key, value) for key, value in root.value}
    if _KEY not in values:
        after = _end(values["when"][1]) if "when" in values else _end(root)
        done = _insert(text, after, f"{_KEY}:\n  {item}\n")
    elif not isinstance(guards := values[_KEY][1], yaml.SequenceNode):
        raise ValueError(f"{_KEY} holds no list")
    elif guards.flow_style:
        done = _in_flow(text, guards, item.removeprefix("- "))
    else:
        last = guards.value[-1]
        done = _insert(text, _end(last), f"{' ' * guards.start_mark.column}{item}\n")
    _check(text, done, item)
    return done


def _end(node: yaml.Node) -> int:
    """Where the last sign of the node stands: the end that YAML gives a block lies behind comments that follow."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _insert(text: str, after: int, lines: str) -> str:
    """The lines below the line on which that place lies."""
    ended = text[after - 1 : after] == "\n"  # as a block of text does
    at = after if ended else text.find("\n", after) + 1 or len(text)
    before = text[:at]
    return before + ("" if before.endswith("\n") else "\n") + lines + text[at:]


def _in_flow(text: str, guards: yaml.SequenceNode, item: str) -> str:
    """The item before the bracket that ends the list."""
    at = _end(guards.value[-1]) if guards.value else guards.start_mark.index + 1
    return text[:at] + (", " if guards.value else "") + item + text[at:]


def _check(before: str, after: str, item: str) -> None:
    """Nothing but the guard may differ; ValueError."""
    old = yaml.load(before, Loader=yaml.CBaseLoader)  # noqa: S506 - resolves nothing
    old[_KEY] = [*old.get(_KEY, []), *yaml.load(item, Loader=yaml.CBaseLoader)]  # noqa: S506 - same
    try:
        same = yaml.load(after, Loader=yaml.CBaseLoader) == old  # noqa: S506 - same
    except yaml.YAMLError as error:
        raise ValueError("the guard does not fit into the file as it is written") from error
    if not same:
        raise ValueError("the guard does not fit into the file as it is written")

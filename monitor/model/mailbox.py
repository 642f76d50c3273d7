"""Which mailbox a mail address leads to: many spellings reach one."""

from __future__ import annotations

_DOTLESS = frozenset({"gmail.com", "googlemail.com"})  # dots before the @ say nothing there


def mailbox(address: str) -> str:
    """The address without what changes nothing: case, a tag after a plus sign, a domain in other letters."""
    name, _, domain = address.strip().rpartition("@")
    domain = _plain(domain.rstrip("."))
    name = name.casefold().partition("+")[0] or name.casefold()
    if domain in _DOTLESS:
        return f"{name.replace('.', '')}@gmail.com"
    return f"{name}@{domain}"


def _plain(domain: str) -> str:
    try:
        return domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return domain.casefold()

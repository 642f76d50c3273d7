"""Addresses as feeds write them: made whole and harmless, and brought to one form for comparing."""

from __future__ import annotations

from urllib.parse import parse_qsl, urljoin, urlsplit

from w3lib.url import canonicalize_url, safe_url_string, url_query_cleaner

_CAP = 2_000  # characters; longer ones are data, not addresses
_TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "hsa_")
_TRACKING = {
    "fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "igshid", "mc_cid",
    "mc_eid", "_ga", "_gl", "_hsenc", "_hsmi", "ncid", "ocid", "cmpid", "xtor", "at_medium", "at_campaign",
    "at_custom1", "at_custom2", "at_custom3", "at_custom4", "traffic_source",
}  # fmt: skip


def absolute(link: object, *, base: str) -> str:
    """The http or https address that the link means on a page at `base`, percent-encoded; "" for any other."""
    if not isinstance(link, str) or not link.strip() or len(link) > _CAP:
        return ""
    try:
        whole = safe_url_string(urljoin(base, link.strip()))
        parts = urlsplit(whole)
    except ValueError:
        return ""
    return whole if parts.scheme in {"http", "https"} and parts.hostname and len(whole) <= _CAP else ""


def canonical(url: str) -> str:
    """One form for addresses of one page: https, parameters sorted, no tracking parameters, no fragment.

    A fragment that names a page ("#!/a", "#/a") stays. Take it for comparing, not for asking; "" stays "".
    """
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        names = [name for name, _ in parse_qsl(parts.query, keep_blank_values=True) if _tracks(name)]
        cleaned = (
            url_query_cleaner(url, names, remove=True, unique=False, keep_fragments=True) if names else url
        )
        whole: str = canonicalize_url(cleaned, keep_fragments=parts.fragment.startswith(("!", "/")))
    except ValueError:
        return url
    return whole.replace("http://", "https://", 1) if whole.startswith("http://") else whole


def _tracks(name: str) -> bool:
    name = name.lower()
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)

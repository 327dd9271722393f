"""pydantic's errors as problems that have a sentence of ours; what is unforeseen keeps pydantic's.

No sentence holds a value that came from a variable, nor one of a secret: values are shown as they
are written in the file, and addresses without what may be a password.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, TypeAlias

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from monitor.config.document import Document
from monitor.config.faults import Loc, Problem
from monitor.config.secrets import model_in, secret_places
from monitor.wording import sentences

_Sentence: TypeAlias = "tuple[str, Mapping[str, object]]"

_WRONG_TYPES = {
    "string_type": "want_text",
    "int_type": "want_integer",
    "int_parsing": "want_integer",
    "int_from_float": "want_integer",
    "int_parsing_size": "want_integer",
    "float_type": "want_number",
    "float_parsing": "want_number",
    "bool_type": "want_boolean",
    "bool_parsing": "want_boolean",
    "tuple_type": "want_list",
    "list_type": "want_list",
    "set_type": "want_list",
    "frozen_set_type": "want_list",
    "dict_type": "want_mapping",
    "model_type": "want_mapping",
    "model_attributes_type": "want_mapping",
    "time_delta_type": "duration",
    "time_delta_parsing": "duration",
    "url_type": "want_text",
    "path_type": "want_text",
}
_LIMITS = {
    "greater_than": ("more_than", "gt"),
    "greater_than_equal": ("at_least", "ge"),
    "less_than": ("less_than", "lt"),
    "less_than_equal": ("at_most", "le"),
    "string_too_short": ("longer", "min_length"),
    "string_too_long": ("shorter", "max_length"),
    "too_short": ("more_items", "min_length"),
    "too_long": ("fewer_items", "max_length"),
}
TOLD_IN_ENGLISH = {
    # durations.py and sources/ know no wording: what they say in English has a sentence here
    '"{value}" is not a duration; write for instance 30s, 15m, 2h, 7d, 4w': "duration",
    '"{value}" has no scheme; write https://{value}': "no_scheme",
    "give `videos: true` or `chat: true`": "ibm_nothing",
    "`chat` wants `channels`, whose chat is read": "ibm_channels",
    (
        '"{value}" is no number of a Page: it stands in its address '
        "as administrator, linkedin.com/company/12345678/admin"
    ): "linkedin_page",
    "give `token`, or `refresh_token` with the app's client_id and secret": "token_or_grant",
    "refresh_token wants client_id and client_secret": "grant_whole",
    "client_id and client_secret belong together": "app_pair",
    "client_id and client_secret go together": "app_pair",
    "user and feed go together": "user_feed",
    '"{value}" names no user; write for instance fleursbougamont': "pinterest_user",
    '"{value}" names no board; write user/board, as in its address': "pinterest_board",
    "give `token` or `refresh_token`, not both": "one_token",
    "there is nothing to read: give users, boards, or a token": "pinterest_nothing",
    "pins want a token; the public ones of a user are read with `users`": "pinterest_pins",
    '"{value}" names no public channel; write for instance ma_ville': "telegram_channel",
    "give `domain` or `business_unit`, one of them": "trustpilot_which",
    "there is nothing to read: give blogs, or a key": "tumblr_nothing",
    "searxng wants `instance`, the address of the server": "searxng_instance",
    "this search engine wants `key`": "search_key",
    '"{value}" is no account of X; write for instance fleursbougamont': "x_account",
    (
        '"{value}" is no identifier: on the channel\'s page, More › Share › Copy channel ID'
    ): "youtube_channel",
    "give channels to follow, or a key to search with": "youtube_nothing",
    "comments need a key": "youtube_comments",
    "this is no alert's feed; write https://www.google.com/alerts/feeds/…/…": "alert_feed",
    "verify_token goes with the form meta, and meta needs one": "verify_token",
    '"{value}" is neither a web address nor a file; write https://… or ./…': "address_or_file",
}


_FOLLOWS = "default_factory_not_called"
"""A default that could not be made because of another error, which is told already."""


def problems_of(
    error: ValidationError, model: type[BaseModel], document: Document, base: Loc = ()
) -> list[Problem]:
    """Say every error of a model that was read at ``base`` of the document."""
    secrets = {loc for loc, _ in secret_places(model, document.at(base), base)}
    return [
        _problem(details, model, document, base, secrets)
        for details in error.errors()
        if details["type"] != _FOLLOWS
    ]


def _problem(
    details: ErrorDetails,
    model: type[BaseModel],
    document: Document,
    base: Loc,
    secrets: Collection[Loc],
) -> Problem:
    loc = _loc_in_file((*base, *details["loc"]), document, details["type"])
    if details["type"] == "extra_forbidden":
        known = _keys_at(model, loc[len(base) : -1])
        values: Mapping[str, object] = {"unknown": loc[-1], "known": known}
        return Problem(key="unknown_key", values=values, loc=loc)
    written = "…" if loc in secrets else document.raw.get(loc, "")
    key, values = _sentence(details, _Shown(written, details["input"]))
    return Problem(key=key, values=values, loc=loc)


def _loc_in_file(loc: Loc, document: Document, kind: str) -> Loc:
    """Leave out what pydantic adds for its own use (``function-before[…]``, members of unions)."""
    here: Loc = ()
    for part in loc:
        if (*here, part) in document.lines:
            here = (*here, part)
    is_nowhere = kind == "missing" and here[-1:] != loc[-1:]  # else its key stands there, blank
    return (*here, loc[-1]) if is_nowhere else here


class _Shown:
    """A value that is wrong, as it may be printed."""

    def __init__(self, text: str, value: object) -> None:
        self.value = value
        self.text = text

    @property
    def address(self) -> str:
        """The text without user and password, query and fragment."""
        return re.sub(r"^([a-z+]*://)?[^/?#]*@", r"\1", re.split(r"[?#]", self.text)[0])


def _sentence(details: ErrorDetails, shown: _Shown) -> _Sentence:
    kind, context = details["type"], details.get("ctx", {})
    if shown.value is None and kind not in {"missing", "value_error"}:
        return "empty_value", {}
    if kind in _WRONG_TYPES:
        return _WRONG_TYPES[kind], {"value": shown.text} if _WRONG_TYPES[kind] == "duration" else {}
    if kind in _LIMITS:
        # To pydantic a secret is a collection of signs.
        is_text = kind in {"too_short", "too_long"} and isinstance(shown.value, str)
        key, name = _LIMITS[f"string_{kind}" if is_text else kind]
        if kind in {"string_too_short", "too_short"} and context[name] == 1:
            return "empty_value", {}
        return key, {"limit": context[name]}
    return _own(kind, context) or _special(details, context, shown) or _other(details, shown)


def _own(kind: str, context: Mapping[str, Any]) -> _Sentence | None:
    """The errors that ``fields.py`` and ``sections.py`` raise are keys already."""
    return (kind, context) if f"config.{kind}" in sentences("fr") else None


def _special(details: ErrorDetails, context: Mapping[str, Any], shown: _Shown) -> _Sentence | None:
    kind = details["type"]
    if kind == "literal_error":
        known = re.findall(r"'([^']*)'", str(context.get("expected")))
        return "not_among", {"unknown": shown.text, "known": known}
    if kind in {"url_parsing", "url_scheme", "url_syntax_violation"}:
        if "://" not in shown.text and "." in shown.text:
            return "no_scheme", {"value": shown.address}
        return "url", {"value": shown.address}
    if kind == "string_pattern_mismatch" and details["loc"][-1:] == ("id",):
        return "id_form", {"value": shown.text}
    if kind == "string_pattern_mismatch":
        return "pattern", {"value": shown.text, "pattern": context.get("pattern")}
    return None


def _other(details: ErrorDetails, shown: _Shown) -> _Sentence:
    message = str(details.get("ctx", {}).get("error") or details["msg"])
    printable = shown.address if "://" in shown.text else shown.text
    for told, key in TOLD_IN_ENGLISH.items():
        if message == told.format(value=shown.value):
            return key, {"value": printable}
    if isinstance(shown.value, str) and shown.value:
        message = message.replace(shown.value, printable)
    return "as_told", {"detail": message}


def _keys_at(model: type[BaseModel], loc: Loc) -> list[str]:
    """Return the keys that a model has at a place within it."""
    here: type[BaseModel] | None = model
    for part in loc:
        if here is None or isinstance(part, int):
            continue
        by_key = {field.alias or name: field for name, field in here.model_fields.items()}
        here = model_in(by_key[part].annotation) if part in by_key else None
    if here is None:
        return []
    return [field.alias or name for name, field in here.model_fields.items()]

"""The colours of the HTML mail, as inline styles: the only file that knows one.

A mail may hold no style sheet (promise 17), so a block that sets a colour sets background and
text together, twice: plain for light, then ``light-dark()`` which programs that know dark mode take
and others pass over. Each pair keeps a contrast of 4.5 at least in both (a test measures it).
"""

from __future__ import annotations

from markupsafe import Markup

_PAGE = ("#f3f0ea", "#16181a")
_CARD = ("#ffffff", "#212428")
_TEXT = ("#23272d", "#e8e6e2")
_MUTED = ("#5a6068", "#b0b6bd")
_LINK = ("#1a5a96", "#8fc4f5")
_LINE = ("#e2ddd3", "#3a3f45")

_BADGES = {
    "negative": (("#fbe2df", "#4d1d19"), ("#8c1d14", "#ffccc6")),
    "unsure": (("#fcefcc", "#453710"), ("#684800", "#f7de9d")),
    "neutral": (("#e8ebee", "#363b41"), ("#454b53", "#d8dce1")),
    "positive": (("#dff1e2", "#183e22"), ("#1c5a2a", "#bdebc7")),
}
_BARS = {
    "negative": ("#c5392c", "#ef8073"),
    "unsure": ("#d9a520", "#d9b04c"),
    "neutral": ("#98a0aa", "#868e98"),
    "positive": ("#3b9150", "#63bd79"),
}


def _colour(name: str, pair: tuple[str, str]) -> str:
    return f"{name}:{pair[0]};{name}:light-dark({_first(name, pair[0])},{pair[1]})"


def _first(name: str, colour: str) -> str:
    """Write a colour within ``light-dark()``; of grounds in the longer form.

    SpamAssassin (4.0, HTML.pm) takes all that it cannot read for one colour: a text and a ground
    both unread are hidden text to it. It can read ``rgb()``, and one of the two is enough.
    """
    if name != "background-color":
        return colour
    return "rgb({},{},{})".format(*bytes.fromhex(colour.removeprefix("#")))


def _block(ground: tuple[str, str], text: tuple[str, str]) -> Markup:
    # Markup is right: nothing of this comes from outside.
    styles = f"{_colour('background-color', ground)};{_colour('color', text)}"
    return Markup(styles)  # noqa: S704 - see above


def _inline(name: str, pair: tuple[str, str]) -> Markup:
    return Markup(_colour(name, pair))  # noqa: S704 - likewise


INK = {
    "page": _block(_PAGE, _TEXT),
    "card": _block(_CARD, _TEXT),
    "small_print": _block(_PAGE, _MUTED),
    "muted": _inline("color", _MUTED),
    "link": _inline("color", _LINK),
    "rule": _inline("border-color", _LINE),
    "badge": {tone: _block(*pair) for tone, pair in _BADGES.items()},
    "tone": {tone: _inline("color", text) for tone, (_, text) in _BADGES.items()},
    "bar": {tone: _inline("background-color", pair) for tone, pair in _BARS.items()},
    "edge": {tone: _inline("border-color", pair) for tone, pair in _BARS.items()},
}
"""Styles by use; those by tone are tables: ``negative``, ``unsure``, ``neutral``, ``positive``."""

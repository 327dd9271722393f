"""Markdown, as people write it on Reddit and Lemmy, reduced to plain text. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererProtocol
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from monitor.sources.entry_parts import text_of

_MOST = 40_000
"""Characters that are read: twice what is kept of a text. The worst of them cost under 1 s."""


def markdown_text(markdown: object) -> str:
    r"""Return a body without its signs of layout, cut; empty when there is none.

    The words of links and of pictures' descriptions stay, their addresses go.

    >>> markdown_text("**Fermé** [chez Odile](https://exemple.fr)\n> sans rire\n\n* un\n* deux")
    'Fermé chez Odile\nsans rire\nun\ndeux'
    """
    if not isinstance(markdown, str):
        return ""
    return text_of(_READER.render(markdown[:_MOST]))


def _describe_picture(
    renderer: RendererProtocol,
    tokens: Sequence[Token],
    at: int,
    options: OptionsDict,
    env: EnvType,
) -> str:
    del renderer, options, env
    return escapeHtml(tokens[at].content)


# HTML passes, to be reduced with the rest; a line end stays one, as on both sites.
_READER = MarkdownIt("commonmark", {"html": True, "breaks": True, "maxNesting": 20})
_READER.enable(["table", "strikethrough"])
_READER.add_render_rule("image", _describe_picture)

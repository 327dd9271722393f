"""An HTML reply as lines of text, without what its mail program marked as quoted."""

from __future__ import annotations

from lxml import etree
from lxml import html as lxml_html

from monitor.markup import has_too_many_tags, with_few_attributes
from monitor.text import plain_text

_QUOTES = (
    "blockquote",
    "*[contains(@class, 'moz-cite-prefix')]",
    "*[contains(@class, 'gmail_attr')]",
    "*[contains(@class, 'gmail_signature')]",
    "*[contains(@class, 'moz-signature')]",
    "*[contains(@class, 'yahoo_quoted')]",
    "*[contains(@class, 'protonmail_quote')]",
    "*[@id='divRplyFwdMsg']/following-sibling::*",
    "*[@id='divRplyFwdMsg']",
    "*[@id='appendonsend']/following-sibling::*",
)
"""As of 2026, by Thunderbird, Apple Mail, Gmail, Yahoo, Proton and Outlook, in that order."""


def text_of_html(html: str) -> str:
    """Return the text, a line a block; what cannot be read as HTML is nothing."""
    written = with_few_attributes(html.encode("utf-8", "replace"))
    if has_too_many_tags(written):
        return plain_text(html)
    try:
        tree = lxml_html.document_fromstring(written.decode())
    except (etree.LxmlError, ValueError):  # empty; or XML declared in another encoding
        return plain_text(html)
    for quoted in tree.xpath(" | ".join(f"//{path}" for path in _QUOTES)):
        # What follows it stays. Not drop_tree: that joins texts, and refuses a control sign in one.
        quoted.clear(keep_tail=True)
    return plain_text(lxml_html.tostring(tree, encoding="unicode"))

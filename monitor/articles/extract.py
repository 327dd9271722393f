"""The main text of a web page, and the sentence of it that matters. Pure."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable

from monitor.markup import has_too_many_tags, in_eight_bits, with_few_attributes
from monitor.model import Response
from monitor.text import clean, cut

MOST_TAGS = 50_000
"""Signs ``<`` of a page; trafilatura takes seconds for so many, a minute and gigabytes for more."""

MAX_PASSAGE = 400
"""Characters of a passage kept: a headline, a very short extract and a link are what one may show
(art. L211-3-1 and L218-1 of the Code de la propriété intellectuelle)."""

_SENTENCE_END = re.compile(r"(?<=[.!?…»])\s+(?=[A-ZÀ-ÖØ-Þ«“\"'’0-9])")


def article_text(response: Response) -> str:
    """Return a page's main text, one paragraph a line; empty when none is found."""
    page = in_eight_bits(response.body)
    if has_too_many_tags(page, MOST_TAGS):
        return ""
    # Imported here: it takes a fifth of a second, and only polls that look up articles need it.
    import trafilatura  # noqa: PLC0415

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # pages without text are no news
    text = trafilatura.extract(with_few_attributes(page), include_comments=False, favor_recall=True)
    return clean(text) if isinstance(text, str) else ""


def passage_of(text: str, is_meant: Callable[[str], bool]) -> str | None:
    """Return the first sentence that is meant, with the next where there is room for it.

    >>> passage_of("Il pleut. Léa a ouvert. Tant mieux.", lambda s: "Léa" in s)
    'Léa a ouvert. Tant mieux.'
    """
    for paragraph in text.splitlines():
        sentences = _SENTENCE_END.split(paragraph.strip())
        for number, sentence in enumerate(sentences):
            if is_meant(sentence):
                both = " ".join(sentences[number : number + 2])
                return both if len(both) <= MAX_PASSAGE else cut(sentence, MAX_PASSAGE)
    return None

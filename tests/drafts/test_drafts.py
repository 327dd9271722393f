"""Drafts of replies: every template, in every place it can stand in, says nothing it must not."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reporting.samples import mention

from monitor.drafts.channels import Channel, channel_of
from monitor.drafts.checks import Flaw, flaws_of
from monitor.drafts.writing import TONES, Draft, language_of, write_draft
from monitor.model import Kind, Mention, Sentiment
from monitor.sentiment.theme_words import THEMES
from monitor.text import fold
from monitor.wording import LANGUAGES, sentences

POST_SIGNS = 300
"""Bluesky takes no longer post; X takes 280, of which a business's name is not part here."""
ALL = list(product(LANGUAGES, Channel, TONES, ("", *THEMES)))


def written(
    language: str, channel: Channel, tone: Sentiment, *themes: str, **fields: object
) -> Draft | None:
    about = mention(1, tone, themes={theme: str(tone) for theme in themes if theme}, **fields)
    return write_draft(about, tone, language=language, channel=channel)


@pytest.mark.parametrize(("language", "channel", "tone", "theme"), ALL)
def test_every_template_is_safe_and_speaks_of_its_theme(
    language: str, channel: Channel, tone: Sentiment, theme: str
) -> None:
    drafts = {
        draft.text: draft
        for number in range(12)
        if (draft := written(language, channel, tone, theme, id=f"m-{number}")) is not None
    }
    assert len(drafts) == 2  # each opening has two forms
    for draft in drafts.values():
        assert draft.themes == ((theme,) if theme else ())
        assert "Fleurs Bougamont" in draft.text or channel is Channel.POST
        assert "{" not in draft.text
        assert len(draft.text) <= (POST_SIGNS if channel is Channel.POST else 700)


@pytest.mark.parametrize(("tone", "channel"), list(product(TONES, Channel)))
def test_french_drafts_have_their_no_break_spaces_and_say_vous(
    tone: Sentiment, channel: Channel
) -> None:
    for theme in ("", *THEMES):
        draft = written("fr", channel, tone, theme)
        assert draft is not None
        assert not re.search(r"[ \w][:;!?»]|« | »|'|[ \u00a0][!?]|[ \u202f][:;]", draft.text)
        assert re.search(r"\b(?:vous|votre|vos)\b", draft.text.lower())
        assert Flaw.FAMILIAR not in flaws_of(draft.text)


def test_every_sentence_of_the_templates_is_used_by_some_draft() -> None:
    texts = {
        draft.text
        for language, channel, tone, theme in ALL
        for number in range(12)
        if (draft := written(language, channel, tone, theme, id=f"m-{number}"))
    }
    folded = fold(" ".join(texts))
    for language in LANGUAGES:
        for key, sentence in sentences(language).items():
            if re.match(r"drafts\.(open|said|press|close|salute|sign)_", key):
                filled = fold(str(sentence).format(business="Fleurs Bougamont"))
                assert filled in folded, key


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("Nous vous rembourserons.", Flaw.PROMISE),
        ("Un bon d’achat vous attend.", Flaw.PROMISE),
        ("Nous vous offrons le café.", Flaw.PROMISE),
        ("Cela ne se reproduira pas.", Flaw.PROMISE),
        ("Nous nous engageons à faire mieux.", Flaw.PROMISE),
        ("We will send you a refund.", Flaw.PROMISE),
        ("A free coffee is yours.", Flaw.PROMISE),
        ("Revenez lundi.", Flaw.DATE),
        ("Réponse sous 48 h.", Flaw.DATE),
        ("Le problème est réglé d’ici peu.", Flaw.DATE),
        ("We answer tomorrow.", Flaw.DATE),
        ("C’est un mensonge.", Flaw.INSULT),
        ("Nous avons saisi notre avocat.", Flaw.INSULT),
        ("You are a liar.", Flaw.INSULT),
        ("Votre commande était prête.", Flaw.REVEAL),
        ("Appelez le 03 27 00 00 00.", Flaw.DATE),
        ("Écrivez à lea@example.fr.", Flaw.REVEAL),
        ("Voyez https://example.fr", Flaw.REVEAL),
        ("Your order was ready.", Flaw.REVEAL),
        ("Merci, Dupont.", Flaw.REVEAL),
        ("Merci à toi.", Flaw.FAMILIAR),
    ],
)
def test_what_no_draft_may_say_is_found(text: str, flaw: Flaw) -> None:
    assert flaw in flaws_of(text, "Marie DUPONT")


@settings(max_examples=150, deadline=None)
@given(
    author=st.text(max_size=60),
    text=st.text(max_size=200),
    business=st.text("abcdefghijKLM éà'’{}%\n«»0123", min_size=1, max_size=60),
    themes=st.dictionaries(st.sampled_from([*THEMES, "autre"]), st.sampled_from(list(Sentiment))),
    tone=st.sampled_from(TONES),
    channel=st.sampled_from(Channel),
)
def test_nothing_of_who_wrote_stands_in_a_draft(
    *,
    author: str,
    text: str,
    business: str,
    themes: dict[str, Sentiment],
    tone: Sentiment,
    channel: Channel,
) -> None:
    about = mention(1, tone, author=author, text=text, business=business, themes=themes)
    draft = write_draft(about, tone, language="fr", channel=channel)
    bare = write_draft(
        replace(about, author=None, text="", title=None), tone, language="fr", channel=channel
    )
    assert bare is not None
    if draft is None:  # the author is called like a word of the plainest template
        assert flaws_of(bare.text, author)
        return
    if draft.themes == bare.themes:
        assert draft.text == bare.text


def test_an_author_called_like_a_word_of_a_template_gets_a_plainer_one() -> None:
    draft = written("fr", Channel.REVIEW, Sentiment.NEGATIVE, "accueil", author="M. Accueil")
    assert draft is not None
    assert draft.themes == ()
    assert written("fr", Channel.REVIEW, Sentiment.NEGATIVE, author="Monsieur Merci") is None


def test_a_business_may_be_called_like_what_no_draft_may_say() -> None:
    draft = written("fr", Channel.PRESS, Sentiment.POSITIVE, business="Cadeaux du Lundi 24")
    assert draft is not None
    assert "«\u00a0Cadeaux du Lundi 24\u00a0»" in draft.text


@pytest.mark.parametrize(
    ("fields", "channel"),
    [
        ({"kind": Kind.REVIEW, "platform": "google_maps"}, Channel.REVIEW),
        ({"kind": Kind.POST, "platform": "mastodon"}, Channel.POST),
        ({"kind": Kind.COMMENT, "platform": "youtube"}, Channel.POST),
        ({"kind": Kind.VIDEO, "platform": "youtube"}, Channel.POST),
        ({"kind": Kind.ARTICLE, "platform": "feed"}, Channel.PRESS),
        ({"kind": Kind.AUDIO, "platform": "podcasts"}, Channel.PRESS),
        ({"kind": Kind.POST, "platform": "discourse"}, Channel.FORUM),
        ({"kind": Kind.COMMENT, "platform": "reddit"}, Channel.FORUM),
    ],
)
def test_a_reply_stands_where_the_mention_does(fields: dict[str, object], channel: Channel) -> None:
    assert channel_of(mention(1, Sentiment.NEUTRAL, **fields)) is channel


def test_the_author_is_answered_in_their_language_where_we_have_it() -> None:
    def of(language: str | None) -> Mention:
        return mention(1, language=language)

    assert [language_of(of(one), "fr") for one in ("en", "fr", "nl", None)] == [
        "en",
        "fr",
        "fr",
        "fr",
    ]


def test_a_neutral_mention_has_no_draft() -> None:
    assert write_draft(mention(1), Sentiment.NEUTRAL, language="fr") is None

"""Mentions, sources and material as they come in real life; the shop and its customers are made up.

``lively_week`` and its like are what the golden files show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.model import (
    Action,
    AppliedAnswer,
    Health,
    KeptReply,
    Kind,
    MailboxState,
    Mention,
    Period,
    Place,
    PollError,
    PollStatus,
    Sentiment,
    SourceState,
    Status,
)
from monitor.reporting.material import Material, PeriodTally, ReplyWay
from monitor.reporting.periods import period_back
from monitor.reporting.stats import Tally, tally

SHOP = "Fleurs Bougamont"
PARIS = "Europe/Paris"
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
WEEK = Period(start=datetime(2026, 11, 16, 7, 0, tzinfo=UTC), end=NOW)

_POLARITY = {Sentiment.NEGATIVE: -0.55, Sentiment.NEUTRAL: 0.02, Sentiment.POSITIVE: 0.64}

_PLAIN = Mention(
    id="m-000",
    business=SHOP,
    source="local-press",
    platform="feed",
    kind=Kind.ARTICLE,
    external_id="x",
    url="https://www.lobservateur.fr/valenciennes/fleurs",
    canonical_url="https://www.lobservateur.fr/valenciennes/fleurs",
    title="Une rue du centre se refait une beauté",
    text="Fleurs Bougamont figure parmi les commerces de la rue de Paris.",
    author=None,
    author_url=None,
    author_followers=None,
    published_at=datetime(2026, 11, 18, 9, 30, tzinfo=UTC),
    found_at=datetime(2026, 11, 18, 10, 0, tzinfo=UTC),
    updated_at=None,
    language="fr",
    sentiment=Sentiment.NEUTRAL,
    polarity=0.02,
    confidence=0.9,
    scorer="sample-1",
    corrected=False,
    relevance=0.97,
    matched=(SHOP,),
    reason="nom entier",
    themes={},
    rating=None,
    likes=None,
    shares=None,
    comments=None,
    views=None,
    reach=None,
    outlet=None,
    story="s-000",
    places=(),
    status=Status.NEW,
    note=None,
    removed_at=None,
    digest_id=None,
)


def mention(number: int = 0, sentiment: Sentiment = Sentiment.NEUTRAL, **fields: object) -> Mention:
    """Make a mention: its own id and story, a polarity that goes with its sentiment."""
    made = replace(
        _PLAIN,
        id=f"m-{number:03}",
        story=f"s-{number:03}",
        sentiment=sentiment,
        polarity=_POLARITY[sentiment],
        external_id=f"x-{number}",
    )
    fields = {"canonical_url": fields.get("url", _PLAIN.url), **fields}
    return replace(made, **fields)  # type: ignore[arg-type] # any field, checked by replace


def toot(number: int, sentiment: Sentiment, text: str, author: str, **fields: object) -> Mention:
    """Make a post on Mastodon, which has no title."""
    url = f"https://piaille.fr/@{author.split(maxsplit=1)[0].lower()}/{11500000 + number}"
    fields = {
        "source": "mastodon-piaille",
        "platform": "mastodon",
        "kind": Kind.POST,
        "title": None,
        "text": text,
        "author": author,
        "url": url,
        **fields,
    }
    return mention(number, sentiment, **fields)


def news(number: int, sentiment: Sentiment, title: str, outlet: str, **fields: object) -> Mention:
    """Make an article that Google News found."""
    fields = {
        "source": "google-news",
        "platform": "google_news",
        "title": title,
        "outlet": outlet,
        "url": f"https://news.google.com/rss/articles/CBMi{number:04}",
        **fields,
    }
    return mention(number, sentiment, **fields)


def review(number: int, rating: float, text: str, author: str, **fields: object) -> Mention:
    """Make a review with stars."""
    sentiment = Sentiment.POSITIVE if rating > 3 else Sentiment.NEUTRAL
    if rating < 3:
        sentiment = Sentiment.NEGATIVE
    url = f"https://avis.example.fr/fleurs-bougamont/{number}"
    fields = {
        "source": "avis",
        "kind": Kind.REVIEW,
        "title": None,
        "text": text,
        "author": author,
        "rating": rating,
        "url": url,
        **fields,
    }
    return mention(number, sentiment, **fields)


def at(day: int, hour: int = 10, minute: int = 0) -> datetime:
    """Return an instant of November 2026, in UTC."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def source(source_id: str, **fields: object) -> SourceState:
    """Make a source that was read an hour ago."""
    state = SourceState(
        id=source_id,
        type="feed",
        address=f"https://{source_id}.example.fr/rss",
        businesses=(SHOP,),
        options_hash="h",
        status=PollStatus.OK,
        polled_at=NOW - timedelta(hours=1),
        last_ok_at=NOW - timedelta(hours=1),
        next_poll_at=NOW + timedelta(minutes=5),
    )
    return replace(state, **fields)  # type: ignore[arg-type] # any field, checked by replace


def healthy_sources(count: int = 12) -> tuple[SourceState, ...]:
    """Make sources that all answer."""
    return tuple(source(f"presse-{number:02}") for number in range(1, count + 1))


def ailing_sources() -> tuple[SourceState, ...]:
    """Make a silent source, and one that is gone."""
    silent = source(
        "radio-locale",
        status=PollStatus.FAILED,
        error=PollError(
            code="timeout", message="Le serveur n’a pas répondu à temps\u00a0: réessai automatique."
        ),
        last_ok_at=NOW - timedelta(days=3, hours=2),
        failures=9,
    )
    gone = source(
        "gazette-du-marche",
        status=PollStatus.FAILED,
        health=Health.GONE,
        error=PollError(code="gone", message="Le serveur répond 410.", http_status=410),
        last_ok_at=NOW - timedelta(days=12),
        paused=True,
    )
    return silent, gone


def lively_week() -> Material:
    """Fourteen mentions of all kinds, two of which call for an answer, and two ailing sources."""
    negative, neutral, positive = Sentiment.NEGATIVE, Sentiment.NEUTRAL, Sentiment.POSITIVE
    told = "À Valenciennes, les fleuristes se préparent à un hiver sans roses importées"
    mentions = (
        review(
            1,
            1,
            "Commande passée chez Fleurs Bougamont pour l’anniversaire de ma mère, livrée avec deux"
            " jours de retard et la moitié des tiges cassées. Personne ne répond au téléphone."
            " J’attends toujours un geste.",
            "Nathalie R.",
            published_at=at(19, 17, 42),
            themes={"livraison": "negative", "accueil téléphonique": "negative"},
        ),
        toot(
            2,
            negative,
            "Bon, @fleursbougamont a fermé à 18\u202fh alors que la vitrine annonce 19\u202fh."
            " J’avais couru depuis la gare pour rien, merci. #Valenciennes",
            "Malik",
            matched=("@fleursbougamont",),
            published_at=at(21, 18, 10),
            confidence=0.74,
        ),
        review(
            3,
            2,
            "Joli choix mais trois semaines plus tard l’orchidée de Fleurs Bougamont était morte.",
            "Pascal D.",
            published_at=at(17, 8, 5),
            status=Status.HANDLED,
        ),
        review(
            4,
            5,
            "Un immense merci à Simon Bougamont pour le bouquet de mariée\u202f! Exactement ce que"
            " j’avais imaginé, en mieux. Les pivoines ont tenu jusqu’au dimanche soir.",
            "Inès et Thomas",
            matched=("Simon Bougamont",),
            published_at=at(22, 9, 15),
        ),
        review(
            5,
            4.5,
            "Boutique minuscule, idées immenses. Le conseil pour les plantes d’appartement vaut à"
            " lui seul le détour.",
            "Lucie V.",
            matched=(),
            published_at=at(18, 12, 0),
        ),
        toot(
            6,
            positive,
            "Passée ce matin chez Fleurs Bougamont sous la pluie\u00a0: je ressors avec des"
            " renoncules, un café et le sourire 🌷",
            "Camille Lefèvre",
            published_at=at(20, 8, 30),
        ),
        news(
            7,
            positive,
            "Simon Bougamont, meilleur jeune fleuriste des Hauts-de-France",
            "La Voix du Nord",
            text="Le patron de Fleurs Bougamont, rue de Paris, a été distingué samedi à Lille pour"
            " une composition de dahlias et de houblon.",
            matched=("Simon Bougamont", SHOP),
            published_at=at(22, 6, 0),
            reach=48000,
        ),
        news(
            8,
            neutral,
            told,
            "Ouest-France",
            text="«\u00a0On revient aux fleurs d’ici\u00a0», explique-t-on chez Fleurs Bougamont,"
            " qui se fournit désormais à Raismes. La filière française couvre 15\u202f% des"
            " besoins, contre 12\u202f% il y a cinq ans, et les grossistes de Rungis"
            " s’inquiètent d’une flambée des prix avant la Saint-Valentin.",
            story="s-roses",
            published_at=at(19, 5, 30),
        ),
        mention(
            9,
            neutral,
            title=told,
            text="Chez Fleurs Bougamont, on revient aux fleurs d’ici.",
            story="s-roses",
            url="https://www.nordlittoral.fr/roses-hiver",
            published_at=at(19, 7, 0),
            places=(
                Place(source="local-press", url="https://www.nordlittoral.fr/roses-hiver"),
                Place(source="google-alerts", url="https://www.leparisien.fr/nord/roses-hiver"),
            ),
        ),
        mention(
            10,
            neutral,
            title="Marché de Noël\u00a0: la liste des exposants est connue",
            text="Parmi les quarante chalets de la place d’Armes\u00a0: Fleurs Bougamont, la Ferme"
            " du Mont-Blanc, les Biscuits de Marly.",
            url="https://www.valenciennes-infos.example.fr/marche-de-noel",
            published_at=at(20, 15, 0),
        ),
        toot(
            11,
            neutral,
            "Quelqu’un sait si Fleurs Bougamont livre à Anzin le dimanche\u202f?",
            "Jo",
            published_at=at(21, 11, 20),
        ),
        toot(
            12,
            neutral,
            "Devant #FleursBougamont, le tram est encore à l’arrêt. Prenez vos vélos.",
            "Réseau Trans’Villes",
            matched=("#FleursBougamont",),
            published_at=at(18, 6, 50),
        ),
        toot(
            13,
            negative,
            "Ah bravo Fleurs Bougamont, «\u00a0livraison express\u00a0» qu’ils disaient… enfin, le"
            " bouquet est superbe.",
            "Théo",
            confidence=0.41,
            published_at=at(20, 19, 0),
        ),
        mention(
            14,
            neutral,
            title="Succession Bougamont\u00a0: la maison de Denain mise en vente",
            text="La famille Bougamont cède la maison du fleuriste, fermée depuis 1987.",
            matched=("Bougamont",),
            relevance=0.38,
            url="https://www.lobservateur.fr/denain/succession",
            published_at=at(17, 16, 0),
        ),
    )
    return material(
        mentions,
        totals=((4, 0), (6, 1), (3, 0), (9, 2), (5, 0), (7, 1), (9, 1)),
        sources=(*healthy_sources(), *ailing_sources()),
        waiting=1,
    )


def empty_week(sources: tuple[SourceState, ...] | None = None) -> Material:
    """Nothing said, everything read."""
    known = healthy_sources(14) if sources is None else sources
    return material((), totals=((2, 0), (0, 0), (3, 1)), sources=known)


REPLY_WAY = ReplyWay(
    address="ecoute@example.fr", reference="3fa9c1d2e4a0b1c2-abcdefghijklmnopqrstuvwx"
)


def answered_week() -> Material:
    """The lively week, after answers to the digest before it, some of them not understood."""
    answers = (
        AppliedAnswer(action=Action.IRRELEVANT, title="Bougamont Immobilier recrute"),
        AppliedAnswer(action=Action.POSITIVE, title="Ah bravo Fleurs Bougamont"),
        AppliedAnswer(action=Action.HANDLED, title="Deux jours de retard, tiges cassées"),
    )
    unclear = ("12 plutôt bof", "le dernier <b>aussi</b>")
    week = lively_week()
    replies = (KeptReply(id="r1", applied=answers, unclear=unclear),)
    return replace(week, replies=replies, mailbox=MailboxState(name="m"))


def crowded_week(count: int = 200) -> Material:
    """Two hundred mentions with texts and addresses of a usual length: more than a mail holds."""
    tones = (Sentiment.POSITIVE, Sentiment.NEUTRAL, Sentiment.POSITIVE, Sentiment.NEGATIVE)
    text = (
        "La vitrine de Fleurs Bougamont fait parler d’elle depuis la braderie. On y voit des"
        " dahlias, du houblon séché et une grande roue de vélo tressée d’osier. «\u00a0Cela donne"
        " envie d’entrer\u00a0», résume une passante, avant de repartir avec deux bouquets et une"
        " invitation à l’atelier du samedi."
    )
    mentions = [
        news(
            number,
            tones[number % len(tones)],
            f"Valenciennes, les vitrines de la braderie\u00a0: notre tour des commerces,"
            f" épisode {number} sur {count}",
            ("La Voix du Nord", "L’Observateur", "France Bleu Nord", "Ouest-France")[number % 4],
            text=text,
            url=f"https://news.google.com/rss/articles/CBMi{number:04}{'QVVfeXFM' * 22}?oc=5",
            kind=Kind.ARTICLE if number % 3 else Kind.POST,
            published_at=WEEK.start + timedelta(minutes=49 * number),
        )
        for number in range(count)
    ]
    return material(
        mentions,
        totals=((30, 2), (41, 3), (28, 0), (55, 9), (60, 4), (37, 2), (48, 6)),
        sources=healthy_sources(14),
    )


def material(
    mentions: Sequence[Mention],
    *,
    totals: Sequence[tuple[int, int]] = (),
    sources: tuple[SourceState, ...] = (),
    waiting: int = 0,
    period: Period = WEEK,
) -> Material:
    """Make a digest's material; ``totals`` are (all, negative) of earlier periods, oldest first."""
    trend = tuple(
        PeriodTally(
            period=period_back(period, PARIS, len(totals) - index), tally=_past(total, negative)
        )
        for index, (total, negative) in enumerate(totals)
    )
    return Material(
        business=SHOP,
        period=period,
        now=period.end,
        mentions=tuple(mentions),
        previous=trend[-1].tally if trend else None,
        trend=trend,
        sources=sources,
        articles_read=2103 if sources else 0,
        waiting=waiting,
        waiting_since=period.start - timedelta(days=49) if waiting else None,
    )


def _past(total: int, negative: int) -> Tally:
    positive = (total - negative) * 2 // 3
    made = [mention(0, Sentiment.NEGATIVE, rating=1.0)] * min(negative, 1)
    made += [mention(0, Sentiment.NEGATIVE)] * (negative - len(made))
    made += [mention(0, Sentiment.POSITIVE, rating=5.0)] * min(positive, 2)
    made += [mention(0, Sentiment.POSITIVE)] * (positive - min(positive, 2))
    return tally([*made, *[mention(0)] * (total - len(made))])

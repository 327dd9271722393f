"""Press of made-up shops: what is one event, and what is never one. Written for these tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from monitor.dedupe.fingerprint import fingerprint
from monitor.dedupe.stories import Told
from monitor.model import Entry, Kind

MONDAY = datetime(2026, 11, 16, 6, 0, tzinfo=UTC)
SHOP = "Fleurs Bougamont"


def told(
    name: str,
    title: str | None = None,
    text: str = "",
    *,
    days: float = 0,
    kind: Kind = Kind.ARTICLE,
    business: str = SHOP,
    url: str | None = None,
    author: str | None = None,
    outlet: str | None = None,
    story: str | None = None,
    is_follow_up: bool = False,
) -> Told:
    """A mention published some days after Monday, at an address of its own."""
    at = MONDAY + timedelta(days=days)
    address = url or f"https://{outlet or name}.example/{name}"
    keys = fingerprint(
        Entry(external_id=name, url=address, text=text, kind=kind, title=title, outlet=outlet)
    )
    return Told(
        id=name,
        business=business,
        story=story or name,
        kind=kind,
        title=title,
        text=text,
        published_at=at,
        canonical_url=keys.canonical_url,
        outlet_key=keys.outlet_key,
        author=author,
        is_follow_up=is_follow_up,
    )


class Case(NamedTuple):
    """Two mentions of one business, and how many days lie between them."""

    name: str
    business: str
    one: tuple[str, str]
    other: tuple[str, str]
    days: float


ONE_EVENT = (
    Case(
        "a brief and the article behind it",
        SHOP,
        (
            "Valenciennes : des bouquets pour les soignants",
            "Fleurs Bougamont a livré lundi 500 bouquets aux soignants de l'hôpital.",
        ),
        (
            "À l'hôpital de Valenciennes, un fleuriste remercie les soignants",
            (
                "Cinq cents bouquets, un par soignant de garde : Simon Bougamont a vidé sa chambre"
                " froide lundi au profit du personnel de l'hôpital Jean-Bernard. « Ils ont"
                " veillé ma"
                " mère », explique le patron de Fleurs Bougamont, qui a travaillé toute la nuit."
            ),
        ),
        1,
    ),
    Case(
        "a headline alone, in other words",
        SHOP,
        (
            "Fleurs Bougamont offre 500 bouquets aux soignants de l'hôpital de Valenciennes",
            "Simon Bougamont a vidé sa chambre froide lundi au profit du personnel soignant.",
        ),
        (
            "Valenciennes. 500 bouquets offerts aux soignants par Fleurs Bougamont - Ouest-France",
            "",
        ),
        0.2,
    ),
    Case(
        "an agency's text, cut by one paper and dressed by the other",
        "Moulin de Cassel",
        (
            "Le moulin de Cassel rouvre après deux ans de travaux",
            (
                "Le moulin de Cassel a rouvert samedi après deux ans de travaux, a annoncé"
                " la mairie."
                " Les ailes, refaites en mélèze, tournent de nouveau. Coût du chantier : 640"
                " 000 euros,"
                " payés pour moitié par le Loto du patrimoine. L'huile de lin y sera pressée"
                " comme en"
                " 1780."
            ),
        ),
        (
            "Flandre : les ailes d'un moulin tournent de nouveau",
            (
                "(AFP) Le moulin de Cassel a rouvert samedi après deux ans de travaux, a annoncé la"
                " mairie. Les ailes, refaites en mélèze, tournent de nouveau. Coût du chantier :"
                " 640.000 €, payés pour moitié par le Loto du patrimoine."
            ),
        ),
        0.5,
    ),
    Case(
        "a rewrite with the same figures",
        "Garage Vandamme",
        (
            "Bailleul : le garage Vandamme racheté par ses mécaniciens",
            (
                "Quatre mécaniciens du garage Vandamme, à Bailleul, ont racheté l'affaire à leur"
                " patron, parti en retraite à 64 ans. Ils ont emprunté 210 000 € et gardent"
                " l'apprentie."
            ),
        ),
        (
            "Nord : à Bailleul, des salariés deviennent patrons de leur garage",
            (
                "Ils étaient salariés, les voilà patrons. À Bailleul, Yves Vandamme a cédé"
                " son garage"
                " à ses quatre mécanos plutôt qu'à une enseigne. Un emprunt de deux cent dix mille"
                " euros a été nécessaire. L'apprentie reste."
            ),
        ),
        2,
    ),
)

CONTINUED = (
    Case(
        "what counts the days since",
        "Boulangerie Lefort",
        (
            "Arras : un incendie détruit la boulangerie Lefort",
            (
                "Un incendie a détruit dans la nuit de dimanche à lundi la boulangerie"
                " Lefort, place"
                " des Héros à Arras. Le four serait en cause. Aucun blessé."
            ),
        ),
        (
            "Arras : la boulangerie Lefort servira d'une caravane",
            (
                "Dix jours après l'incendie qui a détruit sa boulangerie, Paul Lefort vend son pain"
                " dans une caravane prêtée par un forain."
            ),
        ),
        10,
    ),
    Case(
        "what names the day",
        "Boulangerie Lefort",
        (
            "Arras : la boulangerie Lefort cambriolée",
            "La vitrine de la boulangerie Lefort a été brisée dimanche soir et le coffre emporté.",
        ),
        (
            "Un suspect arrêté après le vol du coffre d'une boulangerie d'Arras",
            (
                "Un homme de 33 ans a reconnu avoir emporté le coffre de la boulangerie Lefort le"
                " 15 novembre. Il sera jugé en janvier."
            ),
        ),
        14,
    ),
)

TWO_EVENTS = (
    Case(
        "a fire, and a prize the day after",
        "Boulangerie Lefort",
        (
            "Arras : un incendie à la boulangerie Lefort",
            (
                "Un début d'incendie a noirci l'arrière de la boulangerie Lefort, place des Héros à"
                " Arras. Paul Lefort, le patron, et ses six salariés sont sains et saufs."
            ),
        ),
        (
            "Arras : la boulangerie Lefort primée pour sa galette",
            (
                "Paul Lefort, patron de la boulangerie Lefort, place des Héros à Arras, a"
                " reçu mardi"
                " le prix de la meilleure galette du Pas-de-Calais. Ses six salariés l'ont fêté."
            ),
        ),
        1,
    ),
    Case(
        "two recalls in one week",
        "Fromagerie du Haut-Doubs",
        (
            "Rappel de comté de la Fromagerie du Haut-Doubs",
            (
                "Un lot de comté 18 mois de la Fromagerie du Haut-Doubs est rappelé pour"
                " suspicion de"
                " Listeria. Lot 4471, vendu du 2 au 9 novembre. Ne plus consommer, rapporter au"
                " magasin."
            ),
        ),
        (
            "Rappel de morbier de la Fromagerie du Haut-Doubs",
            (
                "Un lot de morbier de la Fromagerie du Haut-Doubs est rappelé pour présence de"
                " morceaux de verre. Lot 5120, vendu du 10 au 14 novembre. Ne plus consommer,"
                " rapporter au magasin."
            ),
        ),
        3,
    ),
    Case(
        "two workshops of the month",
        SHOP,
        (
            "Atelier floral samedi chez Fleurs Bougamont",
            (
                "Fleurs Bougamont propose un atelier samedi 21 novembre, de 14 h à 16 h :"
                " couronne de"
                " l'Avent. 35 €, inscription en boutique, 12 places."
            ),
        ),
        (
            "Atelier floral samedi chez Fleurs Bougamont",
            (
                "Fleurs Bougamont propose un atelier samedi 28 novembre, de 14 h à 16 h : centre de"
                " table. 35 €, inscription en boutique, 12 places."
            ),
        ),
        7,
    ),
    Case(
        "concerts two days running",
        "Café du Canal",
        (
            "Concert au Café du Canal vendredi",
            (
                "Le Café du Canal, quai de l'Ouest à Cambrai, reçoit vendredi 20 novembre à 21 h le"
                " quartet de Lucie Mabire, jazz manouche. Entrée 8 €."
            ),
        ),
        (
            "Concert au Café du Canal samedi",
            (
                "Le Café du Canal, quai de l'Ouest à Cambrai, reçoit samedi 21 novembre à 21 h les"
                " Vagabonds du Douaisis, chansons de marins. Entrée 8 €."
            ),
        ),
        0,
    ),
    Case(
        "hiring, and a second shop",
        SHOP,
        (
            "Valenciennes : Fleurs Bougamont cherche deux apprentis",
            (
                "Simon Bougamont, à la tête de Fleurs Bougamont, rue de Paris à"
                " Valenciennes, cherche"
                " deux apprentis pour la rentrée. Les candidats doivent avoir 16 ans."
            ),
        ),
        (
            "Fleurs Bougamont ouvre à Anzin",
            (
                "Simon Bougamont, à la tête de Fleurs Bougamont, rue de Paris à Valenciennes, ouvre"
                " une seconde boutique à Anzin, dans l'ancien tabac. Deux vendeuses y travaillent."
            ),
        ),
        2,
    ),
    Case(
        "burglaries of two branches, headlines alone",
        "Garage Vandamme",
        ("Le garage Vandamme cambriolé à Bailleul - La Voix du Nord", ""),
        ("Le garage Vandamme cambriolé à Hazebrouck - La Voix du Nord", ""),
        4,
    ),
    Case(
        "the weekly column",
        "Café du Canal",
        (
            "Nos bonnes tables de la semaine",
            (
                "Cette semaine, nous avons goûté la carbonade du Café du Canal (14 €), le welsh du"
                " Beffroi et la tarte au maroilles de chez Odette."
            ),
        ),
        (
            "Nos bonnes tables de la semaine",
            (
                "Cette semaine, nous avons goûté les moules du Café du Canal (13 €), le"
                " potjevleesch"
                " de l'Estaminet et la gaufre de chez Régine."
            ),
        ),
        7,
    ),
    Case(
        "a portrait that recalls the prize",
        "Boulangerie Lefort",
        (
            "La meilleure galette du Pas-de-Calais est à Arras",
            (
                "La boulangerie Lefort a reçu mardi à Lens le prix de la meilleure galette, devant"
                " trente concurrents. Le jury a aimé le feuilletage."
            ),
        ),
        (
            "Paul Lefort, du rugby au fournil",
            (
                "Il se lève à 2 heures et joue encore pilier le dimanche. Récompensé pour sa"
                " galette,"
                " Paul Lefort raconte ses années à Béziers, son genou, et le grand-père qui lui a"
                " appris le levain."
            ),
        ),
        4,
    ),
    Case(
        "the roadworks of the street",
        "Librairie Quai des Mots",
        (
            "Calais : la rue Royale en travaux jusqu'à Noël",
            (
                "Les commerçants de la rue Royale s'inquiètent : le gaz est refait jusqu'au 20"
                " décembre. « Plus personne ne passe », dit-on à la librairie Quai des Mots."
            ),
        ),
        (
            "Calais : trois auteurs à la librairie Quai des Mots",
            (
                "La librairie Quai des Mots, rue Royale à Calais, reçoit trois auteurs avant Noël."
                " Première séance jeudi avec Inès Caudron."
            ),
        ),
        2,
    ),
    Case(
        "a yearly open day",
        "Ferme des Wattines",
        (
            "Portes ouvertes à la Ferme des Wattines dimanche",
            (
                "La Ferme des Wattines ouvre ses portes dimanche, de 10 h à 18 h. Traite, tracteurs"
                " et crêpes."
            ),
        ),
        (
            "Portes ouvertes à la Ferme des Wattines dimanche",
            (
                "La Ferme des Wattines ouvre ses portes dimanche, de 10 h à 18 h. Traite, tracteurs"
                " et glaces."
            ),
        ),
        364,
    ),
    Case(
        "two job offers",
        "Garage Vandamme",
        (
            "Mécanicien (H/F) - Garage Vandamme",
            (
                "Garage Vandamme, Bailleul, recrute un mécanicien en CDI, 39 h. Trois ans"
                " d'expérience. Envoyer CV."
            ),
        ),
        (
            "Secrétaire comptable (H/F) - Garage Vandamme",
            (
                "Garage Vandamme, Hazebrouck, recrute une secrétaire comptable en CDD, 24 h."
                " Cinq ans"
                " d'expérience. Envoyer CV."
            ),
        ),
        1,
    ),
)

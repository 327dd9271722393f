"""Towns and countries beyond the border that French texts name: no shop of ours is there.

Written by us: places whose names are no French words, first names or communes.
"""

_NAMES = (
    "bruxelles liege namur charleroi tournai mouscron courtrai gand anvers bruges ostende louvain"
    " verviers wavre arlon hainaut wallonie flandre belgique"
    " geneve lausanne fribourg neuchatel montreux vevey martigny delemont bienne berne zurich"
    " bale lugano valais suisse"
    " luxembourg monaco andorre montreal quebec gatineau sherbrooke canada"
    " londres madrid barcelone milan turin berlin munich francfort cologne sarrebruck"
    " casablanca rabat marrakech tunis sousse alger oran dakar abidjan bamako douala"
    " amsterdam rotterdam lisbonne dublin prague varsovie athenes istanbul tokyo"
    " maroc tunisie algerie egypte espagne italie allemagne angleterre portugal"
)
ABROAD = frozenset(_NAMES.split())
"""Folded names; those that a French place bears as well are left out."""

"""Places of France: communes by name, postcode and distance, and their names within a text.

The table is open data, made by ``python -m monitor.places.build``; ``data/README.md`` says from
what. Foreign towns are not in it.
"""

from monitor.places.areas import Area, areas_in, areas_named, region_of
from monitor.places.commune import Commune
from monitor.places.demonyms import commune_of_demonym, is_ambiguous_demonym
from monitor.places.heads import communes_headed
from monitor.places.lookup import (
    commune_of,
    communes_at,
    communes_named,
    departement_of,
    distance_km,
    neighbours,
)
from monitor.places.names import name_key, place_words
from monitor.places.phones import zone_of
from monitor.places.reading import places_in

__all__ = [
    "Area",
    "Commune",
    "areas_in",
    "areas_named",
    "commune_of",
    "commune_of_demonym",
    "communes_at",
    "communes_headed",
    "communes_named",
    "departement_of",
    "distance_km",
    "is_ambiguous_demonym",
    "name_key",
    "neighbours",
    "place_words",
    "places_in",
    "region_of",
    "zone_of",
]

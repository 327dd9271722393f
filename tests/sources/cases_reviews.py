"""Cases of the reviews of Google and Trustpilot, of SlideShare and IBM Video."""

from __future__ import annotations

from sources.conformance import Case
from sources.fake_session import DATA

from monitor.sources.google_business import GoogleBusiness
from monitor.sources.google_places import GooglePlaces
from monitor.sources.ibm_video import IbmVideo
from monitor.sources.slideshare import Slideshare
from monitor.sources.trustpilot import Trustpilot

_JSON = "application/json"

CASES: dict[str, Case] = {
    "google_business": Case(
        kind=GoogleBusiness,
        options={"client_id": "app", "client_secret": "secret", "refresh_token": "secret"},
        full=(DATA / "google_business" / "reviews.synthetic.json").read_bytes(),
        empty=b'{"access_token": "t", "accounts": [{"name": "accounts/1"}], '
        b'"locations": [{"name": "locations/2"}], "totalReviewCount": 0}',
        content_type=_JSON,
    ),
    "google_places": Case(
        kind=GooglePlaces,
        options={"key": "secret", "place": "ChIJmadeupmadeup"},
        full=(DATA / "google_places" / "place.synthetic.json").read_bytes(),
        empty=b'{"id": "ChIJmadeupmadeup"}',
        content_type=_JSON,
    ),
    "google_places, legacy": Case(
        kind=GooglePlaces,
        options={"key": "secret", "place": "ChIJmadeupmadeup", "api": "legacy"},
        full=(DATA / "google_places" / "legacy.synthetic.json").read_bytes(),
        empty=b'{"status": "OK", "result": {}}',
        content_type=_JSON,
    ),
    "trustpilot": Case(
        kind=Trustpilot,
        options={"key": "secret", "domain": "fleurs-bougamont.fr"},
        full=(DATA / "trustpilot" / "reviews.synthetic.json").read_bytes(),
        empty=b'{"id": "5f0c0de0000ff00005000001", "reviews": []}',
        content_type=_JSON,
    ),
    "slideshare": Case(
        kind=Slideshare,
        options={"key": "secret", "shared_secret": "secret"},
        full=(DATA / "slideshare" / "search.synthetic.xml").read_bytes(),
        empty=b"<Slideshows><Meta><TotalResults>0</TotalResults></Meta></Slideshows>",
    ),
    "ibm_video": Case(
        kind=IbmVideo,
        options={"client_id": "app", "client_secret": "secret"},
        full=(DATA / "ibm_video" / "account.synthetic.json").read_bytes(),
        empty=b'{"access_token": "t", "videos": []}',
        content_type=_JSON,
    ),
}

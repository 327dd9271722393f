"""What addresses are made into."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.urls import canonical_url, is_site_root, shown_url, site_of, unwrap_url

PIECES = (
    "https:// http:// // www. m. exemple.fr é.fr [::1] :80 :x @ / index.html index.php ? & = # #!/"
    " #comment-1 %2F %zz %e9 %41 utm_source=a url= q= google.com/url?q= google.com/amp/s/"
    " x.cdn.ampproject.org/c/ /amp .amp &amp; youtu.be/ a É \x00 \ud800 ; + ."
)
ADDRESSES = st.one_of(
    st.text(), st.lists(st.sampled_from(PIECES.split(" ")), max_size=12).map("".join)
)


@given(ADDRESSES)
@example("https://google.com/url?q=" * 6 + "https://exemple.fr")
def test_canonical_url_is_idempotent_and_never_raises(url: str) -> None:
    once = canonical_url(url)
    assert canonical_url(once) == once


@given(ADDRESSES)
def test_no_address_makes_the_others_raise(url: str) -> None:
    for read in (unwrap_url, site_of, shown_url, is_site_root):
        read(url)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://exemple.fr/a", "http://www.exemple.fr/a/"),
        ("https://exemple.fr/a", "https://m.exemple.fr/a"),
        ("https://exemple.fr/a", "https://amp.exemple.fr/a"),
        ("https://exemple.fr/a", "https://exemple.fr:443/a"),
        ("https://exemple.fr/a", "https://exemple.fr/a#xtor=RSS-3-[articles]"),
        ("https://exemple.fr/a", "https://exemple.fr/a?xtor=RSS-3&utm_campaign=x&UTM_medium=y"),
        (
            "https://exemple.fr/a",
            "https://exemple.fr/a?at_medium=RSS&at_campaign=flux&at_custom1=z",
        ),
        ("https://exemple.fr/a", "https://exemple.fr/a?fbclid=1&gclid=2&mc_cid=3&mc_eid=4"),
        ("https://exemple.fr/a", "https://exemple.fr/a?source=rss-une"),
        ("https://exemple.fr/a", "https://exemple.fr/a?ref=rss"),
        ("https://exemple.fr/a", "https://exemple.fr/a;jsessionid=AB12"),
        ("https://exemple.fr/a", "https://exemple.fr/a#respond"),
        ("https://exemple.fr/a?b=1&c=2", "https://exemple.fr/a?c=2&b=1"),
        ("https://exemple.fr/%7Efleurs", "https://exemple.fr/~fleurs"),
        ("https://exemple.fr/caf%c3%a9", "https://exemple.fr/café"),
        ("https://café.fr/", "https://xn--caf-dma.fr"),
        ("https://exemple.fr/a/", "https://exemple.fr//a/index.php"),
        ("https://exemple.fr/a", " https://exemple.fr/a\n"),
        ("https://exemple.fr/a", "https://simon@exemple.fr./a"),
        ("https://exemple.fr/a", "//exemple.fr/a"),
        (
            "https://exemple.fr/a",
            "http://www.bing.com/news/apiclick.aspx?tid=1F&url=https%3a%2f%2fexemple.fr%2fa&c=12",
        ),
    ],
)
def test_two_spellings_of_one_address_are_one(one: str, other: str) -> None:
    assert canonical_url(one) == canonical_url(other)


@pytest.mark.parametrize(
    "dressed",
    [
        "https://exemple.fr/a/b/amp",
        "https://exemple.fr/a/b/amp/",
        "https://exemple.fr/amp/a/b",
        "https://exemple.fr/a/amp/b",
        "https://exemple.fr/a/b.amp",
        "https://exemple.fr/a/b?amp",
        "https://exemple.fr/a/b?amp=1",
        "https://exemple.fr/a/b?outputType=amp",
        "https://exemple.fr/a/b/index.html/amp/",
        "https://exemple-fr.cdn.ampproject.org/c/s/exemple.fr/a/b",
        "https://exemple-fr.cdn.ampproject.org/v/s/exemple.fr/a/b?amp_js_v=0.1&usqp=mq331AQ",
        "https://cdn.ampproject.org/c/www.exemple.fr/a/b/amp",
        "https://www.google.com/amp/s/www.exemple.fr/a/b",
        "https://www.google.fr/amp/s/amp.exemple.fr/a/b/amp",
        "https://mobile.exemple.fr/a/b",
        "https://exemple.fr/a/b?mibextid=x&sfnsn=mo&srsltid=y&__twitter_impression=true",
        "https://exemple.fr/a/b?ns_mchannel=x&ns_source=y&icid=z&li_fat_id=1&vero_id=2",
        "https://exemple.fr/a/b?from=bing&origine=rss",
        "https://exemple.fr/a/b?share=facebook",
        "https://exemple.fr/a/b?at_medium=x&amp;at_campaign=y",
        "https://www.linkedin.com/redir/redirect?url=https%3A%2F%2Fexemple.fr%2Fa%2Fb",
        "https://slack-redir.net/link?url=https%3A%2F%2Fexemple.fr%2Fa%2Fb",
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexemple.fr%2Fa%2Fb",
        "https://l.threads.net/?u=https%3A%2F%2Fexemple.fr%2Fa%2Fb",
        "https://exemple.fr/a/b#:~:text=fleurs",
    ],
)
def test_an_article_is_one_whatever_dress_it_comes_in(dressed: str) -> None:
    assert canonical_url(dressed) == "https://exemple.fr/a/b"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://exemple.fr/a.html", "https://exemple.fr/a.amp.html"),
        ("https://fr-fr.facebook.com/x/posts/1", "https://m.facebook.com/x/posts/1?__tn__=K-R"),
        ("https://mbasic.facebook.com/x/posts/1", "https://www.facebook.com/x/posts/1"),
        ("https://fr.wikipedia.org/wiki/Fleur", "https://fr.m.wikipedia.org/wiki/Fleur"),
        ("https://old.reddit.com/r/fleurs/1", "https://www.reddit.com/r/fleurs/1"),
        ("https://mobile.twitter.com/fleurs/status/1", "https://x.com/fleurs/status/1"),
        ("https://youtu.be/abc?si=x", "https://m.youtube.com/watch?v=abc&feature=share"),
        (
            "https://news.google.com/rss/articles/CBMiabc?oc=5",
            "https://news.google.com/rss/articles/CBMiabc?hl=fr&gl=FR&ceid=FR:fr",
        ),
    ],
)
def test_a_platforms_own_ways_to_one_page_are_one(one: str, other: str) -> None:
    assert canonical_url(one) == canonical_url(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://exemple.fr/amp", "https://exemple.fr/"),
        ("https://exemple.fr/a/ampoules", "https://exemple.fr/a/oules"),
        ("https://youtu.be/abc", "https://youtu.be/abd"),
        ("https://fr.wikipedia.org/wiki/Fleur", "https://nl.wikipedia.org/wiki/Fleur"),
        (
            "https://news.google.com/rss/articles/CBMiabc",
            "https://news.google.com/rss/articles/CBMiabd",
        ),
        ("https://exemple.fr/a?from=lille", "https://exemple.fr/a"),
        ("https://exemple.fr/a?amp=45", "https://exemple.fr/a"),
        ("https://exemple.fr/a", "https://exemple.fr/b"),
        ("https://exemple.fr/a", "https://exemple.fr/A"),
        ("https://exemple.fr/?p=1", "https://exemple.fr/?p=2"),
        ("https://exemple.fr/a#comment-12", "https://exemple.fr/a#comment-13"),
        ("https://exemple.fr/a", "https://exemple.fr/a#comment-12"),
        ("https://exemple.fr/#!/a", "https://exemple.fr/#!/b"),
        ("https://exemple.fr/a?source=voix", "https://exemple.fr/a?source=nord"),
        ("https://exemple.fr/a?n=caf%E9", "https://exemple.fr/a?n=caf%E8"),
        ("https://exemple.fr/a%2Fb", "https://exemple.fr/a/b"),
        ("https://exemple.fr:8443/a", "https://exemple.fr/a"),
        ("https://fleurs.exemple.fr/a", "https://exemple.fr/a"),
    ],
)
def test_two_addresses_stay_two(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize("url", ["", "mailto:a@exemple.fr", "tag:exemple.fr,2026:1", "./flux.xml"])
def test_what_is_no_web_address_stays_as_it_is(url: str) -> None:
    assert canonical_url(url) == url
    assert site_of(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://www.google.fr/url?sa=t&q=https://exemple.fr/a&usg=x",
        "https://www.google.com/url?q=javascript:alert(1)&url=https%3A%2F%2Fexemple.fr%2Fa",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fexemple.fr%2Fa&h=AT0",
        "https://www.google.com/url?url=https%3A%2F%2Fl.facebook.com%2Fl.php%3Fu%3Dhttps%253A%252F%252Fexemple.fr%252Fa",
    ],
)
def test_a_redirect_link_is_unwrapped(url: str) -> None:
    assert unwrap_url(url) == "https://exemple.fr/a"


@pytest.mark.parametrize(
    "url",
    [
        "https://www.google.com/url?url=javascript:alert(1)",
        "https://www.google.com/search?q=https://exemple.fr",
        "https://google.exemple.fr/url?q=https://autre.fr",
        "https://news.google.com/rss/articles/CBMiabc?oc=5",
    ],
)
def test_what_carries_no_web_target_is_kept(url: str) -> None:
    assert unwrap_url(url) == url


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://u:p@exemple.fr/a?key=s#t", "https://exemple.fr/a"),
        ("https://u:p@[::1]:8080/a?key=s", "https://[::1]:8080/a"),
        ("https://u:p@[exemple.fr/a?key=s", "https://[exemple.fr/a"),
        ("https://u:p?w@exemple.fr/", "https://u"),
        ("flux/local.xml", "flux/local.xml"),
    ],
)
def test_what_is_shown_of_an_address_holds_no_secret(url: str, shown: str) -> None:
    assert shown_url(url) == shown


def test_half_a_character_in_a_wrapped_link_is_dropped() -> None:
    assert unwrap_url("https://www.google.com/url?url=https://ex.fr/\ud800a") == "https://ex.fr/a"
    assert canonical_url("http://ex.fr/\ud800a") == "https://ex.fr/a"

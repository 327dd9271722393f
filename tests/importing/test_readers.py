"""What each format's reader makes of its files. All synthetic but for the recordings named."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from importing.exports import found, part, post, read, troubles, x_account, x_file

from monitor.importing import own_export
from monitor.importing.base import Account, ExportUnusable, Passed
from monitor.importing.columns import ANY, mapping_for, mappings
from monitor.importing.facebook import read_activity, read_profile, repaired
from monitor.importing.google_plus import OUTLET, read_html, read_json
from monitor.importing.google_reviews import read_reviews
from monitor.importing.members import Member
from monitor.importing.recognise import kind_of
from monitor.importing.records import read_objects, table_reader
from monitor.importing.tables import rows
from monitor.importing.x_archive import read_account, read_likes, read_posts
from monitor.sources.bounds import bounded

SIMON = Account(handle="simonb", name="Simon B.")


# --- X --------------------------------------------------------------------------------------------


def test_a_post_is_read_field_by_field() -> None:
    links = {"urls": [{"url": "https://t.co/a", "expanded_url": "https://exemple.fr/b"}]}
    (one,) = found(
        read(read_posts, x_file([post(1, "R&amp;D https://t.co/a", entities=links)]), account=SIMON)
    )
    entry = one.entry
    assert one.is_own
    assert (entry.external_id, entry.text) == ("1780000000000000001", "R&D https://exemple.fr/b")
    assert entry.url == "https://x.com/simonb/status/1780000000000000001"
    assert (entry.author, entry.likes, entry.language) == ("simonb", 3, "fr")
    assert str(entry.published_at) == "2016-05-03 21:39:59+00:00"


def test_a_repost_is_its_authors() -> None:
    (one,) = found(read(read_posts, x_file([post(1, "RT @marie: Roses fanées")]), account=SIMON))
    assert (one.is_own, one.entry.author, one.entry.text) == (False, "marie", "Roses fanées")
    assert (one.entry.likes, one.entry.author_url) == (None, "https://x.com/marie")


def test_a_like_is_dated_by_its_id() -> None:
    like = {
        "tweetId": "1780000000000000000",
        "fullText": "Merci",
        "expandedUrl": "https://x.com/i/1",
    }
    (one,) = found(read(read_likes, x_file([{"like": like}], "like")))
    assert (one.entry.author, one.is_own) == (None, False)
    assert str(one.entry.published_at)[:19] == "2024-04-15 22:27:25"


def test_the_old_archive_holds_the_post_reposted() -> None:
    old = {
        "id_str": "2",
        "text": "RT @marie: Roses fa…",
        "created_at": "2016-05-03 05:21:50 +0000",
        "user": {"screen_name": "simonb"},
        "retweeted_status": {
            "id_str": "1",
            "text": "Roses fanées hier",
            "created_at": "2016-05-02 05:21:50 +0000",
            "user": {"screen_name": "marie"},
        },
    }
    (one,) = found(read(read_posts, f"Grailbird.data.tweets_2016_05 = \n{json.dumps([old])}"))
    assert (one.entry.external_id, one.entry.text, one.entry.author) == (
        "1",
        "Roses fanées hier",
        "marie",
    )
    assert not one.is_own


def test_the_recorded_old_archive_is_read(shared: Path) -> None:
    recorded = (shared / "recordings/x_archive/2016_05_tweets.js").read_bytes()
    first, second = found(read(read_posts, recorded))
    assert first.entry.text.startswith("& <> . $ %")
    assert "github.com/camlistore/camlistore/issues/476" in first.entry.text
    assert (first.entry.author, second.entry.external_id) == (
        "camlistore_test",
        "727366997390946304",
    )


def test_whose_archive_it_is(shared: Path) -> None:
    recorded = (shared / "recordings/x_archive/account.js").read_bytes()
    assert read_account(part(recorded)) == Account(handle="simonw", name="Simon Willison")
    assert read_account(part(x_account("a", "B"))) == Account(handle="a", name="B")
    old = 'var user_details = {\n "screen_name" : "lea", "full_name" : "Léa" }'
    assert read_account(part(old)) == Account(handle="lea")


def test_what_is_no_post_is_told_by_its_place() -> None:
    items = read(read_posts, x_file([post(1, "a"), {"tweet": {}}, 7, post(2, "")]))
    assert troubles(items) == [(2, "no_post"), (3, "no_post")]
    assert sum(isinstance(item, Passed) for item in items) == 1


# --- Facebook -------------------------------------------------------------------------------------


def mojibake(text: str) -> str:
    return text.encode().decode("latin-1")


@pytest.mark.parametrize("text", ["très bien 💐", "Œuvre", "abc", "", "Ã", "naïve €"])
def test_text_read_as_latin_1_is_repaired_and_other_text_left(text: str) -> None:
    assert repaired(mojibake(text)) == text
    assert repaired("très €") == "très €"


def comment(text: str, author: str) -> dict[str, object]:
    said = {"comment": text, "author": author}
    return {"timestamp": 1457387286, "data": [{"comment": said}], "title": "…"}


def test_comments_are_their_authors() -> None:
    activity = {
        "comments_v2": [
            comment(mojibake("Très bien"), mojibake("René")),
            comment("Merci", "Simon B."),
            comment("", "Simon B."),
        ]
    }
    one, own = found(read(read_activity, json.dumps(activity), account=SIMON))
    assert (one.is_own, one.entry.text, one.entry.author) == (False, "Très bien", "René")
    assert str(one.entry.published_at) == "2016-03-07 21:48:06+00:00"
    assert own.is_own


def test_what_others_wrote_on_the_wall_is_not_own() -> None:
    wall = {
        "wall_posts_sent_to_you": {
            "activity_log_data": [
                {"timestamp": 1500000000, "data": [{"post": "Bravo"}], "title": "Léa wrote"}
            ]
        }
    }
    own = [{"timestamp": 1500000000, "data": [{"post": "Fermé lundi"}], "title": "Simon posted"}]
    (other,) = found(read(read_activity, json.dumps(wall), account=SIMON))
    (mine,) = found(read(read_activity, json.dumps(own), account=SIMON))
    assert (other.is_own, other.entry.author, other.entry.title) == (False, None, "Léa wrote")
    assert (mine.is_own, mine.entry.author, mine.entry.title) == (True, "Simon B.", None)


def test_whose_download_it_is() -> None:
    for key in ("profile", "profile_v2"):
        profile = {key: {"name": {"full_name": mojibake("Léa Roy")}}}
        assert read_profile(part(json.dumps(profile))) == Account(name="Léa Roy")
    assert read_profile(part("[]")) is None


# --- Google ---------------------------------------------------------------------------------------

SIMONS = {"displayName": "Simon", "resourceName": "users/1"}
GOOGLE_PLUS = {
    "url": "https://plus.google.com/+Simon/posts/abc",
    "creationTime": "2015-02-06 07:36:49+0100",
    "author": SIMONS,
    "content": "Nos <b>roses</b> sont là",
    "comments": [
        {
            "creationTime": "2015-02-07 07:36:49+0100",
            "author": {"displayName": "Léa", "resourceName": "users/2"},
            "content": "Très <br>bien",
            "resourceName": "posts/1/comments/2",
        },
        {"creationTime": "2015-02-08 07:36:49+0100", "author": SIMONS, "content": "Merci"},
    ],
    "postAcl": {},
}


def test_comments_of_others_are_what_google_plus_gives() -> None:
    own, comment, thanks = found(read(read_json, json.dumps(GOOGLE_PLUS)))
    assert (own.is_own, own.entry.text) == (True, "Nos roses sont là")
    assert own.entry.external_id == "https://plus.google.com/+Simon/posts/abc"
    assert (comment.is_own, comment.entry.author, comment.entry.text) == (
        False,
        "Léa",
        "Très\nbien",
    )
    assert comment.entry.external_id == "posts/1/comments/2"
    assert str(comment.entry.published_at) == "2015-02-07 06:36:49+00:00"
    assert thanks.is_own


def test_no_address_of_google_plus_is_a_link() -> None:
    for one in found(read(read_json, json.dumps(GOOGLE_PLUS))):
        assert (one.entry.url, one.entry.outlet) == (None, OUTLET)


def test_the_html_form_of_google_plus_is_read() -> None:
    page = """<html><body><div class="header"><a class="author" href="x">Simon</a>
      <a href="https://plus.google.com/+Simon/posts/abc">2015-02-06 07:36:49+0100</a></div>
      <div class="main-content">Nos roses<br>sont là</div>
      <div class="comments"><div class="comment"><a class="author" href="y">Léa</a>
      <span class="time">- 2015-02-07 07:36:49+0100</span><div class="comment-content">Bravo</div>
      </div></div></body></html>"""
    own, comment = found(read(read_html, page))
    assert (own.is_own, own.entry.text) == (True, "Nos roses\nsont là")
    assert (comment.is_own, comment.entry.author, comment.entry.text) == (False, "Léa", "Bravo")
    assert str(comment.entry.published_at) == "2015-02-07 06:36:49+00:00"


def test_reviews_of_a_business_profile() -> None:
    reviews = {
        "reviews": [
            {
                "name": "accounts/1/locations/2/reviews/AbC",
                "reviewer": {"displayName": "Léa"},
                "starRating": "TWO",
                "comment": "(Translated by Google) Bad\n\n(Original)\nPas bien",
                "createTime": "2024-03-01T10:00:00.123Z",
            },
            {"starRating": "FIVE", "createTime": "2024-03-02T10:00:00Z"},
            {"nothing": 1},
        ]
    }
    items = read(read_reviews, json.dumps(reviews))
    first, second = found(items)
    assert (first.entry.external_id, first.entry.text, first.entry.rating) == ("AbC", "Pas bien", 2)
    assert (second.entry.text, second.entry.rating) == ("", 5)
    assert troubles(items) == [(3, "no_review")]


# --- tables ---------------------------------------------------------------------------------------

TRUSTPILOT = (
    "Review Id,Review Created (UTC),Review Stars,Review Title,Review Content,Review Username\r\n"
    '650000000001,2024-03-01 10:00:00,2,Déçue,"Roses fanées,\r\ncarton abîmé",Léa\r\n'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_is_read_however_its_program_wrote_it(encoding: str, separator: str) -> None:
    table = TRUSTPILOT.replace(",\r\n", "\0").replace(",", separator).replace("\0", ",\r\n")
    (one,) = found(read(table_reader(mappings()["trustpilot"]), table.encode(encoding)))
    entry = one.entry
    assert (entry.title, entry.text) == ("Déçue", "Roses fanées,\ncarton abîmé")
    assert (entry.author, entry.rating, entry.external_id) == ("Léa", 2, "650000000001")
    assert (str(entry.published_at), one.platform) == ("2024-03-01 10:00:00+00:00", "trustpilot")


@pytest.mark.parametrize(
    ("header", "site"),
    [
        ("Review Id,Review Created (UTC),Review Stars", "trustpilot"),
        ("Review date,Guest name,Positive review,Negative review,Review score", "booking"),
        ("Date de dépôt,Note,Avis", "pagesjaunes"),
        ("Date,ShareLink,ShareCommentary,SharedUrl,MediaUrl,Visibility", "linkedin-shares"),
        ("Nom,Texte", None),
    ],
)
def test_a_site_is_known_by_its_columns(header: str, site: str | None) -> None:
    mapping = mapping_for(header.split(","))
    assert (mapping.name if mapping else None) == site


def test_booking_joins_what_was_good_and_bad_and_marks_out_of_ten() -> None:
    header = "Review date;Guest name;Positive review;Negative review;Review score"
    table = f"{header}\n2024-03-01;Léa;Calme;Froid;7,5\n"
    (one,) = found(read(table_reader(mappings()["booking"]), table))
    assert (one.entry.text, one.entry.rating) == ("Calme\nFroid", 3.75)


def test_columns_may_be_told() -> None:
    table = "a;b;c\nBien;2024-03-01;9\n"
    told = {"text": "a", "date": "b", "rating": "c"}
    (one,) = found(read(table_reader(mappings()[ANY]), table, columns=told, scale=10.0))
    assert (one.entry.text, one.entry.rating) == ("Bien", 4.5)
    with pytest.raises(ExportUnusable) as wrong:
        read(table_reader(mappings()[ANY]), table, columns={"text": "d"})
    assert wrong.value.values_told["columns"] == "a, b, c"
    with pytest.raises(ExportUnusable, match="no_columns"):
        read(table_reader(mappings()[ANY]), table)


def test_what_a_cell_lacks_costs_only_the_cell() -> None:
    items = read(table_reader(mappings()[ANY]), "texte,date,note\nBien,hier,17\nBof,2024-03-01,3\n")
    first, second = found(items)
    assert (first.entry.published_at, first.entry.rating, second.entry.rating) == (None, None, 3)
    assert troubles(items) == [(2, "no_date"), (2, "no_mark")]


def test_a_quote_that_is_never_closed_costs_its_row() -> None:
    table = 'texte,note\n"Bien,5\n' + "".join(f"Avis {n},4\n" for n in range(3000))
    items = read(table_reader(mappings()[ANY]), table)
    assert len(found(items)) == 3000
    assert troubles(items) == [(2, "open_quote")]


def test_quotes_that_mean_inches_stay() -> None:
    (one,) = found(read(table_reader(mappings()[ANY]), 'texte,note\nUne pizza 5" froide,2\n'))
    assert one.entry.text == 'Une pizza 5" froide'


def test_a_row_of_too_many_columns_is_told() -> None:
    items = read(table_reader(mappings()[ANY]), "texte,note\na,b,c\nBien,5\n")
    assert (len(found(items)), troubles(items)) == (1, [(2, "columns")])


def test_notes_before_the_header_and_the_mark_of_excel_are_passed_over() -> None:
    assert [row.cells for row in rows(part("sep=;\na;b\n1;2\n"))] == [{"a": "1", "b": "2"}]
    assert [r.cells for r in rows(part("Notes:\na;b\n1;2\n\n\n3;4"))][1] == {"a": "3", "b": "4"}


def test_identifiers_that_are_short_do_not_mix_files_up() -> None:
    read_one = table_reader(mappings()[ANY])
    ids = [
        found(read(read_one, f"id,texte,date\n1,Bien,{day}\n"))[0].entry.external_id
        for day in ("2024-03-01", "2024-03-02", "2024-03-01")
    ]
    assert ids[0] == ids[2] != ids[1]


def test_objects_are_read_by_line_in_an_array_or_within_an_object() -> None:
    rows_ = [{"body": "Bien", "author": {"name": "Léa"}, "rating": 4}, {"body": "Bof"}]
    told = {"author": "author.name"}
    forms = (
        "\n".join(map(json.dumps, rows_)),
        json.dumps(rows_),
        json.dumps(rows_, indent=2),
        json.dumps({"items": rows_}),
        json.dumps({"total": 2, "reviews": rows_}, indent=1),
    )
    for form in forms:
        first, second = found(read(read_objects, form, columns=told))
        assert (first.entry.text, first.entry.author, first.entry.rating) == ("Bien", "Léa", 4)
        assert second.entry.text == "Bof"


def test_what_says_nothing_or_is_no_object_is_told() -> None:
    items = read(read_objects, '{"texte": "Bien"}\n[1]\n{"x": 1}\n{oops\n')
    assert troubles(items) == [(2, "no_object"), (3, "no_fields"), (4, "broken")]
    assert len(found(items)) == 1


# --- what is what ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("data/tweets-part1.js", "window.YTD.tweets.part1 = [", "x"),
        ("data/tweet.js", "window.YTD.tweet.part0 = [", "x"),
        ("data/direct-messages.js", "window.YTD.direct_messages.part0 = [", None),
        ("data/deleted-tweets.js", "window.YTD.deleted_tweets.part0 = [", None),
        ("2016_05.js", "Grailbird.data.tweets_2016_05 = [", "x"),
        ("p/your_posts_1.json", '[{"timestamp": 1, "attachments": [', "facebook"),
        ("comments.json", '{"comments_v2": [', "facebook"),
        ("inbox/message_1.json", '{"messages": [{"timestamp_ms": 1, "content": ""', None),
        ("Posts/20150206 - a.json", '{"url": "", "creationTime": "", "postAcl": {', "google-plus"),
        ("reviews.json", '{"reviews": [{"starRating": "FIVE"', "google-business"),
        ("Shares.csv", "Date,ShareLink,ShareCommentary\n", "linkedin"),
        ("messages.csv", "CONVERSATION ID,FROM,TO,CONTENT\n", None),
        ("any.csv", "texte;note\n", None),
    ],
)
def test_the_parts_of_an_archive_are_known_by_what_they_hold(
    name: str, content: str, expected: str | None
) -> None:
    kind = kind_of(Member(name=name, size=1), content.encode(), told=None, is_single=False)
    assert (kind.format if kind else None) == expected


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("any.csv", "texte;note\n", "csv"),
        ("any.json", '[{"x": 1}]', "ndjson"),
        ("any.csv", "a;b\n", None),
        ("any.html", "<html>", None),
    ],
)
def test_a_file_given_alone_may_be_a_table_or_objects(
    name: str, content: str, expected: str | None
) -> None:
    kind = kind_of(Member(name=name, size=1), content.encode(), told=None, is_single=True)
    assert (kind.format if kind else None) == expected


# --- hostile --------------------------------------------------------------------------------------

FIELDS = (
    "tweet id_str full_text retweeted_status user screen_name entities urls created_at like tweetId"
    " fullText comments_v2 data comment author timestamp post attachments title reviews starRating"
    " reviewer displayName createTime name content comments creationTime plusOnes external_id kind"
    " business published_at rating text date"
)
NAMES = st.sampled_from(FIELDS.split())
ODD = ("\ud800", "\x00", "99999999999999999999999", "0000-00-00", "RT @a: ", "post")
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    | st.sampled_from(ODD)
)  # fmt: skip
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4)
)
READERS = (
    read_posts, read_likes, read_activity, read_json, read_html, read_reviews, read_objects,
    own_export.read_objects, own_export.read_table, *map(table_reader, mappings().values()),
)  # fmt: skip


def test_a_repost_within_reposts_is_read_once() -> None:
    nested: dict[str, object] = {"id_str": "9", "text": "Roses"}
    for number in range(900):
        nested = {"id_str": str(number), "text": "Roses", "retweeted_status": nested}
    (one,) = found(read(read_posts, f"[{json.dumps(nested)}]"))
    assert one.entry.external_id == "898"


@settings(deadline=None, max_examples=60)
@given(VALUES | st.lists(st.dictionaries(NAMES, VALUES, max_size=6), max_size=3), st.binary())
def test_no_reader_raises_for_what_it_is_given(value: object, tail: bytes) -> None:
    whole = json.dumps(value).encode("utf-8", "surrogatepass") + tail
    for reader in READERS:
        with suppress(ExportUnusable):
            for one in found(read(reader, whole)):
                bounded(one.entry).text.encode()
                assert one.entry.external_id

from __future__ import annotations

import os
from pathlib import Path

import pytest

from monitor.errors import Code, FetchError
from monitor.fetching.files import read_local_file
from monitor.model import Validators


def test_a_file_is_read_as_if_fetched(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_bytes(b"<rss/>")
    response = read_local_file(file, None, 100)
    assert (response.url, response.status, response.body) == (file.as_uri(), 200, b"<rss/>")


def test_an_unchanged_file_is_not_modified(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_bytes(b"<rss/>")
    known = Validators(etag=read_local_file(file, None, 100).headers["etag"])
    assert read_local_file(file, known, 100).not_modified
    file.write_bytes(b"<rss />")
    assert read_local_file(file, known, 100).body == b"<rss />"


def test_a_pipe_is_refused_without_waiting_for_its_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FetchError) as failed:
        read_local_file(tmp_path / "pipe", None, 100)
    assert failed.value.code is Code.BLOCKED


@pytest.mark.parametrize(
    ("name", "code", "detail"),
    [
        (".", Code.BLOCKED, "not a regular file"),
        ("none.xml", Code.CONNECT, "no such file: none.xml"),
        ("feed.xml/none", Code.CONNECT, "cannot be read"),
        ("nul\x00", Code.CONNECT, "cannot be read"),
        ("x" * 300, Code.CONNECT, "cannot be read"),
        ("feed.xml", Code.TOO_LARGE, "over 5 bytes"),
    ],
)
def test_what_cannot_be_read_has_its_code(
    tmp_path: Path, name: str, code: Code, detail: str
) -> None:
    (tmp_path / "feed.xml").write_bytes(b"<rss/>")
    with pytest.raises(FetchError, match=detail) as failed:
        read_local_file(tmp_path / name, None, 5)
    assert failed.value.code is code

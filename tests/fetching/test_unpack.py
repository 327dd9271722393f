from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import Code, FetchError
from monitor.fetching.unpack import Unpacker

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "Deflate": lambda body: zlib.compress(body)[2:-4],
}


def unpack(packed: bytes, encoding: str, piece: int = 65536, max_bytes: int = 10_000) -> bytes:
    with closing(Unpacker(encoding, max_bytes)) as unpacker:
        for start in range(0, len(packed), piece):
            unpacker.feed(packed[start : start + piece])
        return unpacker.finish()


@given(st.binary(max_size=300), st.sampled_from(sorted(PACKERS)), st.integers(1, 40))
def test_how_a_body_is_cut_does_not_matter(body: bytes, encoding: str, piece: int) -> None:
    assert unpack(PACKERS[encoding](body), encoding, piece) == body


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "Deflate"]), st.data())
def test_a_body_cut_short_is_truncated(body: bytes, encoding: str, data: st.DataObject) -> None:
    packed = PACKERS[encoding](body)
    cut = data.draw(st.integers(1, len(packed) - 1))
    with pytest.raises(FetchError) as failed:
        unpack(packed[:cut], encoding)
    assert failed.value.code is Code.TRUNCATED


@given(st.binary(max_size=200), st.sampled_from(sorted(PACKERS)))
def test_noise_is_read_or_refused(noise: bytes, encoding: str) -> None:
    try:
        unpack(noise, encoding)
    except FetchError as error:
        assert error.code in {Code.BAD_ENCODING, Code.TRUNCATED, Code.TOO_LARGE}  # noqa: PT017 - either is right


@pytest.mark.parametrize("encoding", sorted(PACKERS))
def test_the_limit_is_of_unpacked_bytes_and_inclusive(encoding: str) -> None:
    assert len(unpack(PACKERS[encoding](bytes(10_000)), encoding)) == 10_000
    with pytest.raises(FetchError) as failed:
        unpack(PACKERS[encoding](bytes(10_001)), encoding)
    assert failed.value.code is Code.TOO_LARGE


def test_many_empty_members_end_at_the_limit_of_packed_bytes() -> None:
    with pytest.raises(FetchError) as failed:
        unpack(gzip.compress(b"") * 1000, "gzip")
    assert failed.value.code is Code.TOO_LARGE


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br, gzip", "gzip,deflate", "zstd", "utf-8"])
def test_stacked_and_unknown_encodings_are_refused(encoding: str) -> None:
    with pytest.raises(FetchError) as failed:
        Unpacker(encoding, 10)
    assert failed.value.code is Code.BAD_ENCODING


def test_a_large_body_is_kept_out_of_memory_until_it_ends() -> None:
    part = bytes(range(256)) * 256
    tracemalloc.start()
    try:
        with closing(Unpacker("", 10_000_000)) as unpacker:
            for _ in range(100):
                unpacker.feed(part)
            assert tracemalloc.get_traced_memory()[1] < 2_000_000
            assert unpacker.finish() == part * 100
    finally:
        tracemalloc.stop()

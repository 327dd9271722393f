"""From what went wrong to a code of the contract. Pure."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import datetime
from http import HTTPStatus

import httpx

from monitor.errors import Code, FetchError
from monitor.fetching.backoff import read_retry_at

_AUTH = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


def exchange_fault(
    error: httpx.TransportError | OSError, *, in_body: bool, hung_up: bool
) -> FetchError:
    """Return the fault of an exchange that broke.

    ``in_body``: the headers had been read. ``hung_up``: the server closed the connection.
    """
    tls = next((cause for cause in _causes(error) if isinstance(cause, ssl.SSLError)), None)
    if tls is not None:
        return FetchError(Code.TLS, _tls_reason(tls))
    is_lost = isinstance(error, httpx.NetworkError | OSError)
    if in_body and (hung_up or is_lost):
        return FetchError(Code.TRUNCATED, "the connection ended before the answer did")
    if is_lost:
        return FetchError(Code.CONNECT, "the server closed the connection without an answer")
    if isinstance(error, httpx.LocalProtocolError):
        # The library's sentence would quote the header, and a token with it.
        return FetchError(Code.PROTOCOL, "a header of ours cannot be sent; is a token mistyped?")
    return FetchError(Code.PROTOCOL, "what the server says is not HTTP")


def check_status(status: int, headers: httpx.Headers, *, conditional: bool, now: datetime) -> None:
    """Raise the ``FetchError`` that a final status stands for; any other answer can be read.

    ``conditional``: we asked "changed since?".
    """
    if status == HTTPStatus.NOT_MODIFIED and conditional:
        return
    if status in (HTTPStatus.NOT_MODIFIED, HTTPStatus.PARTIAL_CONTENT) or status < HTTPStatus.OK:
        # Answers to questions we did not ask.
        raise FetchError(Code.PROTOCOL, f"status {status} out of turn", http_status=status)
    if status < HTTPStatus.MULTIPLE_CHOICES:
        return
    if _is_limit(status, headers):
        raise FetchError(
            Code.RATE_LIMITED,
            f"status {status}",
            http_status=status,
            retry_at=read_retry_at(headers, now),
        )
    raise FetchError(_status_code(status), f"status {status}", http_status=status)


def _is_limit(status: int, headers: httpx.Headers) -> bool:
    return status == HTTPStatus.TOO_MANY_REQUESTS or (
        status == HTTPStatus.SERVICE_UNAVAILABLE and "retry-after" in headers
    )


def _status_code(status: int) -> Code:
    if status in _AUTH:
        return Code.AUTH
    return Code.GONE if status == HTTPStatus.GONE else Code.HTTP_STATUS


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _tls_reason(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate not accepted: {error.verify_message}"
    return f"no secure connection: {(error.reason or 'failed').lower().replace('_', ' ')}"

"""打开一个网页: one of our own pages, as a visitor would open it, to measure how long she waits."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

TIMEOUT_S = 20.0


class PageProbe:
    """Opens one address. A page that cannot be reached, or answers with an error of ours, raises OSError."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client: httpx.Client | None = None

    def __call__(self) -> object:
        import httpx  # noqa: PLC0415 — only the worker measures; web processes stay small.

        if self._client is None:
            # One for ever, since each would read all the authorities of the machine; but no connection is kept, as a
            # visitor has none yet.
            limits = httpx.Limits(max_keepalive_connections=0)
            self._client = httpx.Client(timeout=TIMEOUT_S, follow_redirects=True, limits=limits)
        try:
            answer = self._client.get(self._url)
        except httpx.HTTPError as error:
            raise OSError(str(error)) from error
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise OSError(f"{self._url}: {answer.status_code}")
        return answer.content

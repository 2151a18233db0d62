"""Style sheets, scripts and pictures: where they are, what their addresses are, and how they are served.

Third-party files lie in ``static/vendor`` under hashed names and are listed in its ``manifest.json``
(written by ``frontend/vendor.mjs``). Our own files lie in ``static`` under plain names; their hash is
computed once when the process starts and travels in the address, so that both kinds may be cached for
ever and a new edition is fetched at once.
"""

import base64
import gzip
import hashlib
import json
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from markupsafe import Markup

PREFIX: Final = "/static/"
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_A_MINUTE: Final = "public, max-age=60"
_COMPRESSED: Final = frozenset({".css", ".js", ".svg", ".json"})


class UnknownAssetError(LookupError):
    """A template names a file that is neither ours nor vendored; it lists the names there are."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file a page may load.

    ``path`` is relative to the static root; ``url`` begins with ``/static/``; ``integrity`` is the
    sha384 in the form of Subresource Integrity; ``gzipped`` is None where compression gains nothing.
    """

    name: str
    path: str
    url: str
    integrity: str
    content_type: str
    body: bytes
    gzipped: bytes | None


@cache
def all_assets() -> Mapping[str, Asset]:
    """Every asset by the name templates use: ``banjie.css``, ``img/mark.svg``, ``govuk.css`` …

    Read from the installed package once for each process.
    Raises ValueError when a vendored file is missing or not the one its manifest describes.
    """
    root = files("banjie.web") / "static"
    found = _vendored(root / "vendor")
    for path, body in _own(root):
        digest = hashlib.sha256(body).hexdigest()[:12]
        found[path] = _asset(path, path, f"{PREFIX}{path}?v={digest}", body)
    return found


def get(name: str) -> Asset:
    """The asset of that name. Raises UnknownAssetError with the known names."""
    try:
        return all_assets()[name]
    except KeyError:
        known = "、".join(sorted(all_assets()))
        raise UnknownAssetError(f"没有名为“{name}”的静态文件；现有：{known}") from None


def static(name: str) -> str:
    """The address of an asset, with its hash: for ``<img src>`` and ``<link href>``."""
    return get(name).url


@cache
def asset(name: str) -> Markup:
    """The whole element that loads a style sheet or a script, with its integrity hash."""
    item = get(name)
    if name.endswith(".css"):
        return Markup('<link rel="stylesheet" href="{}" integrity="{}">').format(item.url, item.integrity)
    if name.endswith(".js"):
        return Markup('<script src="{}" integrity="{}" defer></script>').format(item.url, item.integrity)
    raise UnknownAssetError(f"“{name}”既不是样式也不是脚本；图片请用 static('{name}')")


def serve(request: HttpRequest, path: str) -> HttpResponse:
    """The view behind ``/static/<path:path>``: from memory, gzip where the browser takes it.

    Only listed files can be reached, so that no path leads out of the package. An address with the
    present hash may be kept for ever; one with another hash or none is kept for a minute.
    """
    item = _by_path().get(path)
    if item is None:
        raise Http404("没有这个静态文件")
    etag = f'"{item.integrity[7:39]}"'
    current = path.startswith("vendor/") or request.GET.get("v") == item.url.rpartition("=")[2]
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    else:
        takes_gzip = item.gzipped is not None and "gzip" in request.headers.get("Accept-Encoding", "")
        body = item.gzipped if takes_gzip and item.gzipped is not None else item.body
        response = HttpResponse(body, content_type=item.content_type)
        response.headers["Content-Length"] = str(len(body))
        if takes_gzip:
            response.headers["Content-Encoding"] = "gzip"
    response.headers["ETag"] = etag
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = _FOR_EVER if current else _A_MINUTE
    return response


@cache
def _by_path() -> Mapping[str, Asset]:
    return {item.path: item for item in all_assets().values()}


def _vendored(folder: Traversable) -> dict[str, Asset]:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    found = {}
    for name, entry in manifest.items():
        body = (folder / entry["file"]).read_bytes()
        path = f"vendor/{entry['file']}"
        item = _asset(name, path, PREFIX + path, body)
        if item.integrity != entry["integrity"]:
            raise ValueError(f"{path} 与 manifest.json 的校验值不符；请在 frontend 目录运行 npm run vendor")
        found[name] = item
    return found


def _own(folder: Traversable, within: str = "") -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        path = within + entry.name
        if entry.is_dir():
            if path != "vendor":
                found.extend(_own(entry, path + "/"))
        elif not entry.name.startswith("."):
            found.append((path, entry.read_bytes()))
    return found


def _asset(name: str, path: str, url: str, body: bytes) -> Asset:
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    if path.endswith(".js"):
        # Some systems register .js under its old name, and browsers refuse that for modules.
        kind = "text/javascript"
    text = kind.startswith("text/") or kind == "image/svg+xml"
    suffix = "." + path.rpartition(".")[2]
    return Asset(
        name=name,
        path=path,
        url=url,
        integrity="sha384-" + base64.b64encode(hashlib.sha384(body).digest()).decode(),
        content_type=f"{kind}; charset=utf-8" if text else kind,
        body=body,
        gzipped=gzip.compress(body, 9, mtime=0) if suffix in _COMPRESSED else None,
    )

"""Static files: hashed addresses, integrity, and nothing reachable that is not listed."""

import base64
import gzip
import hashlib
import os
import re

import pytest
from django.http import Http404, HttpRequest, QueryDict
from hypothesis import given
from hypothesis import strategies as st

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banjie.settings")

from banjie.web import assets


def request(*, version: str = "", encoding: str = "", etag: str = "") -> HttpRequest:
    asked = HttpRequest()
    asked.GET = QueryDict(f"v={version}" if version else "")
    asked.META = {"HTTP_ACCEPT_ENCODING": encoding, "HTTP_IF_NONE_MATCH": etag}
    return asked


@pytest.mark.parametrize(
    "name", ["govuk.css", "htmx.js", "banjie.css", "banjie-adapt.css", "banjie.js", "img/mark.svg"]
)
def test_every_file_a_page_needs_is_there(name: str) -> None:
    item = assets.get(name)
    digest = base64.b64encode(hashlib.sha384(item.body).digest()).decode()
    assert item.integrity == f"sha384-{digest}"
    assert item.url.startswith("/static/")
    if item.gzipped is not None:
        assert gzip.decompress(item.gzipped) == item.body


def test_own_address_changes_with_the_content() -> None:
    item = assets.get("banjie.css")
    assert item.url == f"/static/banjie.css?v={hashlib.sha256(item.body).hexdigest()[:12]}"


def test_element_carries_its_integrity() -> None:
    item = assets.get("htmx.js")
    assert assets.asset("htmx.js") == f'<script src="{item.url}" integrity="{item.integrity}" defer></script>'
    assert assets.asset("govuk.css").startswith('<link rel="stylesheet" href="/static/vendor/govuk.')


def test_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(assets.UnknownAssetError, match=r"banjie\.css"):
        assets.static("banji.css")
    with pytest.raises(assets.UnknownAssetError, match="static"):
        assets.asset("img/mark.svg")


def test_present_version_is_kept_for_ever_another_for_a_minute() -> None:
    item = assets.get("banjie.css")
    present = assets.serve(request(version=item.url.rpartition("=")[2]), "banjie.css")
    assert "immutable" in present["Cache-Control"]
    assert present.content == item.body
    assert present["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" not in assets.serve(request(version="old"), "banjie.css")["Cache-Control"]
    assert "immutable" not in assets.serve(request(), "banjie.css")["Cache-Control"]


def test_gzip_only_where_it_is_taken() -> None:
    zipped = assets.serve(request(encoding="br, gzip"), "banjie.js")
    assert zipped["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.content) == assets.get("banjie.js").body
    assert "Content-Encoding" not in assets.serve(request(), "banjie.js")


def test_same_edition_is_not_sent_again() -> None:
    first = assets.serve(request(), "banjie.js")
    again = assets.serve(request(etag=first["ETag"]), "banjie.js")
    assert again.status_code == 304
    assert again.content == b""


@given(st.one_of(st.text(), st.sampled_from(["../assets.py", "vendor/../../jinja.py", "vendor/", "", "/etc/passwd"])))
def test_no_path_leads_out(path: str) -> None:
    if path in {item.path for item in assets.all_assets().values()}:
        return
    with pytest.raises(Http404):
        assets.serve(request(), path)


def test_style_sheets_use_nothing_from_elsewhere() -> None:
    for name, item in assets.all_assets().items():
        if name.endswith(".css"):
            text = item.body.decode()
            assert "@import" not in text
            for address in re.findall(r"url\([\"']?([^)\"']+)", text):
                assert address.startswith(("data:", "img/")), address


def test_own_script_stays_small() -> None:
    assert assets.get("banjie.js").body.count(b"\n") < 150

"""Guide pages and pages of the form a second, over HTTP from two processes of the web server on this machine.

Guides are asked for by strangers, all items of the city in turn. Pages of the form are asked for by people who are
signed in, each with a session and a draft of her own. Client, server and database share the machine's cores.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from banjie.bench import load
from banjie.bench.served import PORT, served
from banjie.bench.stage import AGENT, FOOD, REGION, Stage, say

WORKERS, THREADS, CLIENTS = 2, 4, 8
NEEDED_PER_S = 400


def measure(ground: Stage, *, seconds: float) -> dict[str, Any]:
    """Pages a second and ms of the slowest hundredth, of guides and of the form."""
    requests = {"guide": _guides(ground), "form": _forms(ground)}
    found: dict[str, Any] = {"workers": WORKERS, "clients": CLIENTS}
    with served(workers=WORKERS, threads=THREADS):
        for kind, request in requests.items():
            say(f"页面：{kind}……")
            rate, statuses = load.run("127.0.0.1", PORT, request, clients=CLIENTS, seconds=seconds, warm_s=3.0)
            if set(statuses) != {200}:
                raise RuntimeError(f"pages of {kind} answered {statuses}")
            found[kind] = {name: round(value, 1) for name, value in asdict(rate).items()}
    return found


def _guides(ground: Stage) -> Callable[[int], bytes]:
    from banjie.packs.load import load_items

    codes = [one.code for one in load_items() if ground.platform.laws.published(REGION, one.code)]
    requests = [_request(f"/items/{REGION}/{code}") for code in codes]
    turns = [0] * CLIENTS

    def make(client: int) -> bytes:
        turns[client] += 1
        return requests[(client + turns[client]) % len(requests)]

    return make


def _forms(ground: Stage) -> Callable[[int], bytes]:
    from django.test import Client

    from banjie.bench.apply_form import begun
    from banjie.records.models import Account

    requests = []
    for _ in range(CLIENTS):
        browser = Client()
        browser.force_login(Account.objects.get(username=AGENT), backend="django.contrib.auth.backends.ModelBackend")
        session = browser.cookies["sessionid"].value
        requests.append(_request(f"/apply/{begun(ground.platform, FOOD)}/section/premises", session))
    return lambda client: requests[client]


def _request(path: str, session: str = "") -> bytes:
    cookie = f"Cookie: sessionid={session}\r\n" if session else ""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n{cookie}\r\n".encode()

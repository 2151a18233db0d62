"""Made-up departments of the made-up city, on a loopback port: they speak the exchange's protocol and nothing else.

市场监管 and the project register answer at once, 公安 answers at once about persons, 自然资源 says that it will answer
and does so some seconds later, 社保 is always down. Every question's signature is checked. The data are the city's own
made-up people and companies, with one difference put in on purpose, so that two registers can be seen to disagree.
"""

import contextlib
import hmac
import http.server
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Final

from banjie.outside.demo_reporting import PATH as PROVINCE
from banjie.outside.demo_reporting import Province
from banjie.outside.exchange import signed
from banjie.packs.city import City, load_city

HOST: Final = "127.0.0.1"
THINKS_S: Final = 4.0
"""Seconds the slow department takes."""
TOLERANCE_S: Final = 300
"""How old a signature may be, in seconds."""

MOVED: Final = {"91990102MA00RC0153": "澜江市江左区望江路 118 号一层、二层"}
"""Companies whose address at the market register is newer than the one people know."""

AREAS: Final = {"91990102MA00RC0153": ("168", "澜（2024）江左区不动产权第0001180号")}
PROJECTS: Final = {
    "91990121MA00RC0319": {
        "project.name": "青禾县麦田 20 兆瓦光伏发电项目",
        "project.code": "2606-990121-04-01-100001",
        "project.approval_number": "青发改审〔2026〕12号",
    },
    "91990102MA00RC04XG": {
        "project.name": "长堤路供水管网改造工程",
        "project.code": "2607-990102-04-01-100002",
        "project.approval_number": "澜发改审〔2026〕31号",
        "project.planning_permit": "建字第9901022026GG0012号",
    },
}

Answers = Mapping[str, Mapping[str, Mapping[str, str]]]


def registers(city: City) -> Answers:
    """What each department holds: path → code → fact → value."""
    people = {person.id: person for person in city.people}
    market = {}
    for company in city.companies:
        legal = people.get(company.legal_representative)
        market[company.code] = {
            "company.name": company.name,
            "company.credit_code": company.code,
            "company.legal_representative": legal.name if legal else company.legal_representative,
            "company.address": MOVED.get(company.code, company.address),
            "company.established_on": "2021-05-18",
        }
    persons = {one.code: {"person.name": one.name, "person.address": one.address} for one in city.people}
    estate = {code: {"premises.area": area, "premises.title": title} for code, (area, title) in AREAS.items()}
    return {
        "/market/companies": market,
        "/police/persons": persons,
        "/estate/titles": estate,
        "/projects/latest": PROJECTS,
    }


class Departments(http.server.ThreadingHTTPServer):
    """All departments behind one address."""

    daemon_threads = True

    def __init__(self, port: int, key: bytes, answers: Answers, *, thinks_s: float = THINKS_S) -> None:
        super().__init__((HOST, port), _Door)
        self.key, self.answers, self.thinks_s = key, answers, thinks_s
        self.province = Province()

    @property
    def url(self) -> str:
        """Where they are reached."""
        return f"http://{HOST}:{self.server_address[1]}"


class _Door(http.server.BaseHTTPRequestHandler):
    """One question."""

    server: Departments
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length", "0")), 64 * 1024))
        if not self._is_ours(body):
            self._say(HTTPStatus.UNAUTHORIZED, {"error": "签名不对"})
            return
        if self.path == "/insurance/staff":
            self._say(HTTPStatus.SERVICE_UNAVAILABLE, {"error": "系统维护中"})
            return
        if self.path == PROVINCE:
            self._say(*self.server.province.take(body))
            return
        question = json.loads(body)
        found = self.server.answers.get(self.path, {}).get(question["subject"])
        values = {fact: value for fact, value in (found or {}).items() if fact in question["facts"]}
        if not values:
            self._say(HTTPStatus.NOT_FOUND, {"error": "没有登记"})
            return
        answer = {
            "ask": question["ask"],
            "subject": question["subject"],
            "as_of": time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600)),
            "values": values,
        }
        if self.path == "/estate/titles":
            threading.Thread(
                target=_answer_later,
                args=(self.server.thinks_s, question["answer_to"], self.headers["X-Banjie-Answer-Token"], answer),
                daemon=True,
            ).start()
            self._say(HTTPStatus.ACCEPTED, {})
            return
        self._say(HTTPStatus.OK, answer)

    def _is_ours(self, body: bytes) -> bool:
        given = self.headers.get("X-Banjie-Time", "")
        if not given.isdigit() or abs(time.time() - int(given)) > TOLERANCE_S:
            return False
        expected = signed(self.server.key, self.path, body, int(given))["X-Banjie-Signature"]
        return hmac.compare_digest(expected, self.headers.get("X-Banjie-Signature", ""))

    def _say(self, status: HTTPStatus, answer: Mapping[str, Any]) -> None:
        body = json.dumps(answer, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — the standard library's name.
        """Nothing: who is asked about is nobody's business in a log."""


def _answer_later(seconds: float, address: str, token: str, answer: Mapping[str, Any]) -> None:
    time.sleep(seconds)
    request = urllib.request.Request(  # noqa: S310 — the address came signed from the platform itself.
        address,
        data=json.dumps(answer, ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
        method="POST",
    )
    with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(request, timeout=10):  # noqa: S310 — the same.
        pass


@contextmanager
def serving(key: bytes, *, port: int = 0, thinks_s: float = THINKS_S) -> Iterator[Departments]:
    """The departments of the made-up city, in a thread of their own, for as long as this lasts."""
    server = Departments(port, key, registers(load_city()), thinks_s=thinks_s)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def serve(port: int, key: bytes) -> None:
    """Serves until the process is told to end."""
    Departments(port, key, registers(load_city())).serve_forever()

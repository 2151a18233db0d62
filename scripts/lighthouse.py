"""Lighthouse on the guide, a page of the form and the status page of a running demo: `python scripts/lighthouse.py`.

Wants `banjie demo` on the address given (http://127.0.0.1:8000), chromium, and node 22 or later with npx. Each page is
measured three times as a phone and the middle one is told. Lighthouse slows the processor down fourfold, from whatever
this machine does at the moment: `benchmarkIndex` tells how fast that was (1,000 and more on a quiet machine), and
the measure of a busy machine says nothing about the pages.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import httpx

from banjie.bench.stage import AGENT, FOOD, HOLDER, REGION

PASSWORD = "lanjiang-2026"  # noqa: S105 — of made-up people in a made-up city; the demo prints it at every start.
CATEGORIES = ("performance", "accessibility", "best-practices")
CHROME = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
TIMES = 3


class Visitor:
    """Somebody signed in at the demo."""

    def __init__(self, address: str) -> None:
        self.client = httpx.Client(base_url=address, follow_redirects=True, timeout=60)
        self.post("/accounts/login/", {"login": AGENT, "password": PASSWORD})

    def post(self, path: str, fields: dict[str, str]) -> httpx.Response:
        """Fills in the form of a page and sends it."""
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.client.get(path).text)
        if found is None:
            raise LookupError(f"{path} 没有表单")
        token = {"csrfmiddlewaretoken": found[1]}
        return self.client.post(path, data=fields | token, headers={"Referer": str(self.client.base_url)})

    def pages(self) -> dict[str, str]:
        """The three pages: an application is begun for the second, the third is one of her cases."""
        begun = self.post(f"/items/{REGION}/{FOOD}/start", {"party": HOLDER}).url.path.removesuffix("/guide")
        for question, answer in (("apply_type", "new"), ("business", "catering"), ("cold_or_raw", "none")):
            self.post(f"{begun}/guide", {"question": question, "answer": answer})
        case = re.search(rf'href="(/me/cases/{REGION}/[0-9-]+)"', self.client.get("/me").text)
        if case is None:
            raise LookupError("演示里没有她的办件")
        return {"指南": f"/items/{REGION}/{FOOD}", "表单": f"{begun}/section/premises", "状态": case[1]}


def measured(address: str, session: str) -> dict[str, Any]:
    """Lighthouse's report on a page."""
    with tempfile.TemporaryDirectory() as folder:
        report, headers = Path(folder) / "report.json", Path(folder) / "headers.json"
        headers.write_text(json.dumps({"Cookie": f"sessionid={session}"}), encoding="utf-8")
        subprocess.run(  # noqa: S603 — a command of ours; the address is that of the demo on this machine.
            [
                *("npx", "--yes", "lighthouse@13", address, "--quiet", "--output=json", f"--output-path={report}"),
                *(f"--only-categories={','.join(CATEGORIES)}", f"--extra-headers={headers}"),
                f"--chrome-flags={CHROME} --user-data-dir={folder}/profile",
            ],
            check=True,
        )
        found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
        return found


def main() -> None:
    """Prints a line a page."""
    address = (sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000").rstrip("/")
    visitor = Visitor(address)
    session = visitor.client.cookies["sessionid"]
    for name, path in visitor.pages().items():
        reports = [measured(address + path, session) for _ in range(TIMES)]
        report = sorted(reports, key=lambda one: one["categories"]["performance"]["score"])[TIMES // 2]
        scores = [f"{kind} {round(report['categories'][kind]['score'] * 100)}" for kind in CATEGORIES]
        print(name, *scores, f"benchmarkIndex {report['environment']['benchmarkIndex']:.0f}", sep="\t", flush=True)


if __name__ == "__main__":
    main()

#!/usr/bin/env bash
# htmx 2.0.11: `htmx.ajax(verb, path, {source, target})` returns a promise that resolves when the reply has been put into
# the page. But while a request of the same source is under way, a further call is only queued, and its promise resolves
# at once: before its request is sent, with `undefined`, as if all were done. A third call takes the place of the second
# in the queue; the second is never sent, and its promise has resolved just so.
#
# Expected: `await htmx.ajax(…)` means that the new content is there, for each call; one that is dropped rejects, or says
# so by its value.
#
# Who writes `await htmx.ajax(…)` and then looks at the page finds what was there before, but only when the server is
# slower than the user. A source of its own for each call waits as one would expect, which the last line shows.
#
# Needs `npm` and `chromium`. Exits with 0 while it is so, with 1 when it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && npm pack --silent htmx.org@2.0.11 > /dev/null && tar -xzf htmx.org-2.0.11.tgz)
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check playwright==1.65.2
cat > "$folder/try.py" <<'PYTHON'
import http.server
import shutil
import sys
import threading
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

SCRIPT = Path(sys.argv[1], "package/dist/htmx.js").read_bytes()
PAGE = b"<!doctype html><link rel=icon href=data:,><script src=/htmx.js></script><div id=source></div><div id=other></div><p id=target>nothing</p>"
asked = []


class Server(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = {"/": PAGE, "/htmx.js": SCRIPT}.get(self.path)
        if body is None:
            asked.append(self.path)
            time.sleep(0.5)
            body = self.path.encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


CALLS = """async (sources) => {
  const text = () => document.getElementById("target").textContent;
  const seen = await Promise.all(sources.map((source, n) =>
    htmx.ajax("GET", `/${n + 1}`, {source: `#${source}`, target: "#target"}).then(() => text())));
  return seen;
}"""

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
    page = browser.new_page()

    def seen_after(*sources):
        asked.clear()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        seen = page.evaluate(CALLS, list(sources))
        page.wait_for_timeout(1_500)
        print(f"calls from {', '.join(sources)}: each saw {seen} when its promise resolved; sent {sorted(asked)}")
        return seen, sorted(asked)

    print("htmx", page.goto(f"http://127.0.0.1:{server.server_port}/") and page.evaluate("htmx.version"))
    two = seen_after("source", "source")
    three = seen_after("source", "source", "source")
    apart = seen_after("source", "other")
    browser.close()
queued = two == (["/1", "nothing"], ["/1", "/2"])
dropped = three == (["/1", "nothing", "nothing"], ["/1", "/3"])
waits = "nothing" not in apart[0] and apart[1] == ["/1", "/2"]
sys.exit(0 if queued and dropped and waits else 1)
PYTHON
"$folder/venv/bin/python" "$folder/try.py" "$folder"

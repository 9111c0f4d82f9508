#!/usr/bin/env bash
# litestar 2.25.0: whenever a handler is registered, all routes that are there already are looked at again (`Router.register`
# maps every route by its methods, `construct_routing_trie` filters every route and validates the whole trie), also while
# `Litestar(route_handlers=[...])` registers those that it was given at once.
#
# Expected: eight times as many handlers take about eight times as long to build. Seen: 37 times, 5 seconds for 2,000.
# The 454 handlers of our server were a seventh of its start, until they were added together.
#
# Exits with 0 while it is so, with 1 when it changes. Processor time, the best of three: 250 and 2,000 handlers.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check litestar==2.25.0
"$folder/venv/bin/python" - <<'PYTHON'
import gc
import sys
import time
from importlib.metadata import version

from litestar import Litestar, get


def seconds(count: int) -> float:
    def handler(number: int):
        @get(f"/a/{number}", name=str(number))
        async def answer() -> str:
            return ""

        return answer

    taken = []
    for _ in range(3):
        handlers = [handler(number) for number in range(count)]
        gc.collect()
        began = time.process_time()
        Litestar(handlers, openapi_config=None)
        taken.append(time.process_time() - began)
    return min(taken)


print("litestar", version("litestar"))
few, many = seconds(250), seconds(2000)
print(f"250 handlers: {few:.3f} s, 2,000: {many:.3f} s, {many / few:.1f} times as long for 8 times as many")
sys.exit(0 if many / few > 16 else 1)
PYTHON

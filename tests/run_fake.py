"""Serve the page on hand-made numbers, to look at it: python -m tests.run_fake --port 8077 --scenario mixed."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from callbacks.app import create_app
from tests.fake_services import FakeServices

if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--port", type=int, default=8077)
    options.add_argument("--scenario", default="full")
    asked = options.parse_args()
    fake = FakeServices(asked.scenario, now=datetime.now(UTC))
    create_app(fake).run(host="127.0.0.1", port=asked.port, debug=False)

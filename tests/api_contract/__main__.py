"""Serves the sample site and lets schemathesis ask it: at home, as somebody with a token, and as nobody known.

EXAMPLES: requests of each operation (default 25); SEED: the same number asks the same again.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from data.platform.access import hashed

ROOT = Path(__file__).parents[2]
CONFIG = Path(__file__).with_name("schemathesis.toml")
SLOWEST = 120.0  # seconds until a server answers


def main() -> int:
    """0 when nothing failed; prints what schemathesis says."""
    with tempfile.TemporaryDirectory(prefix="throughline-contract-") as folder:
        home = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("JIRA_", "THROUGHLINE_"))},
            "THROUGHLINE_HOME": folder,
            "THROUGHLINE_SETTINGS": f"{folder}/app_settings.json",
            "THROUGHLINE_API_LIMIT": "0",
        }
        _command(home, "metrics")  # syncs the sample site
        _command(home, "teams", "save", "Checkout", "--project", "SHOP")
        token = _command(home, "tokens", "new", "referee", *(f"--scope={each}" for each in ("read", "export", "write")))
        guarded = home | {"THROUGHLINE_PASSWORD_HASH": f"ann:{hashed('correct horse battery')}"}
        codes = []
        with _server(home, folder) as url:
            document = _document(url, folder, {})
            codes.append(_referee("At home, without a token", url, document, []))
        with _server(guarded, folder) as url:
            bearer = {"Authorization": f"Bearer {token.strip()}"}
            document = _document(url, folder, bearer)
            told = [f"--header={name}: {value}" for name, value in bearer.items()]
            codes.append(_referee("With a token", url, document, told))
            codes.append(_referee("Where a token is needed, without one", url, document, []))
    return max(codes)


def _command(env: Mapping[str, str], *words: str) -> str:
    done = subprocess.run([sys.executable, "app.py", *words], cwd=ROOT, env=env, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"app.py {words[0]}: {done.stderr}")
    return done.stdout


@contextmanager
def _server(env: Mapping[str, str], folder: str) -> Iterator[str]:
    """The dashboard on a free port."""
    with Path(folder, "serve.log").open("w") as log:
        command = [sys.executable, "-u", "app.py", "serve", "--port", "0"]
        running = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            assert running.stdout is not None
            line = running.stdout.readline()
            url = next(word for word in line.split() if word.startswith("http"))
            _wait(url)
            yield url
        finally:
            running.terminate()
            running.wait(30)


def _wait(url: str) -> None:
    until = time.monotonic() + SLOWEST
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The server does not answer.")


def _document(url: str, folder: str, headers: Mapping[str, str]) -> Path:
    path = Path(folder) / "openapi.json"
    asked = urllib.request.Request(f"{url}/api/v1/openapi.json", headers=dict(headers))
    with urllib.request.urlopen(asked, timeout=60) as answer:
        path.write_bytes(answer.read())
    return path


def _referee(title: str, url: str, document: Path, more: list[str]) -> int:
    """What schemathesis says; its exit code."""
    print(f"\n=== {title} ===", flush=True)
    command = [
        os.environ["SCHEMATHESIS"], "--no-color", f"--config-file={CONFIG}", "run", str(document), f"--url={url}",
        f"--max-examples={os.environ.get('EXAMPLES', '25')}", f"--seed={os.environ.get('SEED', '1')}", "--no-shrink",
        "--request-timeout=60", "--continue-on-failure", "--max-failures=20", *more, *sys.argv[1:],
    ]  # a table: kept in its rows  # fmt: skip
    return subprocess.run(command, cwd=document.parent, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

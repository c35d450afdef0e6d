"""A NeuroStore on this machine: a real HTTP server that answers in the published form."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Answer:
    """What the server answers: a status, a body, and how slowly."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    trickle_s: float = 0.0
    cut: bool = False

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass
class Server:
    """Where the server is, what it answers by path, and what it was asked."""

    host: str
    answers: dict[str, Answer]
    asked: list[str] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, server: Server, *connection: Any) -> None:
        self.neurostore = server
        super().__init__(*connection)

    def do_GET(self):
        self.neurostore.asked.append(self.path)
        answer = self.neurostore.answers.get(self.path, Answer({"title": "Not Found"}, status=404))
        time.sleep(answer.delay_s)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.give(answer)

    def give(self, answer):
        content = answer.content[: len(answer.content) // 2] if answer.cut else answer.content
        try:
            if answer.trickle_s:
                for byte in content:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(answer.trickle_s)
            else:
                self.wfile.write(content)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the client has had enough

    def log_message(self, *_):
        pass


@contextmanager
def a_neurostore(answers: dict[str, Any] | None = None) -> Iterator[Server]:
    """Run a server whose answers are found by path and query."""
    server = Server("", {})
    for path, answer in (answers or {}).items():
        server.answers[path] = answer if isinstance(answer, Answer) else Answer(answer)

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, server)) as http:
        http.daemon_threads = True
        http.block_on_close = False
        server.host = f"http://127.0.0.1:{http.server_address[1]}/api"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()


def a_point(x: float = 10.0, **more: Any) -> dict[str, Any]:
    """Return a point as the service serialises it, with everything that may be null null."""
    nothing = dict.fromkeys(
        ("space", "kind", "image", "label_id", "cluster_size", "cluster_measurement_unit",
         "subpeak", "user", "username", "created_at", "updated_at", "order")
    )  # fmt: skip
    point = {"id": f"p{x:g}", "analysis": "a1", "coordinates": [x, 20.0, 30.0], "values": []}
    return nothing | point | {"deactivation": False, "is_seed": False} | more


def an_analysis(points: list[Any], name: str | None = "ASMR > rest", **more: Any) -> dict[str, Any]:
    """Return an analysis as the service serialises it."""
    analysis = {
        "id": "anaA1", "name": name, "description": None, "points": points, "images": [],
        "weights": [], "conditions": [], "metadata": None, "has_coordinates": True,
        "table_id": None,
    }  # fmt: skip
    return analysis | more


def a_version(identifier: str = "verV1", points: list[Any] | None = None) -> dict[str, Any]:
    """Return a version as the service serialises it."""
    analyses = [an_analysis(points if points is not None else [a_point(space="MNI")])]
    return {
        "id": identifier, "name": "A study", "source": "pubget", "username": None,
        "updated_at": "2025-01-02T03:04:05", "analyses": analyses, "doi": None,
    }  # fmt: skip


def a_base_study(versions: list[Any] | None = None, **more: Any) -> dict[str, Any]:
    """Return a base study as the service serialises it."""
    base = {
        "id": "baseB1", "name": "A study", "authors": None, "publication": None, "year": 2020,
        "doi": None, "pmid": None, "pmcid": None,
        "versions": [a_version()] if versions is None else versions,
    }  # fmt: skip
    return base | more

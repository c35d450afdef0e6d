"""The server behind the page: standard library, loopback, one clip.

Every request needs the token and one of this machine's loopback names. The page gets commands as
server-sent events and answers where it is.
"""

import json
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from asmr_stim_tui.loopback.door import LOOPBACK, Door, is_own_name, is_own_origin
from asmr_stim_tui.loopback.media import Media, byte_range

_PAGE = Path(__file__).parent / "page"
_FILES = {
    "": ("index.html", "text/html; charset=utf-8"),
    "page.js": ("page.js", "text/javascript; charset=utf-8"),
    "page.css": ("page.css", "text/css; charset=utf-8"),
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; media-src 'self'; img-src data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_CHUNK = 1 << 18
_MOST_POSTED = 2000  # bytes
_PING_S = 10.0
_GONE = (BrokenPipeError, ConnectionResetError, ConnectionAbortedError, TimeoutError)

Event = dict[str, Any]


class LoopbackServer:
    """Serves the page and one clip until it is closed.

    Parameters
    ----------
    door : Door
        Its port is taken again if it can be had, so that an address and a tunnel stay good.
    media : Media
    hello : dict
        What the page is told of the clip when it comes.
    heard : function of dict
        Called with what the page says of itself, in a thread of the server.

    Raises
    ------
    OSError
        If this machine gives no port.
    """

    def __init__(
        self, door: Door, media: Media, hello: Event, heard: Callable[[Event], None]
    ) -> None:
        self.door = door
        self.media = media
        self.hello = hello
        self.heard = heard
        self._listener: queue.SimpleQueue[Event | None] | None = None
        self._changing = threading.Lock()
        self._server = _bound(door.port)
        self._server.loopback = self
        door.port = self._server.server_address[1]
        threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="loopback", daemon=True
        ).start()

    @property
    def has_listener(self) -> bool:
        """Whether a page is open."""
        return self._listener is not None

    def tell(self, event: Event) -> None:
        """Send a command to the page."""
        with self._changing:
            if self._listener is not None:
                self._listener.put(event)

    def listen(self) -> "queue.SimpleQueue[Event | None]":
        """Return the commands for a page that has just come; the one before is told to rest."""
        with self._changing:
            if self._listener is not None:
                self._listener.put({"do": "rest"})
                self._listener.put(None)
            self._listener = queue.SimpleQueue()
            self._listener.put(self.hello | {"do": "hello"})
            return self._listener

    def leave(self, listener: "queue.SimpleQueue[Event | None]") -> None:
        """Forget a page that has gone."""
        with self._changing:
            if self._listener is listener:
                self._listener = None

    def close(self) -> None:
        """Send the page away and free the port."""
        with self._changing:
            if self._listener is not None:
                self._listener.put(None)
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    loopback: LoopbackServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a browser that hangs up is no fault, and the screen is being drawn on."""


def _bound(port: int) -> _Server:
    """Return a server on a port, or on any if it is taken."""
    with suppress(OSError):
        return _Server((LOOPBACK, port), _Handler)
    return _Server((LOOPBACK, 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    """Answers one request after another of a connection."""

    protocol_version = "HTTP/1.1"
    timeout = 60.0
    server: _Server

    def do_GET(self) -> None:
        """Hand out the page, its parts, the clip, or the commands."""
        name = self._admitted()
        if name is None:
            return
        if name == "clip":
            self._send_media()
        elif name == "events":
            self._send_events()
        elif name in _FILES:
            file, content_type = _FILES[name]
            self._send(HTTPStatus.OK, (_PAGE / file).read_bytes(), content_type)
        else:
            self._send(HTTPStatus.NOT_FOUND, b"there is nothing here\n")

    do_HEAD = do_GET  # noqa: N815 the name that the standard library calls

    def do_POST(self) -> None:
        """Take what the page says of itself."""
        name = self._admitted()
        if name is None:
            return
        length = self.headers.get("Content-Length", "")
        if name != "state" or not length.isdigit() or int(length) > _MOST_POSTED:
            self.close_connection = True
            self._send(HTTPStatus.BAD_REQUEST, b"that is not understood\n")
            return
        try:
            said = json.loads(self.rfile.read(int(length)))
        except ValueError:
            said = None
        if not isinstance(said, dict):
            self._send(HTTPStatus.BAD_REQUEST, b"that is not understood\n")
            return
        self.server.loopback.heard(said)
        self._send(HTTPStatus.NO_CONTENT, b"")

    def _admitted(self) -> str | None:
        """Return what is asked for, or send away whoever has no business here."""
        token, slash, name = self.path.partition("?")[0].removeprefix("/").partition("/")
        is_here = is_own_name(self.headers.get("Host"))
        is_ours = is_own_origin(self.headers.get("Origin"))
        if is_here and is_ours and slash and self.server.loopback.door.is_token(token):
            return name
        self.close_connection = True
        self._send(HTTPStatus.FORBIDDEN, b"open the address that the annotator shows\n")
        return None

    def _send(
        self, status: HTTPStatus, content: bytes, content_type: str = "text/plain; charset=utf-8"
    ) -> None:
        self._begin(status, content_type, len(content))
        if self.command != "HEAD":
            with suppress(*_GONE):
                self.wfile.write(content)

    def _begin(
        self, status: HTTPStatus, content_type: str, n_bytes: int | None, **further: str
    ) -> None:
        """Send status and headers."""
        self.send_response(status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        for name, value in further.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Type", content_type)
        if n_bytes is not None and status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(n_bytes))
        if self.close_connection:
            self.send_header("Connection", "close")
        with suppress(*_GONE):
            self.end_headers()

    def _send_media(self) -> None:
        """Hand out the part of the clip that is asked for."""
        media, wanted = self.server.loopback.media, self.headers.get("Range")
        part = byte_range(wanted, media.n_bytes)
        if part is None:
            total = f"bytes */{media.n_bytes}"
            self._begin(
                HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, "text/plain", 0, Content_Range=total
            )
            return
        first, last = part
        further = {"Accept_Ranges": "bytes"}
        is_part = wanted is not None and part != (0, media.n_bytes)
        if is_part:
            further["Content_Range"] = f"bytes {first}-{last - 1}/{media.n_bytes}"
        status = HTTPStatus.PARTIAL_CONTENT if is_part else HTTPStatus.OK
        self._begin(status, media.content_type, last - first, **further)
        if self.command != "HEAD":
            self._write_media(media, first, last)

    def _write_media(self, media: Media, first: int, last: int) -> None:
        while first < last:
            chunk = media.read(first, min(first + _CHUNK, last))
            try:
                self.wfile.write(chunk)
            except _GONE:
                chunk = b""
            if not chunk:
                self.close_connection = True
                return
            first += len(chunk)

    def _send_events(self) -> None:
        """Send commands for as long as the page stays."""
        self.close_connection = True
        self._begin(HTTPStatus.OK, "text/event-stream", None)
        listener = self.server.loopback.listen()
        try:
            while True:
                try:
                    event = listener.get(timeout=_PING_S)
                except queue.Empty:
                    self.wfile.write(b": still here\n\n")
                    continue
                if event is None:
                    return
                self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
        except _GONE:
            return
        finally:
            self.server.loopback.leave(listener)

    def log_message(self, *_: object) -> None:
        """Say nothing: the screen is being drawn on."""

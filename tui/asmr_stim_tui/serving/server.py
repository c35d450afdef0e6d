"""Serve the annotator as a page: on this machine only, and only for who has the address.

textual-serve runs the annotator once for each page and carries its screen there. By itself it lets
anybody in who can reach the port, and its page loads a font from another host. Here every request
needs the token and one of this machine's loopback names, a WebSocket also a page of this machine
as its origin, and everything that the page needs comes from here.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from asmr_stim.errors import MissingInputError, OutputError
from asmr_stim_tui.loopback.door import LOOPBACK, Door, is_own_name, is_own_origin

PAGE = Path(__file__).parent / "page"
PATIENCE_S = 3.0
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
    "img-src 'self' data:; connect-src 'self' ws://127.0.0.1:* ws://localhost:*; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

Handler = Callable[[Any], Awaitable[Any]]


def is_served() -> bool:
    """Return whether this very process is the annotator on such a page."""
    return os.environ.get("TEXTUAL_DRIVER", "").endswith("WebDriver")


def serve(command: str, title: str, say: Callable[[str], None], door: Door | None = None) -> None:
    """Serve a command that runs a Textual program, until ctrl+c.

    Parameters
    ----------
    command : str
        For a shell.
    title : str
        Of the page.
    say : function of str
        Is told the address once it answers.
    door : Door, optional

    Raises
    ------
    MissingInputError
        If textual-serve is not installed.
    OutputError
        If this machine gives no port.
    """
    gate = door or Door()
    try:
        asyncio.run(_served(command, title, say, gate))
    except KeyboardInterrupt:
        say("The page is closed.")
    except OSError as error:
        raise OutputError(f"no page can be served ({error.strerror or error})") from None


async def _served(command: str, title: str, say: Callable[[str], None], door: Door) -> None:
    """Run the server until it is interrupted."""
    application = await guarded_application(command, title, door)
    web = import_module("aiohttp.web")
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=PATIENCE_S)
    await runner.setup()
    try:
        await web.TCPSite(runner, LOOPBACK, door.port).start()
        door.port = runner.addresses[0][1]
        say(_welcome(door))
        await _interrupted()
        say("The page is closed.")
    finally:
        await runner.cleanup()


async def _interrupted() -> None:
    """Wait for ctrl+c or an end from outside."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    with contextlib.suppress(NotImplementedError):  # on Windows ctrl+c is an exception
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(each, ended.set)
    await ended.wait()


def _welcome(door: Door) -> str:
    return (
        f"Open this address in a browser on this machine:\n\n  {door.address}\n\n"
        "If the browser is on another machine, type this there first, leave it running, and open "
        f"the same address:\n\n  {door.ssh_line()}\n\n"
        "Whoever has the address can annotate as you. ctrl+c ends it."
    )


async def guarded_application(command: str, title: str, door: Door) -> Any:
    """Return the aiohttp application: textual-serve under the token, behind the guard.

    Raises
    ------
    MissingInputError
        If textual-serve is not installed.
    """
    try:
        textual_serve = import_module("textual_serve.server")
        web = import_module("aiohttp.web")
    except ImportError:
        raise MissingInputError(
            "annotate --serve needs textual-serve, which is not installed; install it with: "
            "pip install 'asmr-stim[serve]'"
        ) from None
    server = textual_serve.Server(
        command, host=LOOPBACK, port=door.port, title=title, templates_path=PAGE
    )
    server.on_startup = _quietly
    inner = await server._make_app()  # noqa: SLF001 the one place where it puts its routes
    inner.router.add_static("/own", PAGE)
    outer = web.Application(middlewares=[_guard(web, door)])
    outer.add_subapp(f"/{door.token}/", inner)
    return outer


async def _quietly(_application: Any) -> None:
    """Print nothing, where textual-serve would print its name and an address without the token."""


def _guard(web: Any, door: Door) -> Any:
    """Return the middleware that everything passes through."""

    async def guard(request: Any, handler: Handler) -> Any:
        if not _is_welcome(request, door):
            words = "open the address that the program shows\n"
            return web.Response(status=403, text=words, headers=HEADERS)
        try:
            response = await handler(request)
        except web.HTTPException as refusal:
            refusal.headers.update(HEADERS)
            raise
        if not response.prepared:
            response.headers.update(HEADERS)
        return response

    return web.middleware(guard)


def _is_welcome(request: Any, door: Door) -> bool:
    """Return whether a request has the token, and names this machine as its host and origin."""
    token = request.path.removeprefix("/").partition("/")[0]
    origin = request.headers.get("Origin")
    is_socket = request.headers.get("Upgrade", "").lower() == "websocket"
    is_ours = is_own_origin(origin) and not (is_socket and origin is None)
    return is_own_name(request.headers.get("Host")) and is_ours and door.is_token(token)


def annotate_command(arguments: list[str]) -> list[str]:
    """Return the command that runs the annotator in this very Python."""
    return [sys.executable, "-m", "asmr_stim", "annotate", *arguments]

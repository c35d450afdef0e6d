import asyncio
import re
import shlex
import sys

import pytest
from annotation_builders import write_clip

from asmr_stim.errors import MissingInputError, OutputError
from asmr_stim_tui.loopback.door import Door
from asmr_stim_tui.serving.server import (
    PAGE,
    annotate_command,
    guarded_application,
    is_served,
    serve,
)

aiohttp = pytest.importorskip("aiohttp", reason="textual-serve, which serves, is not installed")
pytest.importorskip("textual_serve", reason="textual-serve, which serves, is not installed")

from aiohttp.test_utils import TestClient, TestServer  # noqa: E402 only where it is installed


class Served:
    """The page with a client that is a browser on this machine."""

    def __init__(self, command="true"):
        self.command, self.door = command, Door()

    async def __aenter__(self):
        application = await guarded_application(self.command, "clip.wav", self.door)
        self.client = TestClient(TestServer(application, host="127.0.0.1"))
        await self.client.start_server()
        return self

    async def __aexit__(self, *_):
        await self.client.close()

    async def get(self, name="", token=None, **headers):
        path = f"/{self.door.token if token is None else token}/{name}".replace("//", "/")
        answer = await self.client.get(path, headers=headers)
        return answer, await answer.text(errors="replace")

    @property
    def origin(self):
        return f"http://127.0.0.1:{self.client.port}"

    def socket(self, **headers):
        return self.client.ws_connect(f"/{self.door.token}/ws?width=90&height=30", headers=headers)


NAMES = ("", "ws", "static/js/textual.js", "static/css/xterm.css", "own/serving.js", "nothing")


@pytest.mark.parametrize("token", ["", "x", "static"])
async def test_without_the_token_everything_is_refused(token):
    async with Served() as served:
        for name in NAMES:
            answer, text = await served.get(name, token=token)
            assert (answer.status, text) == (403, "open the address that the program shows\n")
        assert (await served.client.get("/")).status == 403


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:80"])
async def test_other_hosts_names_are_refused(host):
    async with Served() as served:
        for name in NAMES:
            assert (await served.get(name, Host=host))[0].status == 403


async def test_with_the_token_the_page_comes_by_any_name_of_this_machine():
    async with Served() as served:
        for host in ("127.0.0.1:1", "localhost:9000", "[::1]:80"):
            answer, text = await served.get(Host=host)
            assert answer.status == 200
            assert "clip.wav" in text
        assert (await served.get("nothing"))[0].status == 404


async def test_the_page_refers_to_nothing_outside_and_all_that_it_refers_to_is_there():
    async with Served() as served:
        answer, page = await served.get()
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "https:" not in policy
        wanted = re.findall(r'(?:src|href)="([^"]+)"', page)
        assert len(wanted) == 5
        for name in wanted:
            if name == "data:,":
                continue
            part, text = await served.get(name)
            assert part.status == 200, name
            if not name.endswith("textual.js"):
                assert not re.search(r"url\([\"']?(https?:)?//|@import", text), name
        assert not re.search(r"https?:|//\w", page)
        font = re.search(r'url\("\.\./(.+?)"\)', (PAGE / "serving.css").read_text())[1]
        assert (await served.get(font))[0].status == 200


async def test_a_socket_of_another_page_or_of_none_is_refused():
    async with Served() as served:
        for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
                await served.socket(**headers)
            assert refusal.value.status == 403


@pytest.fixture
def processes(monkeypatch):
    """Return a list of what is begun; textual-serve waits for the end of its output, not of it."""
    begun, begin = [], asyncio.create_subprocess_shell

    async def noted(*words, **options):
        begun.append(await begin(*words, **options))
        return begun[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_shell", noted)
    return begun


async def test_the_annotator_draws_on_the_page_and_leaves_when_it_is_told(tmp_path, processes):
    clip = write_clip(tmp_path / "clip.wav", 0.2)
    arguments = [str(clip), "--rater", "rs", "--sound", "none"]
    async with Served(shlex.join(annotate_command(arguments))) as served:
        socket = await served.socket(Origin=served.origin)
        seen = b""
        while b"clip.wav" not in seen or b"Quit" not in seen:
            seen += await socket.receive_bytes(timeout=60)
        await socket.send_json(["stdin", "q"])
        while not socket.closed:
            await socket.receive(timeout=60)
    assert [await process.wait() for process in processes] == [0]


def test_without_textual_serve_a_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "textual_serve.server", None)
    with pytest.raises(MissingInputError, match=r"pip install 'asmr-stim\[serve\]'"):
        serve("true", "clip.wav", print)


def test_a_port_that_is_taken_is_said(monkeypatch):
    async def refused(*_):
        raise OSError(98, "Address already in use")

    monkeypatch.setattr("asmr_stim_tui.serving.server._served", refused)
    with pytest.raises(OutputError, match=r"no page can be served .Address already in use."):
        serve("true", "clip.wav", print)


def test_the_program_knows_whether_it_is_on_a_page(monkeypatch):
    monkeypatch.delenv("TEXTUAL_DRIVER", raising=False)
    assert not is_served()
    monkeypatch.setenv("TEXTUAL_DRIVER", "textual.drivers.web_driver:WebDriver")
    assert is_served()

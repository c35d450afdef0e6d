import http.client
import json
import re

import numpy as np
import pytest
from annotation_builders import write_clip

from asmr_stim.io.annotations import clip_of
from asmr_stim.io.audio_spans import AudioSpans
from asmr_stim_tui.loopback.door import Door, is_own_name, is_own_origin
from asmr_stim_tui.loopback.media import FileMedia, WavMedia, byte_range
from asmr_stim_tui.loopback.server import LoopbackServer


class Served:
    """A server with a client that asks as a browser would."""

    def __init__(self, media):
        self.heard = []
        self.door = Door()
        self.server = LoopbackServer(self.door, media, {"name": "clip.wav"}, self.heard.append)
        self.media = media

    def ask(self, name="", method="GET", token=None, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.door.port, timeout=10)
        path = f"/{self.door.token if token is None else token}/{name}"
        connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer, content

    def events(self):
        """Return a function that gives the next command to the page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.door.port, timeout=10)
        connection.request("GET", f"/{self.door.token}/events")
        answer = connection.getresponse()
        assert answer.headers["Content-Type"] == "text/event-stream"

        def following():
            line = answer.readline()
            assert answer.readline() in (b"\n", b"")
            return json.loads(line.removeprefix(b"data: ")) if line else None

        return following


@pytest.fixture
def served(tmp_path):
    path = write_clip(tmp_path / "clip.wav", 0.5)
    running = Served(WavMedia(AudioSpans(path), clip_of(path)))
    yield running
    running.server.close()


def test_without_the_token_nothing_is_handed_out(served):
    for token in ("", "x" * 32, served.door.token[:-1], served.door.token + "x"):
        for name in ("", "clip", "events", "page.js", "other"):
            answer, content = served.ask(name, token=token)
            assert answer.status == 403, (token, name)
            assert served.media.read(44, 60) not in content
    connection = http.client.HTTPConnection("127.0.0.1", served.door.port, timeout=10)
    connection.request("GET", "/")
    assert connection.getresponse().status == 403


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", ""])
def test_other_hosts_names_are_refused(served, host):
    assert served.ask(Host=host)[0].status == 403


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "LOCALHOST:9", "[::1]:8000"])
def test_this_machines_own_names_are_welcome_at_any_port_of_a_tunnel(served, host):
    assert served.ask(Host=host)[0].status == 200


def test_a_page_of_somebody_else_is_refused_even_with_the_token(served):
    assert served.ask(Origin="https://evil.example")[0].status == 403
    assert served.ask(Origin="null")[0].status == 403
    assert served.ask(Origin=f"http://127.0.0.1:{served.door.port}")[0].status == 200


def test_names_and_origins_are_told_apart():
    assert not is_own_name(None)
    assert not is_own_name("localhost:80:80x")
    assert not is_own_name("localhost:")
    assert is_own_name("[::1]")
    assert is_own_origin(None)
    assert not is_own_origin("https://localhost")


def test_the_page_loads_nothing_from_outside_and_may_not(served):
    for name in ("", "page.js", "page.css"):
        answer, content = served.ask(name)
        assert answer.status == 200
        assert not re.findall(rb"(?:https?:)?//\w", content.replace(b"// ", b"")), name
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "http" not in policy
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
    assert served.ask("other")[0].status == 404


def test_the_whole_clip_is_a_wav_with_the_files_own_samples(served, tmp_path):
    answer, content = served.ask("clip")
    assert (answer.status, answer.headers["Accept-Ranges"]) == (200, "bytes")
    assert answer.headers["Content-Type"] == "audio/wav"
    (tmp_path / "copy.wav").write_bytes(content)
    copy, clip = clip_of(tmp_path / "copy.wav"), clip_of(tmp_path / "clip.wav")
    assert (copy.rate_hz, copy.n_samples, copy.n_channels) == (
        clip.rate_hz, clip.n_samples, clip.n_channels,
    )  # fmt: skip
    one, other = (AudioSpans(tmp_path / name).read(0, 4000) for name in ("clip.wav", "copy.wav"))
    assert np.array_equal(one, other)


@pytest.mark.parametrize("wanted", ["0-0", "0-99", "40-50", "43-44", "100-", "-5", "31000-99999"])
def test_a_range_is_exactly_the_bytes_that_were_asked_for(served, wanted):
    whole = served.ask("clip")[1]
    begin, end = wanted.split("-")
    first = int(begin) if begin else len(whole) - int(end)
    last = min(int(end) + 1, len(whole)) if begin and end else len(whole)
    answer, content = served.ask("clip", Range=f"bytes={wanted}")
    assert answer.status == 206
    assert answer.headers["Content-Range"] == f"bytes {first}-{last - 1}/{len(whole)}"
    assert content == whole[first:last]


def test_a_range_beyond_the_end_is_refused_and_nonsense_gives_everything(served):
    n_bytes = served.media.n_bytes
    answer, _ = served.ask("clip", Range=f"bytes={n_bytes}-")
    assert (answer.status, answer.headers["Content-Range"]) == (416, f"bytes */{n_bytes}")
    for nonsense in ("bytes=a-b", "lines=0-5", "bytes=0-5,10-12", "bytes=-", "bytes=5"):
        answer, content = served.ask("clip", Range=nonsense)
        assert (answer.status, len(content)) == (200, n_bytes), nonsense


def test_head_tells_the_size_without_the_clip(served):
    answer, content = served.ask("clip", method="HEAD")
    assert (answer.headers["Content-Length"], content) == (str(served.media.n_bytes), b"")


def test_ranges_of_nothing_are_none():
    assert byte_range("bytes=5-4", 10) is None
    assert byte_range("bytes=-0", 10) is None
    assert byte_range(None, 10) == (0, 10)


def test_a_page_hears_commands_in_order_and_a_newer_page_takes_over(served):
    following = served.events()
    assert following() == {"name": "clip.wav", "do": "hello"}
    served.server.tell({"do": "play", "number": 1})
    served.server.tell({"do": "stop", "number": 2})
    assert [following()["do"], following()["do"]] == ["play", "stop"]
    second = served.events()
    assert second()["do"] == "hello"
    assert following()["do"] == "rest"
    served.server.tell({"do": "play", "number": 3})
    assert second()["number"] == 3


def test_what_the_page_says_is_heard_and_nonsense_is_not(served):
    assert served.ask("state", "POST", body=b'{"at": 0.5}')[0].status == 204
    for body in (b"{", b"[1]", b" " * 3000, b""):
        assert served.ask("state", "POST", body=body)[0].status == 400
    assert served.ask("clip", "POST", body=b"{}")[0].status == 400
    assert served.ask("state", "POST", token="x" * 9, body=b"{}")[0].status == 403
    assert served.heard == [{"at": 0.5}]


def test_the_next_server_has_the_same_address(tmp_path):
    path = write_clip(tmp_path / "clip.wav", 0.1)
    running = Served(FileMedia(path))
    address = running.door.address
    running.server.close()
    again = LoopbackServer(running.door, FileMedia(path), {}, print)
    assert running.door.address == address
    elsewhere = LoopbackServer(Door(running.door.port), FileMedia(path), {}, print)
    assert elsewhere.door.port != running.door.port
    again.close()
    elsewhere.close()


def test_a_file_is_handed_out_as_it_is(tmp_path):
    (tmp_path / "clip.mp4").write_bytes(bytes(range(100)))
    media = FileMedia(tmp_path / "clip.mp4")
    assert (media.content_type, media.n_bytes) == ("video/mp4", 100)
    assert media.read(10, 12) == bytes([10, 11])
    (tmp_path / "clip.mp4").unlink()
    assert media.read(10, 12) == b""


def test_channels_beyond_two_are_left_out_and_said(tmp_path):
    path = write_clip(tmp_path / "eight.wav", 0.1, n_channels=8)
    media = WavMedia(AudioSpans(path), clip_of(path))
    assert "you hear channels 1 and 2 as they are" in media.notice
    assert media.n_bytes == 44 + 800 * 2 * 4


def test_a_clip_of_hours_is_served_in_16_bits_and_never_beyond_what_a_wav_can_hold(tmp_path):
    path = write_clip(tmp_path / "clip.wav", 0.1)
    long = clip_of(path).model_copy(update={"rate_hz": 48000, "n_samples": 6 * 3600 * 48000})
    media = WavMedia(AudioSpans(path), long)
    assert media.notice is None
    samples = np.frombuffer(media.read(44, 44 + 400), "<i2").reshape(-1, 2)
    assert np.abs(samples / 32768 - AudioSpans(path).read(0, 100)).max() <= 0.5 / 32768
    longer = long.model_copy(update={"n_samples": 12 * 3600 * 48000})
    assert "first 6.2 hours" in WavMedia(AudioSpans(path), longer).notice


def test_the_line_for_ssh_names_port_user_and_machine(monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "ana")
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 50000 lab.example 2222")
    assert Door(4711).ssh_line() == "ssh -p 2222 -N -L 4711:127.0.0.1:4711 ana@lab.example"
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 50000 lab.example 22")
    assert Door(4711).ssh_line() == "ssh -N -L 4711:127.0.0.1:4711 ana@lab.example"

from dataclasses import replace

import pytest
from clip_pictures import EXPANDED, KINDS, LONG_NAME, picture_of

from asmr_stim.report.profile_card import CardLook, columns, profile_card, shortened


def card_of(picture, **look):
    return profile_card(picture, EXPANDED, CardLook(**look))


@pytest.mark.parametrize("kind", KINDS)
def test_a_screen_of_80_by_24_holds_the_card(kind):
    lines = card_of(picture_of(kind)).splitlines()
    assert len(lines) <= 23
    assert max(map(columns, lines)) <= 80


def test_a_card_has_the_numbers_of_the_profile_and_says_at_which_level():
    picture = picture_of("stereo")
    card = card_of(picture)
    left, right = (
        picture.profile.channels[ear]["loudness_sone_at_laeq_50_db"] for ear in ("left", "right")
    )
    (line,) = [line for line in card.splitlines() if line.startswith("Loudness")]
    assert line.split()[-2:] == [f"{left.mean:.2f}", f"{right.mean:.2f}"]
    assert "LAeq 50 dB, energy mean of all channels, assumed; free field" in card


def test_it_is_plain_unless_colour_is_asked_for():
    picture = picture_of("stereo")
    assert "\x1b" not in card_of(picture)
    assert "\x1b[" in card_of(picture, has_colour=True)


def test_it_is_ascii_where_the_terminal_has_no_blocks():
    assert card_of(picture_of("stereo"), has_blocks=False).isascii()


def test_a_name_is_shortened_in_its_middle_and_wide_letters_count_twice():
    first = card_of(replace(picture_of("stereo"), name=LONG_NAME)).splitlines()[0]
    assert first.startswith("耳かき_囁き声_left")
    assert first.endswith("take_003.wav")
    assert 78 <= columns(first) <= 80


def test_a_name_cannot_steer_the_terminal():
    assert shortened("a\x1b[31m\nb", 80) == "a<U+001B>[31m<U+000A>b"


def test_flags_that_do_not_fit_are_named_at_least():
    picture = picture_of("many flags")
    names = {flag.name for flag in picture.profile.flags}
    assert len(names) > 1
    card = card_of(picture)
    assert all(name in card for name in names)

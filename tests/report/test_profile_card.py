from dataclasses import replace

import pytest
from clip_pictures import EXPANDED, KINDS, LONG_NAME, picture_of

from asmr_stim.report.profile_card import CardLook, columns, profile_card, shortened
from asmr_stim.schema.profile import ClipFlag


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


def remarks_of(card):
    """Return what stands below the table, as one text."""
    return " ".join(card.rpartition("\n\n")[2].split())


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_said_of_flags_ends_properly_however_many_there_are(kind):
    picture = picture_of(kind)
    flags = picture.profile.flags
    for n_flags in (*range(len(flags) + 1), 40):
        some = (flags * 40)[:n_flags] if n_flags <= len(flags) else tuple(many_flags(n_flags))
        profile = picture.profile.model_copy(update={"flags": some})
        card = card_of(replace(picture, profile=profile))
        assert len(card.splitlines()) <= 23
        said = remarks_of(card)
        details = [f"{flag.name}: {flag.detail}" for flag in some]
        is_whole = all(" ".join(detail.split()) in said for detail in details)
        assert is_whole or said.endswith("(asmr-stim features says more)")
        assert is_whole or " more (" in said or all(flag.name in said for flag in some)


def many_flags(n_flags):
    for k in range(n_flags):
        yield ClipFlag(name=f"a_flag_with_a_long_name_{k}", detail="a detail of some length " * 3)


def test_a_number_that_is_not_there_is_explained():
    mono, silent = (remarks_of(card_of(picture_of(kind))) for kind in ("mono", "silent"))
    assert "n/a (shorter_than_window): Strongest modulation" in mono
    assert "silent (n/a)" in silent

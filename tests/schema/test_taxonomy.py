"""The taxonomy that comes with the program, and what the record refuses."""

import copy
import csv
import re
from itertools import combinations, pairwise
from typing import Any, get_args

import pytest
from builders import shared_folder
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from asmr_stim.errors import MissingInputError
from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.io.yaml_files import read_yaml
from asmr_stim.resources import schemas_folder
from asmr_stim.schema import study
from asmr_stim.schema.base import Record
from asmr_stim.schema.taxonomy import AXES, ActTerm, ChannelTerm, SourceTerm, Taxonomy
from asmr_stim.schema.terms import folded

TAXONOMY = load_taxonomy()
IDS = [term.id for term in TAXONOMY.terms]

# Words of the evidence's list (part after the last dot) that have another id here.
OTHER_ID = {
    "back_hair_play": "back_hair_touch",
    "being_touched_other": "touch_of_another",
    "breath_blow": "breath",
    "brushing_mic_object": "brushing",
    "button_lid_click": "clicking",
    "cards": "card_shuffling",
    "cat_purr": "purring",
    "chew_crunch": "chewing",
    "clink_tinkle": "clinking",
    "clock_tick": "clock_ticking",
    "cooking_sizzle": "sizzling",
    "crinkle_crumple": "crinkling",
    "crush_squish_slime": "squishing",
    "drawing_painting": "drawing",
    "drink_sip": "drinking",
    "drip": "dripping",
    "drop_beads_coins": "dropping",
    "eye_contact_face": "eye_contact",
    "fizz_bubble": "fizzing",
    "folding_towels": "folding",
    "food_chopping_carving": "food_chopping",
    "foreign_or_accented": "foreign_language",
    "humming_singing": "singing",
    "lick_ear": "licking",
    "light_skin_scalp": "skin_touch",
    "light_tracking": "light_movement",
    "lotion_foam_wipe": "lotion_foam",
    "makeup_facial": "makeup",
    "massage_scalp_shampoo": "massage",
    "medical_exam": "examination",
    "peel_scrape": "peeling",
    "popping_bubblewrap": "popping",
    "pour": "pouring",
    "repeated_trigger_words": "trigger_words",
    "rubbing_stroking": "rubbing",
    "sand_beads_rattle": "sand_beads",
    "sanding_filing": "sanding",
    "scissors_snip": "scissors",
    "shaver_clippers": "hair_clippers",
    "sigh": "sighing",
    "silence_rest": "no_sound",
    "singing_bowl_fork_chime": "singing_bowl",
    "spray": "spraying",
    "squeak": "squeaking",
    "stir_shake": "stirring",
    "synthetic": "synthetic_speech",
    "tape_stickers": "tape",
    "tear_rip": "tearing",
    "tongue_lip_clicks": "mouth_clicks",
    "typing_keys": "typing",
    "unboxing_sorting": "unboxing",
    "walking_tour_nature_video": "walking_tour",
    "writing_drawing": "writing",
}
MENDED_ROOTS = {
    "sizzling": "object",
    "purring": "animal",
    "clock_ticking": "device",
    "singing_bowl": "tone_music",
    "unboxing": "demonstration",
}
WORDS_THE_LIST_LACKED = [
    "ear touching", "ear cupping", "microphone scratching", "hand rub", "hand flutter", "hand snap",
    "mouth syllables", "gum", "kissing", "tracing", "camera touching", "camera brushing",
    "focus test", "light test", "reading", "counting", "soap cutting", "fabric", "mouse clicks",
    "pen clicks", "mukbang", "walking tour ambience", "sand scratching", "rest", "fixation",
]  # fmt: skip


def contents() -> dict[str, Any]:
    return copy.deepcopy(read_yaml(schemas_folder() / "taxonomy.yaml"))


def refused_with(content: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as caught:
        Taxonomy.model_validate(content)
    return str(caught.value)


def evidence_words() -> list[str]:
    with shared_folder("evidence", "crosswalk.csv").open(encoding="utf-8") as lines:
        triggers = {row["trigger"] for row in csv.DictReader(lines)}
    return sorted(t.rsplit(".", 1)[1] for t in triggers if not t.startswith(("facet.", "bids.")))


def test_no_term_stands_on_two_axes():
    assert len(IDS) == len(set(IDS))
    assert all(
        sum(term in TAXONOMY.terms_of(axis) for axis in AXES) == 1 for term in TAXONOMY.terms
    )


def test_the_roots_are_those_of_the_design():
    assert [t.id for t in TAXONOMY.roots("source")] == [
        "voice", "mouth", "object", "device", "animal", "environment", "tone_music", "no_sound",
    ]  # fmt: skip
    assert [t.id for t in TAXONOMY.roots("act")] == [
        "no_act", "personal_attention", "care", "service_roleplay", "demonstration",
    ]  # fmt: skip
    assert [t.id for t in TAXONOMY.roots("channel")] == [
        "audio", "visual", "audiovisual", "real_touch",
    ]  # fmt: skip


def test_every_word_of_the_evidence_means_one_term():
    words = evidence_words()
    assert len(words) == 84
    meant = {word: TAXONOMY.resolve(word) for word in words}
    assert {word: term.id for word, term in meant.items()} == {
        word: OTHER_ID.get(word, word) for word in words
    }
    assert len({term.id for term in meant.values()}) == 84


@pytest.mark.parametrize("word", WORDS_THE_LIST_LACKED)
def test_words_that_the_published_lists_lacked_are_there(word):
    assert TAXONOMY.resolve(word) is not None


@pytest.mark.parametrize(("term", "root"), MENDED_ROOTS.items())
def test_wrong_parents_of_the_published_list_are_mended(term, root):
    assert TAXONOMY.ancestors(term)[-1].id == root


def test_foils_of_the_survey_are_flagged():
    foils = {term.id for term in TAXONOMY.terms if term.foil}
    assert foils == {"mechanical_hum", "vacuum_cleaner", "aeroplane_noise", "laughter", "smiling"}


def test_every_definition_is_one_sentence():
    for term in TAXONOMY.terms:
        assert re.fullmatch(r"[A-Z][^.]*\.", term.definition), term.id


def test_the_contrast_types_and_roles_are_those_that_studies_use():
    assert [kind.id for kind in TAXONOMY.contrast_types] == [
        "stimulus_vs_control", "tingle_vs_no_tingle", "responder_vs_non_responder",
        "before_after", "dose", "trait_or_rest", "task_only",
    ]  # fmt: skip
    assert [role.id for role in TAXONOMY.roles] == ["asmr", "control", "adjunct", "foil"]


def test_studies_know_the_same_contrast_types_and_roles():
    assert set(get_args(study.ContrastType)) == {kind.id for kind in TAXONOMY.contrast_types}
    assert set(get_args(study.Role)) == {role.id for role in TAXONOMY.roles}


def test_texts_name_only_words_that_exist():
    facets = {f.id for f in TAXONOMY.facets} | {v.id for f in TAXONOMY.facets for v in f.values}
    texts = [term.scope_note or "" for term in TAXONOMY.terms]
    texts += [rule.rule for rule in TAXONOMY.coding_rules]
    named = {word for text in texts for word in re.findall(r"`([^`]+)`", text)}
    assert named <= {*IDS, *facets}


def test_no_two_rules_decide_on_the_same_pair():
    pairs = [frozenset(p) for rule in TAXONOMY.coding_rules for p in combinations(rule.terms, 2)]
    assert len(pairs) == len(set(pairs))


def test_a_word_for_a_term_is_no_id_of_anything_else():
    entries = (
        *TAXONOMY.facets, *TAXONOMY.roles, *TAXONOMY.contrast_types, *TAXONOMY.moderator_groups
    )  # fmt: skip
    for entry in entries:
        assert TAXONOMY.resolve(entry.id) is None, entry.id


def test_every_coding_rule_decides_for_each_of_its_terms():
    for rule in TAXONOMY.coding_rules:
        assert set(re.findall(r"`([^`]+)`", rule.rule)) >= set(rule.terms), rule.terms


# Looking up ------------------------------------------------------------------------------------


@given(st.sampled_from(list(TAXONOMY.terms)), st.sampled_from(" -_"), st.booleans())
def test_every_word_of_a_term_leads_to_it_however_it_is_spelt(term, joiner, is_upper):
    for word in term.words:
        spelt = word.replace("_", joiner).replace(" ", joiner)
        assert TAXONOMY.resolve(spelt.upper() if is_upper else spelt) == term


@given(st.sampled_from(IDS))
def test_a_path_ends_in_the_term_and_climbs_by_parents(term_id):
    path = TAXONOMY.path(term_id).split("/")
    assert path[-1] == term_id
    assert TAXONOMY.term(path[0]).parent is None
    for above, below in pairwise(path):
        assert TAXONOMY.term(below).parent == above
        assert TAXONOMY.is_a(term_id, above)


def test_tree_order_has_every_parent_before_its_children():
    for axis in AXES:
        order = [term.id for term in TAXONOMY.terms_of(axis)]
        assert sorted(order) == sorted(i for i in IDS if TAXONOMY.axis_of(i) == axis)
        assert all(
            order.index(term.parent) < order.index(term.id)
            for term in TAXONOMY.terms_of(axis)
            if term.parent
        )


def test_a_path_is_derived():
    assert TAXONOMY.path("tapping") == "object/impact/tapping"
    assert not TAXONOMY.is_a("impact", "tapping")


def test_a_word_is_not_found_on_another_axis():
    assert TAXONOMY.resolve("haircut", "source") is None
    assert TAXONOMY.resolve("haircut", "act").id == "haircut"


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [
        ("taping", "tapping"), ("wisper", "whisper"), ("scraching", "scratching"),
        ("crinkels", "crinkling"), ("soft speach", "soft_speech"), ("ear cleening", "ear_cleaning"),
        ("ocean_wave", "ocean_waves"), ("audiovisul", "audiovisual"), ("hair cutt", "haircut"),
    ],
)  # fmt: skip
def test_a_misspelling_is_offered_the_word_that_was_meant(misspelt, meant):
    assert TAXONOMY.suggestion(misspelt) == meant


def test_nothing_is_offered_for_a_word_from_elsewhere():
    assert TAXONOMY.suggestion("helicopter parenting") is None


def test_an_unknown_id_is_refused_with_a_hint():
    with pytest.raises(MissingInputError, match=r"'taping' is not in .*; did you mean 'tapping'"):
        TAXONOMY.term("taping")


# Terms in other records ------------------------------------------------------------------------


class Coded(Record):
    source: SourceTerm = "tapping"
    act: ActTerm = "no_act"
    channel: ChannelTerm = "audio"


def test_a_record_takes_terms_of_the_right_axes():
    coded = {"source": "whisper", "act": "haircut", "channel": "audiovisual"}
    assert Coded.model_validate(coded, context={"taxonomy": TAXONOMY}).act == "haircut"


@pytest.mark.parametrize(
    ("coded", "message"),
    [
        ({"source": "taping"}, "'taping' is not a source term of the taxonomy; did you mean 'ta"),
        ({"source": "haircut"}, "'haircut' is not a source term of the taxonomy; it is an act"),
        ({"source": "whispering"}, "; write its id 'whisper'"),
        ({"act": "whispering"}, "not an act term of the taxonomy; it is a source term"),
        ({"source": "ear to ear"}, "; it is the value 'ear_to_ear' of the facet 'motion'"),
        ({"channel": "x{y}"}, "'x{y}' is not a channel term of the taxonomy"),
    ],
)  # fmt: skip
def test_a_record_refuses_other_words_and_says_what_to_write(coded, message):
    with pytest.raises(ValidationError) as caught:
        Coded.model_validate(coded, context={"taxonomy": TAXONOMY})
    (error,) = caught.value.errors()
    assert error["type"] == "unknown_term"
    assert message in error["msg"]


def test_a_record_without_a_taxonomy_says_how_to_give_one():
    with pytest.raises(ValidationError, match=r"pass context=\{'taxonomy': \.\.\.\}"):
        Coded.model_validate({"source": "tapping"})


# Moderator groups ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("group", "terms", "level"),
    [
        ("voice_present", ["tapping", "unintelligible_whisper"], "voice"),
        ("voice_present", ["tapping", "audio"], "no_voice"),
        ("voice_present", ["haircut"], None),
        ("human_made_vs_environment", ["rain", "tapping"], "human_made"),
        ("human_made_vs_environment", ["ocean_waves", "birdsong"], "environment"),
        ("human_made_vs_environment", ["white_noise"], None),
        ("human_made_vs_environment", ["singing_bowl"], "human_made"),
        ("audiovisual_vs_audio", ["tapping", "audiovisual"], "audiovisual"),
        ("audiovisual_vs_audio", ["visual"], None),
        ("directed_attention", ["drawing", "examination"], "directed"),
        ("directed_attention", ["towel folding"], "error"),
        ("directed_attention", ["folding"], "not_directed"),
        ("five_groups", ["no_sound", "hand_movements", "visual"], "visual_only"),
        ("five_groups", ["whisper", "haircut", "audiovisual"], "act_led"),
        ("five_groups", ["whisper", "tapping", "audio"], "voice_mouth"),
        ("five_groups", ["typing", "rain", "audio"], "object_device"),
        ("five_groups", ["rain", "audio"], "environment_animal"),
        ("source_axis", ["gum_chewing"], "mouth"),
        ("source_axis", ["gum_chewing", "tapping"], None),
        ("atc_domains", ["whisper", "haircut"], "tactile_interpersonal"),
        ("atc_domains", ["writing", "drawing"], "visual"),
        ("atc_domains", ["whisper", "reading_aloud"], "auditory_vocal"),
        ("atc_domains", ["crinkling", "no_act", "audio"], "auditory_non_vocal"),
        ("atc_domains", ["pink_noise"], None),
    ],
)
def test_a_stimulus_falls_in_one_level_of_a_group(group, terms, level):
    if level == "error":
        with pytest.raises(MissingInputError, match="write its id 'folding'"):
            TAXONOMY.level(group, terms)
    else:
        assert TAXONOMY.level(group, terms) == level


def test_an_unknown_group_is_refused_with_those_there_are():
    with pytest.raises(MissingInputError, match="there are voice_present, "):
        TAXONOMY.level("voices", ["tapping"])


def test_the_default_moderators_are_the_binary_ones():
    defaults = [group for group in TAXONOMY.moderator_groups if group.default]
    assert [len(group.levels) for group in defaults] == [2, 2, 2, 2]


def test_every_root_source_is_at_one_level_of_the_source_axis():
    for term in TAXONOMY.terms_of("source"):
        root = (term, *TAXONOMY.ancestors(term.id))[-1]
        assert TAXONOMY.level("source_axis", [term.id]) == root.id


# What the record refuses -----------------------------------------------------------------------


def test_an_id_on_two_axes_is_refused():
    content = contents()
    content["terms"]["act"].append(
        {**content["terms"]["source"][0], "id": "tapping", "label": "X1"}
    )
    assert "the term 'tapping' is there already" in refused_with(content)


def test_an_alias_that_means_another_term_is_refused():
    content = contents()
    content["terms"]["source"][0]["aliases"] = ["Hair-Cut"]
    assert "the word 'hair cut' of 'haircut' already means 'voice'" in refused_with(content)


def test_a_parent_on_another_axis_is_refused():
    content = contents()
    content["terms"]["source"][1]["parent"] = "care"
    assert "the parent 'care' of 'whisper' is no source term" in refused_with(content)


def test_a_cycle_of_parents_is_refused():
    content = contents()
    content["terms"]["source"][0]["parent"] = "unintelligible_whisper"
    assert "'voice' stands below itself" in refused_with(content)


def test_levels_that_overlap_are_refused_unless_the_first_match_decides():
    content = contents()
    group = next(g for g in content["moderator_groups"] if g["id"] == "source_axis")
    group["levels"]["object"].append("whisper")
    assert "'whisper' falls in the levels 'voice' and 'object'" in refused_with(content)
    group["first_match"] = True
    assert Taxonomy.model_validate(content).level("source_axis", ["whisper"]) == "voice"


def test_groups_rules_and_terms_name_only_what_there_is():
    content = contents()
    content["moderator_groups"][0]["levels"]["voice"] = ["voise"]
    content["coding_rules"][0]["terms"] = ["whisper", "wisper"]
    content["terms"]["act"][0]["sources"] = ["nobody_1999"]
    message = refused_with(content)
    assert all(word in message for word in ("'voise'", "'wisper'", "'nobody_1999'"))


def test_an_axis_without_definition_is_refused():
    content = contents()
    content["axes"] = content["axes"][:2]
    assert "the axis 'channel' has no definition" in refused_with(content)


def test_a_facet_without_any_answer_is_refused():
    content = contents()
    content["facets"][0].pop("values")
    assert "allows no answer" in refused_with(content)


# Vignettes: one answer by the written rules ----------------------------------------------------

VIGNETTES = [
    # what a coder meets; the words that come to mind; the words that decide; the answer
    ("A woman whispers; of what she says no words could be written down.",
     ["whispering", "unintelligible whisper"], "no words could be", "unintelligible_whisper"),
    ("A story is told at low level with any voicing at all, if faint.",
     ["whispered speech", "soft spoken"], "any voicing", "soft_speech"),
    ("The control clip has a man who speaks as one would talk to a room.",
     ["soft speaking", "neutral speech"], "talk to a room", "normal_speech"),
    ("She repeats 'tktk' and 'sksk', syllables without meaning.",
     ["trigger words", "sksk"], "syllables without meaning", "mouth_syllables"),
    ("Crisps are heard crunching between teeth.",
     ["chewing", "crunching by hand"], "between teeth", "chewing"),
    ("Dry leaves are crunching in the hand.",
     ["chewing", "crunching by hand"], "in the hand", "squishing"),
    ("A stream of air is aimed from the lips at the left ear.",
     ["breathing", "ear blowing", "wind sounds"], "aimed from the lips", "blowing"),
    ("Somebody raps on wood with the knuckles.",
     ["tap", "knocks"], "with the knuckles", "knocking"),
    ("A keyboard is drummed on without pressing.",
     ["keyboard", "finger tapping"], "drummed on without pressing", "tapping"),
    ("A finger stays on a carved box and follows a line or edge of it.",
     ["finger tapping", "scratch", "trace"], "follows a line or edge", "tracing"),
    ("Fingertips go to and fro on corduroy without leaving it.",
     ["taps", "scratching sounds", "tracing"], "to and fro", "scratching"),
    ("Nails drawn through sand in a tray, while the performer is silent.",
     ["sand scratching", "kinetic sand"], "nails drawn through sand", "scratching"),
    ("With long nails the microphone itself is stroked.",
     ["mic scratching", "scratching"], "the microphone itself", "microphone_scratching"),
    ("Silent film: bristles seen over the lens come towards you.",
     ["mic brushing", "brushing your face"], "bristles seen over the lens", "camera_brushing"),
    ("A barber roleplay in which the viewer's hair is cut.",
     ["hair brushing", "hair care", "barber"], "hair is cut", "haircut"),
    ("Bristles heard in hair of a doll; nobody is attended to.",
     ["combing", "hairdressing", "haircut"], "bristles heard in hair", "brushing_hair"),
    ("Gloved hands heard on the outer ear of a dummy head.",
     ["touching ears", "earwax removal", "ear massage"], "on the outer ear", "ear_touching"),
    ("A bamboo pick, a tool that cleans the ear of the viewer.",
     ["ear rubbing", "ear picking", "massage"], "a tool that cleans the ear", "ear_cleaning"),
    ("A magazine is leafed through; sheets turned in order.",
     ["page flipping", "paper sounds"], "sheets turned in order", "page_turning"),
    ("Old letters; in the end each is in pieces.",
     ["crumpling", "ripping"], "in pieces", "tearing"),
    ("Camera on the pan only: a hot pan that is heard with butter in it.",
     ["frying", "cooking video", "bonfire"], "a hot pan that is heard", "sizzling"),
    ("An evening in the woods by burning wood.",
     ["sizzle", "cooking", "campfire"], "burning wood", "fire_crackle"),
    ("A mountain brook: water that flows by itself outdoors.",
     ["pouring water", "brook"], "flows by itself", "water_stream"),
    ("A mechanism that ticks by itself stands on the table.",
     ["tapping", "clock"], "ticks by itself", "clock_ticking"),
    ("Recorded in bed: a cat that hums next to the microphone.",
     ["cat purring", "motor hum"], "a cat that hums", "purring"),
    ("She lists your symptoms while your reflexes are tested: the viewer's body is tested.",
     ["cranial nerve exam", "receptionist"], "tested", "examination"),
    ("At the hotel desk you are booked in.",
     ["exam", "hotel check in"], "booked in", "service_roleplay"),
    ("A torch glides about; it is a light that asks nothing.",
     ["follow the light", "light triggers", "eye exam"], "a light that asks nothing",
     "light_movement"),
    ("In a documentary, massage is given to another person.",
     ["simulated care", "watching massage"], "to another person", "touch_of_another"),
    ("A picture of a lake, a picture that is seen to grow under the brush.",
     ["pen on paper", "painting"], "seen to grow", "drawing"),
    ("The listener moves through the place, a market.",
     ["city walk", "natural sounds"], "moves through the place", "walking_tour"),
    ("An assistant strokes the arm; the participant's skin is touched.",
     ["tactile", "touching your face"], "the participant's skin is touched", "real_touch"),
]  # fmt: skip


def answer_by_the_rules(words: list[str], deciding: str) -> str:
    """Return the term that the one clause with the deciding words names.

    The coder looks the words up, finds the one rule that tells all of them apart, and reads the
    clause whose condition holds.
    """
    candidates = {TAXONOMY.resolve(word).id for word in words}
    (rule,) = [rule for rule in TAXONOMY.coding_rules if candidates <= set(rule.terms)]
    (clause,) = [part for part in rule.rule.split(";") if deciding.lower() in part.lower()]
    (answer,) = set(re.findall(r"`([^`]+)`", clause)) & candidates
    return answer


@pytest.mark.parametrize(("vignette", "words", "deciding", "answer"), VIGNETTES)
def test_a_vignette_has_one_answer_by_the_written_rules(vignette, words, deciding, answer):
    assert deciding.lower() in vignette.lower()
    assert answer_by_the_rules(words, deciding) == answer


TITLES = [
    ("Ear Cleaning Roleplay with Whispering, Ear to Ear", {"ear_cleaning", "whisper"}),
    ("Tapping and Scratching on Wooden Boxes (No Talking)", {"tapping", "scratching"}),
    ("Soft Spoken Cranial Nerve Exam", {"soft_speech", "examination"}),
    ("Whispered Haircut: Scissors, Spray Bottle", {"whisper", "haircut", "scissors", "spraying"}),
    ("Mukbang, eating sounds", {"eating"}),
    ("Rain on Window and Thunder for Sleep", {"rain", "thunder"}),
    ("Mic Brushing, Mouth Sounds & Lid Sounds", {"brushing_microphone", "mouth", "clicking"}),
    ("Doing Your Makeup - Personal Attention", {"makeup", "personal_attention"}),
    ("Page Turning, Pen on Paper, Library Ambience",
     {"page_turning", "writing", "indoor_ambience"}),
    ("Follow the Light & Focus Tests", {"light_test", "focus_test"}),
    ("Slime Poking, Soap Cutting, Bubble Wrap", {"slime", "soap_cutting", "popping"}),
    ("Towel folding in a soft voice", {"folding", "soft_speech"}),
    ("Crackling fire, breeze, bird song", {"fire_crackle", "wind", "birdsong"}),
    ("Keyboard Typing + Mouse Clicks + Fan Noise", {"typing", "mouse_clicking", "fan_hum"}),
    ("Slow hand movements, finger flutters", {"hand_movements", "finger_fluttering"}),
    ("Reading you to sleep, counting down", {"reading_aloud", "counting"}),
    ("Tuning Forks and Singing Bowls", {"singing_bowl"}),
    ("Lens Brushing, Tracing Your Face, Plucking Negative Energy",
     {"camera_brushing", "face_tracing", "plucking"}),
    ("Gum chewing & purring cat", {"gum_chewing", "purring"}),
    ("Hair play and scalp massage", {"hair_care", "massage"}),
    ("Suit Fitting Roleplay", {"service_roleplay"}),
]  # fmt: skip


def terms_in(title: str) -> set[str]:
    """Return the terms that the title's words mean, the longest run of words first."""
    words = re.findall(r"[A-Za-z']+", title)
    meant, place = set(), 0
    while place < len(words):
        for n_words in (4, 3, 2, 1):
            term = TAXONOMY.resolve(" ".join(words[place : place + n_words]))
            if term is not None:
                meant.add(term.id)
                place += n_words - 1
                break
        place += 1
    return meant


@pytest.mark.parametrize(("title", "terms"), TITLES)
def test_the_words_of_a_video_s_title_are_known(title, terms):
    assert terms_in(title) == terms


def test_words_are_compared_without_case_and_joints():
    assert folded("Make-up") == folded("make up") == folded("MAKEUP")

"""Numbers of clips, durations, trigger words and their codes."""

import re
from collections import Counter
from collections.abc import Iterator

from asmr_stim.schema.knowledge import value_of
from carried.evidence import numbers, spans_s
from carried.values import durations_s, plain

CLIP_KEYS = ("n_clips", "audiovisual", "audio_only", "asmr_clips", "control_clips")
PEOPLE = re.compile(r"\d+ students")  # a count of people inside a text about clips
DURATION_KEYS = ("duration_s", "duration", "block_duration_s", "asmr_track_duration", "dose")

UNKNOWN = "not found"

# A word of a trigger list or of a stimulus's content, and the term that it is coded with.
CODES = {
    "scratching sound (sand table)": "scratching",
    "slow repetitive movements": "slow_careful_task",
    "natural sounds": "environment",
    "sea waves": "ocean_waves",
    "river": "water_stream",
    "classical music": "classical_music",
    "Mukbang video": "eating",
    "nature videos": "environment",
    "walking tour videos": "walking_tour",
    "fixation point, resting state": "no_sound",
    "white noise": "white_noise",
    "triggers from natural sound": "environment",
    "6 Hz binaural beat + ASMR trigger": "binaural_beat",
    "triggers such as whispering": "whisper",
    "tapping": "tapping",
    "hand movements": "hand_movements",
    "whispers": "whisper",
    "personal attention": "personal_attention",
}
# Contents that name no trigger: what they are is carried as words, not as codes.
UNCODED = {
    "sound file of the ASMR video",
    "other conditions, not specified in abstract",
    "binaural beat alone; ASMR trigger alone; sham",
    UNKNOWN,
}


def listed_stimuli(evidence) -> Iterator[tuple[str, dict]]:
    for record in evidence.records:
        listed = record["stimuli"]
        for stimulus in listed if isinstance(listed, list) else [listed]:
            if isinstance(stimulus, dict):
                yield record["id"], stimulus


def missing_clip_counts(evidence, study):
    """Equal counts must stand as often as a file has them: 1 and 1 are two stimuli."""
    in_stimuli = Counter(number for each in study.stimuli for number in _counts(each))
    anywhere = in_stimuli + Counter(numbers(plain(tuple(map(_content, study.details)))))
    listed = {
        record["id"]: Counter(
            float(each["n_clips"])
            for each in record["stimuli"]
            if isinstance(each.get("n_clips"), int)
        )
        for record in evidence.fmri
    }
    counted = {record["id"]: Counter() for record in evidence.eeg}
    for record_id, stimulus in listed_stimuli(evidence):
        if record_id in counted and record_id not in listed:
            counted[record_id].update(
                number
                for key in CLIP_KEYS
                for number in numbers(PEOPLE.sub("", str(stimulus.get(key, ""))))
            )
            counted[record_id].update({1.0: "one ASMR" in stimulus.get("description", "")})
    missing = [(record, number) for record in listed for number in listed[record] - in_stimuli]
    missing += [(record, number) for record in counted for number in counted[record] - anywhere]
    return [f"{study.id}: {number:g} clips of {record} are nowhere" for record, number in missing]


def _content(detail):
    return value_of(detail.value)


def _counts(stimulus):
    yield from numbers(value_of(stimulus.n_clips))
    yield from numbers(plain(tuple(map(_content, stimulus.details))))


def missing_durations(evidence, study):
    """Durations of stimuli, blocks, tracks and doses, in seconds whatever their unit."""
    ours = durations_s(study)
    theirs: dict[str, Counter] = {record["id"]: Counter() for record in evidence.records}
    for record_id, stimulus in listed_stimuli(evidence):
        for key in DURATION_KEYS:
            content = stimulus.get(key)
            theirs[record_id].update(
                numbers(content) if key.endswith("_s") else spans_s(str(content))
            )
    return [
        f"{study.id}: a duration of {span:g} s of {record} is in no stimulus and no detail"
        for record, spans in theirs.items()
        for span in spans - ours
    ]


def trigger_words(evidence):
    """Return the words of the trigger lists one by one; ``natural sounds: river`` holds two."""
    return [
        word
        for _, stimulus in listed_stimuli(evidence)
        if isinstance(stimulus.get("trigger_types"), list)
        for entry in stimulus["trigger_types"]
        for word in entry.split(": ")
    ]


def named_contents(evidence):
    """Return trigger words and whatever else the evidence says is heard or seen."""
    contents = trigger_words(evidence)
    for _, stimulus in listed_stimuli(evidence):
        content = stimulus.get("content", UNKNOWN)
        contents.append(content.removesuffix(" (Experiment 2)"))
        described = f"{stimulus.get('description', '')} | {stimulus.get('control', '')}"
        contents += [word for word in CODES if word in described]
    return [word for word in contents if word not in UNCODED]


def missing_trigger_words(evidence, study):
    """The words of trigger lists and contents stand among what the sources call the stimuli."""
    ours = " | ".join(word for each in study.stimuli for word in value_of(each.words) or ())
    return [
        f"{study.id}: the trigger word '{word}' is in no 'words'"
        for word in trigger_words(evidence)
        if word not in ours
    ]


def missing_codes(evidence, study, taxonomy):
    """What is named is coded, by its term or one below it: sea waves are an environment."""
    ours = [
        term
        for stimulus in study.stimuli
        for field in (stimulus.sources, stimulus.acts)
        for term in value_of(field) or ()
    ]
    return [
        f"{study.id}: '{word}' is coded neither as {CODES[word]} nor as a term below it"
        for word in named_contents(evidence)
        if not any(taxonomy.is_a(term, CODES[word]) for term in ours)
    ]

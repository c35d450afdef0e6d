"""``asmr-stim calibrate``: how loud headphones or loudspeakers play, as a meter reads it."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from asmr_stim.cli.playback_options import today
from asmr_stim.errors import InputError
from asmr_stim.io.calibration import Entry, read_calibration, write_entered
from asmr_stim.io.response_table import read_response
from asmr_stim.report.calibration_text import calibration_text
from asmr_stim.schema.calibration import Calibration
from asmr_stim.workflows.calibration import checked_entries, open_fields, start_calibration
from asmr_stim.workflows.presentation import calibration_flags

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)

File = Annotated[Path, typer.Argument(metavar="FILE", help="A calibration file, as start made it.")]
_QUESTIONS = {
    "date": "When was the meter read (as 2026-11-22)",
    "expires": "Last day on which this holds (as 2026-11-22)",
    "meter": "Sound level meter: make, model, class, serial number",
    "coupler": "What held its microphone, as 'ear simulator IEC 60318-4' or 'free field, 1 m'",
    "transducer": "Headphones or loudspeakers: make and model",
    "serial": "Their serial number",
    "volume": "Where every volume control stood",
    "left.tone_db": "Tone on the left, dB SPL",
    "right.tone_db": "Tone on the right, dB SPL",
    "left.noise_db": "Noise on the left, dB(A)",
    "right.noise_db": "Noise on the right, dB(A)",
}


@app.callback()
def calibrate() -> None:
    """Measure how loud a clip is heard: play signals, read a meter, keep a calibration file.

    1. `start` writes signals for each ear, and a file.
    2. Play them at the volume of the experiment, and read the meter.
    3. `enter` puts the readings into the file; `show` prints it.
    4. `asmr-stim features --calibration FILE` uses it.
    """


@app.command()
def start(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where signals and file go; made if need be.")
    ] = Path("calibration"),
    like: Annotated[
        Path | None,
        typer.Option(
            metavar="AUDIO",
            help="Shape the noise like this clip and take its rate; otherwise pink, 48 kHz.",
        ),
    ] = None,
    seconds: Annotated[
        float, typer.Option(min=1, max=600, help="How long each signal lasts.")
    ] = 30.0,
) -> None:
    """Write a tone of 1 kHz and noise, for each ear alone, and a calibration file to be filled in.

    Keep headphones on the coupler, not on a head, until you know how loud they are.
    """
    path = start_calibration(folder, like, seconds)
    signals = read_calibration(path).signals
    typer.echo(
        f"Written to {folder}: a tone at {signals.tone_dbfs:g} dBFS and noise at "
        f"{signals.noise_a_weighted_dbfs:g} dBFS (A-weighted), each for the left and the right ear."
    )
    typer.echo(
        "Play each at the volume of the experiment, with the meter at that ear. Keep headphones "
        "off heads until then."
    )
    typer.echo(f"Then: asmr-stim calibrate enter {path}")


@app.command()
def enter(
    file: File,
    *,
    left_tone: Annotated[
        float | None, typer.Option(metavar="DB", help="The tone at the left ear, dB SPL.")
    ] = None,
    right_tone: Annotated[
        float | None, typer.Option(metavar="DB", help="The tone at the right ear, dB SPL.")
    ] = None,
    left_noise: Annotated[
        float | None, typer.Option(metavar="DB", help="The noise at the left ear, dB(A).")
    ] = None,
    right_noise: Annotated[
        float | None, typer.Option(metavar="DB", help="The noise at the right ear, dB(A).")
    ] = None,
    date: Annotated[
        str | None, typer.Option(metavar="DAY", help="When the meter was read: 2026-11-22.")
    ] = None,
    expires: Annotated[
        str | None, typer.Option(metavar="DAY", help="The last day on which this holds.")
    ] = None,
    meter: Annotated[str | None, typer.Option(help="The sound level meter.")] = None,
    coupler: Annotated[str | None, typer.Option(help="What held its microphone.")] = None,
    transducer: Annotated[str | None, typer.Option(help="Headphones or loudspeakers.")] = None,
    serial: Annotated[str | None, typer.Option(help="Their serial number.")] = None,
    volume: Annotated[str | None, typer.Option(help="Where every volume control stood.")] = None,
    left_response: Annotated[
        Path | None,
        typer.Option(metavar="TABLE", help="Response on the left: Hz and dB in two columns."),
    ] = None,
    right_response: Annotated[
        Path | None, typer.Option(metavar="TABLE", help="Response on the right.")
    ] = None,
    response_referred_to: Annotated[
        Literal["free", "diffuse", "coupler"] | None,
        typer.Option(
            metavar="NAME",
            help="The field of the responses: free or diffuse; coupler if they were not corrected.",
        ),
    ] = None,
    gain_from: Annotated[
        Literal["tone", "noise"] | None,
        typer.Option(help="Which reading says how loud a sample is."),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace values that were entered before.")
    ] = False,
) -> None:
    """Put the meter's readings into a calibration file; without options, by question and answer.

    Tones are read in dB SPL, noise as LAeq in dB(A). What was entered before
    stays unless --replace is given; comments in the file stay.
    """
    record = read_calibration(file)
    given = {
        "left.tone_db": left_tone,
        "right.tone_db": right_tone,
        "left.noise_db": left_noise,
        "right.noise_db": right_noise,
        "date": date,
        "expires": expires,
        "meter": meter,
        "coupler": coupler,
        "transducer": transducer,
        "serial": serial,
        "volume": volume,
        "left.response": _points(left_response),
        "right.response": _points(right_response),
        "response_referred_to": response_referred_to,
        "gain_from": gain_from,
    }
    entries = {place: value for place, value in given.items() if value is not None}
    if entries:
        changed = checked_entries(file, record, entries, replace=replace)
    else:
        changed = _asked(file, record)
    if changed:
        record = write_entered(file, changed)
    typer.echo(calibration_text(str(file), record, calibration_flags(record, today())))


@app.command()
def show(
    file: File,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Print a calibration file, with what is missing, expired or odd in it."""
    record = read_calibration(file)
    flags = list(calibration_flags(record, today()))
    if not as_json:
        typer.echo(calibration_text(str(file), record, flags))
        return
    content = record.model_dump(mode="json")
    content["full_scale_db"] = {"left": record.full_scale_db("left")}
    content["full_scale_db"]["right"] = record.full_scale_db("right")
    content["flags"] = [flag.model_dump() for flag in flags]
    typer.echo(json.dumps(content, indent=2, ensure_ascii=False))


def _points(table: Path | None) -> list[dict[str, float]] | None:
    """Return the points of a response as they stand in a calibration file."""
    return None if table is None else [point.model_dump() for point in read_response(table)]


def _asked(file: Path, record: Calibration) -> dict[str, Entry]:
    """Return answers to what is still open; an empty answer leaves it open."""
    places = open_fields(record)
    if not places:
        typer.echo("Everything is filled in; give options to change it.", err=True)
    else:
        typer.echo("Return alone leaves a field open; Ctrl-C leaves the file alone.", err=True)
    answers: dict[str, Entry] = {}
    for place in places:
        while (text := _answer(place)) != "":
            try:
                found = {place: _number(text) if place.endswith("_db") else text}
                checked_entries(file, record, answers | found, replace=False)
            except InputError as error:
                typer.echo(str(error), err=True)
                continue
            answers |= found
            break
    return answers


def _answer(place: str) -> str:
    text: str = typer.prompt(_QUESTIONS[place], default="", show_default=False, err=True)
    return text.strip()


def _number(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise InputError(
            f"'{text}' is no level; write a number of decibels, such as 74.2"
        ) from None

"use strict";
// Plays what the annotator in the terminal says, and tells it where it is.
const byId = (id) => document.getElementById(id);
const media = byId("media");
const EVERY_MS = 15; // how finely the end of a stretch is watched for
const TELL_MS = 250;
let clip = null;
let command = null; // what is being played
let number = 0;
let isBlocked = true;
let told = 0;

function say(sentence) { byId("say").textContent = sentence; }

function tell(more) {
  told = performance.now();
  const state = { number, at: media.currentTime, is_playing: !media.paused, is_blocked: isBlocked };
  fetch("state", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...state, ...more }),
  }).catch(() => {});
}

function clock(seconds) {
  const minutes = Math.floor(seconds / 60);
  return minutes + ":" + (seconds - 60 * minutes).toFixed(3).padStart(6, "0");
}

function halt(isOver) {
  media.pause();
  command = null;
  say("Quiet.");
  if (isOver) tell({ is_over: true });
}

async function play(wanted) {
  command = wanted;
  number = wanted.number;
  media.muted = wanted.is_muted;
  media.playbackRate = wanted.speed;
  media.preservesPitch = false; // as in the terminal: like a tape, nothing cut out or doubled
  media.currentTime = wanted.from;
  try {
    await media.play();
    isBlocked = false;
    byId("allow").hidden = true;
    say((wanted.is_muted ? "Picture" : "Playing") + (wanted.speed === 1 ? "." : ", speed " + wanted.speed + "."));
    tell();
  } catch (error) {
    if (error.name === "AbortError") return; // another command came meanwhile
    isBlocked = error.name === "NotAllowedError";
    byId("allow").hidden = !isBlocked;
    say(isBlocked ? "The browser wants one click before it lets a page play."
                  : "This browser cannot play the clip (" + error.message + ").");
    command = null;
    tell({ is_over: true });
  }
}

function watch() {
  byId("time").textContent = clock(media.currentTime);
  if (command === null || media.paused) return;
  if (media.currentTime >= command.last || media.ended) {
    if (!command.is_loop) { halt(true); return; }
    media.currentTime = command.first;
    tell();
  } else if (performance.now() - told > TELL_MS) {
    tell();
  }
}

function hello(event) {
  if (clip !== null && clip.id !== event.id) { location.reload(); return; }
  clip = event;
  byId("name").textContent = clip.name;
  document.title = clip.name + " (asmr-stim)";
  media.hidden = !clip.is_video;
  if (!media.src) media.src = "clip";
  if (isBlocked) say("Press the button once; browsers keep pages silent until then.");
  tell();
}

const commands = {
  hello,
  play,
  stop: (event) => { number = event.number; halt(false); },
  seek: (event) => { number = event.number; if (command === null) media.currentTime = event.at; },
  rest: () => { events.close(); halt(false); say("Another page has taken over; this one can be closed."); },
};

const events = new EventSource("events");
events.onmessage = (message) => {
  const event = JSON.parse(message.data);
  if (event.do in commands) commands[event.do](event);
};
events.onerror = () => {
  media.pause();
  command = null;
  if (events.readyState !== EventSource.CLOSED) say("The annotator is closed, or the tunnel is; waiting for it.");
};

byId("allow").addEventListener("click", async () => {
  const context = new AudioContext();
  byId("rate").textContent = "This browser plays at " + context.sampleRate + " Hz and converts to that by itself.";
  media.muted = true;
  try { await media.play(); media.pause(); } catch (error) { /* nothing is loaded yet */ }
  media.muted = false;
  await context.close();
  isBlocked = false;
  byId("allow").hidden = true;
  say("Ready: play in the terminal.");
  tell();
});
setInterval(watch, EVERY_MS);

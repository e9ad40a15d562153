"use strict";

// Images that are asked for at once, ahead of the time that is shown, and kept: half a second, five, half a minute.
const CHUNK = 6;
const CHUNKS_AHEAD = 10;
const MOST_AT_ONCE = 2;
const KEPT_CHUNKS = 60;
const PICTURES_AHEAD = 12;
const MOST_PICTURES_AT_ONCE = 3;
const KEPT_PICTURES = 72;
const COLOURS = [[0, 0, 4], [87, 16, 110], [188, 55, 84], [249, 142, 9], [252, 255, 164]];

const element = (id) => document.getElementById(id);
const view = element("view");
const audio = element("audio");
const small = document.createElement("canvas");

let source = null;
let pixel = null;
let cursor = null;
let clipStart = 0;
let clipUrl = null;
let soundRequest = 0;
let loudest = 0;
let bandNumber = 0;
let energies = new Map();
const waiting = new Set();
const pictures = new Map();
let picturesWaiting = 0;
let liveEnergy = null;
let gainNode = null;
let context = null;
let drawn = "";
let toldSecond = 0;
let spectrumTime = null;
let spectrumWaiting = false;

async function ask(path, values = {}) {
  const response = await fetch(path + "?" + new URLSearchParams(values));
  if (!response.ok) {
    const words = await response.text();
    let message = words;
    try { message = JSON.parse(words).error; } catch { /* plain words */ }
    throw new Error(message);
  }
  element("problem").textContent = "";
  return response;
}

function complain(error) {
  element("problem").textContent = error.message;
}

function colour(value) {
  const place = Math.min(Math.max(value, 0), 1) * (COLOURS.length - 1);
  const index = Math.min(Math.floor(place), COLOURS.length - 2);
  return COLOURS[index].map((part, n) => part + (place - index) * (COLOURS[index + 1][n] - part));
}

// ---- Time: that of the sound that plays, or of the newest samples of a device.

function isReplaying() {
  return !source.is_live || (audio.src !== "" && !audio.paused && !audio.ended);
}

function shownImage(time) {
  if (!isReplaying()) return liveEnergy ? liveEnergy.number : -1;
  const number = Math.floor((clipStart + time) * source.images_per_second + 1e-3);
  return Math.min(Math.max(number, source.first_image), source.end_image - 1);
}

// ---- Energy and pictures, fetched ahead of the time that is shown.

async function fetchChunk(chunk) {
  const first = Math.max(chunk * CHUNK, source.first_image);
  const count = Math.min((chunk + 1) * CHUNK, source.end_image) - first;
  const number = bandNumber;
  const key = `${number}:${chunk}`;
  if (count < 1 || energies.has(chunk) || waiting.has(key)) return;
  waiting.add(key);
  try {
    const values = { first, count, low_hz: element("low").value, high_hz: element("high").value };
    const all = new Float32Array(await (await ask("api/energy", values)).arrayBuffer());
    if (number === bandNumber) {
      const size = source.height * source.width;
      const images = new Map();
      for (let n = 0; n < count; n++) images.set(first + n, all.subarray(n * size, (n + 1) * size));
      energies.set(chunk, images);
      if (energies.size > KEPT_CHUNKS) energies.delete(energies.keys().next().value);
    }
  } catch (error) {
    complain(error);
  } finally {
    waiting.delete(key);
  }
}

function energyOf(number) {
  if (liveEnergy && !isReplaying()) return liveEnergy.image;
  // While an image is being formed, one that is hardly older stands for it.
  for (let n = number; n >= number - 2; n--) {
    const images = energies.get(Math.floor(n / CHUNK));
    if (images && images.has(n)) return images.get(n);
  }
  return null;
}

async function fetchPicture(image) {
  if (pictures.has(image) || image >= source.end_image) return;
  pictures.set(image, null);
  picturesWaiting++;
  try {
    pictures.set(image, await createImageBitmap(await (await ask("api/picture", { image })).blob()));
  } catch (error) {
    pictures.delete(image);
    complain(error);
  } finally {
    picturesWaiting--;
  }
  if (pictures.size > KEPT_PICTURES) pictures.delete(pictures.keys().next().value);
}

function fetchAhead(number) {
  const chunk = Math.floor(number / CHUNK);
  for (let n = chunk; n <= chunk + CHUNKS_AHEAD && waiting.size < MOST_AT_ONCE; n++) fetchChunk(n);
  if (!source.has_video) return;
  for (let n = number; n < number + PICTURES_AHEAD && picturesWaiting < MOST_PICTURES_AT_ONCE; n++) fetchPicture(n);
}

async function followDevice() {
  try {
    Object.assign(source, await (await ask("api/extent")).json());
    const number = source.end_image - 1;
    if (!isReplaying() && number >= source.first_image && !(liveEnergy && liveEnergy.number === number)) {
      const values = { first: number, count: 1, low_hz: element("low").value, high_hz: element("high").value };
      liveEnergy = { number, image: new Float32Array(await (await ask("api/energy", values)).arrayBuffer()) };
    }
    const lost = source.overflows ? `; ${source.overflows} times samples were lost` : "";
    element("status").textContent = `${source.seconds.toFixed(1)} s heard${lost}`;
  } catch (error) {
    complain(error);
  }
  setTimeout(followDevice, 1000 / source.images_per_second / 2);
}

// ---- Drawing.

function drawEnergy(image, canvas) {
  const range = Number(element("range").value);
  const opacity = Number(element("opacity").value) / 100;
  const most = image.reduce((a, b) => Math.max(a, b), 0);
  loudest = Math.max(loudest, most);
  const reference = element("each").checked ? most : loudest;
  if (reference <= 0) return;
  const pixels = new ImageData(source.width, source.height);
  for (let n = 0; n < image.length; n++) {
    const value = 1 + (10 * Math.log10(Math.max(image[n] / reference, 1e-12))) / range;
    const [red, green, blue] = colour(value);
    pixels.data.set([red, green, blue, value > 0 ? 255 * opacity * Math.min(1, 0.4 + 0.6 * value) : 0], 4 * n);
  }
  small.getContext("2d").putImageData(pixels, 0, 0);
  canvas.imageSmoothingEnabled = true;
  canvas.drawImage(small, 0, 0, view.width, view.height);
}

function drawCross(canvas, place, style) {
  const x = ((place.column + 0.5) / source.width) * view.width;
  const y = ((place.row + 0.5) / source.height) * view.height;
  for (const [width, ink] of [[7, "#000"], [3, style]]) {
    canvas.lineWidth = width;
    canvas.strokeStyle = ink;
    canvas.beginPath();
    canvas.arc(x, y, 16, 0, 2 * Math.PI);
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      canvas.moveTo(x + 10 * dx, y + 10 * dy);
      canvas.lineTo(x + 26 * dx, y + 26 * dy);
    }
    canvas.stroke();
  }
}

// Say why there is no energy over the picture yet; while the sound plays, the status line does.
function drawNotice(words, canvas) {
  canvas.font = "28px system-ui, sans-serif";
  canvas.textAlign = "center";
  canvas.lineWidth = 6;
  canvas.strokeStyle = "#000";
  canvas.strokeText(words, view.width / 2, view.height / 2);
  canvas.fillStyle = "#fff";
  canvas.fillText(words, view.width / 2, view.height / 2);
}

function draw(number, time) {
  const image = energyOf(number);
  const picture = pictures.get(number);
  const key = [number, bandNumber, Boolean(image), Boolean(picture), JSON.stringify([pixel, cursor]),
    ...["range", "opacity"].map((id) => element(id).value), element("each").checked].join();
  if (key === drawn || (source.has_video && isReplaying() && !picture && drawn !== "")) return;
  drawn = key;
  const canvas = view.getContext("2d");
  canvas.fillStyle = "#222";
  canvas.fillRect(0, 0, view.width, view.height);
  if (picture) canvas.drawImage(picture, 0, 0, view.width, view.height);
  if (image) drawEnergy(image, canvas);
  else if (isReplaying() && audio.paused) drawNotice("Forming the images …", canvas);
  if (pixel) drawCross(canvas, pixel, "#fff");
  if (cursor) drawCross(canvas, cursor, "#7fd4ff");
  view.dataset.image = number;
  view.dataset.time = time;
  view.dataset.energy = Boolean(image);
}

// Tell once a second whether the images keep up with the sound.
function tellLag(number) {
  const second = Math.floor(number / source.images_per_second);
  if (audio.paused || second === toldSecond) return;
  toldSecond = second;
  element("status").textContent = energyOf(number) ? ""
    : "The images take longer to form than the sound to play, so the energy is left out at times; a narrower band is quicker.";
}

function step() {
  const time = isReplaying() ? audio.currentTime : 0;
  const number = shownImage(time);
  if (number >= 0) {
    if (isReplaying()) {
      fetchAhead(number);
      tellLag(number);
    }
    draw(number, clipStart + time);
  }
  const length = Number.isFinite(audio.duration) ? audio.duration : 0;
  if (document.activeElement !== element("seek") || !audio.paused) element("seek").value = time;
  element("time").textContent = `${time.toFixed(1)} of ${length.toFixed(1)} s`;
  element("seek").setAttribute("aria-valuetext", element("time").textContent);
  if (!audio.paused && Math.abs(clipStart + time - (spectrumTime ?? -9)) >= 1) showSpectrum();
  requestAnimationFrame(step);
}

// ---- Sound.

async function loadSound() {
  const mine = ++soundRequest;
  const values = pixel && element("hear-direction").checked ? pixel : {};
  element("status").textContent = "Forming the sound …";
  try {
    const response = await ask("api/sound", values);
    const start = Number(response.headers.get("X-First-Second"));
    const blob = await response.blob();
    if (mine !== soundRequest) return;
    const time = source.is_live ? 0 : audio.currentTime;
    const goesOn = source.is_live || !audio.paused;
    if (clipUrl) URL.revokeObjectURL(clipUrl);
    clipUrl = URL.createObjectURL(blob);
    clipStart = start;
    audio.src = clipUrl;
    await new Promise((done) => audio.addEventListener("loadedmetadata", done, { once: true }));
    audio.currentTime = time;
    element("seek").max = audio.duration;
    element("play").disabled = false;
    element("status").textContent = "";
    if (goesOn) await play();
  } catch (error) {
    complain(error);
    element("status").textContent = "";
  }
}

async function play() {
  if (!context) {
    context = new AudioContext();
    gainNode = context.createGain();
    context.createMediaElementSource(audio).connect(gainNode).connect(context.destination);
    setGain();
  }
  await context.resume();
  await audio.play();
}

function setGain() {
  element("gain-shown").textContent = `${element("gain").value} dB`;
  if (gainNode) gainNode.gain.value = 10 ** (Number(element("gain").value) / 20);
}

// ---- Choosing a direction.

function anglesOf(place) {
  const focal = source.width / 2 / Math.tan((source.horizontal_fov_deg * Math.PI) / 360);
  const right = place.column - (source.width - 1) / 2;
  const up = (source.height - 1) / 2 - place.row;
  const degrees = 180 / Math.PI;
  return [Math.atan2(right, focal) * degrees, Math.atan2(up, Math.hypot(right, focal)) * degrees];
}

function words(place) {
  const [azimuth, elevation] = anglesOf(place).map((angle) => (angle < 0 ? "−" : "+") + Math.abs(angle).toFixed(1));
  return `azimuth ${azimuth}°, elevation ${elevation}° (row ${place.row}, column ${place.column})`;
}

function choose(place) {
  pixel = place;
  element("chosen").textContent = `Direction: ${words(place)}`;
  element("hear-direction").disabled = false;
  element("hear-direction").checked = true;
  spectrumTime = null;
  loadSound();
  showSpectrum();
}

function onClick(event) {
  const box = view.getBoundingClientRect();
  const within = (part, size) => Math.min(Math.max(Math.floor(part * size), 0), size - 1);
  cursor = null;
  choose({
    row: within((event.clientY - box.top) / box.height, source.height),
    column: within((event.clientX - box.left) / box.width, source.width),
  });
}

function onKey(event) {
  const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  if (event.key in moves) {
    const from = cursor ?? pixel ?? { row: Math.floor(source.height / 2), column: Math.floor(source.width / 2) };
    const [down, right] = moves[event.key];
    cursor = {
      row: Math.min(Math.max(from.row + down, 0), source.height - 1),
      column: Math.min(Math.max(from.column + right, 0), source.width - 1),
    };
    element("chosen").textContent = `Cross at ${words(cursor)}; Enter to hear it`;
  } else if ((event.key === "Enter" || event.key === " ") && (cursor ?? pixel)) {
    const place = cursor ?? pixel;
    cursor = null;
    choose(place);
  } else {
    return;
  }
  event.preventDefault();
}

// ---- Spectrum.

async function showSpectrum() {
  if (spectrumWaiting) return;
  spectrumWaiting = true;
  const asked = pixel;
  const time = isReplaying() ? clipStart + audio.currentTime : Math.max(source.seconds - 0.5, 0);
  spectrumTime = time;
  try {
    const answer = await (await ask("api/spectrum", { time_s: time, ...(asked ?? {}) })).json();
    plot(answer);
  } catch (error) {
    complain(error);
  }
  spectrumWaiting = false;
  if (asked !== pixel) showSpectrum();
}

function plot(answer) {
  const traces = [{ x: answer.frequency_hz, y: answer.microphone_db, name: "one microphone",
    line: { color: "#59616b", width: 1, dash: "dot" } }];
  if (answer.direction_db) {
    traces.push({ x: answer.frequency_hz, y: answer.direction_db, name: "direction", line: { color: "#0b57a4", width: 2 } });
  }
  const band = { type: "rect", xref: "x", yref: "paper", y0: 0, y1: 1, x0: Number(element("low").value),
    x1: Number(element("high").value), fillcolor: "#f98e09", opacity: 0.15, line: { width: 0 }, layer: "below" };
  const layout = {
    margin: { l: 52, r: 10, t: 6, b: 42 }, shapes: [band], showlegend: true,
    legend: { orientation: "h", x: 1, xanchor: "right", y: 1.02, yanchor: "bottom" },
    xaxis: { title: { text: "frequency, Hz" }, range: [0, source.highest_hz] },
    yaxis: { title: { text: "level, dB of full scale" } },
  };
  Plotly.react("spectrum", traces, layout, { displayModeBar: false, responsive: true });
  const levels = answer.direction_db ?? answer.microphone_db;
  const top = levels.indexOf(Math.max(...levels));
  element("spectrum-words").textContent =
    `${answer.direction_db ? "Direction" : "One microphone"}, around ${spectrumTime.toFixed(1)} s: loudest at ` +
    `${Math.round(answer.frequency_hz[top])} Hz (${levels[top].toFixed(0)} dB). The shaded band is the picture's.`;
}

// ---- Settings.

function showSettings() {
  element("low-shown").textContent = `${element("low").value} Hz`;
  element("high-shown").textContent = `${element("high").value} Hz`;
  element("range-shown").textContent = `${element("range").value} dB`;
  element("opacity-shown").textContent = `${element("opacity").value} %`;
  element("scale-low").textContent = `−${element("range").value} dB`;
}

function changeBand(event) {
  const [low, high] = [element("low"), element("high")];
  // The ends push each other, so that the band is never empty.
  if (Number(high.value) - Number(low.value) < 50) {
    if (event.target === low) high.value = Number(low.value) + 50;
    low.value = Math.min(Number(low.value), Number(high.value) - 50);
    high.value = Math.max(Number(high.value), Number(low.value) + 50);
  }
  bandNumber++;
  energies = new Map();
  loudest = 0;
  showSettings();
  spectrumTime = null;
  showSpectrum();
}

function drawScale() {
  const canvas = element("scale-bar").getContext("2d");
  for (let x = 0; x < 256; x++) {
    canvas.fillStyle = `rgb(${colour(x / 255).map(Math.round).join()})`;
    canvas.fillRect(x, 0, 1, 1);
  }
}

function prepareControls() {
  for (const id of ["low", "high"]) {
    element(id).max = Math.floor(source.highest_hz / 50) * 50;
    element(id).value = source.band_hz[id === "low" ? 0 : 1];
    element(id).addEventListener("input", showSettings);
    element(id).addEventListener("change", changeBand);
  }
  for (const id of ["range", "opacity"]) element(id).addEventListener("input", showSettings);
  element("gain").addEventListener("input", setGain);
  element("play").addEventListener("click", () => {
    if (!audio.paused) audio.pause();
    else if (source.is_live && !audio.src) loadSound();
    else play().catch(complain);
  });
  element("seek").addEventListener("input", () => { audio.currentTime = Number(element("seek").value); });
  element("seek").addEventListener("change", showSpectrum);
  for (const id of ["hear-microphone", "hear-direction"]) element(id).addEventListener("change", loadSound);
  for (const name of ["play", "pause", "ended"]) {
    audio.addEventListener(name, () => { element("play").textContent = audio.paused ? "Play" : "Pause"; });
  }
  view.addEventListener("click", onClick);
  view.addEventListener("keydown", onKey);
  showSettings();
  setGain();
  drawScale();
}

async function start() {
  source = await (await ask("api/source")).json();
  small.width = source.width;
  small.height = source.height;
  view.height = Math.round((view.width * source.height) / source.width);
  const what = source.is_live ? "live" : `${source.seconds.toFixed(1)} s`;
  element("about").textContent = `${source.name}: ${what}, ${source.microphones} microphones`;
  document.title = `${source.name} – acoustic camera`;
  prepareControls();
  if (source.is_live) {
    element("play").disabled = false;
    followDevice();
  } else {
    await loadSound();
    showSpectrum();
  }
  requestAnimationFrame(step);
}

start().catch(complain);

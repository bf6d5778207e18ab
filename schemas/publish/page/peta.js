"use strict";
/* The map: shapes decoded once into paths on a grid of metres, drawn on a canvas at any scale. */
const MAP = DATA.map, COLOURS = DATA.colours;
const canvas = document.getElementById("canvas"), pen = canvas.getContext("2d");
const still = document.createElement("canvas").getContext("2d"); /* for hit tests: never transformed */
const view = { s: 1, x: 0, y: 0 }; /* pixels per grid step, and where the grid's origin lies */
const shown = new Set(), state = { over: null, chosen: null, awake: false };
const ratio = () => window.devicePixelRatio || 1;

function decode(text) {
  const path = new Path2D(), box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const run of text ? text.split(" ") : []) {
    let x = 0, y = 0, even = true, first = true, step = 0, shift = 0;
    for (let i = 0; i < run.length; i += 1) {
      const chunk = run.charCodeAt(i) - 63;
      step += (chunk & 31) * 2 ** shift;
      shift += 5;
      if (chunk > 31) continue;
      const value = step % 2 ? -(step + 1) / 2 : step / 2;
      step = 0; shift = 0; even = !even;
      if (!even) { x += value; continue; }
      y += value;
      if (first) path.moveTo(x, y); else path.lineTo(x, y);
      first = false;
      if (x < box[0]) box[0] = x; if (y < box[1]) box[1] = y;
      if (x > box[2]) box[2] = x; if (y > box[3]) box[3] = y;
    }
    path.closePath();
  }
  return { path, box };
}

function shapesOf(layer) {
  return layer.g.map((text, i) => ({ ...decode(text), i, layer, empty: !text, kind: layer.c ? layer.c[i] : null }));
}

function merged(shapes) {
  const groups = new Map();
  for (const shape of shapes) {
    if (!groups.has(shape.kind)) groups.set(shape.kind, new Path2D());
    groups.get(shape.kind).addPath(shape.path);
  }
  return groups;
}

/* ---- layers: what is drawn, in this order, and what their switches say ---- */
const LAYERS = {};
function addLayer(id, layer, key, style) {
  if (!layer || !layer.g.some(Boolean)) return;
  const shapes = shapesOf(layer);
  LAYERS[id] = { id, key, shapes, groups: merged(shapes), layer, ...style };
}

/* A level that stands and may still change: its colour, striped. */
const OPEN = "-open", settled = (kind) => (kind || "").replace(OPEN, "");
function hatch(colour, width) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 7;
  const p = tile.getContext("2d");
  p.strokeStyle = colour; p.lineWidth = width || 1.4;
  p.beginPath(); p.moveTo(-1, 8); p.lineTo(8, -1); p.moveTo(-1, 1); p.lineTo(1, -1); p.moveTo(6, 8); p.lineTo(8, 6); p.stroke();
  return pen.createPattern(tile, "repeat");
}
const HATCHED = { tidak_diketahui: hatch("#6f757d"), belum_pasti: hatch(COLOURS.tingkat.belum_pasti) };
for (const kind of ["tidak_kumuh", "ringan", "sedang", "berat"]) HATCHED[kind + OPEN] = hatch(COLOURS.tingkat[kind], 3.6);
const levelFill = (kind) => HATCHED[kind] || COLOURS.tingkat[kind];

addLayer("kelurahan", MAP.kelurahan, "peta.kelurahan", { base: true });
addLayer("kawasan", MAP.kawasan, "peta.kawasan", { fill: levelFill, alpha: 0.82, line: "rgba(60,45,20,.75)", width: 0.7, pick: true, keys: "tingkat" });
addLayer("rt", MAP.rt, "peta.rt", { fill: levelFill, alpha: 0.82, line: "rgba(60,45,20,.55)", width: 0.5, pick: true, keys: "tingkat" });
addLayer("potongan", MAP.potongan, "peta.potongan", { fill: (k) => COLOURS.kelas[k], alpha: 0.85, keys: "kelas" });
for (const theme of Object.keys(MAP.tema)) {
  addLayer("tema-" + theme, MAP.tema[theme], "tema." + theme, { fill: () => COLOURS.tema[theme], alpha: 0.72, swatch: COLOURS.tema[theme], rule: "nonzero" });
}
addLayer("sk", MAP.sk, "peta.sk", { line: COLOURS.sk, width: 1.5, dash: [5, 3], pick: true, swatch: COLOURS.sk });

const VIEWS = {
  baseline: ["kelurahan", "kawasan"],
  verifikasi: ["kelurahan", "potongan", "sk"],
  penapisan: ["kelurahan", "kawasan-outline", ...Object.keys(MAP.tema).map((t) => "tema-" + t)],
};
const OUTLINE = LAYERS.kawasan && { ...LAYERS.kawasan, fill: () => "#efe9da", alpha: 1 }; /* kawasan as a ground for the themes */

/* ---- drawing ---- */
function grid() { pen.setTransform(view.s * ratio(), 0, 0, -view.s * ratio(), view.x * ratio(), view.y * ratio()); }

/* Lines are finer on a small scale, where they would bury what they surround. */
const fineness = () => Math.min(1, Math.max(0.28, (view.s / MAP.step) * 5));

function drawLayer(layer) {
  grid();
  for (const [kind, path] of layer.groups) {
    if (layer.fill) {
      pen.globalAlpha = layer.alpha;
      const paint = layer.fill(kind);
      if (paint instanceof CanvasPattern) {
        pen.fillStyle = "#fff"; pen.fill(path, "evenodd");
        paint.setTransform(new DOMMatrix().scale(1 / view.s, 1 / view.s));
      }
      pen.fillStyle = paint;
      pen.fill(path, layer.rule || "evenodd");
      pen.globalAlpha = 1;
    }
    if (layer.line) {
      pen.strokeStyle = layer.line;
      pen.lineWidth = layer.width * fineness() / view.s;
      pen.setLineDash(fineness() < 0.8 ? [] : (layer.dash || []).map((d) => d / view.s));
      pen.stroke(path);
      pen.setLineDash([]);
    }
  }
}

function drawBorders() {
  const layer = LAYERS.kelurahan;
  if (!layer || !shown.has("kelurahan")) return;
  grid();
  pen.strokeStyle = "rgba(70,76,84,.7)"; pen.lineWidth = 0.9 / view.s; pen.setLineDash([6 / view.s, 2.5 / view.s, 1.5 / view.s, 2.5 / view.s]);
  for (const path of layer.groups.values()) pen.stroke(path);
  pen.setLineDash([]);
}

function drawNames() {
  const layer = LAYERS.kelurahan;
  if (!layer || !shown.has("kelurahan")) return;
  pen.setTransform(ratio(), 0, 0, ratio(), 0, 0);
  pen.font = "600 12px 'Segoe UI', 'Liberation Sans', Arial, sans-serif";
  pen.textAlign = "center"; pen.textBaseline = "middle"; pen.lineJoin = "round";
  const taken = [];
  for (const shape of layer.shapes) {
    const [gx, gy] = layer.layer.at[shape.i] || [];
    if (gx === undefined) continue;
    const x = gx * view.s + view.x, y = -gy * view.s + view.y, text = layer.layer.n[shape.i] || "";
    const half = pen.measureText(text).width / 2 + 4;
    const wide = (shape.box[2] - shape.box[0]) * view.s;
    if (half * 2 > wide * 1.35 || taken.some(([a, b, h]) => Math.abs(a - x) < h + half && Math.abs(b - y) < 15)) continue;
    taken.push([x, y, half]);
    pen.strokeStyle = "rgba(255,255,255,.9)"; pen.lineWidth = 3.2; pen.strokeText(text, x, y);
    pen.fillStyle = "#39414a"; pen.fillText(text, x, y);
  }
}

function drawMarked(shape, colour, width) {
  if (!shape || shape.empty) return;
  grid();
  pen.strokeStyle = "#fff"; pen.lineWidth = (width + 2.5) / view.s; pen.stroke(shape.path);
  pen.strokeStyle = colour; pen.lineWidth = width / view.s; pen.stroke(shape.path);
}

let waiting = false;
function draw() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; paint(); });
}

function paint() {
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.clearRect(0, 0, canvas.width, canvas.height);
  if (LAYERS.kelurahan) {
    grid();
    pen.fillStyle = "#fbfaf6";
    for (const path of LAYERS.kelurahan.groups.values()) pen.fill(path, "evenodd");
  }
  if (shown.has("kawasan-outline") && !shown.has("kawasan")) drawLayer(OUTLINE);
  for (const layer of Object.values(LAYERS)) if (!layer.base && shown.has(layer.id)) drawLayer(layer);
  drawBorders();
  drawMarked(state.over, "#0d4a57", 2);
  drawMarked(state.chosen, "#101820", 2.6);
  drawNames();
  drawScale();
}

function drawScale() {
  const metres = 110 / view.s * MAP.step;
  const power = 10 ** Math.floor(Math.log10(metres));
  const nice = [5, 2, 1].find((n) => n * power <= metres) * power;
  const bar = document.getElementById("scale");
  bar.firstElementChild.style.width = nice / MAP.step * view.s + "px";
  bar.lastElementChild.textContent = nice >= 1000 ? `${formatNumber(nice / 1000, 0)} km` : `${formatNumber(nice, 0)} m`;
}

/* ---- moving ---- */
function size() {
  const box = canvas.getBoundingClientRect();
  canvas.width = Math.round(box.width * ratio());
  canvas.height = Math.round(box.height * ratio());
  return box;
}

let whole = false; /* the whole city is shown, and is to stay so when the window changes */
function fit(box, most) {
  whole = box === MAP.box;
  const frame = canvas.getBoundingClientRect(), side = 24, top = 58, bottom = 20;
  const wide = Math.max(1, box[2] - box[0]), high = Math.max(1, box[3] - box[1]);
  view.s = Math.min((frame.width - 2 * side) / wide, (frame.height - top - bottom) / high, most || Infinity);
  view.x = frame.width / 2 - (box[0] + box[2]) / 2 * view.s;
  view.y = (top + frame.height - bottom) / 2 + (box[1] + box[3]) / 2 * view.s;
  draw();
}

function zoom(factor, x, y) {
  whole = false;
  const s = Math.min(Math.max(view.s * factor, MAP.step * 0.002), MAP.step * 20);
  view.x = x - (x - view.x) * s / view.s;
  view.y = y - (y - view.y) * s / view.s;
  view.s = s;
  draw();
}

const middle = () => { const box = canvas.getBoundingClientRect(); return [box.width / 2, box.height / 2]; };

function pickAt(px, py) {
  const x = (px - view.x) / view.s, y = -(py - view.y) / view.s;
  const order = shown.has("kawasan") || shown.has("kawasan-outline") || shown.has("potongan") ? ["rt", "kawasan", "sk"] : ["rt", "sk", "kawasan"];
  for (const id of order) {
    const layer = LAYERS[id];
    const visible = shown.has(id) || (id === "kawasan" && (shown.has("potongan") || shown.has("kawasan-outline") || shown.has("rt")));
    if (!layer || !visible) continue;
    for (const shape of layer.shapes) {
      const b = shape.box;
      if (x >= b[0] && x <= b[2] && y >= b[1] && y <= b[3] && still.isPointInPath(shape.path, x, y, "evenodd")) return shape;
    }
  }
  return null;
}

const fingers = new Map();
let dragged = 0, spread = 0;
const inside = (event) => { const box = canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };

canvas.addEventListener("pointerdown", (event) => {
  canvas.setPointerCapture(event.pointerId);
  fingers.set(event.pointerId, inside(event));
  dragged = 0; spread = 0; state.awake = true;
  document.getElementById("hint").hidden = true;
});
canvas.addEventListener("pointermove", (event) => {
  const [x, y] = inside(event);
  if (!fingers.has(event.pointerId)) return hover(x, y);
  const [fx, fy] = fingers.get(event.pointerId);
  fingers.set(event.pointerId, [x, y]);
  if (fingers.size === 1) {
    view.x += x - fx; view.y += y - fy;
    dragged += Math.abs(x - fx) + Math.abs(y - fy);
    if (dragged > 4) { whole = false; canvas.classList.add("dragging"); hideTip(); }
    return draw();
  }
  const [a, b] = Array.from(fingers.values());
  const now = Math.hypot(a[0] - b[0], a[1] - b[1]);
  if (spread) zoom(now / spread, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2);
  spread = now; dragged = 99;
  return undefined;
});
function lift(event) {
  if (!fingers.delete(event.pointerId)) return;
  spread = 0;
  canvas.classList.remove("dragging");
  if (event.type === "pointerup" && dragged <= 4 && !fingers.size) choose(pickAt(...inside(event)));
}
canvas.addEventListener("pointerup", lift);
canvas.addEventListener("pointercancel", lift);
canvas.addEventListener("pointerleave", () => { hideTip(); state.awake = document.activeElement === canvas; });
canvas.addEventListener("wheel", (event) => {
  if (!state.awake && !event.ctrlKey && !event.metaKey) {
    const hint = document.getElementById("hint");
    hint.hidden = false;
    clearTimeout(hint.timer);
    hint.timer = setTimeout(() => { hint.hidden = true; }, 1400);
    return;
  }
  event.preventDefault();
  zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0018)), ...inside(event));
}, { passive: false });
canvas.addEventListener("keydown", (event) => {
  const steps = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
  if (steps[event.key]) { whole = false; view.x += steps[event.key][0]; view.y += steps[event.key][1]; draw(); event.preventDefault(); }
  if (event.key === "+" || event.key === "=") zoom(1.4, ...middle());
  if (event.key === "-") zoom(1 / 1.4, ...middle());
  if (event.key === "0") fit(MAP.box);
  if (event.key === "Escape") choose(null);
});
for (const button of all("[data-zoom]")) {
  button.addEventListener("click", () => {
    if (button.dataset.zoom === "all") return fit(MAP.box);
    return zoom(button.dataset.zoom === "in" ? 1.6 : 1 / 1.6, ...middle());
  });
}

/* ---- telling about one ---- */
const tip = document.getElementById("tip");
function hideTip() { tip.hidden = true; canvas.classList.remove("over"); if (state.over) { state.over = null; draw(); } }
function hover(x, y) {
  const shape = pickAt(x, y);
  if (shape !== state.over) { state.over = shape; draw(); }
  canvas.classList.toggle("over", Boolean(shape));
  tip.hidden = !shape;
  if (!shape) return;
  const about = subject(shape), frame = canvas.getBoundingClientRect();
  tip.replaceChildren(about.name, element("small", about.line));
  tip.style.left = Math.min(Math.max(x, 110), frame.width - 110) + "px";
  tip.style.top = Math.max(y, 66) + "px";
}

function element(tag, ...content) {
  const node = document.createElement(tag);
  node.append(...content.filter((c) => c !== null && c !== undefined));
  return node;
}
function classed(node, name) { node.className = name; return node; }
const ha = (value) => (value === null || value === undefined ? "–" : formatNumber(value, 2) + " ha");
const plainHa = (value) => (value === null || value === undefined ? "–" : formatNumber(value, 2));
const count = (value) => (value === null || value === undefined ? "–" : formatNumber(value, 0));
const named = (group, value) => (value === null || value === undefined ? "–" : DATA.words[`${group}.${value}`] ? word(`${group}.${value}`) : value);

function subject(shape) {
  if (shape.layer === MAP.sk) {
    const sk = DATA.sk[shape.i];
    return { name: sk.nama, line: `${word("peta.lokasi_sk")} · ${ha(sk.ha)}` };
  }
  const k = shape.layer === MAP.rt ? DATA.rt[shape.i] : DATA.kawasan[shape.i];
  return { name: k.nama, line: `${levelName(k.tingkat, k.mungkin)} · ${ha(k.ha)}` };
}

function choose(shape) {
  state.chosen = shape;
  const detail = document.getElementById("detail");
  detail.replaceChildren(...(shape ? about(shape) : [classed(element("p", word("peta.pilih")), "muted")]));
  const id = shape && shape.layer === MAP.kawasan ? DATA.kawasan[shape.i].id : shape && shape.layer === MAP.rt ? DATA.rt[shape.i].k : null;
  for (const row of all("tr[data-k]")) row.classList.toggle("chosen", row.dataset.k === id);
  detail.parentNode.scrollTop = shape ? detail.offsetTop - 12 : 0;
  draw();
}

function about(shape) {
  if (shape.layer === MAP.sk) return aboutSk(DATA.sk[shape.i]);
  return shape.layer === MAP.rt ? aboutRt(DATA.rt[shape.i]) : aboutKawasan(DATA.kawasan[shape.i]);
}

function heading(name, under) {
  const close = classed(element("button", "×"), "close");
  close.type = "button"; close.setAttribute("aria-label", word("peta.tutup"));
  close.addEventListener("click", () => choose(null));
  return [close, element("h3", name), classed(element("p", under), "muted small")];
}
function pairs(list) {
  return element("dl", ...list.filter(Boolean).flatMap(([key, value]) => [element("dt", word(key)), element("dd", value)]));
}
/* A level in words, with those it may still become. */
const noLevel = (possible) => word(possible && !possible.includes("tidak_kumuh") ? "tingkat.belum_pasti" : "tidak_diketahui");
const levelName = (level, possible) => (level ? word("tingkat." + level) : noLevel(possible)) + (possible ? ` (${unsettled(possible)})` : "");
function unsettled(possible) {
  const names = possible.split(";").map((t) => word("tingkat_kecil." + t)), last = names.pop();
  return `${word("terbuka.label")}: ${names.join(", ")} ${word("terbuka.atau")} ${last}`;
}
function chip(level, possible) {
  return level ? classed(element("span", word("tingkat." + level)), `chip level-${level}${possible ? OPEN : ""}`) : classed(element("span", noLevel(possible)), "chip hatch");
}

/* The level, what it may be where it is open, and a question that opens its story. */
function levelOf(thing) {
  const ask = classed(element("button", word("mengapa.tombol")), "ask-why");
  ask.type = "button";
  ask.addEventListener("click", () => openStory(thing.id, ""));
  const level = element("p", chip(thing.tingkat, thing.mungkin));
  if (thing.mungkin) level.append(classed(element("span", unsettled(thing.mungkin)), "open"));
  level.append(ask);
  return classed(level, "level-line");
}
const scoreOf = (thing) => (thing.skor === null ? "–" : formatNumber(thing.skor, 0) + (thing.maks !== null && thing.maks > thing.skor ? "–" + formatNumber(thing.maks, 0) : ""));

function aboutRt(r) {
  const home = DATA.kawasan.find((k) => k.id === r.k);
  const parts = heading(r.nama, [r.kel, r.id].filter(Boolean).join(" · "));
  parts.push(levelOf(r), pairs([
    ["kawasan.luas", plainHa(r.ha)], ["kawasan.skor", scoreOf(r)],
    ["kawasan.kk", typeof r.kk === "string" ? r.kk : count(r.kk)], home ? ["kawasan.nama", home.nama] : null,
  ]));
  return parts;
}

function noteOf(index) {
  const [verdict, advice, why, possible] = DATA.relations[index];
  const note = element("div", element("b", named("verdict", verdict)), ` → ${named("rekomendasi", advice)}`);
  const said = why[lang === "en" && why[1] ? 1 : 0];
  if (said) { const reason = classed(element("div", said), "small"); reason.lang = said === why[0] ? "id" : "en"; note.append(reason); }
  if (possible) note.append(classed(element("div", `${word("verifikasi.tingkat_baseline")} ${unsettled(possible)}`), "small open"));
  return classed(note, "note");
}

function aboutKawasan(k) {
  const place = [k.kel, k.kec].filter(Boolean).join(", ");
  const parts = heading(k.nama, [place, k.id !== k.nama ? k.id : ""].filter(Boolean).join(" · "));
  parts.push(levelOf(k), pairs([
    ["kawasan.luas", plainHa(k.ha)], ["kawasan.skor", scoreOf(k)],
    ["kawasan.prioritas", count(k.prioritas) + (k.klas ? ` (${k.klas})` : "")],
    ["kawasan.pertimbangan", named("standing", k.pl)], ["kawasan.legalitas", named("legalitas", k.legal)],
    ["kawasan.pola", named("pola", k.pola)], ["kawasan.kewenangan", named("kewenangan", k.kew)],
    ["kawasan.jumlah_rt", count(k.rt)], ["kawasan.penduduk", count(k.jiwa)], ["kawasan.kk", typeof k.kk === "string" ? k.kk : count(k.kk)],
    ["kawasan.kepadatan", count(k.padat)], k.tipologi ? ["kawasan.tipologi", named("tipologi", k.tipologi)] : null,
    ["kawasan.data", named("kelengkapan", k.data) + (k.tingkat && k.mungkin ? `, ${word("terbuka.sumber")}` : "")],
  ]));
  parts.push(...k.rel.map(noteOf));
  if (k.tema.length) {
    parts.push(element("h4", word("peta.tema")));
    for (const [theme, status, hit] of k.tema) {
      const line = element("div", classed(element("span"), "mark mark-" + status), word("tema." + theme), element("b", status === "terindikasi" ? (hit === null ? word("status.terindikasi") : ha(hit)) : word("status." + status)));
      parts.push(classed(line, "line small"));
    }
  }
  if (k.p.some((v) => v !== null)) {
    parts.push(element("h4", word("peta.parameter")));
    k.p.forEach((value, i) => {
      const fill = element("span");
      fill.style.width = `${Math.min(100, Math.max(0, (value || 0) * 100))}%`;
      const row = element(k.data === "tanpa_data" ? "div" : "button", DATA.parameters[i][0], value === null ? classed(element("i"), "hatch-bar") : element("i", fill), element("b", value === null ? "–" : formatNumber(value * 100, 1) + " %"));
      row.title = DATA.parameters[i][lang === "en" ? 2 : 1];
      if (row.type) { row.type = "button"; row.addEventListener("click", () => openStory(k.id, DATA.parameters[i][0])); }
      parts.push(classed(row, "mini"));
    });
  }
  return parts;
}

function aboutSk(s) {
  const parts = heading(s.nama, [word("peta.lokasi_sk"), s.kel, s.id !== s.nama ? s.id : ""].filter(Boolean).join(" · "));
  parts.push(pairs([
    ["verifikasi.sk_ha", plainHa(s.ha)], ["verifikasi.tetap", plainHa(s.tetap)], ["verifikasi.berkurang", plainHa(s.berubah)],
    ["verifikasi.toleransi", plainHa(s.toleransi)], ["kawasan.tingkat", named("tingkat_pendek", s.tingkat)],
  ]));
  parts.push(...s.rel.map(noteOf));
  return parts;
}

/* ---- switches ---- */
function keysOf(layer) {
  const box = classed(element("div"), "keys"), order = Object.keys(COLOURS[layer.keys]).flatMap((k) => [k, k + OPEN]);
  for (const kind of order.filter((k) => layer.groups.has(k))) {
    const swatch = classed(element("i"), `swatch ${layer.keys === "tingkat" ? "level" : "kelas"}-${kind}`);
    box.append(element("span", swatch, kind.endsWith(OPEN) ? word("terbuka.tingkat", { tingkat: word("tingkat." + settled(kind)) }) : word(`${layer.keys}.${kind}`)));
  }
  return box;
}

function switches() {
  const box = document.getElementById("layers");
  all("label, .keys", box).forEach((node) => node.remove());
  for (const layer of Object.values(LAYERS)) {
    const input = element("input");
    input.type = "checkbox"; input.checked = shown.has(layer.id); input.dataset.layer = layer.id;
    input.addEventListener("change", () => {
      if (input.checked) shown.add(layer.id); else shown.delete(layer.id);
      switches(); draw();
    });
    const swatch = layer.swatch ? classed(element("i"), "swatch") : null;
    if (swatch) swatch.style.background = layer.swatch;
    box.append(element("label", input, swatch, word(layer.key)));
    if (layer.keys && shown.has(layer.id)) box.append(keysOf(layer));
  }
}

function setView(name) {
  shown.clear();
  for (const id of VIEWS[name]) if (LAYERS[id] || (id === "kawasan-outline" && OUTLINE)) shown.add(id);
  for (const button of all("[data-view]")) button.setAttribute("aria-pressed", String(button.dataset.view === name));
  switches(); draw();
}
for (const button of all("[data-view]")) button.addEventListener("click", () => setView(button.dataset.view));

for (const button of all(".pick")) {
  button.addEventListener("click", () => {
    const index = DATA.kawasan.findIndex((k) => k.id === button.closest("tr").dataset.k);
    const shape = LAYERS.kawasan && LAYERS.kawasan.shapes[index];
    if (!shape) return;
    if (!shown.has("kawasan")) setView("baseline");
    if (!shape.empty) fit(shape.box, MAP.step * 0.8);
    choose(shape);
    document.getElementById("map").scrollIntoView({ block: "center" });
  });
}

document.addEventListener("language", () => { switches(); choose(state.chosen); });
new ResizeObserver(() => {
  const before = [canvas.width / ratio(), canvas.height / ratio()], box = size();
  if (whole) { fit(MAP.box); return paint(); }
  view.x += (box.width - before[0]) / 2; view.y += (box.height - before[1]) / 2;
  return paint();
}).observe(canvas);
if (MAP.box) { /* a narrow window's map is as high as the city asks */
  const [west, south, east, north] = MAP.box;
  document.getElementById("map").style.setProperty("--high", ((north - south) / Math.max(1, east - west)).toFixed(3));
}
size();
setView("baseline");
document.getElementById("map-empty").hidden = Object.keys(LAYERS).length > 0;
if (MAP.box) fit(MAP.box);
document.documentElement.dataset.ready = "1";

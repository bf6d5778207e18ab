"use strict";
/* Why a value is what it is: the sentences of `explain`, unpacked when somebody asks. */
const why = document.getElementById("why");
const here = { id: null, parameter: "" };
let stories = null;

async function unpacked() {
  const packed = atob(document.getElementById("stories").textContent.trim());
  const bytes = Uint8Array.from(packed, (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

/* ---- sentences, as Python tells them ---- */
const inLanguage = (pair) => pair[lang === "en" ? 1 : 0];
const own = (table, name) => (Object.hasOwn(table, name) ? table[name] : undefined);

function plainNumber(value) {
  return new Intl.NumberFormat(lang === "en" ? "en-US" : "id-ID", {
    minimumFractionDigits: 0, maximumFractionDigits: 4, roundingMode: "halfEven",
  }).format(Object.is(value, -0) ? 0 : value);
}

function filled(value, how) {
  if (value !== null && typeof value === "object") {
    if (value.s !== undefined) return sentence(value.s);
    if (value.w !== undefined) return inLanguage(value.w);
    return value.l.map((part) => filled(part, how)).join(", ") || "–";
  }
  const group = how && own(stories.w, how);
  if (group) {
    const known = own(group, value === null ? "unknown" : value);
    return known ? inLanguage(known) : String(value);
  }
  if (value === null) return "–";
  if (!how) return String(value);
  if (how === "tgl") return /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])/.test(value) ? formatDay(value) : String(value);
  if (!Number.isFinite(Number(value))) return "–";
  if (how === "nomor") return String(Math.trunc(Number(value)));
  return how === "n" ? plainNumber(Number(value)) : formatNumber(Number(value), Number(how));
}

/* Key of a stored sentence, and what fills its gaps by name. */
function parts(number) {
  let key = 0, row = number; /* sentences of one text stand together, as columns */
  for (; row >= stories.s[key][0]; key += 1) row -= stories.s[key][0];
  const [, , names, name] = stories.k[key], columns = stories.s[key];
  return { text: inLanguage(stories.k[key]), name, values: new Map(names.map((gap, i) => [gap, columns[i + 1][row]])) };
}

function sentence(number) {
  const { text, values } = parts(number);
  return text.replace(/\{(\w+)(?::(\w+)|\?([^|{}]*)\|([^{}]*))?\}/g, (_, gap, how, one, many) =>
    one !== undefined ? (values.get(gap) === 1 ? one : many) : filled(values.has(gap) ? values.get(gap) : null, how));
}

/* ---- where a sentence leads: the story of the RT, kawasan or parameter that it is about ---- */
const LEADS = [
  [/^rt\.row/, (v) => [here.id, v.get("parameter")]],
  [/^kawasan\.missing$/, (v) => [here.id, v.get("parameter")]],
  [/^kawasan\.rt/, (v) => [v.get("id"), here.parameter]],
  [/^kawasan\.sum_(score|unknown)$/, (v) => [v.get("id"), here.parameter]],
  [/^kawasan\.conflict$/, (v) => [v.get("subject"), v.get("parameter")]],
  [/^rt\.member$/, (v) => [v.get("id_kawasan"), ""]],
  [/^kelurahan\.kawasan/, (v) => [v.get("id"), ""]],
];

function leadsTo(number) {
  const { name, values } = parts(number), found = LEADS.find(([which]) => which.test(name));
  if (!found) return null;
  const [id, parameter] = found[1](values), told = own(stories.t, id);
  if (!told) return null;
  const target = [id, own(told, parameter) ? parameter : ""];
  return target[0] === here.id && target[1] === here.parameter ? null : target;
}

function link(text, id, parameter, kind) {
  const button = classed(element("button", text), kind || "lead-on");
  button.type = "button";
  button.addEventListener("click", () => openStory(id, parameter));
  return button;
}

function line(number) {
  const target = leadsTo(number);
  return element("li", target ? link(sentence(number), ...target) : sentence(number));
}

/* ---- the dialog ---- */
function nameOf(id) {
  const [name, home] = own(stories.n, id) || [id, null];
  return { name: name || id, home };
}

function trail() {
  const { home } = nameOf(here.id), steps = [];
  if (home && own(stories.t, home)) steps.push(link(nameOf(home).name, home, own(stories.t[home], here.parameter) ? here.parameter : "", "step"));
  if (here.parameter && own(stories.t[here.id], "")) steps.push(link(nameOf(here.id).name, here.id, "", "step"));
  return steps;
}

/* The parameters that something is told about, to choose from. */
function picks() {
  const told = Object.keys(stories.t[here.id]);
  if (told.length < 2) return [];
  return told.map((parameter) => {
    const names = DATA.parameters.find((p) => p[0] === parameter);
    const button = link(parameter || word("mengapa.semua"), here.id, parameter, "chip pickable");
    button.setAttribute("aria-pressed", String(parameter === here.parameter));
    if (names) button.title = names[lang === "en" ? 2 : 1];
    return button;
  });
}

function show() {
  const names = DATA.parameters.find((p) => p[0] === here.parameter);
  const about = here.parameter ? ` · ${here.parameter}${names ? " " + names[lang === "en" ? 2 : 1] : ""}` : "";
  document.getElementById("why-title").textContent = nameOf(here.id).name + about;
  document.getElementById("why-trail").replaceChildren(...trail());
  document.getElementById("why-picks").replaceChildren(...picks());
  const body = document.getElementById("why-story");
  body.replaceChildren(...stories.t[here.id][here.parameter].flatMap((number) => {
    const [heading, ...said] = stories.p[number];
    const list = element("ul", ...said.map(line));
    return heading === "apa" ? [classed(list, "summary")] : [element("h3", inLanguage(stories.a[heading])), list];
  }));
}

async function openStory(id, parameter) {
  const first = !why.open;
  if (first) why.showModal();
  try {
    stories = stories || await unpacked();
  } catch {
    document.getElementById("why-story").textContent = word("mengapa.usang");
    return;
  }
  if (!own(stories.t, id)) return;
  here.id = id;
  here.parameter = own(stories.t[id], parameter || "") ? parameter || "" : "";
  show();
  why.scrollTop = 0;
  document.getElementById("why-title").focus({ preventScroll: true });
}

for (const button of all("[data-why]")) button.addEventListener("click", () => openStory(button.dataset.why, button.dataset.parameter || ""));
document.getElementById("why-close").addEventListener("click", () => why.close());
why.addEventListener("click", (event) => { if (event.target === why) why.close(); }); /* beside it */
document.addEventListener("language", () => { if (stories && here.id) show(); });

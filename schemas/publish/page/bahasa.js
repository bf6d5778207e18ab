"use strict";
/* Words and numbers in two languages; everything that shows is text, never markup. */
const DATA = JSON.parse(document.getElementById("data").textContent);
const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
let lang = document.documentElement.lang;

function formatNumber(value, decimals, language) {
  return new Intl.NumberFormat((language || lang) === "en" ? "en-US" : "id-ID", {
    minimumFractionDigits: decimals, maximumFractionDigits: decimals, roundingMode: "halfEven", /* as Python writes them */
  }).format(Object.is(value, -0) ? 0 : value);
}

function word(key, params) {
  const entry = DATA.words[key];
  if (!entry) return key;
  return entry[lang === "en" ? 1 : 0].replace(/\{(\w+)(?::(\d)|\?([^|{}]*)\|([^{}]*))?\}/g, (_, name, decimals, one, many) => {
    const value = (params || {})[name];
    if (one !== undefined) return Number(value) === 1 ? one : many;
    if (value === null || value === undefined) return "–";
    return decimals === undefined ? String(value) : formatNumber(Number(value), Number(decimals));
  });
}

function formatDay(iso) {
  const [year, month, day] = iso.slice(0, 10).split("-").map(Number);
  return day ? `${day} ${word("bulan." + month)} ${year}` : iso;
}

function translate() {
  document.documentElement.lang = lang;
  document.title = word("judul.halaman", { kota: document.body.dataset.city });
  for (const node of all("[data-t]")) {
    node.textContent = word(node.dataset.t, node.dataset.p ? JSON.parse(node.dataset.p) : null);
  }
  for (const node of all("[data-id][data-en]")) node.textContent = node.dataset[lang];
  for (const name of ["placeholder", "aria-label", "title"]) {
    for (const node of all(`[data-t-${name}]`)) {
      node.setAttribute(name, word(node.getAttribute(`data-t-${name}`), node.dataset.p ? JSON.parse(node.dataset.p) : null));
    }
  }
  for (const node of all("[data-title-id]")) node.title = node.getAttribute(`data-title-${lang}`);
  for (const node of all("data[data-d]")) node.textContent = formatNumber(Number(node.value), Number(node.dataset.d));
  for (const node of all("[data-v]")) {
    node.textContent = formatNumber(Number(node.dataset.v), Number(node.dataset.d)) + (node.dataset.s || "");
  }
  for (const node of all("time[datetime]")) node.textContent = formatDay(node.dateTime);
  for (const node of all("[data-lang]")) node.setAttribute("aria-pressed", String(node.dataset.lang === lang));
  document.dispatchEvent(new CustomEvent("language"));
}

function setLanguage(chosen, remember) {
  if (chosen !== "id" && chosen !== "en") return;
  const changed = chosen !== lang;
  lang = chosen;
  if (changed) translate();
  if (!remember) return;
  const address = new URL(location.href);
  address.searchParams.set("lang", lang);
  try { history.replaceState(null, "", address); } catch { /* a page opened from disk may not; it is shown all the same */ }
}

for (const node of all("[data-lang]")) node.addEventListener("click", () => setLanguage(node.dataset.lang, true));

/* Which part of the page is being read. */
if ("IntersectionObserver" in window) {
  const links = new Map(all(".bar-nav a").map((a) => [a.getAttribute("href").slice(1), a]));
  const watch = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      const link = links.get(entry.target.getAttribute("aria-labelledby"));
      if (!link || !entry.isIntersecting) continue;
      for (const other of links.values()) other.classList.toggle("here", other === link);
      const menu = link.closest("ul"); /* what is read stays in sight where the menu is wider than the window */
      menu.scrollTo({ left: link.offsetLeft - menu.offsetLeft - (menu.clientWidth - link.offsetWidth) / 2 });
    }
  }, { rootMargin: "-20% 0px -70% 0px" });
  for (const section of all("section[aria-labelledby]")) watch.observe(section);
}
addEventListener("beforeprint", () => { for (const node of all(".theme details")) node.open = true; });

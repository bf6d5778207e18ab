/* Tables: sorted by a click on a heading, narrowed by words and choices. */
function cellKey(cell, kind) {
  if (kind === "text") return cell.textContent.trim().toLowerCase();
  if (kind === "date") return cell.dataset.r || "";
  const text = cell.dataset.v !== undefined ? cell.dataset.v : cell.dataset.r;
  return text === undefined || text === "" ? NaN : Number(text);
}

function compare(a, b) {
  if (typeof a === "number") {
    if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) - Number.isNaN(b);
    return a - b;
  }
  if (!a || !b || a === "–" || b === "–") return (!a || a === "–") - (!b || b === "–");
  return a.localeCompare(b, lang, { numeric: true });
}

function sortTable(table, heading) {
  const button = heading.querySelector(".sort");
  const index = Array.from(heading.parentNode.children).indexOf(heading);
  const falling = heading.getAttribute("aria-sort") === "none" ? button.dataset.kind === "number" : heading.getAttribute("aria-sort") === "ascending";
  for (const other of heading.parentNode.children) other.setAttribute("aria-sort", "none");
  heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
  const unknown = (key) => (typeof key === "number" ? Number.isNaN(key) : !key || key === "–");
  const rows = Array.from(table.tBodies[0].rows).map((row) => [cellKey(row.cells[index], button.dataset.kind), row]);
  rows.sort((a, b) => (unknown(a[0]) || unknown(b[0]) ? unknown(a[0]) - unknown(b[0]) : falling ? compare(b[0], a[0]) : compare(a[0], b[0])));
  table.tBodies[0].append(...rows.map((pair) => pair[1]));
}

function fits(row, words, choices) {
  if (!words.every((w) => row.searchText.includes(w))) return false;
  return choices.every(([field, value]) => (row.dataset[field] || "").split(" ").includes(value));
}

function narrow(table) {
  const search = document.querySelector(`.search[data-table="${table.id}"]`);
  const words = search ? search.value.toLowerCase().split(/\s+/).filter(Boolean) : [];
  const choices = all(`select[data-table="${table.id}"]`).filter((s) => s.value).map((s) => [s.dataset.field, s.value]);
  let shown = 0;
  const rows = Array.from(table.tBodies[0].rows);
  for (const row of rows) {
    if (words.length && row.searchText === undefined) row.searchText = row.textContent.toLowerCase();
    row.hidden = !fits(row, words, choices);
    if (!row.hidden) shown += 1;
  }
  const count = document.querySelector(`[data-count="${table.id}"]`);
  if (count) count.textContent = word("tabel.tampil", { n: shown, m: rows.length });
  for (const tile of all(`[data-set="${table.id}"]`)) {
    tile.setAttribute("aria-pressed", String(choices.some(([f, v]) => f === tile.dataset.field && v === tile.dataset.value)));
  }
}

for (const table of all("table.data")) {
  for (const heading of all("thead th", table)) heading.querySelector(".sort").addEventListener("click", () => sortTable(table, heading));
  narrow(table);
}
for (const control of all(".search, select[data-table]")) {
  control.addEventListener("input", () => narrow(document.getElementById(control.dataset.table)));
}
for (const tile of all("[data-set]")) {
  tile.addEventListener("click", () => {
    const select = document.querySelector(`select[data-table="${tile.dataset.set}"][data-field="${tile.dataset.field}"]`);
    select.value = select.value === tile.dataset.value ? "" : tile.dataset.value;
    narrow(document.getElementById(tile.dataset.set));
  });
}
document.addEventListener("language", () => {
  for (const table of all("table.data")) {
    for (const row of table.tBodies[0].rows) row.searchText = undefined;
    narrow(table);
  }
});
setLanguage(new URLSearchParams(location.search).get("lang"), false);

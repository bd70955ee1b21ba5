// What a page does beyond being read: tables are sorted and copied, pictures are pointed at. Without it nothing is missing.
"use strict";

const words = JSON.parse(document.getElementById("words").textContent);
const charts = document.currentScript.dataset.charts;
const language = document.documentElement.lang.replace("_", "-");
const decimalSign = (1.5).toLocaleString(language)[1];
document.documentElement.classList.add("has-script");

function button(name, label, onclick) {
  const made = document.createElement("button");
  Object.assign(made, { type: "button", className: name, onclick });
  made.setAttribute("aria-label", label);
  return made;
}

// Tables: a cell is the number it carries, or that it says; or else its text without the small print.

function said(cell) {
  const copy = cell.cloneNode(true);
  copy.querySelectorAll(".interval, details, button").forEach((part) => part.remove());
  return copy.textContent.trim().replace(/\s+/g, " ");
}

function smallPrint(cell) {
  return [...cell.querySelectorAll(".interval")].map((part) => part.textContent.trim().replace(/\s+/g, " ")).join("; ");
}

function isEmpty(cell) {
  return cell.querySelector(".missing") !== null || said(cell) === "";
}

function numberOf(cell) {
  if (cell.dataset.value) return Number(cell.dataset.value);
  if (!cell.classList.contains("number") || isEmpty(cell)) return null;
  const text = said(cell).replace("\u2212", "-");
  const digits = [...text].filter((sign) => /[-\d]/.test(sign) || sign === decimalSign).join("");
  return Number(digits.replace(decimalSign, ".")) / (text.includes("%") ? 100 : 1);
}

function compare(one, other) {
  const numbers = [numberOf(one), numberOf(other)];
  if (numbers.every(Number.isFinite)) return numbers[0] - numbers[1];
  return said(one).localeCompare(said(other), language, { numeric: true });
}

function sortBy(table, heading) {
  const isNumber = heading.classList.contains("number");
  const first = isNumber ? "descending" : "ascending";
  const second = isNumber ? "ascending" : "descending";
  const direction = heading.getAttribute("aria-sort") === first ? second : first;
  table.querySelectorAll("thead th").forEach((other) => other.removeAttribute("aria-sort"));
  heading.setAttribute("aria-sort", direction);
  const sign = direction === "ascending" ? 1 : -1;
  const column = heading.cellIndex;
  const rows = [...table.tBodies[0].rows];
  rows.sort((a, b) => {
    const [one, other] = [a.cells[column], b.cells[column]];
    return isEmpty(one) - isEmpty(other) || sign * compare(one, other);
  });
  table.tBodies[0].append(...rows);
  table.querySelectorAll(".sort").forEach((arrows) => {
    const sorted = arrows.parentElement.getAttribute("aria-sort");
    arrows.textContent = { ascending: "▲", descending: "▼" }[sorted] ?? "↕";
  });
}

// Copying: tab-separated, numbers plain and with the decimal sign of the page's language, as a spreadsheet reads them.

function plain(number) {
  return String(Number(number.toFixed(12))).replace(".", decimalSign);
}

function asText(text) {
  return /^[=+\-@]/.test(text) ? `'${text}` : text;
}

function copied(cell) {
  if (isEmpty(cell)) return "";
  const number = numberOf(cell);
  return Number.isFinite(number) ? plain(number) : asText(said(cell));
}

function columnOf(table, heading) {
  const cells = [...table.tBodies[0].rows].map((row) => row.cells[heading.cellIndex]);
  const name = said(heading);
  const columns = [[name, ...cells.map(copied)]];
  if (cells.some((cell) => cell.dataset.low)) {
    for (const end of ["low", "high"]) {
      const label = `${name}, ${words[end === "low" ? "from" : "to"]}`;
      columns.push([label, ...cells.map((cell) => (cell.dataset[end] ? plain(Number(cell.dataset[end])) : ""))]);
    }
  } else if (cells.some(smallPrint)) {
    columns.push([`${name}, ${words.small}`, ...cells.map((cell) => asText(smallPrint(cell)))]);
  }
  return columns;
}

function asTabs(table) {
  const columns = [...table.tHead.rows[0].cells].flatMap((heading) => columnOf(table, heading));
  return columns[0].map((_, row) => columns.map((column) => column[row]).join("\t")).join("\r\n");
}

function copyAsSelected(text) {
  const area = document.body.appendChild(document.createElement("textarea"));
  area.value = text;
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error(words.not_copied);
}

async function copyTable(table, clicked) {
  const text = asTabs(table);
  try {
    await (navigator.clipboard ? navigator.clipboard.writeText(text) : copyAsSelected(text));
    clicked.textContent = words.copied;
  } catch {
    clicked.textContent = words.not_copied;
  }
  clicked.focus();
}

function equip(table) {
  const name = table.caption ? said(table.caption) : "";
  const copy = button("copy", `${words.copy}: ${name}`, () => copyTable(table, copy));
  copy.textContent = words.copy;
  copy.setAttribute("aria-live", "polite");
  (table.caption ?? table.createCaption()).append(copy);
  if (table.tBodies[0].rows.length < 2) return;
  for (const heading of table.tHead.rows[0].cells) {
    const arrows = button("sort", `${words.sort} ${said(heading)}`, () => sortBy(table, heading));
    arrows.textContent = "↕";
    heading.append(" ", arrows);
  }
}

// Pictures: what is there is drawn again by Vega once it is pointed at. The library is fetched then, once.

let library;

function loadLibrary() {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    Object.assign(script, { src: charts, onload: resolve, onerror: reject });
    document.head.append(script);
  });
  return library;
}

const views = new WeakMap();

function enliven(picture) {
  if (!views.has(picture)) views.set(picture, drawAgain(picture));
  return views.get(picture);
}

async function drawAgain(picture) {
  await loadLibrary();
  const place = document.createElement("div");
  place.className = "live-view";
  picture.append(place);
  const specification = JSON.parse(picture.nextElementSibling.textContent);
  const actions = { export: true, source: false, compiled: false, editor: false };
  const { view } = await window.vegaEmbed(place, specification, { mode: "vega-lite", renderer: "svg", actions });
  picture.classList.add("live");
  return view;
}

function hexOf(colour) {
  const parts = colour.match(/\d+/g).slice(0, 3).map((part) => Number(part).toString(16).padStart(2, "0"));
  return `#${parts.join("")}`;
}

function picturesOf(legend) {
  const next = legend.nextElementSibling;
  return next ? [...(next.matches(".picture") ? [next] : next.querySelectorAll(".picture"))] : [];
}

function nameOf(mark) {
  let name = "";
  for (let part = mark.nextSibling; part && !part.classList?.contains(mark.classList[0]); part = part.nextSibling) {
    name += part.textContent;
  }
  return name.trim();
}

function makeSwitch(mark, pictures) {
  const style = getComputedStyle(mark);
  const colour = hexOf(mark.classList.contains("swatch") ? style.backgroundColor : style.color);
  const coloured = pictures.filter((picture) => picture.nextElementSibling.textContent.includes(`"colour":"${colour}"`));
  if (coloured.length === 0) return;
  const toggle = button(mark.className, `${words.show_or_hide}: ${nameOf(mark)}`, async () => {
    const isShown = toggle.getAttribute("aria-pressed") === "true";
    toggle.setAttribute("aria-pressed", String(!isShown));
    for (const picture of coloured) {
      const view = await enliven(picture);
      const others = view.signal("switched_off").filter((other) => other !== colour);
      await view.signal("switched_off", isShown ? [...others, colour] : others).runAsync();
    }
  });
  toggle.style.cssText = mark.style.cssText;
  toggle.setAttribute("aria-pressed", "true");
  toggle.textContent = mark.textContent;
  mark.replaceWith(toggle);
}

document.querySelector("nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
document.querySelectorAll("table").forEach(equip);
for (const picture of document.querySelectorAll(".picture")) {
  for (const event of ["pointerenter", "touchstart", "focus"]) {
    picture.addEventListener(event, () => enliven(picture), { once: true, passive: true });
  }
}
for (const legend of document.querySelectorAll(".legend")) {
  const pictures = picturesOf(legend);
  legend.querySelectorAll(".swatch, .mark[style]").forEach((mark) => makeSwitch(mark, pictures));
}

// On paper all is open; afterwards what was closed is closed again.

let closed = [];
window.addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll("details:not([open])")];
  closed.forEach((part) => (part.open = true));
});
window.addEventListener("afterprint", () => closed.forEach((part) => (part.open = false)));

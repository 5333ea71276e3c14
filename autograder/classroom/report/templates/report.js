"use strict";
const element = (id) => document.getElementById(id);
const classPage = element("class"), studentPage = element("student"), studentBody = element("student-body");
const title = document.title;
const rows = [...element("table").tBodies[0].rows];
const keyOf = (row) => row.cells[0].firstElementChild.hash.slice(1);
let scrolled = null;
let opened = "";
let classSeen = false;

/* A student's page is where the address says so: "#KEY", or "#KEY/QUESTION". So links and the back button work. */
function show() {
  const [key, question] = location.hash.slice(1).split("/");
  const page = element(key);
  if (page instanceof HTMLTemplateElement) openStudent(key, question, page);
  else closeStudent();
}

function openStudent(key, question, page) {
  if (!opened) scrolled = classSeen ? scrollY : null;
  if (opened !== key) {
    studentBody.replaceChildren(page.content.cloneNode(true));
    classPage.hidden = true;
    studentPage.hidden = false;
    document.title = page.dataset.name + " – " + title;
    opened = key;
    turns(key);
  }
  const part = question ? element(key + "/" + question) : null;
  if (part) part.scrollIntoView();
  else {
    scrollTo(0, 0);
    studentBody.querySelector("h1").focus({ preventScroll: true });
  }
}

function closeStudent() {
  if (!opened) return;
  const row = rows.find((row) => keyOf(row) === opened);
  classPage.hidden = false;
  studentPage.hidden = true;
  studentBody.replaceChildren();
  document.title = title;
  opened = "";
  if (row && !row.hidden) row.querySelector("a").focus({ preventScroll: scrolled !== null });
  if (scrolled !== null) scrollTo(0, scrolled);
  classSeen = true;
}

/* Previous and next go through the table as it is filtered and sorted. */
function turns(key) {
  const keys = [...element("table").tBodies[0].rows].filter((row) => !row.hidden).map(keyOf);
  const at = keys.indexOf(key);
  for (const [id, other] of [["previous", keys[at - 1]], ["next", at < 0 ? keys[0] : keys[at + 1]]]) {
    if (other) element(id).href = "#" + other;
    else element(id).removeAttribute("href");
  }
  element("place").textContent = at < 0 ? "" : `${at + 1} of ${keys.length}`;
}

document.addEventListener("keydown", (event) => {
  if (!opened || event.ctrlKey || event.altKey || event.metaKey || event.target.closest("pre, input, select")) return;
  const id = { ArrowLeft: "previous", ArrowRight: "next", Escape: "back" }[event.key];
  if (id && element(id).href) location.hash = element(id).hash;
});
addEventListener("hashchange", show);

const form = document.querySelector("form");
const chosen = (id) => element(id)?.value ?? "";
function filter() {
  const text = chosen("search").trim().toLowerCase();
  const [exercise, status, pick] = ["exercise", "status", "pick"].map(chosen);
  let count = 0;
  for (const row of rows) {
    const found = (!text || row.textContent.toLowerCase().includes(text))
      && (!exercise || row.dataset.exercise === exercise)
      && (!status || row.dataset.status === status)
      && (!pick || row.dataset.picks.includes(` ${pick} `));
    row.hidden = !found;
    count += found;
  }
  element("shown").textContent = `${count} of ${rows.length} shown`;
}
form.addEventListener("input", filter);
form.addEventListener("reset", () => setTimeout(filter));
form.addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-pick]");
  if (!link) return;
  form.reset();
  element("pick").value = link.dataset.pick;
  filter();
});

const heads = [...document.querySelectorAll("#table thead th")];
heads.forEach((head, column) => head.querySelector("button")?.addEventListener("click", () => {
  const down = head.getAttribute("aria-sort") === "ascending";
  heads.forEach((other) => other.removeAttribute("aria-sort"));
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const value = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent;
  const words = new Intl.Collator(undefined, { numeric: true }).compare;
  const order = head.classList.contains("n") ? (a, b) => a - b : words;
  rows.sort((a, b) => order(value(a), value(b)));
  if (down) rows.reverse();
  element("table").tBodies[0].append(...rows);
}));

/* Prints the page of everybody who is shown in the table, in its order. */
element("print").addEventListener("click", () => {
  element("printed")?.remove();
  const all = document.createElement("div");
  all.id = "printed";
  for (const row of element("table").tBodies[0].rows) {
    if (row.hidden) continue;
    const page = document.createElement("main");
    page.className = "student-page";
    page.append(element(keyOf(row)).content.cloneNode(true));
    all.append(page);
  }
  document.body.append(all);
  addEventListener("afterprint", () => all.remove(), { once: true });
  print();
});

addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
filter();
show();
classSeen = !opened;

"use strict";

// The rows of a record: small forms, which are drawn here as a table of what they hold. A line opens on the form of
// its row, one at a time. Adding and taking away stay Django's; without a script the forms stand one under the other.

const FIELDS = ":is(input:not([type='hidden']), select, textarea)";
// A table that reads as cards on a telephone is still a table for who hears it.
const ROLES = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TR: "row", TD: "cell" };

function make(tag, ...content) {
  const element = document.createElement(tag);
  if (ROLES[element.tagName]) element.setAttribute("role", ROLES[element.tagName]);
  element.append(...content);
  return element;
}

function heading(text, role, scope) {
  const cell = make("th", text);
  cell.setAttribute("role", role);
  cell.scope = scope;
  return cell;
}

function button(text, act) {
  const element = make("button", text);
  element.type = "button";
  element.className = "rangees-bouton";
  element.addEventListener("click", act);
  return element;
}

// What a field holds, as one reads it.
function told(row) {
  const field = row.querySelector(FIELDS);
  if (!field) return row.querySelector(".readonly, a")?.textContent.trim() ?? "";
  if (field.type === "checkbox") return field.checked ? "oui" : "non";
  if (field.type === "file") return field.files[0]?.name ?? "";
  if (field.matches("select")) return field.value ? field.selectedOptions[0].text : "";
  return field.value.replace(/^(\d{4})-(\d\d)-(\d\d)$/, "$3/$2/$1");
}

function titleOfField(row) {
  const title = row.querySelector("label").textContent.replace(/\s*:\s*$/, "").trim();
  return title.charAt(0).toUpperCase() + title.slice(1);
}

class Rangee {
  constructor(form, table) {
    this.form = form;
    this.removal = form.querySelector(".delete input");
    this.cells = table.titles.map((_, n) => (n ? make("td") : heading("", "rowheader", "row")));
    this.cells.forEach((cell, n) => { cell.dataset.titre = table.titles[n]; });
    this.badge = make("span");
    this.badge.className = "badge badge--warning";
    this.change = button("Modifier", () => table.toggle(this));
    this.take = button("Retirer", () => this.takeAway());
    this.line = make("tr", ...this.cells, this.actions());
    this.panel = make("tr", make("td", form));
    this.panel.className = "rangees-champs";
    this.panel.firstChild.colSpan = this.cells.length + 1;
    this.first = this.texts().join();
    this.opened = this.wrong();
  }

  // What can be done with the row: those who only read change nothing.
  actions() {
    const cell = make("td", this.badge);
    cell.className = "rangees-actions";
    const page = this.form.querySelector(".fiche-de-rangee");
    if (page) cell.append(page.cloneNode(true));
    if (this.form.querySelector(`.form-row ${FIELDS}`)) cell.append(this.change);
    if (this.removal || this.isNew()) cell.append(this.take);
    return cell;
  }

  isNew() {
    return !this.form.matches(".has_original");
  }

  isGone() {
    return this.removal?.checked ?? false;
  }

  wrong() {
    return this.form.querySelector(".errorlist") !== null;
  }

  texts() {
    return [...this.form.querySelectorAll(".form-row")].map(told);
  }

  state() {
    if (this.isGone()) return "à supprimer";
    return this.isNew() || this.texts().join() !== this.first ? "à enregistrer" : "";
  }

  takeAway() {
    if (this.isNew()) return this.form.querySelector(".inline-deletelink").click();
    this.removal.checked = !this.removal.checked;
    this.draw();
  }

  // The line says what the form holds now. Its buttons stay: one may be under the pointer.
  draw() {
    const texts = this.texts();
    const name = texts.find(Boolean) ?? "nouvelle ligne";
    this.cells.forEach((cell, n) => { cell.textContent = texts[n] || (n ? "" : "—"); });
    this.badge.textContent = this.state();
    this.badge.hidden = !this.state();
    this.change.hidden = this.isGone();
    this.change.setAttribute("aria-label", `Modifier : ${name}`);
    this.change.setAttribute("aria-expanded", String(this.opened));
    this.change.setAttribute("aria-controls", this.form.id);
    if (this.removal) this.take.textContent = this.isGone() ? "Garder" : "Supprimer";
    this.take.setAttribute("aria-label", `${this.take.textContent} : ${name}`);
    this.line.classList.toggle("supprimee", this.isGone());
    this.panel.hidden = !this.opened || this.isGone();
  }
}

class TableDesRangees {
  constructor(group) {
    this.group = group;
    const forms = [...group.querySelectorAll(".inline-related")];
    if (!forms.length) return;
    this.titles = [...forms[0].querySelectorAll(".form-row")].map(titleOfField);
    this.head = make("tr", ...this.titles.map((title) => heading(title, "columnheader", "col")));
    this.head.append(heading("Actions", "columnheader", "col"));
    this.body = make("tbody");
    this.table = make("table", make("thead", this.head), this.body);
    this.table.setAttribute("aria-labelledby", group.querySelector(".inline-heading").id);
    forms[0].before(this.table);
    this.rows = [];
    forms.filter((form) => !form.matches(".empty-form")).forEach((form) => this.add(form));
    this.draw();
    // select2 tells of a choice by jQuery alone.
    django.jQuery(group).on("change", () => this.draw());
  }

  add(form) {
    const row = new Rangee(form, this);
    this.rows.push(row);
    this.body.append(row.line, row.panel);
    return row;
  }

  toggle(row) {
    const opened = !row.opened;
    this.rows.forEach((other) => { other.opened = other === row ? opened : other.opened && other.wrong(); });
    this.draw();
  }

  added(form) {
    this.toggle(this.add(form));
    form.querySelector(`.select2-selection, ${FIELDS}`)?.focus();
  }

  removed() {
    const here = (row) => row.form.isConnected;
    this.rows.filter((row) => !here(row)).forEach((row) => {
      row.line.remove();
      row.panel.remove();
    });
    this.rows = this.rows.filter(here);
    this.draw();
    this.group.querySelector(".add-row a").focus();
  }

  // A column that no row fills has nothing to tell.
  draw() {
    this.rows.forEach((row) => row.draw());
    this.table.hidden = !this.rows.length;
    this.titles.forEach((_, n) => {
      const cells = this.rows.map((row) => row.line.cells[n]);
      const filled = n === 0 || cells.some((cell) => cell.textContent);
      [this.head.cells[n], ...cells].forEach((cell) => { cell.hidden = !filled; });
    });
  }
}

// Which sections someone folded is kept by their browser, for the pages of that sort.
function rememberFolded() {
  const sort = location.pathname.replace(/\/[^/]+\/change\/$/, "/add/");
  document.querySelectorAll("details.section").forEach((section) => {
    const key = `replie:${sort}${section.querySelector("[id]").id}`;
    if (localStorage.getItem(key) && !section.querySelector(".errorlist")) section.open = false;
    section.addEventListener("toggle", () => {
      if (section.open) localStorage.removeItem(key);
      else localStorage.setItem(key, "1");
    });
  });
}

document.addEventListener("DOMContentLoaded", () => {
  rememberFolded();
  const tables = new Map();
  document.querySelectorAll(".rangees").forEach((group) => tables.set(group.id, new TableDesRangees(group)));
  // What is moved loses the focus.
  showFirstError();
  const tableOf = (prefix) => tables.get(`${prefix}-group`);
  document.addEventListener("formset:added", (event) => tableOf(event.detail.formsetName).added(event.target));
  // Django renumbers the rows that stay after it said that one went.
  document.addEventListener("formset:removed", (event) => {
    queueMicrotask(() => tableOf(event.detail.formsetName).removed());
  });
});

"use strict";

// A refusal is read where it stands: on the first field that it names.
function showFirstError() {
  document.querySelector("#content [aria-invalid='true']")?.focus();
}

function selectOf(label, options) {
  const select = document.createElement("select");
  select.setAttribute("aria-label", label);
  options.forEach(([value, text]) => select.add(new Option(text, value)));
  return select;
}

// Calendars of Django go from month to month: ours go to any, and the programme has ten years.
function chooseMonthAndYear(box) {
  const calendar = DateTimeShortcuts.calendars[box.id.replace("calendarbox", "")];
  const today = new Date().getFullYear();
  const years = Array.from({ length: 31 }, (_, n) => today - 15 + n);
  const month = selectOf("Mois", CalendarNamespace.monthsOfYear.map((name, n) => [n + 1, name]));
  const year = selectOf("Année", years.map((n) => [n, n]));
  const draw = calendar.drawCurrent.bind(calendar);
  calendar.drawCurrent = () => {
    draw();
    month.value = calendar.currentMonth;
    year.value = calendar.currentYear;
  };
  const go = () => calendar.drawDate(Number(month.value), Number(year.value));
  month.addEventListener("change", go);
  year.addEventListener("change", go);
  const choice = document.createElement("p");
  choice.className = "calendar-choice";
  choice.append(month, year);
  box.prepend(choice);
  calendar.drawCurrent();
}

function watchCalendars() {
  if (typeof DateTimeShortcuts === "undefined") return;
  const enrich = (node) => node.classList?.contains("calendarbox") && chooseMonthAndYear(node);
  document.querySelectorAll(".calendarbox").forEach(enrich);
  new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach(enrich)))
    .observe(document.body, { childList: true });
}

// Filters open one at a time, close when one goes elsewhere, and are searched when they are long; so does the
// list of what to record on a page of agents.
function ready(filter) {
  document.addEventListener("click", (event) => {
    if (!filter.contains(event.target)) filter.open = false;
  });
  filter.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    filter.open = false;
    filter.querySelector("summary").focus();
  });
  const search = filter.querySelector("input[type='search']");
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  search?.addEventListener("input", () => {
    filter.querySelectorAll("li").forEach((choice) => {
      choice.hidden = !plain(choice.textContent).includes(plain(search.value));
    });
  });
  filter.addEventListener("toggle", () => filter.open && search?.focus());
}

// select2 names the fields that it draws by what is chosen alone.
function nameFields() {
  document.querySelectorAll("#content form .select2-hidden-accessible").forEach((field) => {
    const title = field.labels[0];
    if (!title) return;
    title.id ||= `${field.id}_titre`;
    field.nextElementSibling.querySelectorAll("[role$='box']").forEach((drawn) => {
      drawn.setAttribute("aria-labelledby", `${title.id} select2-${field.id}-container`);
    });
  });
}

document.addEventListener("DOMContentLoaded", () => {
  showFirstError();
  watchCalendars();
  // After those of Django, which draw them when jQuery says that the page is ready, or a row added.
  window.django?.jQuery?.(nameFields);
  document.addEventListener("formset:added", nameFields);
  document.querySelectorAll("#changelist-filter details, .fiche-gestes").forEach(ready);
});

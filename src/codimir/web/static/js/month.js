// A small month to choose a day in: <div data-month="2026-12-04" data-today="2026-11-28" data-form="pick"> with buttons that
// send `change=due:<day>`, or, with data-writes, tell `daychosen`. Names, order and the first day of the week are those of
// the reader: of the browser's language where the page has the same one (en-US begins on Sunday), else of the page's.
import { h, mount, t, targetOf } from "./dom.js";

const page = document.documentElement.lang || "en";
const LOCALE = navigator.languages?.find((one) => one.split("-")[0] === page) ?? page;
const utc = (year, month, day = 1) => new Date(Date.UTC(year, month, day));
const iso = (day) => day.toISOString().slice(0, 10);
const says = (options) => new Intl.DateTimeFormat(LOCALE, { timeZone: "UTC", ...options });

/** Give the first day of the week, 1 for Monday to 7 for Sunday. */
function firstOfWeek() {
  const locale = new Intl.Locale(LOCALE);
  return (locale.getWeekInfo?.() ?? locale.weekInfo)?.firstDay ?? 1;
}

/** Give the days that stand in the table of a month: whole weeks. */
export function daysOf(year, month, first) {
  const start = utc(year, month);
  const before = (start.getUTCDay() - first + 7) % 7;
  const length = utc(year, month + 1, 0).getUTCDate();
  return Array.from({ length: Math.ceil((before + length) / 7) * 7 }, (_, at) => utc(year, month, 1 - before + at));
}

function draw(place, year, month, focus = "") {
  const { month: chosen, today, form } = place.dataset;
  const first = firstOfWeek(),
    days = daysOf(year, month, first),
    shown = utc(year, month);
  const turn = (step, name, sign) =>
    h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": t(name),
        onclick: (event) => {
          event.stopPropagation();
          draw(place, shown.getUTCFullYear(), shown.getUTCMonth() + step);
          place.querySelectorAll(".month-head button")[step < 0 ? 0 : 1].focus();
        },
      },
      sign,
    );
  const head = h(
    "div",
    { class: "month-head" },
    turn(-1, "previousMonth", "‹"),
    h("span", { class: "grow", "aria-live": "polite" }, says({ month: "long", year: "numeric" }).format(shown)),
    turn(1, "nextMonth", "›"),
  );
  const names = days
    .slice(0, 7)
    .map((day) => h("span", { class: "month-name", "aria-hidden": "true" }, says({ weekday: "narrow" }).format(day)));
  const buttons = days.map((day) =>
    h(
      "button",
      {
        class: "month-day",
        ...(form ? { form, name: "change", value: `due:${iso(day)}` } : { type: "button", value: iso(day) }),
        "data-other": day.getUTCMonth() !== shown.getUTCMonth(),
        "aria-current": iso(day) === today ? "date" : false,
        "aria-pressed": String(iso(day) === chosen),
        "aria-label": says({ dateStyle: "full" }).format(day),
      },
      String(day.getUTCDate()),
    ),
  );
  place.replaceChildren(head, h("div", { class: "month-days" }, ...names, ...buttons));
  buttons.find((button) => button.value.endsWith(focus) && focus)?.focus();
}

/** Show the month of a day that is chosen, or of another day; where there is neither, that of today. */
export function showMonth(place, chosen, other = "") {
  place.dataset.month = chosen;
  const [year, month] = (chosen || other || place.dataset.today).split("-").map(Number);
  draw(place, year, month - 1);
}

/** Return a day such as 2026-12-04 as the reader writes it: 4 Dec 2026. */
export function dayInWords(day) {
  return says({ dateStyle: "medium" }).format(new Date(`${day}T00:00:00Z`));
}

mount("[data-month]", (place) => {
  showMonth(place, place.dataset.month);
  place.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key];
    const from = targetOf(event).closest(".month-day");
    if (!step || !from) return;
    event.preventDefault();
    event.stopPropagation();
    const rtl = getComputedStyle(place).direction === "rtl" && Math.abs(step) === 1;
    const [y, m, d] = from.value.slice(-10).split("-").map(Number);
    const to = utc(y, m - 1, d + (rtl ? -step : step));
    draw(place, to.getUTCFullYear(), to.getUTCMonth(), iso(to));
  });
});

// A stretch of days, first and last: <div data-days> around two <input type="date">, which stand alone without this, and a
// month. Each day becomes a button with its date in words; the month sets the one that is pressed, and goes on to the other.
import { get, h, mount, t, targetOf } from "./dom.js";
import { dayInWords, showMonth } from "./month.js";

mount("[data-days]", (place) => {
  const month = get("[data-month]", place);
  const ends = [...place.querySelectorAll("input[type=date]")].map(buttonFor);
  let current = ends.find((end) => !end.input.value) ?? ends[0];

  const set = (end, day) => {
    end.input.value = day;
    showEnds();
  };
  const goTo = (end) => {
    current = end;
    showEnds();
    showMonth(month, end.input.value, ends.map((each) => each.input.value).find(Boolean));
  };
  const showEnds = () => {
    for (const { button, clear, input, name } of ends) {
      const said = input.value ? dayInWords(input.value) : t("anyDay");
      button.textContent = said;
      button.setAttribute("aria-label", `${name}: ${said}`);
      button.setAttribute("aria-pressed", String(input === current.input));
      clear.hidden = !input.value;
    }
  };
  for (const end of ends) {
    end.button.addEventListener("click", () => goTo(end));
    end.clear.addEventListener("click", () => {
      set(end, "");
      goTo(end);
      end.button.focus();
    });
  }
  month.addEventListener("click", (event) => {
    const day = targetOf(event).closest(".month-day")?.value;
    if (!day) return;
    event.stopPropagation(); // the day is drawn anew, so nobody could tell any more that it was inside the menu
    set(current, day);
    goTo(ends.find((end) => !end.input.value) ?? current);
    month.querySelector(`[value="${day}"]`)?.focus();
  });
  month.hidden = false;
  goTo(current);
});

function buttonFor(input) {
  const name = input.labels[0].textContent.trim();
  const button = h("button", { type: "button", class: "day-button" });
  const clear = h("button", { type: "button", class: "icon-button", "aria-label": `${name}: ${t("remove")}` }, "×");
  input.labels[0].replaceWith(
    h("div", { class: "day-line" }, h("span", { "aria-hidden": "true" }, name), button, clear, input),
  );
  input.type = "hidden";
  return { input, name, button, clear };
}

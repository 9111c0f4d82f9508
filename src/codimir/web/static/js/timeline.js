// Draws a table of days as lines, in the colours of the tokens; without it the columns that the server drew stay.
import { mount } from "./dom.js";
import { uPlot } from "./vendor.js";

const HEIGHT = 220;

function draw(place) {
  const rows = [...document.querySelectorAll(`#${place.dataset.timeline} tbody tr`)];
  const days = rows.map((row) => Date.parse(row.dataset.day ?? "") / 1000);
  const numbers = (at) => rows.map((row) => Number(row.cells[at].textContent));
  const names = new Map(rows.map((row, at) => [days[at], row.cells[0].textContent]));
  const colour = (name) => {
    place.style.color = `var(${name})`;
    const found = getComputedStyle(place).color;
    place.style.color = "";
    return found;
  };
  const axis = {
    stroke: colour("--text-quiet"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
    font: "12px system-ui",
  };
  const line = (name, token) => ({ label: name, stroke: colour(token), width: 2, points: { show: false } });
  const options = {
    width: place.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false },
    scales: { x: { time: false }, y: { range: (_, _low, high) => [0, Math.max(4, high * 1.1)] } },
    axes: [
      {
        ...axis,
        size: 30,
        grid: { show: false },
        splits: () => days.filter((_, at) => at % Math.ceil((days.length * 90) / place.clientWidth) === 0),
        values: (_, at) => at.map((day) => names.get(day) ?? ""),
      },
      { ...axis, size: 44 },
    ],
    series: [{}, line("", "--accent"), line("", "--status-done")],
  };
  place.replaceChildren();
  const Chart = uPlot();
  if (!Chart) throw new Error("what draws lines is not on this page");
  return new Chart(options, [days, numbers(1), numbers(2)], place);
}

mount("[data-timeline]", (place) => {
  let chart = draw(place);
  const again = () => {
    chart.destroy();
    chart = draw(place);
  };
  new ResizeObserver(() => chart.setSize({ width: place.clientWidth, height: HEIGHT })).observe(place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
});

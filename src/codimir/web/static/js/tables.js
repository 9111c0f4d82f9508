// A table of a text that is wider than its place is scrolled by keys too: then, and only then, the focus stops there.
import { mount } from "./dom.js";

const watching = new ResizeObserver((sizes) => {
  for (const { target } of sizes) {
    if (target.scrollWidth > target.clientWidth) target.setAttribute("tabindex", "0");
    else target.removeAttribute("tabindex");
  }
});
mount(".prose .table", (box) => watching.observe(box));

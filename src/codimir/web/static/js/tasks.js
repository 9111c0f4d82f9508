// The tasks of a text are ticked where they stand, by who may edit it: the server changes that one box of it and nothing else.
import { delegate, getAround, mount, t } from "./dom.js";
import { sayError } from "./errors.js";
import { refreshTicket } from "./ticket.js";
import { toast } from "./toast.js";

mount("[data-tasks]", (text) => {
  for (const box of text.querySelectorAll("input[data-line]")) box.disabled = false;
});

delegate("change", "[data-tasks] input[data-line]", async (_event, box) => {
  const { tasks = "", seen = "", address = "" } = getAround(box, "[data-tasks]").dataset;
  const body = new URLSearchParams({
    text: tasks,
    line: box.dataset.line ?? "",
    done: box.checked ? "yes" : "no",
    seen,
  });
  const reply = await fetch(address, { method: "POST", body, headers: { "hx-request": "true" } }).catch(() => null);
  if (!reply?.ok) box.checked = !box.checked;
  if (!reply) toast(t("noConnection"), { problem: true });
  else {
    if (!reply.ok) sayError(await reply.text());
    await refreshTicket();
  }
});

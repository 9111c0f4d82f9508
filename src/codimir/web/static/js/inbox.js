// The inbox: opening a ticket reads what was told of it, and `e` marks it as read.
import { request } from "./api.js";
import { delegate, t } from "./dom.js";
import { register } from "./keys.js";
import { currentRow } from "./rows.js";
import { showUnread } from "./unread.js";

async function markRead(topic) {
  const ids = topic.dataset.unread.split(" ").filter(Boolean);
  if (!ids.length) return;
  topic.dataset.unread = "";
  topic.classList.remove("is-unread");
  topic.querySelector(".topic-mark")?.remove();
  topic.querySelector(".topic-dot")?.replaceChildren();
  const { data } = await request("POST", "/api/notifications/read", { ids });
  showUnread(data.unread);
}

delegate("click", ".topic [data-reads]", (_event, link) => {
  markRead(link.closest(".topic"));
});
delegate("click", ".topic [data-marks]", (event, button) => {
  event.preventDefault();
  markRead(button.closest(".topic"));
});
const here = () => currentRow()?.closest(".topic");
register("e", () => markRead(here()), { label: t("markRead"), group: t("lists"), when: here });

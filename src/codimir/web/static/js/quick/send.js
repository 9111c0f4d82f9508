// What the line of a new ticket asks of the server.
import { request, send } from "../api.js";
import { setCookie } from "../cookies.js";
import { t } from "../dom.js";
import { toast } from "../toast.js";

/** Fetch what a line means, drawn by the server; null when it cannot be had. */
export async function fetchMeaning(text, project) {
  const options = { method: "POST", body: new URLSearchParams({ text, project }), headers: { "hx-request": "true" } };
  const reply = await send("/tickets/new/preview", options).catch(() => null);
  if (!reply?.ok) return null;
  return new DOMParser().parseFromString(await reply.text(), "text/html").body.childNodes;
}

/** Create a ticket with its files and labels that are new and return it; a project is kept as the one to propose next. Throws as `request` does. */
export async function createTicket({ text, description, files, project, workspace }) {
  const place = project ? { projectId: project } : { workspaceId: workspace };
  const body = { text, description: description || null, makesLabels: true, ...place };
  const { data } = await request("POST", "/api/tickets/quick", body);
  if (project) setCookie("codimir.project", project);
  for (const file of files) await attach(data.id, file);
  return data;
}

async function attach(ticket, file) {
  const body = new FormData();
  body.append("file", file, file.name || "image.png");
  const reply = await send(`/api/tickets/${ticket}/attachments`, { method: "POST", body });
  if (!reply.ok) toast(t("fileFailed", { name: file.name }), { problem: true });
}

// Starts what every page has. One small module for each behaviour, attached by data- attributes.
import "./vendor.js";
import { mount } from "./dom.js";
import "./drawer.js";
import "./keys.js";
import "./help.js";
import "./menu.js";
import "./dialog.js";
import "./toast.js";
import "./panel.js";
import "./rows.js";
import "./selection.js";
import "./pick.js";
import "./view.js";
import "./theme.js";
import "./editor.js";
import "./ticket.js";
import "./tasks.js";
import "./tables.js";
import "./drafts.js";
import "./session.js";
import "./watching.js";
import "./unread.js";
import "./offline.js";
import "./errors.js";
import "./copy.js";
import "./quick.js";
import "./palette.js";
import "./mention.js";

// What few pages show is asked for when it is there.
mount("[data-month]", () => import("./month.js"));
mount("[data-days]", () => import("./days.js"));

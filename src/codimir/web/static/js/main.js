// Starts what every page has. One small module for each behaviour, attached by data- attributes.
import "./htmx-settings.js";
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
import "./offline.js";
import "./errors.js";

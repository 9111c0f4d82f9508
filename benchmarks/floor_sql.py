"""The statements of the floor, as one writes them by hand for SQLite."""

TICKET = """
    t.id, t.title, t.description, t.key, t.type, t.status, t.priority, t.stage, t.project_id, t.workspace_id,
    t.assignee_id, t.reporter_id, t.group_id, t.due_date, t.completed_at, t.created_at, t.updated_at,
    a.id, a.name, a.email, a.image, r.id, r.name, r.email, r.image,
    t.comment_count, t.attachment_count, t.time_log_count"""
PEOPLE = "LEFT JOIN users a ON a.id = t.assignee_id LEFT JOIN users r ON r.id = t.reporter_id"
VISIBLE = "t.deleted_at IS NULL AND +t.container_id IN (SELECT value FROM json_each(?))"

SESSION = """
    SELECT u.id, u.name, u.role, s.expires_at, w.id, m.role
    FROM sessions s JOIN users u ON u.id = s.user_id
    LEFT JOIN workspace_members m ON m.user_id = u.id
    LEFT JOIN workspaces w ON w.id = m.workspace_id AND w.deleted_at IS NULL
    WHERE s.token_hash = ? AND u.disabled_at IS NULL
    ORDER BY m.created_at, w.id"""
CONTAINERS = """
    SELECT p.id
    FROM projects p JOIN workspace_members m ON m.workspace_id = p.workspace_id AND m.user_id = ?1
    LEFT JOIN project_members pm ON pm.project_id = p.id AND pm.user_id = ?1
    WHERE p.deleted_at IS NULL AND (p.visibility = 'public' OR m.role <= 1 OR pm.user_id IS NOT NULL)
    UNION ALL SELECT workspace_id FROM workspace_members WHERE user_id = ?1"""
PROJECT = """
    SELECT p.id, p.key, p.workspace_id
    FROM projects p JOIN workspace_members m ON m.workspace_id = p.workspace_id AND m.user_id = ?1
    LEFT JOIN project_members pm ON pm.project_id = p.id AND pm.user_id = ?1
    WHERE p.id = ?2 AND p.deleted_at IS NULL AND (p.visibility = 'public' OR m.role <= 1 OR pm.user_id IS NOT NULL)"""

COUNT_IN_PROJECT = "SELECT count(*) FROM tickets WHERE deleted_at IS NULL AND container_id = ? AND status = ?"
COUNT = """
    SELECT count(*) FROM tickets
    WHERE deleted_at IS NULL AND container_id IN (SELECT value FROM json_each(?))"""
PAGE_IN_PROJECT = f"""
    SELECT {TICKET}
    FROM (
        SELECT id FROM tickets WHERE deleted_at IS NULL AND container_id = ? AND status = ?
        ORDER BY updated_at DESC, id DESC LIMIT ? OFFSET ?
    ) page JOIN tickets t ON t.id = page.id {PEOPLE}
    ORDER BY t.updated_at DESC, t.id DESC"""
PAGE = f"""
    SELECT {TICKET}
    FROM (
        SELECT t.id FROM tickets t WHERE {VISIBLE} AND t.workspace_id = ?
        ORDER BY t.updated_at DESC, t.id DESC LIMIT ? OFFSET ?
    ) page JOIN tickets t ON t.id = page.id {PEOPLE}
    ORDER BY t.updated_at DESC, t.id DESC"""
TAGS = """
    SELECT tl.ticket_id, l.id, l.name, l.color FROM ticket_labels tl JOIN labels l ON l.id = tl.label_id
    WHERE tl.ticket_id IN (SELECT value FROM json_each(?)) ORDER BY l.name_key, l.id"""

DETAILS = f"""
    SELECT {TICKET},
        p.id, p.name, p.description, p.key, p.status, p.visibility, p.workspace_id, p.owner_id, p.created_at,
        p.updated_at, w.id, w.name, w.slug, w.created_at, w.updated_at,
        g.id, g.name, g.description, g.workspace_id, g.created_at, g.updated_at, pm.role
    FROM tickets t {PEOPLE} JOIN workspaces w ON w.id = t.workspace_id
    LEFT JOIN projects p ON p.id = t.project_id LEFT JOIN groups g ON g.id = t.group_id
    LEFT JOIN project_members pm ON pm.project_id = t.project_id AND pm.user_id = ?
    WHERE t.id = ? AND t.deleted_at IS NULL"""
LABELS = """
    SELECT l.id, l.name, l.color, l.project_id, l.workspace_id FROM ticket_labels tl JOIN labels l ON l.id = tl.label_id
    WHERE tl.ticket_id = ? ORDER BY l.name_key, l.id"""
COMMENTS = """
    SELECT c.id, c.content, c.ticket_id, c.author_id, c.created_at, c.updated_at, u.id, u.name, u.email, u.image
    FROM comments c JOIN users u ON u.id = c.author_id
    WHERE c.ticket_id = ? AND c.deleted_at IS NULL ORDER BY c.created_at, c.id"""

SEARCH = f"""
    SELECT d.ticket_id, s.title, s.key, s.description
    FROM ticket_search s JOIN search_documents d ON d.id = s.rowid JOIN tickets t ON t.id = d.ticket_id
    WHERE ticket_search MATCH ? AND {VISIBLE} ORDER BY s.rowid DESC LIMIT ?"""
FOUND = f"SELECT {TICKET} FROM tickets t {PEOPLE} WHERE t.id IN (SELECT value FROM json_each(?))"
LIVE_IN = "deleted_at IS NULL AND container_id IN (SELECT value FROM json_each(?3))"
KINDS = "ix_tickets_live_container_status_priority_type"
OWN_SCHEMA = (
    f"CREATE INDEX IF NOT EXISTS {KINDS} ON tickets (container_id, status, priority, type) WHERE deleted_at IS NULL",
    "DROP TRIGGER IF EXISTS count_new_ticket",
)
"""The floor counts in an index, where Codimir keeps counters by triggers."""
STATISTICS = f"""
    SELECT status, priority, type, count(*), 0, 0, 0, 0
    FROM tickets INDEXED BY {KINDS} WHERE {LIVE_IN} GROUP BY 1, 2, 3
    UNION ALL SELECT 0, 0, 0, 0, count(*), 0, 0, 0 FROM tickets WHERE {LIVE_IN} AND due_date < ?1 AND +status < 4
    UNION ALL SELECT 0, 0, 0, 0, 0, count(*), 0, 0 FROM tickets WHERE {LIVE_IN} AND created_at BETWEEN ?2 AND ?1
    UNION ALL SELECT 0, 0, 0, 0, 0, 0, count(*), sum((julianday(completed_at) - julianday(created_at)) * 86400.0)
    FROM tickets WHERE {LIVE_IN} AND completed_at BETWEEN ?2 AND ?1"""

NEXT_NUMBER = "UPDATE projects SET ticket_counter = ticket_counter + 1 WHERE id = ? RETURNING ticket_counter"
NEXT_VERSION = "UPDATE workspaces SET version = version + 1 WHERE id = ? RETURNING version"
NEW_TICKET = """
    INSERT INTO tickets (id, workspace_id, project_id, number, key, title, title_sort, description, type, status,
        priority, stage, reporter_id, comment_count, attachment_count, time_log_count, created_at, updated_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, 0, 2, 0, ?9, 0, 0, 0, ?10, ?10)"""
NEW_EVENT = """
    INSERT INTO events (id, workspace_id, version, type, actor_id, project_id, ticket_id, subject_id, changes,
        batch_id, created_at)
    VALUES (?1, ?2, ?3, 'ticket.created', ?4, ?5, ?6, ?6, ?7, ?1, ?8)"""
NEW_DOCUMENT = "INSERT INTO search_documents (workspace_id, ticket_id) VALUES (?, ?) RETURNING id"
NEW_WORDS = """
    INSERT INTO ticket_search (rowid, place, title, key, description, comments) VALUES (?, ?, ?, ?, ?, '')"""

"""Mail: text messages by SMTP, sent outside of units of work and never waited for."""

"""The file of a case: notification, sections, agency requests and returns, chronology, documents, triage."""

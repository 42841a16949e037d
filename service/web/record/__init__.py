"""What the secretariat keeps: people, charter, decisions on the chair, tokens, audit."""

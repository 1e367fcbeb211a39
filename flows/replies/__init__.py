"""Understanding replies: `understand(question, text, context)` reads an answer, `read_command(text, ...)` a command."""

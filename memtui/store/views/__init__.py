"""Questions of screens, commands and MCP: nothing here writes."""

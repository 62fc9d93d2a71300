"""What comes from another tool or another machine, and what goes to one."""

"""Wiring the hooks into a client's settings, and telling whether they work."""

from memtui.install.plan import Applied, Plan, apply, plan_install, plan_uninstall

__all__ = ["Applied", "Plan", "apply", "plan_install", "plan_uninstall"]

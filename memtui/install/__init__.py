"""Wiring the hooks into clients, and telling whether they work."""

from memtui.install.clients import found
from memtui.install.plan import Applied, Plan, apply, plan_install, plan_uninstall

__all__ = ["Applied", "Plan", "apply", "found", "plan_install", "plan_uninstall"]

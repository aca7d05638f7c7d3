"""If-then conditions that agreements made beforehand: which hold, and which periods fire them? Pure."""

from kpiledger.triggers.firing import Firing, firings
from kpiledger.triggers.standing import StandingTrigger, standing_triggers

__all__ = ["Firing", "StandingTrigger", "firings", "standing_triggers"]

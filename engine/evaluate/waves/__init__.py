"""Waves of switches from today's strategies to a plan: which first, what each saves, what it does to stock and cash."""

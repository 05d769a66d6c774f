"""From a scenario to a certified plan: outcome, attribution, alternatives, reasons."""

"""Discrete-event simulation of a plan: orders, stocks, reservations and queues, and no formula of the model."""

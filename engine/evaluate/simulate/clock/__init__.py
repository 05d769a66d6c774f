"""What happens while the clock runs: orders, stocks, reservations, queues."""

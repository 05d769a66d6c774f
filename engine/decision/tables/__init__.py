"""What a plan is told in: costs by term, order points, calendars, books, pooling, reasons."""

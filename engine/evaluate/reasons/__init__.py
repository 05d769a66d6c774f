"""Why a product has its strategy: ledgers, limits, locks, and what a change of the plan comes from."""

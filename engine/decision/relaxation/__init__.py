"""Where no plan keeps all rules: which give way, and how far."""

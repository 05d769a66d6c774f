"""A scenario from Odoo's own exports: products, bills of materials, order lines, reordering rules."""

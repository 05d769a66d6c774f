"""A catalogue read and laid out: its tables, keys, groups and partitions on disk."""

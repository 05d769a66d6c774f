"""One partition decided: blocks of lone products, bundles of groups, the share that is certified."""

"""Files to cells and back: folders, CSV, workbooks, settings; written whole or not at all."""

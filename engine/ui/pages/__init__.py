"""One file per page; `app.py` lists them in its navigation."""

"""The app's entry for Streamlit: navigation, nothing else. Start it with `make run` or `codp app`."""

import streamlit as st

from engine.ui.icon import tab_icon
from engine.ui.language import language_switch, t
from engine.ui.navigation import PAGES


def main() -> None:
    """Draw what all pages share, then the page chosen."""
    st.set_page_config(page_icon=tab_icon(), layout="wide")
    pages = [
        st.Page(page.path, title=t(f"page.{page.name}"), url_path=page.name, default=page is PAGES[0]) for page in PAGES
    ]
    chosen = st.navigation(pages)
    with st.sidebar:
        language_switch()
    chosen.run()


if __name__ == "__main__":
    main()

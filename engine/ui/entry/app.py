"""The app as Streamlit runs it: navigation, nothing else.

It stands alone here: Streamlit makes its folder a place to import from, and reads `.streamlit/config.toml` beside it.
"""

import streamlit as st

from engine.ui.language import language_switch, t
from engine.ui.navigation import PAGES, wanted_page
from engine.ui.request import asked_page
from engine.ui.state.opened import link_trouble, open_link, write_link
from engine.ui.turns import in_turn
from engine.ui.views.icon import tab_icon
from engine.ui.views.style import style


@in_turn
def main() -> None:
    """Draw what all pages share, then the page chosen."""
    st.set_page_config(page_icon=tab_icon(), layout="wide")
    style()
    open_link()
    first = PAGES[0].name
    pages = {
        page.name: st.Page(
            page.path, title=t(f"page.{page.name}"), url_path="" if page.name == first else page.name,
            default=page.name == first,
        )
        for page in PAGES
    }  # fmt: skip
    # Streamlit serves the page opened first at "/" alone, and calls its own name an unknown page.
    by_name = st.Page(lambda: None, title=t(f"page.{first}"), url_path=first, visibility="hidden")
    chosen = asked_page([*pages.values(), by_name])
    wanted = wanted_page()
    if chosen is by_name:
        st.switch_page(pages[first], query_params=st.query_params.to_dict())
    if wanted:
        st.switch_page(pages[wanted])
    with st.sidebar:
        language_switch()
    reason = link_trouble()
    if reason:
        st.warning(t(f"link.{reason}"))
    chosen.run()
    write_link(chosen.url_path)


if __name__ == "__main__":
    main()

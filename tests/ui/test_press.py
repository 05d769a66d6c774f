"""A button counts whose run ends before it is drawn, once."""

from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from engine.ui.views.press import pressed

    if st.session_state.get("ends") == "early":
        st.session_state["ends"] = "late"
        st.rerun()
    if pressed("Begin", "begin"):
        st.session_state["begun"] = st.session_state.get("begun", 0) + 1


def test_a_press_counts_once_however_its_run_ends() -> None:
    app = AppTest.from_function(page).run()
    assert "begun" not in app.session_state
    app.button(key="begin").click().run()
    assert app.session_state["begun"] == 1
    app.session_state["ends"] = "early"
    app.button(key="begin").click().run()
    assert app.session_state["ends"] == "late"
    assert app.session_state["begun"] == 2
    assert app.run().session_state["begun"] == 2

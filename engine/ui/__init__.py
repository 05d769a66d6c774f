"""The app: pages, widgets, state, text in two languages. The only place that knows Streamlit."""

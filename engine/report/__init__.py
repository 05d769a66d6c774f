"""What people take away: tables, explanations, workbooks, pages. No Streamlit here."""

"""Outfold in a browser: the frame around the pages, and nothing else."""

import streamlit as st

from components import navigation, shell

st.set_page_config(page_icon=str(navigation.ROOT / "components" / "mark.svg"), layout="wide")
page, header = navigation.menu()
shell.frame(header)
with shell.boundary():
    page.run()

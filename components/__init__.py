"""All that Outfold knows about Streamlit, between the pages and the engine."""

"""What every page shares: the script Streamlit runs, the layout, settings in the URL, and the texts."""

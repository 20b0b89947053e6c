"""What answers over HTTP beside Streamlit's own routes."""

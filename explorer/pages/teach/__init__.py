"""The parts of the page for teachers: lesson plans, and the answers to all questions."""

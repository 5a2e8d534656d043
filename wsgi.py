"""What a WSGI server loads: ``gunicorn wsgi:app``."""

from dard.app import create_app

app = create_app()

"""Case management for Drug and Alcohol Related Death (DARD) review panels.

This module imports nothing, so that ``python3 -m dard`` can start in a bare checkout and make its own
environment (dard.bootstrap). The application is made by dard.app.create_app.
"""

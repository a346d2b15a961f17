"""Tellr, the AI slide generator. The program itself is native; see ``tellr_app.program``."""

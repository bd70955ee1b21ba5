"""The tables read and published, declared once."""

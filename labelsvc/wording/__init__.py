"""Wording: reads texts as a buyer would, whatever letters and breaks they are made of, and finds stars,
claims and foreign words in them. Pure. Used by the catalogue when texts are saved and by the law
check when they are printed.
"""

"""Finding: villages, producers and points of sale by what people type, for lists and forms."""

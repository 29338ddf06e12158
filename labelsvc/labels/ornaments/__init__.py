"""ornaments: turns drawings and pictures that somebody sends into paths of a layout."""

"""Sample data of Hanoi: invented people and firms, real villages and crafts."""

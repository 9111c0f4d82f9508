"""The tables, the values of their columns and the shapes that several rooms show: what everything above shares."""

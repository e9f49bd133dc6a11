"""An instructor's own material: what a course file may hold, how it is read and checked. Light."""

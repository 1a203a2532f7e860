"""Who changed what, when, from, to, why: one list over all traces that the system keeps."""

"""Actions assigned by the chair, tracked to closure, and the export of the tracker."""

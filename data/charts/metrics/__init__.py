"""Any metric of the catalogue as a chart: which one, the view says."""

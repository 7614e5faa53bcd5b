// CaffeLayers

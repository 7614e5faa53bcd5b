// CaffeReferenceEngine

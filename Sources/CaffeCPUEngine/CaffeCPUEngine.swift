// CaffeCPUEngine

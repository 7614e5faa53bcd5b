// CaffeSolvers

// Everything that a program which uses Caffe needs, by one `import Caffe`.
@_exported import CaffeCPUEngine
@_exported import CaffeCUDAEngine
@_exported import CaffeCore
@_exported import CaffeData
@_exported import CaffeDrawing
@_exported import CaffeHDF5
@_exported import CaffeLayers
@_exported import CaffeLint
@_exported import CaffeNet
@_exported import CaffeProto
@_exported import CaffeReferenceEngine
@_exported import CaffeReport
@_exported import CaffeRuns
@_exported import CaffeSolvers
@_exported import CaffeTensorBoard
@_exported import CaffeViews

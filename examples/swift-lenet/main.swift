import Caffe

print("caffe")

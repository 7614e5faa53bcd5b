/// This version of Caffe, by the rules of semantic versioning.
public let caffeVersion = "0.1.0"

"""One side of a comparison in a process of its own: PyTorch, PyTorch frozen, ONNX Runtime or OpenCV.

Prints `ready`, then, for each line `N` that it reads, the milliseconds of each of N iterations, and at the end its peak memory in MiB.
"""

import argparse
import os
import pathlib
import resource
import sys
import tempfile
import time
import warnings

warnings.filterwarnings("ignore")

import torch
import torch_models


def torch_forward(model, data, options):
    model.eval()

    def step():
        with torch.inference_mode():
            model(data)

    return step


def torch_frozen(model, data, options):
    with torch.inference_mode():
        traced = torch.jit.freeze(torch.jit.trace(model.eval(), data))
        optimized = torch.jit.optimize_for_inference(traced)

    def step():
        with torch.inference_mode():
            optimized(data)

    return step


def torch_train(model, data, options):
    criterion = torch.nn.CrossEntropyLoss()
    labels = torch.randint(0, 1000, (options.batch,))
    model.train()

    def step():
        model.zero_grad()
        criterion(model(data), labels).backward()

    return step


def torch_update(model, data, options):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.001, momentum=0.9, weight_decay=0.0005)
    train = torch_train(model, data, options)

    def step():
        train()
        optimizer.step()

    return step


class OnnxNorm(torch.autograd.Function):
    """ONNX has an operation for local response normalisation; PyTorch exports its own as several with a branch that OpenCV can't read."""

    @staticmethod
    def forward(_, values, size, alpha, beta, k):
        return torch.nn.functional.local_response_norm(values, size, alpha, beta, k)

    @staticmethod
    def symbolic(graph, values, size, alpha, beta, k):
        return graph.op("LRN", values, size_i=size, alpha_f=alpha, beta_f=beta, bias_f=k)


class ExportedNorm(torch.nn.Module):
    def __init__(self, norm):
        super().__init__()
        self.settings = (norm.size, norm.alpha, norm.beta, norm.k)

    def forward(self, values):
        return OnnxNorm.apply(values, *self.settings)


def exported(model, data):
    for index, layer in enumerate(model):
        if isinstance(layer, torch.nn.LocalResponseNorm):
            model[index] = ExportedNorm(layer)
    path = pathlib.Path(tempfile.mkdtemp(prefix="caffe-benchmark-")) / "net.onnx"
    torch.onnx.export(model.eval(), (data,), str(path), dynamo=False, input_names=["data"], output_names=["scores"])
    return path


def onnx_forward(model, data, options):
    import onnxruntime

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = options.threads
    path = exported(model, data)
    session = onnxruntime.InferenceSession(str(path), settings, providers=["CPUExecutionProvider"])
    path.unlink()
    values = data.numpy()
    return lambda: session.run(None, {"data": values})


def opencv_forward(model, data, options):
    import cv2

    cv2.setNumThreads(options.threads)
    path = exported(model, data)
    net = cv2.dnn.readNetFromONNX(str(path))
    path.unlink()
    values = data.numpy()

    def step():
        net.setInput(values)
        net.forward()

    return step


SIDES = {
    "torch": torch_forward, "torch-frozen": torch_frozen, "torch-train": torch_train, "torch-update": torch_update,
    "onnx": onnx_forward, "opencv": opencv_forward,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("side", choices=SIDES)
    parser.add_argument("--net", required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    options = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(options.threads)
    size = torch_models.image_size(options.net)
    data = torch.rand(options.batch, 3, size, size)
    step = SIDES[options.side](torch_models.model(options.net), data, options)
    for _ in range(2):
        step()
    print("ready", flush=True)
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            begin = time.perf_counter()
            step()
            times.append((time.perf_counter() - begin) * 1000)
        print(*times, flush=True)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, flush=True)


if __name__ == "__main__":
    main()

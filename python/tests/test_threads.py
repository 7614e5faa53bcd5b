"""Threads, many nets, and the library's settings."""

import os
import subprocess
import sys
import threading
import unittest
import warnings

import numpy as np

import caffe
from support import convolution_net


def resident():
    """The bytes of memory that this process holds."""
    with open("/proc/self/statm") as stream:
        return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Threads(unittest.TestCase):
    def run_all(self, functions):
        errors = []

        def guarded(function):
            try:
                function()
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=guarded, args=(function,)) for function in functions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(errors, [])

    def test_several_nets_at_once(self):
        nets = [convolution_net() for _ in range(4)]
        for net in nets[1:]:
            for name in net.params:
                for target, source in zip(net.params[name], nets[0].params[name]):
                    target.data[...] = source.data
        values = np.random.RandomState(1).rand(2, 3, 8, 8)
        expected = nets[0].forward(data=values)["prob"].copy()

        def work(net):
            for _ in range(50):
                np.testing.assert_allclose(net.forward(data=values)["prob"], expected, rtol=1e-5)

        self.run_all([lambda net=net: work(net) for net in nets])

    def test_one_net_from_several_threads(self):
        net = convolution_net()

        def work(number):
            for _ in range(30):
                net.blobs["data"].data[...] = number
                self.assertEqual(net.forward()["prob"].shape[1], 5)
                net.blobs["data"].reshape(1 + number % 2, 3, 8, 8)

        self.run_all([lambda number=number: work(number) for number in range(4)])

    def test_errors_belong_to_their_thread(self):
        def work(name):
            for _ in range(50):
                try:
                    caffe.Net("/missing/" + name, caffe.TEST)
                except caffe.CaffeError as error:
                    self.assertEqual(error.file, "/missing/" + name)

        self.run_all([lambda name=name: work(name) for name in "abcd"])

    def test_python_goes_on_while_a_net_computes(self):
        solver = caffe.SGDSolver.from_prototxt(
            """
            base_lr: 0.01 lr_policy: "fixed" max_iter: 1
            train_net_param {
              layer { name: "d" type: "DummyData" top: "x" top: "y"
                dummy_data_param { shape { dim: 64 dim: 512 } shape { dim: 64 dim: 512 } } }
              layer { name: "a" type: "InnerProduct" bottom: "x" top: "a" inner_product_param { num_output: 512 } }
              layer { name: "l" type: "EuclideanLoss" bottom: "a" bottom: "y" top: "l" }
            }
            """
        )
        count = [0]
        thread = threading.Thread(target=lambda: solver.step(60))
        thread.start()
        while thread.is_alive():
            count[0] += 1
        thread.join()
        self.assertGreater(count[0], 100)


class Memory(unittest.TestCase):
    def test_ten_thousand_nets_leave_nothing(self):
        text = """
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 16 dim: 256 } } }
        layer { name: "ip" type: "InnerProduct" bottom: "x" top: "y" inner_product_param { num_output: 16 } }
        """
        total = int(os.environ.get("CAFFE_TEST_NETS", "10000"))

        def work(count):
            for _ in range(count):
                net = caffe.Net.from_prototxt(text, caffe.TEST)
                net.blobs["x"].data[...] = 1
                net.forward()
                net.params["ip"][0].data

        work(total // 10)
        before = resident()
        work(total)
        self.assertLess(resident() - before, 8 << 20)


class Settings(unittest.TestCase):
    def test_seeds(self):
        def weights():
            net = convolution_net()
            return [net.params["conv"][0].data.copy() for net in (net, convolution_net())]

        caffe.set_random_seed(7)
        first = weights()
        caffe.set_random_seed(7)
        second = weights()
        self.assertEqual([one.tolist() for one in first], [two.tolist() for two in second])
        self.assertNotEqual(first[0].tolist(), first[1].tolist())
        caffe.set_random_seed(-1)

    def test_layer_types(self):
        names = caffe.layer_type_list()
        self.assertEqual(names, sorted(names))
        self.assertTrue({"Convolution", "Data", "Python"} <= set(names))

    def test_a_missing_gpu_is_an_error(self):
        program = (
            "import caffe\n"
            "caffe.set_mode_cpu()\n"
            "for call in (caffe.set_mode_gpu, lambda: caffe.set_device(0)):\n"
            "    try:\n"
            "        call()\n"
            "    except caffe.CaffeError as error:\n"
            "        print(error.code, 'CAFFE_CUDA_PATH' in str(error))\n"
        )
        environment = dict(os.environ, CAFFE_CUDA_PATH="/nowhere/libcuda.so.1")
        answer = subprocess.check_output([sys.executable, "-c", program], env=environment).split()
        self.assertEqual(answer, [b"unsupported", b"True"] * 2)

    def test_the_log_can_be_taken(self):
        lines = []
        caffe.set_log(lambda level, file, line, message: lines.append((level, file, message)), 0)
        try:
            convolution_net()
            caffe.log("own words")
        finally:
            caffe.init_log(1)
        self.assertIn((0, "net.cpp", "Network initialization done."), lines)
        self.assertEqual(lines[-1][2], "own words")

    def test_solvers_and_timers(self):
        self.assertEqual((caffe.solver_count(), caffe.solver_rank(), caffe.has_nccl()), (1, 0, False))
        with self.assertRaises(RuntimeError):
            caffe.set_solver_count(2)
        timer = caffe.Timer()
        timer.start()
        timer.stop()
        self.assertTrue(0 <= timer.ms < 1000)
        caffe.set_threads(1)
        caffe.set_threads(0)
        with self.assertRaises(caffe.CaffeError):
            caffe.set_threads(-2)

    def test_old_module_names(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            from caffe import _caffe, pycaffe

        self.assertIs(pycaffe.Net, caffe.Net)
        self.assertIs(_caffe.Net, caffe.Net)


if __name__ == "__main__":
    unittest.main()

"""Solvers and trainings."""

import os
import signal
import subprocess
import sys
import threading
import unittest

import caffe
from support import FolderTest, solver_text


class Solvers(FolderTest):
    def solver(self, kind=caffe.SGDSolver, **keywords):
        return kind(self.file("solver.prototxt", solver_text(self.file("s"), **keywords)))

    def test_solving(self):
        solver = self.solver()
        self.assertEqual((solver.iter, len(solver.test_nets)), (0, 1))
        solver.solve()
        self.assertEqual(solver.iter, 40)
        weight, bias = (float(blob.data.flat[0]) for blob in solver.net.params["line"])
        self.assertAlmostEqual(weight, 3, delta=0.1)
        self.assertAlmostEqual(bias, 2, delta=0.1)
        self.assertEqual(solver.test_nets[0].params["line"][0].data[0, 0], solver.net.params["line"][0].data[0, 0])
        self.assertLess(solver.test()[0]["loss"], 0.1)

    def test_every_rule_has_its_class(self):
        for name in ("SGD", "Nesterov", "AdaGrad", "RMSProp", "AdaDelta", "Adam", "AdamW"):
            extra = {"RMSProp": ' rms_decay: 0.9', "AdaDelta": " momentum: 0.9 delta: 1e-6"}.get(name, "")
            text = solver_text(self.file("s")).replace("base_lr: 0.3", "base_lr: 0.01") + extra
            kind = getattr(caffe, name + "Solver")
            self.file("typed.prototxt", text + ' type: "%s"' % name)
            self.assertIs(type(caffe.get_solver(self.file("typed.prototxt"))), kind)
            solver = kind(self.file("plain.prototxt", text))
            solver.step(3)
            self.assertEqual((solver.iter, solver.param.type), (3, name))

    def test_snapshots(self):
        first = self.solver()
        first.step(5)
        state = first.snapshot()
        self.assertTrue(os.path.exists(state) and state.endswith("_iter_5.solverstate"))
        second = self.solver()
        second.restore(state)
        self.assertEqual(second.iter, 5)
        third = self.solver()
        third.solve(state)
        self.assertEqual(third.iter, 40)
        with self.assertRaises(caffe.CaffeError):
            second.restore(self.file("none.solverstate"))

    def test_the_rate_and_the_message(self):
        solver = self.solver()
        self.assertEqual((solver.param.max_iter, solver.param.display), (40, 5))
        self.assertAlmostEqual(solver.lr, 0.3, places=6)
        solver.param.base_lr = 0.1
        self.assertAlmostEqual(solver.lr, 0.1, places=6)
        with self.assertRaises(AttributeError):
            solver.param.max_iter = 3
        line = solver.net.params["line"][0]
        line.data[...] = 0
        line.diff[...] = 1
        solver.apply_update()
        self.assertAlmostEqual(float(line.data[0, 0]), -0.1, places=6)

    def test_callbacks(self):
        solver = self.solver()
        seen = []
        solver.add_callback(lambda: seen.append("start"), lambda: seen.append("gradients"))
        solver.add_callback(caffe.NCCL(solver, caffe.NCCL.new_uid()))
        solver.step(2)
        self.assertEqual(seen, ["start", "gradients"] * 2)
        solver.add_callback(lambda: 1 / 0, lambda: None)
        with self.assertRaises(ZeroDivisionError):
            solver.step(1)
        self.assertEqual(solver.iter, 2)

    def test_gradients_can_be_changed(self):
        solver = self.solver()
        blob = solver.net.params["line"][0]
        start = float(blob.data[0, 0])
        solver.add_callback(lambda: None, lambda: blob.diff.fill(0))
        solver.step(3)
        self.assertEqual(float(blob.data[0, 0]), start)

    def test_following_a_training(self):
        metrics = list(caffe.train(self.solver(), every=15))
        self.assertEqual([step.iteration for step in metrics], [15, 30, 40])
        self.assertLess(metrics[-1].loss, metrics[0].loss)
        self.assertEqual(sorted(metrics[0].tests), [0])
        self.assertIn("loss", metrics[0].outputs)
        solver = self.solver()
        for step in caffe.train(solver, every=10):
            break
        self.assertEqual(solver.iter, 10)

    def test_nets_outlive_their_solver(self):
        solver = self.solver()
        net = solver.net
        del solver
        self.assertGreater(net.forward()["loss"], 0)

    def test_what_is_wrong_is_said(self):
        with self.assertRaisesRegex(caffe.CaffeError, "base_lr"):
            caffe.SGDSolver(self.file("bad.prototxt", solver_text(self.file("s")).replace("base_lr: 0.3", "")))
        with self.assertRaisesRegex(caffe.CaffeError, "Magic"):
            caffe.get_solver(self.file("bad.prototxt", solver_text(self.file("s")) + ' type: "Magic"'))
        with self.assertRaises(caffe.CaffeError):
            self.solver().step(-1)

    def test_ctrl_c_stops_with_a_snapshot(self):
        file = self.file("long.prototxt", solver_text(self.file("s"), iterations=100000000, snapshots="true"))
        program = "import caffe\nsolver = caffe.get_solver(%r)\nprint('on', flush=True)\nsolver.solve()\n" % file
        process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(process.stdout.readline(), b"on\n")
        timer = threading.Timer(0.5, process.send_signal, [signal.SIGINT])
        timer.start()
        _, errors = process.communicate(timeout=60)
        self.assertIn(b"KeyboardInterrupt", errors)
        states = [name for name in os.listdir(self.folder) if name.endswith(".solverstate")]
        self.assertEqual(len(states), 1)


if __name__ == "__main__":
    unittest.main()

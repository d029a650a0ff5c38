"""Times PyTorch at the jobs of benchmarks/gpu.sh and writes them as CSV: workload, network, batch, precision, ms, peak bytes.

usage: gpu_torch.py OUT.csv NETWORKS BATCHES      as in: resnet18,vgg16 1,8
"""

import statistics
import sys
import time

import torch
import torchvision

WARM_UP, ROUNDS, SIDE, CLASSES, SIZE = 4, 11, 224, 1000, 0.1
DEVICE = "cuda"


class LearnedRectifier(torch.autograd.Function):
    """max(x, 0), which sends back u * sigmoid(theta + x)."""

    @staticmethod
    def forward(ctx, x, theta):
        ctx.save_for_backward(x, theta)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, upstream):
        x, theta = ctx.saved_tensors
        return upstream * torch.sigmoid(theta + x.detach()), None


class Rectifiers:
    """Stands for every rectifier of a network: plain ones, or with a rule that has one parameter per activation."""

    def __init__(self):
        self.thetas, self.used, self.learned = [], 0, False

    def __call__(self, x, inplace=False):
        if not self.learned:
            return torch.relu(x)
        if self.used == len(self.thetas):
            self.thetas.append(torch.randn((1,) + x.shape[1:], device=DEVICE, requires_grad=True))
        self.used += 1
        return LearnedRectifier.apply(x, self.thetas[self.used - 1])

    def begin(self, learned):
        self.used, self.learned = 0, learned


class Rectifier(torch.nn.Module):
    def __init__(self, shared):
        super().__init__()
        self.shared = [shared]

    def forward(self, x):
        return self.shared[0](x)


def replace(module, shared):
    for name, child in module.named_children():
        if isinstance(child, torch.nn.ReLU):
            setattr(module, name, Rectifier(shared))
        else:
            replace(child, shared)


def network(name, shared):
    made = getattr(torchvision.models, name)(weights=None, num_classes=CLASSES).to(DEVICE).eval()
    for parameter in made.parameters():
        parameter.requires_grad_(False)
    replace(made, shared)
    # DenseNet's last rectifier is a function.
    torchvision.models.densenet.F.relu = shared
    return made


def job(workload, made, shared, images, targets):
    def forward():
        shared.begin(False)
        with torch.no_grad():
            return made(images)

    def input_gradient():
        shared.begin(False)
        x = images.detach().requires_grad_()
        score = made(x).gather(1, targets[:, None]).sum()
        return torch.autograd.grad(score, x)

    def rule_step():
        shared.begin(True)
        x = images.detach().requires_grad_()
        score = made(x).gather(1, targets[:, None]).sum()
        g, = torch.autograd.grad(score, x, create_graph=True)
        relevance = g.abs().sum(1, keepdim=True)
        mask = relevance / relevance.amax((1, 2, 3), keepdim=True)
        shared.begin(False)
        loss = torch.nn.functional.cross_entropy(made(images * mask), targets) + SIZE * mask.mean()
        return torch.autograd.grad(loss, shared.thetas)

    return {"F": forward, "FG": input_gradient, "LPR": rule_step}[workload]


def measure(work):
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    times = []
    for i in range(WARM_UP + ROUNDS):
        torch.cuda.synchronize()
        start = time.perf_counter()
        work()
        torch.cuda.synchronize()
        times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times[WARM_UP:]), torch.cuda.max_memory_allocated()


def main(out, networks, batches):
    torch.backends.cudnn.benchmark = True
    with open(out, "w") as lines:
        print(f"PyTorch {torch.__version__} with cuDNN {torch.backends.cudnn.version()}", file=lines, flush=True)
        for name in networks.split(","):
            for precision in ("f32", "tf32"):
                torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = precision == "tf32"
                for batch in map(int, batches.split(",")):
                    shared = Rectifiers()
                    made = network(name, shared)
                    images = torch.randn(batch, 3, SIDE, SIDE, device=DEVICE)
                    targets = torch.tensor([(7 + 131 * i) % CLASSES for i in range(batch)], device=DEVICE)
                    for workload in ("F", "FG", "LPR"):
                        try:
                            took, peak = measure(job(workload, made, shared, images, targets))
                            cells = f"{took:.4f},{peak}"
                        except torch.cuda.OutOfMemoryError:
                            cells = ",0"
                        print(f"{workload},{name},{batch},{precision},{cells}", file=lines, flush=True)
                        print(workload, name, batch, precision, cells, file=sys.stderr)


main(*sys.argv[1:])
